export type Zone = 'local' | 'utc';

const pad = (value: number, width = 2): string => value.toString().padStart(width, '0');

/** `2023-09-15 08:00:00.123` of `YYYY-MM-DDTHH:MM:SS.ffffffZ`, in the zone; `micros` shows all six digits. */
export function formatTimestamp(timestamp: string, zone: Zone, micros = false): string {
  const fraction = timestamp.slice(20, micros ? 26 : 23).padEnd(micros ? 6 : 3, '0');
  if (zone === 'utc') return `${timestamp.slice(0, 10)} ${timestamp.slice(11, 19)}.${fraction}`;
  const date = new Date(timestamp);
  return `${formatDate(date)} ${formatClock(date)}.${fraction}`;
}

/** `2023-09-15 08:00:00` of an instant; the seconds are left out when they are 0. */
export function formatInstant(epochMs: number, zone: Zone): string {
  const date = shifted(epochMs, zone);
  const clock = date.toISOString().slice(11, date.getUTCSeconds() === 0 ? 16 : 19);
  return `${date.toISOString().slice(0, 10)} ${clock}`;
}

/** A date whose UTC fields read as the zone's wall clock: for formatting only. */
export function shifted(epochMs: number, zone: Zone): Date {
  if (zone === 'utc') return new Date(epochMs);
  return new Date(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
}

function formatDate(date: Date): string {
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

function formatClock(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

import { shifted, type Zone } from '../time-range/format-time.ts';
import type { Domain } from './histogram-layout.ts';

export interface Tick {
  readonly x: number;
  readonly label: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20].map((n) => n * DAY),
];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];

/** Labelled marks at round moments of the zone's clock, about `spacing` px apart. */
export function timeTicks(domain: Domain, width: number, zone: Zone, spacing = 110): Tick[] {
  const span = domain.to - domain.from;
  const wanted = span / Math.max(1, Math.floor(width / spacing));
  const step = STEPS.find((candidate) => candidate >= wanted);
  const times =
    step === undefined ? monthTimes(domain, wanted, zone) : stepTimes(domain, step, zone);
  return times.map((time) => ({
    x: ((time - domain.from) / span) * width,
    label: tickLabel(time, step ?? 31 * DAY, zone, wanted),
  }));
}

function offsetOf(time: number, zone: Zone): number {
  return shifted(time, zone).getTime() - time;
}

function stepTimes(domain: Domain, step: number, zone: Zone): number[] {
  const offset = offsetOf(domain.from, zone);
  const times: number[] = [];
  const first = Math.ceil((domain.from + offset) / step) * step - offset;
  for (let time = first; time < domain.to; time += step) times.push(time);
  return times;
}

function monthTimes(domain: Domain, wanted: number, zone: Zone): number[] {
  const months = MONTH_STEPS.find((candidate) => candidate * 30.4 * DAY >= wanted) ?? 120;
  const times: number[] = [];
  const start = shifted(domain.from, zone);
  let month = start.getUTCFullYear() * 12 + start.getUTCMonth();
  month = Math.ceil(month / months) * months;
  for (;;) {
    const wall = Date.UTC(Math.floor(month / 12), month % 12, 1);
    const time = wall - offsetOf(wall, zone);
    if (time >= domain.to) return times;
    if (time >= domain.from) times.push(time);
    month += months;
  }
}

function tickLabel(time: number, step: number, zone: Zone, wanted: number): string {
  const iso = shifted(time, zone).toISOString();
  if (wanted > 300 * DAY) return iso.slice(0, 4);
  if (step > 20 * DAY) return iso.slice(0, 7);
  if (step >= DAY || iso.slice(11, 19) === '00:00:00') return iso.slice(0, 10);
  return iso.slice(11, step < MINUTE ? 19 : 16);
}

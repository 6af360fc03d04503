/** Seconds as people say them, rounded up: `45 s`, `15 min`. */
export function waitingTime(seconds: number): string {
  return seconds <= 90
    ? $localize`${seconds}:seconds: s`
    : $localize`${Math.ceil(seconds / 60)}:minutes: min`;
}

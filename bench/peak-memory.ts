import { setInterval } from 'node:timers';
import type { Program } from './program.ts';

const SAMPLE_MS = 500;

/** Watches the resident memory of the server; `stop` gives the most of it in bytes. */
export function watchMemory(program: Program): { stop(): number } {
  let peak = program.residentBytes();
  const timer = setInterval(() => {
    peak = Math.max(peak, program.residentBytes());
  }, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(peak, program.residentBytes());
    },
  };
}

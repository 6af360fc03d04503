import { setTimeout as delay } from 'node:timers/promises';
import type { ArchiveStep } from './parts.ts';

const LONGEST_PAUSE_MS = 30_000;

/** Pauses as long as was worked, so that writers and searches have the machine for half of the time at least. */
export async function takingTurns(
  _step: ArchiveStep,
  workedMs: number,
  signal: AbortSignal,
): Promise<void> {
  const pauseMs = Math.min(workedMs, LONGEST_PAUSE_MS);
  if (pauseMs > 0) await delay(pauseMs, undefined, { signal, ref: false });
}

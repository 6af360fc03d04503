import { MICROS_PER_MS, type Micros } from './timestamp.ts';

/** Tells the time. Injected wherever time matters, so that tests set it. */
export type Clock = () => Micros;

/** The wall clock of the machine, in steps of a millisecond; it follows corrections of the system time. */
export const systemClock: Clock = () => Date.now() * MICROS_PER_MS;

/** A TCP port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(): Promise<number>;

/** A free port that no outgoing connection is given in the meantime. */
export function lastingPort(): Promise<number>;

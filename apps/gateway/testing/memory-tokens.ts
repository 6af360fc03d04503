import type { IngestToken, IngestTokens, IssuedToken, KeepOutcome, TokenToKeep } from '#access';

import { EIGHT_O_CLOCK } from './event-builder.ts';

/** Tokens in a list. */
export class MemoryTokens implements IngestTokens {
  readonly items: IngestToken[] = [];
  most = 1_000;
  private made = 0;

  list(): Promise<readonly IngestToken[]> {
    return Promise.resolve(this.items);
  }

  create(token: TokenToKeep): Promise<IssuedToken | Exclude<KeepOutcome, { kind: 'kept' }>> {
    if (this.items.length >= this.most) return Promise.resolve({ kind: 'full' });
    if (this.isTaken(token.name)) return Promise.resolve({ kind: 'name-taken' });
    const created: IngestToken = {
      ...token,
      id: `id${++this.made}`,
      createdAt: EIGHT_O_CLOCK,
      rotatedAt: null,
      previousUntil: null,
      today: { events: 0, bytes: 0 },
    };
    this.items.push(created);
    return Promise.resolve(issued(created));
  }

  change(id: string, token: TokenToKeep): Promise<KeepOutcome> {
    const at = this.items.findIndex((each) => each.id === id);
    const before = this.items[at];
    if (before === undefined) return Promise.resolve({ kind: 'absent' });
    if (before.name !== token.name && this.isTaken(token.name))
      return Promise.resolve({ kind: 'name-taken' });
    const after = { ...before, ...token };
    this.items[at] = after;
    return Promise.resolve({ kind: 'kept', token: after });
  }

  rotate(id: string, graceSeconds: number): Promise<IssuedToken | null> {
    const at = this.items.findIndex((each) => each.id === id);
    const before = this.items[at];
    if (before === undefined) return Promise.resolve(null);
    const previousUntil = EIGHT_O_CLOCK + graceSeconds * 1_000_000;
    const after = { ...before, rotatedAt: EIGHT_O_CLOCK, previousUntil };
    this.items[at] = after;
    return Promise.resolve(issued(after));
  }

  revoke(id: string): Promise<boolean> {
    const at = this.items.findIndex((each) => each.id === id);
    if (at >= 0) this.items.splice(at, 1);
    return Promise.resolve(at >= 0);
  }

  private isTaken(name: string): boolean {
    return this.items.some((each) => each.name === name);
  }
}

function issued(token: IngestToken): IssuedToken {
  return { kind: 'issued', token, text: `pst_${token.id}_secret` };
}

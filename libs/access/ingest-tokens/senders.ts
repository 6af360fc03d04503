import { ANONYMOUS_SENDER, type Sender } from './sender.ts';

/** Why a request is not known to come from a sender that may send. */
export type NotASender =
  /** There are no credentials, or of another kind. */
  | 'no-token'
  /** No such token, or its secret is another. */
  | 'unknown-token'
  | 'expired-token'
  | 'disabled-token'
  /** Postgres could not be asked since the start, so it may be valid. */
  | 'tokens-not-read';

export type SenderDecision =
  | { readonly kind: 'sender'; readonly sender: Sender }
  | { readonly kind: 'refused'; readonly reason: NotASender };

/** Tells by its credentials who sends a request. */
export interface Senders {
  /** @param authorization the header of that name */
  of(authorization: string | undefined): SenderDecision;
}

const ANYBODY: SenderDecision = { kind: 'sender', sender: ANONYMOUS_SENDER };

/** Nobody is asked who it is. */
export const OPEN_TO_ALL: Senders = { of: () => ANYBODY };

export function refusedSender(reason: NotASender): SenderDecision {
  return { kind: 'refused', reason };
}

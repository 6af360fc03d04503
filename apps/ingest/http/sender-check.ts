import type { NotASender, Sender, Senders } from '#access';
import { limited, overloaded, requestRefused, type IngestAnswer } from '#delivery';
import type { Telemetry } from '#telemetry';
import { problem } from '#problem';

/** Who sends a request, or the answer that it gets before its body is read. */
export type CheckedSender =
  | { readonly kind: 'sender'; readonly sender: Sender }
  | { readonly kind: 'answered'; readonly answer: IngestAnswer };

/** As the tokens are read each second. */
const NOT_READ_RETRY_MS = 2_000;

const DETAILS: Readonly<Record<Exclude<NotASender, 'tokens-not-read'>, string>> = {
  'no-token':
    'Sending needs an ingest token: send it as "Authorization: Bearer pst_...", or as the password of HTTP Basic.',
  'unknown-token':
    'There is no such ingest token; it may have been rotated or revoked. A new one is accepted about a second after it was made.',
  'expired-token': 'The ingest token has expired; ask for another.',
  'disabled-token': 'The ingest token is disabled; ask for it to be enabled, or for another.',
};

/** Asks once per request, before its body is read, so that a refusal costs nothing and stores nothing. */
export function checkSender(
  senders: Senders,
  authorization: string | undefined,
  telemetry: Telemetry,
): CheckedSender {
  const decision = senders.of(authorization);
  if (decision.kind === 'refused') {
    telemetry.emit(requestRefused, { reason: decision.reason });
    return { kind: 'answered', answer: refusal(decision.reason) };
  }
  const reached = decision.sender.limitReached();
  if (reached === null) return decision;
  telemetry.emit(requestRefused, { reason: `${reached.limit}-limit` });
  return { kind: 'answered', answer: limited(reached) };
}

function refusal(reason: NotASender): IngestAnswer {
  if (reason === 'tokens-not-read') {
    const detail = 'The ingest tokens could not be read since the start; try again soon.';
    return overloaded(reason, detail, NOT_READ_RETRY_MS);
  }
  // RFC 6750 gives no error code where there were no credentials.
  const error = reason === 'no-token' ? '' : ', error="invalid_token"';
  const challenges = `Bearer realm="penstock-ingest"${error}, Basic realm="penstock-ingest", charset="UTF-8"`;
  return problem(401, reason, DETAILS[reason], { headers: { 'www-authenticate': challenges } });
}

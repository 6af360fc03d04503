import { expect, it } from '@jest/globals';
import { KEY_REUSED_REASON } from '../../../../libs/delivery/writer/batch-writer.ts';
import type { DeadLetterReason } from '../../../../libs/queue/dead-letters.ts';
import { REFUSED_REASON } from '../../../../libs/store/quarantine/quarantine-rows.ts';
import { reasonName } from './reason-name.ts';

/** An object, so that the compiler misses a reason that is not in it. */
const DEAD_LETTERS: Readonly<Record<DeadLetterReason, true>> = {
  'delivery-limit': true,
  'unknown-schema': true,
  undecodable: true,
  'dead-lettered': true,
};

it.each([REFUSED_REASON, KEY_REUSED_REASON, ...Object.keys(DEAD_LETTERS)])(
  'says in words why there are events of %s',
  (reason) => {
    expect(reasonName(reason)).not.toBe(reason);
  },
);

it('leaves a reason of another version as it is', () => {
  expect(reasonName('constructed')).toBe('constructed');
});

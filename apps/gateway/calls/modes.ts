import { NO_INDEX } from './not-similar.ts';
import { defineReadCall } from './read-call.ts';

/** Whether the index answers at the moment is not in it: that is seen when it is asked. */
export const modesCall = defineReadCall({
  name: 'modes',
  parameters: {},
  run: (_values, { search }) => {
    const similar = search.hasIndex
      ? { mode: 'similar', available: true }
      : { mode: 'similar', available: false, reason: NO_INDEX };
    return Promise.resolve(
      JSON.stringify({ modes: [{ mode: 'exact', available: true }, similar] }),
    );
  },
});

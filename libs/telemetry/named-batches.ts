/** Most ids of batches that a line of the log names. */
const MOST = 20;

/** The ids of some batches, for the fields of an event; of many the first ones. */
export function namedBatches(batches: readonly { readonly id: string }[]): readonly string[] {
  return batches.slice(0, MOST).map(({ id }) => id);
}

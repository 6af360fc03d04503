/** What one duty of the job that makes columnar files failed with. */
export class DutyError extends Error {
  override readonly name = 'DutyError';

  constructor(duty: string, cause: unknown) {
    super(`${duty}: ${messageOf(cause)}`, { cause });
  }
}

/** All that failed in one run; the other duties were done. */
export class ArchiveJobError extends AggregateError {
  override readonly name = 'ArchiveJobError';
  readonly code = 'archive-job';
  readonly permanent = false;

  constructor(failures: readonly DutyError[]) {
    super(failures, joined(failures));
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MOST_TOLD = 5;

/** The messages of some errors, of the first ones where they are many. */
export function joined(errors: readonly Error[]): string {
  const told = errors.slice(0, MOST_TOLD).map(messageOf);
  const more = errors.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

import { QueueUnavailableError } from './errors.ts';

/**
 * Waits for at most so long; the work goes on.
 *
 * @throws QueueUnavailableError when the time is over
 */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new QueueUnavailableError(`no answer within ${ms / 1_000} s`));
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

import type { ReplayReport } from '../../api/quarantine-api.ts';
import { counted } from '../../i18n/counted.ts';
import { visibleText } from '../../results/visible-text.ts';

/** What became of a replay, in a few words. */
export function replayNews({ replayed, rejected, partial }: ReplayReport): string {
  const [first] = rejected;
  return [
    counted(
      $localize`:of the quarantine:one {# entry is sent again and accepted.} other {# entries are sent again and accepted.}`,
      replayed,
    ),
    ...(first === undefined ? [] : [failedAgain(rejected.length, visibleText(first.reason))]),
    ...(partial ? [$localize`The time for it was over: replay the rest.`] : []),
  ].join(' ');
}

function failedAgain(count: number, why: string): string {
  const failed = counted(
    $localize`:of the quarantine:one {# failed again} other {# failed again}`,
    count,
  );
  return `${failed}: ${why}`;
}

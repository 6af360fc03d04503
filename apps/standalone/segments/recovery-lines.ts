import type { RecoveryReport } from '#columnar';

const WORDS = {
  whole: 'found again',
  rewritten: 'found again in part, and written again',
  present: 'holds nothing that is not there',
  unreadable: 'cannot be read, and is left as it is',
} as const;

/** What was done, a line for each file. */
export function recoveryLines(report: RecoveryReport): readonly string[] {
  switch (report.kind) {
    case 'recovered':
      return report.files.map(({ name, kind, events }) => `${name}: ${WORDS[kind]} (${events})`);
    case 'blocked':
      return [
        ...report.missing.map((name) => `${name}: missing`),
        `${report.day}: left alone; put back what is missing, or say --forget-missing if it is lost for good or was replaced`,
      ];
    case 'unreadable':
      return [`${report.name}: is no columnar file`];
  }
}

/** Whether a person should look. */
export function leavesSomething(report: RecoveryReport): boolean {
  return report.kind !== 'recovered' || report.files.some(({ kind }) => kind === 'unreadable');
}

export function eventsOf(report: RecoveryReport): number {
  return report.kind === 'recovered'
    ? report.files.reduce((sum, { events }) => sum + events, 0)
    : 0;
}

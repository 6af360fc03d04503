import type { Step } from './simulate.ts';

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const WIDTH = 72;

/** A simulation as three lines of bars, and what was decided when. */
export function chart(steps: readonly Step[]): string {
  const seconds = steps.length;
  return [
    row('offered/s', steps, ({ offered }) => offered),
    row('backlog', steps, ({ backlog }) => backlog),
    row('writers', steps, ({ replicas }) => replicas),
    `${''.padEnd(11)}0${`${Math.round(seconds / 60)} min`.padStart(WIDTH - 1)}`,
    '',
    ...changes(steps),
  ].join('\n');
}

function row(name: string, steps: readonly Step[], value: (step: Step) => number): string {
  const size = Math.ceil(steps.length / WIDTH);
  const cells = Array.from({ length: Math.ceil(steps.length / size) }, (_, at) =>
    Math.max(...steps.slice(at * size, (at + 1) * size).map(value)),
  );
  const most = Math.max(1, ...cells);
  const bars = cells.map((cell) => BARS[Math.ceil((cell / most) * (BARS.length - 1))] ?? '');
  return `${name.padEnd(11)}${bars.join('')} up to ${Math.round(most).toLocaleString('en')}`;
}

function changes(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ second, replicas, reason, backlog }, at) => {
    const before = steps[at - 1];
    if (before === undefined || (before.replicas === replicas && before.reason === reason))
      return [];
    const time = `${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}`;
    const count = `${replicas} ${replicas === 1 ? 'writer' : 'writers'}`;
    return `${time.padStart(8)}  ${count.padEnd(11)} ${reason.padEnd(20)} backlog ${Math.round(backlog).toLocaleString('en')}`;
  });
}

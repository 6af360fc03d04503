import type { Telemetry } from '#telemetry';
import { stepFailed } from './telemetry.ts';

interface Step {
  readonly name: string;
  readonly deadlineMs: number;
  readonly close: () => Promise<void> | void;
}

/** What was opened, to be closed in reverse order; a step that fails or takes too long does not hold up the next. */
export class ClosingSteps {
  private readonly steps: Step[] = [];
  private readonly telemetry: Telemetry;
  private closing: Promise<void> | null = null;

  constructor(telemetry: Telemetry) {
    this.telemetry = telemetry;
  }

  add(name: string, deadlineMs: number, close: Step['close']): void {
    this.steps.push({ name, deadlineMs, close });
  }

  /** May be called more than once; the steps run once. */
  close(): Promise<void> {
    this.closing ??= this.run();
    return this.closing;
  }

  private async run(): Promise<void> {
    for (const step of this.steps.reverse()) {
      try {
        await within(step);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.telemetry.emit(stepFailed, { step: step.name, error: reason });
      }
    }
  }
}

async function within({ close, deadlineMs }: Step): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not done after ${deadlineMs} ms`));
    }, deadlineMs);
  });
  try {
    await Promise.race([close(), late]);
  } finally {
    clearTimeout(timer);
  }
}

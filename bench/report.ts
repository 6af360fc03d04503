import { cpus } from 'node:os';

/** Prints the figures as they come; `failed` says whether any check was wrong. */
export class Report {
  failed = false;

  heading(): void {
    const model = cpus()[0]?.model.trim() ?? 'unknown processor';
    this.line(`${new Date().toISOString()}, ${cpus().length} × ${model}, Node ${process.version}`);
  }

  line(text: string): void {
    console.log(text);
  }

  verdict(text: string, good: boolean): void {
    if (!good) this.failed = true;
    console.log(`${text}${good ? '' : '   <-- WRONG'}`);
  }
}

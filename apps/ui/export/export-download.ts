import { DestroyRef, Injectable, inject, signal } from '@angular/core';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi, type ExportRequest } from '../api/search-api.ts';

/** How far an export has come. */
export interface ExportProgress {
  readonly state: 'running' | 'done' | 'failed';
  readonly events: number;
  readonly bytes: number;
  readonly problem: ApiProblem | null;
}

/** A tick of the progress for more than this much. */
const TOLD_EVERY_MS = 200;
const NEW_LINE = 10;

/**
 * Downloads an export into a file of the browser's own (the origin private file system), so that its size is bounded
 * by the disk and not by the memory, and hands it over when it is complete.
 */
@Injectable()
export class ExportDownload {
  readonly #api = inject(SearchApi);
  #abort: AbortController | null = null;

  readonly progress = signal<ExportProgress | null>(null);
  /** False where the browser gives pages no files: then it downloads by itself. */
  readonly supported = 'storage' in navigator && 'getDirectory' in navigator.storage;

  constructor() {
    inject(DestroyRef).onDestroy(() => this.#abort?.abort());
  }

  async start(request: ExportRequest): Promise<void> {
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    const counter = new ExportCounter((events, bytes) => {
      this.progress.set({ state: 'running', events, bytes, problem: null });
    });
    this.progress.set({ state: 'running', events: 0, bytes: 0, problem: null });
    try {
      const answer = await this.#api.export(request, abort.signal);
      const file = await keep(answer.body.pipeThrough(counter.stream), abort.signal);
      handOver(file, answer.fileName);
      this.progress.set({ ...this.#counted(counter, request), state: 'done', problem: null });
    } catch (error) {
      if (isAbort(error) || this.#abort !== abort) return;
      const problem = toProblem(error);
      this.progress.set({ ...this.#counted(counter, request), state: 'failed', problem });
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.progress.set(null);
  }

  /** The first line of CSV is no event. */
  #counted({ lines, bytes }: ExportCounter, { format }: ExportRequest) {
    return { events: Math.max(0, lines - (format === 'csv' ? 1 : 0)), bytes };
  }
}

/** Counts what goes through. */
class ExportCounter {
  lines = 0;
  bytes = 0;
  #told = 0;
  readonly stream: TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;

  constructor(tell: (lines: number, bytes: number) => void) {
    this.stream = new TransformStream({
      transform: (chunk, controller) => {
        for (const byte of chunk) if (byte === NEW_LINE) this.lines += 1;
        this.bytes += chunk.length;
        const now = performance.now();
        if (now - this.#told > TOLD_EVERY_MS) {
          this.#told = now;
          tell(this.lines, this.bytes);
        }
        controller.enqueue(chunk);
      },
    });
  }
}

/** One file for each page: what it held before was handed over long ago. Over plain HTTP there is no `randomUUID`. */
const FILE = `penstock-export-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

async function keep(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<File> {
  const folder = await navigator.storage.getDirectory();
  await removeOld(folder);
  const handle = await folder.getFileHandle(FILE, { create: true });
  await body.pipeTo(await handle.createWritable(), { signal });
  return handle.getFile();
}

const OLD_MS = 3_600_000;

/** Files of pages that were closed stay until the next export of any. */
async function removeOld(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const [name, handle] of folder.entries()) {
    if (!name.startsWith('penstock-export-') || name === FILE) continue;
    const file = await (handle as FileSystemFileHandle).getFile();
    // One that another page is writing is locked, and stays.
    if (Date.now() - file.lastModified > OLD_MS)
      await folder.removeEntry(name).catch(() => undefined);
  }
}

function handOver(file: File, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has opened the file by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}

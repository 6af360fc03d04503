/** An open stream of server-sent events whose text can be waited for. */
export interface TestStream {
  readonly response: Response;
  /** All text so far, once the pattern is in it. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves when the server ends it. */
  ended(): Promise<void>;
  close(): void;
}

export async function openStream(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<TestStream> {
  const abort = new AbortController();
  const response = await fetch(url, { method, headers, signal: abort.signal });
  if (response.body === null) throw new Error('the answer has no body');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    until: async (pattern) => {
      while (!pattern.test(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before ${String(pattern)}: ${text}`);
        text += value;
      }
      return text;
    },
    ended: async () => {
      for (;;) if ((await reader.read()).done) return;
    },
    close: () => {
      abort.abort();
    },
  };
}

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** The text at an address, within a time and a size. Rejects where it does not answer, or not with 200. */
export async function readText(url: string, authorization: string | null = null): Promise<string> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
    headers: authorization === null ? {} : { authorization },
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the metrics at ${url} are too long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

import { ApiProblem } from './problem.ts';

/** The JSON of an answer; rejects with an `ApiProblem`, or with an `AbortError` once the signal is aborted. */
export async function request<T>(path: string, init: RequestInit): Promise<T> {
  const headers = { accept: 'application/json', ...(init.headers as Record<string, string>) };
  const response = await fetch(path, { ...init, headers });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

/** What a refusal says. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  return new ApiProblem(response.status, await problemDocument(response));
}

async function problemDocument(response: Response): Promise<Record<string, unknown>> {
  const fallback = { title: `The server answered ${response.status.toString()}` };
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return fallback;
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : fallback;
}

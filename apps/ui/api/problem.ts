const OF_THE_QUERY: ReadonlySet<string> = new Set(['query-syntax', 'similar-needs-words']);

/** A refusal or failure of the gateway: an RFC 9457 problem document, or what stands in for one. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Of a parse error: 1-based place in the query, and the tokens that would have been right. */
  readonly column: number | null;
  readonly length: number;
  readonly expected: readonly string[];
  /** The query as this language writes it, where it seems to be one of another product. */
  readonly rewritten: string | null;
  /** What is wrong with each member of a request. */
  readonly errors: readonly { readonly field: string; readonly detail: string }[];
  /** When to try again; null where nothing says so. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, document: Readonly<Record<string, unknown>>) {
    const title = text(document['title']) ?? $localize`The request failed`;
    super(title);
    this.status = status;
    this.title = title;
    this.code = text(document['code']) ?? `http-${status.toString()}`;
    this.detail = text(document['detail']) ?? '';
    this.column = typeof document['column'] === 'number' ? document['column'] : null;
    this.length = typeof document['length'] === 'number' ? document['length'] : 1;
    const expected = document['expected'];
    this.expected = Array.isArray(expected) ? expected.filter((x) => typeof x === 'string') : [];
    this.rewritten = text(document['rewritten']);
    this.errors = fieldErrors(document['errors']);
    const seconds = document['retryAfterSeconds'];
    this.retryAfterSeconds = typeof seconds === 'number' ? seconds : null;
  }

  /** What is wrong is the query itself, which is the place to say so. */
  get ofTheQuery(): boolean {
    return OF_THE_QUERY.has(this.code) || this.errors.some(({ field }) => field === 'q');
  }

  static unreachable(): ApiProblem {
    return new ApiProblem(0, {
      code: 'unreachable',
      title: $localize`Penstock does not answer`,
      detail: $localize`The connection was refused or cut off. What was found before stays on the screen.`,
    });
  }
}

function fieldErrors(value: unknown): { field: string; detail: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return [];
    const { field, detail } = each as Record<string, unknown>;
    return typeof field === 'string' && typeof detail === 'string' ? [{ field, detail }] : [];
  });
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Aborted by the page itself: nothing to show. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return ApiProblem.unreachable();
  return new ApiProblem(0, { code: 'page', detail: String(error) });
}

/** What a refusal says. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const document = await problemDocument(response);
  if (Number.isFinite(retryAfter)) document['retryAfterSeconds'] ??= retryAfter;
  return new ApiProblem(response.status, document);
}

async function problemDocument(response: Response): Promise<Record<string, unknown>> {
  const fallback = { title: $localize`The server answered ${response.status}:status:` };
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return fallback;
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : fallback;
}

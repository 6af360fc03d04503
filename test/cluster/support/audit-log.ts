import { readFile } from 'node:fs/promises';

/** A request, as the API server itself counts them. */
export interface AuditedRequest {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  /** Of the answer. */
  readonly code: number;
}

interface AuditLine {
  readonly verb: string;
  readonly stage: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

const WRITING: readonly string[] = ['create', 'update', 'patch', 'delete', 'deletecollection'];

export function isWrite({ verb }: AuditedRequest): boolean {
  return WRITING.includes(verb);
}

/** Requests of a user that were answered, in order. */
export async function auditedRequests(path: string, user: string): Promise<AuditedRequest[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.endsWith('}'));
  return lines
    .map((line) => JSON.parse(line) as AuditLine)
    .filter(({ stage, user: { username } }) => username === user && stage === 'ResponseComplete')
    .map(({ verb, objectRef, responseStatus }) => ({
      verb,
      resource: [objectRef?.resource ?? '', objectRef?.subresource].filter(Boolean).join('/'),
      name: objectRef?.name ?? '',
      code: responseStatus?.code ?? 0,
    }));
}

import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

interface RequestHead {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Which changes are served by where they come from. A page of any site may have a browser send them here, also to an
 * address that only this browser reaches, and where nobody has to log in, nothing else would refuse them. Browsers say
 * where a request comes from: in `Sec-Fetch-Site` (Fetch Metadata) to TLS and localhost, else in `Origin`. Who is no
 * browser sends neither, and what carries `Authorization` was meant by who sends it: a page cannot add that unasked.
 *
 * @param allowed host names that are served beside the one that a request names
 */
export function siteCheck(allowed: readonly string[]): (request: RequestHead) => boolean {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return ({ method, headers }) => {
    if (SAFE_METHODS.has(method) || headers.authorization !== undefined) return true;
    const { origin, host, 'sec-fetch-site': site } = headers;
    if (site === 'same-origin' || site === 'none') return true;
    if (origin === undefined) return site === undefined;
    return names.has('*') || isOwn(origin, site === undefined ? host : undefined, names);
  };
}

/** Whether an origin is the host that the request names, or an allowed one: a proxy may have changed `Host`. */
function isOwn(origin: string, host: string | undefined, names: ReadonlySet<string>): boolean {
  if (!URL.canParse(origin)) return false;
  const sender = new URL(origin);
  return sender.host === host?.toLowerCase() || names.has(sender.hostname);
}

import { isIP } from 'node:net';

/**
 * Which `Host` headers are served. A page of another site can make its own name point to this machine (DNS
 * rebinding), but the browser then still sends that name; so addresses, localhost and configured names pass.
 */
export function hostCheck(allowed: readonly string[]): (host: string | undefined) => boolean {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return (host) => {
    // Only HTTP/1.0 clients send none, and no browser is one.
    if (host === undefined || names.has('*')) return true;
    const name = hostName(host);
    return (
      name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0 || names.has(name)
    );
  };
}

/** Without port, brackets and the dot of a fully qualified name. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host);
  const name = bracketed?.[1] ?? host.replace(/:\d+$/, '');
  return name.toLowerCase().replace(/\.$/, '');
}

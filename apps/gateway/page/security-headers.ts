import { createHash } from 'node:crypto';

import { DOCS_PATH } from '../openapi/open-api.ts';

/** What every answer carries. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

const NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * Only our own scripts and requests. Styles may be inline: Angular and CodeMirror put their style sheets into the
 * page as elements.
 */
function pagePolicy(scripts: string): string {
  return [
    "default-src 'none'",
    `script-src 'self'${scripts}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join('; ');
}

/** The policy of the page, which allows just those inline scripts that the build put into it, by their hash. */
export function policyForPage(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/gi)];
  const handlers = [...html.matchAll(/\son[a-z]+="([^"]*)"/gi)];
  const hashes = [...inline, ...handlers].map(([, code = '']) => ` '${sha256(code)}'`).join('');
  return pagePolicy(hashes + (handlers.length > 0 ? " 'unsafe-hashes'" : ''));
}

function sha256(code: string): string {
  return `sha256-${createHash('sha256').update(code).digest('base64')}`;
}

const DOCS_POLICY = pagePolicy('');

/** The policy of an answer that sets none of its own. */
export function policyForPath(path: string): string {
  return path === DOCS_PATH || path.startsWith(`${DOCS_PATH}/`) ? DOCS_POLICY : NOTHING;
}

import { refused, type RefusedBody } from './intake-result.ts';

/** How a body is to be read: by its content type, or by what it looks like. */
export interface BodyReading {
  readonly layout: 'lines' | 'sniffed';
  readonly encoding: 'utf8' | 'latin1';
}

const LINES = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);
/** What curl sends with `-d` unless told otherwise. */
const FORM = 'application/x-www-form-urlencoded';
const ENCODINGS = new Map<string, BodyReading['encoding']>([
  ['utf-8', 'utf8'],
  ['utf8', 'utf8'],
  ['us-ascii', 'utf8'],
  ['iso-8859-1', 'latin1'],
]);

const SNIFFED_UTF8: BodyReading = { layout: 'sniffed', encoding: 'utf8' };

/** How to read a body of this content type, or the refusal (415) of one that holds no events. */
export function readContentType(
  contentType: string | undefined,
  body: Buffer,
): BodyReading | RefusedBody {
  if (contentType === undefined || contentType === 'application/json') return SNIFFED_UTF8;
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const layout = layoutOf(type.trim(), body);
  if (layout === null) return refused(415, 'unsupported-media-type', unsupported(type.trim()));
  const charset = charsetOf(parameters);
  const encoding = ENCODINGS.get(charset);
  if (encoding === undefined) {
    return refused(
      415,
      'unsupported-media-type',
      `The charset "${charset}" is not read; send UTF-8.`,
    );
  }
  return { layout, encoding };
}

function layoutOf(type: string, body: Buffer): BodyReading['layout'] | null {
  if (LINES.has(type)) return 'lines';
  if (type === FORM) return beginsLikeJson(body) ? 'sniffed' : null;
  const isRead =
    type === '' || type === 'application/json' || type === 'text/plain' || type.endsWith('+json');
  return isRead ? 'sniffed' : null;
}

function unsupported(type: string): string {
  const hint = type === FORM ? ' (curl sends it with -d unless a header names another)' : '';
  return `The content type "${type}" is not read here${hint}; send application/json or application/x-ndjson.`;
}

function charsetOf(parameters: readonly string[]): string {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim() === 'charset') return value.trim().replaceAll('"', '');
  }
  return 'utf-8';
}

const BRACE = 0x7b;
const BRACKET = 0x5b;
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Whether the first character after spaces and a byte order mark is `{` or `[`. */
function beginsLikeJson(body: Buffer): boolean {
  let at = body.length >= 3 && body.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0;
  while (SPACES.has(body[at] ?? 0)) at++;
  return body[at] === BRACE || body[at] === BRACKET;
}

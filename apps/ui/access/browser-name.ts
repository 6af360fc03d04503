/** The name of a browser and its system, as far as a User-Agent says. */
export function browserName(userAgent: string | null): string {
  if (userAgent === null || userAgent === '') return $localize`Unknown browser`;
  const browser = nameOf(userAgent, BROWSERS);
  const system = nameOf(userAgent, SYSTEMS);
  if (browser === null) return userAgent.slice(0, 60);
  return system === null ? browser : $localize`${browser}:browser: on ${system}:system:`;
}

/** The first that fits: most browsers also name those that they resemble. */
const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Headless)?Chrome\/|\bCriOS\//],
  ['Safari', /\bSafari\//],
];

const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(?:iPhone|iPad)\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
];

function nameOf(text: string, known: readonly (readonly [string, RegExp])[]): string | null {
  return known.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'dist/pseudo');
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** Builds the page with each of its texts between ⟦ and ⟧, as if that were another language. */
export async function buildPseudoPage(): Promise<void> {
  const source = await readFile(join(ROOT, 'apps/ui/i18n/messages.json'), 'utf8');
  const { translations } = JSON.parse(source) as { translations: Record<string, string> };
  const marked = Object.entries(translations).map(([id, text]) => [id, mark(text)]);
  await mkdir(FOLDER, { recursive: true });
  const messages = { locale: 'en-XA', translations: Object.fromEntries(marked) as unknown };
  await writeFile(join(FOLDER, 'messages.json'), JSON.stringify(messages));
  const ng = join(ROOT, 'node_modules/@angular/cli/bin/ng.js');
  const args = [ng, 'build', '--configuration', 'production,pseudo'];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT });
}

function mark(text: string): string {
  // Of a text that depends on a number, each of its forms.
  if (/(one|other) \{/.test(text))
    return text.replaceAll(/(=\d+|one|other) \{(.*?)\}(?=\s|\}|$)/g, '$1 {⟦$2⟧}');
  return `⟦${text}⟧`;
}

/** Has the page of this build instead of the one that the program serves. */
export async function servePseudoPage(page: Page): Promise<void> {
  const isPage = ({ pathname }: URL): boolean => !pathname.startsWith('/api/');
  await page.route(isPage, async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = extname(pathname) === '' ? 'index.html' : pathname;
    await route.fulfill({
      body: await readFile(join(FOLDER, 'ui/browser', file)),
      contentType: TYPES[extname(file)] ?? 'application/octet-stream',
    });
  });
}

/** Texts and names on the screen that are not between the marks: what nobody could translate. */
export async function untranslated(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const DATA = '.from-log, .level-name, .cm-editor, code, kbd, pre, time, svg, script, style, noscript';
    const NAMES = ['aria-label', 'title', 'placeholder', 'aria-valuetext', 'aria-description', 'data-label'];
    const found = [];
    let depth = 0;
    const outside = (text) => [...text].filter((letter) => {
      if (letter === '⟦') depth += 1;
      else if (letter === '⟧') depth -= 1;
      else return depth === 0;
      return false;
    }).join('');
    const words = (text) => /\\p{L}{2}/u.test(text);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      const rest = outside(data);
      if (words(rest) && parentElement.closest(DATA) === null) found.push(rest.trim());
    }
    for (const element of document.querySelectorAll(NAMES.map((name) => '[' + name + ']').join()))
      for (const name of NAMES) {
        depth = 0;
        const rest = outside(element.getAttribute(name) ?? '');
        if (words(rest) && element.closest(DATA) === null && element.dataset.field === undefined)
          found.push(name + ': ' + rest);
      }
    return [...new Set(found)];
  })()`);
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly failureSummary: string;
  }[];
}

/** Of what is best practice rather than demanded: a page that is read by its headings and landmarks. */
const PRACTICES = ['heading-order', 'page-has-heading-one', 'region'];

/** What axe finds against WCAG 2.2, levels A and AA, and `PRACTICES`, each with its first places. */
export async function violations(page: Page): Promise<string[]> {
  // What a search is about to replace is dimmed, and may be read a moment later.
  await page.locator('.dimmed').first().waitFor({ state: 'detached' });
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found = await page.evaluate<Violation[]>(
    `axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      rules: ${JSON.stringify(Object.fromEntries(PRACTICES.map((id) => [id, { enabled: true }])))},
    })
      .then(({ violations }) => violations)`,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ target, failureSummary }) => [id, target.join(' '), failureSummary].join(': ')),
  );
}

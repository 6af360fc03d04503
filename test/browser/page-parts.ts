import type { Locator, Page } from 'playwright-core';
import { waitUntil } from '../support/wait-until.ts';

/** The parts of the search page, by what a user calls them. */
export class SearchPageParts {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get query(): Locator {
    return this.page.getByRole('textbox', { name: 'Query' });
  }

  get rows(): Locator {
    return this.page.locator('#rows [role="option"]:not(.row-loading)');
  }

  get summary(): Locator {
    return this.page.locator('.results-bar [role="status"]');
  }

  get detail(): Locator {
    return this.page.locator('ps-event-detail');
  }

  get pills(): Locator {
    return this.page.getByRole('list', { name: 'Filters' }).getByRole('listitem');
  }

  facetValue(field: string, value: string): Locator {
    return this.page
      .locator('ps-facet')
      .filter({ has: this.page.getByRole('button', { name: field, exact: true }) })
      .locator('.only')
      .filter({ hasText: value });
  }

  async search(query: string): Promise<void> {
    await this.query.fill(query);
    await this.query.press('Enter');
  }

  /** Waits until the line above the rows says so. */
  async showsCount(text: string): Promise<void> {
    await this.summary.filter({ hasText: text }).waitFor();
  }

  async parameter(name: string, condition: (value: string | null) => boolean): Promise<string> {
    await waitUntil(`the URL's ${name}`, () => condition(this.#parameter(name)), 10_000);
    return this.#parameter(name) ?? '';
  }

  #parameter(name: string): string | null {
    return new URL(this.page.url()).searchParams.get(name);
  }
}

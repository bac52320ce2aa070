// What the specs share: the served folder, a shop that has loaded and is then cut off from the
// network, and the few products and words they go by.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { type StaticServer, serve } from './server.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The built storefront. */
export const folder = process.env.STOREWISE_DEMO ?? path.resolve(here, '../../build/demo');

export const results = path.join(here, 'results');

/** A storefront page and what it asked of the network. */
export interface Shop {
  readonly page: Page;
  /** Every address asked for after `cutOff`. */
  readonly asked: readonly string[];
  /** Opens a page of the shop by its address after the #. */
  go(route: string): Promise<void>;
  /** Refuses every request from now on. */
  cutOff(): Promise<void>;
}

/** Opens the shop at `url` and waits until it can recommend (or cannot). */
export async function openShop(
  page: Page,
  url: string,
  route = '/',
  engine = 'ready',
): Promise<Shop> {
  const asked: string[] = [];
  let refusing = false;
  page.on('request', (request) => {
    if (refusing && !request.url().startsWith('blob:')) asked.push(request.url());
  });
  await page.goto(`${url}#${route}`);
  await expect(page.locator('html')).toHaveAttribute('data-engine', engine);
  return {
    page,
    asked,
    async go(to) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#${to}`);
      await expect(page.locator('main h1')).toBeVisible();
    },
    async cutOff() {
      // The search index is built from what is there already, but the test should not race it.
      await expect(page.locator('html')).toHaveAttribute('data-search', 'ready');
      refusing = true;
      await page.context().setOffline(true);
      await page.route('**/*', (request) => request.abort('internetdisconnected'));
    },
  };
}

export const test = base.extend<{ shop: Shop }, { server: StaticServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures destructured.
    async ({}, use) => {
      const server = await serve(folder);
      await use(server);
      await server.close();
    },
    { scope: 'worker' },
  ],
  // A shop that has loaded, and from then on has no network at all.
  shop: async ({ page, server }, use) => {
    const shop = await openShop(page, server.url);
    await shop.cutOff();
    await use(shop);
    expect(shop.asked, 'requests after the shop was loaded').toEqual([]);
  },
});

export { expect };

/** The ids of the cards on a shelf, by the shelf's id. */
export async function idsOn(page: Page, shelf: string): Promise<string[]> {
  const cards = page.locator(`section[aria-labelledby="${shelf}-title"] .card[data-item]`);
  await expect(cards.first()).toBeVisible();
  return cards.evaluateAll((all) => all.map((card) => (card as HTMLElement).dataset.item ?? ''));
}

/** The text of an element, trimmed. */
export async function textOf(element: Locator): Promise<string> {
  return ((await element.textContent()) ?? '').trim();
}

/** The name on the product page that is open. */
export async function openName(page: Page): Promise<string> {
  return textOf(page.locator('main h1'));
}

/** Opens the help panel and asks; resolves to the answer's element. */
export async function ask(page: Page, question: string) {
  const panel = page.locator('dialog#help');
  if (!(await panel.isVisible())) await page.locator('header .help-tool').click();
  const before = await panel.locator('.messages > .shop').count();
  await panel.locator('#help-question').fill(question);
  await panel.locator('#help-question').press('Enter');
  await expect(panel.locator('.messages > .shop')).toHaveCount(before + 1);
  return panel.locator('.messages > .shop').last();
}

// What the specs share: the served folder, a shop that has loaded and is then cut off from the
// network, and the few products and words they go by.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, test as base, expect, type Locator, type Page } from '@playwright/test';
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

/** Moves the slider of a column to `value`. */
export async function slide(page: Page, column: string, value: number): Promise<void> {
  await page.locator(`[data-column=${column}] input`).evaluate((input, to) => {
    (input as HTMLInputElement).value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);
}

// --- how a page looks ---

/** A page of a visitor with this language, theme and width, nothing on it animated; close its context. */
export async function pageFor(
  browser: Browser,
  language: 'en' | 'zh',
  theme: 'light' | 'dark',
  width: number,
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 740 : 900 },
    locale: language === 'zh' ? 'zh-CN' : 'en-US',
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  return context.newPage();
}

interface Moves {
  /** The sum of all layout shifts of a page since it was opened. */
  moved: number;
  movers: string[];
}

/** From the next page on, records what moves by itself. */
export async function watchMoves(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const record = { moved: 0, movers: [] as string[] };
    (window as Window & { moves?: Moves }).moves = record;
    interface Shift extends PerformanceEntry {
      readonly value: number;
      readonly sources: readonly {
        node: Node | null;
        previousRect: DOMRect;
        currentRect: DOMRect;
      }[];
    }
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as Shift[]) {
        record.moved += value;
        for (const { node, previousRect, currentRect } of sources) {
          const name = node instanceof Element ? node.outerHTML.slice(0, 80) : node?.textContent;
          record.movers.push(
            `${name}: ${JSON.stringify(previousRect)} to ${JSON.stringify(currentRect)}`,
          );
        }
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** Nothing of the page has moved by itself since it was opened. */
export async function expectStill(page: Page, what: string): Promise<void> {
  const { moved, movers } = await page.evaluate(
    () => (window as Window & { moves?: Moves }).moves ?? { moved: 1, movers: ['not watched'] },
  );
  expect(moved, `${what} moved: ${movers.join('; ')}`).toBeLessThan(0.01);
}

/** Nothing is wider than the page. */
export async function expectFits(page: Page, what: string): Promise<void> {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(over, `${what} is too wide by`).toBeLessThanOrEqual(0);
}

/**
 * Axe has nothing to object to. The shop's drawings are hidden from everybody who listens, and walking
 * through them takes axe minutes: `without` them it goes on.
 */
export async function expectAccessible(page: Page, what: string, without?: 'svg'): Promise<void> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (without === undefined ? axe : axe.exclude(without)).analyze();
  const told = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
  expect(told, what).toEqual([]);
}

/** What is tapped, by its selector, is at least 44 px high and wide; the skip link is for the keyboard. */
export async function expectTappable(page: Page, what: string, selector: string): Promise<void> {
  const small = await page.locator(selector).evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility() && !one.matches('.skip'))
      .map((one) => ({ box: one.getBoundingClientRect(), name: one.outerHTML.slice(0, 80) }))
      .filter(({ box }) => box.width < 43.5 || box.height < 43.5)
      .map(({ box, name }) => `${name}: ${box.width}x${box.height}`),
  );
  expect(small, what).toEqual([]);
}

// Accessibility and steadiness: axe on every page, the keyboard, the size of what is tapped, and a
// layout that does not move.

import type { Page } from '@playwright/test';
import {
  ask,
  expect,
  expectAccessible,
  expectFits,
  expectStill,
  expectTappable,
  idsOn,
  openShop,
  test,
  watchMoves,
} from './fixtures.js';

const pages = [
  '/',
  '/department/produce',
  '/search?q=milk',
  '/search',
  '/search?q=zzqqxx',
  '/basket',
  '/your-data',
  '/nowhere',
];

const clean = (page: Page, what: string) => expectAccessible(page, what, 'svg');

for (const [language, theme] of [
  ['en-US', 'light'],
  ['en-US', 'dark'],
  ['zh-CN', 'light'],
] as const) {
  test.describe(`${language}, ${theme}`, () => {
    test.use({
      locale: language,
      colorScheme: theme,
      // A panel on its way in is half transparent.
      contextOptions: { reducedMotion: 'reduce' },
    });

    test('axe finds nothing to object to on any page', async ({ page, server }) => {
      const shop = await openShop(page, server.url);
      await shop.cutOff();
      const [id = '', other = ''] = await idsOn(page, 'for-you');
      for (const route of pages) {
        await shop.go(route);
        await clean(page, route);
      }
      await shop.go(`/product/${id}`);
      await page.locator('.why').first().click();
      await clean(page, 'a product with its reasons');
      await page.locator('.buy .primary').click();
      await shop.go(`/product/${other}`);
      await shop.go('/');
      await clean(page, 'the front page of a known visit');
      await shop.go('/basket');
      await clean(page, 'a basket');
      await shop.go('/your-data');
      await clean(page, 'data with events');
      await ask(page, language === 'zh-CN' ? '我的订单现在到哪里了' : 'where is my order');
      await ask(page, 'who won the chess world championship in 1972');
      await clean(page, 'the help panel');
      await page.keyboard.press('Escape');
      await page.locator('.hood-line').click();
      await clean(page, 'under the hood');
    });
  });
}

for (const width of [360, 768, 1280]) {
  test(`nothing moves by itself at ${width} px, and nothing is wider than the page`, async ({
    page,
    server,
  }) => {
    await page.setViewportSize({ width, height: width < 600 ? 740 : 900 });
    await watchMoves(page);
    const shop = await openShop(page, server.url);
    const [id = '', other = ''] = await idsOn(page, 'for-you');
    await expectStill(page, 'the front page');
    for (const route of [
      `/product/${id}`,
      `/product/${other}`,
      '/',
      '/department/produce',
      '/basket',
      '/your-data',
    ]) {
      // Loaded afresh, so that what is measured is a page that fills itself, not a click.
      await page.goto('about:blank');
      await openShop(page, server.url, route);
      await expect(page.locator('main h1')).toBeVisible();
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await expectStill(page, route);
      await expectFits(page, route);
    }
    expect(shop.page).toBe(page);
  });
}

test('what is tapped on a phone is at least 44 px high and wide', async ({ page, server }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const shop = await openShop(page, server.url);
  const [id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  await page.locator('.buy .primary').click();
  const tapped = ['a[href]', 'button', 'select', 'label.choice', 'summary']
    .map((one) => `${one}:not(dialog *)`)
    .join();
  for (const route of [
    '/',
    '/department/produce',
    `/product/${id}`,
    '/basket',
    '/your-data',
    '/search',
  ]) {
    await shop.go(route);
    await expectTappable(page, route, tapped);
  }
});

test('the keyboard reaches everything: skip link, focus on the new page’s heading, back to where one was', async ({
  shop,
}) => {
  const { page } = shop;
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main h1')).toBeFocused();
  await page.locator('.card-link').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.product h1')).toBeFocused();
  await page.evaluate(() => scrollTo(0, 300));
  await page.locator('.shelf .card-link').last().focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.product h1')).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
});

test('with reduced motion nothing is animated', async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openShop(page, server.url);
  await page.locator('header .help-tool').click();
  await expect(page.locator('dialog#help')).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('the search index is built in small pieces, and others get their turn in between', async ({
  page,
  server,
}) => {
  await page.addInitScript(() => {
    const record = window as Window & { turns?: number };
    record.turns = 0;
    const turn = () => {
      if (document.documentElement.dataset.search === 'building')
        record.turns = (record.turns ?? 0) + 1;
      if (document.documentElement.dataset.search !== 'ready') setTimeout(turn, 0);
    };
    document.addEventListener('DOMContentLoaded', turn);
  });
  await openShop(page, server.url);
  await expect(page.locator('html')).toHaveAttribute('data-search', 'ready');
  const turns = await page.evaluate(() => (window as Window & { turns?: number }).turns ?? 0);
  expect(turns).toBeGreaterThan(20);
});

// "What the shop sees": what is worked out about the visit and why, the coupon for a visitor who is
// about to leave with a full basket, and the switch that ends it. Time is the test's own.

import type { Page } from '@playwright/test';
import {
  expect,
  expectAccessible,
  expectFits,
  idsOn,
  openShop,
  type Shop,
  test,
  textOf,
} from './fixtures.js';

const kMinute = 60_000;

async function openPanel(page: Page): Promise<void> {
  await page.locator('header .sees-tool').click();
  await expect(page.locator('dialog#sees')).toBeVisible();
}

const probability = async (page: Page, kind: string): Promise<number> =>
  Number(await page.locator(`#sees [data-kind="${kind}"]`).getAttribute('data-probability'));

/** Puts three pieces of each of the first six products of the front page into the basket. */
async function fillBasket(shop: Shop): Promise<void> {
  const { page } = shop;
  for (const id of (await idsOn(page, 'for-you')).slice(0, 6)) {
    await shop.go(`/product/${id}`);
    await page.locator('.buy .primary').click();
    const more = page.locator('.buy .stepper button').last();
    await more.click();
    await more.click();
    await page.clock.runFor(8000);
  }
}

test.beforeEach(async ({ page }) => {
  await page.clock.install({ time: new Date('2026-11-10T18:00:00') });
});

test('the panel tells four things with reasons, and they follow the visit', async ({
  page,
  server,
}) => {
  const shop = await openShop(page, server.url);
  await shop.cutOff();
  await openPanel(page);
  await expect(page.locator('#sees [data-kind]')).toHaveCount(4);
  for (const kind of [
    'purchase-intent',
    'leave-intent',
    'price-sensitivity',
    'category-affinity',
  ]) {
    const value = await probability(page, kind);
    expect(value, kind).toBeGreaterThanOrEqual(0);
    expect(value, kind).toBeLessThanOrEqual(1);
  }
  // Nothing has been looked at: the shop's usual shares are not shown as the visitor's.
  await expect(page.locator('#sees [data-category]')).toHaveCount(0);
  const before = await probability(page, 'purchase-intent');
  const [id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  await page.clock.runFor(20_000);
  await expect(page.locator('#sees')).toBeVisible();
  expect(await page.locator('#sees [data-category]').count()).toBeGreaterThan(0);
  expect(await probability(page, 'purchase-intent')).not.toBe(before);
  const reasons = page.locator('#sees [data-kind="purchase-intent"] [data-feature]');
  expect(await reasons.count()).toBeGreaterThan(0);
  await expect(
    page.locator('#sees [data-feature="product_seconds"], #sees [data-feature="seconds"]').first(),
  ).toContainText(/\d/);
  expect(shop.asked).toEqual([]);
});

test('a visitor about to leave with a full basket is given the coupon that fits; it counts, and ends with the order', async ({
  page,
  server,
}) => {
  const shop = await openShop(page, server.url);
  await shop.cutOff();
  await fillBasket(shop);
  await openPanel(page);
  await page.clock.runFor(1500);
  const verdict = page.locator('#sees .verdict');
  await expect(verdict).toHaveAttribute('data-verdict', 'staying');
  expect(await probability(page, 'leave-intent')).toBeLessThan(0.5);
  const bar = page.locator('.basket-bar');
  await expect(bar.locator('button')).toHaveCount(0);
  const gain = Number(await page.locator('#sees [data-gain]').getAttribute('data-gain'));
  expect(gain).toBeGreaterThan(0);

  // Two minutes without a click.
  await page.clock.runFor(2 * kMinute);
  expect(await probability(page, 'leave-intent')).toBeGreaterThan(0.5);
  await expect(verdict).toHaveAttribute('data-verdict', 'offer');
  await expect(bar.locator('button')).toBeVisible();
  await expect(page.locator('[role=status].unseen')).toContainText('A coupon for this visit');

  // It is in the sum of the basket, once, without its usual condition.
  await page.keyboard.press('Escape');
  await shop.go('/basket');
  const given = page.locator('.given');
  await expect(given).not.toHaveAttribute('data-granted', '');
  const title = await textOf(given.locator('b'));
  const saved = Number((await textOf(page.locator('.saved dd'))).replaceAll(/[^\d.]/g, ''));
  const said = Number(((await textOf(given)).match(/\$([\d.]+)/) ?? [])[1] ?? Number.NaN);
  expect(title).toContain('off');
  expect(saved).toBeGreaterThan(0);
  if (!Number.isNaN(said)) expect(saved).toBeGreaterThanOrEqual(said);
  await page
    .locator('main')
    .getByRole('button', { name: /order|pay|check out/i })
    .first()
    .click();
  await expect(page.locator('.basket-bar')).toHaveCount(0);
  await shop.go('/basket');
  await expect(page.locator('[data-granted]:not([data-granted=""])')).toHaveCount(0);
  expect(shop.asked).toEqual([]);
});

test('a small basket is given nothing, however long nothing happens', async ({ page, server }) => {
  const shop = await openShop(page, server.url);
  const [id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  await page.locator('.buy .primary').click();
  await openPanel(page);
  await page.clock.runFor(10 * kMinute);
  await expect(page.locator('#sees .verdict')).toHaveAttribute('data-verdict', 'small-basket');
  await expect(page.locator('.basket-bar button')).toHaveCount(0);
});

test('switched off, nothing is worked out, no coupon comes, and it stays off', async ({
  page,
  server,
}) => {
  const shop = await openShop(page, server.url);
  await openPanel(page);
  const toggle = page.locator('#sees [role=switch]');
  await expect(toggle).toBeChecked();
  await toggle.uncheck();
  await expect(page.locator('#sees [data-kind], #sees .verdict')).toHaveCount(0);
  await page.locator('#sees .side-head button').click();
  await fillBasket(shop);
  await page.clock.runFor(10 * kMinute);
  await expect(page.locator('.basket-bar')).toBeVisible();
  await expect(page.locator('.basket-bar button')).toHaveCount(0);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-engine', 'ready');
  await openPanel(page);
  await expect(page.locator('#sees [role=switch]')).not.toBeChecked();
  await expect(page.locator('#sees [data-kind]')).toHaveCount(0);
  // And on again, the visit is seen as before.
  await page.locator('#sees [role=switch]').check();
  await expect(page.locator('#sees [data-kind]')).toHaveCount(4);
});

for (const [language, theme, width] of [
  ['en-US', 'light', 1280],
  ['zh-CN', 'dark', 1280],
  ['en-US', 'dark', 320],
  ['zh-CN', 'light', 320],
] as const) {
  test.describe(() => {
    test.use({
      locale: language,
      colorScheme: theme,
      viewport: { width, height: 720 },
      contextOptions: { reducedMotion: 'reduce' },
    });

    test(`the panel is accessible at ${width} px, ${language}, ${theme}, and Esc closes it`, async ({
      page,
      server,
    }) => {
      const shop = await openShop(page, server.url);
      await fillBasket(shop);
      // A narrow header has no room for the button: the page of one's own data has it.
      const isNarrow = width < 600;
      if (isNarrow) await shop.go('/your-data');
      const opener = page.locator(
        isNarrow ? '[aria-labelledby="sees-here"] button' : 'header .sees-tool',
      );
      await opener.click();
      await expect(page.locator('dialog#sees')).toBeVisible();
      await page.clock.runFor(2 * kMinute);
      await expectAccessible(page, 'the panel', 'svg');
      await expectFits(page, 'the panel');
      await page.screenshot({
        path: `tests/browser/results/sees-${width}-${language.slice(0, 2)}-${theme}.png`,
      });
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog#sees')).toBeHidden();
      await expect(opener).toBeFocused();
    });
  });
}

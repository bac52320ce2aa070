// The shop at work, without a network: what is recommended, why, which coupons, what is remembered.

import { expect, idsOn, openName, openShop, test, textOf } from './fixtures.js';

test('two product views turn the first shelf from popular into "Because you looked at"', async ({
  shop,
}) => {
  const { page } = shop;
  const title = page.locator('#for-you-title');
  await expect(title).toHaveText('Popular this week');
  const cold = await idsOn(page, 'for-you');
  const names: string[] = [];
  for (const id of cold.slice(1, 3)) {
    await shop.go(`/product/${id}`);
    names.push(await openName(page));
  }
  await shop.go('/');
  await expect(title).toHaveText(/^Because you looked at /);
  const heading = await textOf(title);
  expect(names.some((name) => heading.includes(name))).toBe(true);
  expect(await idsOn(page, 'for-you')).not.toEqual(cold);
});

test('the reasons behind "why?" name a viewed product, with shares that do not exceed the whole', async ({
  shop,
}) => {
  const { page } = shop;
  const [first = '', second = ''] = await idsOn(page, 'for-you');
  const names: string[] = [];
  for (const id of [first, second]) {
    await shop.go(`/product/${id}`);
    names.push(await openName(page));
  }
  await shop.go('/');
  const cards = page.locator('section[aria-labelledby="for-you-title"] .card:visible');
  const count = await cards.count();
  expect(count).toBeGreaterThanOrEqual(3);
  let named = 0;
  for (let i = 0; i < count; i++) {
    const card = cards.nth(i);
    const why = card.locator('.why');
    await why.click();
    await expect(why).toHaveAttribute('aria-expanded', 'true');
    const text = await textOf(card.locator('.reasons'));
    if (names.some((name) => text.includes(name))) named++;
    const shares = [...text.matchAll(/(\d+)\s*%/g)].map(([, share]) => Number(share));
    expect(shares.length).toBeGreaterThan(0);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(102);
  }
  expect(named).toBe(count);
  // Esc closes the open one and leaves the focus on its button.
  await page.keyboard.press('Escape');
  await expect(page.locator('.reasons:visible')).toHaveCount(0);
  await expect(cards.nth(count - 1).locator('.why')).toBeFocused();
});

test('a product page shows what goes with it and what is like it, never the product itself', async ({
  shop,
}) => {
  const { page } = shop;
  const [, id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  const goesWith = await idsOn(page, 'goes-with');
  const similar = await idsOn(page, 'similar');
  expect(goesWith.length).toBeGreaterThanOrEqual(3);
  expect(similar.length).toBeGreaterThanOrEqual(3);
  expect([...goesWith, ...similar]).not.toContain(id);
  expect(similar.filter((one) => goesWith.includes(one))).toEqual([]);
});

test('coupons follow the basket, and the saving comes off the total', async ({ shop }) => {
  const { page } = shop;
  const offered = page.locator('.at-home .coupon').first();
  const offer = (await offered.getAttribute('data-offer')) ?? '';
  const link = (await offered.locator('.coupon-items a').first().getAttribute('href')) ?? '';
  await shop.go(link.slice(1));
  await expect(page.locator('.coupon-note')).toContainText('Coupon: $');
  await page.locator('.buy .primary').click();
  // Enough pieces for coupons that ask for two, or for an amount.
  for (let i = 0; i < 11; i++) await page.locator('.buy .stepper button').last().click();
  await shop.go('/basket');
  const coupon = page.locator(`.coupon[data-offer="${offer}"]`);
  await expect(coupon).toHaveAttribute('data-status', 'applies');
  await expect(coupon).toContainText('you save $');
  const amount = async (row: string) =>
    Number((await textOf(page.locator(`.sum ${row} dd`))).replace(/[^\d.]/g, ''));
  const subtotal = await amount('dl > div:first-child');
  const saved = await amount('.saved');
  expect(saved).toBeGreaterThan(0);
  expect(await amount('.total')).toBeCloseTo(subtotal - saved, 2);
  // Out of the basket again: the coupon no longer applies.
  for (let i = 0; i < 11; i++) await page.locator('.line .stepper button').first().click();
  await page.locator('.line .stepper button').first().click();
  await expect(page.locator('.coupon[data-status="applies"]')).toHaveCount(0);
  await expect(page.locator('main h1')).toHaveText('Your basket is empty');
});

test('what goes well with the basket follows the basket and never holds what is in it', async ({
  shop,
}) => {
  const { page } = shop;
  const picks = (await idsOn(page, 'for-you')).slice(0, 3);
  for (const id of picks) {
    await shop.go(`/product/${id}`);
    await page.locator('.buy .primary').click();
  }
  await shop.go('/basket');
  const first = await idsOn(page, 'with-basket');
  expect(first.filter((id) => picks.includes(id))).toEqual([]);
  await page.locator('section[aria-labelledby="with-basket-title"] .add').first().click();
  await expect(page.locator(`.line[data-item="${first[0]}"]`)).toBeVisible();
  const next = await idsOn(page, 'with-basket');
  expect(next).not.toContain(first[0]);
  await expect(page.locator('.basket-tool .badge')).toHaveText('4');
});

test('checking out says that it is pretend and empties the basket', async ({ shop }) => {
  const { page } = shop;
  await page.locator('.card .add').first().click();
  await shop.go('/basket');
  await page.locator('.sum .primary').click();
  await expect(page.locator('main h1')).toHaveText('Thank you. Nothing was bought.');
  await expect(page.locator('main h1')).toBeFocused();
  await expect(page.locator('main')).toContainText(/Order GF-\d{5}/);
  await shop.go('/your-data');
  await expect(page.locator('.events li').first()).toContainText('You bought');
});

test('search finds as one types, forgives a mistake, and reads Chinese', async ({ shop }) => {
  const { page } = shop;
  const field = page.locator('input[type=search]');
  await field.fill('bananna');
  await expect(page.locator('#results .card').first()).toContainText('Banana');
  await expect(field).toBeFocused();
  await field.fill('牛奶');
  await expect(page.locator('#results .card').first()).toContainText('milk');
  await field.fill('zzqqxxyy');
  await expect(page.locator('main h1')).toHaveText('Nothing found for “zzqqxxyy”');
  await field.fill('');
  await expect(page.locator('main h1')).toHaveText('What are you looking for?');
});

test('a department filters by shelf, sorts by price, and shows more when asked', async ({
  shop,
}) => {
  const { page } = shop;
  await page.locator('.departments a').nth(1).click();
  const cards = page.locator('#products .card');
  await expect(page.locator('.more button')).toBeVisible();
  const some = await cards.count();
  await page.locator('.more button').click();
  expect(await cards.count()).toBeGreaterThan(some);
  await expect(page.locator('#products .card-link').nth(some)).toBeFocused();
  await page.locator('.sort select').selectOption('cheap');
  const prices = (await page.locator('#products .price b').allInnerTexts()).map((text) =>
    Number(text.replace(/[^\d.]/g, '')),
  );
  expect(prices.length).toBeGreaterThan(2);
  expect([...prices].sort((a, b) => a - b)).toEqual(prices);
  const all = await textOf(page.locator('.list-head [role=status]'));
  await page.locator('.chips .chip').nth(1).click();
  await expect(page.locator('.list-head [role=status]')).not.toHaveText(all);
});

test('the language switch keeps the page, and everything on it changes', async ({ shop }) => {
  const { page } = shop;
  const [id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  const english = await openName(page);
  const ids = await idsOn(page, 'goes-with');
  const url = page.url();
  await page.getByRole('button', { name: '切换到中文' }).click();
  await expect(page.locator('#goes-with-title')).toHaveText('搭配购买');
  expect(page.url()).toBe(url);
  expect(await openName(page)).not.toBe(english);
  expect(await idsOn(page, 'goes-with')).toEqual(ids);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await page.getByRole('button', { name: 'Switch to English' }).click();
  expect(await openName(page)).toBe(english);
});

test('forget empties the visit, the basket and the browser’s storage', async ({ shop }) => {
  const { page } = shop;
  const [id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  const name = await openName(page);
  await page.locator('.buy .primary').click();
  await shop.go('/your-data');
  // The front page, the product and the basket.
  await expect(page.locator('.events li')).toHaveCount(3);
  await expect(page.locator('.events')).toContainText('You looked along the shelves');
  await expect(page.locator('.events')).toContainText(`You looked at ${name}`);
  const stored = () => page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  expect(await stored()).toContain(id);
  await page.getByRole('button', { name: 'Forget everything' }).click();
  await expect(page.locator('.events')).toHaveCount(0);
  await expect(page.locator('.seen [role=status]')).toHaveText('Forgotten. This page starts anew.');
  await expect(page.locator('.basket-tool .badge')).toHaveText('0');
  expect(await stored()).not.toContain(id);
  await shop.go('/');
  await expect(page.locator('#for-you-title')).toHaveText('Popular this week');
});

test('a saved copy holds every event', async ({ shop }) => {
  const { page } = shop;
  const [id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  await page.locator('.buy .primary').click();
  await shop.go('/your-data');
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a copy' }).click();
  const stream = await (await coming).createReadStream();
  let text = '';
  for await (const part of stream) text += part;
  const { version, events } = JSON.parse(text) as {
    version: number;
    events: { type: string; item: string }[];
  };
  expect(version).toBe(1);
  expect(events.map(({ type, item }) => `${type} ${item}`)).toEqual([
    'page products',
    `view ${id}`,
    `add ${id}`,
  ]);
});

test('a visit kept for the tab survives a reload; one kept only in the page does not', async ({
  page,
  server,
}) => {
  const shop = await openShop(page, server.url);
  const [id = ''] = await idsOn(page, 'for-you');
  await shop.go(`/product/${id}`);
  await page.locator('.buy .primary').click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-engine', 'ready');
  await expect(page.locator('.basket-tool .badge')).toHaveText('1');
  await shop.go('/your-data');
  await page.locator('input[value=memory]').check();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-engine', 'ready');
  await expect(page.locator('.basket-tool .badge')).toHaveText('0');
  const stored = await page.evaluate(() => ({ ...sessionStorage, ...localStorage }));
  expect(Object.values(stored)).toEqual(['{"keep":"memory"}']);
});

test('requests since load stay at zero through a whole visit, and the page says so', async ({
  shop,
}) => {
  const { page } = shop;
  await page.locator('.card-link').first().click();
  await page.locator('.buy .primary').click();
  await page.locator('input[type=search]').fill('coffee');
  await expect(page.locator('#results .card').first()).toBeVisible();
  await shop.go('/basket');
  await page.locator('.sum .primary').click();
  await shop.go('/your-data');
  await expect(page.locator('.counter b')).toHaveText('0');
  await expect(page.locator('.hood-line')).toContainText('0 requests since load');
  await page.locator('.hood-line').click();
  const hood = page.locator('dialog#hood');
  await expect(hood.locator('table').first()).toContainText('storewise');
  await expect(hood.locator('table').last()).toContainText('Recommendations');
  await page.keyboard.press('Escape');
  await expect(hood).toBeHidden();
  await expect(page.locator('.hood-line')).toBeFocused();
});

test('a request that does happen is counted and shown', async ({ page, server }) => {
  const shop = await openShop(page, server.url, '/your-data');
  await expect(page.locator('.counter b')).toHaveText('0');
  await page.evaluate(() => fetch('index.html?counted').then((response) => response.text()));
  await expect(page.locator('.counter b')).toHaveText('1');
  await expect(page.locator('.left-device')).toContainText('index.html?counted');
  expect(shop.page).toBe(page);
});

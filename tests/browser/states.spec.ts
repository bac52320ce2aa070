// Loading, failing, being offline, and living in a folder of somebody else's site.

import { expect, folder, idsOn, openShop, test } from './fixtures.js';
import { serve } from './server.js';

for (const [what, status, body] of [
  ['is missing', 404, 'not found'],
  ['is a web page instead', 200, '<!doctype html><title>Sign in</title>'],
] as const) {
  test(`the shop still sells when the engine’s file ${what}`, async ({ page, server }) => {
    await page.route('**/*.wasm', (route) =>
      route.fulfill({ status, contentType: 'text/html', body }),
    );
    const shop = await openShop(page, server.url, '/', 'failed');
    await expect(page.getByRole('alert')).toContainText('Suggestions and help could not start');
    await expect(page.getByRole('alert')).toContainText('try again');
    // Popular is the catalogue's own order; shelves, basket and search work.
    const [first = '', second = ''] = await idsOn(page, 'for-you');
    const ids = await page.evaluate(async () => {
      const response = await fetch('shop/catalogue.json');
      return ((await response.json()) as { id: string[] }).id.slice(0, 2);
    });
    expect([first, second]).toEqual(ids);
    await page.locator('.card .add').first().click();
    await shop.go('/basket');
    await expect(page.locator('.line')).toHaveCount(1);
    await page.locator('input[type=search]').fill('coffee');
    await expect(page.locator('#results .card').first()).toBeVisible();
    // The answers can still be read.
    await page.locator('header .help-tool').click();
    await page.locator('#help .reading summary').first().click();
    await expect(page.locator('#help .reading details[open] p')).toBeVisible();
    await page.keyboard.press('Escape');
    // The file comes back: one click, and the basket is still there.
    await page.unroute('**/*.wasm');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-engine', 'ready');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.locator('.basket-tool .badge')).toHaveText('1');
  });
}

test('a model that was tampered with is refused, and the shop still sells', async ({
  page,
  server,
}) => {
  await page.route('**/recommender.onnx', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await openShop(page, server.url, '/', 'failed');
  await page.locator('.notice summary').click();
  await expect(page.locator('.notice code')).toContainText('recommender.onnx');
  expect((await idsOn(page, 'for-you')).length).toBeGreaterThanOrEqual(3);
});

test('without a catalogue the page says so, and tries again when asked', async ({
  page,
  server,
}) => {
  await page.route('**/catalogue.json', (route) => route.fulfill({ status: 503, body: '' }));
  await openShop(page, server.url, '/', 'failed');
  await expect(page.getByRole('alert')).toContainText('The shelves did not load');
  await page.unroute('**/catalogue.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('#for-you-title')).toHaveText('Popular this week');
});

test('while the shop loads, places are kept and the page can be read', async ({ page, server }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/shop/**', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(server.url);
  await expect(page.locator('main h1')).toHaveText('Good food, close to home.');
  await expect(page.locator('.card.ghost:visible').first()).toBeVisible();
  await expect(page.locator('section[aria-labelledby="for-you-title"]')).toHaveAttribute(
    'aria-busy',
    'true',
  );
  release();
  await expect(page.locator('html')).toHaveAttribute('data-engine', 'ready');
  await expect(page.locator('.ghost')).toHaveCount(0);
});

test('being offline is said, calmly', async ({ shop }) => {
  await expect(shop.page.locator('.notice.calm')).toContainText('You are offline. That is fine');
});

test('addresses that lead nowhere say so and lead back', async ({ shop }) => {
  const { page } = shop;
  for (const [route, title] of [
    ['/nowhere', 'There is no such page'],
    ['/product/none', 'We don’t have that product'],
    ['/department/none', 'There is no such page'],
    ['/product/%E0%A4%A', 'We don’t have that product'],
  ] as const) {
    await shop.go(route);
    await expect(page.locator('main h1')).toHaveText(title);
    await page.locator('main .primary').click();
    await expect(page.locator('#for-you-title')).toBeVisible();
  }
});

test('the folder works under any path, and asks for nothing outside of it', async ({ page }) => {
  const server = await serve(folder, '/some/shop/v2/');
  try {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const shop = await openShop(page, server.url);
    const [id = ''] = await idsOn(page, 'for-you');
    await shop.go(`/product/${id}`);
    expect((await idsOn(page, 'goes-with')).length).toBeGreaterThanOrEqual(3);
    expect(asked.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual(
      [],
    );
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-engine', 'ready');
    await expect(page.locator('.product')).toBeVisible();
  } finally {
    await server.close();
  }
});

test('no file of the shop is fetched twice', async ({ page, server }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await openShop(page, server.url);
  expect(asked.length).toBe(new Set(asked).size);
});

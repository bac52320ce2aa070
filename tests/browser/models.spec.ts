// "Models to try": every family answers live with its reasons, the tree can be walked, nothing of it
// is loaded by the shop, and the page reads well in both languages, themes and all widths.

import path from 'node:path';
import type { Page } from '@playwright/test';
import {
  expect,
  expectAccessible,
  expectFits,
  expectStill,
  expectTappable,
  openShop,
  pageFor,
  results,
  slide,
  test,
  watchMoves,
} from './fixtures.js';

const families = ['tree', 'forest', 'boosted', 'svm', 'linear-svm', 'logistic', 'linear'];

async function openModels(page: Page, url: string, family = 'tree'): Promise<void> {
  await page.goto(`${url}behaviour.html#${family}`);
  await expect(page.locator('html')).toHaveAttribute('data-models', 'all');
}

const shown = async (page: Page) =>
  Number(await page.locator('[data-shown-answer]').getAttribute('data-shown-answer'));

test('the shop leads there and loads none of the models', async ({ page, server }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await openShop(page, server.url);
  await expect(page.locator('html')).toHaveAttribute('data-search', 'ready');
  expect(asked.filter((url) => /behaviour|\/models\/|storewise-onnx/.test(url))).toEqual([]);
  await page.getByRole('link', { name: 'Models to try' }).click();
  await expect(page.locator('h1')).toHaveText('Models to try');
  await expect(page.locator('html')).toHaveAttribute('data-models', 'all');
  expect(asked.filter((url) => url.endsWith('model.onnx')).length).toBe(families.length);
  expect(asked.every((url) => url.startsWith(server.url))).toBe(true);
});

for (const family of families) {
  test(`${family}: answers at once, its reasons add up to the answer, what would change it does`, async ({
    page,
    server,
  }) => {
    await openModels(page, server.url, family);
    const buys = family !== 'linear';
    await expect(page.locator('html')).toHaveAttribute('data-family', family);
    await expect(page.locator(`input[value=${family}]`)).toBeChecked();
    const bars = page.locator('.bars');
    const add = async () => {
      const [base, score, value] = [
        Number(await bars.getAttribute('data-base')),
        Number(await bars.getAttribute('data-score')),
        await shown(page),
      ];
      const parts = await bars
        .locator('li')
        .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.contribution)));
      const sizes = parts.map(Math.abs);
      expect(
        [...sizes].sort((a, b) => b - a),
        'the weightiest first',
      ).toEqual(sizes);
      // All but the weightiest are not shown: together no more than each of them as small as the last.
      const columns = await page.locator('[data-column]').count();
      const rest = Math.abs(score - base - parts.reduce((sum, part) => sum + part, 0));
      expect(rest).toBeLessThanOrEqual((columns - parts.length) * (sizes.at(-1) ?? 0) + 1e-4);
      // The straight machine's score is a distance from the border, which the file calibrates.
      const onScale = ['boosted', 'logistic'].includes(family) ? 1 / (1 + Math.exp(-score)) : score;
      if (family !== 'linear-svm') {
        expect(Math.abs(onScale - value)).toBeLessThan(buys ? 1e-4 : 0.5);
      }
      return value;
    };
    const before = await add();
    const column = buys ? 'PageValues' : 'spent';
    await slide(page, column, 0);
    await expect.poll(() => shown(page)).not.toBe(before);
    const after = await add();
    expect(after, 'less page value, or less spent, is less').toBeLessThan(before);
    // The list of families has the same answer.
    await expect(page.locator(`[data-answer=${family}]`)).toHaveAttribute(
      'data-value',
      String(after),
    );
    if (buys) {
      await page.locator('[data-example="1"]').click();
      await expect.poll(() => shown(page)).toBe(before);
      const wasBought = before >= 0.5;
      await page.locator('.change button').click();
      await expect.poll(async () => (await shown(page)) >= 0.5).toBe(!wasBought);
    } else {
      await expect(page.locator('.change')).toHaveCount(0);
    }
    const size = Number(await page.locator('[data-bytes]').getAttribute('data-bytes'));
    const file = await page.request.get(`${server.url}models/${family}/model.onnx`);
    expect(size).toBe((await file.body()).length);
    expect(
      Number(await page.locator('[data-milliseconds]').getAttribute('data-milliseconds')),
    ).toBeGreaterThan(0);
    const card = page.locator('.card-file');
    expect(
      (
        await page.request.get(new URL((await card.getAttribute('href')) ?? '', page.url()).href)
      ).ok(),
    ).toBe(true);
  });
}

test('the tree’s drawn way is the engine’s, and every question can be answered the other way', async ({
  page,
  server,
}) => {
  await openModels(page, server.url);
  const turns = page.locator('[data-turn]');
  const end = async () => Number(await page.locator('.way-end').getAttribute('data-share'));
  for (const example of [0, 1, 2]) {
    await page.locator(`[data-example="${example}"]`).click();
    await expect.poll(async () => Math.abs((await end()) - (await shown(page)))).toBeLessThan(1e-5);
    const count = await turns.count();
    expect(count).toBeGreaterThanOrEqual(2);
    for (let i = 0; i < count; i++) {
      await page.locator(`[data-example="${example}"]`).click();
      await expect(turns).toHaveCount(count);
      const turn = turns.nth(i);
      const [column, threshold, above] = await turn.evaluate(({ dataset }: HTMLElement) => [
        dataset.turn,
        dataset.threshold,
        dataset.above,
      ]);
      const earlier = await turns.evaluateAll(
        (all, until) =>
          all.slice(0, until).map((one) => JSON.stringify({ ...(one as HTMLElement).dataset })),
        i,
      );
      const other = turn.locator('button[aria-pressed=false]');
      await expect(other).toBeEnabled();
      await other.click();
      // The same question, answered the other way; those before it as they were.
      await expect(turns.nth(i)).toHaveAttribute('data-above', above === 'true' ? 'false' : 'true');
      await expect(turns.nth(i)).toHaveAttribute('data-turn', column ?? '');
      await expect(turns.nth(i)).toHaveAttribute('data-threshold', threshold ?? '');
      expect(
        await turns.evaluateAll(
          (all, until) =>
            all.slice(0, until).map((one) => JSON.stringify({ ...(one as HTMLElement).dataset })),
          i,
        ),
      ).toEqual(earlier);
      await expect
        .poll(async () => Math.abs((await end()) - (await shown(page))))
        .toBeLessThan(1e-5);
    }
  }
  // The drawing has the whole tree, and lights one way through it.
  const leaves = await page.locator('.tree .leaf-dot').count();
  expect(await page.locator('.tree .question-dot').count()).toBe(leaves - 1);
  await expect(page.locator('.tree .leaf-dot.on')).toHaveCount(1);
  expect(await page.locator('.tree path.on').count()).toBe(await turns.count());
});

test('by keyboard alone: another model, a slider one visible step at a time, a question', async ({
  page,
  server,
}) => {
  await openModels(page, server.url);
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.locator('input[value=tree]').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('html')).toHaveAttribute('data-family', 'forest');
  await expect(page.locator('input[value=forest]')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('html')).toHaveAttribute('data-family', 'tree');
  const slider = page.locator('[data-column=ProductRelated] input');
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[data-column=ProductRelated] output')).toHaveText('36');
  await expect(slider).toHaveAttribute('aria-valuetext', '36');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('[data-column=ProductRelated] output')).toHaveText('34');
  const other = page.locator('[data-turn]').first().locator('button[aria-pressed=false]');
  await other.focus();
  await page.keyboard.press('Enter');
  await expect(
    page.locator('[data-turn]').first().locator('button[aria-pressed=true]'),
  ).toBeFocused();
});

test('a model that does not load says so, the others answer, and it can be tried again', async ({
  page,
  server,
}) => {
  await page.route('**/forest/model.onnx', (route) => route.fulfill({ status: 503, body: '' }));
  await openModels(page, server.url, 'forest');
  await expect(page.getByRole('alert')).toContainText('forest/model.onnx: 503');
  await expect(page.locator('[data-answer=boosted]')).toHaveAttribute('data-value', /^0\./);
  await page.unroute('**/forest/model.onnx');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('[data-shown-answer]')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

// The last two with letters further apart: fonts differ in width from one machine to the next.
for (const [language, theme, width, spacing] of [
  ['en', 'light', 1280, 0],
  ['en', 'dark', 768, 0],
  ['zh', 'dark', 360, 0],
  ['zh', 'light', 1280, 0],
  ['en', 'light', 1280, 0.06],
  ['en', 'light', 1280, 0.09],
] as const) {
  const letters = spacing === 0 ? '' : `, letters ${spacing} em apart`;
  test(`axe, width and steadiness: ${language}, ${theme}, ${width} px${letters}`, async ({
    browser,
    server,
  }) => {
    const page = await pageFor(browser, language, theme, width);
    await page.addInitScript((em) => {
      const observer = new MutationObserver(() => {
        if (document.head === null) return;
        observer.disconnect();
        const style = document.createElement('style');
        style.textContent = `* { letter-spacing: ${em}em !important; }`;
        if (em > 0) document.head.append(style);
      });
      observer.observe(document, { childList: true, subtree: true });
    }, spacing);
    await watchMoves(page);
    for (const family of ['tree', 'svm', 'linear']) {
      await page.goto('about:blank');
      await openModels(page, server.url, family);
      await expectStill(page, family);
      await expectFits(page, family);
      await expectAccessible(page, family);
      if (width === 360) {
        const tapped = 'a[href], button, select, label.family, input[type=range]';
        await expectTappable(page, family, tapped);
      }
      await page.screenshot({
        path: path.join(
          results,
          `models-${family}-${width}-${language}-${theme}${spacing === 0 ? '' : `-${spacing}`}.png`,
        ),
        fullPage: true,
      });
    }
    await page.context().close();
  });
}

// The lessons: every one opens by itself, its model answers live, what is drawn is what the model says,
// and the pages read well in both languages, both themes and at all widths.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { loadModel, type TablePrediction, textWords } from 'storewise';
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

const lessons = ['tree', 'forest', 'svm', 'regression', 'recommendation', 'questions', 'lstm'];

async function openLesson(page: Page, url: string, lesson: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${url}learn.html${lesson === 'contents' ? '' : `#${lesson}`}`);
  await expect(page.locator('html')).toHaveAttribute('data-lesson', lesson);
  await expect(page.locator('html')).toHaveAttribute('data-live', 'ready');
}

const numberOf = async (page: Page, selector: string, attribute: string) =>
  Number(await page.locator(selector).first().getAttribute(attribute));

/** Waits until the page shows a number. */
const expectShown = (
  page: Page,
  selector: string,
  attribute: string,
  value: number,
  within = 1e-6,
) =>
  expect
    .poll(async () => Math.abs((await numberOf(page, selector, attribute)) - value))
    .toBeLessThan(within);

/** The chance of "yes". */
const yesOf = ({ probabilities }: TablePrediction) =>
  probabilities.find(({ label }) => label === 'yes')?.probability ?? -1;

/** The model of a lesson, asked here as the page asks it. */
async function modelOf(page: Page, url: string, file: string) {
  const bytes = await (await page.request.get(`${url}lessons/${file}`)).body();
  return loadModel(new Uint8Array(bytes), { name: file });
}

test('the shop leads to the lessons, loads nothing of them, and they lead on and back', async ({
  page,
  server,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await openShop(page, server.url);
  await expect(page.locator('html')).toHaveAttribute('data-search', 'ready');
  expect(asked.filter((url) => /learn|lessons|storewise-onnx/.test(url))).toEqual([]);
  await page.getByRole('link', { name: 'How it works' }).click();
  await expect(page.locator('h1')).toHaveText('How it works');
  await expect(page.locator('.content-card')).toHaveCount(lessons.length);
  expect(asked.filter((url) => url.endsWith('.onnx') && !url.includes('/shop/'))).toEqual([]);
  await page.locator('.content-card').first().click();
  for (const [i, lesson] of lessons.entries()) {
    await expect(page.locator('html')).toHaveAttribute('data-lesson', lesson);
    await expect(page.locator('html')).toHaveAttribute('data-live', 'ready');
    await expect(page.locator('main h1')).toBeFocused();
    await expect(page.locator('.lesson-list [aria-current]')).toHaveAttribute('href', `#${lesson}`);
    await expect(page.locator('.onward.prev')).toHaveCount(i === 0 ? 0 : 1);
    const next = page.locator('.onward.next');
    if (i + 1 < lessons.length) await next.click();
    else await expect(next).toHaveCount(0);
  }
  await page.goBack();
  await page.goForward();
  await expect(page.locator('html')).toHaveAttribute('data-lesson', lessons.at(-1) ?? '');
  await page.locator('.lesson-list > a').click();
  await expect(page.locator('html')).toHaveAttribute('data-lesson', 'contents');
  expect(asked.every((url) => url.startsWith(server.url) || url.startsWith('data:'))).toBe(true);
});

test('the skip link leads into the lesson and leaves its address', async ({ page, server }) => {
  await openLesson(page, server.url, 'tree');
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#tree$/);
  await expect(page.locator('html')).toHaveAttribute('data-lesson', 'tree');
});

test('a model that does not load says so and can be tried again; the lesson is there', async ({
  page,
  server,
}) => {
  await page.route('**/lessons/tree.onnx', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(`${server.url}learn.html#tree`);
  await expect(page.getByRole('alert')).toContainText('tree.onnx');
  await expect(page.locator('.program')).toBeVisible();
  await page.unroute('**/lessons/tree.onnx');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('[data-answer]')).toBeVisible();
});

for (const lesson of lessons) {
  test(`${lesson}: the data can be had, and the language changes in place`, async ({
    page,
    server,
  }) => {
    await openLesson(page, server.url, lesson);
    for (const table of await page.locator('.sample').all()) {
      const link = table.locator('a[download]');
      const waiting = page.waitForEvent('download');
      await link.click();
      const download = await waiting;
      expect(download.suggestedFilename()).toBe(await link.getAttribute('download'));
      const content = readFileSync(await download.path(), 'utf8');
      const header = content.split('\n')[0]?.split(',');
      expect(await table.locator('th').allTextContents()).toEqual(header);
    }
    const english = await page.locator('main').textContent();
    await page.getByRole('button', { name: '切换到中文' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
    await expect(page.locator('html')).toHaveAttribute('data-lesson', lesson);
    const chinese = await page.locator('main').textContent();
    expect(chinese).not.toBe(english);
    expect(await page.locator('main h1').textContent()).toMatch(/\p{Script=Han}/u);
  });
}

test('tree: the visit’s way is the model’s, and the walk tells of every node what the file has', async ({
  page,
  server,
}) => {
  await openLesson(page, server.url, 'tree');
  const model = await modelOf(page, server.url, 'tree.onnx');
  const [root] = (await model.trees()).trees;
  if (root?.kind !== 'question') throw new Error('a tree that asks nothing');
  for (const pages of [3, 14, 21]) {
    await slide(page, 'pages', pages);
    const row = { pages, minutes: 12, source: 'ad', member: true };
    const yes = yesOf(await model.predict(row));
    await expectShown(page, '.verdict', 'data-answer', yes);
    // The walk stands at the leaf where the visit ends.
    expect(Math.abs((await numberOf(page, '.walker', 'data-share')) - yes)).toBeLessThan(1e-4);
    const { path: steps } = await model.explain(row);
    expect(await page.locator('.walkable path.on').count()).toBeGreaterThanOrEqual(steps.length);
  }
  await page.getByRole('button', { name: 'To the top' }).click();
  expect(await numberOf(page, '.walker', 'data-rows')).toBe(root.cover);
  await page.getByRole('button', { name: root.atMostText, exact: true }).click();
  expect(await numberOf(page, '.walker', 'data-rows')).toBe(root.atMost.cover);
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  // By keyboard, in the drawing.
  await page.locator('.walkable').focus();
  await page.keyboard.press('ArrowRight');
  expect(await numberOf(page, '.walker', 'data-rows')).toBe(root.above.cover);
  await page.keyboard.press('ArrowUp');
  expect(await numberOf(page, '.walker', 'data-rows')).toBe(root.cover);
  // By finger.
  await page.locator('.walkable .leaf-core').first().dispatchEvent('click');
  await expect(page.locator('.walker h3')).toHaveText('The answer');
  await page.getByRole('button', { name: 'Follow the visit' }).click();
  await page.locator('[data-column=member] button', { hasText: 'No' }).click();
  await expect(page.locator('[data-column=member] [aria-pressed=true]')).toHaveText('No');
  model.dispose();
});

test('forest: the trees’ votes make the answer, and boosted trees add up to theirs', async ({
  page,
  server,
}) => {
  await openLesson(page, server.url, 'forest');
  for (const pages of [4, 16]) {
    await slide(page, 'pages', pages);
    const row = { pages, minutes: 12, source: 'mail', member: false };
    for (const [file, attribute] of [
      ['forest.onnx', 'data-answer'],
      ['boosted.onnx', 'data-boosted'],
    ] as const) {
      const model = await modelOf(page, server.url, file);
      await expectShown(page, `[${attribute}]`, attribute, yesOf(await model.predict(row)));
      model.dispose();
    }
    const votes = await page
      .locator('[data-vote]')
      .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.vote)));
    expect(votes).toHaveLength(15);
    const mean = votes.reduce((sum, vote) => sum + vote, 0) / votes.length;
    expect(Math.abs(mean - (await numberOf(page, '[data-answer]', 'data-answer')))).toBeLessThan(
      1e-4,
    );
    const sum = await numberOf(page, '[data-sum]', 'data-sum');
    const boosted = await numberOf(page, '[data-boosted]', 'data-boosted');
    expect(Math.abs(1 / (1 + Math.exp(-sum)) - boosted)).toBeLessThan(1e-4);
  }
  await page.locator('[data-vote]').nth(3).click();
  await expect(page.locator('.read-tree h4')).toHaveText('What tree 4 asked');
  await expect(page.locator('.tree-tile[aria-pressed=true]')).toHaveCount(1);
  expect(await page.locator('.read-tree li').count()).toBeGreaterThan(0);
});

test('svm: distance and chance are the model’s, the map moves the customer, curved errs less', async ({
  page,
  server,
}) => {
  await openLesson(page, server.url, 'svm');
  await slide(page, 'days_away', 60);
  const row = { days_away: 60, orders_a_year: 2 };
  const straight = await modelOf(page, server.url, 'svm-straight.onnx');
  const explained = await straight.explain(row, { label: 'yes' });
  await expectShown(page, '.verdict', 'data-answer', yesOf(explained));
  const distance = await numberOf(page, '.verdict', 'data-distance');
  expect(Math.abs(distance - explained.score)).toBeLessThan(1e-4);
  const wrong = await numberOf(page, '.told-list', 'data-wrong');
  await page.getByRole('button', { name: 'Curved', exact: true }).click();
  await expect.poll(() => numberOf(page, '.told-list', 'data-wrong')).toBeLessThan(wrong);
  // The upper right corner: away for long, orders often, stays away.
  const map = page.locator('.map');
  const box = await map.boundingBox();
  await map.click({ position: { x: (box?.width ?? 0) * 0.95, y: (box?.height ?? 0) * 0.05 } });
  await expect(page.locator('.verdict')).toContainText('stays away');
  expect(Number(await page.locator('#cell-days_away').inputValue())).toBeGreaterThan(270);
  expect(Number(await page.locator('#cell-orders_a_year').inputValue())).toBeGreaterThan(10.5);
  straight.dispose();
});

test('regression: the bars add up to the answer, and both follow the sliders', async ({
  page,
  server,
}) => {
  await openLesson(page, server.url, 'regression');
  const linear = await modelOf(page, server.url, 'linear.onnx');
  const logistic = await modelOf(page, server.url, 'logistic.onnx');
  await slide(page, 'degrees', 31);
  await slide(page, 'discount', 30);
  const day = await linear.predict({ degrees: 31, weekend: true, flyers: 100 });
  await expectShown(page, '[data-value]', 'data-value', day.value ?? 0, 1e-3);
  const used = await logistic.predict({ discount: 30, days_away: 20, bought_before: true });
  const yes = yesOf(used);
  await expectShown(page, '[data-chance]', 'data-chance', yes);
  const sums = await page.locator('.shown').evaluateAll((panels) =>
    panels.map((panel) => {
      const text = panel.querySelector<HTMLElement>('.sum-text');
      const added = [...panel.querySelectorAll<HTMLElement>('[data-contribution]')];
      return [
        Number(text?.dataset.base) +
          added.reduce((sum, one) => sum + Number(one.dataset.contribution), 0),
        Number(text?.dataset.score),
      ] as const;
    }),
  );
  expect(sums).toHaveLength(2);
  for (const [sum, score] of sums) expect(Math.abs(sum - score)).toBeLessThan(1e-3);
  expect(Math.abs((sums[0]?.[1] ?? 0) - (day.value ?? 0))).toBeLessThan(0.01);
  expect(Math.abs(1 / (1 + Math.exp(-(sums[1]?.[1] ?? 0))) - yes)).toBeLessThan(1e-4);
  linear.dispose();
  logistic.dispose();
});

test('recommendation: the neighbours are the model’s, a click goes there, and back', async ({
  page,
  server,
}) => {
  await openLesson(page, server.url, 'recommendation');
  const bytes = await (await page.request.get(`${server.url}shop/recommender.onnx`)).body();
  const model = await loadModel(new Uint8Array(bytes), { name: 'recommender' });
  const here = () => page.locator('[data-here]').getAttribute('data-here');
  const shown = () =>
    page
      .locator('.graph [data-item]')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.item));
  const first = (await here()) ?? '';
  expect(await shown()).toEqual(model.rank([first], { limit: 8 }).map(({ id }) => id));
  const third = (await shown())[2] ?? '';
  await page.locator(`.graph [data-item="${third}"]`).click();
  await expect(page.locator('[data-here]')).toHaveAttribute('data-here', third);
  expect(await shown()).toEqual(model.rank([third], { limit: 8 }).map(({ id }) => id));
  await page.locator('.neighbours button').first().focus();
  await page.keyboard.press('Enter');
  expect(await here()).not.toBe(third);
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  expect(await here()).toBe(third);
  model.dispose();
});

test('questions: answers, threshold and pieces are the model’s; what it does not know it says', async ({
  page,
  server,
}) => {
  await openLesson(page, server.url, 'questions');
  const bytes = await (await page.request.get(`${server.url}shop/classifier.onnx`)).body();
  const model = await loadModel(new Uint8Array(bytes), { name: 'classifier' });
  for (const [text, known] of [
    ['can i cancle my order?', true],
    ['who won the match last night?', false],
    ['鸡蛋送来碎了', true],
  ] as const) {
    await page.locator('#question').fill(text);
    const { ranked, pieces, in_scope } = await model.explainText(text);
    expect(in_scope).toBe(known);
    await expect(page.locator('[data-known]')).toHaveAttribute('data-known', String(known));
    await expect(page.locator('.answers button').first()).toHaveAttribute(
      'data-probability',
      String(ranked[0]?.probability),
    );
    const best = [...pieces].sort((a, b) => b.contribution - a.contribution)[0];
    await expect(page.locator('.pieces li').first()).toHaveAttribute(
      'data-piece',
      best?.text ?? '',
    );
    // All that is lit adds up to all that the pieces are worth.
    const lit = await page
      .locator('.lit-text span')
      .evaluateAll((all) =>
        all.reduce((sum, one) => sum + Number((one as HTMLElement).dataset.worth), 0),
      );
    const worth = pieces.reduce((sum, { contribution }) => sum + contribution, 0);
    expect(Math.abs(lit - worth)).toBeLessThan(1e-3);
  }
  const second = page.locator('.answers button').nth(1);
  const label = (await second.getAttribute('data-label')) ?? '';
  await second.click();
  await expect(page.locator(`[data-label="${label}"]`)).toHaveAttribute('aria-pressed', 'true');
  await page.locator('#question').fill('…');
  await expect(page.locator('[data-known]')).toHaveText('Nothing in this text is known.');
  model.dispose();
});

test('lstm: after every word the table has what the model says of the text so far', async ({
  page,
  server,
}) => {
  await openLesson(page, server.url, 'lstm');
  const model = await modelOf(page, server.url, 'lstm.onnx');
  for (const [text, sent] of [
    ['swap the tea for milk', 'milk'],
    ['swap the milk for tea', 'tea'],
  ] as const) {
    await page.locator('#wish').fill(text);
    await expect(page.locator('.verdict')).toContainText(`It would send ${sent}`);
    const words = textWords(text);
    await expect(page.locator('.beliefs tbody tr')).toHaveCount(words.length);
    for (const [i] of words.entries()) {
      const data = words.slice(0, i + 1);
      const { probabilities } = model.run({ words: { dims: [1, data.length], data } });
      const shown = await page
        .locator('.beliefs tbody tr')
        .nth(i)
        .locator('td')
        .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.chance)));
      expect(shown).toHaveLength(4);
      shown.forEach((chance, k) => {
        expect(Math.abs(chance - Number(probabilities?.data[k]))).toBeLessThan(1e-3);
      });
    }
  }
  await page.locator('#wish').fill('…');
  await expect(page.locator('.verdict')).toHaveText('Write a few words.');
  model.dispose();
});

for (const [language, theme, width] of [
  ['en', 'light', 1280],
  ['en', 'dark', 768],
  ['zh', 'dark', 320],
  ['zh', 'light', 1280],
  ['en', 'light', 320],
] as const) {
  test(`axe, width and steadiness: ${language}, ${theme}, ${width} px`, async ({
    browser,
    server,
  }) => {
    test.setTimeout(180_000);
    const page = await pageFor(browser, language, theme, width);
    await watchMoves(page);
    for (const lesson of ['contents', ...lessons]) {
      await openLesson(page, server.url, lesson);
      // What the live part's arrival moves counts where it is looked at.
      await page.locator('.live, .contents').scrollIntoViewIfNeeded();
      await page.reload();
      await expect(page.locator('html')).toHaveAttribute('data-live', 'ready');
      await expectStill(page, lesson);
      await expectFits(page, lesson);
      await expectAccessible(page, lesson);
      if (width === 320) await expectTappable(page, lesson, 'a[href], button, select, input');
      await page.screenshot({
        path: path.join(results, `learn-${lesson}-${width}-${language}-${theme}.png`),
        fullPage: true,
      });
    }
    await page.context().close();
  });
}

// The comparison page: both engines run the same file and agree, the visitor's file too, nothing of
// ONNX Runtime is loaded before the button is pressed; and `backend: 'auto'` in a browser.

import path from 'node:path';
import type { Page } from '@playwright/test';
import { onnxModel } from '../js/support/onnx.mjs';
import { serve as serveFiles } from '../js/support/server.mjs';
import {
  expect,
  expectAccessible,
  expectFits,
  folder,
  openShop,
  results,
  test,
} from './fixtures.js';

const engines = ['storewise', 'onnxruntime'] as const;

// y = Det(x) and z = x + x: Det is left out of storewise.
const determinant = onnxModel({
  inputs: [['x', 'float', ['n', 3, 3]]],
  outputs: [['y', 'float', ['n']]],
  nodes: [['Det', ['x'], ['y']]],
});

const doubling = onnxModel({
  inputs: [['x', 'float', ['n', 4]]],
  outputs: [['y', 'float', ['n', 4]]],
  nodes: [['Add', ['x', 'x'], ['y']]],
});

async function compare(page: Page): Promise<void> {
  await page.locator('.go .primary').click();
  await expect(page.locator('html')).toHaveAttribute('data-compare', 'done', { timeout: 60_000 });
}

/** The figures of a column by row: NaN where there is none. */
async function column(page: Page, engine: string): Promise<{ [row: string]: number }> {
  return page
    .locator(`td[data-engine=${engine}]`)
    .evaluateAll((cells) =>
      Object.fromEntries(
        cells.map((cell) => [
          cell.closest('tr')?.dataset.row ?? '',
          Number.parseFloat((cell as HTMLElement).dataset.value ?? 'none'),
        ]),
      ),
    );
}

const rows = ['served', 'gzip', 'first', 'open', 'median', 'p95'];

test('the storefront leads there and loads nothing of ONNX Runtime', async ({ page, server }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await openShop(page, server.url);
  await expect(page.locator('html')).toHaveAttribute('data-search', 'ready');
  expect(asked.filter((url) => /ort|onnxruntime|compare/.test(path.basename(url)))).toEqual([]);
  await page.getByRole('link', { name: 'Engines side by side' }).click();
  await expect(page.locator('h1')).toHaveText('Side by side');
  await expect(page.locator('html')).toHaveAttribute('data-compare', 'idle');
  expect(
    asked.filter((url) => /\.wasm|\.onnx|ort\./.test(url)).length,
    'one engine, three models',
  ).toBe(4);
});

for (const [i, model] of (['recommender', 'classifier'] as const).entries()) {
  test(`both engines run the ${model}, show every figure and agree`, async ({ page, server }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server.url}compare.html`);
    await page.locator('input[name=model]').nth(i).check();
    expect(asked.filter((url) => /\.wasm|\.onnx/.test(url))).toEqual([]);
    await compare(page);
    for (const engine of engines) {
      const figures = await column(page, engine);
      expect(Object.keys(figures)).toEqual(rows);
      for (const [row, value] of Object.entries(figures)) {
        expect(value, `${engine} ${row}`).toBeGreaterThan(0);
      }
      expect(figures['gzip'], 'compressed is smaller').toBeLessThan(figures['served'] ?? 0);
    }
    const [ours, theirs] = [await column(page, 'storewise'), await column(page, 'onnxruntime')];
    expect(ours['served']).toBeLessThan(theirs['served'] ?? 0);
    const difference = page.locator('[data-difference]');
    const largest = Number(await difference.getAttribute('data-largest'));
    expect(largest).toBeGreaterThan(0);
    expect(Number(await difference.getAttribute('data-difference'))).toBeLessThan(1e-4 * largest);
    expect(asked.every((url) => url.startsWith(server.url))).toBe(true);
    // A second time: the first start is told as it was.
    await compare(page);
    expect((await column(page, 'storewise'))['first']).toBe(ours['first']);
    await expect(page.locator('[data-refused]')).toHaveCount(0);
  });
}

test('a file of the visitor’s: dropped or chosen, in both engines or in the one that can', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}compare.html`);
  await page.locator('input[name=model]').nth(2).check();
  await page.locator('.go .primary').click();
  await expect(page.locator('.go [role=status]')).toHaveText('Choose an ONNX file first.');
  const give = (name: string, bytes: Uint8Array) =>
    page.locator('input[type=file]').setInputFiles({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(bytes),
    });
  await give('det.onnx', determinant);
  await page.locator('input[type=number]').fill('5');
  await page.locator('input[type=number]').press('Tab');
  await compare(page);
  await expect(page.locator('[data-refused=storewise]')).toContainText(
    'storewise does not run this',
  );
  await expect(page.locator('[data-refused=storewise] code')).toContainText('Det');
  await expect(page.locator('.facts')).toContainText('x float [5, 3, 3]');
  expect((await column(page, 'storewise'))['median']).toBeNaN();
  expect((await column(page, 'onnxruntime'))['median']).toBeGreaterThan(0);

  // Dropped onto the panel.
  const transfer = await page.evaluateHandle(
    (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], 'doubling.onnx'));
      return data;
    },
    [...doubling],
  );
  await page.locator('.pick').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.locator('.own')).toContainText('doubling.onnx');
  await compare(page);
  await expect(page.locator('[data-refused]')).toHaveCount(0);
  await expect(page.locator('[data-difference="0"]')).toBeVisible();
  expect((await column(page, 'storewise'))['median']).toBeGreaterThan(0);

  await give('notes.onnx', Buffer.from('not a model'));
  await page.locator('.go .primary').click();
  await expect(page.locator('html')).toHaveAttribute('data-compare', 'done');
  await expect(page.locator('[data-refused]')).toHaveCount(2);
});

test('`auto` runs a model that storewise leaves out, on a page without a bundler, and says why', async ({
  page,
}) => {
  const root = path.resolve(folder, '../..');
  const map = {
    imports: {
      storewise: './dist/index.js',
      'onnxruntime-web/wasm': './ort/ort.wasm.bundle.min.mjs',
    },
  };
  const html = `<!doctype html><title>auto</title>
    <script type="importmap">${JSON.stringify(map)}</script>
    <script type="module">
      import { loadModel } from 'storewise';
      window.told = async (file, x) => {
        const model = await loadModel(file, { backend: 'auto' });
        const { y } = await model.run({ x });
        model.dispose();
        return [model.backend, model.backendReason, [...y.data]];
      };
    </script>`;
  const server = await serveFiles(
    new Map<string, string | Uint8Array>([
      ['index.html', html],
      ['det.onnx', determinant],
      ['doubling.onnx', doubling],
    ]),
    { dist: path.join(root, 'dist'), ort: path.join(root, 'node_modules/onnxruntime-web/dist') },
  );
  try {
    await page.goto(`${server.url}index.html`);
    const open = (file: string, data: number[], dims: number[]) =>
      page.evaluate(
        ([url, x]) =>
          (window as unknown as { told(url: string, x: object): Promise<unknown[]> }).told(url, x),
        [file, { data, dims }] as const,
      );
    expect(await open('doubling.onnx', [1, 2, 3, 4], [1, 4])).toEqual([
      'storewise',
      'storewise supports all of this model',
      [2, 4, 6, 8],
    ]);
    const ofOrt = () => server.requests.filter((one: string) => /^ort|adapter/.test(one));
    expect(ofOrt()).toEqual([]);
    const [backend, reason, values] = await open(
      'det.onnx',
      [2, 1, 0, 0, 3, 1, 0, 0, 4, 1, 0, 0, 0, 1, 0, 0, 0, 1],
      [2, 3, 3],
    );
    expect(backend).toBe('onnxruntime');
    expect(reason).toMatch(/^storewise does not support Det of opset 17, at node "Det_y"/);
    expect(values).toEqual([24, 1]);
    expect(ofOrt().length).toBeGreaterThanOrEqual(2);
  } finally {
    await server.close();
  }
});

test('axe has nothing to object to, in either language and theme, before and after', async ({
  page,
  server,
}) => {
  for (const [language, theme, width] of [
    ['en', 'light', 1280],
    ['zh', 'dark', 360],
  ] as const) {
    await page.setViewportSize({ width, height: width < 600 ? 740 : 900 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${server.url}compare.html`);
    if (language === 'zh') {
      await page.locator('.tool.text').click();
      await page.locator('.tool').last().click();
    }
    const clean = async (what: string) => {
      await expectAccessible(page, what, 'svg');
      await expectFits(page, what);
    };
    await clean(`${language}, before`);
    await page.screenshot({
      path: path.join(results, `compare-before-${width}.png`),
      fullPage: true,
    });
    await compare(page);
    await clean(`${language}, after`);
    await page.screenshot({ path: path.join(results, `compare-${width}.png`), fullPage: true });
    await page.locator('input[name=model]').nth(2).check();
    await clean(`${language}, own file`);
    await expect(page.locator('html')).toHaveAttribute(
      'data-theme',
      theme === 'dark' ? 'dark' : 'auto',
    );
  }
});

// `storewise/worker` in a real worker: the package as it lies in dist, beside the storefront's files.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.js';

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../dist');
const types: { readonly [end: string]: string } = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Opens an empty page of the shop's site that has the package under package/, but for `missing`. */
async function openEmpty(page: Page, url: string, missing = ''): Promise<void> {
  await page.route('**/package/*', (route) => {
    const name = path.basename(new URL(route.request().url()).pathname);
    if (name === missing) return route.fulfill({ status: 404, body: '' });
    const contentType = types[path.extname(name)] ?? 'application/octet-stream';
    return route.fulfill({ contentType, body: readFileSync(path.join(dist, name)) });
  });
  await page.route('**/empty.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>empty</title>' }),
  );
  await page.goto(new URL('empty.html', url).href);
}

test('a shop in a worker answers as in the page', async ({ page, server }) => {
  const shopFile = new URL('shop/shop.json', server.url).href;
  await openEmpty(page, server.url);
  const found = await page.evaluate(async (url) => {
    const at = { at: 1_700_000_000_000 };
    const address = (name: string) => new URL(`package/${name}`, document.baseURI).href;
    const there = await import(address('worker.js'));
    const here = await import(address('index.js'));
    const remote = await there.loadShop(url);
    const local = await here.loadShop(url);
    const [a, b] = [local.visit(), await remote.visit({ storage: 'session' })];
    const [first] = local.catalogue.ids;
    a.view(first, at);
    await b.view(first, at);
    const wrong = await b.view('no such product').catch((error: unknown) => ({
      isInputError: error instanceof here.InputError,
      code: (error as { code: string }).code,
    }));
    const result = {
      ids: [a.recommend(), await b.recommend()].map((list: { id: string }[]) =>
        list.map(({ id }) => id),
      ),
      stored: Object.values(sessionStorage).some((text) => text.includes(first)),
      wrong,
    };
    b.dispose();
    remote.dispose();
    local.dispose();
    return result;
  }, shopFile);
  expect(found.ids[0]?.length).toBe(10);
  expect(found.ids[1]).toEqual(found.ids[0]);
  expect(found.stored).toBe(true);
  expect(found.wrong).toEqual({ isInputError: true, code: 'invalid-input' });
});

test('a worker whose script is missing says so', async ({ page, server }) => {
  await openEmpty(page, server.url, 'worker-thread.js');
  const message = await page.evaluate(async () => {
    const address = new URL('package/worker.js', document.baseURI).href;
    const { loadShop } = await import(address);
    return loadShop('shop/shop.json').catch((error: Error) => `${error.name}: ${error.message}`);
  });
  expect(message).toBe('LoadError: the worker failed: its script could not be loaded');
});

// What the package promises at its doors: the names it exports, that importing does nothing, and how
// many bytes it costs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { brotliSize } from '../../web/tools/size.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the entries', () => {
  test('the main entry exports these names and no other', async () => {
    assert.deepEqual(Object.keys(await import('storewise')).sort(), [
      'InputError',
      'LoadError',
      'ModelError',
      'StateError',
      'StorewiseError',
      'compileEngine',
      'loadModel',
      'loadShop',
      'normalizeText',
      'pickLanguage',
      'textWords',
    ]);
  });

  test('the inline entry exports the same names', async () => {
    const names = async (entry) => Object.keys(await import(entry)).sort();
    assert.deepEqual(await names('storewise/inline'), await names('storewise'));
  });

  test('the elements are exported as classes', async () => {
    const elements = await import('storewise/elements');
    for (const name of [
      'StorewiseShop',
      'StorewiseRecommendations',
      'StorewiseOffers',
      'StorewiseHelp',
      'StorewisePrivacy',
    ]) {
      assert.equal(typeof elements[name], 'function', name);
    }
  });

  test('every entry can be imported on a server, and does nothing there', () => {
    const entries = Object.keys(manifest.exports)
      .filter((entry) => !/\.(wasm|json)$/.test(entry))
      .map((entry) => entry.replace(/^\./, 'storewise'));
    assert.ok(entries.length >= 4);
    const code = `
      globalThis.fetch = () => { throw new Error('a request at import'); };
      WebAssembly.compile = () => { throw new Error('compiled at import'); };
      for (const entry of ${JSON.stringify(entries)}) await import(entry);
      if (globalThis.document !== undefined) throw new Error('a document appeared');`;
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', code],
      { cwd: root, encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    assert.equal(stdout, '');
  });

  test('every file that package.json names exists', () => {
    const files = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    for (const file of [...files, manifest.types, ...Object.values(manifest.bin)]) {
      assert.ok(existsSync(join(root, file)), file);
    }
  });

  test('types come first in every entry', () => {
    for (const [entry, target] of Object.entries(manifest.exports)) {
      if (typeof target !== 'string') assert.equal(Object.keys(target)[0], 'types', entry);
    }
  });

  test('the wasm is named by an expression that bundlers recognise', () => {
    const text = readFileSync(join(root, 'dist/index.js'), 'utf8');
    const found = text.match(/new URL\((["'])\.\/storewise\.wasm\1,\s*import\.meta\.url\)/g);
    assert.equal(found?.length, 1);
    assert.ok(!readFileSync(join(root, 'dist/inline.js'), 'utf8').includes('import.meta'));
  });

  test('no bundle carries a machine path, a source map or an import that Node alone has', () => {
    const bundles = readdirSync(join(root, 'dist'), { recursive: true }).filter(
      (name) => name.endsWith('.js') && !name.startsWith('cli'),
    );
    assert.ok(bundles.length >= 4);
    for (const name of bundles) {
      const text = readFileSync(join(root, 'dist', name), 'utf8');
      assert.ok(!text.includes(root) && !text.includes('sourceMappingURL'), name);
      assert.doesNotMatch(text, /(from|import\()\s*["']node:/, name);
    }
  });
});

test('import "storewise" costs at most 12 KB of JavaScript, brotli', (t) => {
  const size = (file) => {
    const bytes = readFileSync(join(root, 'dist', file));
    return { raw: bytes.length, brotli: brotliCompressSync(bytes).length };
  };
  for (const file of ['index.js', 'elements/index.js', 'inline.js']) {
    const { raw, brotli } = size(file);
    t.diagnostic(`dist/${file}: ${raw} bytes, brotli ${brotli}`);
  }
  assert.ok(size('index.js').brotli <= 12 * 1024);
});

test('the modules that a page may load stay within their limits, brotli', (t) => {
  for (const file of ['storewise.wasm', 'storewise-onnx.wasm']) {
    const bytes = readFileSync(join(root, 'dist', file));
    const brotli = brotliSize(bytes);
    t.diagnostic(`dist/${file}: ${bytes.length} bytes, brotli ${brotli}`);
    assert.ok(brotli <= 100_000, `${file} is ${brotli} bytes`);
  }
});

test('the inline entry opens a model without a request', async () => {
  const { loadShop } = await import('storewise/inline');
  const { manifestFor, shopFiles } = await import('./support/shop.mjs');
  const files = shopFiles();
  const noFetch = () => Promise.reject(new Error('a request'));
  const shop = await loadShop({ manifest: manifestFor(files), files }, { fetch: noFetch });
  assert.equal(shop.visit().recommend({ limit: 3 }).length, 3);
  shop.dispose();
});

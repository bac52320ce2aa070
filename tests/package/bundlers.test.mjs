// A page that has storewise but not its optional peer onnxruntime-web builds with esbuild and Vite,
// without a warning, runs, and says what is missing only when it is asked for.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import { onnxModel } from '../js/support/onnx.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'storewise-bundlers-'));
  const installed = path.join(folder, 'node_modules/storewise');
  mkdirSync(installed, { recursive: true });
  cpSync(path.join(root, 'dist'), path.join(installed, 'dist'), { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(installed, 'package.json'));
  const write = (name, content) => writeFileSync(path.join(folder, name), content);
  write('package.json', '{ "name": "consumer", "type": "module" }');
  write(
    'model.js',
    `import { loadModel } from 'storewise';
     globalThis.open = (bytes, options) => loadModel(bytes, options);`,
  );
  write('shop.js', `import { loadShop } from 'storewise'; globalThis.loadShop = loadShop;`);
  write(
    'remote.js',
    `import { loadShop } from 'storewise/worker'; globalThis.loadShop = loadShop;`,
  );
  for (const name of ['model', 'shop', 'remote']) {
    write(`${name}.html`, `<!doctype html><script type="module" src="./${name}.js"></script>`);
  }
});

after(() => rmSync(folder, { recursive: true, force: true }));

async function byEsbuild(entry, splitting) {
  const outdir = path.join(folder, `esbuild-${entry}-${splitting}`);
  const { warnings } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: [`${entry}.js`],
    bundle: true,
    minify: true,
    format: 'esm',
    splitting,
    outdir,
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  return outdir;
}

async function byVite(entry) {
  const outDir = path.join(folder, `vite-${entry}`);
  const warnings = [];
  const logger = vite.createLogger('silent');
  logger.warn = (message) => warnings.push(message);
  logger.warnOnce = logger.warn;
  await vite.build({
    root: folder,
    configFile: false,
    customLogger: logger,
    build: { outDir, emptyOutDir: true, rolldownOptions: { input: `${entry}.html` } },
  });
  assert.deepEqual(warnings, []);
  return path.join(outDir, 'assets');
}

const scripts = (outdir) =>
  readdirSync(outdir)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, text: readFileSync(path.join(outdir, name), 'utf8') }));

const determinant = onnxModel({
  inputs: [['x', 'float', [2, 2]]],
  outputs: [['y', 'float', []]],
  nodes: [['Det', ['x'], ['y']]],
});

/** Runs the page's script: one model of ours, and one that would need the other engine. */
function run(script) {
  const code = `
    import { readFileSync } from 'node:fs';
    await import(${JSON.stringify(script)});
    const wasm = new Uint8Array(readFileSync(${JSON.stringify(path.join(root, 'dist/storewise.wasm'))}));
    const ours = new Uint8Array(readFileSync(${JSON.stringify(path.join(root, 'models/demo-shop/recommender.onnx'))}));
    const model = await open(ours, { wasm, backend: 'auto' });
    const { scores } = model.run({ items: [1, 2, 3], weights: [1, 1, 1] });
    const det = new Uint8Array(${JSON.stringify([...determinant])});
    const error = await open(det, { wasm, backend: 'auto' }).catch((reason) => reason);
    console.log(JSON.stringify([model.backend, scores.dims, error.code, error.message]));`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', code],
    { cwd: folder, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  const [backend, dims, errorCode, message] = JSON.parse(stdout);
  assert.equal(backend, 'storewise');
  assert.deepEqual(dims, [4000]);
  assert.equal(errorCode, 'missing-package');
  assert.match(message, /does not support Det.*run "npm install onnxruntime-web"/);
}

describe('without onnxruntime-web', () => {
  for (const splitting of [true, false]) {
    test(`esbuild builds a page with models, ${splitting ? 'split' : 'in one file'}, and it runs`, async () => {
      const outdir = await byEsbuild('model', splitting);
      run(path.join(outdir, 'model.js'));
      if (!splitting) return;
      const page = scripts(outdir).find(({ name }) => name === 'model.js');
      assert.doesNotMatch(page.text, /onnxruntime-web/, 'what concerns the peer stands apart');
    });
  }

  test('Vite builds a page with models, and its script names no file of the peer', async () => {
    const found = scripts(await byVite('model'));
    const page = found.find(({ name }) => name.startsWith('model'));
    assert.doesNotMatch(page.text, /onnxruntime-web/);
    assert.ok(found.some(({ name }) => name.startsWith('onnxruntime-adapter')));
  });

  test('a page with a shop alone carries nothing of it', async () => {
    const outdir = await byEsbuild('shop', false);
    assert.doesNotMatch(scripts(outdir)[0].text, /onnxruntime-(web|adapter)/);
    const built = scripts(await byVite('shop'));
    assert.equal(built.length, 1);
    assert.doesNotMatch(built[0].text, /onnxruntime-(web|adapter)/);
  });

  test('Vite makes a script of the worker’s own, with the engine in it and not in the page', async () => {
    const found = scripts(await byVite('remote'));
    const page = found.find(({ name }) => name.startsWith('remote'));
    const worker = found.find(({ name }) => name.startsWith('worker-thread'));
    assert.ok(worker !== undefined && page.text.includes(worker.name));
    assert.match(worker.text, /storewise\.wasm|storewise-[\w-]+\.wasm/);
  });
});

// The package as npm would deliver it: packed, unpacked into an empty folder, imported and type-checked
// there, without the network and without anything of this repository but its dependencies.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { manifestFor, shopFiles } from '../js/support/shop.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');

let folder;
let installed;
let manifest;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'storewise-package-'));
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const packed = JSON.parse(output);
  const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed);
  installed = join(folder, 'node_modules/storewise');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  for (const name of ['lit', 'lit-html', 'lit-element', '@lit', '@lit-labs', '@types']) {
    const from = join(root, 'node_modules', name);
    if (existsSync(from)) symlinkSync(from, join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "type": "module" }');
  manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

const run = (code) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: folder,
    encoding: 'utf8',
  });

const entries = () =>
  Object.entries(manifest.exports).filter(([, target]) => typeof target !== 'string');

describe('the tarball', () => {
  test('holds dist and the documents, nothing else', () => {
    const allowed = new Set(['dist', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']);
    const strangers = readdirSync(installed).filter((name) => !allowed.has(name));
    assert.deepEqual(strangers, []);
    assert.ok(existsSync(join(installed, 'LICENSE')));
    const files = readdirSync(join(installed, 'dist'), { recursive: true });
    assert.deepEqual(
      files.filter((name) => /\.(ts|map|tgz|test\.\w+)$/.test(name) && !name.endsWith('.d.ts')),
      [],
    );
  });

  test('has every file that its exports, types and bin name', () => {
    for (const [entry, target] of Object.entries(manifest.exports)) {
      for (const file of typeof target === 'string' ? [target] : Object.values(target)) {
        assert.ok(existsSync(join(installed, file)), `${entry}: ${file}`);
      }
    }
    for (const file of [manifest.types, ...Object.values(manifest.bin)]) {
      assert.ok(existsSync(join(installed, file)), file);
    }
  });

  test('every relative import in it leads to a file in it', () => {
    const dist = join(installed, 'dist');
    const imports = /(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g;
    let followed = 0;
    for (const name of readdirSync(dist, { recursive: true })) {
      if (!/\.(js|d\.ts)$/.test(name)) continue;
      const file = join(dist, name);
      for (const [, target] of readFileSync(file, 'utf8').matchAll(imports)) {
        const wanted = join(dirname(file), target);
        const found = name.endsWith('.d.ts') ? wanted.replace(/\.js$/, '.d.ts') : wanted;
        assert.ok(existsSync(found), `${name} imports ${target}`);
        followed += 1;
      }
    }
    assert.ok(followed > 10);
  });

  test('has the model that a shop without a log of visits is given', () => {
    const shipped = readFileSync(join(root, 'models/intents/model.onnx'));
    assert.deepEqual(readFileSync(join(installed, 'dist/cli/intents.onnx')), shipped);
  });

  test('needs no other package at run time than lit', () => {
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}), ['lit']);
    const bare = /(?:from|import)\s*\(?\s*["']([^."'][^"']*)["']/g;
    for (const name of ['index.js', 'inline.js', 'elements/index.js', 'elements/define.js']) {
      const text = readFileSync(join(installed, 'dist', name), 'utf8');
      for (const [, target] of text.matchAll(bare)) {
        assert.ok(name.startsWith('elements') && /^lit(\/|$)/.test(target), `${name}: ${target}`);
      }
    }
  });

  test('says that only the registering entry has side effects', () => {
    assert.deepEqual(manifest.sideEffects, ['./dist/elements/define.js']);
    assert.equal(manifest.type, 'module');
    assert.equal(manifest.license, 'Apache-2.0');
  });
});

describe('installed', () => {
  test('every entry can be imported on a server', () => {
    const names = entries().map(([entry]) => entry.replace(/^\./, 'storewise'));
    const { status, stderr } = run(
      `for (const entry of ${JSON.stringify(names)}) await import(entry);`,
    );
    assert.equal(status, 0, stderr);
  });

  test('loads a shop from disk with the wasm beside it and recommends', () => {
    const files = shopFiles();
    const shopFolder = join(folder, 'shop');
    mkdirSync(shopFolder, { recursive: true });
    const shopManifest = manifestFor(files);
    writeFileSync(join(shopFolder, 'shop.json'), JSON.stringify(shopManifest));
    for (const [role, { file }] of Object.entries(shopManifest.files)) {
      writeFileSync(join(shopFolder, file), files[role]);
    }
    const { status, stdout, stderr } = run(`
      import { loadShop } from 'storewise';
      const shop = await loadShop('shop/shop.json');
      const visit = shop.visit({ storage: 'memory' });
      visit.view('milk');
      console.log(JSON.stringify(visit.recommend({ slot: 'for-you', limit: 3 }).map(({ id }) => id)));
      shop.dispose();`);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), ['bread', 'butter', 'jam']);
  });

  test('the command says how it is used', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(installed, manifest.bin.storewise), '--help'],
      { cwd: folder, encoding: 'utf8' },
    );
    assert.equal(status, 0);
    assert.match(stdout, /Usage: storewise/);
    assert.match(stdout, /^ {2}build /m);
  });

  test('the command builds a shop with the shipped intents', () => {
    const products = join(folder, 'products.csv');
    const faq = join(folder, 'faq.csv');
    writeFileSync(products, 'sku,name\na,Cup\n');
    writeFileSync(faq, 'question,answer\nWhere are you?,In Bath.\n');
    const args = ['build', '--catalog', products, '--faq', faq, '--out', join(folder, 'built')];
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(installed, manifest.bin.storewise), ...args],
      { cwd: folder, encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    const { files } = JSON.parse(readFileSync(join(folder, 'built/shop.json'), 'utf8'));
    assert.equal(files.intents.source, 'default');
  });

  const check = (name, source, options) => {
    const project = join(folder, name);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'use.ts'), source);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'ES2022',
      types: [],
      ...options,
    };
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['use.ts'] }),
    );
    const args = [tsc, '-p', project, '--pretty', 'false'];
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  };
  const kModules = [
    { module: 'NodeNext', moduleResolution: 'NodeNext' },
    { module: 'ESNext', moduleResolution: 'Bundler' },
  ];

  test("the declarations serve a page, under Node's and a bundler's resolution", () => {
    cpSync(join(root, 'tests/package/page.ts'), join(folder, 'page.ts'));
    const source = readFileSync(join(folder, 'page.ts'), 'utf8');
    for (const [i, resolution] of kModules.entries()) {
      const { status, stdout } = check(`page-${i}`, source, {
        lib: ['ES2022', 'DOM', 'DOM.Iterable'],
        ...resolution,
      });
      assert.equal(status, 0, stdout);
    }
  });

  test('the declarations of the main entry serve Node without the DOM library', () => {
    const { status, stdout } = check(
      'node',
      `import { loadShop, type Shop } from 'storewise';
       const shop: Shop = await loadShop('shop/shop.json');
       console.log(shop.visit().recommend());`,
      { lib: ['ES2022'], types: ['node'], ...kModules[0] },
    );
    assert.equal(status, 0, stdout);
  });

  test('the declarations refuse what is wrong', () => {
    const { status, stdout } = check(
      'wrong',
      `import { loadShop } from 'storewise';
       const shop = await loadShop('/shop.json');
       shop.visit({ storage: 'everywhere' });
       shop.visit().addToCart(7);
       shop.ask('x').answer;
       export {};`,
      { lib: ['ES2022', 'DOM'], ...kModules[0] },
    );
    assert.notEqual(status, 0);
    assert.deepEqual(
      [...stdout.matchAll(/use\.ts\((\d+),/g)].map(([, line]) => line),
      ['3', '4', '5'],
    );
  });
});

// Loading a shop, asking it, and what stays when loading fails.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { InputError, LoadError, loadShop, StateError } from 'storewise';
import { serve } from './support/server.mjs';
import { kHostileName, kItems, manifestFor, shopFiles, shopFolder } from './support/shop.mjs';
import { classifierModel } from './support/train.mjs';
import { engineWasm, trapping } from './support/wasm.mjs';

const classifier = await classifierModel();
const fullFiles = () => shopFiles({ classifier });

describe('loadShop', () => {
  let routes;
  let server;
  before(async () => {
    routes = shopFolder(fullFiles());
    server = await serve(routes);
  });
  after(() => server.close());
  const withFolder = async (change, body) => {
    const folder = shopFolder(fullFiles());
    change(folder);
    const other = await serve(folder);
    try {
      await body(`${other.url}shop.json`, other);
    } finally {
      await other.close();
    }
  };

  test('loads everything that shop.json names, each file once', async () => {
    const shop = await loadShop(`${server.url}shop.json`);
    assert.equal(shop.name, 'Corner Shop');
    assert.equal(shop.currency, 'USD');
    assert.deepEqual(shop.languages, ['en', 'zh']);
    assert.deepEqual([...server.requests].sort(), [...routes.keys()].sort());
    const info = shop.info();
    assert.deepEqual(
      info.files.map(({ role }) => role),
      ['catalogue', 'recommender', 'classifier', 'faq', 'offers', 'rules'],
    );
    assert.ok(info.files.every(({ verified }) => verified === 'sha256'));
    assert.equal(info.unverifiedReason, '');
    assert.equal(info.models.recommender.metadata.kind, 'recommender');
    assert.equal(info.models.classifier.metadata.kind, 'classifier');
    const sum = [...routes].reduce(
      (n, [path, bytes]) => n + (path === 'shop.json' ? 0 : bytes.length),
      0,
    );
    assert.equal(info.bytes, sum + info.engine.bytes);
    assert.ok(info.engine.memoryBytes > 0 && info.loadMilliseconds > 0);
    assert.equal(info.created, null);
    shop.dispose();
  });

  test('loads from a folder on disk under Node', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'storewise-'));
    try {
      for (const [name, bytes] of shopFolder(fullFiles())) writeFileSync(join(folder, name), bytes);
      for (const source of [join(folder, 'shop.json'), `file://${folder}/shop.json`]) {
        const shop = await loadShop(source);
        assert.equal(shop.catalogue.size, kItems.length);
        shop.dispose();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('loads from an object with bytes, and with a base URL for the rest', async () => {
    const files = fullFiles();
    const manifest = manifestFor(files);
    const shop = await loadShop({ manifest, files });
    assert.equal(shop.faq.size, 3);
    shop.dispose();
    const { catalogue } = files;
    const mixed = await loadShop({ manifest, files: { catalogue }, base: server.url });
    assert.equal(mixed.faq.size, 3);
    mixed.dispose();
  });

  test('a catalogue alone is a shop', async () => {
    const { catalogue } = shopFiles();
    const shop = await loadShop({ manifest: manifestFor({ catalogue }), files: { catalogue } });
    const visit = shop.visit();
    assert.equal(visit.recommend({ limit: 4 }).length, 4);
    assert.deepEqual(visit.offers(), []);
    assert.equal(shop.ask('anything').kind, 'handoff');
    assert.equal(shop.faq.size, 0);
    assert.deepEqual(shop.info().models, { recommender: null, classifier: null, intents: null });
    shop.dispose();
  });

  test('reports progress of every file up to its size', async () => {
    const last = new Map();
    const shop = await loadShop(`${server.url}shop.json`, {
      onProgress: ({ file, loaded, total }) => last.set(file.split('/').at(-1), [loaded, total]),
    });
    for (const [path, bytes] of routes) {
      assert.deepEqual(last.get(path), [bytes.length, bytes.length], path);
    }
    assert.ok(last.has('storewise.wasm'));
    shop.dispose();
  });

  test('a missing file names its URL and the status', () =>
    withFolder(
      (folder) => folder.delete('rules.json'),
      (url) =>
        assert.rejects(loadShop(url), (error) => {
          assert.ok(error instanceof LoadError);
          assert.equal(error.code, 'http-status');
          assert.match(error.message, /rules\.json .*404/);
          return true;
        }),
    ));

  test('a file of another build is refused, after one look past the cache', () =>
    withFolder(
      (folder) => {
        const bytes = folder.get('recommender.onnx').slice();
        bytes[bytes.length - 1] ^= 1;
        folder.set('recommender.onnx', bytes);
      },
      async (url, other) => {
        await assert.rejects(loadShop(url), (error) => {
          assert.equal(error.code, 'wrong-checksum');
          assert.match(error.message, /recommender\.onnx: expected SHA-256 .* as shop\.json says/);
          return true;
        });
        assert.equal(other.requests.filter((path) => path === 'recommender.onnx').length, 2);
      },
    ));

  test('a stale copy in a cache is passed over', () =>
    withFolder(
      (folder) => {
        const fresh = folder.get('faq.json');
        let asked = 0;
        folder.set('faq.json', (_request, response) => {
          asked += 1;
          response.end(asked === 1 ? Buffer.from('{"version":1}') : fresh);
        });
      },
      async (url) => (await loadShop(url)).dispose(),
    ));

  test('a web page in the place of a file is called HTML', () =>
    withFolder(
      (folder) => folder.set('shop.json', '<!doctype html><title>Sign in</title>'),
      (url) => assert.rejects(loadShop(url), /got HTML, expected the JSON of shop\.json, at http/),
    ));

  test('a wrong shop.json is refused with the JSON path', async () => {
    const files = shopFiles();
    const cases = [
      [
        (m) => {
          m.version = 2;
        },
        '/version',
      ],
      [
        (m) => {
          m.name = '';
        },
        '/name',
      ],
      [
        (m) => {
          m.languages = [];
        },
        '/languages',
      ],
      [
        (m) => {
          m.files = null;
        },
        '/files',
      ],
      [
        (m) => {
          delete m.files.catalogue;
        },
        '/files/catalogue',
      ],
      [
        (m) => {
          m.files.faq.bytes = -1;
        },
        '/files/faq/bytes',
      ],
      [
        (m) => {
          m.files.faq.sha256 = 'xyz';
        },
        '/files/faq/sha256',
      ],
      [
        (m) => {
          m.files.rules.file = 7;
        },
        '/files/rules/file',
      ],
      [
        (m) => {
          m.files.customers = { ...m.files.rules, sha256: 'xyz' };
        },
        '/files/customers/sha256',
      ],
      [
        (m) => {
          m.files.intents = { ...m.files.rules, bytes: 1.5 };
        },
        '/files/intents/bytes',
      ],
    ];
    for (const [change, place] of cases) {
      const manifest = manifestFor(files);
      change(manifest);
      await assert.rejects(loadShop({ manifest, files }), (error) => {
        assert.ok(error instanceof LoadError);
        assert.equal(error.place, place);
        return true;
      });
    }
  });

  test('a file of a kind that this version does not know is passed over', async () => {
    const files = shopFiles();
    const manifest = manifestFor(files);
    manifest.files.weather = { file: 'weather.onnx' };
    const shop = await loadShop({ manifest, files });
    assert.ok(shop.info().files.every(({ role }) => role !== 'weather'));
    shop.dispose();
  });

  test('a catalogue that contradicts itself is refused with its place', async () => {
    const files = shopFiles();
    const broken = JSON.parse(new TextDecoder().decode(files.catalogue));
    broken.name.pop();
    files.catalogue = new TextEncoder().encode(JSON.stringify(broken));
    await assert.rejects(loadShop({ manifest: manifestFor(files), files }), (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.equal(error.file, 'catalogue.json');
      assert.match(error.message, /name/);
      return true;
    });
  });

  test('aborts while a file is on its way, and can be tried again', () =>
    withFolder(
      (folder) => {
        const fresh = folder.get('offers.json');
        let asked = 0;
        folder.set('offers.json', (_request, response) => {
          asked += 1;
          if (asked > 1) response.end(fresh);
        });
      },
      async (url) => {
        const controller = new AbortController();
        const loading = loadShop(url, { signal: controller.signal });
        setTimeout(() => controller.abort(new Error('left the page')), 50);
        await assert.rejects(loading, /left the page/);
        (await loadShop(url)).dispose();
      },
    ));

  test('without crypto.subtle sizes are checked and info() says why', async () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
    try {
      const shop = await loadShop(`${server.url}shop.json`);
      const { files, unverifiedReason } = shop.info();
      assert.ok(files.every(({ verified }) => verified === 'size'));
      assert.match(unverifiedReason, /https/);
      shop.dispose();
      const short = fullFiles();
      const manifest = manifestFor(short);
      short.faq = short.faq.slice(1);
      await assert.rejects(loadShop({ manifest, files: short }), { code: 'wrong-checksum' });
    } finally {
      Object.defineProperty(globalThis, 'crypto', own);
    }
  });
});

describe('a shop', () => {
  let shop;
  before(async () => {
    const files = fullFiles();
    shop = await loadShop({ manifest: manifestFor(files), files });
  });
  after(() => shop.dispose());

  test('gives products with texts in a language, prices and fields', () => {
    const { catalogue } = shop;
    assert.equal(catalogue.size, 9);
    assert.deepEqual(catalogue.ids, kItems);
    assert.deepEqual(catalogue.fields, ['department', 'size']);
    assert.deepEqual(catalogue.get('butter'), {
      id: 'butter',
      name: 'Butter',
      price: 3,
      available: true,
      fields: { department: 'Dairy', size: '500 g' },
      labels: { department: 'Dairy', size: '500 g' },
    });
    const butter = catalogue.get('butter', { language: 'zh-Hans-CN' });
    assert.equal(butter.name, '黄油');
    assert.deepEqual(butter.labels, { department: '乳品', size: '500 g' });
    assert.deepEqual(butter.fields, { department: 'Dairy', size: '500 g' });
    assert.equal(catalogue.get('beer').price, null);
    assert.equal(catalogue.get('soap').available, false);
    assert.equal(catalogue.get('hostile').fields.department, null);
    assert.equal(catalogue.get('hostile', { language: 'zh' }).name, kHostileName);
    assert.equal(catalogue.get('no-such'), undefined);
    assert.equal(catalogue.get('__proto__'), undefined);
    assert.equal(catalogue.has('tea') && !catalogue.has('toString'), true);
  });

  test('counts the values of a field', () => {
    assert.deepEqual(shop.catalogue.values('department', { language: 'zh' }), [
      { value: 'Dairy', label: '乳品', count: 2 },
      { value: 'Bakery', label: '烘焙', count: 3 },
      { value: 'Drinks', label: '饮料', count: 2 },
      { value: 'Household', label: '家居', count: 1 },
    ]);
    assert.deepEqual(shop.catalogue.values('no-such'), []);
  });

  test('lists its questions in a language', () => {
    assert.deepEqual(
      shop.faq.list({ language: 'zh' }).map(({ id, question }) => [id, question]),
      [
        ['order-status', '我的订单在哪里？'],
        ['delivery-fee', '运费是多少？'],
        ['returns', '如何退货？'],
      ],
    );
    assert.equal(shop.faq.get('returns').category, 'returns');
    assert.equal(shop.faq.get('no-such'), undefined);
  });

  const shape = ['choices', 'confidence', 'intent', 'kind', 'text'];

  test("answers in the visitor's words, with the slots filled", () => {
    const answer = shop.ask('WHERE is my ORDER', { slots: { order_number: 10423 } });
    assert.deepEqual(Object.keys(answer).sort(), shape);
    assert.equal(answer.kind, 'answer');
    assert.equal(answer.intent, 'order-status');
    assert.equal(answer.text, 'Order 10423 is on its way.');
    assert.ok(answer.confidence > 0.5 && answer.confidence <= 1);
  });

  test('answers in the language asked for', () => {
    const answer = shop.answer('delivery-fee', { language: 'zh' });
    assert.equal(answer.text, '运费 4.90。');
    assert.equal(answer.kind, 'answer');
    assert.deepEqual(Object.keys(answer).sort(), shape);
    assert.match(
      shop.answer('returns', { slots: { store_name: '<b>Main St</b>' } }).text,
      /<b>Main St<\/b>/,
    );
  });

  test('hands off what it does not know, in the same shape', () => {
    for (const text of ['', '   ', 'zxqv wvut', '🙂', '\ud800', 'a'.repeat(20_000)]) {
      const answer = shop.ask(text);
      assert.deepEqual(Object.keys(answer).sort(), shape);
      assert.ok(['answer', 'clarify', 'handoff'].includes(answer.kind));
    }
    assert.equal(shop.ask('').kind, 'handoff');
  });

  test('refuses what is not text, and an unknown intent', () => {
    assert.throws(() => shop.ask(7), InputError);
    assert.throws(() => shop.answer('no-such-intent'), InputError);
    assert.throws(() => shop.similar('no-such'), InputError);
  });

  test('finds similar products', () => {
    const similar = shop.similar('milk', { limit: 3 });
    assert.equal(similar.length, 3);
    assert.ok(similar.every(({ id }) => id !== 'milk'));
  });
});

describe('the life of a shop', () => {
  const load = (options) => {
    const files = fullFiles();
    return loadShop({ manifest: manifestFor(files), files }, options);
  };

  test('disposed, it and its visits throw; disposing twice does not', async () => {
    const shop = await load();
    const visit = shop.visit();
    shop.dispose();
    shop.dispose();
    visit.dispose();
    for (const use of [
      () => shop.name,
      () => shop.ask('x'),
      () => shop.visit(),
      () => visit.view('milk'),
    ]) {
      assert.throws(use, (error) => error instanceof StateError && error.code === 'disposed');
    }
    await assert.rejects(shop.reload(), { code: 'disposed' });
  });

  test('reload() keeps the visits with what they knew', async () => {
    const shop = await load();
    const visit = shop.visit();
    visit.view('milk');
    visit.addToCart('tea', { quantity: 2 });
    visit.view('bread');
    const before = visit.export();
    const recommended = visit.recommend();
    let changes = 0;
    visit.on('change', () => {
      changes += 1;
    });
    await shop.reload();
    assert.deepEqual(visit.export(), before);
    assert.deepEqual(visit.recommend(), recommended);
    assert.equal(changes, 1);
    shop.dispose();
  });

  test('after a trap every call says dead, until reload()', async () => {
    const shop = await load({ wasm: trapping(engineWasm(), 'sw_close') });
    const visit = shop.visit();
    visit.view('milk');
    visit.dispose();
    assert.equal(shop.dead, true);
    assert.throws(
      () => shop.ask('hello'),
      (error) => error instanceof StateError && error.code === 'dead',
    );
    assert.throws(() => shop.visit(), { code: 'dead' });
    await shop.reload();
    assert.equal(shop.dead, false);
    assert.equal(shop.answer('returns').kind, 'answer');
    shop.dispose();
  });
});

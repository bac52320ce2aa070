// The program as users run it: the command line, its JSON, its exit codes, and small shops from export
// to a folder that the package loads.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { file, golden, root, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';

const folder = temporaryFolder();
const at = (...names) => path.join(folder, ...names);
const example = (name) => path.join(golden, name);

/** A generator of numbers in [0, 1) that is the same everywhere (Park and Miller, 1988). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** 400 orders of 30 products in ten groups of three that are bought together. */
function orders() {
  const next = random(7);
  const rows = ['order_id,customer_id,sku,quantity,price,time'];
  for (let order = 0; order < 400; ++order) {
    const group = Math.floor(next() * next() * 10);
    const day = new Date(Date.UTC(2024, 0, 1) + order * 8 * 3600e3).toISOString();
    const items = new Set([0, 1, 2].map((n) => `sku-${group * 3 + n}`));
    if (next() < 0.3) items.add(`sku-${Math.floor(next() * 30)}`);
    for (const sku of items) rows.push(`o${order},c${order % 40},${sku},1,${2 + group}.50,${day}`);
  }
  return `${rows.join('\n')}\n`;
}

function catalog() {
  const rows = ['sku,name,name_zh,department,brand,price'];
  for (let n = 0; n < 32; ++n) {
    rows.push(
      `sku-${n},Product ${n},产品${n},Department ${Math.floor(n / 9)},Brand ${n % 4},${2 + n}.50`,
    );
  }
  return `${rows.join('\n')}\n`;
}

function faq() {
  const topics = {
    delivery: [
      'when does my parcel arrive',
      'delivery time',
      'how long does shipping take',
      'shipping days',
    ],
    returns: [
      'how do i return a product',
      'send it back',
      'return label',
      'give back what i bought',
    ],
    payment: ['which cards do you accept', 'pay by invoice', 'payment by card', 'can i pay later'],
  };
  const rows = ['id,language,question,answer,category'];
  for (const [id, phrasings] of Object.entries(topics)) {
    for (const [n, text] of phrasings.entries()) {
      rows.push(`${id},en,${text},${n === 0 ? `About ${id} {order_number}.` : ''},${id}`);
    }
  }
  return `${rows.join('\n')}\n`;
}

const rules = JSON.stringify({
  rules: [{ action: 'exclude', where: { items: ['sku-1'] }, reason: 'sold out' }],
});
const offers =
  'offer_id,title,kind,value,min_quantity,min_spend,skus\nten,Ten percent,percent,10,1,20,sku-0|sku-2\n';

before(() => {
  file(folder, 'orders.csv', orders());
  file(folder, 'catalog.csv', catalog());
  file(folder, 'faq.csv', faq());
  file(folder, 'rules.json', rules);
  file(folder, 'offers.csv', offers);
});

const whole = (out) => [
  'build',
  ...['--orders', at('orders.csv'), '--catalog', at('catalog.csv'), '--faq', at('faq.csv')],
  ...[
    '--rules',
    at('rules.json'),
    '--offers',
    at('offers.csv'),
    '--name',
    'Test <Shop>',
    '--out',
    out,
  ],
];

test('without a command, the overview; with --help, every option of each command', async () => {
  const overview = await storewise([]);
  assert.equal(overview.status, 2);
  for (const command of ['build', 'train recommender', 'eval classifier', 'inspect', 'serve']) {
    assert.ok(overview.stdout.includes(command));
    const help = await storewise([...command.split(' '), '--help']);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /--json/);
    assert.match(help.stdout, /Example: storewise/);
  }
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  assert.equal((await storewise(['--version'])).stdout.trim(), version);
});

for (const [name, args, message] of [
  ['an unknown command', ['bild'], /no such command.*build/],
  ['half a command', ['train'], /"train" what\?.*train recommender, train classifier/],
  ['an unknown option', ['build', '--order', 'x'], /no option --order.*perhaps --orders/],
  ['a missing option', ['build', '--faq', 'f.csv'], /--out is missing/],
  ['a missing value', ['train', 'recommender', '--events'], /--events needs a value/],
  ['a missing argument', ['inspect'], /MODEL is missing/],
  ['an argument too many', ['inspect', 'a', 'b'], /an argument too many.*b/],
  [
    'a value out of range',
    ['serve', '.', '--port', '70000'],
    /whole number from 0 to 65535.*70000/,
  ],
  [
    'a wrong choice',
    ['eval', 'recommender', 'm', '--events', 'e', '--protocol', 'first'],
    /last or next.*first/,
  ],
  ['nothing to build from', ['build', '--out', 'x'], /nothing to build from/],
  [
    'a wrong currency',
    ['build', '--faq', 'f', '--out', 'x', '--currency', 'euros'],
    /code of three letters/,
  ],
  ['a wrong date', ['build', '--faq', 'f', '--out', 'x', '--date', 'today'], /2024-12-31/],
]) {
  test(`${name} is a usage error with exit code 2`, async () => {
    const human = await storewise(args);
    assert.equal(human.status, 2);
    assert.match(human.stderr, message);
    assert.match(human.stderr, /Try: storewise/);
    assert.equal(human.stdout, '');
    const { status, value } = await storewiseJson(args);
    assert.equal(status, 2);
    assert.equal(value.error.code, 'usage');
    assert.match(value.error.message, message);
  });
}

test('a whole shop: files with their sizes and hashes, figures, and JSON as promised', async () => {
  const { status, value, stderr } = await storewiseJson(whole(at('shop')));
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  const names = [
    'card.md',
    'catalogue.json',
    'classifier.onnx',
    'faq.json',
    'intents.onnx',
    'offers.json',
    'recommender.onnx',
    'report.html',
    'rules.json',
    'shop.json',
  ];
  assert.deepEqual(readdirSync(at('shop')).sort(), names);
  assert.deepEqual(Object.keys(value.files).sort(), names);
  for (const name of names) {
    assert.equal(value.files[name], readFileSync(at('shop', name)).length, name);
  }
  assert.equal(
    value.bytes,
    Object.values(value.files).reduce((sum, bytes) => sum + bytes),
  );
  assert.equal(value.orders, 400);
  assert.equal(value.products, 32);
  assert.ok(value.seconds > 0);
  const { recommender } = value.metrics;
  assert.ok(recommender.recall > recommender.popularity.recall);
  const shop = JSON.parse(readFileSync(at('shop', 'shop.json'), 'utf8'));
  assert.equal(shop.name, 'Test <Shop>');
  assert.equal(shop.created, undefined);
  assert.deepEqual(shop.languages, ['en', 'zh']);
  assert.equal(shop.files.recommender.bytes, value.files['recommender.onnx']);
  assert.match(shop.files.recommender.sha256, /^[0-9a-f]{64}$/);
  const report = readFileSync(at('shop', 'report.html'), 'utf8');
  assert.match(report, /Test &lt;Shop&gt;/);
  assert.match(report, /Product \d+<\/b><ol><li>/);
});

test('the package loads the folder and answers by the rules in it', async () => {
  const { loadShop } = await import(path.join(root, 'dist/index.js'));
  const manifest = JSON.parse(readFileSync(at('shop', 'shop.json'), 'utf8'));
  const files = Object.fromEntries(
    Object.entries(manifest.files).map(([role, entry]) => [
      role,
      new Uint8Array(readFileSync(at('shop', entry.file))),
    ]),
  );
  const wasm = new Uint8Array(readFileSync(path.join(root, 'dist/storewise.wasm')));
  const shop = await loadShop({ manifest, files }, { wasm });
  const visit = shop.visit();
  visit.view('sku-0');
  const ids = visit.recommend({ limit: 3 }).map(({ id }) => id);
  assert.equal(ids[0], 'sku-2');
  assert.ok(!ids.includes('sku-1'));
  assert.equal(shop.ask('when does my parcel arrive?').intent, 'delivery');
  shop.dispose();
});

test('the same files and seed give the same bytes; --date is written when given', async () => {
  await storewise(whole(at('again')));
  for (const name of readdirSync(at('shop'))) {
    assert.ok(readFileSync(at('shop', name)).equals(readFileSync(at('again', name))), name);
  }
  await storewise([...whole(at('dated')), '--date', '2024-12-31']);
  assert.equal(JSON.parse(readFileSync(at('dated', 'shop.json'), 'utf8')).created, '2024-12-31');
});

test('building again removes what the new build lacks and leaves other files alone', async () => {
  file(folder, 'again/mine.txt', 'mine');
  await storewise(['build', '--orders', at('orders.csv'), '--out', at('again')]);
  const names = readdirSync(at('again')).sort();
  assert.deepEqual(names, [
    'card.md',
    'catalogue.json',
    'intents.onnx',
    'mine.txt',
    'recommender.onnx',
    'report.html',
    'shop.json',
  ]);
});

test('a recommender: trained, judged on both protocols, inspected', async () => {
  const model = at('models', 'rec.onnx');
  const trained = await storewiseJson([
    'train',
    'recommender',
    '--events',
    at('orders.csv'),
    '--out',
    model,
  ]);
  assert.equal(trained.status, 0);
  assert.equal(trained.value.items, 30);
  assert.equal(trained.value.sessions, 400);
  assert.equal(trained.value.bytes, readFileSync(model).length);
  assert.ok(trained.value.seconds > 0);
  for (const protocol of ['last', 'next']) {
    const { value } = await storewiseJson([
      'eval',
      'recommender',
      model,
      '--events',
      at('orders.csv'),
      '--protocol',
      protocol,
      '--k',
      '5',
    ]);
    assert.equal(value.k, 5);
    assert.ok(value.recall > 0.5 && value.mrr > 0.3 && value.mrr <= value.recall);
    assert.equal(value.model_bytes, trained.value.bytes);
    assert.ok(value.ms_p50 > 0 && value.ms_p50 <= value.ms_p95);
    if (protocol === 'last') assert.equal(value.queries, 400);
    else assert.ok(value.queries > 800);
  }
  const { value } = await storewiseJson(['inspect', model]);
  assert.deepEqual(
    value.inputs.map(({ name }) => name),
    ['items', 'weights'],
  );
  assert.deepEqual(
    value.outputs.map(({ name }) => name),
    ['scores'],
  );
  assert.equal(value.opset, 17);
  assert.ok(value.operators.Gather >= 3);
  assert.equal(value.metadata.kind, 'recommender');
  assert.deepEqual(value.metadata.items.count, 30);
});

test('items that the model does not know are counted apart and said', async () => {
  const events = file(
    folder,
    'new.csv',
    'session,item,time\n1,sku-0,1\n1,sku-2,2\n2,sku-0,1\n2,brand-new,2\n',
  );
  const { value } = await storewiseJson([
    'eval',
    'recommender',
    at('models', 'rec.onnx'),
    '--events',
    events,
  ]);
  assert.equal(value.queries, 1);
  assert.equal(value.unknown_targets, 1);
  assert.equal(value.recall_all, value.recall / 2);
  const human = await storewise([
    'eval',
    'recommender',
    at('models', 'rec.onnx'),
    '--events',
    events,
  ]);
  assert.match(human.stdout, /1 more target that the model does not know/);
});

test('a classifier: trained with an out-of-scope label, judged, gzip accepted', async () => {
  const rows = faq()
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([id, , question]) => `${question},${id}`);
  const strange = ['who won the match', 'tell me a joke', 'what is the capital of peru'];
  const csv = `text,label\n${[...rows, ...strange.map((text) => `${text},oos`)].join('\n')}\n`;
  const input = file(folder, 'texts.csv.gz', gzipSync(csv));
  const model = at('models', 'text.onnx');
  const { value, status } = await storewiseJson([
    'train',
    'classifier',
    '--input',
    input,
    '--out',
    model,
    '--out-of-scope-label',
    'oos',
  ]);
  assert.equal(status, 0);
  assert.equal(value.classes, 3);
  assert.equal(value.examples, 15);
  assert.equal(value.out_of_scope_examples, 3);
  assert.equal(value.bytes, readFileSync(model).length);
  const figures = (await storewiseJson(['eval', 'classifier', model, '--input', input])).value;
  assert.equal(figures.examples, 15);
  assert.equal(figures.in_scope, 12);
  assert.equal(figures.out_of_scope, 3);
  assert.equal(figures.accuracy, 1);
  const expected = (figures.accuracy_in_scope * 12 + figures.out_of_scope_recall * 3) / 15;
  assert.ok(Math.abs(figures.accuracy_total - expected) < 1e-12);
  const wrong = await storewise(['eval', 'recommender', model, '--events', at('orders.csv')]);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /another kind of model.*a recommender.*a classifier/);
});

const few = [
  ['one order', 'order_id,sku\n1,a\n1,b\n', ['--orders'], 'recommender.onnx'],
  ['one product', 'order_id,sku\n1,a\n2,a\n', ['--orders'], 'recommender.onnx'],
  ['two visits', 'session,item,time\n1,a,1\n1,b,2\n2,a,3\n', ['--events'], 'recommender.onnx'],
];
for (const [name, csv, [option], made] of few) {
  test(`${name}: a smaller honest result`, async () => {
    const input = file(folder, `${name}.csv`, csv);
    const { status, value } = await storewiseJson([
      'build',
      option,
      input,
      '--out',
      at(`out ${name}`),
    ]);
    assert.equal(status, 0);
    assert.ok(made in value.files);
    assert.equal(value.metrics.recommender, null);
    assert.match(value.notes.join(), /few orders and visits/);
    assert.match(
      readFileSync(at(`out ${name}`, 'report.html'), 'utf8'),
      /too few orders to measure/,
    );
  });
}

test('one question: no classifier, and said; questions need products but no orders', async () => {
  const input = file(folder, 'one.csv', 'question,answer\nHow much?,Nothing.\n');
  const args = ['build', '--faq', input, '--catalog', at('catalog.csv'), '--out', at('one')];
  const { status, value } = await storewiseJson(args);
  assert.equal(status, 0);
  assert.deepEqual(Object.keys(value.files), [
    'catalogue.json',
    'faq.json',
    'intents.onnx',
    'card.md',
    'report.html',
    'shop.json',
  ]);
  assert.match(value.notes.join(), /one question alone/);
  const alone = await storewise(['build', '--faq', input, '--out', at('alone')]);
  assert.equal(alone.status, 1);
  assert.match(alone.stderr, /there are no products.*--catalog/);
});

test('questions kept apart test the answers; labels that the FAQ lacks are out of scope', async () => {
  const questions = file(
    folder,
    'kept.csv',
    'text,label\nwhen will the parcel arrive,delivery\nsend a product back,returns\nsing me a song,music\n',
  );
  const args = [
    'build',
    ...['--faq', at('faq.csv'), '--catalog', at('catalog.csv'), '--faq-test', questions],
    ...['--out', at('tested')],
  ];
  const { value } = await storewiseJson(args);
  const figures = value.metrics.classifier_test;
  assert.deepEqual([figures.examples, figures.in_scope, figures.out_of_scope], [3, 2, 1]);
  assert.equal(figures.accuracy, 1);
  const report = readFileSync(at('tested', 'report.html'), 'utf8');
  assert.match(report, /3 questions that were kept apart were asked/);
});

test('items that the product list lacks are left out and counted with examples', async () => {
  const extra = file(
    folder,
    'extra.csv',
    `${orders()}o999,c1,gone-1,1,2.50,2024-06-01\no999,c1,gone-2,1,2.50,2024-06-01\n`,
  );
  const args = ['build', '--orders', extra, '--catalog', at('catalog.csv'), '--out', at('extra')];
  const { value } = await storewiseJson(args);
  const left = value.left_out.find(({ reason }) => reason.includes('product list lacks'));
  assert.deepEqual([left.count, left.examples], [2, ['gone-1', 'gone-2']]);
  const strangers = [
    'build',
    '--orders',
    example('invoice-orders.csv'),
    '--catalog',
    at('catalog.csv'),
    '--out',
    at('none'),
  ];
  const none = await storewise(strangers);
  assert.equal(none.status, 1);
  assert.match(none.stderr, /none of the items that were bought.*sku-0.*85123A/);
  assert.ok(!existsSync(at('none')));
});

for (const [name, content, option, message] of [
  ['empty.csv', '', '--orders', /empty\.csv: the file is empty/],
  ['header.csv', 'order_id,sku\n', '--orders', /header but no rows/],
  [
    'columns.csv',
    'when,what\n1,2\n',
    '--orders',
    /no column "order_id".*order_number.*"when", "what"/,
  ],
  [
    'book.xlsx',
    Buffer.from('PK\x03\x04xxxx[Content_Types].xml', 'latin1'),
    '--catalog',
    /Excel workbook/,
  ],
  ['page.html', '<html></html>', '--faq', /web page/],
  ['text.csv', 'question,answer\nwhy,\n', '--faq', /line 2, column answer: the answer is empty/],
]) {
  test(`${option} ${name}: one clear line, exit code 1, nothing written`, async () => {
    const input = file(folder, name, content);
    const args = [
      'build',
      ...(option === '--orders' ? [] : ['--orders', at('orders.csv')]),
      option,
      input,
      '--out',
      at('nothing'),
    ];
    const human = await storewise(args);
    assert.equal(human.status, 1);
    assert.match(human.stderr, message);
    assert.equal(human.stderr.trim().split('\n').length, 1);
    const { status, value } = await storewiseJson(args);
    assert.equal(status, 1);
    assert.match(value.error.message, message);
    assert.ok(!existsSync(at('nothing')));
  });
}

test('files that are no models, and outputs that cannot be written, are errors', async () => {
  const text = file(folder, 'no.onnx', 'this is no model at all');
  const inspected = await storewiseJson(['inspect', text]);
  assert.equal(inspected.status, 1);
  assert.equal(inspected.value.error.code, 'invalid-model');
  assert.match(inspected.value.error.message, /no\.onnx/);
  assert.match((await storewise(['inspect', at('absent.onnx')])).stderr, /no such file/);
  const taken = await storewise([
    'build',
    '--faq',
    at('faq.csv'),
    '--catalog',
    at('catalog.csv'),
    '--out',
    text,
  ]);
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, /the output is a file/);
});

test('Ctrl-C while training ends with 130 and leaves nothing half-written', async () => {
  mkdirSync(at('quiet'));
  const next = random(3);
  const rows = ['session,item,time'];
  for (let n = 0; n < 300_000; ++n) rows.push(`${n >> 4},${Math.floor(next() * 4000)},${n}`);
  writeFileSync(at('long.csv'), `${rows.join('\n')}\n`);
  const args = [
    'train',
    'recommender',
    '--events',
    at('long.csv'),
    '--tune',
    'on',
    '--out',
    at('quiet', 'm.onnx'),
  ];
  const { status, stderr } = await storewise(args, {
    onStart: (child) => setTimeout(() => child.kill('SIGINT'), 2500),
  });
  assert.equal(status, 130);
  assert.match(stderr, /stopped; nothing was written/);
  assert.deepEqual(readdirSync(at('quiet')), []);
});

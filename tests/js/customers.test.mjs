// The joint between a shop's orders and what the build says of its customers: who ordered, what the
// trainer makes of it, the file that a page opens, and the report; with too few data as well.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { generator } from '../bench/inputs.mjs';
import { cliModule, file, program, root, storewiseJson, temporaryFolder } from './cli-helpers.mjs';
import { openTrainer } from './support/trainer.mjs';

const { readOrders } = await cliModule('orders');
const { customersBody } = await cliModule('report/customers');
const folder = temporaryFolder();

const day = (number) => new Date(Date.UTC(2024, 0, 1 + number)).toISOString().slice(0, 10);
const kHeader = 'order_id,sku,quantity,price,time,customer_id';

/** A year of orders: each customer has a pace and stops for good at some point, or does not. */
function orders(customers, seed) {
  const next = generator(seed);
  const lines = [kHeader];
  let order = 0;
  for (let c = 0; c < customers; ++c) {
    const pace = 5 + next(50);
    const first = next(200);
    const last = next(3) === 0 ? first + 1 + next(100) : 366;
    for (let at = first; at < Math.min(last, 365); at += 1 + pace + next(pace)) {
      order += 1;
      const mail = `who${c}@example.org`;
      lines.push(`${order},p${next(30)},${1 + next(3)},${5 + next(20)}.50,${day(at)},${mail}`);
    }
    order += 1;
    lines.push(`${order},p${next(30)},1,9.00,${day(next(365))},`);
  }
  return lines.join('\n');
}

async function built(name, csv, ...more) {
  const out = path.join(folder, name);
  const given = file(folder, `${name}.csv`, csv);
  const result = await storewiseJson(['build', '--orders', given, '--out', out, ...more]);
  assert.equal(result.status, 0, result.stderr);
  return { out, ...result.value, report: readFileSync(path.join(out, 'report.html'), 'utf8') };
}

test('orders: customers by number, guests -1, what a unit cost; repeats of an item are merged', async () => {
  const csv = `${kHeader}
1,a,1,10,2024-01-05,ann
1,b,2,3,2024-01-05,
1,a,3,2,2024-01-05,
2,a,1,,2024-01-06,
3,a,1,7,2024-01-07,ann
4,b,1,4,2024-01-08,bob
`;
  const read = await readOrders(file(folder, 'small.csv', csv));
  assert.deepEqual([...read.customer], [0, -1, 0, 1]);
  assert.equal(read.customerCount, 2);
  // 1 at 10 and 3 at 2 are 4 at 4; a line without a price has the item's usual one.
  assert.deepEqual([...read.price], [4, 3, 7, 7, 4]);
  const without = await readOrders(file(folder, 'none.csv', 'order_id,sku\n1,a\n2,b\n'));
  assert.deepEqual([...without.customer], [-1, -1]);
  assert.deepEqual([...without.price], [-1, -1]);
});

test('a build tells groups of customers, tests its predictions and writes one model', async () => {
  const products = ['sku,name,price,category'];
  const kinds = ['tea', 'cups', 'pots', 'books', 'cards'];
  for (let p = 0; p < 30; ++p) products.push(`p${p},Product ${p},9.00,${kinds[p % 5]}`);
  const catalogue = file(folder, 'products.csv', products.join('\n'));
  const shop = await built('lively', orders(260, 7), '--catalog', catalogue);
  const { customers } = shop;
  assert.equal(customers.customers, 260);
  assert.equal(customers.guest_orders, 260);
  assert.equal(customers.missing, null);
  assert.equal(customers.segments.length, 7);
  const total = (key) => customers.segments.reduce((sum, segment) => sum + segment[key], 0);
  assert.equal(total('customers'), 260);
  assert.equal(total('purchases'), customers.purchases);
  const { churn, value, wait, category } = shop.metrics.customers;
  assert.ok(churn.auc.value > churn.baselines.own_frequency.auc - 0.02, JSON.stringify(churn.auc));
  assert.ok(churn.auc.low < churn.auc.value && churn.auc.value < churn.auc.high);
  assert.ok(value.mae.value < value.baselines.mean.mae);
  assert.ok(wait.concordance > 0.5);
  assert.ok(category.hit_3 >= category.hit_1);

  const bytes = readFileSync(path.join(shop.out, 'customers.onnx'));
  const manifest = JSON.parse(readFileSync(path.join(shop.out, 'shop.json'), 'utf8'));
  assert.deepEqual(manifest.files.customers, {
    file: 'customers.onnx',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  assert.equal(shop.files['customers.onnx'], bytes.length);

  assert.match(shop.report, /<h2>Customers<\/h2>/);
  for (const words of ['Champions', 'Who stays away', 'What they spend', 'What they buy next']) {
    assert.ok(shop.report.includes(words), words);
  }
  // The folder lies on a public page.
  for (const name of Object.keys(shop.files)) {
    assert.ok(!readFileSync(path.join(shop.out, name), 'latin1').includes('@example.org'), name);
  }

  const dist = (name) => import(pathToFileURL(path.join(program, '../..', name)).href);
  const { loadModel } = await dist('index.js');
  const { predictCustomer } = await dist('customers.js');
  const model = await loadModel(pathToFileURL(path.join(shop.out, 'customers.onnx')).href, {
    sha256: manifest.files.customers.sha256,
  });
  const now = Date.UTC(2025, 0, 1, 12);
  const history = (...daysAgo) =>
    daysAgo.map((days) => ({
      time: now - days * 86_400_000,
      items: [{ id: `p${days}`, quantity: 2, price: 10, category: 'pots' }],
    }));
  const soon = await predictCustomer(model, history(5, 25, 45, 65, 85, 105), now);
  const gone = await predictCustomer(model, history(200, 210, 220, 230), now);
  assert.deepEqual(
    soon.returns.map(({ days }) => days),
    customers.horizons,
  );
  assert.ok(
    soon.returns.every(({ probability: p }, h, all) => h === 0 || p >= all[h - 1].probability),
  );
  assert.ok(soon.churnRisk < gone.churnRisk - 0.2, `${soon.churnRisk} ${gone.churnRisk}`);
  assert.ok(soon.value > gone.value);
  assert.equal(soon.categories[0].name, 'pots');
  assert.equal(soon.categories.length, 5);
  // Today's order and what lies in the future: the one counts, the other does not.
  const today = await predictCustomer(model, history(0, 30, -10), now);
  assert.ok(Number.isFinite(today.value));
  await assert.rejects(predictCustomer(model, [], now), /no order to go by/);
  await assert.rejects(predictCustomer(model, history(Number.NaN), now), /orders\[0\]|no number/);
  model.dispose();
});

test('the model has the same bytes natively and in WebAssembly', async () => {
  // The same lines as in tests/cpp/train_customers_test.cpp, which leaves its model there.
  const native = path.join(root, 'build/native/same-bytes/customers.onnx');
  assert.ok(existsSync(native), `${native} is missing: build the native tests and run ctest first`);
  const next = generator(13);
  const lines = { customer: [], order: [], item: [], quantity: [], price: [], time: [] };
  let order = 0;
  for (let c = 0; c < 300; ++c) {
    const pace = 4 + next(40);
    const end = next(3) === 0 ? 150 + next(100) : 365;
    for (let at = next(150); at < end; at += 1 + next(2 * pace)) {
      for (let i = 0; i < 3; ++i) {
        lines.customer.push(c);
        lines.order.push(order);
        lines.item.push(next(50));
        lines.quantity.push(1 + next(4));
        lines.price.push((100 + next(2000)) / 100);
        lines.time.push((18000 + at) * 86400);
      }
      order += 1;
    }
  }
  const { wasm, put, taken } = await openTrainer({
    file: path.join(program, '../../storewise-train.wasm'),
  });
  const options = new TextEncoder().encode(
    JSON.stringify({
      category_names: ['tea', 'cups', 'pots', 'books', 'cards'],
      categories: Array.from({ length: 50 }, (_, item) => Math.floor(item / 10)),
    }),
  );
  const status = wasm.swt_train_customers(
    put(options),
    options.length,
    ...['customer', 'order', 'item'].map((name) => put(Int32Array.from(lines[name]))),
    ...['quantity', 'price', 'time'].map((name) => put(Float64Array.from(lines[name]))),
    lines.order.length,
  );
  assert.ok(taken(status).model.equals(readFileSync(native)));
});

test('too few data: the build succeeds and says what is missing', async () => {
  const lines = orders(260, 7).split('\n');
  const withoutCustomer = (line) => line.slice(0, line.lastIndexOf(','));
  const cases = {
    'no-customers': lines.map(withoutCustomer).join('\n'),
    'few-customers': orders(10, 3),
    'short-period': lines.map((line) => line.replace(/2024-\d\d-\d\d/, '2024-05-01')).join('\n'),
    'no-dates': lines.map((line) => line.replace(/,[^,]*,([^,]*)$/, ',$1')).join('\n'),
  };
  for (const [missing, csv] of Object.entries(cases)) {
    const shop = await built(missing, csv);
    assert.equal(shop.customers.missing, missing);
    assert.equal(shop.metrics.customers, null);
    assert.ok(!existsSync(path.join(shop.out, 'customers.onnx')));
    assert.match(shop.report, /Not enough data: /);
    const manifest = JSON.parse(readFileSync(path.join(shop.out, 'shop.json'), 'utf8'));
    assert.equal(manifest.files.customers, undefined);
  }
});

test('a table of the customers on demand, but not in the folder', async () => {
  const table = path.join(folder, 'private/customers.csv');
  const csv = orders(260, 7).replaceAll('who7@example.org', '"Ann ""A"" Lee, Bath"');
  const shop = await built('listed', csv, '--customers', table);
  const [header, ...rows] = readFileSync(table, 'utf8').trimEnd().split('\n');
  assert.equal(header, 'customer_id,group,stay_away,next_value,next_order_days');
  assert.equal(rows.length, 260);
  assert.ok(rows.some((row) => row.startsWith('"Ann ""A"" Lee, Bath",')));
  for (const row of rows.filter((one) => !one.startsWith('"'))) {
    assert.match(row, /^who\d+@example\.org,[a-z-]+,[01]\.\d{3},\d+\.\d\d,\d+$/);
  }
  const groups = rows.filter((row) => row.includes(',champions,')).length;
  const { segments, outlook } = shop.customers;
  assert.equal(groups, segments.find(({ segment }) => segment === 'champions').customers);
  assert.equal(outlook.customers, undefined);
  const inside = path.join(folder, 'listed/customers.csv');
  const given = path.join(folder, 'listed.csv');
  const more = ['--customers', inside, '--out', path.join(folder, 'listed')];
  const refused = await storewiseJson(['build', '--orders', given, ...more]);
  assert.equal(refused.status, 2);
  assert.match(refused.value.error.message, /does not belong on a public page/);
  assert.ok(!existsSync(inside));
});

test('orders without prices: nothing is said of what customers spend', async () => {
  const lines = orders(260, 7).split('\n');
  const shop = await built(
    'unpriced',
    lines.map((line) => line.split(',').toSpliced(3, 1).join(',')).join('\n'),
  );
  assert.equal(shop.metrics.customers.value, null);
  assert.ok(shop.metrics.customers.churn.auc.value > 0.5);
  assert.match(shop.report, /nothing is said of what customers spend/);
  assert.doesNotMatch(shop.report, /What they spend/);
});

test('without orders there is no word of customers', async () => {
  const faq = file(folder, 'faq.csv', 'question,answer\nWhere are you?,In Bath.\n');
  const products = file(folder, 'one.csv', 'sku,name\na,Cup\n');
  const out = path.join(folder, 'faq-only');
  const { value } = await storewiseJson([
    'build',
    ...['--faq', faq, '--catalog', products, '--out', out],
  ]);
  assert.equal(value.customers, null);
  assert.doesNotMatch(readFileSync(path.join(out, 'report.html'), 'utf8'), /<h2>Customers/);
});

test('the report says groups without predictions, and predictions without a test, as they are', () => {
  const segment = { customers: 30, purchases: 60, value: 900, median_recency: 12 };
  const report = {
    customers: 30,
    came_again: 30,
    orders: 60,
    guest_orders: 1,
    purchases: 60,
    days: 20,
    rhythm: { gaps: 30, median_gap: 4, usual_longest: 9 },
    missing: 'short-period',
    levels: 3,
    churn_days: 14,
    segments: [{ segment: 'loyal', ...segment }],
    window: null,
    horizons: null,
    metrics: null,
    categories: 0,
    outlook: null,
    bytes: 0,
  };
  const few = customersBody(report, 'EUR');
  assert.match(few, /Loyal/);
  assert.match(
    few,
    /What they will do is not predicted\. Not enough data: the orders cover too few/,
  );
  assert.match(few, /1 order of guests/);
  assert.doesNotMatch(few, /What to expect/);
  const untested = customersBody(
    {
      ...report,
      missing: null,
      window: 30,
      outlook: { expected_value: 1234, expected_returning: 12 },
      segments: [{ segment: 'loyal', ...segment, churn_risk: 0.25, expected_value: 1234 }],
      metrics: { customers: 25, churn: null, wait: null, value: null, category: null },
    },
    'EUR',
  );
  assert.match(untested, /take them as a guess/);
  assert.match(untested, /€1,234 in all/);
  assert.match(untested, /25\.0 %/);
});

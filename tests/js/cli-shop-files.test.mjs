// The joint between a shop's exports and the shop's documents: orders, visits, products, questions,
// offers, rules.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { cliModule, file, golden, temporaryFolder } from './cli-helpers.mjs';

const { readOrders } = await cliModule('orders');
const { readEvents, onlyKnownItems } = await cliModule('events');
const { readCatalogue, catalogueOfOrders } = await cliModule('catalogue');
const { readFaq } = await cliModule('faq');
const { readExamples } = await cliModule('examples');
const { readOffers } = await cliModule('offers');
const { readRules } = await cliModule('rules');
const folder = temporaryFolder();
const example = (name) => path.join(golden, name);
const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16);
const lines = (orders) =>
  [...orders.order].map((order, i) => [order, orders.items[orders.item[i]], orders.quantity[i]]);
const reasons = (part) =>
  Object.fromEntries(part.leftOut.map(({ reason, count }) => [reason, count]));

test('a Shopify export: order values on the first line only, refunded and cancelled left out', async () => {
  const orders = await readOrders(example('shopify-orders.csv'));
  assert.deepEqual(lines(orders), [
    [0, 'TEA-G', 2],
    [0, 'POT-1', 1],
    [1, 'TEA-B', 1],
    [1, 'Tea Spoon', 2],
  ]);
  assert.equal(orders.orderCount, 2);
  assert.deepEqual([...orders.time].map(day), [
    '2024-01-05T15:22',
    '2024-01-05T15:22',
    '2024-02-01T16:59',
    '2024-02-01T16:59',
  ]);
  assert.equal(reasons(orders)['lines of cancelled or refunded orders'], 3);
  assert.equal(orders.currencySign, 'EUR');
  assert.equal(orders.customerCount, 3);
  assert.match(orders.notes.join(), /1 lines have no item code/);
});

test('a WooCommerce export: semicolons, Windows-1252, decimal commas, dotted dates', async () => {
  const orders = await readOrders(example('woocommerce-orders.csv'));
  assert.equal(orders.facts.encoding, 'windows-1252');
  assert.deepEqual(lines(orders), [
    [0, 'TEE-G', 2],
    [0, 'KANNE', 1],
    [1, 'TEE-G', 1],
  ]);
  assert.deepEqual(orders.names, ['Grüner Tee', 'Kanne']);
  assert.deepEqual([...orders.prices], [7.5, 1015]);
  assert.equal(day(orders.time[2]), '2024-01-26T09:30');
});

test('a Magento export: tabs, month first, closed orders left out', async () => {
  const orders = await readOrders(example('magento-orders.csv'));
  assert.deepEqual(lines(orders), [
    [0, '24-MB01', 1],
    [0, '24-MB04', 2],
    [1, '24-MB04', 1],
  ]);
  assert.equal(day(orders.time[0]), '2024-01-25T20:26');
  assert.equal(day(orders.time[2]), '2024-02-03T09:00');
});

test('an invoice list: C numbers, returns and postage left out, repeats merged', async () => {
  const orders = await readOrders(example('invoice-orders.csv'), { dropNonProducts: true });
  assert.deepEqual(lines(orders).slice(0, 5), [
    [0, '85123A', 8],
    [0, '71053', 6],
    [1, '71053', 1],
    [2, '71053', 4],
    [2, '84406B', 8],
  ]);
  assert.deepEqual(reasons(orders), {
    'lines of cancelled or refunded orders': 1,
    'returned lines (quantity zero or below)': 1,
    'lines that are no products (postage, fees, adjustments)': 1,
    'repeats of an item in one order (merged)': 1,
  });
  const at = orders.items.indexOf('71053');
  assert.equal(orders.names[at], 'WHITE METAL LANTERN');
  assert.equal(orders.prices[at], 3.39);
});

test('orders numbered C1, C2, … are orders, not cancellations', async () => {
  const csv = 'order_id,sku\nC1,a\nC1,b\nC2,a\n';
  assert.equal((await readOrders(file(folder, 'c.csv', csv))).orderCount, 2);
});

test('a wrong number is named with line, column, expected and found', async () => {
  const csv = 'order_id,sku,quantity\n1,a,1\n2,b,lots\n';
  await assert.rejects(readOrders(file(folder, 'bad.csv', csv)), (error) => {
    assert.deepEqual(error.detail, {
      file: 'bad.csv',
      place: 'line 3, column quantity',
      expected: 'a number',
      found: '"lots"',
    });
    return true;
  });
});

test('orders of returns only are an error that counts them', async () => {
  const csv = 'order_id,sku,quantity\n1,a,-1\n2,b,0\n';
  await assert.rejects(
    readOrders(file(folder, 'returns.csv', csv)),
    /no order line is left.*2 returned/,
  );
});

test('events: sessions numbered in order, removals left out, an orders file accepted', async () => {
  const csv =
    'SessionId\tItemId\tTime\tevent\ns1\ta\t100\tview\ns2\tb\t101\tview\ns1\tc\t102\tadd\ns1\tc\t103\tremove\n';
  const events = await readEvents(file(folder, 'events.tsv', csv));
  assert.deepEqual([...events.session], [0, 1, 0]);
  assert.deepEqual(events.items, ['a', 'b', 'c']);
  assert.equal(events.source, 'events');
  assert.equal(reasons(events)['events that take an item out of the basket'], 1);
  const orders = await readEvents(example('shopify-orders.csv'));
  assert.equal(orders.source, 'orders');
  assert.equal(orders.sessionCount, 2);
});

test("without sessions, a visitor's events are cut at pauses of 30 minutes", async () => {
  const csv =
    'timestamp,visitorid,event,itemid\n1700000000,1,view,a\n1700000060,2,view,b\n1700000900,1,view,b\n1700003600,1,view,c\n';
  const events = await readEvents(file(folder, 'visitors.csv', csv));
  assert.equal(events.sessionCount, 3);
  assert.deepEqual([...events.session], [0, 2, 0, 1]);
});

test('events need no event column; a header of neither kind is an error that names both', async () => {
  const rated = 'user_id,item_id,timestamp\n1,a,1700000000\n1,b,1700000100\n2,a,1700000000\n';
  assert.equal((await readEvents(file(folder, 'rated.csv', rated))).sessionCount, 2);
  const other = file(folder, 'other.csv', 'item,time\na,1\n');
  await assert.rejects(
    readEvents(other),
    /other\.csv: there is no column "session".*order_id.*"item", "time"/,
  );
});

test('items outside the catalogue are left out, counted, and the rest renumbered', async () => {
  const csv = 'session,item,time\ns,a,1\ns,x,2\nt,x,3\nu,b,4\nu,a,5\n';
  const all = await readEvents(file(folder, 'unknown.csv', csv));
  const events = onlyKnownItems(all, (item) => item !== 'x', 'unknown');
  assert.deepEqual([...events.session], [0, 1, 1]);
  assert.deepEqual([...events.item], [0, 1, 0]);
  assert.deepEqual(events.items, ['a', 'b']);
  assert.equal(reasons(events).unknown, 2);
});

test('a catalogue: translations, dictionary-encoded fields, stock, unknown prices, repeats', async () => {
  const { document, leftOut, notes } = await readCatalogue(example('catalog.csv'), {});
  assert.deepEqual(document.id, ['TEA-G', 'TEA-B', 'POT-1', 'SPOON']);
  assert.deepEqual(document.names, { zh: ['绿茶100克', '红茶100克', '陶壶', ''] });
  assert.deepEqual(document.price, [7.5, 7.5, 15, -1]);
  assert.deepEqual(document.available, [1, 0, 1, 0]);
  assert.deepEqual(document.fields, {
    department: { values: ['Tea', 'Kitchen'], names: { zh: ['茶', '厨房'] }, index: [0, 0, 1, 1] },
    brand: { values: ['Hill'], index: [0, 0, -1, 0] },
  });
  assert.deepEqual(
    leftOut.map(({ count, examples }) => [count, examples]),
    [[1, ['TEA-G']]],
  );
  assert.match(notes.join(), /image/);
});

test('a catalogue made from orders has their names and prices', async () => {
  const orders = await readOrders(example('shopify-orders.csv'));
  const { document } = catalogueOfOrders(orders, 'EUR');
  assert.deepEqual(document.id, ['TEA-G', 'POT-1', 'TEA-B', 'Tea Spoon']);
  assert.deepEqual(document.name, [
    'Green Tea 100 g',
    'Teapot, clay',
    'Black Tea 100 g',
    'Tea Spoon',
  ]);
  assert.deepEqual(document.price, [7.5, 15, 7.5, 3]);
});

test('questions: phrasings by entry and language, unanswered ones left out', async () => {
  const faq = await readFaq(example('faq.csv'), { defaultLanguage: 'en' });
  assert.deepEqual(
    faq.document.entries.map((entry) => [entry.id, entry.category, entry.question]),
    [
      ['delivery-fee', 'delivery', { en: 'What does delivery cost?', zh: '送货要多少钱？' }],
      ['return', 'returns', { en: 'How do I return something?' }],
    ],
  );
  assert.match(faq.document.entries[1].answer.en, /\{store_name\}/);
  assert.deepEqual(faq.examples.labels, [0, 0, 0, 1, 1, -1]);
  // Full-width signs become plain by NFKC.
  assert.equal(faq.examples.texts[2], '送货要多少钱?');
  assert.deepEqual(faq.languages, ['en', 'zh']);
  assert.equal(reasons(faq)['entries without an answer'], 1);
  assert.equal(reasons(faq)['phrasings given twice'], 1);
});

test('questions in the short form are joined by their answer, languages guessed', async () => {
  const csv =
    'Question,Answer\nWhere is it?,On its way.\nWhere is my parcel?,On its way.\n怎么退货？,请联系我们。\n';
  const faq = await readFaq(file(folder, 'short.csv', csv), { defaultLanguage: 'en' });
  assert.deepEqual(
    faq.document.entries.map((entry) => [entry.id, Object.keys(entry.question)]),
    [
      ['where-is-it', ['en']],
      ['faq-2', ['zh']],
    ],
  );
  assert.deepEqual(faq.examples.labels, [0, 0, 1]);
});

test('labelled texts: other headers, out-of-scope label, chosen columns', async () => {
  const banking = file(folder, 'banking.csv', 'text,category\nWhere is my CARD?,card\nHi,oos\n');
  const { texts, labels, names } = await readExamples(banking, { outOfScopeLabel: 'oos' });
  assert.deepEqual([texts, labels, names], [['where is my card?', 'hi'], [0, -1], ['card']]);
  const bitext = file(folder, 'bitext.csv', 'utterance,intent,category\nhello,greet,SMALL\n');
  assert.deepEqual((await readExamples(bitext)).names, ['greet']);
  assert.deepEqual((await readExamples(bitext, { labelColumn: 'category' })).names, ['SMALL']);
});

test('offers: items as catalogue rows, day-first dates, percent signs, impossible ones left out', async () => {
  const catalogue = await readCatalogue(example('catalog.csv'), {});
  const { document, leftOut } = await readOffers(example('offers.csv'), catalogue, {
    language: 'en',
  });
  assert.deepEqual(document.offers, [
    {
      id: 'tea2',
      title: { en: '1 off two teas', zh: '两件茶减1' },
      kind: 'amount',
      value: 1,
      min_quantity: 2,
      min_spend: 0,
      items: [0, 1],
      starts: '2026-02-01',
      ends: '2026-02-28',
    },
    {
      id: 'all10',
      title: { en: 'Ten percent' },
      kind: 'percent',
      value: 10,
      min_quantity: 1,
      min_spend: 50,
      items: [],
    },
  ]);
  assert.equal(leftOut.length, 3);
});

test('rules: accepted as written, unknown values noted, mistakes named by their path', async () => {
  const catalogue = await readCatalogue(example('catalog.csv'), {});
  const { document, notes } = readRules(example('rules.json'), catalogue);
  assert.equal(document.rules.length, 2);
  assert.match(notes.join(), /Wine/);
  for (const [rules, place] of [
    ['[{"action":"bost","where":{"items":["a"]}}]', /rules\[0\]\.action/],
    ['[{"action":"boost","where":{"items":["a"]}}]', /rules\[0\]\.factor/],
    [
      '[{"action":"exclude","where":{"field":"colour","values":["red"]}}]',
      /where\.field.*department, brand/,
    ],
    ['[{"action":"exclude"}]', /rules\[0\]\.where/],
    ['[{"action":"exclude","wehre":{}}]', /wehre/],
    ['{"rules":3}', /a list of rules/],
    ['{"rules":[', /not JSON/],
  ]) {
    assert.throws(() => readRules(file(folder, 'rules.json', rules), catalogue), place);
  }
});

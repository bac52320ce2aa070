// The public data sets that benchmarks read when they are there: STOREWISE_DATA, or ../shared/data
// beside the project. Nothing of them is part of the project.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = process.env.STOREWISE_DATA ?? path.join(root, '../shared/data');

/** The path of a data file, or undefined (said on stderr) when it is not on this machine. */
export function dataFile(name) {
  const file = path.join(folder, name);
  if (existsSync(file)) return file;
  console.error(`left out: ${name} is not in ${folder} (set STOREWISE_DATA to where it is)`);
  return undefined;
}

/** The path of a data file; throws, naming where it comes from, when it is not on this machine. */
export function neededFile(name, source) {
  const file = dataFile(name);
  if (file === undefined) throw new Error(`${name} is needed: ${source}`);
  return file;
}

export function readText(file) {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

export function readCsv(file) {
  const { data, errors } = Papa.parse(readText(file), { header: true, skipEmptyLines: true });
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message} at row ${errors[0].row}`);
  return data;
}

export function writeCsv(file, header, rows) {
  writeFileSync(file, Papa.unparse({ fields: header, data: rows }, { newline: '\n' }));
  return file;
}

/** A table model's inputs, by the columns of its metadata, from rows of a CSV; an empty cell is missing. */
export function tableInputs({ columns }, rows) {
  const number = ({ name, kind, levels }, row) => {
    if (row[name] === '' || row[name] === undefined) return Number.NaN;
    return kind === 'boolean' ? levels.indexOf(row[name]) : Number(row[name]);
  };
  return Object.fromEntries(
    columns.map((column) => {
      const data =
        column.kind === 'category'
          ? rows.map((row) => String(row[column.name]))
          : Float32Array.from(rows, (row) => number(column, row));
      return [column.input, { dims: [rows.length, 1], data }];
    }),
  );
}

/** Calls `body` with a temporary folder that is gone afterwards. */
export async function withTemporaryFolder(body) {
  const temporary = mkdtempSync(path.join(tmpdir(), 'storewise-bench-'));
  try {
    return await body(temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Online Retail as baskets in time order: [{ id, time, items: [distinct stock codes in line order] }].
 * Cancelled invoices (C...) and lines without a positive quantity are left out.
 */
export function onlineRetailBaskets(file) {
  const baskets = new Map();
  for (const row of readCsv(file)) {
    if (row.InvoiceNo.startsWith('C') || !(Number(row.Quantity) > 0)) continue;
    const basket = baskets.get(row.InvoiceNo) ?? {
      id: row.InvoiceNo,
      time: Date.parse(`${row.InvoiceDate.replace(' ', 'T')}Z`) / 1000,
      items: [],
    };
    if (!basket.items.includes(row.StockCode)) basket.items.push(row.StockCode);
    baskets.set(row.InvoiceNo, basket);
  }
  return [...baskets.values()].sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
}

/** The baskets before and within the last `share` of the time that the data spans. */
export function splitByTime(baskets, share) {
  const first = baskets[0].time;
  const last = baskets[baskets.length - 1].time;
  const border = last - (last - first) * share;
  return {
    train: baskets.filter((basket) => basket.time < border),
    test: baskets.filter((basket) => basket.time >= border),
  };
}

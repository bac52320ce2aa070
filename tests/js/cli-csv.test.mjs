// The CSV joint: from bytes to rows, numbers and dates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { cliModule, file, temporaryFolder } from './cli-helpers.mjs';

const { DateColumn } = await cliModule('csv/dates');
const { NumberColumn } = await cliModule('csv/numbers');
const { readTable } = await cliModule('csv/table');
const { inspectSource } = await cliModule('csv/source');
const folder = temporaryFolder();

const numbers = (cells) => {
  const column = new NumberColumn();
  const readable = cells.map((cell) => column.push(cell));
  return { readable, values: [...column.finish()] };
};
const dates = (cells, order) => {
  const column = new DateColumn();
  const readable = cells.map((cell) => column.push(cell));
  const { seconds, notes, calendar } = column.finish(order);
  const texts = [...seconds].map((value) =>
    Number.isNaN(value) ? 'none' : new Date(value * 1000).toISOString().slice(0, 16),
  );
  return { readable, texts, notes, calendar };
};
const read = async (name, content, columns, options = {}) => {
  const rows = [];
  let header;
  const facts = await readTable(
    file(folder, name, content),
    { columns: columns.map((column) => ({ name: column, required: true })), ...options },
    {
      header: (found) => {
        header = found;
      },
      row: (fields, line) =>
        rows.push([line, ...columns.map((column) => fields[header.index(column)])]),
    },
  );
  return { facts, rows };
};

test('numbers are read with currency signs, thousands, brackets and minus signs', () => {
  const { values, readable } = numbers(['£2.55', '1,234.50', '(3.00)', '-4', '2 USD', '7.5e1', '']);
  assert.deepEqual(values.slice(0, 6), [2.55, 1234.5, -3, -4, 2, 75]);
  assert.ok(Number.isNaN(values[6]));
  assert.ok(readable.every(Boolean));
});

test('a comma is decimal when the column says so, and 1,234 follows the column', () => {
  assert.deepEqual(
    numbers(['12,50', '1,234', '1.234', '1.234,5']).values,
    [12.5, 1.234, 1234, 1234.5],
  );
  assert.deepEqual(numbers(['12.50', '1,234', '1.234']).values, [12.5, 1234, 1.234]);
});

test('what is no number is said to be none', () => {
  assert.deepEqual(numbers(['12', 'twelve', '1,2,3', '3']).readable, [true, false, false, true]);
});

test('dates are read as ISO, epoch seconds, epoch milliseconds and with names of months', () => {
  const { texts } = dates([
    '2024-03-05',
    '2024-03-05T10:11:12Z',
    '2024-03-05 10:11:12 -0500',
    '1709633472',
    '1709633472000',
    'March 5, 2024 10:11 am',
    '5 Mar 2024',
    '20240305',
  ]);
  assert.deepEqual(texts, [
    '2024-03-05T00:00',
    '2024-03-05T10:11',
    '2024-03-05T15:11',
    '2024-03-05T10:11',
    '2024-03-05T10:11',
    '2024-03-05T10:11',
    '2024-03-05T00:00',
    '2024-03-05T00:00',
  ]);
});

test('day or month first is decided by the whole column, and said', () => {
  const day = dates(['03/04/2024', '25/04/2024', '01/05/2024']);
  assert.deepEqual(day.texts, ['2024-04-03T00:00', '2024-04-25T00:00', '2024-05-01T00:00']);
  assert.match(day.notes[0], /day\/month\/year/);
  const month = dates(['03/04/2024', '04/25/2024', '05/01/2024 8:26 PM']);
  assert.deepEqual(month.texts, ['2024-03-04T00:00', '2024-04-25T00:00', '2024-05-01T20:26']);
});

test('without a day above 12 the reading that keeps the file in order wins; --dates overrules', () => {
  const cells = ['01/05/2024', '02/03/2024', '03/01/2024'];
  assert.deepEqual(dates(cells).texts[0], '2024-01-05T00:00');
  assert.deepEqual(dates(cells, 'dmy').texts[0], '2024-05-01T00:00');
});

test('impossible dates are none; small numbers are steps, not dates', () => {
  assert.deepEqual(dates(['2024-02-30', '2023-02-29', 'soon']).readable, [false, false, false]);
  assert.equal(dates(['1', '2', '3']).calendar, false);
});

for (const [name, delimiter] of [
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['bar', '|'],
]) {
  test(`the delimiter ${name} is found`, async () => {
    const lines =
      ['a_b', 'c', 'd'].join(delimiter) +
      '\r\n' +
      ['1', 'x,y;z', '3'].map((v) => `"${v}"`).join(delimiter);
    const { rows } = await read(`${name}.csv`, `${lines}\r\n`, ['A B', 'd']);
    assert.deepEqual(rows, [[2, '1', '3']]);
  });
}

test('line numbers count line breaks inside cells and blank lines', async () => {
  const { rows } = await read('lines.csv', 'id,text\n1,"two\nlines"\n\n2,b\n3,c\n', ['id', 'text']);
  assert.deepEqual(rows, [
    [2, '1', 'two\nlines'],
    [5, '2', 'b'],
    [6, '3', 'c'],
  ]);
});

const word = '商品,名称\n一,中文的商品名称和描述\n二,第二行也是中文\n三,第三行\n';
const utf16 = (text, big) => {
  const bytes = Buffer.from(text, 'utf16le');
  return big ? bytes.swap16() : bytes;
};
// "商品,名称\n一,中文\n二,语言\n" in GBK.
const gbk = Buffer.from('c9ccc6b72cc3fbb3c60ad2bb2cd6d0cec40ab6fe2cd3efd1d40a', 'hex');

test('encodings are found: UTF-8 with a mark, Windows-1252, GBK, UTF-16 of both kinds', async () => {
  const encoding = async (name, bytes) => (await inspectSource(file(folder, name, bytes))).encoding;
  assert.equal(await encoding('u8.csv', `\ufeff${word}`), 'utf-8');
  assert.equal(
    await encoding('1252.csv', Buffer.from('name\nCaf\xe9 cr\xe8me\n\xa340\n', 'latin1')),
    'windows-1252',
  );
  assert.equal(await encoding('gbk.csv', gbk), 'gbk');
  assert.equal(await encoding('16le.csv', utf16(`\ufeff${word}`, false)), 'utf-16le');
  assert.equal(await encoding('16be.csv', utf16(`\ufeff${word}`, true)), 'utf-16be');
  assert.equal(await encoding('16plain.csv', utf16('sku,name\na,b\nc,d\n', false)), 'utf-16le');
});

test('text comes out the same from every encoding and from gzip', async () => {
  for (const [name, bytes] of [
    ['t8.csv', `\ufeff${word}`],
    ['t16.csv', utf16(`\ufeff${word}`, false)],
    ['t8.csv.gz', gzipSync(word)],
  ]) {
    const { rows } = await read(name, bytes, ['商品', '名称']);
    assert.deepEqual(rows[1], [3, '二', '第二行也是中文'], name);
  }
  const { rows } = await read('tgbk.csv', gbk, ['商品', '名称']);
  assert.deepEqual(rows, [
    [2, '一', '中文'],
    [3, '二', '语言'],
  ]);
});

const refused = [
  ['empty.csv', '', /empty/],
  ['blank.csv', '\n\n\n', /no header/],
  ['header.csv', 'id,text\n', /header but no rows/],
  [
    'book.xlsx',
    Buffer.from('PK\x03\x04....[Content_Types].xml xl/', 'latin1'),
    /Excel workbook.*save it as CSV/,
  ],
  ['old.xls', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /Excel workbook/],
  ['page.csv', '<!DOCTYPE html><html><body>Log in</body></html>', /web page/],
  ['data.json', '[{"id":1}]', /JSON/],
  ['picture.csv', Buffer.from('89504e470d0a1a0a00000000', 'hex'), /not a text file/],
  ['cut.csv.gz', gzipSync(`id,text\n${'1,a\n'.repeat(999)}`).subarray(0, 40), /damaged or cut off/],
  ['other.csv', 'key,words\n1,a\n', /no column "id".*"key", "words"/],
  ['open.csv', 'id,text\n1,"never closed\n2,b\n', /line 2.*never closed/],
  [
    'wide.csv',
    'id,text\n1,a\n2,b,c\n',
    /line 3, column 3.*more cells.*2 cells.*found 3 cells.*"c"/,
  ],
];
for (const [name, content, message] of refused) {
  test(`${name} is refused with a reason`, async () => {
    await assert.rejects(read(name, content, ['id', 'text']), (error) => {
      assert.match(error.message, message);
      assert.match(error.message, new RegExp(name.replace('.', '\\.')));
      return true;
    });
  });
}

test('a stray bad row among many is left out and counted; extra empty cells are no mistake', async () => {
  const many = Array.from({ length: 300 }, (_, i) => `${i},x,,`).join('\n');
  const { rows, facts } = await read('stray.csv', `id,text\n${many}\nbad,row,with,more\n`, [
    'id',
    'text',
  ]);
  assert.equal(rows.length, 300);
  assert.equal(facts.problems.length, 1);
  assert.equal(facts.problems[0].count, 1);
  assert.match(facts.problems[0].first.place, /line 302/);
});

test('a missing file and a folder are said to be that', async () => {
  await assert.rejects(inspectSource(`${folder}/nothing.csv`), /no such file/);
  await assert.rejects(inspectSource(folder), /folder/);
});

// `storewise train tree`, `forest`, `boosted`, `svm`, `linear` and `logistic` on a CSV as a shop has
// it: what is made of each column, that the model's file answers raw cells as the report says, in
// storewise and in ONNX Runtime, and that wrong files are refused with file, line and column.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import * as ort from 'onnxruntime-web';
import { loadModel } from 'storewise';
import { cliModule, file, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';
import { generator } from './support/visit-log.mjs';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const folder = temporaryFolder();
const at = (...names) => path.join(folder, ...names);

const kSources = ['mail', 'search', 'social', 'direct, typed'];
const kHeader = 'visit_id,pages,spent,source,page,joined,member,empty,same,bought,value';

/** Visits whose target follows pages, source, page and membership, with noise. */
function visits(count, seed) {
  const random = generator(seed);
  return Array.from({ length: count }, (_, i) => {
    const pages = Math.floor(random() * 30);
    const spent = random() < 0.1 ? '' : (random() * 100).toFixed(2);
    const source = kSources[Math.floor(random() * 4)];
    const page = `p${Math.floor(random() * 50)}`;
    const day = new Date(Date.UTC(2023, 0, 1 + Math.floor(random() * 700), random() * 24));
    const member = random() < 0.5;
    const score =
      0.2 * pages +
      (source === 'search' ? 2 : 0) +
      (Number(page.slice(1)) < 15 ? 1.5 : 0) +
      (member ? 1 : 0) +
      random() * 1.5;
    return {
      visit_id: 70000 + i * 3,
      pages,
      spent,
      source,
      page,
      joined: `${day.toISOString().slice(0, 13).replace('T', ' ')}:00:00`,
      member: member ? 'TRUE' : 'FALSE',
      empty: 'NA',
      same: 7,
      bought: score > 4.5 ? 'yes' : 'no',
      value: score.toFixed(3),
    };
  });
}

const csv = (rows) =>
  `${kHeader}\n${rows
    .map((row) =>
      kHeader
        .split(',')
        .map((name) => (String(row[name]).includes(',') ? `"${row[name]}"` : row[name]))
        .join(','),
    )
    .join('\n')}\n`;

/** A model's raw inputs from the CSV's rows, as its own metadata describes them. */
function inputsOf(metadata, rows) {
  return Object.fromEntries(
    metadata.columns.map(({ name, input, kind, levels }) => {
      const cells = rows.map((row) => String(row[name]));
      if (kind === 'category') return [input, cells];
      const number = (cell) => {
        if (cell === '' || cell === 'NA') return Number.NaN;
        if (kind === 'boolean') return cell === levels[1] ? 1 : 0;
        return kind === 'date' ? Date.parse(`${cell.replace(' ', 'T')}Z`) / 86400000 : Number(cell);
      };
      return [input, Float32Array.from(cells, number)];
    }),
  );
}

async function inStorewise(bytes, inputs, count) {
  const model = await loadModel(bytes);
  const tensors = Object.entries(inputs).map(([name, data]) => [name, { dims: [count, 1], data }]);
  const outputs = model.run(Object.fromEntries(tensors));
  model.dispose();
  return outputs;
}

async function inOnnxRuntime(bytes, inputs, count) {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  });
  const feeds = Object.entries(inputs).map(([name, data]) => [
    name,
    new ort.Tensor(data instanceof Float32Array ? 'float32' : 'string', data, [count, 1]),
  ]);
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  return outputs;
}

function assertSays(outputs, report, where) {
  const { examples, labels } = report;
  for (const [i, example] of examples.entries()) {
    if (report.task === 'regress') {
      const apart = Math.abs(outputs.value.data[i] - example.value);
      assert.ok(apart <= 1e-5 * (1 + Math.abs(example.value)), `${where}, row ${i}: ${apart}`);
      continue;
    }
    assert.equal(outputs.label.data[i], example.label, `${where}, row ${i}`);
    for (const [k, p] of example.probabilities.entries()) {
      const apart = Math.abs(outputs.probabilities.data[i * labels.length + k] - p);
      assert.ok(apart <= 1e-5, `${where}, row ${i}: ${apart}`);
    }
  }
}

const rows = visits(600, 5);
let input;
let typing;

before(async () => {
  input = file(folder, 'visits.csv', csv(rows));
  typing = await cliModule('table-column');
});

const kKinds = [
  ['tree', 'bought', ['--depth', '6']],
  ['tree', 'value', []],
  ['forest', 'bought', ['--trees', '10']],
  ['forest', 'value', ['--trees', '10']],
  ['boosted', 'bought', ['--rounds', '20']],
  ['boosted', 'value', ['--rounds', '20']],
  ['svm', 'bought', []],
  ['svm', 'bought', ['--kernel', 'linear']],
  ['svm', 'value', ['--cost', '2']],
  ['linear', 'value', []],
  ['linear', 'value', ['--alpha', '0.01', '--l1-ratio', '0.5']],
  ['logistic', 'bought', ['--class-weight', 'balanced']],
];

for (const [kind, target, more] of kKinds) {
  test(`train ${kind} of ${target} ${more.join(' ')}: its file answers as its report says`, async () => {
    const out = at(`${kind}-${target}-${more.length}.onnx`);
    const other = target === 'bought' ? 'value' : 'bought';
    const { status, value } = await storewiseJson([
      'train',
      kind,
      '--input',
      input,
      '--target',
      target,
      '--drop',
      other,
      '--out',
      out,
      ...more,
    ]);
    assert.equal(status, 0, value.error?.message);
    const bytes = readFileSync(out);
    assert.equal(value.bytes, bytes.length);
    assert.equal(value.split.test, 120);
    const weight = more.includes('balanced') ? 'balanced' : 'none';
    assert.equal(value.settings.class_weight, weight);
    const figure = target === 'bought' ? 'accuracy' : 'r2';
    assert.equal(value[figure], value.metrics[figure]);
    assert.ok(value[figure] > value.baseline.metrics[figure] + 0.1, `${value[figure]}`);
    const out_ = Object.fromEntries(value.columns.map(({ name, reason }) => [name, reason]));
    assert.match(out_.visit_id, /an id/);
    assert.match(out_.empty, /empty/);
    assert.match(out_.same, /same in every row/);

    const model = await loadModel(bytes);
    const { metadata } = model.description;
    model.dispose();
    assert.equal(metadata.kind, kind);
    const tested = value.examples.map(({ row }) => rows[row]);
    const inputs = inputsOf(metadata, tested);
    assertSays(await inStorewise(bytes, inputs, tested.length), value, 'storewise');
    assertSays(await inOnnxRuntime(bytes, inputs, tested.length), value, 'ONNX Runtime');
    const page = readFileSync(value.report, 'utf8');
    assert.match(page, /<h2>How good it is<\/h2>/);
    assert.match(page, /<h2>Limits<\/h2>/);
    assert.equal(page.includes('ROC curve'), target === 'bought');
    assert.equal(page.includes('class="tree"'), kind === 'tree');
    assert.doesNotMatch(page, /<script|NaN|undefined|\[object/);
  });
}

test('class weights are for classes', async () => {
  const { status, value } = await storewiseJson([
    'train',
    'tree',
    '--input',
    input,
    '--target',
    'value',
    '--class-weight',
    'balanced',
  ]);
  assert.equal(status, 2);
  assert.match(value.error.message, /--class-weight: class weights are for classes/);
});

describe('what people see', () => {
  test('every column, the split, and the accuracy in plain words', async () => {
    const { stdout, stderr } = await storewise([
      'train',
      'tree',
      '--input',
      input,
      '--target',
      'bought',
      '--drop',
      'value',
      '--cv',
      '3',
    ]);
    assert.equal(stderr, '');
    assert.match(stdout, /visits\.csv: 600 rows, 10 columns\./);
    assert.match(stdout, /pages +number +0 to 29: as it is/);
    assert.match(stdout, /spent +number .* missing: as it is, and whether it is missing/);
    assert.match(stdout, /source +category +4 levels: 0 or 1 for each of 4 levels/);
    assert.match(stdout, /page +category +50 levels: the target's mean by level/);
    assert.match(stdout, /joined +date +2023-01-\d\d to 2024-1\d-\d\d: day, weekday, month, hour/);
    assert.match(stdout, /member +boolean +yes or no: 0 or 1/);
    assert.match(stdout, /left out: "visit_id": .*an id/);
    assert.match(stdout, /learnt from 480 rows, tested on 120 others, drawn with seed 42/);
    assert.match(stdout, /^Accuracy: 0\.\d{4} \(0\.\d{4} to \d\.\d{4}\)\. Always to say "\w+"/m);
    assert.match(stdout, /Cross-validation, 3 folds/);
    assert.match(stdout, /Wrote nothing: --out/);
    assert.ok(!existsSync(at('report.html')));
  });

  test('a leak is named and left out, and --keep overrules', async () => {
    const leaking = csv(rows)
      .replace('same', 'paid')
      .replaceAll(',7,yes', ',1,yes')
      .replaceAll(',7,no', ',0,no');
    const leak = file(folder, 'leak.csv', leaking);
    const args = ['train', 'tree', '--input', leak, '--target', 'bought', '--drop', 'value'];
    const { stdout } = await storewise(args);
    assert.match(stdout, /left out: "paid": it is the target under other names/);
    const { value } = await storewiseJson([...args, '--keep', 'paid']);
    assert.equal(value.accuracy, 1);
  });

  test('the split is by time, by file or as scikit-learn shuffles', async () => {
    const args = ['train', 'tree', '--input', input, '--target', 'bought', '--drop', 'value'];
    const time = (await storewiseJson([...args, '--split', 'time', '--time', 'joined'])).value;
    const times = rows.map(({ joined }) => joined).sort();
    assert.equal(time.split.kind, 'time');
    const first = new Date(time.split.first_tested * 86400000).toISOString();
    assert.equal(
      times.filter((joined) => joined >= first.slice(0, 19).replace('T', ' ')).length,
      time.split.test,
    );
    const test_ = file(folder, 'test.csv', csv(visits(90, 9)));
    const byFile = (await storewiseJson([...args, '--test', test_])).value;
    assert.deepEqual(
      [byFile.split.kind, byFile.split.training, byFile.split.test],
      ['file', 600, 90],
    );
    const [first_] = byFile.examples;
    assert.deepEqual([first_.row, first_.line], [600, 2]);
    // train_test_split(range(600), test_size=0.2, random_state=42)[1][:5] of scikit-learn 1.9
    const numpy = (await storewiseJson([...args, '--split', 'shuffle-numpy'])).value;
    assert.deepEqual(
      numpy.examples.slice(0, 5).map(({ row }) => row),
      [110, 419, 565, 77, 181],
    );
    const again = (await storewiseJson([...args, '--split', 'shuffle-numpy'])).value;
    assert.deepEqual({ ...again, seconds: 0 }, { ...numpy, seconds: 0 });
  });

  test('the report draws how answers follow a column, with the figures behind', async () => {
    const out = at('followed.onnx');
    const { value } = await storewiseJson([
      ...['train', 'boosted', '--input', input, '--target', 'bought', '--drop', 'value'],
      ...['--out', out],
    ]);
    const { answers, columns } = value.dependence;
    assert.deepEqual(answers, ['yes']);
    assert.equal(columns[0].column, value.importance[0].column);
    const page = readFileSync(value.report, 'utf8');
    const pictures = page.match(/<figure class="plot dependence">.*?<\/figure>/gs);
    assert.equal(pictures.length, columns.length);
    const percent = (share) => `${(100 * share).toFixed(1)} %`;
    for (const [i, { column, kind, points }] of columns.entries()) {
      assert.ok(pictures[i].includes(`<figcaption>${column}</figcaption>`));
      for (const { mean, p25, p75 } of points) {
        assert.ok(pictures[i].includes(`<div>${percent(mean[0])}</div>`), column);
        assert.ok(pictures[i].includes(`<div>${percent(p25[0])} to ${percent(p75[0])}</div>`));
      }
      if (kind !== 'number') continue;
      const [, drawn] = pictures[i].match(/<path class="curve main" d="M([^"]*)"/);
      const heights = drawn.split('L').map((point) => Number(point.split(' ')[1]));
      const means = points.filter(({ at }) => at !== null).map(({ mean }) => mean[0]);
      assert.equal(heights.length, means.length);
      // Higher up where the answer is higher.
      for (let k = 1; k < means.length; k++) {
        assert.ok((heights[k] - heights[k - 1]) * (means[k] - means[k - 1]) <= 0);
      }
      assert.match(pictures[i], /<svg [^>]*role="img" aria-label="[^"]*: [\d.]+ %/);
    }
  });

  test('whole numbers of few values are classes, unless told', async () => {
    const text = `x,y,grade\n${rows.map((row, i) => `${row.pages},${i % 11},${row.bought === 'yes' ? 2 : 10}`).join('\n')}\n`;
    const grades = file(folder, 'grades.csv', text);
    const args = ['train', 'tree', '--input', grades, '--target', 'grade'];
    const classes = (await storewiseJson(args)).value;
    assert.equal(classes.task, 'classify');
    assert.deepEqual(classes.labels, ['2', '10']);
    const numbers = (await storewiseJson([...args, '--regress'])).value;
    assert.equal(numbers.task, 'regress');
    assert.equal(typeof numbers.r2, 'number');
  });
});

describe('a wrong file or call is refused with its place', () => {
  const table = (lines) => `age,city,label\n${lines.join('\n')}\n`;
  const good = Array.from(
    { length: 60 },
    (_, i) => `${i * 1.5},${'abc'[i % 3]},${i % 2 ? 'yes' : 'no'}`,
  );
  const refusals = [
    [
      'no target',
      table(good),
      ['--target', 'lable'],
      /no\.csv, line 1: there is no column "lable".*found "age", "city", "label"/,
    ],
    [
      'one class',
      table(good.map((line) => line.replace('yes', 'no'))),
      [],
      /no\.csv, column "label": the target is the same in every row.*two classes or more.*"no" in 60 rows/,
    ],
    [
      'text among numbers',
      table(good.with(41, 'forty,a,yes')),
      [],
      /no\.csv, line 43, column 1 \("age"\): text in a column of numbers.*found "forty"/,
    ],
    ['a header only', table([]).trimEnd(), [], /no\.csv: the file has a header but no rows/],
    [
      'bytes that are no UTF-8',
      Buffer.from(table(good.with(20, '3,Zürich,yes')), 'latin1'),
      [],
      /no\.csv, line 22, column 2 \("city"\): this is not UTF-8.*--encoding windows-1252/,
    ],
    [
      'one name twice',
      'a,b,a\n1,2,3\n',
      ['--target', 'b'],
      /no\.csv, line 1, column 3: two columns have the same name.*"a"/,
    ],
    [
      'a hundred thousand columns',
      `${Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(',')},label\n`,
      [],
      /no\.csv, line 1, column 10001: .*too many columns.*at most 10,000 columns.*100,001 columns/,
    ],
    [
      'a quote that is never closed',
      table(good.with(20, '3,"a,yes')),
      [],
      /no\.csv, line 22: a quote is opened and never closed/,
    ],
    [
      'a byte of 0',
      table(good.with(20, '3,a\0b,yes')),
      [],
      /no\.csv, line 22, byte 4: .*not a text file/,
    ],
    [
      'a byte of 0 far down',
      table([...Array.from({ length: 20 }, () => good).flat(), '3,a\0b,yes']),
      [],
      /no\.csv, line 1202, column 2 \("city"\): a cell holds a byte of 0/,
    ],
    [
      'too many cells',
      table(good.with(10, '1,a,b,yes')),
      [],
      /no\.csv, line 12, column 4: the row has more cells/,
    ],
    ['no class that repeats', table(good.with(3, '4,a,maybe')), [], /one row of "maybe"/],
    [
      'nothing besides the target',
      `label\n${'yes\nno\n'.repeat(10)}`,
      [],
      /no column is left to learn from/,
    ],
    ['an empty target', 'a,label\n1,\n2,NA\n', [], /column "label": the target is empty/],
  ];
  for (const [what, content, args, message] of refusals) {
    test(what, async () => {
      const wrong = file(folder, 'no.csv', content);
      const target = args.length > 0 ? args : ['--target', 'label'];
      const { status, value } = await storewiseJson(['train', 'tree', '--input', wrong, ...target]);
      assert.equal(status, 1);
      assert.match(value.error.message, message);
    });
  }

  test('ten gigabytes, before they are read', async () => {
    const huge = at('huge.csv');
    writeFileSync(huge, table(good));
    truncateSync(huge, 10e9);
    const { status, value } = await storewiseJson([
      'train',
      'tree',
      '--input',
      huge,
      '--target',
      'label',
    ]);
    truncateSync(huge, 0);
    assert.equal(status, 1);
    assert.match(value.error.message, /huge\.csv: the file is too large.*at most 2 GB.*10\.0 GB/);
  });

  test('options that contradict each other', async () => {
    for (const [kind, args, message] of [
      ['tree', ['--split', 'time'], /--time is missing/],
      ['tree', ['--classify', '--regress'], /either a class or a number/],
      ['linear', ['--classify'], /expected storewise train logistic/],
      ['logistic', ['--regress'], /expected storewise train linear/],
      ['tree', ['--test-size', '1.5'], /--test-size: the value is out of range/],
      ['tree', ['--test', input, '--split', 'stratified'], /leaves nothing to split/],
      ['tree', ['--drop', 'bought'], /--target: this column is needed/],
    ]) {
      const { status, value } = await storewiseJson([
        'train',
        kind,
        '--input',
        input,
        '--target',
        'bought',
        ...args,
      ]);
      assert.equal(status, 2, message.source);
      assert.match(value.error.message, message);
    }
  });
});

describe('what a column is', () => {
  const read = (cells, options = {}) => {
    const column = new typing.ColumnReader('c', {
      missing: new Set(),
      category: false,
      ...options,
    });
    for (const cell of cells) column.push(cell);
    return column.finish();
  };
  test('numbers, also with commas, currency and gaps', () => {
    const { kind, cells } = read(['1', ' 2.5 ', '', 'NA', '1,234.50', '£3', 'none', '-4e2']);
    assert.equal(kind, 'number');
    assert.deepEqual([...cells], [1, 2.5, Number.NaN, Number.NaN, 1234.5, 3, Number.NaN, -400]);
  });
  test('yes and no, dates, categories', () => {
    const member = read(['Yes', 'no', '', 'Yes']);
    assert.deepEqual([member.kind, member.levels], ['boolean', ['no', 'Yes']]);
    assert.deepEqual([...member.cells], [1, 0, Number.NaN, 1]);
    assert.deepEqual(read(['是', '否', '否']).levels, ['否', '是']);
    const mixed = read(['yes', 'No', 'Yes', 'no', '', 'YES']);
    assert.deepEqual([mixed.kind, mixed.levels], ['boolean', ['No', 'yes']]);
    assert.deepEqual([...mixed.cells], [1, 0, 1, 0, Number.NaN, 1]);
    const day = read(['2024-02-29', '', '2024-03-01 12:00:00']);
    assert.equal(day.kind, 'date');
    assert.deepEqual([...day.cells], [19782, Number.NaN, 19783.5]);
    const size = read(['S', '38', 'M', '38', 'none', '']);
    assert.deepEqual([size.kind, size.levels], ['category', ['38', 'M', 'S', 'none']]);
    assert.deepEqual([...size.cells], [2, 0, 1, 0, 3, Number.NaN]);
    // "38m" is a size, not 38: a number has no letters about it.
    assert.equal(read(['38m', '40m', '42m']).kind, 'category');
    assert.equal(read(['1', '2', '3'], { category: true }).kind, 'category');
  });
  test('what does not fit is told by its row', () => {
    const numbers = Array.from({ length: 40 }, (_, i) => String(i / 4));
    assert.throws(
      () => read([...numbers, 'x', '1']),
      (odd) => odd.row === 40 && odd.found === 'x' && odd.expected === 'a number',
    );
    const days = Array.from({ length: 9 }, (_, i) => `2024-01-0${i + 1}`);
    assert.throws(
      () => read([...days, 'soon']),
      (odd) => odd.row === 9,
    );
    assert.equal(read(['0', '1', '2', '3+', '0', '1', '2', '1', '0', '1']).kind, 'category');
  });
  test('with more than ten thousand values, words are not kept, and what is certain is held to', () => {
    const column = new typing.ColumnReader('c', { missing: new Set(), category: false });
    for (let i = 0; i < 12000; ++i) column.push(`${i}.5`);
    assert.throws(
      () => column.push('word'),
      (odd) => odd.row === 12000,
    );
    const texts = new typing.ColumnReader('t', { missing: new Set(), category: false });
    for (let i = 0; i < 100500; ++i) texts.push(`word ${i}`);
    assert.equal(texts.finish(), undefined);
  });
});

describe('options that a user of other trainers looks for', () => {
  let input;
  const train = async (kind, ...options) => {
    const { status, value } = await storewiseJson([
      ...['train', kind, '--input', input, '--target', 'bought', ...options],
    ]);
    assert.equal(status, 0, value.error?.message);
    return value;
  };
  before(() => {
    input = file(folder, 'options.csv', csv(visits(400, 5)));
  });

  test('limits of trees hold, and the features drawn change a forest', async () => {
    const { settings } = await train('tree', '--max-leaves', '4', '--criterion', 'entropy');
    assert.ok(settings.leaves <= 4);
    const { settings: alone } = await train('tree', '--min-split', '500');
    assert.equal(alone.leaves, 1);
    const forest = async (...options) =>
      (await train('forest', '--trees', '5', ...options)).settings.leaves;
    const leaves = await forest();
    assert.equal(await forest('--max-features', 'sqrt'), leaves);
    assert.notEqual(await forest('--max-features', 'all'), leaves);
    assert.equal(await forest('--max-features', '1e6'), await forest('--max-features', 'all'));
    assert.notEqual(await forest('--max-features', '0.2'), await forest('--max-features', '0.9'));
    const { settings: boosted } = await train(
      ...['boosted', '--rounds', '3', '--max-leaves', '2', '--l2', '1', '--max-bins', '8'],
    );
    assert.ok(boosted.leaves <= 6);
  });

  test('features to draw that are none are refused', async () => {
    for (const wrong of ['0', '-1', '2.5', 'few']) {
      const { status, stderr } = await storewise([
        ...['train', 'forest', '--input', input, '--target', 'bought', '--max-features', wrong],
      ]);
      assert.equal(status, 2);
      assert.match(stderr, /--max-features/);
    }
  });
});

// Remakes the networks of Keras and the models of scikit-learn: a CSV, a program of nets/ that learns from
// 80 % of it, `storewise quantize`, the rest of the rows through ONNX Runtime and through our WebAssembly, a
// card. `npm run models -- keras` makes all, `-- keras/lstm` one. README.md beside this file tells more.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFile, neededFile, writeCsv } from '../../../tests/bench/data.mjs';
import { run, say, storewise } from '../../../web/tools/run.mjs';
import { onlineShoppers, kColumns as shoppersColumns } from '../behaviour/online-shoppers.mjs';
import { iconsCsv } from '../icons/icons.mjs';
import { compare, inputsOf } from '../parity/compare.mjs';
import { preparePython } from '../parity/environment.mjs';
import { writeOtherQuestions, writeQuestions, writeSessions, writeTrec } from './data.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));
const library = new URL('../../../dist/index.js', import.meta.url);

/** What an engine may differ by from ONNX Runtime: sums of float32 in another order. */
const kTolerance = { absolute: 1e-5, relative: 1e-4 };
/** The same with int8 weights: our integer products round what they are multiplied with to 16 bits. */
const kInt8Tolerance = { absolute: 5e-4, relative: 1e-4 };
const kLargest = 200_000;

const kIcons = {
  csv: 'icons.csv',
  heading: `Icons: 6,000 pictures of 28 x 28 of 12 products, drawn by [the project's own program](../../recipes/icons/README.md)
  (seed 42); Apache-2.0, as the project. \`node models/recipes/icons/icons.mjs --out icons.csv\` writes the CSV.`,
  licence: 'Apache-2.0',
  options: ['--target', 'label', '--epochs', '40'],
  limits: `Drawn icons, one product a picture, about upright and in the middle. Photographs are another matter: nothing here measures
those. A picture of none of the 12 gets one of the 12 names all the same; the probability says little about that.`,
};
const kDigits = {
  csv: 'digits.csv',
  heading: `Digits: *Optical Recognition of Handwritten Digits* (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository,
  <https://doi.org/10.24432/C50P49>), the 1,797 that scikit-learn carries, each 8 x 8 drawn on 28 x 28
  (\`python -m nets.digits --out digits.csv\`); CC BY 4.0.`,
  licence: 'Apache-2.0; data: CC BY 4.0',
  options: ['--target', 'label', '--epochs', '30'],
  limits: `43 people's digits, scanned alike, at 8 x 8: the same people wrote what is learnt and what is measured.`,
};
const kQuestions = {
  csv: 'questions.csv',
  heading: `Questions: the English wordings of the demo shop's 60 questions ([\`faq.csv\`](../../recipes/complete-journey/faq.csv)),
  written for the project; Apache-2.0.`,
  licence: 'Apache-2.0',
  options: ['--target', 'label', '--more', 'others.csv'],
  limits: `60 questions of one grocer. Who wrote the wordings that are learnt from wrote those of the 20 % as well: the figure
"others", of people who had not seen them, is nearer to what a shop will see. A message about something else gets one
of the 60 all the same; the demo's own classifier knows how to say none.`,
};
const kSessions = {
  csv: 'sessions.csv',
  heading: `Sessions: the baskets of *Online Retail* (D. Chen, UCI Machine Learning Repository, <https://doi.org/10.24432/C5BW33>),
  a gift shop in the United Kingdom, its lines in the order of the invoice; CC BY 4.0. Baskets of two items or more, at most
  60 of their items; the 1,000 most frequent items.`,
  licence: 'Apache-2.0; data: CC BY 4.0',
  options: [],
  limits: `Known are 1,000 gifts of one shop in 2011: train your own for another. Invoices are no visits: the order of their lines
is that of entering them. Ranked are the items that are not among the last 12 of the basket. Baskets were split at random,
as all data here are, so the model has seen baskets of later days.`,
};
const kVisits = {
  csv: 'online-shoppers.csv',
  heading: `Visits: *Online Shoppers Purchasing Intention* (C. O. Sakar and Y. Kastro, UCI Machine Learning Repository,
  <https://doi.org/10.24432/C5F88Q>), 12,330 visits of one shop, 1,908 with a purchase; CC BY 4.0. Months as numbers.`,
  licence: 'Apache-2.0; data: CC BY 4.0',
  limits: `As those of [our own models](../../behaviour/README.md) of the same visits: one shop, one year, whole visits.`,
};
const kPlain = ['Administrative', 'ProductRelated', 'ExitRates', 'PageValues', 'Month'];
const kCodes = ['OperatingSystems', 'Browser', 'Region', 'TrafficType'];
const kAll = shoppersColumns.filter((name) => !kCodes.includes(name) && name !== 'Revenue');

// One entry a model: where it goes, the program of nets/ that makes it, what it learns from, and the command
// of ours that learns the same from the same rows, where there is one.
const kModels = {
  cnn: {
    ...{ folder: 'deep/cnn-icons', program: 'cnn', data: kIcons },
    family: 'CNN',
    title: 'Convolutions: which product is drawn here?',
  },
  'cnn-digits': {
    ...{ folder: 'deep/cnn-digits', program: 'cnn', data: kDigits },
    family: 'CNN',
    title: 'Convolutions: which digit is written here?',
  },
  lstm: {
    ...{ folder: 'deep/lstm-questions', program: 'lstm', data: kQuestions, benchmarks: true },
    family: 'LSTM',
    title: 'LSTM: which question is this?',
  },
  conv1d: {
    ...{ folder: 'deep/conv1d-questions', program: 'conv1d', data: kQuestions, benchmarks: true },
    family: 'Conv1D',
    title: 'Convolutions along a text: which question is this?',
  },
  gru4rec: {
    ...{ folder: 'deep/gru4rec', program: 'gru4rec', data: kSessions },
    family: 'GRU4Rec',
    title: 'GRU4Rec: what goes into this basket next?',
  },
  caser: {
    ...{ folder: 'deep/caser', program: 'caser', data: kSessions },
    family: 'Caser',
    title: 'Caser: what goes into this basket next?',
  },
  svm: {
    ...{ folder: 'sklearn/svm', program: 'svm', data: kVisits, columns: kPlain, ours: ['svm'] },
    // Two thousand kernels of either sign, summed as float32 by each engine in its order.
    tolerance: { absolute: 5e-4, relative: 1e-4 },
    family: 'SVM',
    title: 'A support vector machine of scikit-learn: will this visit end in a purchase?',
  },
  forest: {
    ...{ folder: 'sklearn/forest', program: 'forest', data: kVisits, columns: kAll },
    ours: ['forest', '--trees', '20', '--depth', '6', '--min-leaf', '10'],
    family: 'forest',
    title: 'A random forest of scikit-learn: will this visit end in a purchase?',
  },
};

/** The names that `npm run models -- keras/NAME` takes. */
export const parts = Object.keys(kModels);

const grouped = (n) => n.toLocaleString('en');
const four = (x) => x.toFixed(4);
const small = (x) => x.toExponential(1);

/** Runs one module of nets/ within its folder. */
function python(program, ...args) {
  run(preparePython(), ['-B', '-W', 'ignore', '-m', `nets.${program}`, ...args], {
    cwd: here,
    env: { ...process.env, PYTHONHASHSEED: '0', TF_CPP_MIN_LOG_LEVEL: '3' },
  });
}

/** Writes the CSV of a data set to a file of this name, unless it is there. */
function writeData(at, name) {
  if (existsSync(at(name))) return;
  const writers = {
    'icons.csv': (file) => writeFileSync(file, iconsCsv()),
    'digits.csv': (file) => python('digits', '--out', file),
    'questions.csv': writeQuestions,
    'others.csv': writeOtherQuestions,
    'sessions.csv': (file) =>
      writeSessions(
        file,
        neededFile(
          'online_retail/OnlineRetail.csv.gz',
          'https://archive.ics.uci.edu/dataset/352 as CSV, gzip',
        ),
      ),
    'online-shoppers.csv': (file) => {
      const source = neededFile(
        'online_shoppers/online_shoppers_intention.csv',
        'online_shoppers_intention.csv of https://archive.ics.uci.edu/dataset/468',
      );
      writeCsv(file, shoppersColumns, onlineShoppers(source));
    },
  };
  writers[name](at(name));
}

/** Some of the recorded rows, as a golden that `compare` takes: what ONNX Runtime says of `file`. */
function golden(recorded, file, rows, given) {
  const tolerance = given ?? (file === 'int8' ? kInt8Tolerance : kTolerance);
  const taken = ({ name, type, dims, data }) => {
    const width = data.length / dims[0];
    return {
      ...{ name, type, dims: [rows.length, ...dims.slice(1)] },
      data: rows.flatMap((row) => data.slice(row * width, (row + 1) * width)),
    };
  };
  return {
    tolerance: { onnxruntime: tolerance },
    inputs: recorded.inputs.map(taken),
    outputs: { onnxruntime: recorded.outputs[file].map(taken), library: {} },
  };
}

/** The largest difference of our engine to ONNX Runtime on all recorded rows; throws where it is too large. */
async function heldAgainst(recorded, file, bytes, tolerance) {
  const { loadModel } = await import(library);
  const model = await loadModel(bytes, { name: `${file}.onnx` });
  try {
    const all = golden(recorded, file, [...recorded.answers.keys()], tolerance);
    const { onnxruntime, problems } = compare(all, model.run(inputsOf(all)));
    if (problems.length > 0) throw new Error(`${file}.onnx in our engine: ${problems[0]}`);
    return onnxruntime;
  } finally {
    model.dispose();
  }
}

/** `count` recorded rows: the first of each right answer, then the next ones. */
function exampleRows({ answers }, count) {
  const isFirst = (row) => answers.indexOf(answers[row]) === row;
  const all = [...answers.keys()];
  return [...all.filter(isFirst), ...all.filter((row) => !isFirst(row))].slice(0, count);
}

/** What the examples' JSON keeps of a number: float32 needs no more. */
const shortened = (_, x) =>
  typeof x === 'number' && !Number.isInteger(x) ? Number(x.toPrecision(9)) : x;

/** What the file says of the example rows, in words: the likeliest label, its probability and the right one. */
function shown(examples, metadata, answers, rows) {
  const names = metadata.names ?? metadata.labels;
  const outputs = examples.outputs.onnxruntime;
  const part = (tensor, i) => {
    const width = tensor.data.length / rows.length;
    return tensor.data.slice(i * width, (i + 1) * width);
  };
  const told = {
    words: (values) => ({ words: values.join(' ').trim() }),
    items: (values) => ({ items: values.filter((n) => n > 0).map((n) => names[n - 1]) }),
    numbers: (values) =>
      Object.fromEntries(
        metadata.numbers?.map((name, k) => [name, shortened('', values[k])]) ?? [],
      ),
    pixels: () => ({}),
  };
  return rows.map((row, i) => {
    const chances = outputs.find(({ type }) => type === 'float');
    const list = part(chances, i);
    const label = outputs.find(({ name }) => name === 'label')?.data[i];
    const best = label ?? list.indexOf(Math.max(...list));
    return {
      ...Object.assign({}, ...examples.inputs.map((x) => told[x.name](part(x, i)))),
      says: names[best],
      ...(chances.name === 'decisions' ? {} : { probability: Number(list[best].toFixed(4)) }),
      right: names[answers[row]],
    };
  });
}

const range = ({ value, low, high }) => `${four(value)} (${four(low)} to ${four(high)})`;

function figuresTable({ figures }) {
  const isBoth = Object.values(figures).every(({ int8 }) => int8 !== undefined);
  const lines = Object.entries(figures).map(
    ([name, { float, int8 }]) =>
      `| ${name} | ${range(float)} |${isBoth ? ` ${range(int8)} |` : ''}`,
  );
  return `| figure | float32 |${isBoth ? ' int8, this file |' : ''}
|---|---|${isBoth ? '---|' : ''}
${lines.join('\n')}`;
}

function comparisons({ more, baselines, ours, benchmarks }) {
  const lines = [
    ...Object.entries(more).map(([name, value]) => `- ${name} (float32): ${four(value)}`),
    ...Object.entries(baselines).map(
      ([name, values]) =>
        `- ${kBaselines[name]}: ${Object.entries(values)
          .map(([figure, value]) => `${figure} ${four(value)}`)
          .join(', ')}`,
    ),
    ...(ours === undefined
      ? []
      : [
          `- our own trainer on the same rows, \`${ours.command}\`: accuracy ${four(ours.accuracy)}, ${grouped(ours.bytes)} bytes`,
        ]),
    ...benchmarks.map(
      ({ name, learnt, measured, accuracy }) =>
        `- the same network on ${name} (${grouped(learnt)} to learn from, ${grouped(measured)} measured, its own split; no model of it is kept): accuracy ${four(accuracy)}`,
    ),
  ];
  return lines.length === 0
    ? ''
    : `\nBeside it, on the same rows unless told otherwise:\n\n${lines.join('\n')}\n`;
}

const kBaselines = {
  popularity: 'the most frequent items for everybody',
  together: 'the items most often bought with those in the basket (cosine)',
};

function sameness({ library: before, library_labels: labels, wasm, int8, int8_labels: kept }) {
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  return [
    before === undefined
      ? `- The library and ONNX Runtime say the same label of ${percent(labels)} of the rows.`
      : `- The library to ONNX Runtime: probabilities differ by ${small(before)} at most.`,
    `- ONNX Runtime to this package's WebAssembly, 200 rows: by ${small(wasm)} at most.`,
    ...(int8 === undefined
      ? []
      : [
          `- float32 to int8: by ${small(int8)} at most; the same label for ${percent(kept)} of the rows.`,
        ]),
  ].join('\n');
}

function card(model, metrics, { command, examples }) {
  const { data } = model;
  const { bytes, differences, rows } = metrics;
  const size = bytes.int8 ?? bytes.float;
  const how =
    bytes.int8 === undefined
      ? 'float32: it has no weights that `storewise quantize` could make int8'
      : `int8 weights by \`storewise quantize\` (${grouped(bytes.float)} bytes before)`;
  return `# ${model.title}

\`model.onnx\`, ${grouped(size)} bytes, ${how}.
${metrics.net}. What goes in and comes out: the head of [\`nets/${model.program}.py\`](../../recipes/keras/nets/${model.program}.py).
Remade by \`npm run models -- keras/${metrics.name}\`, which runs

\`\`\`sh
${command}
\`\`\`

## Data and licence
- ${data.heading}
- The model: Apache-2.0, as the project${data.licence.includes('CC BY') ? '; whoever passes it on names the data above' : ''}.

## How good it is
80 % to learn from (${grouped(rows.learnt)}), 20 % to measure (${grouped(rows.measured)}), by \`train_test_split\` with seed 42${
    metrics.epochs === undefined
      ? ''
      : `; a tenth of the 80 % said when to stop (${metrics.epochs} epochs)`
  }.
In brackets 95 of 100 resamples.

${figuresTable(metrics)}
${comparisons(metrics)}
## The same everywhere
${sameness(differences)}

## What it says of some rows
Inputs and outputs in full: \`examples.json\`.

\`\`\`json
${JSON.stringify(examples, null, 2)}
\`\`\`

## Limits
${data.limits}
`;
}

/** The accuracy of our own trainer's model of the same kind, columns and rows. */
function ownModel({ ours, columns, data }, at) {
  const dropped = shoppersColumns.filter((name) => name !== 'Revenue' && !columns.includes(name));
  const words = (input) => [
    ...['train', ...ours, '--input', input, '--target', 'Revenue', '--split', 'shuffle-numpy'],
    ...dropped.flatMap((name) => ['--drop', name]),
  ];
  const report = storewise(...words(at(data.csv)), '--out', at('ours.onnx'));
  return {
    command: ['storewise', ...words(data.csv)].join(' '),
    accuracy: report.metrics.accuracy,
    bytes: report.bytes,
  };
}

/** The same network on public questions, where they are on this machine: they are no part of a model. */
function publicQuestions(program, at) {
  const trec = ['train_5500.label', 'TREC_10.label'].map((name) => dataFile(`trec/${name}`));
  const banking = ['train.csv', 'test.csv'].map((name) => dataFile(`banking77/${name}`));
  const result = [];
  const measure = (name, training, test, options = []) => {
    const out = at(`public-${program}`);
    python(program, '--input', training, '--test', test, '--out', out, ...options);
    const { rows, figures } = JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8'));
    result.push({ name, ...rows, accuracy: figures.accuracy });
  };
  if (trec.every(Boolean)) {
    const [training, test] = trec.map((file, i) =>
      writeTrec(at(`trec-${i}.csv`), readFileSync(file, 'latin1')),
    );
    measure("TREC's questions, 6 classes", training, test, ['--target', 'label']);
  }
  if (banking.every(Boolean)) {
    measure('Banking77, 77 intents', ...banking, ['--target', 'category']);
  }
  return result;
}

async function makeOne(name, model, { at, models }) {
  say(`${name} -> models/${model.folder}`);
  const { program, data, columns } = model;
  writeData(at, data.csv);
  if (data === kQuestions) writeData(at, 'others.csv');
  const made = at(name);
  const file = (base) => path.join(made, base);
  const options = columns ? ['--target', 'Revenue', '--columns', columns.join(',')] : data.options;
  const given = (of) => options.map((word) => (word.endsWith('.csv') ? of(word) : word));
  python(program, '--input', at(data.csv), ...given(at), '--out', made);

  const calibration = existsSync(file('calibration.npz')) ? file('calibration.npz') : undefined;
  const quantised = storewise(
    ...['quantize', file('float.onnx'), file('int8.onnx')],
    ...(calibration ? ['--calibration', calibration] : []),
  );
  if (quantised.quantised.length === 0) rmSync(file('int8.onnx'));
  python('judge', made);

  const read = (base) => JSON.parse(readFileSync(file(base), 'utf8'));
  const [report, judged, recorded] = ['report.json', 'judged.json', 'rows.json'].map(read);
  const kept = judged.int8 === undefined ? 'float' : 'int8';
  const differences = [];
  for (const each of Object.keys(recorded.outputs)) {
    const bytes = readFileSync(file(`${each}.onnx`));
    differences.push(await heldAgainst(recorded, each, bytes, model.tolerance));
  }
  const bytes = readFileSync(file(`${kept}.onnx`));
  if (bytes.length > kLargest)
    throw new Error(`${name}: ${bytes.length} bytes are too many to ship`);

  const { accuracy: _, 'recall@20': __, 'MRR@20': ___, ...more } = report.figures;
  const metrics = {
    ...{ version: 1, name, family: model.family, title: model.title, net: report.net },
    ...{ data: data.csv, licence: data.licence, rows: report.rows },
    ...(report.epochs === undefined ? {} : { epochs: report.epochs }),
    bytes: { float: judged.float.bytes, int8: judged.int8?.bytes },
    figures: Object.fromEntries(
      Object.entries(judged.float.figures).map(([figure, float]) => [
        figure,
        { float, int8: judged.int8?.figures[figure] },
      ]),
    ),
    differences: { ...judged.differences, wasm: Math.max(...differences) },
    more,
    baselines: report.baselines ?? {},
    ours: model.ours === undefined ? undefined : ownModel(model, at),
    benchmarks: model.benchmarks ? publicQuestions(program, at) : [],
  };
  const metadata = await metadataOf(bytes);
  const rows = exampleRows(recorded, 'items' in metadata ? 3 : 5);
  const examples = golden(recorded, kept, rows, model.tolerance);
  const commands = [
    ['python', '-m', `nets.${program}`, '--input', data.csv, ...given((word) => word)].join(' ') +
      ' --out made',
    `storewise quantize made/float.onnx made/int8.onnx${calibration ? ' --calibration made/calibration.npz' : ''}`,
    'python -m nets.judge made',
  ];
  const folder = path.join(models, model.folder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model.onnx'), bytes);
  writeFileSync(path.join(folder, 'examples.json'), `${JSON.stringify(examples, shortened)}\n`);
  writeFileSync(path.join(folder, 'metrics.json'), `${JSON.stringify(metrics, shortened, 2)}\n`);
  writeFileSync(
    path.join(folder, 'card.md'),
    card(model, metrics, {
      command: commands.join('\n').replaceAll(/(.{80,110}?) (?=--)/g, '$1 \\\n  '),
      examples: shown(examples, metadata, recorded.answers, rows),
    }),
  );
  say(`${name}: ${grouped(statSync(path.join(folder, 'model.onnx')).size)} bytes`);
}

async function metadataOf(bytes) {
  const { loadModel } = await import(library);
  const model = await loadModel(bytes, { name: 'model.onnx' });
  try {
    return model.metadata;
  } finally {
    model.dispose();
  }
}

export async function make({ temporary, models, only = parts }) {
  const at = (name) => path.join(temporary, name);
  for (const name of only) await makeOne(name, kModels[name], { at, models });
}

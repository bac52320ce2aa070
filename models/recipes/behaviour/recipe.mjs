// Remakes models/behaviour: a small model of every kind that `storewise train` knows, with a card each
// and a table of them all. README.md beside this file tells what the data are and why which settings.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { neededFile, writeCsv } from '../../../tests/bench/data.mjs';
import { say, storewise } from '../../../web/tools/run.mjs';
import * as value from './customer-value.mjs';
import * as shoppers from './online-shoppers.mjs';

const library = new URL('../../../dist/index.js', import.meta.url);

// Numbers of code books that the publisher keeps: nothing that a page could look up.
const kCodes = ['OperatingSystems', 'Browser', 'Region', 'TrafficType'];
// What is left of the columns for the RBF machine, which writes whole rows into its file.
const kSeldomTold = [
  ...['Administrative_Duration', 'Informational', 'Informational_Duration'],
  ...['ProductRelated_Duration', 'BounceRates', 'SpecialDay', 'VisitorType', 'Weekend'],
];

const kVisits = {
  what: 'Will this visit to a shop end in a purchase?',
  target: 'Revenue',
  heading: `Sessions: *Online Shoppers Purchasing Intention* (C. O. Sakar and Y. Kastro, UCI Machine Learning Repository,
  <https://doi.org/10.24432/C5F88Q>), 12,330 visits of one shop, each of another visitor, 1,908 of them with a purchase;
  CC BY 4.0. Months as numbers.`,
  split: `80 % to learn from, 20 % to measure, drawn with seed 42, the classes in equal shares. Settings were chosen by
5-fold cross-validation within the 80 %; the file is the model that was measured.`,
  limits: `One shop, one year, no January and no April; sessions end with the row, so the counts are those of whole visits and a
visit that has just begun looks like one that will end soon. PageValues is Google Analytics' figure of what the pages seen
have been worth before; a shop without it has to leave the column empty (null), which costs the model most of what it
knows. Train your own: \`storewise train\` wants nothing but a CSV.`,
  // A visit that looks around and leaves, one that knows what it wants, and one in between.
  rows: [
    {
      ...{ Administrative: 0, Administrative_Duration: 0 },
      ...{ Informational: 0, Informational_Duration: 0 },
      ...{ ProductRelated: 12, ProductRelated_Duration: 300 },
      ...{ BounceRates: 0.02, ExitRates: 0.05, PageValues: 0, SpecialDay: 0 },
      ...{ Month: 5, VisitorType: 'Returning_Visitor', Weekend: false },
    },
    {
      ...{ Administrative: 3, Administrative_Duration: 80 },
      ...{ Informational: 0, Informational_Duration: 0 },
      ...{ ProductRelated: 35, ProductRelated_Duration: 1400 },
      ...{ BounceRates: 0, ExitRates: 0.01, PageValues: 42, SpecialDay: 0 },
      ...{ Month: 11, VisitorType: 'New_Visitor', Weekend: true },
    },
    {
      ...{ Administrative: 5, Administrative_Duration: 150 },
      ...{ Informational: 1, Informational_Duration: 20 },
      ...{ ProductRelated: 60, ProductRelated_Duration: 2500 },
      ...{ BounceRates: 0.005, ExitRates: 0.02, PageValues: 7, SpecialDay: 0 },
      ...{ Month: 12, VisitorType: 'Returning_Visitor', Weekend: false },
    },
  ],
};

const kCustomers = {
  what: 'How much will this customer spend in the next 90 days?',
  target: value.kTarget,
  heading: `Orders: *Online Retail* (D. Chen, UCI Machine Learning Repository, <https://doi.org/10.24432/C5BW33>), a gift shop in
  the United Kingdom from 2010-12-01 to 2011-12-09, many of whose customers are resellers; CC BY 4.0. Each row is a customer
  on a day: what they had ordered until then, and what they spent in the 90 days after, in pounds.`,
  split: `Learnt from what the shop knew on four days from 2011-03-14 to 2011-06-12, measured on 2011-09-10: all that was
learnt had happened by then. The penalty was chosen on 2011-06-12 by what was learnt of 2011-03-14; the file is the model
that was measured.`,
  limits: `A few resellers spend a hundred times as much as most, and the figures hang on them: see the width of R2's interval.
The model
can answer less than nothing, which means nothing. \`storewise build --customers\` learns your own, of other features.`,
  rows: [
    {
      ...{ orders: 1, days_since_last_order: 120, days_since_first_order: 120, spent: 180 },
      ...{ spent_last_90_days: 0, orders_last_90_days: 0, mean_order: 180 },
    },
    {
      ...{ orders: 9, days_since_last_order: 6, days_since_first_order: 250, spent: 4200 },
      ...{ spent_last_90_days: 1600, orders_last_90_days: 4, mean_order: 466.67 },
    },
  ],
};

// The folders of models/behaviour, in the order of the table. `chosen` says what was tried.
const kModels = [
  {
    ...{ folder: 'tree', kind: 'tree', name: 'Decision tree', data: kVisits },
    options: [],
    chosen: 'The pruning comes from the trainer, which cross-validates it.',
  },
  {
    ...{ folder: 'forest', kind: 'forest', name: 'Random forest', data: kVisits },
    options: ['--trees', '20', '--depth', '6', '--min-leaf', '10'],
    chosen: `Held to 60 KB: of all that fit, 20 trees of 6 levels had the best AUC in cross-validation (10 trees of 8 levels: 0.1 points
less). 100 trees without limits, as trained without options, have an AUC of 0.930 there, in 2.9 MB.`,
  },
  {
    ...{ folder: 'boosted', kind: 'boosted', name: 'Boosted trees', data: kVisits },
    options: ['--learning-rate', '0.2'],
    chosen: `A learning rate of 0.2 makes a file of a quarter of the size for 0.1 points of AUC in cross-validation; depths of 3 to 5 were
no better.`,
  },
  {
    ...{ folder: 'svm', kind: 'svm', name: 'RBF machine', data: kVisits, drop: kSeldomTold },
    options: [],
    chosen: `It has the row of each of its 2,200 support vectors in its file. Of the sets of columns tried, these five had the best
accuracy in cross-validation, above all 13 columns as well; costs of 1 and 10 and other widths made no difference.`,
  },
  {
    ...{ folder: 'linear-svm', kind: 'svm', name: 'Linear machine', data: kVisits },
    options: ['--kernel', 'linear', '--category', 'Month'],
    chosen: 'Months are names here, of which a line can make more than of numbers.',
  },
  {
    ...{ folder: 'logistic', kind: 'logistic', name: 'Logistic regression', data: kVisits },
    options: ['--category', 'Month', '--cost', '0.1'],
    chosen: `Months are names here, of which a line can make more than of numbers. Of the costs 0.1, 1 and 10 the first was a little better.`,
  },
  {
    ...{ folder: 'linear', kind: 'linear', name: 'Linear regression', data: kCustomers },
    options: ['--alpha', '300'],
    chosen: 'Ridge penalties of 1 to 1,000 and elastic nets were compared; 300 was best.',
  },
];

const grouped = (n) => n.toLocaleString('en');
const shortened = (x) => Number(x.toPrecision(4));
const kTitles = {
  accuracy: 'accuracy',
  balanced_accuracy: 'balanced accuracy',
  auc: 'AUC',
  f1: 'F1 (purchase)',
  log_loss: 'log loss',
  brier: 'Brier score',
  r2: 'R2',
  mae: 'mean absolute error, £',
  rmse: 'root of the mean squared error, £',
};

function figure(name, report) {
  const [low, high] = report.intervals[name].map(shortened);
  return `${shortened(report.metrics[name])} (${low} to ${high})`;
}

/** The last period repeats: { r2, mae, rmse } of what was spent in the 90 days before. */
function lastPeriod(rows) {
  const before = value.kColumns.indexOf('spent_last_90_days');
  const truth = rows.map((row) => row[row.length - 1]);
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  const total = (f) => rows.reduce((sum, row) => sum + f(row[before], row[row.length - 1]), 0);
  const squares = total((p, y) => (p - y) ** 2);
  return {
    r2: 1 - squares / total((_, y) => (y - mean) ** 2),
    mae: total((p, y) => Math.abs(p - y)) / rows.length,
    rmse: Math.sqrt(squares / rows.length),
  };
}

function figuresTable(report, repeats) {
  const always = report.task === 'classify' ? `always ${report.baseline.says}` : 'always the mean';
  const crossed = report.cross_validation?.metrics;
  const header = [
    'figure',
    'held out (95 % interval)',
    ...(crossed ? ['cross-validation'] : []),
    always,
    ...(repeats ? ['the last 90 days again'] : []),
  ];
  const lines = Object.keys(report.metrics).map((name) => [
    kTitles[name],
    figure(name, report),
    ...(crossed
      ? [`${shortened(crossed[name].mean)} ± ${crossed[name].deviation.toPrecision(2)}`]
      : []),
    shortened(report.baseline.metrics[name]),
    ...(repeats ? [shortened(repeats[name])] : []),
  ]);
  return [header, header.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** What the model answers of the rows, as the card documents it and the tests hold it to. */
async function examples(bytes, model) {
  const { loadModel } = await import(library.href);
  const opened = await loadModel(new Uint8Array(bytes), { name: `${model.folder}/model.onnx` });
  try {
    const columns = opened.metadata.columns.map(({ name }) => name);
    const answers = [];
    for (const all of model.data.rows) {
      const row = Object.fromEntries(columns.map((name) => [name, all[name]]));
      const said = await opened.explain(row);
      const answer =
        said.value === null
          ? {
              label: said.label,
              probability: Number(said.probabilities[0].probability.toFixed(5)),
            }
          : { value: Number(said.value.toFixed(2)) };
      answers.push({ row, ...answer, because: said.text });
    }
    return answers;
  } finally {
    opened.dispose();
  }
}

function card(model, report, { command, shown, repeats }) {
  const { data } = model;
  const used = report.columns.filter((column) => column.used).map(({ name }) => name);
  return `# ${model.name}: ${data.what}

\`model.onnx\`, ${grouped(report.bytes)} bytes, ONNX with its preprocessing inside; \`loadModel\` opens it, \`model.predict(row)\` and
\`model.explain(row)\` take the columns by their names. Remade, byte for byte, by \`npm run models -- behaviour\`, which runs

\`\`\`sh
${command}
\`\`\`

## Data and licence
- ${data.heading}
- Columns: ${used.map((name) => `\`${name}\``).join(', ')}. To be predicted: \`${data.target}\`. How the CSV files are made:
  [the recipe](../../recipes/behaviour/README.md).
- The model: Apache-2.0, as the project; whoever passes it on names the data above.

## How good it is
${data.split}
${grouped(report.split.training)} rows learnt from, ${grouped(report.split.test)} measured.

${figuresTable(report, repeats)}

${model.chosen}

## What it says of some rows
\`\`\`json
${JSON.stringify(shown, null, 2)}
\`\`\`

## Limits
${data.limits}
`;
}

function overview(made) {
  const line = ({ model, report }) => {
    const main = report.task === 'classify' ? 'accuracy' : 'r2';
    const auc = report.task === 'classify' ? figure('auc', report) : '';
    return `| [${model.name}](${model.folder}/card.md) | \`storewise train ${model.kind}\` | ${grouped(report.bytes)} | ${main === 'r2' ? 'R2 ' : ''}${figure(main, report)} | ${auc} |`;
  };
  return `# Models of what customers do

One small model of every kind that \`storewise train\` makes, with data, figures and the command in its card. All but the
last say whether a visit ends in a purchase (Online Shoppers, 20 % held out; always "no" is right in 0.8451 of them); the
last says what a customer spends in the next 90 days (Online Retail, the last 90 days held out). 95 % intervals.
Remade by \`npm run models -- behaviour\`, this table as well.

| model | command | bytes | accuracy | AUC |
|---|---|---|---|---|
${made.map(line).join('\n')}
`;
}

export async function make({ temporary, models }) {
  const visits = neededFile(
    'online_shoppers/online_shoppers_intention.csv',
    'online_shoppers_intention.csv of https://archive.ics.uci.edu/dataset/468',
  );
  const orders = neededFile(
    'online_retail/OnlineRetail.csv.gz',
    'https://archive.ics.uci.edu/dataset/352 as CSV (InvoiceNo, Quantity, InvoiceDate, UnitPrice, CustomerID), gzip',
  );
  const at = (name) => path.join(temporary, name);
  writeCsv(at('online-shoppers.csv'), shoppers.kColumns, shoppers.onlineShoppers(visits));
  const { training, test } = value.customerValue(orders);
  const header = [...value.kColumns, value.kTarget];
  writeCsv(at('customers.csv'), header, training);
  writeCsv(at('customers-later.csv'), header, test);

  const out = path.join(models, 'behaviour');
  rmSync(out, { recursive: true, force: true });
  const made = [];
  for (const model of kModels) {
    say(`${model.kind} -> models/behaviour/${model.folder}`);
    const isVisits = model.data === kVisits;
    const more = isVisits
      ? [...kCodes, ...(model.drop ?? [])].flatMap((name) => ['--drop', name])
      : [];
    const input = isVisits ? ['online-shoppers.csv'] : ['customers.csv', 'customers-later.csv'];
    const given = (file) => [
      ...['train', model.kind, '--input', file(input[0])],
      ...(isVisits ? ['--cv', '5'] : ['--test', file(input[1])]),
      ...['--target', model.data.target, ...model.options, ...more],
      ...['--licence', 'Apache-2.0; data: CC BY 4.0', '--out', file('model.onnx')],
    ];
    const quote = (word) => (/^[\w./-]+$/.test(word) ? word : `'${word}'`);
    const report = storewise(...given(at));
    const bytes = readFileSync(at('model.onnx'));
    const folder = path.join(out, model.folder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'model.onnx'), bytes);
    const words = ['storewise', ...given((name) => name).map(quote)];
    const about = {
      command: words.join(' ').replaceAll(/(.{70,110}?) (?=--)/g, '$1 \\\n  '),
      shown: await examples(bytes, model),
      repeats: isVisits ? undefined : lastPeriod(test),
    };
    writeFileSync(path.join(folder, 'card.md'), card(model, report, about));
    made.push({ model, report });
  }
  writeFileSync(path.join(out, 'README.md'), overview(made));
}

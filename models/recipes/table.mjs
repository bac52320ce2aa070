// models/README.md: every shipped model with what it is worth, float32 and int8. Figures come from the
// metrics.json that a recipe left beside a model, or else from the model's own metadata; nothing is measured.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadModel } from '../../dist/index.js';

const four = (x) => x.toFixed(4);
const range = ({ value, low, high }) =>
  low === undefined ? four(value) : `${four(value)} (${four(low)} to ${four(high)})`;

const kFamilies = {
  tree: 'decision tree',
  forest: 'random forest',
  boosted: 'boosted trees',
  svm: 'SVM',
  logistic: 'logistic regression',
  linear: 'linear regression',
  mlp: 'dense network',
  cnn: 'CNN',
  lstm: 'LSTM',
  gru: 'GRU',
  conv1d: 'Conv1D',
  recommender: 'recommendation (item to item)',
  classifier: 'question classification (n-grams)',
  intents: 'intents of a visitor (boosted trees)',
};

// What the first figure of a model is called, and where its metadata has it.
const kMain = [
  ['accuracy', 'accuracy'],
  ['recall', 'recall@20'],
  ['r2', 'R2'],
];

/** The rows of one model's metadata: [{ figure, float, int8 }], each a { value, low, high }. */
function fromMetadata({ kind, metrics = {}, intervals = {} }) {
  if (kind === 'intents') {
    return [{ figure: 'AUC, purchase', float: metrics['purchase-intent'].auc }];
  }
  const found = kMain.find(([key]) => typeof metrics[key] === 'number');
  if (found === undefined) return [];
  const [key, figure] = found;
  const [low, high] = intervals[key] ?? [];
  const own = { value: metrics[key], low, high };
  const before = metrics.float?.[key];
  if (before === undefined) return [{ figure, float: own }];
  return [{ figure, float: { value: before }, int8: own }];
}

async function metadataOf(bytes, name) {
  const model = await loadModel(bytes, { name });
  try {
    return model.metadata ?? {};
  } finally {
    model.dispose();
  }
}

/** One shipped file's family, size and figures. */
async function readModel(models, folder, file) {
  const place = path.join(models, folder);
  const bytes = new Uint8Array(readFileSync(path.join(place, file)));
  const common = { folder, file, bytes: bytes.length };
  const measured = path.join(place, 'metrics.json');
  if (existsSync(measured)) {
    const { family, figures } = JSON.parse(readFileSync(measured, 'utf8'));
    const rows = Object.entries(figures).map(([figure, values]) => ({ figure, ...values }));
    return { ...common, family, rows };
  }
  const metadata = await metadataOf(bytes, `${folder}/${file}`);
  const family = kFamilies[metadata.kind] ?? metadata.kind ?? 'other';
  return { ...common, family, rows: fromMetadata(metadata) };
}

/** The folders of `models` (a path) that hold shipped files, those within others as well: 'behaviour/tree'. */
export function shippedFolders(models, folder = '') {
  const inside = readdirSync(path.join(models, folder), { withFileTypes: true });
  const folders = inside
    .filter((entry) => entry.isDirectory() && !(folder === '' && entry.name === 'recipes'))
    .map(({ name }) => path.posix.join(folder, name));
  return folders.flatMap((name) => [name, ...shippedFolders(models, name)]).sort();
}

/**
 * The figures of every shipped file of `models` (a path): [{ folder, file, family, bytes, figure, float,
 * int8 }], the last two as texts, int8 empty where nothing was rounded.
 */
export async function shippedFigures(models) {
  const figures = [];
  for (const folder of shippedFolders(models)) {
    const files = readdirSync(path.join(models, folder)).filter((name) => name.endsWith('.onnx'));
    for (const file of files.sort()) {
      const { family, bytes, rows } = await readModel(models, folder, file);
      for (const { figure, float, int8 } of rows) {
        const texts = { float: range(float), int8: int8 === undefined ? '' : range(int8) };
        figures.push({ folder, file, family, bytes, figure, ...texts });
      }
    }
  }
  return figures;
}

/** The text of models/README.md, from the shipped files of `models` (a path). */
export async function allModels(models) {
  const lines = (await shippedFigures(models)).map(
    ({ folder, file, family, bytes, figure, float, int8 }) => {
      const card = existsSync(path.join(models, folder, 'card.md'));
      const name = card ? `[${folder}](${folder}/card.md)` : `${folder}/${file}`;
      return `| ${name} | ${family} | ${bytes.toLocaleString('en')} | ${figure} | ${float} | ${int8} |`;
    },
  );
  return `# Shipped models

Each folder has a model and a card that names its data, licence, split and the command that remakes it. Figures are of
rows that the model has not learnt from, with 95 % intervals where they were drawn; the cards tell which rows and what to hold
them against, since rows of the table are of different data. A model without a figure under int8 has no weights to
round (trees, machines, lines: compared as float32).

\`npm run models -- table\` writes this file from what the recipes measured; \`npm run bench:quality\` measures on public data.

| model | family | bytes | figure | float32 | int8 |
|---|---|---|---|---|---|
${lines.join('\n')}
`;
}

// `storewise train tree`, `forest`, `boosted`, `svm`, `linear`, `logistic` and `mlp`: any CSV and a
// target column in; an honest figure, an ONNX file and a report out.
import { performance } from 'node:perf_hooks';
import type { Arguments, CommandSpec, OptionSpec } from '../args.js';
import { usageError } from '../errors.js';
import { columnLines } from '../table-text.js';
import type { Terminal } from '../terminal.js';
import { type TableKind, trainTable } from '../training.js';
import type { Command } from './common.js';
import { networkOptions, networkSettings, unitsOption } from './network-options.js';
import {
  balancedOf,
  cellsOf,
  columnsOf,
  commonOptions,
  concludeTable,
  decimal,
  naming,
  partingOf,
  readData,
  requestOf,
  taskOf,
} from './table-command.js';

const depth: OptionSpec = {
  name: 'depth',
  value: 'N',
  help: 'levels of a tree at most',
  min: 1,
  max: 1000,
};
const minLeaf: OptionSpec = {
  name: 'min-leaf',
  value: 'ROWS',
  help: 'rows that a leaf must have',
  min: 1,
  max: 1_000_000,
};
const minSplit: OptionSpec = {
  name: 'min-split',
  value: 'ROWS',
  help: 'rows that a node must have to be split (2 unless told)',
  min: 2,
  max: 1_000_000,
};
const maxLeaves: OptionSpec = {
  name: 'max-leaves',
  value: 'N',
  help: 'leaves of a tree at most: the best splits first (any number unless told)',
  min: 2,
  max: 1_000_000,
};
const criterion: OptionSpec = {
  name: 'criterion',
  value: 'NAME',
  help: 'how mixed the classes of a node are: gini or entropy (gini unless told)',
  choices: ['gini', 'entropy'],
};
const cost: OptionSpec = {
  name: 'cost',
  value: 'C',
  help: 'what a mistake costs: a small one keeps the model plain (1 unless told)',
};

interface Kind {
  kind: TableKind;
  summary: string;
  options: readonly OptionSpec[];
  notes?: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    kind: 'tree',
    summary: 'Trains a decision tree, pruned by cross-validation, from a table.',
    options: [
      depth,
      { ...minLeaf, help: 'rows that a leaf must have (5 or 1, by cross-validation, unless told)' },
      minSplit,
      maxLeaves,
      criterion,
      {
        name: 'alpha',
        value: 'A',
        help: 'what a leaf costs in pruning, instead of the search for it',
      },
    ],
  },
  {
    kind: 'forest',
    summary: 'Trains a random forest from a table.',
    options: [
      { name: 'trees', value: 'N', help: 'how many (100 unless told)', min: 1, max: 10_000 },
      {
        name: 'max-features',
        value: 'N',
        help: 'features drawn for each split: a whole number, a share below 1, sqrt, log2 or all (sqrt for classes, a third for numbers, unless told)',
      },
      depth,
      { ...minLeaf, help: 'rows that a leaf must have (1 below 1,000 rows, else 3, unless told)' },
      minSplit,
      maxLeaves,
      criterion,
    ],
  },
  {
    kind: 'boosted',
    summary: 'Trains gradient-boosted trees from a table: most often the best figures.',
    options: [
      {
        name: 'rounds',
        value: 'N',
        help: 'at most; as many are kept as help rows held out (200 at most below 20,000 rows, else 150, unless told)',
        min: 1,
        max: 10_000,
      },
      {
        name: 'learning-rate',
        value: 'R',
        help: 'how far each round goes, above 0 to 1 (0.05 for few rows of two classes or numbers, else 0.1, unless told)',
      },
      {
        ...maxLeaves,
        help: 'leaves of a tree at most (15 below 20,000 rows, else 31, unless told)',
      },
      depth,
      {
        ...minLeaf,
        help: 'rows that a leaf must have (a 20th of the rows, from 2 to 20, unless told)',
      },
      {
        name: 'l2',
        value: 'L',
        help: 'holds back the values of leaves that tell little (5 unless told; 0.1 for three classes or more)',
      },
      {
        name: 'max-bins',
        value: 'N',
        help: 'ranges that a column is cut into (255 unless told)',
        min: 2,
        max: 255,
      },
    ],
  },
  {
    kind: 'svm',
    summary: 'Trains a support vector machine from a table.',
    options: [
      {
        name: 'kernel',
        value: 'KIND',
        help: 'rbf, or linear for more than 20,000 rows (auto unless told)',
        choices: ['auto', 'rbf', 'linear'],
      },
      cost,
      {
        name: 'gamma',
        value: 'G',
        help: 'how near the RBF kernel looks; from the data unless told',
      },
      {
        name: 'epsilon',
        value: 'E',
        help: "for numbers: errors up to this cost nothing, in units of the target's spread (0.1 unless told)",
      },
    ],
    notes: ['With an RBF kernel the time grows with the square of the rows.'],
  },
  {
    kind: 'linear',
    summary: 'Trains a linear regression (ridge or elastic net) from a table.',
    options: [
      { name: 'alpha', value: 'A', help: 'the size of the penalty (1 unless told)' },
      {
        name: 'l1-ratio',
        value: 'SHARE',
        help: 'elastic net: 1 is the lasso, which sets weights to nothing; needs --alpha',
      },
    ],
  },
  {
    kind: 'logistic',
    summary: 'Trains a logistic regression from a table.',
    options: [cost],
  },
  {
    kind: 'mlp',
    summary: 'Trains a network of dense layers from a table.',
    options: [unitsOption, ...networkOptions],
    notes: [
      'A tenth of the rows learnt from is held out to say when it is enough. The weights are int8.',
    ],
  },
];

function specOf({ kind, summary, options, notes = [] }: Kind): CommandSpec {
  return {
    name: `train ${kind}`,
    summary,
    positionals: [],
    options: [...commonOptions, ...options],
    notes: [
      'Reads numbers, categories, yes and no, dates and empty cells; prints what it made of each column. The figures are of rows that the model did not see, with 95 % intervals.',
      ...notes,
    ],
    example: `storewise train ${kind} --input data.csv --target ${kind === 'linear' ? 'price' : 'label'} --out ${kind}.onnx`,
  };
}

function taskOfKind(kind: TableKind, args: Arguments): 'classify' | 'regress' | undefined {
  const said = taskOf(args);
  if (said === 'classify' && kind === 'linear') {
    throw usageError('a linear regression predicts numbers', {
      place: '--classify',
      expected: 'storewise train logistic',
    });
  }
  if (said === 'regress' && kind === 'logistic') {
    throw usageError('a logistic regression predicts classes', {
      place: '--regress',
      expected: 'storewise train linear',
    });
  }
  return kind === 'logistic' ? 'classify' : kind === 'linear' ? 'regress' : said;
}

/** Features drawn for each split: their number, their share, or a word for it. */
function maxFeaturesOf(args: Arguments): number | string | undefined {
  const text = args.text('max-features');
  if (text === undefined || ['sqrt', 'log2', 'all'].includes(text)) return text;
  const value = Number(text);
  if ((value > 0 && value < 1) || (Number.isInteger(value) && value >= 1 && value <= 1e6)) {
    return value;
  }
  throw usageError('the features to draw are unclear', {
    place: '--max-features',
    expected: 'a whole number from 1, a share between 0 and 1, sqrt, log2 or all',
    found: text,
  });
}

/** What the options of a kind say, under the trainer's names. */
function settingsOf(kind: Kind, args: Arguments): Record<string, unknown> {
  if (kind.kind === 'mlp') return networkSettings(args, kind.options);
  const has = new Set(kind.options.map(({ name }) => name));
  const settings: Record<string, number | string> = {};
  const set = (name: string, value: number | string | undefined): void => {
    if (value !== undefined) settings[name.replaceAll('-', '_')] = value;
  };
  for (const name of [
    ...['depth', 'min-leaf', 'min-split', 'max-leaves'],
    ...['trees', 'rounds', 'max-bins'],
  ]) {
    if (has.has(name)) set(name, args.integer(name));
  }
  for (const [name, least, most] of [
    ['learning-rate', 1e-6, 1],
    ['l2', 0, 1e9],
    ['cost', 1e-9, 1e9],
    ['gamma', 1e-9, 1e9],
    ['alpha', 0, 1e9],
    ['l1-ratio', 0, 1],
  ] as const) {
    if (has.has(name)) set(name, decimal(args, name, least, most));
  }
  for (const name of ['kernel', 'criterion']) if (has.has(name)) set(name, args.text(name));
  if (has.has('epsilon')) set('tube', decimal(args, 'epsilon', 0, 1e9));
  if (has.has('max-features')) set('max-features', maxFeaturesOf(args));
  return settings;
}

async function run(kind: Kind, args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const parting = partingOf(args);
  const settings = settingsOf(kind, args);
  const data = await readData(args, terminal, parting, { task: taskOfKind(kind.kind, args) });
  const balanced = balancedOf(args, data);
  const trained = await naming(
    data,
    trainTable(
      cellsOf(data),
      data.rows,
      {
        kind: kind.kind,
        classes: data.task === 'classify',
        columns: columnsOf(data),
        target: data.target,
        settings: {
          ...settings,
          ...requestOf(args, data, parting),
          balanced,
          folds: args.integer('cv') ?? 0,
        },
      },
      terminal.progress,
    ),
  );
  concludeTable(args, terminal, start, data, trained, columnLines(trained.report, data));
}

export const trainTableCommands: readonly Command[] = kinds.map((kind) => ({
  spec: specOf(kind),
  run: (args, terminal) => run(kind, args, terminal),
}));

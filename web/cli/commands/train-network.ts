// `storewise train cnn` and `storewise train lstm`: a CSV of pictures or texts and a target column in;
// an honest figure, an ONNX file with int8 weights and a report out.
import { performance } from 'node:perf_hooks';
import type { Arguments, CommandSpec, OptionSpec } from '../args.js';
import { usageError } from '../errors.js';
import { type NetworkData, networkData, shapeOf } from '../network-data.js';
import type { TableData } from '../table-data.js';
import type { Terminal } from '../terminal.js';
import { type NetworkKind, type TableReport, trainNetwork } from '../training.js';
import type { Command } from './common.js';
import {
  filtersOption,
  networkOptions,
  networkSettings,
  recurrentOptions,
  textOptions,
  unitsOption,
} from './network-options.js';
import {
  balancedOf,
  cellsOf,
  columnsOf,
  commonOptions,
  concludeTable,
  naming,
  partingOf,
  readData,
  requestOf,
  taskOf,
} from './table-command.js';

/** Of the options of tables, those that say nothing here. */
const kNotHere = new Set(['cv', 'category', 'keep']);

const shapeOption: OptionSpec = {
  name: 'shape',
  value: 'HxWxC',
  help: 'height, width and channels of the pictures, such as 28x28x1; square unless told',
};

interface Kind {
  kind: NetworkKind;
  summary: string;
  options: readonly OptionSpec[];
  notes: readonly string[];
  example: string;
}

const kinds: readonly Kind[] = [
  {
    kind: 'cnn',
    summary: 'Trains a convolutional network from pictures or texts.',
    options: [shapeOption, filtersOption, unitsOption, ...textOptions, ...networkOptions],
    notes: [
      'Pictures: a row for each, a column for each pixel (row by row, the channels of a pixel together) and the target. Texts: a column of texts and the target.',
    ],
    example: 'storewise train cnn --input pictures.csv --target label --out cnn.onnx',
  },
  {
    kind: 'lstm',
    summary: 'Trains a recurrent network (LSTM, GRU or RNN) from texts.',
    options: [unitsOption, ...recurrentOptions, ...textOptions, ...networkOptions],
    notes: ['Word vectors, a recurrent layer and a dense one.'],
    example: 'storewise train lstm --input texts.csv --target label --out lstm.onnx',
  },
];

function specOf({ kind, summary, options, notes, example }: Kind): CommandSpec {
  return {
    name: `train ${kind}`,
    summary,
    positionals: [],
    options: [...commonOptions.filter(({ name }) => !kNotHere.has(name)), ...options],
    notes: [
      ...notes,
      'A tenth of the rows learnt from is held out to say when it is enough; the figures are of rows that had no part in that, with 95 % intervals. The weights are int8.',
    ],
    example,
  };
}

/** What is learnt from. */
function inputLines({ columns: [made] }: TableReport): string[] {
  return made === undefined ? [] : [`  ${made.name}: ${made.encoding}`];
}

async function run({ kind, options }: Kind, args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const parting = partingOf(args);
  if (parting.time !== undefined) {
    throw usageError('pictures and texts are not parted by time', { place: '--split time' });
  }
  const text = args.text('text');
  const wanted = kind === 'cnn' ? args.text('shape') : undefined;
  const shape = wanted === undefined ? undefined : shapeOf(wanted);
  if (shape !== undefined && text !== undefined) {
    throw usageError('a row is either a picture or a text', { expected: '--shape or --text' });
  }
  const settings = networkSettings(args, options);
  const data = await readData(args, terminal, parting, {
    task: taskOf(args),
    categories: text === undefined ? [] : [text],
    keep: [],
    advice: '--missing says that it means nothing, --drop leaves the column out',
  });
  const balanced = balancedOf(args, data);
  const found = networkData(data, { text, shape, pictures: kind === 'cnn' });
  const learnt: TableData = { ...data, columns: found.columns, target: found.target };
  const trained = await naming(
    data,
    trainNetwork(
      cellsOf(learnt),
      data.rows,
      found.kind === 'texts' ? found.texts : undefined,
      {
        kind,
        classes: data.task === 'classify',
        columns: columnsOf(learnt),
        target: found.target,
        settings: {
          ...settings,
          ...requestOf(args, data, parting),
          balanced,
          ...ofInput(found),
        },
      },
      terminal.progress,
    ),
  );
  concludeTable(args, terminal, start, data, trained, inputLines(trained.report));
}

const ofInput = (found: NetworkData): object =>
  found.kind === 'texts' ? { text: found.name } : { shape: found.shape };

export const trainNetworkCommands: readonly Command[] = kinds.map((kind) => ({
  spec: specOf(kind),
  run: (args, terminal) => run(kind, args, terminal),
}));

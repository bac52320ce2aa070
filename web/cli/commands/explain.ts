// `storewise explain`: why a model of a table says what it says of a row of a CSV.
import path from 'node:path';
import { storewiseError } from '../../src/errors.js';
import type { ModelInputs, ModelOutputs } from '../../src/model.js';
import { type Cell, explainRow, type TableExplanation } from '../../src/table-model.js';
import type { Arguments, CommandSpec } from '../args.js';
import { readTable } from '../csv/table.js';
import { OpenModel } from '../engine.js';
import { CliError, listed, quoted } from '../errors.js';
import { isMissing } from '../table-column.js';
import { counted, percent, type Terminal } from '../terminal.js';
import { type Command, encodingOption } from './common.js';

const spec: CommandSpec = {
  name: 'explain',
  summary: 'Says why a model of a table answers as it does for a row of a CSV.',
  positionals: [{ name: 'MODEL', help: 'what train tree, forest, boosted, ... wrote' }],
  options: [
    { name: 'input', value: 'FILE', help: 'CSV with the model’s columns', required: true },
    { name: 'row', value: 'N', help: 'which row, from 1', min: 1, max: 1e9, default: '1' },
    { name: 'label', value: 'CLASS', help: 'the class to explain; the likeliest otherwise' },
    {
      name: 'language',
      value: 'TAG',
      help: 'of the sentences',
      choices: ['en', 'zh'],
      default: 'en',
    },
    encodingOption,
  ],
  notes: [
    [
      'Trees, forests and boosted trees: exact Shapley values. Linear models: weight x (value - mean).',
      'Support vector machines: Shapley values against an average row, sampled over orders of columns.',
      'Base and contributions sum to the score.',
    ].join('\n'),
  ],
  example: 'storewise explain bought.onnx --input visits.csv --row 12',
};

const kShown = 10;

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const [file] = args.positionals as [string];
  const name = path.basename(file);
  const row = args.integer('row') ?? 1;
  const model = await OpenModel.fromFile(file, { everyOperator: true });
  try {
    const { metadata } = model.description;
    const columns = (metadata?.['columns'] ?? []) as { name: string }[];
    const cells = await readRow(args.text('input') as string, row, columns, {
      encoding: args.text('encoding'),
    });
    const explanation = explainRow(
      {
        name,
        metadata: metadata as never,
        error: storewiseError,
        run: (inputs: ModelInputs): ModelOutputs => Object.fromEntries(model.run(inputs)),
        explain: (inputs, score) => model.explain(inputs, score),
      },
      cells,
      { label: args.text('label'), language: args.text('language') },
    );
    terminal.result({ model: file, row, ...explanation }, lines(explanation));
  } finally {
    model.dispose();
  }
}

/** The cells of one row by the names of the model's columns. */
async function readRow(
  file: string,
  wanted: number,
  columns: readonly { name: string }[],
  { encoding }: { encoding: string | undefined },
): Promise<Record<string, Cell>> {
  let places: number[] = [];
  let row = 0;
  let cells: Record<string, Cell> | undefined;
  await readTable(
    file,
    { columns: [], encoding },
    {
      header: ({ names }) => {
        places = columns.map(({ name }) => names.indexOf(name));
        const lacking = columns.find((_, i) => places[i] === -1);
        if (lacking === undefined) return;
        throw new CliError('invalid-input', `there is no column ${quoted(lacking.name)}`, {
          file: path.basename(file),
          expected: `the columns ${listed(
            columns.map((column) => quoted(column.name)),
            20,
          )}`,
          found: listed(
            names.map((name) => quoted(name)),
            20,
          ),
        });
      },
      row: (fields) => {
        row += 1;
        if (row !== wanted) return;
        cells = Object.fromEntries(
          columns.map(({ name }, i) => {
            const text = (fields[places[i] ?? -1] ?? '').trim();
            return [name, isMissing(text) ? null : text];
          }),
        );
      },
    },
  );
  if (cells !== undefined) return cells;
  throw new CliError('invalid-input', `there is no row ${wanted}`, {
    file: path.basename(file),
    expected: `a row from 1 to ${row}`,
    found: String(wanted),
  });
}

function lines(said: TableExplanation): string[] {
  const figure = (x: number) => (x < 0 ? '' : '+') + Number(x.toPrecision(4));
  const shown = said.contributions.filter(({ contribution }) => contribution !== 0);
  const width = Math.max(0, ...shown.slice(0, kShown).map(({ column }) => column.length));
  const scale = {
    probability: 'of probability',
    'log-odds': 'of log odds',
    margin: 'of margin',
    number: '',
  };
  const rest = shown.length - kShown;
  return [
    said.text,
    '',
    `An average row scores ${Number(said.base.toPrecision(4))} ${scale[said.scale]}, this one ${Number(said.score.toPrecision(4))}:`.replace(
      ' ,',
      ',',
    ),
    ...shown
      .slice(0, kShown)
      .map((one) => `  ${one.column.padEnd(width)}  ${figure(one.contribution)}  (${one.value})`),
    ...(rest > 0 ? [`  and ${counted(rest, 'column')} more`] : []),
    ...(said.probabilities.length > 0
      ? [
          `Probabilities: ${said.probabilities
            .slice(0, 5)
            .map(({ label, probability }) => `${label} ${percent(probability)}`)
            .join(', ')}.`,
        ]
      : []),
    ...(said.counterfactual === null ? [] : [`What would change it: ${said.counterfactual.text}.`]),
  ];
}

export const explainCommand: Command = { spec, run };

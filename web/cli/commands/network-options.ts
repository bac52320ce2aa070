// What the commands that train networks may be told of layers and training, and the same under the
// trainer's names (wasm/train.h).
import type { Arguments, OptionSpec } from '../args.js';
import { usageError } from '../errors.js';
import { decimal } from './table-command.js';

const kMostUnits = 4096;

const sizes = (name: string, help: string): OptionSpec => ({ name, value: 'N,N', help });

/** Of every network. */
export const networkOptions: readonly OptionSpec[] = [
  { name: 'epochs', value: 'N', help: 'passes over the rows at most', min: 1, max: 10_000 },
  {
    name: 'patience',
    value: 'N',
    help: 'epochs that may pass without help for the rows held out (8 unless told)',
    min: 1,
    max: 10_000,
  },
  { name: 'batch', value: 'ROWS', help: 'rows for each step', min: 1, max: 65_536 },
  { name: 'learning-rate', value: 'R', help: 'of Adam (0.001 unless told)' },
  { name: 'dropout', value: 'SHARE', help: 'of values that are dropped while training' },
  { name: 'float', help: 'keep float weights: four times the bytes of int8' },
];

export const unitsOption = sizes('units', 'sizes of the hidden layers');
export const filtersOption = sizes('filters', 'filters of the convolutions, one after the other');
export const recurrentOptions: readonly OptionSpec[] = [
  {
    name: 'cell',
    value: 'KIND',
    help: 'of the recurrent layer',
    choices: ['lstm', 'gru', 'rnn'],
    default: 'lstm',
  },
  { name: 'bidirectional', help: 'read a text from its end as well' },
];
export const textOptions: readonly OptionSpec[] = [
  {
    name: 'text',
    value: 'COLUMN',
    help: 'the column of the texts; the one with most words otherwise',
  },
  {
    name: 'embedding',
    value: 'N',
    help: 'numbers that stand for a word (64 unless told)',
    min: 1,
    max: kMostUnits,
  },
  {
    name: 'vocabulary',
    value: 'N',
    help: 'words known at most: the commonest (10,000 unless told)',
    min: 1,
    max: 100_000,
  },
  {
    name: 'words',
    value: 'N',
    help: 'words of a text that are read; as many as 99 of 100 texts have otherwise',
    min: 1,
    max: 2000,
  },
];

function listOf(args: Arguments, name: string): number[] | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const list = text.split(',').map(Number);
  if (list.length <= 8 && list.every((n) => Number.isInteger(n) && n >= 1 && n <= kMostUnits)) {
    return list;
  }
  throw usageError('these are no sizes', {
    place: `--${name}`,
    expected: `one to eight whole numbers from 1 to ${kMostUnits} with commas between`,
    found: text,
  });
}

/** What is said of the options that the command has. */
export function networkSettings(
  args: Arguments,
  options: readonly OptionSpec[],
): Record<string, unknown> {
  const has = new Set(options.map(({ name }) => name));
  const said: Record<string, unknown> = {
    epochs: args.integer('epochs'),
    patience: args.integer('patience'),
    batch: args.integer('batch'),
    learning_rate: decimal(args, 'learning-rate', 1e-9, 10),
    dropout: decimal(args, 'dropout', 0, 0.95),
  };
  for (const name of ['embedding', 'vocabulary', 'words']) {
    if (has.has(name)) said[name] = args.integer(name);
  }
  for (const name of ['units', 'filters']) if (has.has(name)) said[name] = listOf(args, name);
  if (has.has('cell')) said['cell'] = args.text('cell');
  if (has.has('bidirectional')) said['bidirectional'] = args.flag('bidirectional');
  if (args.flag('float')) said['float'] = true;
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

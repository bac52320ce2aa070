// What the commands share: the shape of a command and the options that several have.
import type { Arguments, CommandSpec, OptionSpec } from '../args.js';
import type { DayOrder } from '../csv/dates.js';
import { usageError } from '../errors.js';
import type { Terminal } from '../terminal.js';

export interface Command {
  spec: CommandSpec;
  run(args: Arguments, terminal: Terminal): Promise<void>;
}

export const encodingOption: OptionSpec = {
  name: 'encoding',
  value: 'NAME',
  help: 'encoding of the CSV files; found by itself otherwise',
};

export const datesOption: OptionSpec = {
  name: 'dates',
  value: 'ORDER',
  help: 'how 03/04/2024 is meant; found by itself otherwise',
  choices: ['dmy', 'mdy'],
};

export const seedOption: OptionSpec = {
  name: 'seed',
  value: 'N',
  help: 'seed of everything random: the same seed and files, the same bytes',
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  default: '42',
};

export const tuneOption: OptionSpec = {
  name: 'tune',
  value: 'MODE',
  help: 'on: first search for the settings that suit these data; off: quicker, with usual settings',
  choices: ['off', 'on'],
  default: 'on',
};

export const minCountOption: OptionSpec = {
  name: 'min-count',
  value: 'N',
  help: 'leave out items seen in fewer sessions; chosen by the number of items otherwise',
  min: 1,
  max: 1_000_000,
};

export const neighboursOption: OptionSpec = {
  name: 'neighbours',
  value: 'K',
  help: 'successors kept for each item: more is larger and a little better (20 otherwise)',
  min: 1,
  max: 256,
};

export const licenceOption: OptionSpec = {
  name: 'licence',
  value: 'TEXT',
  help: "licence to write into the model's metadata",
};

export function tuneOf(args: Arguments): 'off' | 'on' {
  return args.text('tune') === 'off' ? 'off' : 'on';
}

export function datesOf(args: Arguments): DayOrder | undefined {
  return args.text('dates') as DayOrder | undefined;
}

/** ISO date or time, as it goes into shop.json. */
export function checkedDate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(
    text,
  );
  if (!isDate || Number.isNaN(Date.parse(text))) {
    throw usageError('this is no date', {
      place: '--date',
      expected: 'such as 2024-12-31 or 2024-12-31T12:00:00Z',
      found: text,
    });
  }
  return text;
}

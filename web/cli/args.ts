// The command line's grammar: each command declares its options once, and parsing, checking, --help
// and the messages of a wrong call all come from that declaration.
import { parseArgs } from 'node:util';
import { type CliError, usageError } from './errors.js';

export interface OptionSpec {
  /** Without dashes. */
  name: string;
  /** What the value is, as help shows it: "FILE"; absent for a switch. */
  value?: string;
  help: string;
  required?: boolean;
  choices?: readonly string[];
  /** May be given several times: read by `texts`. */
  repeated?: boolean;
  /** Bounds make the value a whole number. */
  min?: number;
  max?: number;
  default?: string;
}

export interface CommandSpec {
  /** "train recommender". */
  name: string;
  summary: string;
  positionals: readonly { name: string; help: string }[];
  options: readonly OptionSpec[];
  /** Paragraphs after the options. */
  notes?: readonly string[];
  example: string;
}

const kCommonOptions: readonly OptionSpec[] = [
  { name: 'json', help: 'answer one JSON object on standard output and nothing else' },
  { name: 'quiet', help: 'no progress and no notes' },
  { name: 'help', help: 'this text' },
];

type Value = string | boolean | readonly string[] | undefined;

/** The values of a call, checked. */
export class Arguments {
  constructor(
    readonly positionals: readonly string[],
    private readonly values_: Readonly<Record<string, Value>>,
    private readonly spec_: CommandSpec,
  ) {}

  /** The option's text; its default or undefined when it was not given. */
  text(name: string): string | undefined {
    const value = this.values_[name] ?? this.option(name).default;
    return typeof value === 'string' ? value : undefined;
  }

  /** The texts of an option that may be repeated, in order. */
  texts(name: string): readonly string[] {
    const value = this.values_[this.option(name).name];
    return Array.isArray(value) ? value : [];
  }

  /** A required option or one with a default. */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missing(name, this.option(name));
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean {
    return this.values_[name] === true;
  }

  private option(name: string): OptionSpec {
    const option = this.spec_.options.find((candidate) => candidate.name === name);
    if (option === undefined) throw new Error(`the command has no option --${name}`);
    return option;
  }
}

/** Parses what follows the command's name; throws a usage error for anything undeclared. */
export function parseCommand(spec: CommandSpec, argv: readonly string[]): Arguments {
  const options = [...spec.options, ...kCommonOptions];
  let parsed: { values: Record<string, Value>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        options.map((option) => [
          option.name,
          {
            type: option.value === undefined ? ('boolean' as const) : ('string' as const),
            multiple: option.repeated === true,
          },
        ]),
      ),
    }) as typeof parsed;
  } catch (error) {
    throw unknownOption(error, options);
  }
  const { values, positionals } = parsed;
  const isHelp = values['help'] === true;
  if (!isHelp) {
    for (const option of spec.options) checkOption(option, values[option.name]);
    checkPositionals(spec, positionals);
  }
  return new Arguments(positionals, values, spec);
}

function checkOption(option: OptionSpec, value: Value): void {
  if (value === undefined) {
    if (option.required === true) throw missing(option.name, option);
    return;
  }
  if (Array.isArray(value)) {
    for (const single of value) checkOption(option, single);
    return;
  }
  if (typeof value !== 'string') return;
  const place = `--${option.name}`;
  if (value === '') throw usageError('the value is empty', { place });
  if (option.choices !== undefined && !option.choices.includes(value)) {
    const expected = option.choices.join(' or ');
    throw usageError('unknown value', { place, expected, found: value });
  }
  if (option.min === undefined && option.max === undefined) return;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = option;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    const expected =
      option.max === undefined
        ? `a whole number from ${min}`
        : `a whole number from ${min} to ${max}`;
    throw usageError('the value is out of range', { place, expected, found: value });
  }
}

function checkPositionals(spec: CommandSpec, positionals: readonly string[]): void {
  const wanted = spec.positionals;
  if (positionals.length < wanted.length) {
    const next = wanted[positionals.length] as { name: string; help: string };
    throw usageError(`${next.name} is missing`, { expected: `${next.name}: ${next.help}` });
  }
  if (positionals.length > wanted.length) {
    throw usageError('there is an argument too many', {
      found: positionals[wanted.length] as string,
    });
  }
}

function missing(name: string, option: OptionSpec): CliError {
  return usageError(`--${name} is missing`, {
    expected: `--${name} ${option.value ?? ''}: ${option.help}`,
  });
}

function unknownOption(error: unknown, options: readonly OptionSpec[]): CliError {
  const message = error instanceof Error ? error.message : String(error);
  const name = /'(?:-\w, )?--?([^'\s=]+)/.exec(message)?.[1] ?? '';
  if ((error as { code?: string }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const close = options.find((option) => isClose(option.name, name));
    return usageError(`there is no option --${name}`, {
      ...(close === undefined ? {} : { expected: `perhaps --${close.name}` }),
    });
  }
  const option = options.find((candidate) => candidate.name === name);
  if (option !== undefined) {
    return usageError(
      option.value === undefined ? `--${name} takes no value` : `--${name} needs a value`,
      { expected: `--${name}${option.value === undefined ? '' : ` ${option.value}`}` },
    );
  }
  return usageError(message.split('. ')[0] ?? message);
}

/** Whether a typing slip lies between the two: one is the start of the other, or few letters differ. */
function isClose(a: string, b: string): boolean {
  if (b.length >= 3 && (a.startsWith(b) || b.startsWith(a))) return true;
  const bag = [...a];
  let shared = 0;
  for (const letter of b) {
    const at = bag.indexOf(letter);
    if (at < 0) continue;
    bag.splice(at, 1);
    ++shared;
  }
  return Math.max(a.length, b.length) - shared <= 1;
}

/** The text of --help. */
export function helpText(spec: CommandSpec): string {
  const required = spec.options
    .filter((option) => option.required === true)
    .map((option) => ` --${option.name} ${option.value ?? ''}`);
  const positionals = spec.positionals.map(({ name }) => ` ${name}`);
  const rows: [string, string][] = [
    ...spec.positionals.map(({ name, help }): [string, string] => [name, help]),
    ...[...spec.options, ...kCommonOptions].map((option): [string, string] => [
      `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`,
      option.help + details(option),
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    spec.summary,
    '',
    `Usage: storewise ${spec.name}${positionals.join('')}${required.join('')} [options]`,
    '',
    ...rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`),
    '',
    ...(spec.notes ?? []).flatMap((note) => [note, '']),
    `Example: ${spec.example}`,
  ].join('\n');
}

function details(option: OptionSpec): string {
  const parts: string[] = [];
  if (option.required === true) parts.push('required');
  if (option.repeated === true) parts.push('may be repeated');
  if (option.choices !== undefined) parts.push(option.choices.join(' or '));
  if (option.default !== undefined) parts.push(`${option.default} unless told`);
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

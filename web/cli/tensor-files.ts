// Files of tensors for a model's inputs and outputs: .npy, .npz and JSON, matched to the model's
// declarations.
//
// JSON: {"NAME": [1, 2, 3]}, nested lists for more axes, or {"NAME": {"type", "dims", "data"}}, of
// which type and dims may be left out. Whole numbers beyond 2^53 and what is not finite are written
// as strings: "9007199254740993", "NaN", "Infinity".
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor, TensorData, TensorInfo, TensorInput, TensorType } from '../src/tensors.js';
import { CliError, listed, quoted, usageError } from './errors.js';
import { readNpy, readNpz } from './npy.js';

/** The bytes of a file. Throws CliError that names it. */
export function readBytes(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : 'this file cannot be read';
    throw new CliError('missing-file', why, { file }, error);
  }
}

/**
 * The model's inputs from arguments `FILE` or `NAME=FILE`. A .npy without a name goes to the input
 * that is called like the file, else to the first that nothing else names; .npz and JSON name theirs.
 */
export function readInputs(
  args: readonly string[],
  infos: readonly TensorInfo[],
): Record<string, TensorInput> {
  const names = infos.map(({ name }) => name);
  const given = new Map<string, TensorInput>();
  const unnamed: { file: string; tensor: Tensor }[] = [];
  const put = (name: string, file: string, value: TensorInput): void => {
    const info = infos.find((candidate) => candidate.name === name);
    if (info === undefined) {
      throw new CliError('invalid-input', 'the model has no such input', {
        file,
        expected: listed(names),
        found: name,
      });
    }
    if (given.has(name)) throw usageError('the input is given twice', { place: name, found: file });
    given.set(name, suited(value, info, file));
  };
  for (const arg of args) {
    const split = arg.indexOf('=');
    const named = split > 0 && names.includes(arg.slice(0, split));
    const name = named ? arg.slice(0, split) : undefined;
    const file = named ? arg.slice(split + 1) : arg;
    if (file.endsWith('.npy')) {
      const tensor = readNpy(readBytes(file), file);
      const base = name ?? path.basename(file, '.npy');
      if (names.includes(base)) put(base, file, tensor);
      else unnamed.push({ file, tensor });
      continue;
    }
    const values = file.endsWith('.npz')
      ? new Map<string, TensorInput>(readNpz(readBytes(file), file))
      : readJson(readBytes(file), file, infos);
    if (name === undefined) {
      for (const [key, value] of values) put(key, file, value);
      continue;
    }
    const [only] = values.values();
    if (values.size !== 1 || only === undefined) {
      throw usageError('one input takes one array', {
        place: `--input ${arg}`,
        expected: 'a file with one array, or the file without a name',
        found: listed([...values.keys()]),
      });
    }
    put(name, file, only);
  }
  for (const { file, tensor } of unnamed) {
    const free = names.find((name) => !given.has(name));
    if (free === undefined) {
      throw usageError('there is a file too many', {
        expected: `${names.length} ${names.length === 1 ? 'input' : 'inputs'}: ${listed(names)}`,
        found: file,
      });
    }
    put(free, file, tensor);
  }
  const missing = names.filter((name) => !given.has(name));
  if (missing.length > 0) {
    throw usageError('inputs are missing', {
      expected: missing.map((name) => `--input ${name}=FILE`).join(' '),
      found: given.size === 0 ? 'none' : listed([...given.keys()]),
    });
  }
  return Object.fromEntries(given);
}

const isFloat = (type: TensorType): boolean => type === 'float' || type === 'double';
const isText = (type: TensorType): boolean => type === 'string';

/**
 * NumPy's usual types where the model wants its own: double for float, int64 for int32, whole numbers
 * for decimal ones; what would lose more than a rounding is refused. Everything else is the engine's
 * to judge.
 */
export function suited(value: TensorInput, info: TensorInfo, file: string): TensorInput {
  const tensor = value as Partial<Tensor>;
  const { type, dims, data } = tensor;
  if (type === undefined || type === info.type || data === undefined) return value;
  const refuse = (found: string): CliError =>
    new CliError('invalid-input', 'the array has another type than the input', {
      file,
      place: `input "${info.name}"`,
      expected: info.type,
      found,
    });
  const toWhole = !isFloat(info.type) && info.type !== 'float16';
  if (isText(type) || isText(info.type) || type === 'float16') throw refuse(type);
  if (isFloat(type) && toWhole) throw refuse(`${type}; convert it, such as by array.astype`);
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  const unsafe = toWhole ? numbers.find((number) => !Number.isSafeInteger(number)) : undefined;
  if (unsafe !== undefined) throw refuse(`${type} with ${unsafe}`);
  return { type: info.type, dims: dims ?? [numbers.length], data: numbers };
}

/** Inputs from a JSON document, by name. Throws CliError with the place in it. */
export function readJson(
  bytes: Uint8Array,
  file: string,
  infos: readonly TensorInfo[],
): Map<string, TensorInput> {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new CliError('invalid-input', 'this is no JSON', { file, found }, error);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new CliError('invalid-input', 'inputs have names', {
      file,
      expected: '{"NAME": [numbers]}',
      found: Array.isArray(document) ? 'a list' : quoted(JSON.stringify(document)),
    });
  }
  return new Map(
    Object.entries(document).map(([name, value]: [string, unknown]) => {
      const info = infos.find((candidate) => candidate.name === name);
      return [name, jsonTensor(value, info?.type, file, `$.${name}`)];
    }),
  );
}

function jsonTensor(
  value: unknown,
  declared: TensorType | undefined,
  file: string,
  place: string,
): TensorInput {
  const parts =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { type?: unknown; dims?: unknown; data?: unknown })
      : { data: value };
  const refuse = (summary: string, expected: string, found: unknown): CliError =>
    new CliError('invalid-input', summary, {
      file,
      place,
      expected,
      found: quoted(JSON.stringify(found) ?? 'nothing'),
    });
  if (parts.data === undefined) throw refuse('a tensor lacks its data', '{"data": [...]}', value);
  const type = (parts.type ?? declared ?? 'float') as TensorType;
  const flat: (number | string)[] = [];
  const dims: number[] = [];
  const isWhole = !isFloat(type) && type !== 'float16';
  const walk = (entry: unknown, depth: number): void => {
    if (Array.isArray(entry)) {
      if (dims[depth] === undefined && flat.length === 0) dims[depth] = entry.length;
      if (dims[depth] !== entry.length) {
        throw refuse('the lists differ in length', `${dims[depth] ?? 'a number'}`, entry.length);
      }
      for (const inner of entry) walk(inner, depth + 1);
      return;
    }
    if (depth !== dims.length) throw refuse('a number stands where a list should', 'a list', entry);
    flat.push(scalar(entry, type, refuse));
  };
  walk(parts.data, 0);
  const given = parts.dims;
  if (
    given !== undefined &&
    !(Array.isArray(given) && given.every((dim) => Number.isInteger(dim)))
  ) {
    throw refuse('the dims are no list of whole numbers', '[2, 3]', given);
  }
  const shape = given as number[] | undefined;
  const exact = isWhole && flat.some((entry) => !isText(type) && typeof entry === 'string');
  const data = exact ? bigData(flat, type) : (flat as number[] | string[]);
  // A flat list leaves the shape to the declaration; nested ones tell it.
  const nested = dims.length === 1 ? undefined : dims;
  const known = shape ?? nested;
  return {
    ...(parts.type === undefined ? {} : { type }),
    ...(known === undefined ? {} : { dims: known }),
    data,
  } as TensorInput;
}

/** A number, or for texts a string; numbers may be strings where JSON cannot hold them. */
function scalar(
  entry: unknown,
  type: TensorType,
  refuse: (summary: string, expected: string, found: unknown) => CliError,
): number | string {
  if (isText(type)) {
    if (typeof entry === 'string') return entry;
    throw refuse('an entry has the wrong type', 'a string', entry);
  }
  if (typeof entry === 'number') return entry;
  if (typeof entry === 'boolean') return entry ? 1 : 0;
  if (typeof entry === 'string') {
    if (['NaN', 'Infinity', '-Infinity'].includes(entry)) return Number(entry);
    if (/^-?\d+$/.test(entry)) return type.endsWith('int64') ? entry : Number(entry);
  }
  throw refuse('an entry has the wrong type', 'a number', entry);
}

function bigData(entries: readonly (number | string)[], type: TensorType): TensorData {
  const values = entries.map((entry) => BigInt(entry));
  return type === 'uint64' ? BigUint64Array.from(values) : BigInt64Array.from(values);
}

/** A tensor as this file's JSON. */
export function tensorJson({ type, dims, data }: Tensor): {
  type: TensorType;
  dims: readonly number[];
  data: (number | string)[];
} {
  const values: (number | string)[] = [];
  for (const entry of data) values.push(type === 'float16' ? half(Number(entry)) : plain(entry));
  return { type, dims, data: values };
}

function plain(entry: number | bigint | string): number | string {
  if (typeof entry === 'bigint') {
    return Number.isSafeInteger(Number(entry)) ? Number(entry) : String(entry);
  }
  return typeof entry === 'string' || Number.isFinite(entry) ? entry : String(entry);
}

/** The number that 16 bits of IEEE binary16 stand for. */
function half(bits: number): number | string {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return plain(fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN);
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A tensor's elements as numbers; strings become NaN. */
export function asNumbers({ type, data }: Tensor): number[] {
  return Array.from(data as ArrayLike<number | bigint | string>, (entry) =>
    type === 'float16' ? Number(half(Number(entry))) : Number(entry),
  );
}

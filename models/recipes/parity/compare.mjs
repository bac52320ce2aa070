// Reads golden models (golden.py says what is in them) and holds an engine's results against them.
// Shared by run.mjs and the tests; knows no engine.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the golden models lie. */
export const goldens = fileURLToPath(new URL('../../../tests/golden/parity/', import.meta.url));

/** The names of all golden models. */
export function goldenNames(folder = goldens) {
  return readdirSync(folder).sort();
}

/** { name, bytes, golden } of one golden model; throws when one of its files is missing. */
export function readGolden(name, folder = goldens) {
  const bytes = new Uint8Array(readFileSync(path.join(folder, name, 'model.onnx')));
  const golden = JSON.parse(readFileSync(path.join(folder, name, 'golden.json'), 'utf8'));
  return { name, bytes, golden };
}

const kSpecial = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};
const numbers = (data) => data.map((x) => (typeof x === 'string' ? kSpecial[x] : x));

const kArrays = {
  float: (data) => Float32Array.from(numbers(data)),
  double: (data) => Float64Array.from(numbers(data)),
  int8: (data) => Int8Array.from(data),
  uint8: (data) => Uint8Array.from(data),
  bool: (data) => Uint8Array.from(data),
  int32: (data) => Int32Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
  float16: (data) => Uint16Array.from(numbers(data), halfBits),
  string: (data) => data,
};

/** The recorded inputs as the package takes them: { name: { type, dims, data } }. */
export function inputsOf(golden) {
  return Object.fromEntries(
    golden.inputs.map(({ name, type, dims, data }) => [
      name,
      { type, dims, data: kArrays[type](data) },
    ]),
  );
}

/** The bits of a number that half precision holds exactly, zero or normal; throws for others. */
export function halfBits(x) {
  const [bits] = new Uint32Array(Float32Array.of(x).buffer);
  const sign = (bits >>> 16) & 0x8000;
  if ((bits & 0x7fffffff) === 0) return sign;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  if (exponent < 1 || exponent > 30 || (bits & 0x1fff) !== 0 || Math.fround(x) !== x) {
    throw new Error(`${x} is not a normal number of half precision`);
  }
  return sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

/** The number that the bits of a half stand for. */
export function halfValue(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const kFloats = new Set(['float', 'double', 'float16']);

// Plain numbers or strings of an output { type, data }.
function plain({ type, data }) {
  if (type === 'string') return [...data];
  return Array.from(data, type === 'float16' && data instanceof Uint16Array ? halfValue : Number);
}

const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

// The largest difference of two lists of floats, and the first place where it is more than allowed.
function floatDifference(ours, theirs, { absolute, relative }) {
  let largest = 0;
  let where = -1;
  for (let i = 0; i < theirs.length; i += 1) {
    if (Object.is(ours[i], theirs[i]) || ours[i] === theirs[i]) continue;
    const difference = Math.abs(ours[i] - theirs[i]);
    if (!(difference <= absolute + relative * Math.abs(theirs[i])) && where < 0) where = i;
    if (!(difference <= largest)) largest = difference;
  }
  return { largest, where };
}

function compareOne(name, ours, theirs, isFloat, limit, who) {
  if (!same(ours.dims, theirs.dims)) {
    return {
      largest: Number.NaN,
      problem: `${name}: shape [${ours.dims}], [${theirs.dims}] ${who}`,
    };
  }
  const mine = plain(ours);
  const wanted = isFloat ? numbers(theirs.data) : theirs.data;
  if (mine.length !== wanted.length) {
    return {
      largest: Number.NaN,
      problem: `${name}: ${mine.length} values, ${wanted.length} ${who}`,
    };
  }
  const { largest, where } = isFloat
    ? floatDifference(mine, wanted, limit)
    : { largest: 0, where: mine.findIndex((x, i) => x !== wanted[i]) };
  if (where < 0) return { largest, problem: null };
  return { largest, problem: `${name}[${where}]: ${mine[where]} here, ${wanted[where]} ${who}` };
}

/**
 * Holds `outputs` (name -> { type, dims, data }) against what ONNX Runtime and the library gave.
 * Floats may differ by the recorded tolerance, all else must be equal, shapes and types as well; a
 * ZipMap's output is its probabilities, [rows][classes]. `only`: the names to compare.
 *
 * Gives { onnxruntime, library, labels, problems }: the largest difference of a float to each, whether
 * all that is no float was equal, and every failure in words.
 */
export function compare(
  golden,
  outputs,
  only = golden.outputs.onnxruntime.map(({ name }) => name),
) {
  const result = { onnxruntime: 0, library: 0, labels: true, problems: [] };
  const { tolerance } = golden;
  for (const recorded of golden.outputs.onnxruntime) {
    const { name } = recorded;
    if (!only.includes(name)) continue;
    const ours = outputs[name];
    if (ours === undefined) {
      result.problems.push(`output "${name}" is missing`);
      continue;
    }
    const type = recorded.type === 'zipmap' ? 'float' : recorded.type;
    if (ours.type !== type) result.problems.push(`${name}: ${ours.type} here, ${type} recorded`);
    const isFloat = kFloats.has(type);
    const sides = [['onnxruntime', recorded, 'in ONNX Runtime']];
    const library = golden.outputs.library[name];
    if (library !== undefined) sides.push(['library', library, 'in the library']);
    for (const [side, theirs, who] of sides) {
      const { largest, problem } = compareOne(name, ours, theirs, isFloat, tolerance[side], who);
      if (!(largest <= result[side])) result[side] = largest;
      if (problem === null) continue;
      result.problems.push(problem);
      if (!isFloat) result.labels = false;
    }
  }
  return result;
}

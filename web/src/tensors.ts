// Tensors between JavaScript and the engine: typed arrays with a shape. Checks names, types and
// sizes before anything reaches the engine, so that a mistake gets a message in the caller's words.

import type { RawTensor } from './engine.js';
import { InputError } from './errors.js';

/** Element types by the names that ONNX gives them. */
export type TensorType =
  | 'float'
  | 'double'
  | 'float16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'int4'
  | 'uint4'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string';

/**
 * What holds a tensor's elements: `int64` is BigInt64Array, `bool` Uint8Array, `float16` a
 * Uint16Array of IEEE binary16 bits, `int4` and `uint4` an Int8Array and Uint8Array of one element
 * a byte, `string` an array of strings.
 */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly string[];

type NumberData = Exclude<TensorData, readonly string[]>;

/** A tensor: `data` is row-major and holds exactly the product of `dims` elements. */
export interface Tensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/**
 * What `Model.run` takes for one input: a tensor, or data alone where the model's declared shape
 * leaves at most one size open. An array of plain numbers is converted to the declared type.
 */
export type TensorInput =
  | TensorData
  | readonly number[]
  | {
      readonly type?: TensorType;
      readonly dims?: readonly number[];
      readonly data: TensorData | readonly number[];
    };

/** A declared input or output of a model. */
export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  /** Sizes, -1 where the model leaves one open; null where it leaves even their number open. */
  readonly shape: readonly number[] | null;
}

interface Element {
  readonly onnx: number;
  readonly array: new (buffer: ArrayBufferLike, offset?: number, length?: number) => NumberData;
  readonly size: number;
}

const kString = 8;
const kElements: Record<Exclude<TensorType, 'string'>, Element> = {
  float: { onnx: 1, array: Float32Array, size: 4 },
  uint8: { onnx: 2, array: Uint8Array, size: 1 },
  int8: { onnx: 3, array: Int8Array, size: 1 },
  uint16: { onnx: 4, array: Uint16Array, size: 2 },
  int16: { onnx: 5, array: Int16Array, size: 2 },
  int32: { onnx: 6, array: Int32Array, size: 4 },
  int64: { onnx: 7, array: BigInt64Array, size: 8 },
  bool: { onnx: 9, array: Uint8Array, size: 1 },
  float16: { onnx: 10, array: Uint16Array, size: 2 },
  double: { onnx: 11, array: Float64Array, size: 8 },
  uint32: { onnx: 12, array: Uint32Array, size: 4 },
  uint64: { onnx: 13, array: BigUint64Array, size: 8 },
  uint4: { onnx: 21, array: Uint8Array, size: 0.5 },
  int4: { onnx: 22, array: Int8Array, size: 0.5 },
};

const shapeText = (dims: readonly number[] | null): string =>
  dims === null ? 'of any rank' : `[${dims.map((dim) => (dim < 0 ? '?' : dim)).join(', ')}]`;

function wrong(info: TensorInfo, expected: string, found: string): InputError {
  return new InputError(
    'invalid-input',
    `input "${info.name}": expected ${expected}, found ${found}`,
    { place: info.name, expected, found },
  );
}

// The bits of the float16 next to a number, halves to even.
function toHalf(x: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(x).buffer);
  const sign = (bits >>> 16) & 0x8000;
  const rest = bits & 0x7fffffff;
  if (rest > 0x7f800000) return sign | 0x7e00;
  if (rest >= 0x477ff000) return sign | 0x7c00;
  const magnitude = Math.abs(Math.fround(x));
  if (magnitude < 2 ** -14) {
    const steps = magnitude * 2 ** 24;
    const low = Math.floor(steps);
    const up = steps - low > 0.5 || (steps - low === 0.5 && low % 2 === 1);
    return sign | (low + (up ? 1 : 0));
  }
  return sign | ((rest - 0x38000000 + 0xfff + ((rest >>> 13) & 1)) >>> 13);
}

// Plain values as the declared type; one that the type can't hold is refused.
function convert(info: TensorInfo, values: readonly (number | string)[]): TensorData {
  const { type } = info;
  const check = (what: string, holds: (x: number | string) => boolean) => {
    const bad = values.find((x) => !holds(x));
    if (bad !== undefined) throw wrong(info, what, JSON.stringify(bad));
  };
  if (type === 'string') {
    check('strings', (x) => typeof x === 'string');
    return values as readonly string[];
  }
  const numbers = values as readonly number[];
  if (type === 'float' || type === 'double' || type === 'float16') {
    check('numbers', (x) => typeof x === 'number');
    if (type === 'float16') return Uint16Array.from(numbers, toHalf);
    return type === 'float' ? Float32Array.from(numbers) : Float64Array.from(numbers);
  }
  const { size, array } = kElements[type];
  const signed = type.startsWith('int');
  const safe = Number.MAX_SAFE_INTEGER;
  const high =
    type === 'bool' ? 1 : size === 8 ? safe : 2 ** (signed ? size * 8 - 1 : size * 8) - 1;
  const low = !signed ? 0 : size === 8 ? -safe : -high - 1;
  check(
    `whole numbers from ${low} to ${high}`,
    (x) => Number.isInteger(x) && Number(x) >= low && Number(x) <= high,
  );
  const data = new array(new ArrayBuffer(Math.max(size, 1) * numbers.length));
  numbers.forEach((x, i) => {
    data[i] = size === 8 ? BigInt(x) : x;
  });
  return data;
}

// The shape that `count` elements have when the declared one leaves at most one size open.
function inferDims(info: TensorInfo, count: number): readonly number[] {
  if (info.shape === null) return [count];
  const open = info.shape.filter((dim) => dim < 0).length;
  const fixed = info.shape.reduce((product, dim) => (dim < 0 ? product : product * dim), 1);
  if (open === 0) return info.shape;
  if (open > 1 || fixed === 0 || count % fixed !== 0) {
    throw wrong(
      info,
      `{ data, dims } for the shape ${shapeText(info.shape)}`,
      `${count} elements without dims`,
    );
  }
  return info.shape.map((dim) => (dim < 0 ? count / fixed : dim));
}

// Strings cross the boundary as n + 1 offsets (uint32, little-endian), then their characters.
function packStrings(texts: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = texts.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 4 * (texts.length + 1)),
  );
  const offsets = new DataView(bytes.buffer);
  const first = 4 * (texts.length + 1);
  let end = 0;
  parts.forEach((part, i) => {
    bytes.set(part, first + end);
    end += part.length;
    offsets.setUint32(4 * (i + 1), end, true);
  });
  return bytes;
}

function unpackStrings(bytes: Uint8Array, count: number): string[] {
  const decoder = new TextDecoder();
  const offsets = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = 4 * (count + 1);
  return Array.from({ length: count }, (_, i) =>
    decoder.decode(
      bytes.subarray(
        first + offsets.getUint32(4 * i, true),
        first + offsets.getUint32(4 * (i + 1), true),
      ),
    ),
  );
}

// Two elements of half a byte share one, the first in its low half.
function packHalves(elements: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(elements.length / 2));
  elements.forEach((x, i) => {
    bytes[i >> 1] = (bytes[i >> 1] ?? 0) | ((x & 15) << (4 * (i & 1)));
  });
  return bytes;
}

function unpackHalves(bytes: Uint8Array, count: number, { array }: Element): TensorData {
  const data = new array(new ArrayBuffer(count));
  for (let i = 0; i < count; i++) {
    const half = ((bytes[i >> 1] ?? 0) >> (4 * (i & 1))) & 15;
    data[i] = array === Int8Array && half > 7 ? half - 16 : half;
  }
  return data;
}

/** Checks one input against its declaration. Throws InputError `invalid-input`. */
export function toRaw(info: TensorInfo, input: TensorInput): RawTensor {
  const isData = (value: unknown): value is TensorData | readonly number[] =>
    Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  const given = (isData(input) ? { data: input } : input) as {
    readonly type?: TensorType;
    readonly dims?: readonly number[];
    readonly data: TensorData | readonly number[];
  };
  if (typeof given !== 'object' || given === null || !isData(given.data)) {
    throw wrong(info, 'a typed array, or { data, dims }', typeof input);
  }
  if (given.type !== undefined && given.type !== info.type) {
    throw wrong(info, `type ${info.type}`, `type ${given.type}`);
  }
  const element = info.type === 'string' ? null : kElements[info.type];
  const data = Array.isArray(given.data) ? convert(info, given.data) : (given.data as TensorData);
  const expected = element?.array ?? Array;
  if (!(data instanceof expected)) {
    throw wrong(
      info,
      `type ${info.type} in ${element === null ? 'an Array' : `a ${expected.name}`}`,
      `a ${(data as object).constructor.name}`,
    );
  }
  const dims = given.dims ?? inferDims(info, data.length);
  const fits =
    dims.every((dim) => Number.isInteger(dim) && dim >= 0) &&
    (info.shape === null ||
      (dims.length === info.shape.length &&
        info.shape.every((declared, axis) => declared < 0 || declared === dims[axis])));
  if (!fits) {
    throw wrong(info, `shape ${shapeText(info.shape)}`, `shape ${shapeText(dims)}`);
  }
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count !== data.length) {
    throw wrong(info, `${count} elements for shape ${shapeText(dims)}`, `${data.length} elements`);
  }
  let bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : packStrings(data as readonly string[]);
  if (element?.size === 0.5) bytes = packHalves(bytes);
  return { type: element?.onnx ?? kString, dims, bytes };
}

/** An engine's output, whose bytes are ours, as a tensor. */
export function fromRaw(raw: RawTensor): Tensor {
  const { dims } = raw;
  if (raw.type === kString) {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return { type: 'string', dims, data: unpackStrings(raw.bytes, count) };
  }
  for (const [type, element] of Object.entries(kElements) as [TensorType, Element][]) {
    if (element.onnx !== raw.type) continue;
    if (element.size === 0.5) {
      const count = dims.reduce((product, dim) => product * dim, 1);
      return { type, dims, data: unpackHalves(raw.bytes, count, element) };
    }
    const { buffer, byteOffset, byteLength } = raw.bytes;
    return { type, dims, data: new element.array(buffer, byteOffset, byteLength / element.size) };
  }
  throw new InputError('unsupported', `an output has the element type ${raw.type}`, {
    expected: [...Object.keys(kElements), 'string'].join(', '),
    found: `ONNX element type ${raw.type}`,
  });
}

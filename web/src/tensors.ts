// Tensors between JavaScript and the engine: typed arrays with a shape. Checks names, types and
// sizes before anything reaches the engine, so that a mistake gets a message in the caller's words.

import type { RawTensor } from './engine.js';
import { InputError } from './errors.js';

/** Element types by the names that ONNX gives them. */
export type TensorType = 'float' | 'double' | 'int8' | 'uint8' | 'int32' | 'int64' | 'bool';

/** The typed arrays that hold a tensor's elements: `int64` is BigInt64Array, `bool` Uint8Array. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int32Array
  | BigInt64Array;

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
  /** Sizes; -1 where the model leaves one open. */
  readonly shape: readonly number[];
}

interface Element {
  readonly onnx: number;
  readonly array: new (buffer: ArrayBufferLike, offset?: number, length?: number) => TensorData;
  readonly size: number;
}

const kElements: Record<TensorType, Element> = {
  float: { onnx: 1, array: Float32Array, size: 4 },
  uint8: { onnx: 2, array: Uint8Array, size: 1 },
  int8: { onnx: 3, array: Int8Array, size: 1 },
  int32: { onnx: 6, array: Int32Array, size: 4 },
  int64: { onnx: 7, array: BigInt64Array, size: 8 },
  bool: { onnx: 9, array: Uint8Array, size: 1 },
  double: { onnx: 11, array: Float64Array, size: 8 },
};

const shapeText = (dims: readonly number[]): string =>
  `[${dims.map((dim) => (dim < 0 ? '?' : dim)).join(', ')}]`;

function wrong(info: TensorInfo, expected: string, found: string): InputError {
  return new InputError(
    'invalid-input',
    `input "${info.name}": expected ${expected}, found ${found}`,
    { place: info.name, expected, found },
  );
}

// Plain numbers as the declared type; a number that the type can't hold is refused.
function convert(info: TensorInfo, numbers: readonly number[]): TensorData {
  const { type } = info;
  const check = (low: number, high: number) => {
    const bad = numbers.find((x) => !(Number.isInteger(x) && x >= low && x <= high));
    if (bad !== undefined) throw wrong(info, `whole numbers from ${low} to ${high}`, String(bad));
  };
  switch (type) {
    case 'float':
    case 'double': {
      const bad = numbers.find((x) => typeof x !== 'number');
      if (bad !== undefined) throw wrong(info, 'numbers', String(bad));
      return type === 'float' ? Float32Array.from(numbers) : Float64Array.from(numbers);
    }
    case 'int64':
      check(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      return BigInt64Array.from(numbers, BigInt);
    case 'int32':
      check(-2147483648, 2147483647);
      return Int32Array.from(numbers);
    case 'int8':
      check(-128, 127);
      return Int8Array.from(numbers);
    case 'uint8':
    case 'bool':
      check(0, type === 'bool' ? 1 : 255);
      return Uint8Array.from(numbers);
  }
}

// The shape that `count` elements have when the declared one leaves at most one size open.
function inferDims(info: TensorInfo, count: number): readonly number[] {
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
  const element = kElements[info.type];
  const data = Array.isArray(given.data) ? convert(info, given.data) : (given.data as TensorData);
  if (!(data instanceof element.array)) {
    throw wrong(
      info,
      `type ${info.type} in a ${element.array.name}`,
      `a ${(data as object).constructor.name}`,
    );
  }
  const dims = given.dims ?? inferDims(info, data.length);
  const fits =
    dims.length === info.shape.length &&
    dims.every((dim, axis) => {
      const declared = info.shape[axis] ?? -1;
      return Number.isInteger(dim) && dim >= 0 && (declared < 0 || declared === dim);
    });
  if (!fits) {
    throw wrong(info, `shape ${shapeText(info.shape)}`, `shape ${shapeText(dims)}`);
  }
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count !== data.length) {
    throw wrong(info, `${count} elements for shape ${shapeText(dims)}`, `${data.length} elements`);
  }
  return {
    type: element.onnx,
    dims,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/** An engine's output, whose bytes are ours, as a tensor. */
export function fromRaw(raw: RawTensor): Tensor {
  for (const [type, element] of Object.entries(kElements) as [TensorType, Element][]) {
    if (element.onnx !== raw.type) continue;
    const { buffer, byteOffset, byteLength } = raw.bytes;
    return {
      type,
      dims: raw.dims,
      data: new element.array(buffer, byteOffset, byteLength / element.size),
    };
  }
  throw new InputError('unsupported', `an output has the element type ${raw.type}`, {
    expected: Object.keys(kElements).join(', '),
    found: `ONNX element type ${raw.type}`,
  });
}

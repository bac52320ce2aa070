// NumPy's files: .npy (format 1.0 to 3.0) and .npz, read and written as tensors. Reads little-endian
// numbers, booleans and <U strings in C or Fortran order. Refuses pickled objects, records, complex
// numbers and big-endian ones, and says how to save them instead.
//
// Format: numpy/lib/format.py's description (NEP 1).
import { unzipSync, zipSync } from 'fflate';
import type { Tensor, TensorData, TensorType } from '../src/tensors.js';
import { CliError, listed, quoted } from './errors.js';

interface Kind {
  descr: string;
  size: number;
  array: (buffer: ArrayBuffer) => Exclude<TensorData, readonly string[]>;
}

const kKinds: Record<Exclude<TensorType, 'string' | 'int4' | 'uint4'>, Kind> = {
  float16: { descr: '<f2', size: 2, array: (buffer) => new Uint16Array(buffer) },
  float: { descr: '<f4', size: 4, array: (buffer) => new Float32Array(buffer) },
  double: { descr: '<f8', size: 8, array: (buffer) => new Float64Array(buffer) },
  int8: { descr: '|i1', size: 1, array: (buffer) => new Int8Array(buffer) },
  int16: { descr: '<i2', size: 2, array: (buffer) => new Int16Array(buffer) },
  int32: { descr: '<i4', size: 4, array: (buffer) => new Int32Array(buffer) },
  int64: { descr: '<i8', size: 8, array: (buffer) => new BigInt64Array(buffer) },
  uint8: { descr: '|u1', size: 1, array: (buffer) => new Uint8Array(buffer) },
  uint16: { descr: '<u2', size: 2, array: (buffer) => new Uint16Array(buffer) },
  uint32: { descr: '<u4', size: 4, array: (buffer) => new Uint32Array(buffer) },
  uint64: { descr: '<u8', size: 8, array: (buffer) => new BigUint64Array(buffer) },
  bool: { descr: '|b1', size: 1, array: (buffer) => new Uint8Array(buffer) },
};

const kMagic = '\x93NUMPY';
const kAlignment = 64;

interface Header {
  descr: string;
  fortran: boolean;
  dims: number[];
  /** Where the elements begin. */
  end: number;
}

function wrong(summary: string, file: string, expected: string, found: string): CliError {
  return new CliError('invalid-input', summary, { file, expected, found });
}

/** Reads the bytes of a .npy file; `file` names it in messages. Throws CliError. */
export function readNpy(bytes: Uint8Array, file: string): Tensor {
  const { descr, fortran, dims, end } = readHeader(bytes, file);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const text = /^[<=|]?U(\d+)$/.exec(descr);
  const found = Object.entries(kKinds).find(
    ([, kind]) => kind.descr.slice(1) === descr.replace(/^[<=|]/, ''),
  );
  const size = text === null ? found?.[1].size : 4 * Number(text[1]);
  if (size === undefined) throw unreadable(descr, file);
  const expected = count * size;
  if (!Number.isSafeInteger(expected) || bytes.byteLength - end !== expected) {
    const less = bytes.byteLength - end < expected;
    throw wrong(
      less ? 'the array breaks off' : 'there is more in the file than its array',
      file,
      `${expected} bytes for ${descr} [${dims.join(', ')}]`,
      `${bytes.byteLength - end}`,
    );
  }
  // A copy: elements need their alignment, and the file's bytes need not stay.
  const buffer = new Uint8Array(bytes.subarray(end)).buffer;
  if (text !== null || found === undefined) {
    const strings = readStrings(new DataView(buffer), count, size / 4, file);
    return { type: 'string', dims, data: fortran ? rowMajor(strings, dims, []) : strings };
  }
  const data = found[1].array(buffer);
  const type = found[0] as TensorType;
  if (!fortran || dims.length < 2) return { type, dims, data };
  const ordered = found[1].array(new ArrayBuffer(buffer.byteLength));
  return { type, dims, data: rowMajor(data, dims, ordered as typeof data) };
}

function readHeader(bytes: Uint8Array, file: string): Header {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== kMagic) throw wrong('this is no .npy file', file, 'a NumPy array', looks(bytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) {
    throw wrong('this version of .npy is not known', file, 'format 1.0 to 3.0', `${version}`);
  }
  const start = version === 1 ? 10 : 12;
  const cut = (): CliError =>
    wrong('the file breaks off', file, 'a whole header', `${bytes.byteLength} bytes`);
  if (bytes.byteLength < start) throw cut();
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.byteLength < end) throw cut();
  const header = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(start, end),
  );
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined && /'descr'\s*:\s*\[/.test(header)) throw unreadable('records', file);
  if (descr === undefined || order === undefined || shape === undefined) {
    throw wrong(
      'the header is damaged',
      file,
      'descr, fortran_order, shape',
      quoted(header.trim()),
    );
  }
  const dims = (shape.match(/\d+/g) ?? []).map(Number);
  return { descr, fortran: order === 'True', dims, end };
}

function unreadable(descr: string, file: string): CliError {
  if (descr.includes('O')) {
    return wrong(
      'the array holds pickled objects',
      file,
      'numbers or strings, such as array.astype(str)',
      descr,
    );
  }
  if (descr.startsWith('>')) {
    return wrong(
      'the array is big-endian',
      file,
      `little-endian: array.astype('<${descr.slice(1)}')`,
      descr,
    );
  }
  return wrong(
    'arrays of this kind cannot be read',
    file,
    'float16 to float64, int8 to int64, uint8 to uint64, bool or str',
    descr,
  );
}

function looks(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'nothing: the file is empty';
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return 'a zip archive: name it .npz';
  return `bytes that begin with ${[...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}

/** Strings of `length` code points each (UTF-32), without the zeros that fill them up. */
function readStrings(view: DataView, count: number, length: number, file: string): string[] {
  return Array.from({ length: count }, (_, i) => {
    let text = '';
    for (let n = 0; n < length; ++n) {
      const point = view.getUint32(4 * (i * length + n), true);
      if (point > 0x10ffff) {
        throw wrong('a string is damaged', file, 'code points', `0x${point.toString(16)}`);
      }
      text += String.fromCodePoint(point);
    }
    return text.replace(/\0+$/, '');
  });
}

/** `data` in Fortran order, written to `out` in C order. */
function rowMajor<Data extends { [n: number]: unknown; length: number }>(
  data: Data,
  dims: readonly number[],
  out: Data,
): Data {
  const strides: number[] = [];
  let stride = 1;
  for (const dim of dims) {
    strides.push(stride);
    stride *= dim;
  }
  const index = dims.map(() => 0);
  let at = 0;
  for (let i = 0; i < data.length; ++i) {
    out[i] = data[at];
    for (let axis = dims.length - 1; axis >= 0; --axis) {
      const step = strides[axis] as number;
      at += step;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (dims[axis] as number)) break;
      at -= step * (index[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}

/** The bytes of a .npy file (format 1.0, C order; strings as <U). */
export function writeNpy({ type, dims, data }: Tensor): Uint8Array {
  let descr: string;
  let content: Uint8Array;
  if (type === 'string') {
    const points = (data as readonly string[]).map((text) =>
      [...text].map((character) => character.codePointAt(0) as number),
    );
    const length = Math.max(1, ...points.map((text) => text.length));
    const units = new Uint32Array(points.length * length);
    for (const [i, text] of points.entries()) units.set(text, i * length);
    descr = `<U${length}`;
    content = new Uint8Array(units.buffer);
  } else {
    const { buffer, byteOffset, byteLength } = data as Exclude<TensorData, readonly string[]>;
    // NumPy has no numbers of half a byte: they are written as whole ones.
    const stored = type === 'int4' ? 'int8' : type === 'uint4' ? 'uint8' : type;
    descr = kKinds[stored].descr;
    content = new Uint8Array(buffer, byteOffset, byteLength);
  }
  const shape = `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  // NumPy fills the header up with spaces, so that the elements are aligned in the file.
  const length = Math.ceil((header.length + 11) / kAlignment) * kAlignment - 10;
  const bytes = new Uint8Array(10 + length + content.byteLength);
  for (let i = 0; i < 6; ++i) bytes[i] = kMagic.charCodeAt(i);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, length, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(length - 1)}\n`), 10);
  bytes.set(content, 10 + length);
  return bytes;
}

/** Reads a .npz: its arrays by name. Throws CliError that names the file and the array in it. */
export function readNpz(bytes: Uint8Array, file: string): Map<string, Tensor> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    const found =
      String.fromCharCode(...bytes.subarray(0, 6)) === kMagic ? 'a lone .npy array' : looks(bytes);
    throw wrong('this is no .npz file', file, 'a zip archive of .npy arrays', found);
  }
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      'invalid-input',
      'the archive cannot be read',
      { file, expected: 'a whole .npz', found: why },
      error,
    );
  }
  const arrays = Object.entries(entries).filter(([name]) => name.endsWith('.npy'));
  if (arrays.length === 0) {
    const found = listed(Object.keys(entries)) || 'nothing';
    throw wrong('there is no array in the archive', file, 'entries NAME.npy', found);
  }
  return new Map(
    arrays.map(([name, content]) => [
      name.slice(0, -'.npy'.length),
      readNpy(content, `${file}, ${name}`),
    ]),
  );
}

/** The bytes of a .npz with these arrays. */
export function writeNpz(arrays: ReadonlyMap<string, Tensor>): Uint8Array {
  return zipSync(
    Object.fromEntries([...arrays].map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)])),
  );
}

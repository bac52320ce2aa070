// `storewise run` on .npy, .npz and JSON, and those files themselves: NumPy's own bytes are read (the
// headers below are spelt out as NumPy writes them), what is written is read again, and what is not
// an array says why.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { zipSync } from 'fflate';
import { cliModule, file, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';
import { onnxModel, tensor } from './support/onnx.mjs';

const folder = temporaryFolder();
const at = (...names) => path.join(folder, ...names);
let npy;

before(async () => {
  npy = await cliModule('npy');
});

/** A .npy file as NumPy lays it out, for any header. */
function npyBytes(descr, fortran, shape, data, { version = 1, quote = "'" } = {}) {
  const text = `{'descr': ${quote}${descr}${quote}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const head = version === 1 ? 10 : 12;
  const length = Math.ceil((head + text.length + 1) / 64) * 64 - head;
  const bytes = Buffer.alloc(head + length, ' ');
  bytes.write('\x93NUMPY', 'latin1');
  bytes[6] = version;
  bytes[7] = 0;
  if (version === 1) bytes.writeUInt16LE(length, 8);
  else bytes.writeUInt32LE(length, 8);
  bytes.write(text, head);
  bytes[bytes.length - 1] = 10;
  const content = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(Buffer.concat([bytes, content]));
}

// sum [2, 3] = a [2, 3] + b [3]; twice = b + b.
const model = onnxModel({
  inputs: [
    ['a', 'float', ['n', 3]],
    ['b', 'float', [3]],
  ],
  outputs: [
    ['sum', 'float', ['n', 3]],
    ['twice', 'float', [3]],
  ],
  initializers: [],
  nodes: [
    ['Add', ['a', 'b'], ['sum']],
    ['Add', ['b', 'b'], ['twice']],
  ],
});
const a = Float32Array.of(1, 2, 3, 4, 5, 6);
const b = Float32Array.of(10, 20, 30);
const expected = {
  sum: { type: 'float', dims: [2, 3], data: [11, 22, 33, 14, 25, 36] },
  twice: { type: 'float', dims: [3], data: [20, 40, 60] },
};

describe('run', () => {
  let onnx;
  before(() => {
    onnx = file(folder, 'sum.onnx', model);
    file(folder, 'a.npy', npyBytes('<f4', false, '(2, 3)', a));
    file(folder, 'b.npy', npyBytes('<f4', false, '(3,)', b));
    file(folder, 'other.npy', npyBytes('<f4', false, '(3,)', b));
  });

  const outputsOf = async (...inputs) => {
    const args = inputs.flatMap((input) => ['--input', input]);
    const { status, value } = await storewiseJson(['run', onnx, ...args]);
    assert.equal(status, 0, value.error?.message);
    assert.ok(value.ms >= 0);
    return value.outputs;
  };

  test('takes .npy by name, by the file’s name and by order', async () => {
    assert.deepEqual(await outputsOf(`b=${at('other.npy')}`, `a=${at('a.npy')}`), expected);
    assert.deepEqual(await outputsOf(at('b.npy'), at('a.npy')), expected);
    assert.deepEqual(await outputsOf(at('other.npy'), at('a.npy')), expected);
  });

  test('takes .npz and JSON, flat, nested or with dims', async () => {
    const npz = file(
      folder,
      'both.npz',
      npy.writeNpz(
        new Map([
          ['a', { type: 'float', dims: [2, 3], data: a }],
          ['b', { type: 'float', dims: [3], data: b }],
        ]),
      ),
    );
    assert.deepEqual(await outputsOf(npz), expected);
    for (const [name, json] of [
      ['flat', { a: [1, 2, 3, 4, 5, 6], b: [10, 20, 30] }],
      [
        'nested',
        {
          a: [
            [1, 2, 3],
            [4, 5, 6],
          ],
          b: [10, 20, 30],
        },
      ],
      ['spelt', { a: { type: 'float', dims: [2, 3], data: [...a] }, b: { data: [10, 20, 30] } }],
    ]) {
      assert.deepEqual(
        await outputsOf(file(folder, `${name}.json`, JSON.stringify(json))),
        expected,
      );
    }
  });

  test('float64 and whole numbers become what the model wants; Fortran order is read', async () => {
    const wide = file(
      folder,
      'wide.npy',
      npyBytes('<f8', true, '(2, 3)', Float64Array.of(1, 4, 2, 5, 3, 6)),
    );
    const whole = file(
      folder,
      'whole.npy',
      npyBytes('<i8', false, '(3,)', BigInt64Array.of(10n, 20n, 30n)),
    );
    assert.deepEqual(await outputsOf(`a=${wide}`, `b=${whole}`), expected);
  });

  test('writes .npz, JSON or a folder of .npy, and shows the first values', async () => {
    const inputs = ['--input', at('a.npy'), '--input', at('b.npy')];
    const { stdout } = await storewise(['run', onnx, ...inputs, '--output', at('out.npz')]);
    assert.match(
      stdout,
      /^sum: float\[2, 3\] {2}11, 22, 33, 14, 25, 36\ntwice: float\[3\] {2}20, 40, 60\n/,
    );
    const arrays = npy.readNpz(new Uint8Array(readFileSync(at('out.npz'))), 'out.npz');
    assert.deepEqual([...arrays.keys()], ['sum', 'twice']);
    assert.deepEqual([...arrays.get('sum').data], expected.sum.data);
    await storewise(['run', onnx, ...inputs, '--output', at('out.json')]);
    assert.deepEqual(JSON.parse(readFileSync(at('out.json'), 'utf8')), expected);
    await storewise(['run', onnx, ...inputs, '--output', at('out')]);
    assert.deepEqual(readdirSync(at('out')).sort(), ['sum.npy', 'twice.npy']);
    const twice = npy.readNpy(new Uint8Array(readFileSync(at('out', 'twice.npy'))), 'twice.npy');
    assert.deepEqual([twice.dims, [...twice.data]], [[3], [20, 40, 60]]);
  });

  for (const [name, write, message] of [
    ['nothing given', () => [], /inputs are missing.*--input a=FILE --input b=FILE/],
    ['one missing', () => [at('a.npy')], /inputs are missing.*--input b=FILE.*found a/],
    [
      'one too many',
      () => ['a.npy', 'b.npy', 'other.npy'].map((f) => at(f)),
      /a file too many.*other/,
    ],
    ['twice the same', () => [at('a.npy'), `a=${at('a.npy')}`], /given twice/],
    [
      'a name that is none',
      () => [file(folder, 'c.json', '{"c":[1]}')],
      /c\.json: the model has no such input.*expected a, b; found c/,
    ],
    ['no JSON', () => [file(folder, 'd.json', '{"a":')], /d\.json: this is no JSON/],
    [
      'ragged lists',
      () => [file(folder, 'r.json', '{"a":[[1,2],[3]]}')],
      /r\.json, \$\.a: the lists differ in length/,
    ],
    [
      'a word in numbers',
      () => [file(folder, 'w.json', '{"a":["x"]}')],
      /w\.json, \$\.a: .*expected a number/,
    ],
    ['another shape', () => [`a=${at('b.npy')}`, `b=${at('b.npy')}`], /shape/],
    ['a missing file', () => [at('absent.npy')], /absent\.npy: there is no such file/],
    [
      'strings for numbers',
      () => [`a=${file(folder, 's.npy', npyBytes('<U1', false, '(1,)', Uint32Array.of(65)))}`],
      /s\.npy, input "a": .*expected float; found string/,
    ],
  ]) {
    test(`${name} is an error that says so`, async () => {
      const args = write().flatMap((input) => ['--input', input]);
      const { status, value } = await storewiseJson(['run', onnx, ...args]);
      assert.notEqual(status, 0);
      assert.match(value.error.message, message);
    });
  }

  test('whole numbers beyond 2^53 and what is not finite pass through JSON', async () => {
    const identity = onnxModel({
      inputs: [
        ['i', 'int64', [2]],
        ['f', 'float', [3]],
      ],
      outputs: [
        ['j', 'int64', [2]],
        ['g', 'float', [3]],
      ],
      initializers: [
        tensor('zero', 'int64', [1], BigInt64Array.of(0n)),
        tensor('one', 'float', [1], Float32Array.of(1)),
      ],
      nodes: [
        ['Add', ['i', 'zero'], ['j']],
        ['Mul', ['f', 'one'], ['g']],
      ],
    });
    const args = ['run', file(folder, 'identity.onnx', identity), '--input'];
    const json = { i: ['9007199254740993', 5], f: ['NaN', '-Infinity', 0.5] };
    const { value } = await storewiseJson([...args, file(folder, 'i.json', JSON.stringify(json))]);
    assert.deepEqual(value.outputs.j.data, ['9007199254740993', 5]);
    assert.deepEqual(value.outputs.g.data, ['NaN', '-Infinity', 0.5]);
  });
});

describe('NumPy files', () => {
  test('every type is read, in every version of the format', () => {
    for (const [descr, type, data] of [
      ['<f2', 'float16', Uint16Array.of(0x3c00, 0xc000)],
      ['<f4', 'float', Float32Array.of(1.5, -2)],
      ['<f8', 'double', Float64Array.of(1e300, -2)],
      ['|i1', 'int8', Int8Array.of(-128, 127)],
      ['<i2', 'int16', Int16Array.of(-32768, 1)],
      ['<i4', 'int32', Int32Array.of(-5, 1 << 30)],
      ['<i8', 'int64', BigInt64Array.of(-(1n << 60n), 1n)],
      ['|u1', 'uint8', Uint8Array.of(255, 0)],
      ['<u2', 'uint16', Uint16Array.of(65535, 0)],
      ['<u4', 'uint32', Uint32Array.of(4294967295, 0)],
      ['<u8', 'uint64', BigUint64Array.of((1n << 64n) - 1n, 0n)],
      ['|b1', 'bool', Uint8Array.of(1, 0)],
    ]) {
      for (const version of [1, 2, 3]) {
        const read = npy.readNpy(npyBytes(descr, false, '(2,)', data, { version }), 'x.npy');
        assert.deepEqual(read, { type, dims: [2], data });
        assert.deepEqual(npy.readNpy(npy.writeNpy(read), 'x.npy'), read);
      }
    }
  });

  test('scalars, empty arrays, strings and Fortran order of three axes', () => {
    const scalar = npy.readNpy(npyBytes('<f4', false, '()', Float32Array.of(7)), 'x');
    assert.deepEqual([scalar.dims, [...scalar.data]], [[], [7]]);
    assert.deepEqual(npy.readNpy(npy.writeNpy(scalar), 'x'), scalar);
    assert.deepEqual(
      npy.readNpy(npyBytes('<f4', false, '(0, 3)', new Float32Array(0)), 'x').dims,
      [0, 3],
    );
    const points = (text, length) => [...text.padEnd(length, '\0')].map((c) => c.codePointAt(0));
    const words = Uint32Array.from(['né', '文字', '', 'a😀'].flatMap((text) => points(text, 2)));
    const strings = npy.readNpy(npyBytes('<U2', true, '(2, 2)', words), 'x');
    assert.deepEqual(strings, { type: 'string', dims: [2, 2], data: ['né', '', '文字', 'a😀'] });
    assert.deepEqual(npy.readNpy(npy.writeNpy(strings), 'x'), strings);
    // [2, 3, 2] whose entry [i][j][k] is 100 i + 10 j + k, first axis fastest.
    const fortran = Int32Array.from(
      { length: 12 },
      (_, n) => 100 * (n % 2) + 10 * (Math.floor(n / 2) % 3) + Math.floor(n / 6),
    );
    assert.deepEqual(
      [...npy.readNpy(npyBytes('<i4', true, '(2, 3, 2)', fortran), 'x').data],
      [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121],
    );
  });

  test('what is no array of numbers is refused with what to do', () => {
    const floats = npyBytes('<f4', false, '(2, 3)', a);
    for (const [bytes, message] of [
      [new Uint8Array(0), /x\.npy: this is no \.npy file.*the file is empty/],
      [new TextEncoder().encode('1,2,3'), /x\.npy: this is no \.npy file.*31 2c 32/],
      [floats.subarray(0, 8), /breaks off/],
      [floats.subarray(0, 40), /breaks off.*whole header/],
      [
        floats.subarray(0, floats.length - 1),
        /the array breaks off \(expected 24 bytes for <f4 \[2, 3\]; found 23\)/,
      ],
      [new Uint8Array([...floats, 0]), /more in the file than its array.*24.*25/],
      [npyBytes('|O', false, '(1,)', new Uint8Array(9)), /pickled objects/],
      [npyBytes('>f4', false, '(1,)', new Uint8Array(4)), /big-endian.*astype\('<f4'\)/],
      [npyBytes('<c8', false, '(1,)', new Uint8Array(8)), /cannot be read.*<c8/],
      [
        npyBytes("[('a', '<f4')]", false, '(1,)', new Uint8Array(4), { quote: '' }),
        /cannot be read.*records/,
      ],
      [npyBytes('<f4', false, '(-1,)', new Uint8Array(4)), /header is damaged/],
      [npyBytes('<U1', false, '(1,)', Uint32Array.of(0xffffffff)), /a string is damaged/],
      [npyBytes('<f4', false, '(99999999999, 99999999999)', new Uint8Array(4)), /breaks off/],
    ]) {
      assert.throws(() => npy.readNpy(bytes, 'x.npy'), message);
    }
    assert.throws(
      () => npy.readNpz(floats, 'x.npz'),
      /x\.npz: this is no \.npz file.*a lone \.npy array/,
    );
    assert.throws(
      () => npy.readNpz(zipSync({ 'read.me': new Uint8Array(3) }), 'x.npz'),
      /no array.*read\.me/,
    );
    const whole = zipSync({ 'a.npy': floats });
    assert.throws(
      () => npy.readNpz(whole.subarray(0, 60), 'x.npz'),
      /x\.npz: the archive cannot be read/,
    );
    const cut = zipSync({ 'a.npy': floats.subarray(0, 100) });
    assert.throws(() => npy.readNpz(cut, 'x.npz'), /x\.npz, a\.npy: /);
  });
});

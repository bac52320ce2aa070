// Reads ONNX's TensorProto, the form of its test data, into what Model.run takes and gives.
// As much of protobuf as that needs: varints, fixed numbers and blocks.

const kTypes = [
  'undefined',
  'float',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'double',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  ...['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'uint4', 'int4'],
];
const kArrays = {
  float: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  double: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
};

/** The fields of a message: [number, value]; varints are bigint, everything else its bytes. */
export function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the message breaks off');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire === 0) {
      yield [tag >> 3, varint()];
      continue;
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : Number(varint());
    if (wire > 5 || at + length > bytes.length) throw new Error('the message breaks off');
    yield [tag >> 3, bytes.subarray(at, at + length)];
    at += length;
  }
}

function* varints(value) {
  if (typeof value === 'bigint') {
    yield value;
    return;
  }
  for (let at = 0; at < value.length; ) {
    let number = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = value[at++];
      number |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    yield number;
  }
}

/** {type, dims, data}; throws when the type is none of those that Model.run knows. */
export function readTensor(bytes) {
  const dims = [];
  const texts = [];
  const numbers = []; // varints, or bytes of floats and doubles
  let type = 'undefined';
  let raw;
  for (const [field, value] of fields(bytes)) {
    if (field === 1) for (const dim of varints(value)) dims.push(Number(dim));
    if (field === 2) type = kTypes[Number(value)] ?? `number ${value}`;
    if (field === 6) texts.push(new TextDecoder().decode(value));
    if (field === 9) raw = value;
    if (field === 4 || field === 10) numbers.push(...value);
    if (field === 5 || field === 7 || field === 11) numbers.push(...varints(value));
  }
  if (type === 'string') return { type, dims, data: texts };
  const array = kArrays[type];
  if (type === 'uint4' || type === 'int4') {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const packed = raw ?? numbers.map(Number);
    const data = Array.from({ length: count }, (_, i) => {
      const half = (packed[i >> 1] >> (4 * (i & 1))) & 15;
      return type === 'int4' && half > 7 ? half - 16 : half;
    });
    return { type, dims, data: type === 'int4' ? Int8Array.from(data) : Uint8Array.from(data) };
  }
  if (array === undefined) throw new Error(`a tensor of type ${type}`);
  if (raw !== undefined) return { type, dims, data: new array(Uint8Array.from(raw).buffer) };
  if (type === 'float' || type === 'double') {
    return { type, dims, data: new array(Uint8Array.from(numbers).buffer) };
  }
  const wide = array === BigInt64Array || array === BigUint64Array;
  return {
    type,
    dims,
    data: array.from(numbers, (x) => (wide ? x : Number(BigInt.asIntN(64, x)))),
  };
}

/** The value of a float16's bits. */
export function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

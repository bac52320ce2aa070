// Writes ONNX files for tests, field by field from onnx.proto: independent of the C++ writer, so that
// a mistake there can't hide. Covers what the fixtures need: nodes, attributes, initializers, metadata.

const kTypes = {
  ...{ float: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7, string: 8 },
  ...{ bool: 9, float16: 10, double: 11, uint32: 12, uint64: 13 },
};

const varint = (value) => {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
};
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field, value) => {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
};
const float = (field, value) => {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), content]);
};
// A part may be a list of parts: a tree ensemble has more numbers than a call may have arguments.
const message = (field, ...parts) => bytes(field, Buffer.concat(parts.flat()));

/** A named tensor; `data` is a typed array of the right kind. */
export const tensor = (name, type, dims, data) => ({ name, type, dims, data });

const tensorParts = ({ name, type, dims, data }) => [
  ...dims.map((dim) => number(1, dim)),
  number(2, kTypes[type]),
  bytes(8, name),
  bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
];

const attribute = ([name, value]) => {
  if (typeof value === 'string') return message(5, bytes(1, name), bytes(4, value), number(20, 3));
  if (value instanceof Float32Array) {
    return message(
      5,
      bytes(1, name),
      Array.from(value, (x) => float(7, x)),
      number(20, 6),
    );
  }
  if (value.nodes !== undefined) {
    const parts = [...value.nodes.map(node), ...value.outputs.map((one) => valueInfo(12, one))];
    return message(5, bytes(1, name), message(6, ...parts, bytes(2, name)), number(20, 5));
  }
  if (Array.isArray(value) && typeof value[0] === 'string') {
    return message(
      5,
      bytes(1, name),
      value.map((x) => bytes(9, x)),
      number(20, 8),
    );
  }
  if (Array.isArray(value)) {
    return message(
      5,
      bytes(1, name),
      value.map((x) => number(8, x)),
      number(20, 7),
    );
  }
  return Number.isInteger(value)
    ? message(5, bytes(1, name), number(3, value), number(20, 2))
    : message(5, bytes(1, name), float(2, value), number(20, 1));
};

const node = ([operator, inputs, outputs, attributes = {}, domain = '']) =>
  message(
    1,
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(3, `${operator}_${outputs[0]}`),
    bytes(4, operator),
    ...Object.entries(attributes).map(attribute),
    bytes(7, domain),
  );

// A shape that is null is not declared.
const valueInfo = (field, [name, type, shape]) =>
  message(
    field,
    bytes(1, name),
    message(
      2,
      message(
        1,
        number(1, kTypes[type]),
        shape === null
          ? Buffer.alloc(0)
          : message(
              2,
              ...shape.map((dim) =>
                typeof dim === 'string' ? message(1, bytes(2, dim)) : message(1, number(1, dim)),
              ),
            ),
      ),
    ),
  );

/** ModelProto.metadata_props with a text under the key "storewise". */
export const metadataEntry = (text) => message(14, bytes(1, 'storewise'), bytes(2, text));

/**
 * The bytes of a model, opset 17. `nodes` are [operator, inputs, outputs, attributes, domain]; an
 * attribute is a number, a string, an array of whole numbers or strings, a Float32Array, or a graph
 * of { nodes, outputs }.
 */
export function onnxModel({ nodes, inputs, outputs, initializers = [], metadata = null }) {
  const properties = metadata === null ? [] : [metadataEntry(JSON.stringify(metadata))];
  const file = Buffer.concat([
    number(1, 8),
    bytes(2, 'storewise-tests'),
    message(
      7,
      ...nodes.map(node),
      bytes(2, 'test'),
      ...initializers.map((one) => message(5, ...tensorParts(one))),
      ...inputs.map((one) => valueInfo(11, one)),
      ...outputs.map((one) => valueInfo(12, one)),
    ),
    message(8, bytes(1, ''), number(2, 17)),
    message(8, bytes(1, 'ai.onnx.ml'), number(2, 3)),
    ...properties,
  ]);
  return new Uint8Array(file);
}

// What an ONNX file says of itself that ONNX Runtime Web does not pass on: operator set, metadata,
// operators, and which values have a declared shape; and the attributes of its nodes. Reads the
// protobuf message (onnx.proto, version 1) and no weights; says nothing of what it can't follow,
// since whether the file is sound is the engine's to judge.

/** What `readOnnxFacts` found. */
export interface OnnxFacts {
  /** Version of the default operator set; 0 when the file names none. */
  readonly opset: number;
  /** The text under the metadata key "storewise", or null. */
  readonly metadata: string | null;
  /** How often each operator occurs, within branches and loops too, by its name without the domain. */
  readonly operators: { readonly [operator: string]: number };
  /** The class labels that the last classifier or ZipMap lists, whole numbers in decimal. */
  readonly labels: readonly string[];
  /** Names of the main graph's inputs and outputs whose shape is declared. */
  readonly shaped: ReadonlySet<string>;
}

interface Field {
  readonly number: number;
  /** A varint's value; 0 for fields of other kinds. */
  readonly value: number;
  /** The content of a length-delimited field, or the four bytes of a float; empty for others. */
  readonly bytes: Uint8Array;
}

const kNothing = new Uint8Array();
const decoder = new TextDecoder();

// A varint as a signed number, and the place behind it. Past 2^53 it loses its last digits; nothing
// that is read here is that large.
function readVarint(message: Uint8Array, from: number): [value: number, next: number] {
  let value = 0n;
  let at = from;
  for (let shift = 0n; at < message.length; shift += 7n) {
    const byte = message[at++] ?? 0;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128 || shift >= 63n) break;
  }
  return [Number(BigInt.asIntN(64, value)), at];
}

function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    const [value, next] = readVarint(message, at);
    at = next;
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag & 7) {
      case 0:
        yield { number, value: varint(), bytes: kNothing };
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (length < 0) return;
        yield { number, value: 0, bytes: message.subarray(at, at + length) };
        at += length;
        break;
      }
      case 5:
        yield { number, value: 0, bytes: message.subarray(at, at + 4) };
        at += 4;
        break;
      default:
        return; // groups are not used by ONNX
    }
  }
}

/** The last field `number` of a message, as protobuf has it. */
function child(message: Uint8Array, number: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const field of fields(message)) if (field.number === number) found = field.bytes;
  return found;
}

const text = (bytes: Uint8Array | undefined): string => decoder.decode(bytes ?? kNothing);

/** Of an AttributeProto: its strings, or its whole numbers in decimal, one by one or packed. */
export function listOf(attribute: Uint8Array): string[] {
  const list: string[] = [];
  for (const { number, value, bytes } of fields(attribute)) {
    if (number === 9) list.push(text(bytes));
    if (number !== 8) continue;
    if (bytes === kNothing) list.push(String(value));
    for (let at = 0; at < bytes.length; ) {
      const [packed, next] = readVarint(bytes, at);
      list.push(String(packed));
      at = next;
    }
  }
  return list;
}

/** Of an AttributeProto: its floats, one by one or packed. */
export function floatsOf(attribute: Uint8Array): number[] {
  const list: number[] = [];
  for (const { number, bytes } of fields(attribute)) {
    if (number !== 7) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 4 <= bytes.length; at += 4) list.push(view.getFloat32(at, true));
  }
  return list;
}

/** The nodes of a ModelProto's main graph: operator, and the NodeProto. */
export function nodesOf(model: Uint8Array): { operator: string; bytes: Uint8Array }[] {
  return [...fields(child(model, 7) ?? kNothing)]
    .filter(({ number }) => number === 1)
    .map(({ bytes }) => ({ operator: text(child(bytes, 4)), bytes }));
}

/** The attributes of a NodeProto, each an AttributeProto, by name. */
export function attributesOf(node: Uint8Array): Map<string, Uint8Array> {
  const attributes = [...fields(node)].filter(({ number }) => number === 5);
  return new Map(attributes.map(({ bytes }) => [text(child(bytes, 1)), bytes]));
}

function countOperators(graph: Uint8Array, counts: { [operator: string]: number }): void {
  for (const { number, bytes: node } of fields(graph)) {
    if (number !== 1) continue;
    const name = text(child(node, 4));
    counts[name] = (counts[name] ?? 0) + 1;
    for (const { number: field, bytes: attribute } of fields(node)) {
      const branch = field === 5 ? child(attribute, 6) : undefined;
      if (branch !== undefined) countOperators(branch, counts);
    }
  }
}

/** Reads a ModelProto. Never throws; a file that is none gives empty facts. */
export function readOnnxFacts(model: Uint8Array): OnnxFacts {
  let opset = 0;
  let metadata: string | null = null;
  const operators: { [operator: string]: number } = {};
  let labels: readonly string[] = [];
  const shaped = new Set<string>();
  for (const { number, bytes } of fields(model)) {
    if (number === 7) {
      countOperators(bytes, operators);
      for (const part of fields(bytes)) {
        if (part.number === 1) {
          for (const { number: field, bytes: attribute } of fields(part.bytes)) {
            if (field !== 5 || !text(child(attribute, 1)).startsWith('classlabels')) continue;
            const listed = listOf(attribute);
            if (listed.length > 0) labels = listed;
          }
        } else if (part.number === 11 || part.number === 12) {
          // ValueInfoProto.type.tensor_type.shape
          const tensor = child(child(part.bytes, 2) ?? kNothing, 1) ?? kNothing;
          if (child(tensor, 2) !== undefined) shaped.add(text(child(part.bytes, 1)));
        }
      }
    } else if (number === 8) {
      const domain = text(child(bytes, 1));
      if (domain !== '' && domain !== 'ai.onnx') continue;
      for (const part of fields(bytes)) if (part.number === 2) opset = part.value;
    } else if (number === 14 && text(child(bytes, 1)) === 'storewise') {
      metadata = text(child(bytes, 2));
    }
  }
  return { opset, metadata, operators, labels, shaped };
}

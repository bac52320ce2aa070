// What an ONNX file says of itself that ONNX Runtime Web does not pass on: operator set, metadata,
// operators, and which values have a declared shape. Reads the top level of the protobuf message
// (onnx.proto, version 1) and no weights; says nothing of what it can't follow, since whether the
// file is sound is the engine's to judge.

/** What `readOnnxFacts` found. */
export interface OnnxFacts {
  /** Version of the default operator set; 0 when the file names none. */
  readonly opset: number;
  /** The text under the metadata key "storewise", or null. */
  readonly metadata: string | null;
  /** How often each operator stands in the main graph, by its name without the domain. */
  readonly operators: { readonly [operator: string]: number };
  /** Names of the main graph's inputs and outputs whose shape is declared. */
  readonly shaped: ReadonlySet<string>;
}

interface Field {
  readonly number: number;
  /** A varint's value; 0 for fields of other kinds. */
  readonly value: number;
  /** The content of a length-delimited field; empty for others. */
  readonly bytes: Uint8Array;
}

const kNothing = new Uint8Array();
const decoder = new TextDecoder();

function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  // Past 2^53 a value loses its last digits; nothing that is read here is that large.
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
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
        yield { number, value: 0, bytes: message.subarray(at, at + length) };
        at += length;
        break;
      }
      case 5:
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

/** Reads a ModelProto. Never throws; a file that is none gives empty facts. */
export function readOnnxFacts(model: Uint8Array): OnnxFacts {
  let opset = 0;
  let metadata: string | null = null;
  const operators: { [operator: string]: number } = {};
  const shaped = new Set<string>();
  for (const { number, bytes } of fields(model)) {
    if (number === 7) {
      for (const part of fields(bytes)) {
        if (part.number === 1) {
          const name = text(child(part.bytes, 4));
          operators[name] = (operators[name] ?? 0) + 1;
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
  return { opset, metadata, operators, shaped };
}

// The one tree of a decision-tree file, for drawing: reads the attributes of its
// TreeEnsembleClassifier (ai.onnx.ml, version 3) from the protobuf message (onnx.proto, version 1).
// Returns null for a file with another node, several trees, other tests than "at most", or leaves
// that do not tell the second class's share by one weight, as those of two classes do.

/** A question of the tree, or one of its answers. */
export interface TreeNode {
  readonly depth: number;
  /** Place among the leaves from the left: of a question the middle of its branches. */
  readonly x: number;
  /** Index of the feature that is asked about, and the threshold; absent in a leaf. */
  readonly feature?: number;
  readonly threshold?: number;
  /** Where "at most" and "above" lead; absent in a leaf. */
  readonly atMost?: TreeNode;
  readonly above?: TreeNode;
  /** Of a leaf: the share of the second of the two classes, from 0 to 1. */
  readonly share?: number;
}

export interface Tree {
  readonly root: TreeNode;
  readonly leaves: number;
  readonly depth: number;
}

const decoder = new TextDecoder();

interface Field {
  readonly number: number;
  readonly wire: number;
  /** A varint's value. */
  readonly value: number;
  /** The content of a field that has a length, or the four bytes of a float. */
  readonly bytes: Uint8Array;
}

// The wire format: a tag, then a varint (0), eight bytes (1), a length and its bytes (2), four (5).
function fields(message: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag & 7;
    const value = wire === 0 || wire === 2 ? varint() : 0;
    const length = [0, 8, value, 0, 0, 4][wire] ?? 0;
    found.push({ number: tag >>> 3, wire, value, bytes: message.subarray(at, at + length) });
    at += length;
  }
  return found;
}

const text = (bytes: Uint8Array | undefined) => (bytes ? decoder.decode(bytes) : '');

const first = (message: readonly Field[], number: number) =>
  message.find((field) => field.number === number)?.bytes;

// Numbers of a repeated field, packed into one field or one a field.
function whole(attribute: readonly Field[]): number[] {
  return attribute
    .filter(({ number }) => number === 8)
    .flatMap(({ wire, value, bytes }) =>
      wire === 0
        ? [value]
        : fields(bytes.length > 0 ? packed(bytes) : bytes).map((field) => field.value),
    );
}

// Packed varints as a message whose every field is one of them, so that `fields` reads them.
function packed(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let starts = true;
  for (const byte of bytes) {
    if (starts) out.push(8);
    out.push(byte);
    starts = byte < 128;
  }
  return Uint8Array.from(out);
}

function floats(attribute: readonly Field[]): number[] {
  const all = attribute.filter(({ number }) => number === 7).flatMap(({ bytes }) => [...bytes]);
  const view = new DataView(Uint8Array.from(all).buffer);
  return Array.from({ length: all.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

const strings = (attribute: readonly Field[]) =>
  attribute.filter(({ number }) => number === 9).map(({ bytes }) => text(bytes));

// Numbers of the fields, of onnx.proto.
const kGraph = 7;
const kNode = 1;
const kOperator = 4;
const kAttribute = 5;
const kName = 1;

/** Reads the tree, or null when the file has no single tree. */
export function readTree(file: Uint8Array): Tree | null {
  const graph = fields(first(fields(file), kGraph) ?? new Uint8Array());
  const node = graph
    .filter(({ number }) => number === kNode)
    .map(({ bytes }) => fields(bytes))
    .find((one) => text(first(one, kOperator)) === 'TreeEnsembleClassifier');
  if (node === undefined) return null;
  const attributes = new Map(
    node
      .filter(({ number }) => number === kAttribute)
      .map(({ bytes }) => {
        const attribute = fields(bytes);
        return [text(first(attribute, kName)), attribute] as const;
      }),
  );
  const of = (name: string) => attributes.get(name) ?? [];
  const modes = strings(of('nodes_modes'));
  const ids = whole(of('nodes_nodeids'));
  const features = whole(of('nodes_featureids'));
  const thresholds = floats(of('nodes_values'));
  const yes = whole(of('nodes_truenodeids'));
  const no = whole(of('nodes_falsenodeids'));
  const several = new Set(whole(of('nodes_treeids'))).size > 1;
  if (modes.length === 0 || several) return null;
  if (modes.some((mode) => mode !== 'LEAF' && mode !== 'BRANCH_LEQ')) return null;
  const amounts = floats(of('class_weights'));
  const shares = new Map(whole(of('class_nodeids')).map((id, i) => [id, amounts[i] ?? 0]));
  if (shares.size !== modes.filter((mode) => mode === 'LEAF').length) return null;
  if (amounts.length !== shares.size) return null;
  const place = new Map(ids.map((id, i) => [id, i]));
  let leaves = 0;
  let deepest = 0;
  const build = (id: number, depth: number): TreeNode => {
    const i = place.get(id) ?? -1;
    deepest = Math.max(deepest, depth);
    if (modes[i] !== 'BRANCH_LEQ') {
      return { depth, x: leaves++, share: shares.get(id) ?? 0 };
    }
    const atMost = build(yes[i] ?? -1, depth + 1);
    const above = build(no[i] ?? -1, depth + 1);
    const x = (atMost.x + above.x) / 2;
    return { depth, x, feature: features[i] ?? 0, threshold: thresholds[i] ?? 0, atMost, above };
  };
  const root = build(ids[0] ?? 0, 0);
  return { root, leaves, depth: deepest };
}

// The trees of a model file, node by node: reads the attributes of its one TreeEnsembleClassifier or
// TreeEnsembleRegressor (ai.onnx.ml, versions 1 and 3). Knows no columns; refuses nothing loudly: a
// file that it can't follow has no trees, and whether it is sound is the engine's to judge.

import { attributesOf, floatsOf, listOf, nodesOf } from './onnx-file.js';

/** A node as the file has it. */
export interface RawNode {
  /** Index of the feature that is asked about; -1 in a leaf. */
  readonly feature: number;
  readonly threshold: number;
  /** Places of the next nodes within the tree; -1 in a leaf. */
  readonly atMost: number;
  readonly above: number;
  /** Whether a missing value counts as "at most". */
  readonly isMissingAtMost: boolean;
  /** Weight of the training rows that came by; 0 where the file does not tell. */
  readonly cover: number;
  /** By output, of a leaf; outputs that are not listed are 0. */
  readonly values: Map<number, number>;
}

/** What the file's node of trees has. */
export interface RawTrees {
  /** The nodes of each tree, the root first. */
  readonly trees: readonly (readonly RawNode[])[];
  readonly base: readonly number[];
}

/** The trees, or null for a file without, or with others than those that ask "at most?". */
export function readTrees(file: Uint8Array): RawTrees | null {
  const found = nodesOf(file).filter(({ operator }) => operator.startsWith('TreeEnsemble'));
  const [node] = found;
  if (node === undefined || found.length > 1) return null;
  const attributes = attributesOf(node.bytes);
  const bytesOf = (name: string) => attributes.get(name) ?? new Uint8Array();
  const whole = (name: string) => listOf(bytesOf(name)).map(Number);
  const numbers = (name: string) => floatsOf(bytesOf(name));
  const ids = whole('nodes_nodeids');
  const owners = whole('nodes_treeids');
  const modes = listOf(bytesOf('nodes_modes'));
  const [features, thresholds] = [whole('nodes_featureids'), numbers('nodes_values')];
  const [yes, no] = [whole('nodes_truenodeids'), whole('nodes_falsenodeids')];
  const [tracks, covers] = [whole('nodes_missing_value_tracks_true'), numbers('nodes_hitrates')];
  if (ids.length === 0 || modes.some((mode) => mode !== 'LEAF' && mode !== 'BRANCH_LEQ'))
    return null;
  // By tree and id: its place among the tree's nodes.
  const places = new Map<number, Map<number, number>>();
  ids.forEach((id, i) => {
    const owner = owners[i] ?? 0;
    const tree = places.get(owner) ?? new Map<number, number>();
    places.set(owner, tree.set(id, tree.size));
  });
  const trees = new Map([...places.keys()].map((owner) => [owner, [] as RawNode[]]));
  ids.forEach((_, i) => {
    const owner = owners[i] ?? 0;
    const isLeaf = modes[i] === 'LEAF';
    const next = (list: readonly number[]) =>
      isLeaf ? -1 : (places.get(owner)?.get(list[i] ?? -1) ?? -1);
    trees.get(owner)?.push({
      feature: isLeaf ? -1 : (features[i] ?? 0),
      threshold: thresholds[i] ?? 0,
      atMost: next(yes),
      above: next(no),
      isMissingAtMost: tracks[i] === 1,
      cover: covers[i] ?? 0,
      values: new Map(),
    });
  });
  const prefix = node.operator.endsWith('Regressor') ? 'target' : 'class';
  const [leafOwners, leafIds] = [whole(`${prefix}_treeids`), whole(`${prefix}_nodeids`)];
  const [targets, weights] = [whole(`${prefix}_ids`), numbers(`${prefix}_weights`)];
  weights.forEach((weight, i) => {
    const owner = leafOwners[i] ?? 0;
    const place = places.get(owner)?.get(leafIds[i] ?? -1) ?? -1;
    const values = trees.get(owner)?.[place]?.values;
    values?.set(targets[i] ?? 0, (values.get(targets[i] ?? 0) ?? 0) + weight);
  });
  return { trees: [...trees.values()], base: numbers('base_values') };
}

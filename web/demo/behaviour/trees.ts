// Trees as `model.trees()` gives them: where a row goes, where the nodes stand in a drawing, and the
// drawing itself.

import { type SVGTemplateResult, svg } from 'lit';
import type { Row, TreeNode, TreeQuestion } from 'storewise';

/** The level of a category that is asked for, or null: the column's own number is. */
export function levelOf({ column, feature }: TreeQuestion): string | null {
  const start = `${column} = `;
  return feature.startsWith(start) ? feature.slice(start.length) : null;
}

// What a question looks at, of a row.
function featureOf(question: TreeQuestion, row: Row): number {
  const cell = row[question.column];
  const level = levelOf(question);
  if (level !== null) return String(cell) === level ? 1 : 0;
  return Math.fround(Number(cell)); // the engine counts in float
}

/** The nodes that a row comes by, from the root to a leaf. */
export function wayOf(root: TreeNode, row: Row): readonly TreeNode[] {
  const way = [root];
  for (let at = root; at.kind === 'question'; ) {
    at = featureOf(at, row) <= at.threshold ? at.atMost : at.above;
    way.push(at);
  }
  return way;
}

/** The nodes from the root to `node`; null when it is of another tree. */
export function wayTo(root: TreeNode, node: TreeNode): readonly TreeNode[] | null {
  if (root === node) return [root];
  if (root.kind === 'leaf') return null;
  const below = wayTo(root.atMost, node) ?? wayTo(root.above, node);
  return below === null ? null : [root, ...below];
}

/** The mean of a value over the leaves below, each by the rows that it has. */
export function meanOf(node: TreeNode, index: number): number {
  if (node.kind === 'leaf') return node.values[index] ?? 0;
  const [low, high] = [node.atMost, node.above];
  const all = low.cover + high.cover;
  return (low.cover * meanOf(low, index) + high.cover * meanOf(high, index)) / all;
}

export interface Placed {
  readonly node: TreeNode;
  readonly x: number;
  readonly y: number;
  readonly parent: Placed | null;
}

/** Where the nodes stand: leaves side by side from 0 to 1, a level below the other. */
export function placed(root: TreeNode): {
  nodes: readonly Placed[];
  leaves: number;
  depth: number;
} {
  const nodes: Placed[] = [];
  let leaves = 0;
  let depth = 0;
  const place = (
    node: TreeNode,
    level: number,
  ): { x: number; take: (parent: Placed | null) => void } => {
    depth = Math.max(depth, level);
    if (node.kind === 'leaf') {
      const x = leaves++;
      return { x, take: (parent) => void nodes.push({ node, x, y: level, parent }) };
    }
    const [low, high] = [place(node.atMost, level + 1), place(node.above, level + 1)];
    const x = (low.x + high.x) / 2;
    return {
      x,
      take: (parent) => {
        const here = { node, x, y: level, parent };
        nodes.push(here);
        low.take(here);
        high.take(here);
      },
    };
  };
  place(root, 0).take(null);
  return { nodes, leaves, depth };
}

/** A tree drawn small, with one way lit; `of` is which value of a leaf fills it. */
export function smallTree(
  root: TreeNode,
  way: ReadonlySet<TreeNode>,
  of: number,
  width: number,
  height: number,
): SVGTemplateResult {
  const { nodes, leaves, depth } = placed(root);
  const at = ({ x, y }: Placed) =>
    [((x + 0.5) * width) / leaves, 8 + (y * (height - 16)) / Math.max(1, depth)] as const;
  const lines = nodes.flatMap((one) => {
    if (one.parent === null) return [];
    const [fromX, fromY] = at(one.parent);
    const [toX, toY] = at(one);
    const on = way.has(one.node) && way.has(one.parent.node);
    return [svg`<path class="branch ${on ? 'on' : ''}" d="M${fromX} ${fromY}L${toX} ${toY}" />`];
  });
  const dots = nodes.map((one) => {
    const [x, y] = at(one);
    const on = way.has(one.node) ? 'on' : '';
    return one.node.kind === 'leaf'
      ? svg`<circle class="leaf-rim ${on}" cx=${x} cy=${y} r="5" /><circle class="leaf-core ${on}" cx=${x} cy=${y} r=${5 * Math.sqrt(one.node.values[of] ?? 0)} />`
      : svg`<circle class="turn ${on}" cx=${x} cy=${y} r="3" />`;
  });
  return svg`${lines}${dots}`;
}

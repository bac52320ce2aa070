// The pictures of a table model's report as inline SVG: the ROC curve, calibration and the drawing
// of a tree. Colours come from CSS classes, as in charts.ts; every picture says its figures in text.
import { dayText } from '../table-text.js';
import { percent, whole } from '../terminal.js';
import type { TableReport, TreeNodeReport } from '../training.js';
import { escapeHtml as text } from './html.js';

const kSide = 240;

/** A square plot of shares, 0 to 1 on both axes, with its axes named below and beside it. */
function square(title: string, across: string, up: string, marks: string, label: string): string {
  const lines = [0.25, 0.5, 0.75]
    .map((share) => {
      const at = share * kSide;
      return `<path class="grid" d="M${at} 0V${kSide}M0 ${at}H${kSide}"/>`;
    })
    .join('');
  return (
    `<figure class="plot"><figcaption>${text(title)}</figcaption>` +
    `<p class="soft small axis-up">${text(up)} ↑</p>` +
    `<svg viewBox="-4 -4 ${kSide + 8} ${kSide + 8}" role="img" aria-label="${text(label)}">` +
    `<rect class="frame" width="${kSide}" height="${kSide}"/>${lines}` +
    `<path class="chance" d="M0 ${kSide}L${kSide} 0"/>${marks}</svg>` +
    `<p class="soft small axis-across">${text(across)} →</p></figure>`
  );
}

const place = (share: number): string => (share * kSide).toFixed(1);
const point = (x: number, y: number): string => `${place(x)} ${place(1 - y)}`;

export function rocPlot(curves: NonNullable<TableReport['roc']>): string {
  const shown = curves.filter(({ points }) => points.length > 0);
  if (shown.length === 0) return '';
  const paths = shown
    .map(
      ({ points }, i) =>
        `<path class="curve ${i === 0 ? 'main' : 'other'}" d="M${points.map(([x, y]) => point(x, y)).join('L')}"/>`,
    )
    .join('');
  const areas = shown.map(({ label, auc }) => `${label}: ${auc === null ? '–' : auc.toFixed(3)}`);
  const title =
    shown.length === 1 ? `ROC curve of ${areas[0]}` : 'ROC curves, each class against the rest';
  const list =
    shown.length === 1 ? '' : `<p class="soft small">Areas: ${text(areas.join(', '))}.</p>`;
  return (
    square(
      title,
      'of the others, taken for it by mistake',
      'of its rows, found',
      paths,
      `ROC curve; area ${areas.join(', ')}`,
    ) + list
  );
}

export function calibrationPlot(calibration: NonNullable<TableReport['calibration']>): string {
  const { bins, error } = calibration;
  if (bins.length === 0) return '';
  const most = Math.max(...bins.map(({ rows }) => rows));
  const marks = bins
    .map(({ claimed, share, rows }) => {
      const radius = (3 + 7 * Math.sqrt(rows / most)).toFixed(1);
      return `<circle class="dot" cx="${place(claimed)}" cy="${place(1 - share)}" r="${radius}"/>`;
    })
    .join('');
  const line = `<path class="curve main" d="M${bins.map(({ claimed, share }) => point(claimed, share)).join('L')}"/>`;
  const said = bins
    .map(({ claimed, share, rows }) => `${percent(claimed)}: ${percent(share)} of ${rows}`)
    .join(', ');
  return square(
    `Calibration, mean distance ${percent(error)}`,
    'the probability that was said',
    'how often it came true',
    line + marks,
    `Calibration: ${said}`,
  );
}

/** The losses of a network by epoch; '' where there are none. */
export function curvePlot(report: TableReport): string {
  const { curve = [], settings } = report;
  if (curve.length < 2) return '';
  const best = Number(settings['best_epoch']);
  const [width, height] = [480, 200];
  const most = Math.max(
    ...curve.flatMap(({ training_loss: a, validation_loss: b }) => [a ?? 0, b ?? 0]),
    1e-9,
  );
  const at = (epoch: number, loss: number): string =>
    `${((epoch / (curve.length - 1)) * width).toFixed(1)} ${(height * (1 - loss / most)).toFixed(1)}`;
  const path = (kind: string, of: 'training_loss' | 'validation_loss'): string => {
    const points = curve.flatMap((epoch, i) => (epoch[of] === null ? [] : [at(i, epoch[of])]));
    return points.length < 2 ? '' : `<path class="curve ${kind}" d="M${points.join('L')}"/>`;
  };
  const loss = curve[best - 1]?.validation_loss ?? null;
  const [x, y] = loss === null ? [] : at(best - 1, loss).split(' ');
  const dot = x === undefined ? '' : `<circle class="dot" cx="${x}" cy="${y}" r="5"/>`;
  const last = curve[curve.length - 1];
  const said = `Loss of the rows learnt from ${(curve[0]?.training_loss ?? 0).toFixed(3)} at first, ${(last?.training_loss ?? 0).toFixed(3)} at last${loss === null ? '' : `; of those held out ${loss.toFixed(3)} at best, in epoch ${best} of ${curve.length}`}`;
  return (
    `<figure class="plot"><svg viewBox="-6 -6 ${width + 12} ${height + 12}" role="img" aria-label="${text(said)}" style="max-width:${width}px">` +
    `<rect class="frame" width="${width}" height="${height}"/>${path('other', 'training_loss')}${path('main', 'validation_loss')}${dot}</svg>` +
    `<p class="soft small">${text(said)}. The green line is of the rows held out.</p></figure>`
  );
}

const kRow = 46;
const kLevel = 196;
const kBox = 156;

const isQuestion = (part: string | undefined): boolean => part === 'level' || part === 'missing';

/** "PageValues ≤ 0.94", "Month = Nov": what an inner node asks. */
export function condition(node: TreeNodeReport, booleans: ReadonlySet<string>): string {
  const { feature = '', column = '', part, threshold = 0 } = node;
  if (isQuestion(part)) return `${feature}?`;
  if (part === 'value' && booleans.has(column)) return `${column}?`;
  const limit =
    part === 'day' ? dayText(Math.floor(threshold)) : String(Number(threshold.toPrecision(4)));
  return `${feature} ≤ ${limit}?`;
}

interface Placed {
  node: TreeNodeReport;
  x: number;
  y: number;
  children: readonly { placed: Placed; answer: string }[];
}

/** The upper levels of the tree from left to right, a row for each leaf. */
export function treeDrawing(report: TableReport): string {
  const nodes = report.tree;
  const root = nodes?.[0];
  if (nodes === undefined || root === undefined || root.yes === undefined) return '';
  const booleans = new Set(
    report.columns.filter(({ kind }) => kind === 'boolean').map(({ name }) => name),
  );
  let leaves = 0;
  let deepest = 0;
  const lay = (node: TreeNodeReport, level: number): Placed => {
    deepest = Math.max(deepest, level);
    const x = level * kLevel;
    const yes = node.yes === undefined ? undefined : nodes[node.yes];
    const no = node.no === undefined ? undefined : nodes[node.no];
    if (yes === undefined || no === undefined) {
      return { node, x, y: leaves++ * kRow, children: [] };
    }
    // 0/1 features are asked for being 1, which is the branch above the threshold.
    const turned = isQuestion(node.part) || booleans.has(node.column ?? '');
    const first = lay(turned ? no : yes, level + 1);
    const second = lay(turned ? yes : no, level + 1);
    const children = [
      { placed: first, answer: 'yes' },
      { placed: second, answer: 'no' },
    ];
    return { node, x, y: (first.y + second.y) / 2, children };
  };
  const placed = lay(root, 0);
  const edges: string[] = [];
  const boxes: string[] = [];
  const draw = ({ node, x, y, children }: Placed): void => {
    const middle = y + kRow / 2;
    for (const { placed: child, answer } of children) {
      const to = child.y + kRow / 2;
      edges.push(
        `<path class="edge" d="M${x + kBox} ${middle}C${x + kBox + 24} ${middle} ${child.x - 24} ${to} ${child.x} ${to}"/>` +
          `<text class="answer" x="${child.x - 5}" y="${to - 4}" text-anchor="end">${answer}</text>`,
      );
      draw(child);
    }
    boxes.push(nodeBox(node, x, y, children.length === 0, report, booleans));
  };
  draw(placed);
  const width = deepest * kLevel + kBox + 4;
  const height = leaves * kRow + 4;
  const cut = nodes.some((node) => node.cut);
  const { leaves: all, depth } = report.settings as { leaves?: number; depth?: number };
  return (
    `<figure class="tree"><figcaption>The tree${cut ? ', its upper levels' : ''}: ${all} leaves, ${depth} levels</figcaption>` +
    `<div class="scroll"><svg viewBox="-2 -2 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${text(inWords(nodes, report, booleans))}">` +
    `${edges.join('')}${boxes.join('')}</svg></div></figure>`
  );
}

/** What a node says of its rows. */
function verdict(node: TreeNodeReport, report: TableReport): { said: string; share: number } {
  const { value } = node;
  const first = value[0] ?? 0;
  if (report.task === 'regress') {
    return { said: String(Number(first.toPrecision(4))), share: 1 };
  }
  const shares = value.length === 1 ? [1 - first, first] : value;
  const best = shares.indexOf(Math.max(...shares));
  const share = shares[best] as number;
  return { said: `${report.labels?.[best] ?? ''} ${percent(share)}`, share };
}

function nodeBox(
  node: TreeNodeReport,
  x: number,
  y: number,
  leaf: boolean,
  report: TableReport,
  booleans: ReadonlySet<string>,
): string {
  const { said, share } = verdict(node, report);
  const title = leaf ? said : condition(node, booleans);
  const below = leaf
    ? `${whole(node.rows)} rows${node.cut ? ', goes on' : ''}`
    : `${whole(node.rows)} rows: ${said}`;
  const top = y + 5;
  const tall = kRow - 10;
  const clip = (line: string): string => (line.length > 25 ? `${line.slice(0, 24)}…` : line);
  return (
    `<g><title>${text(`${title} ${below}`)}</title>` +
    `<rect class="${leaf ? 'leaf' : 'inner'}" x="${x}" y="${top}" width="${kBox}" height="${tall}" rx="6"/>` +
    (leaf && report.task === 'classify'
      ? `<rect class="leaf-share" x="${x}" y="${top + tall - 3}" width="${(kBox * share).toFixed(1)}" height="3"/>`
      : '') +
    `<text class="node-title" x="${x + 8}" y="${top + 15}">${text(clip(title))}</text>` +
    `<text class="node-rows" x="${x + 8}" y="${top + 29}">${text(clip(below))}</text></g>`
  );
}

function inWords(
  nodes: readonly TreeNodeReport[],
  report: TableReport,
  booleans: ReadonlySet<string>,
): string {
  return nodes
    .map((node, i) => {
      const { said } = verdict(node, report);
      return node.yes === undefined ? `${i}: ${said}` : `${i}: ${condition(node, booleans)}`;
    })
    .join('; ');
}

// The lesson on decision trees: a tree that can be walked, question by question.

import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Model, TreeNode, Trees } from 'storewise';
import { meanOf, type Placed, placed, wayOf, wayTo } from '../../behaviour/trees.js';
import { changed } from '../../state/beside.js';
import { whole } from '../../state/numbers.js';
import type { Lesson } from '../lesson.js';
import { asking, inWords, modelOf } from '../models.js';
import { box, inBoth, likelier, share } from '../parts.js';
import { samples } from '../samples.js';
import { texts } from '../state.js';
import { type Visit, visitControls } from '../visits.js';

const en = {
  name: 'Decision tree',
  title: 'A tree asks one question after the other',
  lead: 'Like a good shop assistant: two or three questions, and it knows enough to answer.',
  picture:
    'A small tree. First question: more than 13 pages? If not, the answer is no. If so, it asks whether the visit came from an ad: no ad means yes, an ad means perhaps.',
  idea: [
    'The computer has a table of past visits and knows how each ended. It looks for the one question that parts buyers from others best, for example “more than 13 pages?”.',
    'Then it does the same in each half, again and again, until asking more would only learn chance by heart.',
    'A new visit walks down from the top. Where it ends, the answer is what most of the past visits did that ended there.',
  ],
  data: 'One row is one visit: how many pages, how many minutes, where it came from, whether it is a member. The last column is what we want to know of the next visit.',
  command:
    'One line learns from 480 of the rows and is examined on the other 120, which it has never seen. The first figure is the share of them that it got right.',
  live: 'Set a visit and see its way light up, or walk by yourself: answer the questions, go back, try the other branch. In the drawing, the arrow keys do the same.',
  program:
    'The file goes beside your page. “explain” tells the way through the tree; “trees” gives every question, which is how the drawing above is made.',
  good: [
    'Rules that a person can read, check and argue about.',
    'Columns of all kinds, with gaps, without preparation.',
    'A first look at what matters in your data.',
  ],
  poor: [
    'The last bit of accuracy: a forest or boosting does better.',
    'Smooth things such as prices: a tree answers in steps.',
    'Very few rows: another hundred visits may give another tree.',
  ],
  pages: 'pages > 13?',
  ad: 'from an ad?',
  yes: 'yes',
  no: 'no',
  perhaps: 'perhaps',
  visit: 'The visit',
  answer: (label: string, share: string) => `Will it buy? ${label}, ${share}.`,
  drawing: (leaves: number) =>
    `The whole tree, ${leaves} leaves. Arrow keys walk: down or right to the branch above, left to the branch at most, up to go back.`,
  question: (number: number) => `Question ${number}`,
  leaf: 'The answer',
  rows: (rows: string, all: string, share: string) =>
    `${rows} of the ${all} visits learnt from came by here; ${share} of them bought.`,
  walk: 'Walk through the tree',
  back: 'Back',
  start: 'To the top',
  follow: 'Follow the visit',
  legend: 'Leaves are as full as the share that bought. The broad line is the way of your visit.',
};

const zh: typeof en = {
  name: '决策树',
  title: '一个问题接一个问题地问',
  lead: '像一位好店员：问两三个问题，就知道该怎么回答。',
  picture:
    '一棵小树。第一个问题：浏览超过 13 页吗？否，则回答“不买”。是，则再问是否来自广告：不是广告则“会买”，是广告则“也许”。',
  idea: [
    '计算机手里有一张以往访问的表，并且知道每次访问的结局。它寻找最能把买家与其他人分开的那个问题，例如“超过 13 页吗？”。',
    '然后在每一半里照样再做，一次又一次，直到再问下去只会把偶然背下来为止。',
    '一次新的访问从顶端往下走。它停在哪里，回答就是以往停在那里的多数访问的结局。',
  ],
  data: '一行是一次访问：看了几页，停留几分钟，从哪里来，是否会员。最后一列是我们想对下一次访问知道的事。',
  command: '一行命令从 480 行中学习，再用从未见过的另外 120 行来考试。第一个数字是答对的比例。',
  live: '设定一次访问，看它走的路亮起来；也可以自己走：回答问题，退回，换一条分支。在图上用方向键也一样。',
  program: '把文件放在网页旁边。“explain”说出走过的路；“trees”给出每个问题，上面的图就是这样画的。',
  good: [
    '人能读懂、检查、讨论的规则。',
    '各种类型的列，有空缺也行，无需准备。',
    '初步看看数据里什么重要。',
  ],
  poor: [
    '追求最后一点准确率：森林或提升更好。',
    '价格之类平滑变化的事：树的回答是一级一级的。',
    '行数很少：再来一百次访问，树可能就变样。',
  ],
  pages: '超过 13 页？',
  ad: '来自广告？',
  yes: '会买',
  no: '不买',
  perhaps: '也许',
  visit: '这次访问',
  answer: (label, share) => `会买吗？${label}，${share}。`,
  drawing: (leaves) =>
    `整棵树，${leaves} 片叶子。用方向键走：下或右去“大于”的分支，左去“至多”的分支，上退回。`,
  question: (number) => `第 ${number} 个问题`,
  leaf: '回答',
  rows: (rows, all, share) => `学习用的 ${all} 次访问中有 ${rows} 次经过这里，其中 ${share} 购买。`,
  walk: '在树中走',
  back: '退回',
  start: '回到顶端',
  follow: '跟随这次访问',
  legend: '叶子填满的程度就是购买的比例。粗线是您设定的访问所走的路。',
};

const words = inBoth(en, zh);

// Which value of a leaf is the share of those who bought.
const kBought = 1;

let model: Model;
let trees: Trees;
let visit: Visit = { pages: 18, minutes: 12, source: 'ad', member: true };
let answer = 0;
/** The nodes from the root to the one that is looked at. */
let walked: readonly TreeNode[] = [];

const root = () => trees.trees[0] as TreeNode;
const ask = asking(async () => {
  const said = await model.predict({ ...visit });
  answer = said.probabilities.find(({ label }) => label === 'yes')?.probability ?? 0;
});

/** The questions are in the visitor's language; a walk goes on at the same place. */
const translate = inWords(async (language) => {
  const turns = walked.slice(1).map((node, i) => {
    const from = walked[i];
    return from?.kind === 'question' && from.above === node;
  });
  trees = await model.trees({ language });
  const way = [root()];
  for (const isAbove of turns) {
    const at = way.at(-1);
    if (at?.kind === 'question') way.push(isAbove ? at.above : at.atMost);
  }
  walked = way;
});

function walkTo(node: TreeNode): void {
  walked = wayTo(root(), node) ?? walked;
  changed();
}

function set(change: Partial<Visit>): void {
  visit = { ...visit, ...change };
  walked = wayOf(root(), { ...visit });
  void ask();
  changed();
}

function step(event: KeyboardEvent): void {
  const at = walked.at(-1) as TreeNode;
  const next = {
    ArrowUp: walked.at(-2),
    ArrowLeft: at.kind === 'question' ? at.atMost : undefined,
    ArrowRight: at.kind === 'question' ? at.above : undefined,
    ArrowDown: at.kind === 'question' ? at.above : undefined,
  }[event.key];
  if (!event.key.startsWith('Arrow')) return;
  event.preventDefault();
  if (next !== undefined) walkTo(next);
}

const kWidth = 640;
const kDown = 64;

function drawing(): TemplateResult {
  const w = words();
  const { nodes, leaves, depth } = placed(root());
  const way = new Set(wayOf(root(), { ...visit }));
  const here = walked.at(-1);
  const at = ({ x, y }: Placed) => [((x + 0.5) * kWidth) / leaves, 28 + y * kDown] as const;
  const lines = nodes.map((one) => {
    if (one.parent === null) return nothing;
    const [fromX, fromY] = at(one.parent);
    const [toX, toY] = at(one);
    const on = way.has(one.node) ? 'on' : '';
    return svg`<path class="branch ${on}" d="M${fromX} ${fromY}C${fromX} ${fromY + 34} ${toX} ${toY - 34} ${toX} ${toY}" />`;
  });
  const dots = nodes.map((one) => {
    const { node } = one;
    const [x, y] = at(one);
    const on = way.has(node) ? 'on' : '';
    const ring = node === here ? svg`<circle class="here" cx=${x} cy=${y} r="21" />` : nothing;
    const mark =
      node.kind === 'leaf'
        ? svg`<circle class="leaf-rim ${on}" cx=${x} cy=${y} r="14" /><circle class="leaf-core ${on}" cx=${x} cy=${y} r=${14 * Math.sqrt(node.values[kBought] ?? 0)} />`
        : svg`<circle class="turn ${on}" cx=${x} cy=${y} r="10" /><text class="turn-name" x=${x + 16} y=${y - 8}>${node.column}</text>`;
    return svg`<g class="node" @click=${() => walkTo(node)}>${ring}${mark}</g>`;
  });
  return html`<div class="walkable" tabindex="0" role="group" aria-label=${w.drawing(leaves)} @keydown=${step}>
    <svg class="drawn" viewBox="0 0 ${kWidth} ${56 + depth * kDown}" aria-hidden="true">${lines}${dots}</svg>
  </div>`;
}

function walker(): TemplateResult {
  const w = words();
  const { language } = texts();
  const node = walked.at(-1) as TreeNode;
  const all = root().cover;
  const bought = meanOf(node, kBought);
  const go = (next: TreeNode | undefined, text: string) =>
    html`<button class="quiet" type="button" ?disabled=${next === undefined} @click=${() => {
      if (next !== undefined) walkTo(next);
    }}>${text}</button>`;
  return html`<div class="walker" data-rows=${node.cover} data-share=${bought}>
    <h3>${node.kind === 'leaf' ? w.leaf : w.question(walked.length)}</h3>
    <p class="walked" aria-live="polite">${
      node.kind === 'leaf'
        ? html`<b>${likelier(bought, w).join(', ')}</b>`
        : html`<b>${node.aboveText}?</b>`
    }<span>${w.rows(whole(Math.round(node.cover), language), whole(Math.round(all), language), share(bought, language))}</span></p>
    <span class="level" aria-hidden="true"><i style="width:${100 * bought}%"></i></span>
    <div class="walk-buttons">
      ${
        node.kind === 'question'
          ? html`${go(node.atMost, node.atMostText)}${go(node.above, node.aboveText)}`
          : html`<span class="walk-place"></span>`
      }
    </div>
    <div class="walk-buttons plain-buttons">
      ${go(walked.at(-2), w.back)}${go(walked.length > 1 ? root() : undefined, w.start)}
      ${go(wayOf(root(), { ...visit }).at(-1), w.follow)}
    </div>
  </div>`;
}

const said = () => {
  const w = words();
  return w.answer(...likelier(answer, w));
};

export const tree: Lesson = {
  id: 'tree',
  sample: samples.tree,
  words,
  real: './behaviour.html#tree',
  picture(language) {
    const w = words(language);
    return svg`<path class="branch on" d="M160 32L226 92M226 92L176 150" /><path class="branch" d="M160 32L70 92M226 92L276 150" />
      ${box(160, 28, 116, w.pages)}${box(70, 92, 60, w.no, 'bad')}${box(226, 92, 116, w.ad)}
      ${box(170, 152, 60, w.yes, 'good')}${box(272, 152, 72, w.perhaps)}`;
  },
  async start() {
    model = await modelOf('./lessons/tree.onnx');
    await translate();
    if (walked.length < 2) walked = wayOf(root(), { ...visit });
    await ask();
  },
  said,
  live() {
    void translate();
    const w = words();
    return html`<div class="play">
      <div class="panel controls"><h3>${w.visit}</h3>
        ${visitControls(visit, set)}
        <p class="verdict" data-answer=${answer}>${said()}</p></div>
      <div class="panel shown"><h3>${w.walk}</h3>${drawing()}<p class="hint">${w.legend}</p>${walker()}</div>
    </div>`;
  },
};

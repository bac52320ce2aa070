// The lesson on many trees: a forest that votes, and boosted trees that add up.

import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Model, TreeNode, Trees } from 'storewise';
import { smallTree, wayOf } from '../../behaviour/trees.js';
import { beside, changed } from '../../state/beside.js';
import type { Lesson } from '../lesson.js';
import { asking, inWords, modelOf } from '../models.js';
import { inBoth, plain, share, signed } from '../parts.js';
import { samples } from '../samples.js';
import { texts } from '../state.js';
import { type Visit, visitControls } from '../visits.js';

const en = {
  name: 'Forest and boosting',
  title: 'Many trees know more than one',
  lead: 'Ask fifteen people who each saw other customers, and take the middle of what they say. Or let each one mend what those before got wrong.',
  picture:
    'Left, a forest: three trees say yes, no and yes, and the answer is what most say. Right, boosting: each tree adds a smaller step, and the steps climb to the answer.',
  idea: [
    'One tree hangs on the rows that it happened to see. A forest grows many, each from another draw of the rows and with other columns to choose from, and takes the mean of their answers. What one learnt by chance, the others outvote.',
    'Boosting grows small trees one after the other. Each learns only what is still wrong after those before it, and its answer is added to theirs.',
    'Both forgive much. A forest hardly needs settings; boosting is mostly a little better, and stops by itself when another tree would not help.',
  ],
  data: 'The same visits as for the single tree, so that you can compare.',
  command:
    'Two commands on the same rows. The single tree of the lesson before was right in 0.8750 of the visits held out; 120 visits are few, so a difference of two of them says little.',
  live: 'Set a visit. Above, every tree of the forest shows its way and its vote. Below, the boosted trees add up, one after the other, to the final chance. Choose a tree of the forest to read its way in words.',
  program:
    '“combine” says how the trees make the answer: the mean of a forest’s, the sum of boosted ones.',
  good: [
    'The best figures on tables of columns, most of the time.',
    'Data as they come: gaps, categories, columns of no use.',
    'Reasons that add up exactly (“explain” gives each column’s share).',
  ],
  poor: [
    'A rule to print out: nobody reads fifteen trees.',
    'Values beyond what was learnt from: trees do not draw a line on.',
    'The smallest file: a line has fewer numbers.',
  ],
  yes: 'yes',
  no: 'no',
  visit: 'The visit',
  forest: 'The forest votes',
  forestAnswer: (share: string, yes: number, all: number) =>
    `Chance of a purchase: ${share}. ${yes} of ${all} trees lean to yes.`,
  tree: (number: number, share: string) => `Tree ${number}: ${share}`,
  wayOf: (number: number) => `What tree ${number} asked`,
  says: (share: string) => `It says: ${share} buy.`,
  boosted: 'The boosted trees add up',
  boostedAnswer: (share: string) => `Chance of a purchase: ${share}.`,
  sum: (trees: number, base: string, end: string) =>
    `A line in ${trees} steps from ${base} to ${end}. Above the middle it leans to yes, below to no.`,
  scale: 'Above the dashed line: more likely yes than no. Each step is one tree.',
};

const zh: typeof en = {
  name: '森林与提升',
  title: '许多树比一棵树知道得多',
  lead: '问十五个各自见过不同顾客的人，取他们说法的中间值。或者让每个人修正前面的人说错的地方。',
  picture:
    '左边是森林：三棵树说“会、不会、会”，回答取多数。右边是提升：每棵树再添一小步，一步步登上答案。',
  idea: [
    '单独一棵树取决于它碰巧见过的行。森林种许多棵，每棵用另外抽取的行、从另外的列里选择，再取它们回答的平均。一棵树偶然学到的，会被其他树投票否决。',
    '提升则一棵接一棵地种小树。每一棵只学前面仍然错的部分，它的回答加到前面的总和上。',
    '两者都很宽容。森林几乎不用设置；提升通常略好一点，当再加一棵没有帮助时会自己停下。',
  ],
  data: '与单棵树相同的访问，便于比较。',
  command:
    '对同样的行用两条命令。上一课的单棵树在留出的访问中答对 0.8750；120 次访问不多，相差两次说明不了什么。',
  live: '设定一次访问。上面，森林里每棵树显示它走的路和投的票。下面，提升的树一棵接一棵加成最终的可能性。选森林中的一棵，可以读到它走的路。',
  program: '“combine”说明树如何合成回答：森林取平均，提升取总和。',
  good: [
    '在表格数据上，多数时候成绩最好。',
    '数据原样即可：有空缺、有类别、有无用的列。',
    '理由加起来分毫不差（“explain”给出每列的份额）。',
  ],
  poor: [
    '要打印出来的规则：没有人读十五棵树。',
    '超出学习范围的值：树不会把线延长。',
    '最小的文件：一条直线的数字更少。',
  ],
  yes: '会',
  no: '不会',
  visit: '这次访问',
  forest: '森林投票',
  forestAnswer: (share, yes, all) => `购买的可能性：${share}。${all} 棵树中有 ${yes} 棵倾向“会”。`,
  tree: (number, share) => `第 ${number} 棵树：${share}`,
  wayOf: (number) => `第 ${number} 棵树问了什么`,
  says: (share) => `它说：${share} 会买。`,
  boosted: '提升的树相加',
  boostedAnswer: (share) => `购买的可能性：${share}。`,
  sum: (trees, base, end) =>
    `一条线分 ${trees} 步从 ${base} 到 ${end}。在中线以上倾向“会”，以下倾向“不会”。`,
  scale: '虚线以上：会买的可能更大。每一步是一棵树。',
};

const words = inBoth(en, zh);

const kYes = 1; // of a leaf's values

let forest: Trees;
let boosted: Trees;
let models: readonly Model[] = [];
let visit: Visit = { pages: 15, minutes: 12, source: 'mail', member: false };
let answers = [0, 0];
let chosen = 0;

const ask = asking(async () => {
  const said = await Promise.all(models.map((model) => model.predict({ ...visit })));
  answers = said.map(
    ({ probabilities }) => probabilities.find(({ label }) => label === 'yes')?.probability ?? 0,
  );
});

const translate = inWords(async (language) => {
  const [first, second] = await Promise.all(models.map((model) => model.trees({ language })));
  if (first === undefined || second === undefined) return;
  forest = first;
  boosted = second;
});

function set(change: Partial<Visit>): void {
  visit = { ...visit, ...change };
  void ask();
  changed();
}

const leafOf = (tree: TreeNode) => {
  const leaf = wayOf(tree, { ...visit }).at(-1);
  return leaf?.kind === 'leaf' ? leaf.values : [];
};

function tile(tree: TreeNode, i: number): TemplateResult {
  const w = words();
  const { language } = texts();
  const vote = leafOf(tree)[kYes] ?? 0;
  const way = new Set(wayOf(tree, { ...visit }));
  return html`<li><button class="tree-tile ${vote >= 0.5 ? 'for' : 'against'}" type="button" data-vote=${vote}
    aria-pressed=${i === chosen} aria-label=${w.tree(i + 1, share(vote, language))}
    @click=${() => {
      chosen = i;
      changed();
    }}>
    <svg class="drawn" viewBox="0 0 120 72" aria-hidden="true">${smallTree(tree, way, kYes, 120, 72)}</svg>
    <span class="vote">${share(vote, language)}</span>
    <span class="level" aria-hidden="true"><i style="width:${100 * vote}%"></i></span>
  </button></li>`;
}

function votes(): TemplateResult {
  const w = words();
  const { language } = texts();
  const { trees } = forest;
  const yes = trees.filter((tree) => (leafOf(tree)[kYes] ?? 0) >= 0.5).length;
  const way = wayOf(trees[chosen] as TreeNode, { ...visit });
  return html`<div class="panel shown"><h3>${w.forest}</h3>
    <p class="verdict first" data-answer=${answers[0]}>${w.forestAnswer(share(answers[0] ?? 0, language), yes, trees.length)}</p>
    <ol class="tree-tiles">${trees.map(tile)}</ol>
    <div class="read-tree"><h4>${w.wayOf(chosen + 1)}</h4>
      <ul>${way.map((node, i) => {
        const next = way[i + 1];
        if (node.kind === 'leaf') return nothing;
        return html`<li><code>${next === node.above ? node.aboveText : node.atMostText}</code></li>`;
      })}</ul>
      <p>${w.says(share(leafOf(trees[chosen] as TreeNode)[kYes] ?? 0, language))}</p></div>
  </div>`;
}

const kWide = 640;
const kHigh = 200;

function sum(): TemplateResult {
  const w = words();
  const { language } = texts();
  const sums = [boosted.base[0] ?? 0];
  for (const tree of boosted.trees) sums.push((sums.at(-1) ?? 0) + (leafOf(tree)[0] ?? 0));
  const x = (i: number) => 24 + (i * (kWide - 40)) / (sums.length - 1);
  const y = (score: number) => kHigh / 2 - Math.max(-4, Math.min(4, score)) * (kHigh / 8.6);
  const line = sums.map((one, i) => `${i === 0 ? 'M' : 'L'}${x(i)} ${y(one)}`).join('');
  const end = sums.at(-1) ?? 0;
  const text = (score: number) => signed(score, language, 1);
  return html`<div class="panel shown"><h3>${w.boosted}</h3>
    <p class="verdict first" data-boosted=${answers[1]} data-sum=${end}>${w.boostedAnswer(share(answers[1] ?? 0, language))}</p>
    <svg class="drawn sum-chart" viewBox="0 0 ${kWide} ${kHigh}" role="img" aria-label=${w.sum(boosted.trees.length, text(sums[0] ?? 0), text(end))}>
      <path class="middle" d="M0 ${kHigh / 2}H${kWide}" />
      ${sums.slice(1).map((one, i) => svg`<rect class=${one >= (sums[i] ?? 0) ? 'rise' : 'fall'} x=${x(i + 1) - 8} y=${Math.min(y(one), y(sums[i] ?? 0))} width="16" height=${Math.max(1, Math.abs(y(one) - y(sums[i] ?? 0)))} />`)}
      <path class="sum-line" d=${line} />
      <circle class="turn" cx=${x(0)} cy=${y(sums[0] ?? 0)} r="6" />
      <circle class="turn on" cx=${x(sums.length - 1)} cy=${y(end)} r="9" />
    </svg>
    <p class="hint">${w.scale}</p>
  </div>`;
}

export const forestLesson: Lesson = {
  id: 'forest',
  sample: samples.forest,
  words,
  real: './behaviour.html#boosted',
  picture(language) {
    const w = words(language);
    const crown = (x: number, y: number, kind: string, text: string) =>
      svg`<path class="trunk" d="M${x} ${y + 12}V${y + 38}" /><circle class="box ${kind}" cx=${x} cy=${y} r="20" /><text x=${x} y=${y + 5} text-anchor="middle">${text}</text>`;
    const steps = [34, 22, 15, 9, 6];
    let top = 150;
    return svg`${crown(32, 40, 'good', w.yes)}${crown(84, 40, 'bad', w.no)}${crown(136, 40, 'good', w.yes)}
      <path class="branch" d="M32 86L84 120M84 86V118M136 86L84 120" />
      <rect class="box good" x="54" y="122" width="60" height="30" rx="8" /><text x="84" y="142" text-anchor="middle">${w.yes}</text>
      <path class="middle" d="M160 20V164" />
      ${steps.map((step, i) => {
        top -= step;
        return svg`<rect class="rise" x=${180 + i * 26} y=${top} width="22" height=${step} rx="3" />`;
      })}
      <path class="sum-line" d="M176 150H306" />`;
  },
  async start() {
    models = await Promise.all(
      ['forest', 'boosted'].map((name) => modelOf(`./lessons/${name}.onnx`)),
    );
    await translate();
    await ask();
  },
  said() {
    const { language } = beside.settings;
    const w = words();
    const yes = forest.trees.filter((tree) => (leafOf(tree)[kYes] ?? 0) >= 0.5).length;
    return `${w.forestAnswer(share(answers[0] ?? 0, language), yes, forest.trees.length)} ${w.boosted}: ${plain(100 * (answers[1] ?? 0), language, 0)} %.`;
  },
  live() {
    void translate();
    const w = words();
    return html`<div class="play">
      <div class="panel controls"><h3>${w.visit}</h3>${visitControls(visit, set)}</div>
      <div class="stack">${votes()}${sum()}</div>
    </div>`;
  },
};

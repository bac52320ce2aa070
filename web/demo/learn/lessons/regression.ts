// The lesson on weights: a line for an amount, a curve for a chance, and what each column adds.

import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Model, TableExplanation } from 'storewise';
import { beside, changed } from '../../state/beside.js';
import type { Lesson } from '../lesson.js';
import { asking, modelOf } from '../models.js';
import {
  bars,
  inBoth,
  labelOf,
  mark,
  plain,
  rowsOf,
  share,
  signed,
  slider,
  yesNo,
} from '../parts.js';
import { samples } from '../samples.js';
import { texts } from '../state.js';

const en = {
  name: 'Regression',
  title: 'A weight for each column, and the sum is the answer',
  lead: 'The oldest model, and often the best to begin with: a straight line for an amount, and the same line bent into a chance.',
  picture:
    'Left, points and the straight line that runs nearest to them all. Right, the same sum bent into an S between never and always.',
  idea: [
    'Linear regression gives every column a weight: so much more for each degree, so much for a weekend. The answer is where an average day stands, plus weight times difference for each column. The weights are those with which the line misses the points by the least.',
    'For a yes or no, the sum is bent: far below it is nearly never, far above nearly always, and in between it rises. That is logistic regression.',
    'How likely somebody is to do something is called propensity. Sort customers by it and you know to whom a coupon goes first.',
  ],
  data: 'Two files. In the first a row is a day of a kiosk and how much ice cream it sold. In the second a row is a customer who was sent a coupon, and whether it was used.',
  command:
    'One command for the amount, one for the chance. R2 says how much of the ups and downs the line explains: 1 is all, 0 is no better than always to say the mean.',
  live: 'Move a slider: the mark runs along the line, and the bars show what each column adds or takes away, compared with an average row. They add up to the answer.',
  program:
    '“explain” gives what each column adds; of the chance, it counts on the scale on which the model adds up.',
  good: [
    'A first model, and one to explain to anybody.',
    'Few rows, many columns; values beyond those seen.',
    'Chances that can be believed as they are.',
  ],
  poor: [
    'Bends and turns: it knows only up or down.',
    'Columns that matter only together.',
    'Causes: who gets coupons may differ from who does not. “train uplift” measures what a coupon changes.',
  ],
  linear: 'A line: how much ice cream?',
  logistic: 'A curve: will the coupon be used?',
  degrees: 'Degrees',
  weekend: 'Weekend',
  flyers: 'Flyers',
  discount: 'Discount',
  away: 'Days away',
  before: 'Bought before',
  sold: (value: string) => `${value} sold`,
  used: (share: string) => `Used with a chance of ${share}`,
  adds: 'What each column adds',
  average: 'an average day',
  averageCustomer: 'an average customer',
  sumOf: (base: string, parts: string, end: string) => `${base} ${parts} = ${end}`,
  chart: (from: string, to: string) =>
    `Days as points, degrees to the right and pieces sold upward. The line rises from ${from} to ${to}.`,
  curve: (from: string, to: string) =>
    `Discount to the right, chance upward. The curve rises from ${from} to ${to}.`,
  legendLine:
    'To the right: degrees. Upward: pieces sold. Full points are weekends. The line is for the weekend and flyers that you set.',
  legendCurve:
    'To the right: discount. Upward: chance, in percent. Points are customers who had, or had not, bought before, as you set it: how many of them used the coupon. The curve is for the days that you set.',
  logOdds: 'In log-odds: +0.7 about doubles the odds, -0.7 about halves them.',
};

const zh: typeof en = {
  name: '回归',
  title: '每一列一个权重，总和就是回答',
  lead: '最古老的模型，也常常是最好的起点：金额用一条直线，可能性则把这条线弯过来。',
  picture: '左边是点，以及离所有点最近的直线。右边是同样的总和，在“从不”与“总是”之间弯成 S 形。',
  idea: [
    '线性回归给每一列一个权重：每升一度多多少，周末多多少。回答等于平均一天的数，再加上每一列的“权重 × 差”。这样选权重，使直线离各点最近。',
    '要回答“是”或“否”，就把总和弯过来：很低时几乎从不，很高时几乎总是，中间逐渐上升。这就是逻辑回归。',
    '某人做某事的可能性叫倾向。按它给顾客排序，就知道优惠券先给谁。',
  ],
  data: '两个文件。第一个里一行是小卖部的一天，以及卖出的冰淇淋数。第二个里一行是收到优惠券的一位顾客，以及是否使用。',
  command: '一条命令求数量，一条求可能性。R2 表示直线解释了多少起伏：1 是全部，0 等于总说平均值。',
  live: '拖动滑块：标记沿着线走，条形显示与平均的一行相比，每一列加多少、减多少。加起来就是回答。',
  program: '“explain”给出每一列加了多少；对可能性，则按模型相加的尺度计。',
  good: ['第一个模型，也最容易向人解释。', '行少列多；超出见过的值。', '可以直接相信的可能性。'],
  poor: [
    '转弯的关系：它只知道上升或下降。',
    '只有合在一起才重要的列。',
    '因果：收到券的人与没收到的人可能本就不同。“train uplift”测量券改变了什么。',
  ],
  linear: '一条线：卖多少冰淇淋？',
  logistic: '一条曲线：会用优惠券吗？',
  degrees: '气温',
  weekend: '周末',
  flyers: '传单',
  discount: '折扣',
  away: '离开天数',
  before: '以前买过',
  sold: (value) => `卖出 ${value} 份`,
  used: (share) => `使用的可能性为 ${share}`,
  adds: '每一列加了多少',
  average: '平均的一天',
  averageCustomer: '平均的顾客',
  sumOf: (base, parts, end) => `${base} ${parts} = ${end}`,
  chart: (from, to) => `点是各天，向右是气温，向上是卖出的份数。直线从 ${from} 升到 ${to}。`,
  curve: (from, to) => `向右是折扣，向上是可能性。曲线从 ${from} 升到 ${to}。`,
  legendLine: '向右：气温。向上：卖出份数。实心点是周末。直线对应您设定的周末与传单。',
  legendCurve:
    '向右：折扣。向上：可能性（百分数）。点是按您的设定以前买过（或没买过）的顾客：其中多少人用了券。曲线对应您设定的天数。',
  logOdds: '以对数几率计：+0.7 约使几率翻倍，-0.7 约减半。',
};

const words = inBoth(en, zh);

interface Day {
  readonly degrees: number;
  readonly weekend: boolean;
  readonly flyers: number;
}

interface Customer {
  readonly discount: number;
  readonly days_away: number;
  readonly bought_before: boolean;
}

const days = rowsOf(samples.regression.file.content).map(([degrees, weekend, , sold]) => ({
  degrees: Number(degrees),
  weekend: weekend === 'yes',
  sold: Number(sold),
}));
const customers = rowsOf(samples.regression.more.content).map(([discount, , before, used]) => ({
  discount: Number(discount),
  before: before === 'yes',
  used: used === 'yes',
}));

let linear: Model;
let logistic: Model;
let day: Day = { degrees: 25, weekend: true, flyers: 100 };
let customer: Customer = { discount: 20, days_away: 20, bought_before: true };
let ofDay: TableExplanation;
let ofCustomer: TableExplanation;
/** The line at both ends of the drawing, and the curve in between. */
let line: readonly [number, number] = [0, 0];
let curve: readonly number[] = [];

const kDegrees = [0, 35] as const;
const kDiscount = [5, 30] as const;
const kSteps = 25;

const chanceOf = ({ probabilities }: Pick<TableExplanation, 'probabilities'>) =>
  probabilities.find(({ label }) => label === 'yes')?.probability ?? 0;

const ask = asking(async () => {
  ofDay = await linear.explain({ ...day });
  const [low, high] = await Promise.all(
    kDegrees.map((degrees) => linear.predict({ ...day, degrees })),
  );
  line = [low?.value ?? 0, high?.value ?? 0];
  ofCustomer = await logistic.explain({ ...customer }, { label: 'yes', counterfactual: false });
  const said = await Promise.all(
    Array.from({ length: kSteps + 1 }, (_, i) =>
      logistic.predict({ ...customer, discount: kDiscount[0] + i }),
    ),
  );
  curve = said.map(chanceOf);
});

function set(change: { day?: Partial<Day>; customer?: Partial<Customer> }): void {
  day = { ...day, ...change.day };
  customer = { ...customer, ...change.customer };
  void ask();
  changed();
}

const [kWidth, kHeight, kLeft, kBottom] = [640, 360, 60, 40];
const kMostSold = 400;

function axes(
  right: readonly (readonly [number, string])[],
  upward: readonly (readonly [number, string])[],
): TemplateResult {
  return svg`<rect class="map-ground" x=${kLeft} y="0" width=${kWidth - kLeft} height=${kHeight - kBottom} />
    ${upward.map(([at, text]) => {
      const y = (1 - at) * (kHeight - kBottom);
      return svg`<path class="grid-line" d="M${kLeft} ${y}H${kWidth}" /><text class="tick" x=${kLeft - 6} y=${Math.max(14, y + 5)} text-anchor="end">${text}</text>`;
    })}
    ${right.map(([at, text]) => svg`<text class="tick" x=${Math.min(kWidth - 14, kLeft + at * (kWidth - kLeft))} y=${kHeight - 12} text-anchor="middle">${text}</text>`)}`;
}

const placeOf = (x: number, y: number) =>
  [kLeft + x * (kWidth - kLeft), (1 - Math.min(1, Math.max(0, y))) * (kHeight - kBottom)] as const;

function lineChart(): TemplateResult {
  const w = words();
  const { language } = texts();
  const at = (degrees: number, sold: number) =>
    placeOf((degrees - kDegrees[0]) / (kDegrees[1] - kDegrees[0]), sold / kMostSold);
  const [fromX, fromY] = at(kDegrees[0], line[0]);
  const [toX, toY] = at(kDegrees[1], line[1]);
  const [x, y] = at(day.degrees, ofDay.value ?? 0);
  const tens = [0, 10, 20, 30].map((one) => [one / 35, plain(one, language)] as const);
  const hundreds = [0, 100, 200, 300].map(
    (one) => [one / kMostSold, plain(one, language)] as const,
  );
  return html`<svg class="drawn" viewBox="0 0 ${kWidth} ${kHeight}" role="img" aria-label=${w.chart(plain(line[0], language, 0), plain(line[1], language, 0))}>
    ${axes(tens, hundreds)}
    ${days.map((one) => {
      const [left, top] = at(one.degrees, one.sold);
      return svg`<circle class=${one.weekend ? 'back' : 'away'} cx=${left} cy=${top} r="4" />`;
    })}
    <path class="border-line" d="M${fromX} ${fromY}L${toX} ${toY}" />${mark(x, y)}
  </svg>`;
}

function curveChart(): TemplateResult {
  const w = words();
  const { language } = texts();
  const at = (discount: number, chance: number) =>
    placeOf((discount - kDiscount[0]) / (kDiscount[1] - kDiscount[0]), chance);
  const path = curve
    .map((chance, i) => `${i === 0 ? 'M' : 'L'}${at(kDiscount[0] + i, chance).join(' ')}`)
    .join('');
  const [x, y] = at(customer.discount, chanceOf(ofCustomer));
  const groups = [5, 10, 15, 20, 25, 30].map((discount) => {
    const all = customers.filter(
      (one) => one.discount === discount && one.before === customer.bought_before,
    );
    const used = all.filter((one) => one.used).length;
    const [left, top] = at(discount, used / Math.max(1, all.length));
    return svg`<circle class="back" cx=${Math.min(kWidth - 8, Math.max(kLeft + 8, left))} cy=${top} r="7" />`;
  });
  const percents = [0, 0.25, 0.5, 0.75, 1].map((one) => [one, plain(100 * one, language)] as const);
  const discounts = [5, 10, 15, 20, 25, 30].map(
    (one) => [(one - 5) / 25, plain(one, language)] as const,
  );
  return html`<svg class="drawn" viewBox="0 0 ${kWidth} ${kHeight}" role="img" aria-label=${w.curve(share(curve[0] ?? 0, language), share(curve.at(-1) ?? 0, language))}>
    ${axes(discounts, percents)}${groups}
    <path class="border-line" d=${path} />${mark(x, y)}
  </svg>`;
}

function parts(
  { contributions, base, score }: TableExplanation,
  columns: readonly (readonly [string, string])[],
  average: string,
  digits: number,
): TemplateResult {
  const w = words();
  const { language } = texts();
  const of = (column: string) =>
    contributions.find((one) => one.column === column)?.contribution ?? 0;
  const added = columns.map(([column]) => signed(of(column), language, digits));
  const total = (value: number) => plain(value, language, digits);
  return html`<h4>${w.adds}</h4>${bars(
    columns.map(([column, name], i) => ({ name, value: of(column), text: added[i] ?? '' })),
    digits === 1 ? 130 : 3,
  )}<p class="sum-text" data-base=${base} data-score=${score}><code>${w.sumOf(total(base), added.join(' ').replace(/([+-])/g, '$1 '), total(score))}</code> <span class="hint">(${average}: ${total(base)})</span></p>`;
}

const saidDay = () => words().sold(plain(ofDay.value ?? 0, beside.settings.language, 0));
const saidCustomer = () => words().used(share(chanceOf(ofCustomer), beside.settings.language));

export const regression: Lesson = {
  id: 'regression',
  sample: samples.regression,
  words,
  real: './behaviour.html#logistic',
  picture() {
    const dots = [20, 36, 52, 66, 84, 98, 116, 132].map(
      (x, i) =>
        svg`<circle class="back" cx=${x} cy=${146 - x * 0.8 + ([9, -14, 12, -8, 14, -12, 6, -9][i] ?? 0)} r="5" />`,
    );
    const curve = Array.from({ length: 41 }, (_, i) => {
      const x = 180 + 3.2 * i;
      const y = 150 - 120 / (1 + Math.exp(-(i - 20) / 4));
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    }).join('');
    const ends = [186, 200, 218, 232, 250].map(
      (x) => svg`<circle class="away" cx=${x} cy="152" r="5" />`,
    );
    const tops = [244, 262, 276, 290, 304].map(
      (x) => svg`<circle class="back" cx=${x} cy="28" r="5" />`,
    );
    return svg`${dots}<path class="border-line" d="M10 138L146 30" /><path class="middle" d="M163 12V168" />
      ${ends}${tops}<path class="border-line" d=${curve} />`;
  },
  async start() {
    [linear, logistic] = (await Promise.all(
      ['linear', 'logistic'].map((name) => modelOf(`./lessons/${name}.onnx`)),
    )) as [Model, Model];
    await ask();
  },
  said: () => `${saidDay()}. ${saidCustomer()}.`,
  live() {
    const w = words();
    const { language } = texts();
    const named = (
      column: string,
      name: 'degrees' | 'weekend' | 'flyers' | 'discount' | 'away' | 'before',
    ) => labelOf(column, { en: en[name], zh: zh[name] }, language);
    return html`<div class="play">
      <div class="panel controls"><h3>${w.linear}</h3>
        <div class="cells">
          ${slider({
            ...{ id: 'degrees', label: named('degrees', 'degrees'), value: day.degrees },
            ...{ min: 0, max: 35, step: 1, text: `${plain(day.degrees, language)} °C` },
            set: (degrees) => set({ day: { degrees } }),
          })}
          ${yesNo('weekend', named('weekend', 'weekend'), day.weekend, (weekend) => set({ day: { weekend } }))}
          ${slider({
            ...{ id: 'flyers', label: named('flyers', 'flyers'), value: day.flyers },
            ...{ min: 0, max: 400, step: 10, text: plain(day.flyers, language) },
            set: (flyers) => set({ day: { flyers } }),
          })}
        </div>
        <p class="verdict" data-value=${ofDay.value ?? nothing}>${saidDay()}</p>
      </div>
      <div class="panel shown">${lineChart()}<p class="hint">${w.legendLine}</p>
        ${parts(
          ofDay,
          [
            ['degrees', w.degrees],
            ['weekend', w.weekend],
            ['flyers', w.flyers],
          ],
          w.average,
          1,
        )}</div>
      <div class="panel controls"><h3>${w.logistic}</h3>
        <div class="cells">
          ${slider({
            ...{ id: 'discount', label: named('discount', 'discount'), value: customer.discount },
            ...{ min: 5, max: 30, step: 1, text: `${plain(customer.discount, language)} %` },
            set: (discount) => set({ customer: { discount } }),
          })}
          ${slider({
            ...{ id: 'days_away', label: named('days_away', 'away'), value: customer.days_away },
            ...{ min: 0, max: 90, step: 1, text: plain(customer.days_away, language) },
            set: (days_away) => set({ customer: { days_away } }),
          })}
          ${yesNo('bought_before', named('bought_before', 'before'), customer.bought_before, (bought_before) => set({ customer: { bought_before } }))}
        </div>
        <p class="verdict" data-chance=${chanceOf(ofCustomer)}>${saidCustomer()}</p>
      </div>
      <div class="panel shown">${curveChart()}<p class="hint">${w.legendCurve}</p>
        ${parts(
          ofCustomer,
          [
            ['discount', w.discount],
            ['days_away', w.away],
            ['bought_before', w.before],
          ],
          w.averageCustomer,
          2,
        )}<p class="hint">${w.logOdds}</p></div>
    </div>`;
  },
};

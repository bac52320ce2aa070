// The lesson on support vector machines: a map of two columns, with the border and its margin.

import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Model } from 'storewise';
import { changed } from '../../state/beside.js';
import { whole } from '../../state/numbers.js';
import { above, contour, type Grid, type Place } from '../contours.js';
import type { Lesson } from '../lesson.js';
import { asking, modelOf } from '../models.js';
import {
  either,
  inBoth,
  labelOf,
  likelier,
  mark,
  plain,
  rowsOf,
  signed,
  slider,
} from '../parts.js';
import { samples } from '../samples.js';
import { texts } from '../state.js';

const en = {
  name: 'Support vector machine',
  title: 'A machine looks for the widest street',
  lead: 'Two kinds of customers on a map, and between them a street, as wide as can be. Its middle is the border.',
  picture:
    'Round and square points on two sides of a street. The middle of the street is the border; the few points at its edges hold it up.',
  idea: [
    'Put every customer on a map: to the right those who have been away for long, upward those who order often. Who came back is a circle, who did not a square.',
    'The machine lays a straight street between the two and makes it as wide as it can. Only the customers at the street’s edges count; all others could move a little and nothing would change. They are the support vectors.',
    'Some borders bend. With a kernel the machine compares a customer with the support vectors nearby instead of drawing one straight line, and the street may curve.',
  ],
  data: 'One row is one customer: days since the last order, orders a year, and whether the customer came back. Being away for 100 days is long for somebody who orders each month, and nothing for somebody who orders once a year. So the border has to bend.',
  command:
    'The same file twice, first with a straight border, then with a curved one (kernel “rbf”). Compare the two figures.',
  live: 'Move the customer by the sliders, or choose a place on the map. Change between straight and curved, and see who the straight border gets wrong.',
  program:
    'For a straight border “explain” tells the distance from it, counted in half widths of the street: 0 is the border, 1 and -1 are its edges.',
  good: [
    'A few hundred to some thousand rows with a clear border.',
    'Numbers of like kind; the file brings them to one scale itself.',
    'Borders that bend, with the curved kernel.',
  ],
  poor: [
    'Very many rows: the time grows with their square.',
    'Reasons in one line: a curved border has no weights to show.',
    'Chances that must be exact: they are fitted afterwards.',
  ],
  kernel: 'Border',
  straight: 'Straight',
  curved: 'Curved',
  customer: 'The customer',
  yes: 'comes back',
  no: 'stays away',
  answer: (label: string, share: string) => `${label}, ${share}`,
  margin: (distance: string) => `Distance from the border: ${distance} half widths`,
  vectors: (count: string) => `${count} customers hold the border up (support vectors)`,
  within: (count: number) =>
    `${count} of the 300 customers lie on the street or on the wrong side (ringed)`,
  wrong: (count: number) => `${count} of the 300 are on the wrong side of the border`,
  map: (kernel: string) =>
    `Map of 300 customers: days away to the right, orders a year upward. The ${kernel} border parts those who come back, below on the left, from those who stay away.`,
  legendStraight:
    'To the right: days away. Upward: orders a year. Circles came back, squares did not. Broad line: the border. Dashed: the edges of the street.',
  legendCurved:
    'To the right: days away. Upward: orders a year. Circles came back, squares did not. Broad line: the border. Dashed: where it is 75 % sure.',
  days: 'Days away',
  orders: 'Orders a year',
};

const zh: typeof en = {
  name: '支持向量机',
  title: '寻找最宽的街道',
  lead: '地图上有两类顾客，中间一条街，越宽越好。街道的中线就是边界。',
  picture: '圆点和方点在街道的两侧。街道的中线是边界；街边的几个点支撑着它。',
  idea: [
    '把每位顾客放在地图上：越往右，离开得越久；越往上，下单越频繁。回来的是圆点，没回来的是方点。',
    '机器在两者之间铺一条直的街道，尽可能宽。只有街边的顾客起作用，其他人稍微挪动，什么都不变。这些街边的点就是支持向量。',
    '有的边界是弯的。用了核函数，机器就把顾客与附近的支持向量比较，而不是画一条直线，街道便可以弯曲。',
  ],
  data: '一行是一位顾客：距上次下单的天数，每年下单次数，以及是否回来。离开 100 天，对每月下单的人很久，对一年一次的人却不算什么。所以边界必须弯曲。',
  command: '同一个文件用两次，先用直的边界，再用弯的（核函数“rbf”）。比较两个数字。',
  live: '用滑块移动顾客，或在地图上选一处。在直线与曲线之间切换，看看直的边界错在哪些人身上。',
  program:
    '直的边界可以用“explain”得到到边界的距离，以街道宽度的一半为单位：0 是边界，1 和 -1 是街边。',
  good: [
    '几百到几千行、边界清楚的数据。',
    '同类的数值；文件自己会统一尺度。',
    '弯曲的边界，用曲线核。',
  ],
  poor: [
    '行数非常多：时间随行数的平方增长。',
    '一行字的理由：弯的边界没有权重可看。',
    '必须精确的概率：概率是事后拟合的。',
  ],
  kernel: '边界',
  straight: '直线',
  curved: '曲线',
  customer: '这位顾客',
  yes: '会回来',
  no: '不回来',
  answer: (label, share) => `${label}，${share}`,
  margin: (distance) => `到边界的距离：${distance} 个半宽`,
  vectors: (count) => `${count} 位顾客支撑着边界（支持向量）`,
  within: (count) => `300 位顾客中有 ${count} 位在街上或站错一侧（带圈）`,
  wrong: (count) => `300 位中有 ${count} 位站在边界错误的一侧`,
  map: (kernel) =>
    `300 位顾客的地图：向右是离开的天数，向上是每年订单数。${kernel}边界把左下方会回来的与不回来的分开。`,
  legendStraight:
    '向右：离开天数。向上：每年订单。圆点回来了，方点没有。粗线：边界。虚线：街道的两边。',
  legendCurved:
    '向右：离开天数。向上：每年订单。圆点回来了，方点没有。粗线：边界。虚线：把握为 75% 之处。',
  days: '离开天数',
  orders: '每年订单',
};

const words = inBoth(en, zh);

type Kernel = 'straight' | 'curved';

interface Customer {
  readonly days_away: number;
  readonly orders_a_year: number;
}

interface Point extends Customer {
  readonly isBack: boolean;
}

/** What a map shows of a model. */
interface Chart {
  readonly model: Model;
  /** Likelihood of coming back, or of a straight border the distance from it. */
  readonly grid: Grid;
  readonly border: number;
  readonly edges: readonly [number, number];
  /** The same for every customer of the file. */
  readonly ofPoints: readonly number[];
}

const kDays = [0, 300] as const;
const kOrders = [0, 12] as const;
const [kColumns, kRows] = [61, 49];
const points: readonly Point[] = rowsOf(samples.svm.file.content).map(([days, orders, back]) => ({
  days_away: Number(days),
  orders_a_year: Number(orders),
  isBack: back === 'yes',
}));

const charts = new Map<Kernel, Chart>();
let kernel: Kernel = 'straight';
let customer: Customer = { days_away: 120, orders_a_year: 2 };
let answer = 0;
let distance: number | null = null;

/** The likelihood of coming back for many customers at once. */
function chances(model: Model, of: readonly Customer[]): number[] {
  const column = (name: keyof Customer) => ({
    dims: [of.length, 1],
    data: Float32Array.from(of, (one) => one[name]),
  });
  const { probabilities } = model.run({
    days_away: column('days_away'),
    orders_a_year: column('orders_a_year'),
  });
  const data = probabilities?.data as Float32Array;
  return of.map((_, i) => data[2 * i + 1] ?? 0); // labels are "no", "yes"
}

/** The distance from a straight border, which two columns and a number make. */
async function distances(model: Model, of: readonly Customer[]): Promise<number[]> {
  const score = async (days_away: number, orders_a_year: number) =>
    (await model.explain({ days_away, orders_a_year }, { label: 'yes', counterfactual: false }))
      .score;
  const [at, right, up] = await Promise.all([score(0, 0), score(100, 0), score(0, 10)]);
  return of.map(
    ({ days_away, orders_a_year }) =>
      at + ((right - at) * days_away) / 100 + ((up - at) * orders_a_year) / 10,
  );
}

async function chartOf(one: Kernel): Promise<Chart> {
  const model = await modelOf(`./lessons/svm-${one}.onnx`);
  const corners = Array.from({ length: kColumns * kRows }, (_, i) => ({
    days_away: kDays[0] + ((kDays[1] - kDays[0]) * (i % kColumns)) / (kColumns - 1),
    orders_a_year:
      kOrders[0] + ((kOrders[1] - kOrders[0]) * Math.floor(i / kColumns)) / (kRows - 1),
  }));
  const isStraight = one === 'straight';
  const values = isStraight ? await distances(model, corners) : chances(model, corners);
  const ofPoints = isStraight ? await distances(model, points) : chances(model, points);
  return {
    model,
    grid: { columns: kColumns, rows: kRows, values },
    border: isStraight ? 0 : 0.5,
    edges: isStraight ? [-1, 1] : [0.25, 0.75],
    ofPoints,
  };
}

const ask = asking(async () => {
  const { model } = charts.get(kernel) as Chart;
  answer = chances(model, [customer])[0] ?? 0;
  distance = kernel === 'straight' ? ((await distances(model, [customer]))[0] ?? 0) : null;
});

function set(change: Partial<Customer>): void {
  customer = { ...customer, ...change };
  void ask();
  changed();
}

function bend(to: Kernel): void {
  kernel = to;
  void ask();
  changed();
}

const [kWidth, kHeight, kLeft, kBottom] = [640, 460, 44, 40];

const place: Place = (x, y) => [kLeft + x * (kWidth - kLeft), (kHeight - kBottom) * (1 - y)];

const spot = ({ days_away, orders_a_year }: Customer) =>
  place(
    (days_away - kDays[0]) / (kDays[1] - kDays[0]),
    (orders_a_year - kOrders[0]) / (kOrders[1] - kOrders[0]),
  );

// What of a chart does not change is drawn once.
const drawnCharts = new Map<Kernel, TemplateResult>();

function ground(one: Kernel, chart: Chart): TemplateResult {
  const found = drawnCharts.get(one);
  if (found !== undefined) return found;
  const { grid, border, edges, ofPoints } = chart;
  const marks = points.map((point, i) => {
    const [x, y] = spot(point);
    const value = ofPoints[i] ?? 0;
    const isWithin = one === 'straight' && (point.isBack ? value < 1 : value > -1);
    const ring = isWithin ? svg`<circle class="ring" cx=${x} cy=${y} r="8.5" />` : nothing;
    return svg`${ring}${
      point.isBack
        ? svg`<circle class="back" cx=${x} cy=${y} r="4" />`
        : svg`<rect class="away" x=${x - 3.5} y=${y - 3.5} width="7" height="7" />`
    }`;
  });
  const made = svg`<path class="region" d=${above(grid, border, place)} />
    ${edges.map((level) => svg`<path class="edge-line" d=${contour(grid, level, place)} />`)}
    <path class="border-line" d=${contour(grid, border, place)} />${marks}`;
  drawnCharts.set(one, made);
  return made;
}

function choose(event: MouseEvent): void {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  const x = (((event.clientX - box.left) / box.width) * kWidth - kLeft) / (kWidth - kLeft);
  const y = 1 - (((event.clientY - box.top) / box.height) * kHeight) / (kHeight - kBottom);
  const within = (value: number) => Math.min(1, Math.max(0, value));
  set({
    days_away: Math.round(Math.max(5, within(x) * kDays[1])),
    orders_a_year: Math.max(0.5, Math.round(within(y) * kOrders[1] * 10) / 10),
  });
}

function map(): TemplateResult {
  const w = words();
  const { language } = texts();
  const [x, y] = spot(customer);
  const chart = charts.get(kernel) as Chart;
  const ticks = [0, 100, 200, 300].map((days) => {
    const [at] = place(days / kDays[1], 0);
    return svg`<text class="tick" x=${Math.min(at, kWidth - 12)} y=${kHeight - 14} text-anchor="middle">${whole(days, language)}</text>`;
  });
  const upward = [3, 6, 9, 12].map((orders) => {
    const [, at] = place(0, orders / kOrders[1]);
    return svg`<text class="tick" x=${kLeft - 8} y=${at + (orders === 12 ? 12 : 5)} text-anchor="end">${whole(orders, language)}</text>`;
  });
  return html`<svg class="drawn map" viewBox="0 0 ${kWidth} ${kHeight}" role="img" aria-label=${w.map(kernel === 'straight' ? w.straight : w.curved)} @click=${choose}>
    <rect class="map-ground" x=${kLeft} y="0" width=${kWidth - kLeft} height=${kHeight - kBottom} />
    ${ground(kernel, chart)}
    ${ticks}${upward}
    ${mark(x, y)}
  </svg>`;
}

const said = () => {
  const w = words();
  return w.answer(...likelier(answer, w));
};

const vectorsOf = ({ model }: Chart) =>
  Number((model.metadata?.['settings'] as { readonly vectors?: number } | undefined)?.vectors ?? 0);

function counts(): TemplateResult {
  const w = words();
  const { language } = texts();
  const chart = charts.get(kernel) as Chart;
  const wrong = points.filter(
    ({ isBack }, i) => isBack !== (chart.ofPoints[i] ?? 0) >= chart.border,
  ).length;
  const within = points.filter(({ isBack }, i) =>
    isBack ? (chart.ofPoints[i] ?? 0) < 1 : (chart.ofPoints[i] ?? 0) > -1,
  ).length;
  const vectors = vectorsOf(chart);
  return html`<ul class="told-list" data-wrong=${wrong} data-within=${within}>
    <li>${distance === null ? w.vectors(plain(vectors, language, 0)) : w.margin(signed(distance, language))}</li>
    <li>${w.wrong(wrong)}</li>
    <li>${kernel === 'straight' ? w.within(within) : ''}</li>
  </ul>`;
}

export const svm: Lesson = {
  id: 'svm',
  sample: samples.svm,
  words,
  real: './behaviour.html#svm',
  picture() {
    const back = [
      [60, 60],
      [92, 112],
      [46, 128],
      [118, 146],
      [28, 92],
      [84, 28],
    ];
    const away = [
      [220, 38],
      [262, 72],
      [214, 96],
      [290, 110],
      [246, 142],
      [286, 30],
    ];
    return svg`<path class="region" d="M0 0H150L176 180H0Z" />
      <path class="edge-line" d="M112 0L140 180M188 0L216 180" /><path class="border-line" d="M150 0L178 180" />
      <circle class="ring" cx="131" cy="122" r="11" /><circle class="back" cx="131" cy="122" r="6" />
      <circle class="ring" cx="120" cy="48" r="11" /><circle class="back" cx="120" cy="48" r="6" />
      <circle class="ring" cx="203" cy="96" r="11" /><rect class="away" x="197.5" y="90.5" width="11" height="11" />
      ${back.map(([x, y]) => svg`<circle class="back" cx=${x} cy=${y} r="6" />`)}
      ${away.map(([x = 0, y = 0]) => svg`<rect class="away" x=${x - 5.5 + 20} y=${y - 5.5} width="11" height="11" />`)}`;
  },
  async start() {
    for (const one of ['straight', 'curved'] as const) {
      if (!charts.has(one)) charts.set(one, await chartOf(one));
    }
    await ask();
  },
  said,
  live() {
    const w = words();
    const { language } = texts();
    const named = (column: keyof Customer) =>
      labelOf(
        column,
        column === 'days_away' ? { en: en.days, zh: zh.days } : { en: en.orders, zh: zh.orders },
        language,
      );
    return html`<div class="play">
      <div class="panel controls"><h3>${w.customer}</h3>
        <div class="cells">
          ${either<Kernel>(
            'kernel',
            w.kernel,
            kernel,
            [
              ['straight', w.straight],
              ['curved', w.curved],
            ],
            bend,
          )}
          ${slider({
            ...{ id: 'days_away', label: named('days_away'), value: customer.days_away },
            ...{ min: 5, max: 300, step: 1, text: plain(customer.days_away, language) },
            set: (days_away) => set({ days_away }),
          })}
          ${slider({
            ...{ id: 'orders_a_year', label: named('orders_a_year') },
            ...{ value: customer.orders_a_year, min: 0.5, max: 12, step: 0.1 },
            text: plain(customer.orders_a_year, language),
            set: (orders_a_year) => set({ orders_a_year }),
          })}
        </div>
        <p class="verdict" data-answer=${answer} data-distance=${distance ?? nothing}>${said()}</p>
        ${counts()}
      </div>
      <div class="panel shown">${map()}<p class="hint">${kernel === 'straight' ? w.legendStraight : w.legendCurved}</p></div>
    </div>`;
  },
};

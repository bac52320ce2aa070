// The lesson on recommendations: the neighbourhood of a product in the demo shop, to walk about in.

import { html, nothing, svg, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Model, Shop } from 'storewise';
import type { Language } from '../../i18n/index.js';
import { drawing, type Pictured } from '../../motifs/index.js';
import { family } from '../../motifs/palette.js';
import { beside, changed } from '../../state/beside.js';
import type { Lesson } from '../lesson.js';
import { modelOf, shopOf } from '../models.js';
import { box, inBoth, plain } from '../parts.js';
import { samples } from '../samples.js';
import { texts } from '../state.js';

const en = {
  name: 'Recommendation',
  title: 'What lies in one basket belongs together',
  lead: 'No profile of anybody, only baskets: who takes pasta mostly takes tomatoes too.',
  picture:
    'Pasta in the middle, and lines to tomatoes, parmesan and wine. The broader the line, the more one speaks for the other. A thin line leads to milk.',
  idea: [
    'Write down for each product what else lay in the same basket. Some things lie in every basket, such as milk; they say little. So the model weighs how much more often two things come together than chance would have it, and looks at all pairs at once (a ridge regression over items).',
    'What is left is a map of neighbours: from each product, lines to those that it speaks for. That map is the model.',
    'In your shop it looks at the products of this visit, follows their lines, adds up, and shows what has most. That is also the reason it can give: “because you looked at the pasta”.',
  ],
  data: 'A row is one thing in one basket. Names are not needed, numbers do; who bought it is not in it at all.',
  command:
    'One line. It tries out which settings suit the data, then learns from all baskets. Your own orders export works as it is (“session” may be called “order_id”).',
  live: 'These are not the 22 products of the little file but 4,000 of the demo shop, learnt from real baskets. Choose a neighbour to go to it.',
  program:
    '“rank” takes what the visitor has looked at, oldest first, and gives what follows, best first.',
  good: [
    'Shops with baskets or visits, from a few hundred on.',
    'Visitors who are not logged in: this visit is enough.',
    'Reasons that can be shown.',
  ],
  poor: [
    'Products that nobody has bought yet: they have no lines.',
    'The order of things over weeks: it looks at one visit.',
    'Taste that no basket shows.',
  ],
  pasta: 'pasta',
  tomatoes: 'tomatoes',
  parmesan: 'parmesan',
  wine: 'wine',
  milk: 'milk',
  start: 'Start from',
  here: 'You are at',
  back: 'Back',
  graph: (name: string) => `${name} and its neighbours`,
  go: (name: string, strength: string) => `${name}, ${strength} of the strongest`,
  said: (name: string, next: string) => `${name}. Nearest: ${next}.`,
  legend:
    'The broader the line, the stronger. Thin lines join neighbours that are neighbours of each other too.',
  list: 'Neighbours, the strongest first',
};

const zh: typeof en = {
  name: '推荐',
  title: '同一个篮子里的东西是一伙的',
  lead: '不需要任何人的画像，只要购物篮：买意面的人多半也买番茄。',
  picture: '意面在中间，连线到番茄、帕尔马干酪和葡萄酒。线越粗，说明越有关联。到牛奶只有一条细线。',
  idea: [
    '对每件商品记下同一个篮子里还有什么。有些东西每个篮子都有，例如牛奶，说明不了什么。所以模型衡量的是：两样东西一起出现比偶然多多少，并且一次看所有的配对（对商品做岭回归）。',
    '剩下的是一张邻居地图：从每件商品引出连线，通向与它有关的商品。这张地图就是模型。',
    '在您的店里，它看这次访问的商品，沿着连线相加，显示得分最高的。这也是它能说出的理由：“因为您看了意面”。',
  ],
  data: '一行是一个篮子里的一样东西。不必有名字，编号也行；是谁买的根本不在里面。',
  command:
    '一行命令。它先试出适合数据的设置，再从所有篮子学习。您自己的订单导出可以直接用（“session”也可以叫“order_id”）。',
  live: '这里不是小文件里的 22 件商品，而是演示商店的 4,000 件，从真实的购物篮学来。选一个邻居就走到它那里。',
  program: '“rank”接受访客看过的商品，从旧到新，给出接下来的商品，最好的在前。',
  good: [
    '有购物篮或访问记录的店，几百个就行。',
    '没有登录的访客：这次访问就够了。',
    '可以展示的理由。',
  ],
  poor: [
    '还没有人买过的商品：没有连线。',
    '跨越几周的先后：它只看一次访问。',
    '篮子里看不出的口味。',
  ],
  pasta: '意面',
  tomatoes: '番茄',
  parmesan: '干酪',
  wine: '葡萄酒',
  milk: '牛奶',
  start: '从这里开始',
  here: '您在这里',
  back: '退回',
  graph: (name) => `${name}和它的邻居`,
  go: (name, strength) => `${name}，强度为最强的 ${strength}`,
  said: (name, next) => `${name}。最近的：${next}。`,
  legend: '线越粗越强。细线连接彼此也是邻居的邻居。',
  list: '邻居，最强的在前',
};

const words = inBoth(en, zh);

const kNeighbours = 8;

interface Neighbour {
  readonly id: string;
  /** Of the strongest neighbour's score, from 0 to 1. */
  readonly strength: number;
}

let model: Model;
let shop: Shop;
let starts: readonly string[] = [];
let trail: readonly string[] = [];

const rankedOf = new Map<string, readonly Neighbour[]>();

function neighboursOf(id: string): readonly Neighbour[] {
  let found = rankedOf.get(id);
  if (found === undefined) {
    const ranked = model.rank([id], { limit: kNeighbours });
    const most = ranked[0]?.score ?? 1;
    found = ranked.map((one) => ({ id: one.id, strength: one.score / most }));
    rankedOf.set(id, found);
  }
  return found;
}

const nameOf = (id: string, language: Language = beside.settings.language) =>
  shop.catalogue.get(id, { language })?.name ?? id;

function pictured(id: string): Pictured {
  const fields = shop.catalogue.get(id, { language: 'en' })?.fields ?? {};
  return {
    id,
    nameEn: nameOf(id, 'en'),
    departmentEn: fields['department'] ?? '',
    brandEn: fields['brand'] ?? '',
    sizeText: fields['size'] ?? '',
    motif: fields['motif'] ?? '',
  };
}

function picture(id: string): TemplateResult {
  const product = pictured(id);
  return html`<svg class="picture" style="--hue:${family(product.departmentEn).hue}" viewBox="0 0 160 160" aria-hidden="true" focusable="false">${drawing(product)}</svg>`;
}

function go(id: string): void {
  trail = [...trail, id].slice(-50);
  changed();
}

const strengthText = (strength: number) =>
  `${plain(100 * strength, beside.settings.language, 0)} %`;

/** Where a neighbour stands, in percent of the box. */
function spot(i: number, of: number): readonly [number, number] {
  const angle = (2 * Math.PI * (i + 0.5)) / of - Math.PI / 2;
  return [50 + 38 * Math.cos(angle), 50 + 38 * Math.sin(angle)];
}

function graph(id: string): TemplateResult {
  const w = words();
  const near = neighboursOf(id);
  const spots = near.map((_, i) => spot(i, near.length));
  const among = near.flatMap((one, i) =>
    near.slice(i + 1).flatMap((other, k) => {
      const j = i + 1 + k;
      const joined =
        neighboursOf(one.id).some((next) => next.id === other.id) ||
        neighboursOf(other.id).some((next) => next.id === one.id);
      const [from, to] = [spots[i] ?? [0, 0], spots[j] ?? [0, 0]];
      return joined ? [svg`<path class="kin" d="M${from[0]} ${from[1]}L${to[0]} ${to[1]}" />`] : [];
    }),
  );
  const lines = near.map(({ strength }, i) => {
    const [x, y] = spots[i] ?? [0, 0];
    return svg`<path class="tie" style="stroke-width:${(0.4 + 2 * strength).toFixed(2)}" d="M50 50L${x} ${y}" />`;
  });
  return html`<div class="graph" role="group" aria-label=${w.graph(nameOf(id))}>
    <svg viewBox="0 0 100 100" aria-hidden="true">${among}${lines}</svg>
    <span class="goods middle-goods" style="left:50%;top:50%">${picture(id)}</span>
    ${repeat(
      near,
      (one) => one.id,
      ({ id: next, strength }, i) => {
        const [x, y] = spots[i] ?? [0, 0];
        return html`<button class="goods" type="button" data-item=${next} data-strength=${strength} style="left:${x}%;top:${y}%"
          aria-label=${w.go(nameOf(next), strengthText(strength))} title=${nameOf(next)} @click=${() => go(next)}>${picture(next)}</button>`;
      },
    )}
  </div>`;
}

export const recommendation: Lesson = {
  id: 'recommendation',
  sample: samples.recommendation,
  words,
  real: './index.html',
  picture(language) {
    const w = words(language);
    return svg`<path class="tie" style="stroke-width:9" d="M160 92L66 44" /><path class="tie" style="stroke-width:6" d="M160 92L256 44" />
      <path class="tie" style="stroke-width:5" d="M160 92L66 146" /><path class="kin" style="stroke-width:1.5" d="M160 92L256 146M66 44L66 146" />
      ${box(160, 92, 76, w.pasta, 'good')}${box(62, 40, 92, w.tomatoes)}${box(258, 40, 92, w.parmesan)}
      ${box(62, 148, 72, w.wine)}${box(258, 148, 64, w.milk, 'bad')}`;
  },
  async start() {
    [model, shop] = await Promise.all([modelOf('./shop/recommender.onnx'), shopOf()]);
    if (starts.length === 0) {
      // The best seller of each department: the first of it, for the file lists the best first.
      const first = new Map<string, string>();
      for (const id of (model.metadata?.['items'] ?? []) as readonly string[]) {
        const department = shop.catalogue.get(id)?.fields['department'];
        if (typeof department === 'string' && !first.has(department)) first.set(department, id);
      }
      starts = [...first.values()].slice(0, 8);
    }
    if (trail.length === 0) trail = starts.slice(0, 1);
  },
  said() {
    const id = trail.at(-1) ?? '';
    const next = neighboursOf(id)
      .slice(0, 3)
      .map((one) => nameOf(one.id));
    return words().said(nameOf(id), next.join(beside.settings.language === 'zh' ? '、' : ', '));
  },
  live() {
    const w = words();
    const { language } = texts();
    const id = trail.at(-1) ?? '';
    const product = shop.catalogue.get(id, { language });
    const isElsewhere = !starts.includes(id);
    return html`<div class="play">
      <div class="panel controls">
        <div class="cell"><label for="start-product">${w.start}</label>
          <select id="start-product" @change=${(event: Event) => {
            const { value } = event.currentTarget as HTMLSelectElement;
            if (value !== '') go(value);
          }}><option value="" .selected=${live(isElsewhere)}>…</option>${starts.map(
            (one) =>
              html`<option value=${one} .selected=${live(one === id)}>${nameOf(one)}</option>`,
          )}</select></div>
        <p class="here-line"><span class="hint">${w.here}</span><b data-here=${id}>${nameOf(id)}</b><span class="hint">${product?.labels['department'] ?? nothing}</span></p>
        <p><button class="quiet" type="button" ?disabled=${trail.length < 2} @click=${() => {
          trail = trail.slice(0, -1);
          changed();
        }}>${w.back}</button></p>
        <h3>${w.list}</h3>
        <ol class="neighbours">${neighboursOf(id).map(
          ({
            id: next,
            strength,
          }) => html`<li><button type="button" data-next=${next} @click=${() => go(next)}>
            <span>${nameOf(next)}</span>
            <span class="level" aria-hidden="true"><i style="width:${100 * strength}%"></i></span></button></li>`,
        )}</ol>
      </div>
      <div class="panel shown">${graph(id)}<p class="hint">${w.legend}</p></div>
    </div>`;
  },
};

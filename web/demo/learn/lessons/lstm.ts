// The lesson on networks that read: what an LSTM believes after every word of a sentence.

import { html, nothing, svg, type TemplateResult } from 'lit';
import { type Model, textWords } from 'storewise';
import { beside, changed } from '../../state/beside.js';
import type { Lesson } from '../lesson.js';
import { asking, modelOf } from '../models.js';
import { box, field, inBoth, share } from '../parts.js';
import { samples } from '../samples.js';
import { texts } from '../state.js';

const en = {
  name: 'Reading in order (LSTM)',
  title: 'A network reads word by word and remembers',
  lead: '“Tea instead of milk” and “milk instead of tea” have the same words. Only who reads them in order knows what to send.',
  picture:
    'Four boxes in a row: swap, tea, for, milk. An arrow carries the memory from each box to the next, and the last one answers: milk.',
  idea: [
    'The network keeps a memory, here 24 numbers, all 0 at first. It takes one word at a time, and makes of the memory and the word a new memory.',
    'Small gates decide what is forgotten, what is added and what is shown. Their weights are learnt: the network reads many sentences, sees how wrong its answers are, and turns every weight a little the better way.',
    'After the last word the memory is made into chances. That is a recurrent network; LSTM (long short-term memory) and GRU are the two usual ways to build the gates.',
  ],
  data: 'A row is a wish and what is really wanted. In each wish two goods are named, and only the order of the words and the small ones between them tell which is meant.',
  command:
    'One line: word vectors of 16 numbers, a memory of 24, int8 weights. These sentences follow eight patterns, so all of the rows held out are right; real questions are harder (see models/README.md).',
  live: 'Write a wish with milk, tea, bread or eggs. Each row of the table is what the network believes once it has read so far. Watch it change its mind at “instead”, “not” and “but”.',
  program:
    '“textWords” cuts a text as the network was taught; “run” takes the words, as many texts at once as you like.',
  good: [
    'Texts and visits in which the order matters.',
    'Thousands of rows or more.',
    'Sequences of any length, one step at a time.',
  ],
  poor: [
    'Few rows: the pieces of the lesson before learn faster.',
    'Words that it never saw: all of them are one unknown word to it.',
    'Reasons: what a memory holds has no names.',
  ],
  field: 'A wish',
  examples: 'Or one of these',
  table: 'What it believes after each word',
  word: 'After the word',
  answer: (wanted: string, share: string) => `It would send ${wanted} (${share}).`,
  empty: 'Write a few words.',
  goods: { milk: 'milk', tea: 'tea', bread: 'bread', eggs: 'eggs' },
};

const zh: typeof en = {
  name: '按顺序阅读（LSTM）',
  title: '网络逐词阅读，并且记住',
  lead: '“用茶代替牛奶”和“用牛奶代替茶”用的是同样的词。只有按顺序读的人才知道该送什么。',
  picture:
    '一排四个方框：swap、tea、for、milk。箭头把记忆从一个方框带到下一个，最后一个给出回答：milk。',
  idea: [
    '网络保持一份记忆，这里是 24 个数，开始全是 0。它一次读一个词，由记忆和这个词得出新的记忆。',
    '几道小门决定忘掉什么、加上什么、显示什么。它们的权重是学来的：网络读许多句子，看自己的回答错了多少，把每个权重往好的方向拧一点。',
    '读完最后一个词，记忆变成各答案的可能性。这就是循环网络；LSTM（长短期记忆）和 GRU 是造这些门的两种常用方法。',
  ],
  data: '一行是一个愿望和真正想要的东西。每个愿望里提到两样商品，只有词的顺序和中间的小词说明要的是哪一样。',
  command:
    '一行命令：16 个数的词向量，24 个数的记忆，int8 权重。这些句子只有八种句式，所以留出的行全对；真实的问题更难（见 models/README.md）。',
  live: '用英文写一个愿望，提到 milk（牛奶）、tea（茶）、bread（面包）或 eggs（鸡蛋）。表中每一行是网络读到那里时的看法。看它在“instead”“not”“but”处怎样改变主意。',
  program: '“textWords”按网络所学的方式切分文字；“run”接受这些词，一次多少段文字都行。',
  good: ['顺序重要的文字和访问。', '几千行或更多。', '任意长度的序列，一步一步来。'],
  poor: [
    '行数很少：前面一课的片段学得更快。',
    '没见过的词：对它来说都是同一个未知词。',
    '理由：记忆里的东西没有名字。',
  ],
  field: '一个愿望（英文）',
  examples: '或者选一个',
  table: '读到每个词之后的看法',
  word: '读到',
  answer: (wanted, share) => `它会送 ${wanted}（${share}）。`,
  empty: '写几个词吧。',
  goods: { milk: '牛奶', tea: '茶', bread: '面包', eggs: '鸡蛋' },
};

const words = inBoth(en, zh);

const kMostWords = 14;
const kExamples = [
  'please send tea instead of milk',
  'instead of tea please send milk',
  'I have bread but I need eggs',
  'not eggs but bread',
];

let model: Model;
let text = kExamples[1] ?? '';
let read: readonly string[] = [];
/** After each word, the chances of all labels. */
let beliefs: readonly (readonly number[])[] = [];

const ask = asking(async () => {
  read = textWords(text)
    .filter((word) => word !== '')
    .slice(0, kMostWords);
  if (read.length === 0) {
    beliefs = [];
    return;
  }
  // Every beginning of the text as a row; shorter ones are filled up with empty words.
  const data = read.flatMap((_, row) => read.map((word, i) => (i <= row ? word : '')));
  const { probabilities } = model.run({ words: { dims: [read.length, read.length], data } });
  const all = Array.from(probabilities?.data as Float32Array);
  const each = all.length / read.length;
  beliefs = read.map((_, row) => all.slice(row * each, (row + 1) * each));
});

function type(to: string): void {
  text = to;
  void ask();
  changed();
}

const labels = () => (model.metadata?.['labels'] ?? []) as readonly (keyof typeof en.goods)[];
const nameOf = (label: keyof typeof en.goods) => words().goods[label] ?? label;

function said(): string {
  const w = words();
  const last = beliefs.at(-1);
  if (last === undefined) return w.empty;
  const best = last.indexOf(Math.max(...last));
  return w.answer(
    nameOf(labels()[best] ?? 'milk'),
    share(last[best] ?? 0, beside.settings.language),
  );
}

function table(): TemplateResult {
  const w = words();
  const { language } = texts();
  return html`<table class="beliefs"><caption class="unseen">${w.table}</caption>
    <thead><tr><th scope="col">${w.word}</th>${labels().map((label) => html`<th scope="col">${nameOf(label)}</th>`)}</tr></thead>
    <tbody>${beliefs.map((row, i) => {
      const best = Math.max(...row);
      return html`<tr><th scope="row">${read[i]}</th>${row.map(
        (chance) =>
          html`<td class=${chance === best ? 'best' : nothing} data-chance=${chance} style="--strength:${Math.round(45 * chance)}%">${share(chance, language)}</td>`,
      )}</tr>`;
    })}</tbody></table>`;
}

// The memory in the picture, after each word.
const kMemory = [
  [8, 4, 14, 6],
  [20, 8, 6, 12],
  [12, 16, 10, 22],
  [6, 26, 12, 18],
];

export const lstm: Lesson = {
  id: 'lstm',
  sample: samples.lstm,
  words,
  picture() {
    return svg`${['swap', 'tea', 'for', 'milk'].map((word, i) => {
      const x = 46 + 76 * i;
      const arrow = i < 3 ? svg`<path class="branch on" d="M${x + 28} 80H${x + 48}" />` : nothing;
      return svg`<path class="branch" d="M${x} 132V96" />${arrow}<rect class="box good" x=${x - 28} y="58" width="56" height="42" rx="8" />
        ${(kMemory[i] ?? []).map((height, k) => svg`<rect class="rise" x=${x - 20 + 11 * k} y=${92 - height} width="8" height=${height} />`)}
        ${box(x, 146, 60, word)}`;
    })}<path class="branch on" d="M274 58V38" />${box(274, 24, 60, 'milk', 'good')}`;
  },
  async start() {
    model = await modelOf('./lessons/lstm.onnx');
    await ask();
  },
  said,
  live() {
    const w = words();
    return html`<div class="play">
      <div class="panel asking">
        ${field({
          ...{ id: 'wish', label: w.field, value: text, lang: 'en' },
          ...{ from: w.examples, examples: kExamples, set: type },
        })}
        <p class="verdict">${said()}</p>
      </div>
      <div class="panel shown"><h3>${w.table}</h3>${table()}</div>
    </div>`;
  },
};

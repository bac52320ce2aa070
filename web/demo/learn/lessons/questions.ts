// The lesson on questions: the pieces of a question light up, the classes compete, and below a
// threshold the answer is "I don't know".

import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Model, Shop, TextExplanation, TextPiece } from 'storewise';
import { beside, changed } from '../../state/beside.js';
import type { Lesson } from '../lesson.js';
import { asking, modelOf, shopOf } from '../models.js';
import { box, field, inBoth, share, signed } from '../parts.js';
import { samples } from '../samples.js';
import { texts } from '../state.js';

const en = {
  name: 'Question classification',
  title: 'A question is known by its pieces',
  lead: 'It needs no grammar: words, pairs of words and bits of words, each with a weight for each answer.',
  picture:
    'The word “refund” cut into pieces: ref, efu, fun, und. Lines lead from the pieces to the answer refund, which lies above the dashed threshold; the other answers stay below it.',
  idea: [
    'A question is cut into words, pairs of words that follow each other, and runs of two to five letters. The runs are why a spelling mistake does little harm: “refnud” still shares some with “refund”. Chinese is cut into characters and pairs of them.',
    'Each piece has a weight for each answer, learnt from questions that people have answered before. The weights are added and made into chances.',
    'The likeliest answer is given only when its chance reaches a threshold. Otherwise the shop says that it does not know and a person takes over. The threshold is learnt too, from questions that it must not answer.',
  ],
  data: 'A row is a question and the answer that it wants. The label “none” is for what the shop must not answer; thirty such rows lift the threshold from 0.37 to 0.88.',
  command: 'One line. The text itself says what is what; no word lists, no grammar.',
  live: 'This is the demo shop’s own model, with 60 answers in English and Chinese. Type what you like. Green pieces speak for the answer that is chosen on the right, brown ones against it. Choose another answer to see what speaks for that.',
  program:
    '“classify” gives the answers and whether the best one may be believed; “explainText” leaves out each piece in turn and tells what it is worth.',
  good: [
    'Questions with an answer that the shop has already written.',
    'Short texts, with mistakes, in several languages at once.',
    'Saying nothing when it does not know.',
  ],
  poor: [
    'What depends on the order of words: “no milk but tea”, “no tea but milk”.',
    'Writing answers: it chooses among those there are.',
    'Long letters that ask several things.',
  ],
  refund: 'refund',
  delivery: 'delivery',
  hours: 'opening hours',
  field: 'Your question',
  placeholder: 'is my bread free of nuts?',
  examples: 'Or one of these',
  samples: [
    'is my bread free of nuts?',
    'can i cancle my order?',
    'my eggs arrived broken',
    'who won the match last night?',
  ],
  pieces: 'What speaks for it',
  answers: 'The answers compete',
  threshold: (share: string) => `Threshold: ${share}. Below it the shop does not answer.`,
  knows: (question: string, share: string) => `It answers “${question}” (${share}).`,
  unknown: (share: string) => `I don’t know that one. The likeliest reaches only ${share}.`,
  empty: 'Nothing in this text is known.',
  explains: (question: string) =>
    `For: “${question}”. In log-odds: how much it loses without the piece.`,
};

const zh: typeof en = {
  name: '问题分类',
  title: '从片段认出一个问题',
  lead: '不需要语法：词、相邻的词对和词的片段，每个对每个答案都有一个权重。',
  picture:
    '“refund”一词被切成片段：ref、efu、fun、und。连线从片段通到“退款”这个答案，它高过虚线的门槛；其他答案在门槛以下。',
  idea: [
    '问题被切成词、相邻的词对，以及两到五个字母的片段。有了片段，拼写错误影响不大：“refnud”与“refund”仍有相同的片段。中文切成单字和相邻的两个字。',
    '每个片段对每个答案有一个权重，从以前由人回答过的问题学来。权重相加，变成可能性。',
    '只有当最可能的答案达到门槛，才给出它。否则商店会说不知道，转给人来回答。门槛也是学来的，来自它不该回答的问题。',
  ],
  data: '一行是一个问题和它要的答案。标签“none”是商店不该回答的；三十行这样的问题把门槛从 0.37 提到 0.88。',
  command: '一行命令。文本本身就说明一切；不用词表，不用语法。',
  live: '这是演示商店自己的模型，有 60 个中英文答案。随便输入。绿色的片段支持右边选中的答案，棕色的反对它。选另一个答案，看什么支持那一个。',
  program:
    '“classify”给出答案，以及最好的那个是否可信；“explainText”轮流去掉每个片段，说明它值多少。',
  good: [
    '商店已经写好答案的问题。',
    '简短的文字，有错字也行，可同时多种语言。',
    '不知道时什么也不说。',
  ],
  poor: [
    '取决于词序的意思：“不要牛奶要茶”与“不要茶要牛奶”。',
    '撰写答案：它只在现有的里面选择。',
    '一次问好几件事的长信。',
  ],
  refund: '退款',
  delivery: '配送',
  hours: '营业时间',
  field: '您的问题',
  placeholder: '鸡蛋送来碎了',
  examples: '或者选一个',
  samples: ['鸡蛋送来碎了', '怎么取消订单？', '有没有无麸质的面包', '昨晚的比赛谁赢了？'],
  pieces: '什么支持它',
  answers: '答案在竞争',
  threshold: (share) => `门槛：${share}。低于它，商店不回答。`,
  knows: (question, share) => `它回答“${question}”（${share}）。`,
  unknown: (share) => `这个我不知道。最可能的也只有 ${share}。`,
  empty: '这段文字里没有认识的片段。',
  explains: (question) => `针对：“${question}”。以对数几率计：去掉这个片段会失去多少。`,
};

const words = inBoth(en, zh);

const kAnswers = 5;
const kPieces = 10;

let model: Model;
let shop: Shop;
let text = '';
/** The answer that is explained; null: the likeliest. */
let chosen: string | null = null;
let explained: TextExplanation;

const ask = asking(async () => {
  explained = await model.explainText(text.slice(0, 200), { label: chosen ?? undefined });
});

function type(to: string): void {
  text = to;
  chosen = null;
  void ask();
  changed();
}

const questionOf = (label: string) =>
  shop.faq.get(label, { language: beside.settings.language })?.question ?? label;

/** What each character of the text is worth: a piece's contribution is shared among its own. */
function worths(): number[] {
  const worth = new Array<number>(explained.text.length).fill(0);
  for (const { places, contribution } of explained.pieces) {
    const covered = places.reduce((sum, [from, to]) => sum + to - from, 0);
    for (const [from, to] of places) {
      for (let i = from; i < to; i++) worth[i] = (worth[i] ?? 0) + contribution / covered;
    }
  }
  return worth;
}

function lit(): TemplateResult {
  const worth = worths();
  const most = Math.max(0.05, ...worth.map(Math.abs));
  let at = 0;
  const letters = [...explained.text].map((letter) => {
    const value = worth[at] ?? 0;
    at += letter.length;
    const strength = Math.round((45 * Math.abs(value)) / most);
    const colour = value >= 0 ? '--green-ink' : '--amber';
    return html`<span data-worth=${value} style="background:color-mix(in srgb, var(${colour}) ${strength}%, transparent)">${letter}</span>`;
  });
  return html`<p class="lit-text" aria-hidden="true">${letters}</p>`;
}

const shownPiece = ({ text: piece }: TextPiece) => piece.replace(/[<>]/g, '·');

function pieces(): TemplateResult {
  const w = words();
  const { language } = texts();
  const best = [...explained.pieces]
    .sort((a, b) => b.contribution - a.contribution)
    // The word "where" and its five letters are two pieces that read alike: the weightier is shown.
    .filter((piece, i, all) => all.findIndex((one) => one.text === piece.text) === i)
    .slice(0, kPieces);
  return html`<h3>${w.pieces}</h3>
    <p class="hint">${w.explains(questionOf(explained.explains))}</p>
    <ul class="pieces">${best.map(
      (piece) =>
        html`<li data-piece=${piece.text} data-contribution=${piece.contribution}><code>${shownPiece(piece)}</code> <span class="hint">${signed(piece.contribution, language, 1)}</span></li>`,
    )}</ul>`;
}

function answers(): TemplateResult {
  const w = words();
  const { language } = texts();
  const { ranked, threshold } = explained;
  return html`<h3>${w.answers}</h3>
    <ol class="answers" style="--threshold:${100 * threshold}%">${ranked.slice(0, kAnswers).map(
      ({
        label,
        probability,
      }) => html`<li><button type="button" data-label=${label} data-probability=${probability}
        aria-pressed=${label === explained.explains} @click=${() => {
          chosen = label;
          void ask();
        }}><span class="answer-name">${questionOf(label)}</span><b>${share(probability, language)}</b>
        <span class="level" aria-hidden="true"><i style="width:${100 * probability}%"></i></span></button></li>`,
    )}</ol>
    <p class="hint">${w.threshold(share(threshold, language))}</p>`;
}

function said(): string {
  const w = words();
  const { language } = beside.settings;
  const [best] = explained.ranked;
  if (best === undefined || explained.pieces.length === 0) return w.empty;
  return explained.in_scope
    ? w.knows(questionOf(best.label), share(best.probability, language))
    : w.unknown(share(best.probability, language));
}

export const questions: Lesson = {
  id: 'questions',
  sample: samples.questions,
  words,
  real: './index.html',
  picture(language) {
    const w = words(language);
    const grams = ['ref', 'efu', 'fun', 'und'].map((gram, i) => {
      const y = 30 + 38 * i;
      return svg`<path class="tie" style="stroke-width:${5 - i}" d="M110 ${y}L200 ${48}" />${box(86, y, 52, gram, 'good')}`;
    });
    const bar = (y: number, width: number, text: string) =>
      svg`<text x="200" y=${y - 8}>${text}</text><rect class="rise" x="200" y=${y} width=${width} height="10" rx="5" />`;
    return svg`${grams}<text x="10" y="94">refund</text>
      ${bar(48, 112, w.refund)}${bar(98, 26, w.delivery)}${bar(146, 14, w.hours)}
      <path class="middle" d="M282 34V168" />`;
  },
  async start() {
    [model, shop] = await Promise.all([modelOf('./shop/classifier.onnx'), shopOf()]);
    if (text === '') text = words().placeholder;
    await ask();
  },
  said,
  live() {
    const w = words();
    const known = explained.in_scope && explained.pieces.length > 0;
    return html`<div class="play">
      <div class="panel asking">
        ${field({
          ...{ id: 'question', label: w.field, value: text, placeholder: w.placeholder },
          ...{ from: w.examples, examples: w.samples, set: type },
        })}
        ${lit()}
        ${explained.pieces.length === 0 ? nothing : pieces()}
      </div>
      <div class="panel shown">
        <p class="verdict first ${known ? '' : 'unknown'}" data-known=${known}>${said()}</p>
        ${answers()}</div>
    </div>`;
  },
};

// report.html: what was built and how good it is, for the owner of the shop. One page that needs
// nothing else: no script, no font, no request. Everything from the shop's files is escaped.
import { percent, size, whole } from '../terminal.js';
import { type Bar, barChart, columnChart } from './charts.js';
import { customersBody } from './customers.js';
import type { ReportData } from './data.js';
import { bullets, table, escapeHtml as text } from './html.js';
import { intentsBody } from './intents.js';
import { page, section } from './page.js';

export type { ReportData } from './data.js';

/** The whole page. */
export function reportPage(data: ReportData): string {
  return page({
    title: data.name,
    kicker: `storewise report${data.date === undefined ? '' : `, ${data.date}`}`,
    lead: verdict(data),
    tiles: data.tiles,
    sections: [
      read(data),
      leftOut(data),
      recommendations(data),
      examples(data),
      bestSellers(data),
      customers(data),
      intents(data),
      questions(data),
      offers(data),
      sizes(data),
      nextSteps(data),
    ],
    footer:
      'Made by <code>storewise build</code>. The models run in the visitor’s browser; no request leaves the page.',
  });
}

/** The result in two sentences. */
function verdict(data: ReportData): string {
  const sentences: string[] = [];
  const metrics = data.recommender?.metrics;
  if (metrics) {
    const better = metrics.popularity.recall > 0 ? metrics.recall / metrics.popularity.recall : 0;
    const than =
      better >= 1.05
        ? `, ${better.toFixed(1)} times as often as in a list of best sellers`
        : ', no more often than in a list of best sellers';
    sentences.push(
      `Among ${metrics.k} suggestions, the product that came next was there in ${percent(metrics.recall)} of cases${than}.`,
    );
  } else if (data.recommender !== undefined) {
    sentences.push(
      'There are too few orders to measure the suggestions; they lean on what sells most.',
    );
  }
  const accuracy = data.faq?.accuracy;
  if (accuracy !== null && accuracy !== undefined) {
    sentences.push(`Of the questions it was tested on, ${percent(accuracy)} were understood.`);
  }
  return sentences.join(' ') || 'Everything that was given has been read and checked.';
}

function read(data: ReportData): string {
  if (data.files.length === 0) return '';
  const small = (line: string): string => `<br><span class="soft small">${text(line)}</span>`;
  const rows = data.files.map((file) => [
    text(file.what),
    text(file.summary) +
      (file.renamed.length === 0 ? '' : small(`understood as: ${file.renamed.join(', ')}`)),
    text(file.file) + small(file.format),
  ]);
  const columns =
    data.months.length > 1
      ? columnChart(
          data.files.some((file) => file.what === 'Orders') ? 'Orders a month' : 'Visits a month',
          data.months.map(({ month, count }) => ({ label: month, value: count })),
        )
      : '';
  return section('What was read', table(['', 'Contents', 'File'], rows) + columns);
}

function leftOut(data: ReportData): string {
  const rows = data.leftOut.map((entry) => [
    text(entry.reason),
    whole(entry.count),
    text(entry.file),
    `<span class="soft">${text(entry.examples.join(', '))}</span>`,
  ]);
  const notes = bullets(data.notes);
  if (rows.length === 0 && notes === '') return '';
  const body =
    (rows.length > 0
      ? table(['What', 'How many', 'File', 'For example'], rows, [1])
      : '<p>Nothing was left out.</p>') +
    (notes === '' ? '' : `<h3>What had to be decided</h3>${notes}`);
  return section('What was left out, and why', body);
}

function recommendations(data: ReportData): string {
  const { recommender } = data;
  if (recommender === undefined) return '';
  const { metrics } = recommender;
  const learnt = `<p class="soft">Learnt from ${whole(recommender.sessions)} ${data.countedAs}; it knows ${whole(recommender.items)} products.</p>`;
  if (metrics === null) {
    return section(
      'How good the suggestions are',
      `${learnt}<p class="note">The newest tenth of the orders is usually held back to test the suggestions. Here that leaves nothing to test with, so there is no figure: build again when there are more orders.</p>`,
    );
  }
  const asked =
    metrics.protocol === 'last'
      ? 'For each basket, the model saw all products but the last and suggested what comes next.'
      : 'At each step of a visit, the model saw the steps before and suggested what comes next.';
  const lines: { label: string; ranking: { recall: number; mrr: number }; main?: boolean }[] = [
    { label: 'storewise', ranking: metrics, main: true },
    { label: '“bought together” counts', ranking: metrics.cooccurrence },
    { label: 'list of best sellers', ranking: metrics.popularity },
  ];
  if (metrics.protocol === 'next') {
    lines.push({ label: 'what was just seen, again', ranking: metrics.own_items });
  }
  const found = barChart(
    `The right product is among ${metrics.k} suggestions`,
    lines.map(({ label, ranking, main }) => ({
      label,
      value: ranking.recall,
      text: percent(ranking.recall),
      ...(main ? { main } : {}),
    })),
  );
  const early = barChart(
    'How early it comes (1 is always first)',
    lines.map(({ label, ranking, main }) => ({
      label,
      value: ranking.mrr,
      text: ranking.mrr.toFixed(3),
      ...(main ? { main } : {}),
    })),
  );
  const test = `<p>The newest part of the data (${whole(metrics.sessions)} ${data.countedAs}) was held back, and the model asked ${whole(metrics.queries)} times. ${asked}</p>`;
  const unknown =
    metrics.unknown_targets > 0
      ? `<p class="soft small">${whole(metrics.unknown_targets)} more cases were about products that had never sold before; no method that learns from orders can find those, and they are not counted. For reference: recall@${metrics.k} ${percent(metrics.recall)}, MRR@${metrics.k} ${metrics.mrr.toFixed(3)}; before compression ${percent(metrics.float.recall)} and ${metrics.float.mrr.toFixed(3)}. The shipped model is then trained on everything.</p>`
      : `<p class="soft small">Recall@${metrics.k} ${percent(metrics.recall)}, MRR@${metrics.k} ${metrics.mrr.toFixed(3)}; before compression ${percent(metrics.float.recall)} and ${metrics.float.mrr.toFixed(3)}. The shipped model is then trained on everything.</p>`;
  return section('How good the suggestions are', learnt + test + found + early + unknown);
}

function examples(data: ReportData): string {
  if (data.examples.length === 0) return '';
  const cards = data.examples.map(
    (example) =>
      `<div class="example"><b>${text(example.name)}</b>` +
      (example.suggestions.length === 0
        ? '<span class="soft">no suggestion</span>'
        : `<ol>${example.suggestions.map((name) => `<li>${text(name)}</li>`).join('')}</ol>`) +
      '</div>',
  );
  return section(
    'Suggestions, looked at',
    `<p>What the page of each of these products would show: four best sellers, then products that sell now and then.</p>\n<div class="examples">${cards.join('\n')}</div>`,
  );
}

function bestSellers(data: ReportData): string {
  if (data.bestSellers.length === 0) return '';
  const chart = barChart(
    `In how many ${data.countedAs}`,
    data.bestSellers.map(({ name, count }, i) => ({
      label: name,
      value: count,
      text: whole(count),
      ...(i === 0 ? { main: true } : {}),
    })),
  );
  return section('Best sellers', chart);
}

function customers(data: ReportData): string {
  if (data.customers === undefined) return '';
  return section('Customers', customersBody(data.customers, data.currency));
}

function intents(data: ReportData): string {
  if (data.intents === undefined) return '';
  return section('What visitors are about to do', intentsBody(data.intents));
}

function questions(data: ReportData): string {
  const { faq } = data;
  if (faq === undefined) return '';
  const parts = [
    `<p class="soft">${whole(faq.entries)} ${faq.entries === 1 ? 'question' : 'questions'} in ${whole(faq.phrasings)} phrasings.</p>`,
  ];
  const asked =
    faq.tested > 0
      ? `${whole(faq.tested)} questions that were kept apart were asked.`
      : 'Each phrasing was held back once while the others were learnt, and then asked: a hard test where phrasings share few words.';
  if (faq.accuracy === null) {
    parts.push(
      '<p class="note">There is nothing to measure yet: with one question, or one phrasing each, nothing can be held back for a test.</p>',
    );
  } else {
    parts.push(
      `<p>${asked} The likeliest question was the right one in ${percent(faq.accuracy)} of cases; when it is not sure enough, the shop offers choices or hands over instead of answering.</p>`,
      barChart('What a visitor gets', answerBars(faq), 1),
    );
  }
  if (faq.confused.length > 0) {
    const rows = faq.confused.map((pair) => [text(pair.one), text(pair.other), whole(pair.count)]);
    parts.push(
      '<h3>Questions that are taken for each other</h3>',
      table(['This', 'and this', 'Times'], rows, [2]),
    );
  }
  if (faq.thin.length > 0) {
    const rows = faq.thin.map((entry) => [text(entry.question), whole(entry.phrasings)]);
    parts.push(
      '<h3>Questions with few phrasings</h3>',
      table(['Question', 'Phrasings'], rows, [1]),
    );
  }
  return section('Questions and answers', parts.join('\n'));
}

function answerBars(faq: NonNullable<ReportData['faq']>): Bar[] {
  const bars: Bar[] = [];
  const add = (label: string, share: number | null, main = false): void => {
    if (share !== null) bars.push({ label, value: share, text: percent(share), main });
  };
  if (faq.answeredRightly === null || faq.heldBack === null) {
    add('the right answer', faq.accuracy, true);
  } else {
    add('the right answer', faq.answeredRightly, true);
    add('choices, or a person', faq.heldBack);
    add('a wrong answer', Math.max(0, 1 - faq.answeredRightly - faq.heldBack));
  }
  add('other topics: recognised as such', faq.outOfScopeRecall);
  return bars;
}

function offers(data: ReportData): string {
  if (data.offers.length === 0) return '';
  const isDated = data.offers.some((offer) => offer.dates !== '');
  const rows = data.offers.map((offer) => [
    text(offer.title),
    `<span class="together">${text(offer.gives)}</span>`,
    text(offer.asks),
    text(offer.items),
    ...(isDated ? [text(offer.dates)] : []),
  ]);
  const headings = ['Offer', 'Gives', 'Asks for', 'On', ...(isDated ? ['When'] : [])];
  const more =
    data.moreOffers > 0 ? `<p class="soft small">and ${whole(data.moreOffers)} more</p>` : '';
  return section('Offers', table(headings, rows) + more);
}

function sizes(data: ReportData): string {
  const chart = barChart(
    'What a visitor’s browser loads, before compression on the way',
    data.sizes.map(({ name, bytes }) => ({
      label: name,
      value: bytes,
      text: size(bytes),
      ...(name.endsWith('.onnx') ? { main: true } : {}),
    })),
  );
  return section('Sizes', chart);
}

function nextSteps(data: ReportData): string {
  const predict =
    data.intents === undefined
      ? ''
      : "\nvisit.predict('purchase-intent');       // how likely a purchase is, and why";
  const code = `import { loadShop } from 'storewise';

const shop = await loadShop('/storewise/shop.json');
const visit = shop.visit();
visit.view('…');                        // a product’s code
visit.recommend({ limit: 6 });${predict}
shop.ask('…');                          // a visitor’s question`;
  return section(
    'What to do next',
    `${bullets(data.nextSteps)}<h3>On your pages</h3><p>Put this folder on your site, for example under <code>/storewise/</code>.</p><pre>${text(code)}</pre>`,
  );
}

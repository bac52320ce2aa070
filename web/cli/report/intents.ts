// The report's part on what visitors are about to do: from which visits it was learnt, how far it can
// be trusted, and, for the default, whose visits those were. In words for the owner.
import { byIntent, type IntentFigures } from '../intents.js';
import { counted, percent, whole } from '../terminal.js';
import { barChart, calibrationChart } from './charts.js';
import type { IntentsData } from './data.js';
import { bullets, escapeHtml as text } from './html.js';

interface Words {
  heading: string;
  /** What a moment is that the model should find, as the end of "a moment …". */
  hit: string;
  miss: string;
  /** What happened in the share that is the base rate. */
  happened: string;
}

const kWords: { readonly [intent: string]: Words } = {
  'purchase-intent': {
    heading: 'Who is about to buy',
    hit: 'after which the visitor bought',
    miss: 'after which nothing was bought',
    happened: 'a purchase followed',
  },
  'leave-intent': {
    heading: 'Who is about to leave',
    hit: 'after which the visitor left',
    miss: 'after which the visit went on',
    happened: 'the visit was over',
  },
};

/** What stands under the heading. */
export function intentsBody(intents: IntentsData): string {
  return intents.report === undefined ? defaultBody(intents) : ownBody(intents, intents.report);
}

function ownBody(
  { metrics }: IntentsData,
  { visits, buyers }: NonNullable<IntentsData['report']>,
): string {
  const tested = Object.values(metrics)[0]?.rows.test ?? 0;
  return [
    `<p>${text(
      `Learnt from ${counted(visits, 'visit')} of your own log; in ${whole(buyers)} of them (${percent(buyers / visits)}) something was bought. ` +
        'The page asks it while a visit goes on: whether a purchase will follow, and whether the visitor is about to leave.',
    )}</p>`,
    `<p>${text(
      `The older three fifths of the visits taught it, the next fifth turned its scores into probabilities, and the newest fifth, ${counted(tested, 'moment')} in all, was the test. The model that is handed out has then learnt from all visits.`,
    )}</p>`,
    ...byIntent(metrics).map(([intent, figures]) => intentPart(intent, figures)),
    `<h3>Limits</h3>${bullets([
      'A probability is about many visits, not about one: of ten visitors with 30 %, about three buy, and nobody knows which.',
      'It says what visitors do if all stays as it was. Whoever is likely to buy anyway needs no discount.',
      'It has seen the season of the log alone: build again every few months.',
    ])}`,
  ].join('\n');
}

function defaultBody({ reason, visits, metrics, licence }: IntentsData): string {
  const figures = metrics['purchase-intent'];
  const auc = figures?.auc.value;
  return [
    `<p class="note">${text(
      `This is the default that storewise ships: it was learnt from ${counted(visits, 'visit')} of another shop and has not been tested on your visitors. Why it is here: ${reason}.`,
    )}</p>`,
    auc === undefined || auc === null
      ? ''
      : `<p>${text(
          `On visits of that other shop which it had not seen, AUC ${auc.toFixed(3)} for a purchase (${figures?.baselines.events.auc.value?.toFixed(3)} by the number of pages alone, 0.500 for a coin). Take it for which of two visitors is the likelier to buy, rather than for how likely that is: where fewer of your visitors buy than ${percent(figures?.base_rate)}, it promises too much.`,
        )}</p>`,
    licence === '' ? '' : `<p class="soft small">Licence: ${text(licence)}.</p>`,
  ]
    .filter(Boolean)
    .join('\n');
}

function intentPart(intent: string, figures: IntentFigures): string {
  const { auc, baselines, base_rate, calibration, calibration_error, log_loss, rows } = figures;
  const words = kWords[intent];
  if (words === undefined) return '';
  const heading = `<h3>${text(words.heading)}</h3>`;
  if (auc.value === null) {
    return `${heading}<p class="note">In the newest fifth of the visits all moments ended alike, so there is nothing to test with: take it as a guess, and build again with a longer log.</p>`;
  }
  const byEvents = baselines.events.auc.value;
  const verdict =
    auc.low !== null && auc.low <= 0.5
      ? '<p class="note">With so few visits it is not sure that this is better than a coin: build again with a longer log.</p>'
      : byEvents !== null && auc.value <= byEvents
        ? '<p class="note">The number of events alone tells as much: nothing better was found in this log.</p>'
        : '';
  const bars = barChart(
    `Of a moment ${words.hit} and one ${words.miss}, the right one was thought likelier`,
    [
      { label: 'storewise', value: auc.value, text: percent(auc.value), main: true },
      {
        label: 'by the number of events alone',
        value: byEvents ?? 0,
        text: percent(byEvents),
      },
      { label: 'a coin', value: 0.5, text: percent(0.5) },
    ],
    1,
  );
  const range =
    auc.low === null || auc.high === null
      ? ''
      : ` (95 in 100 times ${percent(auc.low)} to ${percent(auc.high)})`;
  const numbers =
    `AUC ${auc.value.toFixed(3)}${range}; log loss ${log_loss.value?.toFixed(3) ?? '–'}, ` +
    `${baselines.base_rate.log_loss.value?.toFixed(3) ?? '–'} for whoever always says the usual share. ` +
    `At ${percent(base_rate)} of the moments it learnt from, ${words.happened}; tested on ${counted(rows.test, 'moment')}.`;
  const picture =
    calibration === undefined
      ? ''
      : calibrationChart(
          calibration.map((bin) => ({ count: bin.rows, claimed: bin.claimed, true: bin.true })),
          `Across: the probability that was said, from 0 to 100 %. Up: at how many of these moments ${words.happened}. On the line, what is said is what happens; the mean distance is ${percent(calibration_error)}.`,
        );
  return `${heading}${bars}<p class="soft small">${text(numbers)}</p>${verdict}${picture}`;
}

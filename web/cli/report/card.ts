// card.md: what the models of a shop's folder are, what taught them, how they did, and whose licences
// hold; the report's figures for whoever gets the folder into their hands. Names no customer.
import { byIntent } from '../intents.js';
import { percent, whole } from '../terminal.js';
import type { ReportData } from './data.js';

/** The whole document, Markdown. */
export function card(data: ReportData): string {
  const parts = [
    `# Models of ${plain(data.name)}`,
    `Made by \`storewise build\`${data.date === undefined ? '' : `, ${data.date}`}. ${licence(data.licence)}`,
    sizes(data),
    read(data),
    recommender(data),
    classifier(data),
    customers(data),
    intents(data),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** A shop's own text on one line, with nothing that Markdown or HTML would take for its own. */
function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').replace(/[\\`*_[\]<>|]/g, '\\$&');
}

function licence(text: string): string {
  return text === ''
    ? 'No licence was named for what was learnt here.'
    : `Licence of what was learnt here: ${plain(text)}.`;
}

function rows(headings: readonly string[], lines: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...lines]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

function sizes(data: ReportData): string {
  return rows(
    ['file', 'bytes'],
    data.sizes.map(({ name, bytes }) => [`\`${name}\``, whole(bytes)]),
  );
}

function read(data: ReportData): string {
  if (data.files.length === 0) return '';
  const lines = data.files.map(
    ({ what, file, summary }) => `- ${what}: ${plain(`${summary} (${file})`)}`,
  );
  return `## Data\n${lines.join('\n')}`;
}

const per = (share: number): string => (100 * share).toFixed(1);

const number = (figure: number | null | undefined): string => figure?.toFixed(3) ?? '–';

function recommender({ recommender: about, countedAs }: ReportData): string {
  if (about === undefined) return '';
  const { metrics, sessions, items } = about;
  const learnt = `Item-item weights by locally restricted ridge regression over ${whole(sessions)} ${countedAs}, ${whole(items)} products, int8.`;
  const heading = `## Suggestions: \`recommender.onnx\`\n${learnt}`;
  if (metrics === null) return `${heading} Too few to hold some back: not tested.`;
  const line = (name: string, { recall, mrr }: { recall: number; mrr: number }) => [
    name,
    per(recall),
    per(mrr),
  ];
  return (
    `${heading} Tested on the newest ${whole(metrics.sessions)}, ${whole(metrics.queries)} queries; then learnt from all.\n\n` +
    rows(
      ['per cent', `recall@${metrics.k}`, `MRR@${metrics.k}`],
      [
        line('int8, as shipped', metrics),
        line('before quantising', metrics.float),
        line('bought together', metrics.cooccurrence),
        line('best sellers', metrics.popularity),
      ],
    )
  );
}

function classifier({ faq }: ReportData): string {
  if (faq === undefined || faq.threshold === null) return '';
  const tested =
    faq.accuracy === null
      ? 'Too few phrasings to hold some back: not tested.'
      : `${percent(faq.accuracy)} understood, ${faq.tested > 0 ? `of ${whole(faq.tested)} questions kept apart` : 'by cross-validation'}.`;
  return `## Questions: \`classifier.onnx\`\nHashed n-grams into one softmax, int8; ${whole(faq.entries)} questions in ${whole(faq.phrasings)} phrasings. ${tested}`;
}

function customers({ customers: about }: ReportData): string {
  if (about === undefined || about.bytes === 0) return '';
  const { churn = null, value = null } = about.metrics ?? {};
  const tested =
    churn === null
      ? 'Too few to test.'
      : `Tested on the newest ${about.window} days: who stays away ${about.churn_days} days, AUC ${number(churn.auc.value)} (by how often they bought ${number(churn.baselines.own_frequency.auc)})` +
        (value === null
          ? '.'
          : `; what they spend, R2 ${value.r2.value?.toFixed(2) ?? '–'} (if the last period repeats ${value.baselines.last_period.r2?.toFixed(2) ?? '–'}).`);
  return `## Customers: \`customers.onnx\`\n${whole(about.customers)} customers with ${whole(about.orders)} orders; no name or number of theirs is in the file. ${tested}`;
}

function intents({ intents: about }: ReportData): string {
  if (about === undefined) return '';
  const { source, visits, reason, metrics, report } = about;
  const whose =
    source === 'default'
      ? `**The default that storewise ships, not learnt from this shop** (${plain(reason)}): ${whole(visits)} visits of another shop, ` +
        'out of *Online Shoppers Purchasing Intention* (C. O. Sakar and Y. Kastro, UCI Machine Learning Repository, ' +
        '<https://doi.org/10.24432/C5F88Q>), CC BY 4.0. The figures are of that shop’s visits, a fifth drawn for the test.'
      : `Boosted trees over ${whole(visits)} visits of this shop’s log, ${whole(report?.buyers ?? 0)} of which bought. Tested on the newest fifth of the visits; then learnt from all.`;
  const lines = byIntent(metrics).map(([intent, figures]) => [
    intent,
    `${number(figures.auc.value)} (${number(figures.auc.low)} to ${number(figures.auc.high)})`,
    number(figures.baselines.events.auc.value),
    number(figures.log_loss.value),
    number(figures.baselines.base_rate.log_loss.value),
    number(figures.calibration_error),
  ]);
  return (
    `## What visitors are about to do: \`intents.onnx\`\n${whose}\n\n` +
    rows(
      ['', 'AUC', 'by number of events', 'log loss', 'of the usual share', 'calibration error'],
      lines,
    )
  );
}

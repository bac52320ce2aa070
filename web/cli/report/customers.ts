// The report's part on customers: who they are, what they are expected to do, and how far that can be
// trusted, in words for the owner. Draws what the trainer reports; names no customer.
import type {
  CategoryFigures,
  ChurnFigures,
  CustomersReport,
  MissingData,
  SegmentName,
  SegmentReport,
  ValueFigures,
  WaitFigures,
} from '../customers.js';
import { counted, percent, whole } from '../terminal.js';
import { barChart, calibrationChart } from './charts.js';
import { bullets, table, escapeHtml as text } from './html.js';

const kSegmentWords: Record<SegmentName, { name: string; meaning: string }> = {
  champions: { name: 'Champions', meaning: 'bought lately, often, and for much' },
  loyal: { name: 'Loyal', meaning: 'come back regularly' },
  returning: { name: 'Returning', meaning: 'bought again lately, but seldom so far' },
  new: { name: 'New', meaning: 'first order lately' },
  'at-risk': { name: 'At risk', meaning: 'bought often or for much, but not for a while' },
  sleeping: { name: 'Sleeping', meaning: 'bought a few times, long ago' },
  'one-time': { name: 'One-time', meaning: 'one order, a while ago' },
};

const kMissingWords: Record<MissingData, string> = {
  'no-dates': 'the orders have no dates, so nobody can say how long a customer has been away',
  'no-customers': 'no order says whose it is; give a column such as customer_id or email',
  'few-customers': 'there are too few customers to tell groups apart',
  'short-period': 'the orders cover too few days to see customers come back',
  'few-returns': 'too few customers have come back so far to learn what makes them',
  'few-lost': 'too few customers have stayed away so far to learn what makes them',
};

/** One sentence on why something is missing. */
export function missingSentence(missing: MissingData): string {
  return `Not enough data: ${kMissingWords[missing]}.`;
}

/** A sum in the shop's currency, without small change. */
export function money(value: number, currency: string): string {
  const digits = Math.abs(value) < 100 ? 2 : 0;
  try {
    return new Intl.NumberFormat('en-GB', {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  } catch {
    return `${value.toFixed(digits)} ${currency}`;
  }
}

/** What stands under the heading. */
export function customersBody(report: CustomersReport, currency: string): string {
  const parts = [intro(report)];
  const { segments, metrics } = report;
  if (report.missing !== null && segments === null) {
    parts.push(`<p class="note">${text(missingSentence(report.missing))}</p>`);
    return parts.join('\n');
  }
  if (segments !== null) parts.push(segmentsPart(report, segments, currency));
  if (report.missing !== null) {
    parts.push(
      `<p class="note">${text(`What they will do is not predicted. ${missingSentence(report.missing)}`)}</p>`,
    );
    return parts.join('\n');
  }
  parts.push(outlookPart(report, currency));
  if (metrics !== null) {
    const { churn, wait, value, category } = metrics;
    if (churn === null) {
      parts.push(
        '<p class="note">The last weeks have too few customers who came back, or who did not, to test the predictions: take them as a guess.</p>',
      );
    } else {
      parts.push(
        '<h3>How far to trust it</h3>',
        `<p>The newest ${report.window} days were held back. From the days before, the models said what ${counted(metrics.customers, 'customer')} would do in them; this is what came of it. The models that are handed out have then learnt from all days.</p>`,
        churnPart(churn, report.churn_days ?? 0),
      );
      if (wait !== null) parts.push(waitPart(wait));
      if (value !== null) parts.push(valuePart(value, report.window ?? 0, currency));
      if (category !== null) parts.push(categoryPart(category));
    }
    parts.push(limits(report, value));
  }
  return parts.join('\n');
}

function intro(report: CustomersReport): string {
  const guests =
    report.guest_orders > 0
      ? ` ${counted(report.guest_orders, 'order')} of guests, whom nobody can recognise, ${report.guest_orders === 1 ? 'is' : 'are'} left out.`
      : '';
  if (report.customers === 0) return guests === '' ? '' : `<p class="soft">${text(guests)}</p>`;
  const again = report.came_again / report.customers;
  const pause =
    report.rhythm.gaps > 0
      ? ` Half of the pauses between two orders of a customer are no longer than ${counted(report.rhythm.median_gap, 'day')}, nine in ten no longer than ${counted(report.rhythm.usual_longest, 'day')}.`
      : '';
  return `<p>${text(`${counted(report.customers, 'customer')}; ${percent(again)} of them came back at least once.${pause}${guests}`)}</p>`;
}

function segmentsPart(
  report: CustomersReport,
  segments: readonly SegmentReport[],
  currency: string,
): string {
  const present = segments.filter((segment) => segment.customers > 0);
  const value = present.reduce((sum, segment) => sum + segment.value, 0);
  const share = (part: number): number => (value > 0 ? part / value : 0);
  const chart = barChart(
    'Customers (grey), and their share of what was spent (green)',
    present.flatMap((segment) => {
      const { name } = kSegmentWords[segment.segment];
      return [
        {
          label: name,
          value: segment.customers / report.customers,
          text: whole(segment.customers),
        },
        { label: '', value: share(segment.value), text: percent(share(segment.value)), main: true },
      ];
    }),
    1,
  );
  const isPredicted = present.some((segment) => segment.expected_value !== undefined);
  const rows = present.map((segment) => [
    text(kSegmentWords[segment.segment].name),
    text(kSegmentWords[segment.segment].meaning),
    whole(segment.customers),
    text(money(segment.value / segment.customers, currency)),
    text(`${whole(segment.median_recency)} days ago`),
    ...(isPredicted
      ? [percent(segment.churn_risk), text(money(segment.expected_value ?? 0, currency))]
      : []),
  ]);
  const predicted = isPredicted ? ['Stay away', `Next ${report.window} days`] : [];
  const headings = ['', 'Who', 'Customers', 'Spent each', 'Last order', ...predicted];
  const levels: Record<number, string> = { 5: 'fifths', 3: 'thirds', 2: 'halves' };
  return (
    chart +
    table(headings, rows, [2, 3, 5, 6].slice(0, isPredicted ? 4 : 2)) +
    `<p class="soft small">Customers are ranked by how lately, how often and for how much they bought, in ${levels[report.levels ?? 5] ?? 'parts'} of the shop’s own customers: “often” is often for this shop. The groups do not overlap.${isPredicted ? ` “Stay away” is the share that is expected to order nothing in the next ${report.churn_days} days, “next ${report.window} days” what the group is expected to spend.` : ''}</p>`
  );
}

function outlookPart(report: CustomersReport, currency: string): string {
  const { outlook } = report;
  if (outlook === null) return '';
  return (
    '<h3>What to expect</h3>' +
    `<p>${text(
      (outlook.expected_value > 0
        ? `In the next ${report.window} days, today’s customers are expected to spend ${money(outlook.expected_value, currency)} in all. `
        : 'The orders have no prices, so nothing is said of what customers spend. ') +
        `About ${whole(outlook.expected_returning)} of ${whole(report.customers)} are expected to order again within ${report.churn_days} days. ` +
        'New customers and guests come on top.',
    )}</p>`
  );
}

function churnPart(churn: ChurnFigures, days: number): string {
  const bars = barChart(
    'Of a customer who came back and one who did not, the right one was thought to',
    [
      {
        label: 'storewise',
        value: churn.auc.value ?? 0,
        text: percent(churn.auc.value),
        main: true,
      },
      {
        label: 'by how often they bought',
        value: churn.baselines.own_frequency.auc ?? 0,
        text: percent(churn.baselines.own_frequency.auc),
      },
      {
        label: 'by how lately they bought',
        value: churn.baselines.recency.auc ?? 0,
        text: percent(churn.baselines.recency.auc),
      },
      { label: 'a coin', value: 0.5, text: percent(0.5) },
    ],
    1,
  );
  const range =
    churn.auc.low === null ? '' : `, ${percent(churn.auc.low)} to ${percent(churn.auc.high)}`;
  return (
    '<h3>Who stays away</h3>' +
    bars +
    `<p class="soft small">AUC ${churn.auc.value?.toFixed(3) ?? '–'} (95 in 100 times${range}); right in ${percent(churn.accuracy.value)} of cases, ${percent(churn.baselines.majority.accuracy)} for whoever always says what is commoner. ${whole(churn.churned)} ordered nothing within ${days} days.</p>` +
    calibrationChart(
      churn.calibration.map(({ customers, ...bin }) => ({ count: customers, ...bin })),
      `Across: the risk that was said, from 0 to 100 %. Up: how many of these customers did stay away. On the line, what is said is what happens; the mean distance is ${percent(churn.calibration_error)}.`,
    )
  );
}

function waitPart(wait: WaitFigures): string {
  const days = (value: number | null): string =>
    value === null ? '–' : `${value.toFixed(1)} days`;
  return (
    '<h3>When they come back</h3>' +
    barChart('How far off the day was, on average', [
      { label: 'storewise', value: wait.mae ?? 0, text: days(wait.mae), main: true },
      {
        label: 'the shop’s usual pause',
        value: wait.baselines.usual_gap.mae ?? 0,
        text: days(wait.baselines.usual_gap.mae),
      },
      {
        label: 'the customer’s own pause',
        value: wait.baselines.own_gap.mae ?? 0,
        text: days(wait.baselines.own_gap.mae),
      },
    ]) +
    `<p class="soft small">Of ${counted(wait.returned, 'customer')} who came back. Of two customers, the one said to come first did in ${percent(wait.concordance)} of cases; by how often they bought, in ${percent(wait.baselines.own_frequency.concordance)}.</p>`
  );
}

function valuePart(value: ValueFigures, window: number, currency: string): string {
  const bars = barChart(`How far off a customer’s next ${window} days were, on average`, [
    {
      label: 'storewise',
      value: value.mae.value ?? 0,
      text: money(value.mae.value ?? 0, currency),
      main: true,
    },
    {
      label: 'the last period repeats',
      value: value.baselines.last_period.mae,
      text: money(value.baselines.last_period.mae, currency),
    },
    {
      label: 'the same for everybody',
      value: value.baselines.mean.mae,
      text: money(value.baselines.mean.mae, currency),
    },
  ]);
  const r2 = (number: number | null): string => number?.toFixed(2) ?? '–';
  return (
    '<h3>What they spend</h3>' +
    bars +
    tenthsChart(value, currency) +
    `<p class="soft small">Explained share of the differences (R²): ${r2(value.r2.value)} (${r2(value.r2.low)} to ${r2(value.r2.high)}); if the last period repeats, ${r2(value.baselines.last_period.r2)}. All together were said to spend ${text(money(value.predicted_total, currency))} and spent ${text(money(value.total, currency))}.</p>`
  );
}

/** Two columns for each tenth of the customers: what was said, and what was spent. */
function tenthsChart(value: ValueFigures, currency: string): string {
  const height = 40;
  const most = Math.max(...value.tenths.flatMap((tenth) => [tenth.claimed, tenth.true]), 1e-9);
  const column = (kind: string, x: number, amount: number): string => {
    const tall = (Math.max(0, amount) / most) * height;
    return `<rect class="${kind}" x="${x.toFixed(2)}" y="${(height - tall).toFixed(2)}" width="3.8" height="${tall.toFixed(2)}"/>`;
  };
  const rects = value.tenths
    .map(
      (tenth, i) =>
        column('bar-other', i * 10 + 1, tenth.claimed) + column('column', i * 10 + 5, tenth.true),
    )
    .join('');
  const described = value.tenths
    .map((tenth) => `said ${money(tenth.claimed, currency)}, spent ${money(tenth.true, currency)}`)
    .join('; ');
  const [first] = value.tenths;
  const caption =
    first === undefined
      ? ''
      : `, at most ${money(Math.max(first.claimed, first.true), currency)} each`;
  return (
    `<figure class="columns"><figcaption>${text(`Said (grey) and spent (green), by tenths of the customers${caption}`)}</figcaption>` +
    `<svg viewBox="0 0 100 ${height}" preserveAspectRatio="none" role="img" aria-label="${text(described)}">${rects}</svg>` +
    '<div class="axis"><span>the tenth said to spend most</span><span>least</span></div></figure>'
  );
}

function categoryPart(category: CategoryFigures): string {
  const { own_most_frequent: own, most_popular: popular } = category.baselines;
  return (
    '<h3>What they buy next</h3>' +
    barChart(
      'One of three suggested categories was in the next order',
      [
        { label: 'storewise', value: category.hit_3, text: percent(category.hit_3), main: true },
        { label: 'the customer’s most frequent', value: own.hit_3, text: percent(own.hit_3) },
        { label: 'the shop’s most popular', value: popular.hit_3, text: percent(popular.hit_3) },
      ],
      1,
    ) +
    `<p class="soft small">With one category: ${percent(category.hit_1)}, ${percent(own.hit_1)} and ${percent(popular.hit_1)}. Asked of ${counted(category.asked, 'order')}.</p>`
  );
}

function limits(report: CustomersReport, value: ValueFigures | null): string {
  const lines = [
    `A prediction is about many customers, not about one: of ten with a risk of 30 %, about three stay away, and nobody knows which.`,
    ...(report.days < 730
      ? [
          'There are fewer than two years of orders, so the models cannot know seasons: before Christmas customers spend more than was said, in quiet months less.',
        ]
      : []),
    ...(value !== null && Math.abs(value.predicted_total / Math.max(value.total, 1e-9) - 1) > 0.15
      ? [
          `In the test, the sum was ${percent(Math.abs(value.predicted_total / Math.max(value.total, 1e-9) - 1))} too ${value.predicted_total < value.total ? 'low' : 'high'}: use the order of the customers rather than the sums.`,
        ]
      : []),
    'A few very large customers decide how good the sums look; a new one cannot be foreseen.',
    'Who is written to changes what happens: these figures say what customers do if all stays as it was, not what a coupon would bring.',
    'No customer’s name or number is in this folder, so it can lie on a public page.',
  ];
  return `<h3>Limits</h3>${bullets(lines)}`;
}

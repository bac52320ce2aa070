// The report of `storewise train uplift`: what the treatments do on average, how well the model
// orders people by what they do to them, tenth by tenth, and the limits.
import type { TableData } from '../table-data.js';
import { figure, splitText } from '../table-text.js';
import { percent, size, whole } from '../terminal.js';
import {
  change,
  changeRange,
  gainAt,
  isSure,
  learnerNames,
  pickText,
  small,
  smallRange,
  type UpliftEffect,
  type UpliftReport,
} from '../uplift.js';
import { barChart } from './charts.js';
import { columnsSection } from './columns.js';
import { bullets, table, escapeHtml as text } from './html.js';
import { page, section } from './page.js';

export interface UpliftReportData {
  report: UpliftReport;
  data: TableData;
  file: string;
}

export function upliftReportPage(of: UpliftReportData): string {
  const { report } = of;
  return page({
    title: `${report.target}: whom to treat`,
    kicker: `storewise report: an uplift model from ${of.file}`,
    lead: lead(report),
    tiles: tiles(report),
    sections: [
      effects(report),
      ...report.effects.map((effect) => ordering(report, effect)),
      importance(report),
      weights(report),
      learners(report),
      balance(report),
      columnsSection(report, of.data, ({ name }) => {
        if (name === report.target) return { name: 'the target' };
        return name === report.treatment ? { name: 'the treatment' } : undefined;
      }),
      limits(report),
    ],
    footer:
      'Made by <code>storewise train uplift</code>. The model runs in the visitor’s browser; no request leaves the page.',
  });
}

function lead(report: UpliftReport): string {
  return report.effects
    .map((effect) => {
      const about = `“${effect.arm}” changes ${report.target} by ${change(report, effect.metrics['effect'])} on average`;
      const pick = pickText(effect);
      if (!isSure(effect)) {
        return `${about}. That the model orders people better than chance is not sure.`;
      }
      return pick === '' ? `${about}.` : `${about}; ${pick}.`;
    })
    .join(' ');
}

function tiles(report: UpliftReport): { value: string; label: string }[] {
  const [first] = report.effects;
  return [
    { value: small(first?.metrics['qini']), label: 'Qini; random targeting has 0' },
    { value: change(report, first?.metrics['effect']), label: 'average effect' },
    { value: whole(report.split.training), label: 'rows learnt from' },
    { value: whole(report.split.test), label: 'rows tested' },
    { value: size(report.bytes), label: 'model file' },
  ];
}

function effects(report: UpliftReport): string {
  const rows = report.effects.map((effect) => {
    const { metrics, intervals } = effect;
    return [
      text(effect.arm),
      `${change(report, metrics['effect'])}<br><span class="soft small">${changeRange(report, intervals['effect'])}</span>`,
      `${small(metrics['qini'])}<br><span class="soft small">${smallRange(intervals['qini'])}</span>`,
      `${small(metrics['auuc'])}<br><span class="soft small">${smallRange(intervals['auuc'])}</span>`,
      small(metrics['auuc_random']),
      `${whole(effect.treated)} / ${whole(effect.control)}`,
    ];
  });
  return section(
    'What the treatments do',
    `<p>The model ${text(splitText(report))}. All figures are of those others; the control is “${text(report.control)}”. Below each figure stands its 95 % interval.</p>` +
      table(
        ['Treatment', 'Average effect', 'Qini', 'AUUC', 'AUUC at random', 'Treated / control'],
        rows,
        [1, 2, 3, 4, 5],
      ) +
      '<p class="soft small">Qini: area between the curve below and the straight line of random targeting, for each person treated; 0 is no better than chance. AUUC: area under the uplift of the best so many; random targeting has half the average effect.</p>',
  );
}

const kWide = 400;
const kHigh = 240;

/** The gains of treating the best so many, and of as many picked at random. */
function curvePlot(report: UpliftReport, { curve, arm }: UpliftEffect): string {
  const gains = curve.map(([, gain]) => gain);
  const [least, most] = [Math.min(0, ...gains), Math.max(0, ...gains)];
  const span = most - least || 1;
  const place = (share: number, gain: number): string =>
    `${(share * kWide).toFixed(1)} ${(kHigh * (1 - (gain - least) / span)).toFixed(1)}`;
  const last = curve.at(-1)?.[1] ?? 0;
  const said = [0.1, 0.3, 0.5, 0.7, 1]
    .map((share) => `${percent(share)}: ${change(report, gainAt(curve, share))}`)
    .join(', ');
  const grid = [0.25, 0.5, 0.75]
    .map((share) => `<path class="grid" d="M${share * kWide} 0V${kHigh}"/>`)
    .join('');
  return (
    `<figure class="plot"><figcaption>Qini curve of ${text(arm)}</figcaption>` +
    `<p class="soft small axis-up">added to ${text(report.target)} for each of all ↑</p>` +
    `<svg viewBox="-4 -4 ${kWide + 8} ${kHigh + 8}" role="img" aria-label="${text(`Gain by share treated: ${said}`)}">` +
    `<rect class="frame" width="${kWide}" height="${kHigh}"/>${grid}` +
    `<path class="grid" d="M${place(0, 0)}L${place(1, 0)}"/>` +
    `<path class="chance" d="M${place(0, 0)}L${place(1, last)}"/>` +
    `<path class="curve main" d="M${curve.map(([share, gain]) => place(share, gain)).join('L')}"/></svg>` +
    '<p class="soft small axis-across">share treated, the model’s first choice first →</p>' +
    `<p class="soft small">${text(said)}. Dashed: as many picked at random.</p></figure>`
  );
}

function ordering(report: UpliftReport, effect: UpliftEffect): string {
  const rows = effect.groups.map((group, i) => [
    String(i + 1),
    change(report, group.said),
    change(report, group.effect),
    changeRange(report, [group.low, group.high]),
    outcome(report, group.treated_outcome),
    outcome(report, group.control_outcome),
    `${whole(group.treated)} / ${whole(group.control)}`,
  ]);
  return section(
    `How well it orders: ${effect.arm}`,
    `<p>${sentence(effect)}</p><div class="plots">${curvePlot(report, effect)}</div>` +
      '<p>The rows tested in tenths, those first that the model expects most of:</p>' +
      table(
        ['Tenth', 'Said', 'Measured', '95 % interval', 'Treated', 'Control', 'Rows'],
        rows,
        [0, 1, 2, 3, 4, 5, 6],
      ),
  );
}

function outcome(report: UpliftReport, value: number | null): string {
  return report.target_is_share ? percent(value) : figure(value);
}

function sentence(effect: UpliftEffect): string {
  if (!isSure(effect)) {
    return 'The interval of the Qini reaches 0: on these rows the model is not surely better than chance. More rows would tell; until then, treat all or none.';
  }
  const pick = pickText(effect);
  return pick === ''
    ? 'The model orders people better than chance.'
    : `${pick[0]?.toUpperCase()}${pick.slice(1)}.`;
}

function importance(report: UpliftReport): string {
  const shown = report.importance.filter(({ moves }) => moves > 0).slice(0, 15);
  if (shown.length === 0) return '';
  return section(
    'What moves it',
    `<p>How far the expected change moves when a column’s cells are shuffled.</p>${barChart(
      'By column',
      shown.map(({ column, moves }, i) => ({
        label: column,
        value: moves,
        text: change(report, moves).slice(1).replace(' points', ''),
        main: i === 0,
      })),
    )}`,
  );
}

function weights(report: UpliftReport): string {
  const shown = report.weights.slice(0, 20);
  if (shown.length === 0) return '';
  return section(
    'Weights',
    `<p>What a standard deviation more of a number, or a level, adds to the effect.</p>${table(
      ['Feature', ...report.arms],
      shown.map(({ feature, weights: each }) => [
        text(feature),
        ...each.map((weight) => change(report, weight)),
      ]),
      report.arms.map((_, i) => i + 1),
    )}`,
  );
}

function learners(report: UpliftReport): string {
  const rows = report.candidates.map((candidate) => [
    text(learnerNames[candidate.method] ?? candidate.method),
    candidate.method === 'linear'
      ? `penalty ${candidate.strength}`
      : candidate.method === 'forest'
        ? ''
        : candidate.strength > 0
          ? 'strong'
          : 'gentle',
    `${candidate.difference < 0 ? '−' : '+'}${small(Math.abs(candidate.difference))}`,
    `± ${small(candidate.error)}`,
  ]);
  return section(
    'How it was learnt',
    `<p>Kept: ${text(learnerNames[report.settings.method] ?? report.settings.method)}. Learners were compared within the rows to learn from, by their error on parts held out (doubly robust pseudo-outcomes); the straight line is kept unless another is better by more than a standard error, because effects are small beside the noise. The differences between people were then shrunk by what held-out parts confirmed of them: ${report.effects.map(({ arm, confirmed }) => `${text(arm)} ${percent(confirmed)}`).join(', ')}.</p>` +
      table(['Learner', '', 'Error against the line', 'Standard error'], rows, [2, 3]),
  );
}

function balance(report: UpliftReport): string {
  const { auc, low, high, columns: gaps } = report.balance;
  return section(
    'Was it drawn by chance?',
    `<p>From the columns it can be told who was treated with an AUC of ${figure(auc)} (${figure(low)} to ${figure(high)}); chance gives 0.5.</p>` +
      table(
        ['Column', 'Standard errors between arms'],
        gaps.slice(0, 10).map(({ column, gap }) => [text(column), gap.toFixed(1)]),
        [1],
      ),
  );
}

function limits(report: UpliftReport): string {
  const list = [
    'It says how much a treatment changes the target, not how high the target is: the best customers are often those who need no treatment.',
    'It knows this experiment: the same treatment, people and season. Keep a small control group in every later campaign, and train and test again.',
    'What a treatment costs is not in it: treat where the expected change is worth more.',
    'Columns that hold people’s origin, sex, age or the like, or stand for them, can make a model treat people unequally. Look at them before it decides anything.',
  ];
  if (report.split.kind !== 'time') {
    list.push(
      'The tested rows were drawn by chance. If the experiment has a time, --split time asks the harder and more honest question: what comes next?',
    );
  }
  return section('Limits', bullets(list));
}

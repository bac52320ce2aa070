// The report of `storewise train tree`, `forest` and the like: what was read, how the rows were
// parted, how good the model is and how sure that is, what it leans on, and its limits.
import type { TableData } from '../table-data.js';
import { figure, figureNames, splitText } from '../table-text.js';
import { counted, percent, size, whole } from '../terminal.js';
import type { TableReport } from '../training.js';
import { barChart } from './charts.js';
import { columnsSection } from './columns.js';
import { dependencePictures } from './dependence.js';
import { bullets, table, escapeHtml as text } from './html.js';
import { page, section } from './page.js';
import { calibrationPlot, curvePlot, rocPlot, treeDrawing } from './plots.js';

export interface TableReportData {
  report: TableReport;
  data: TableData;
  file: string;
}

const kKinds: Readonly<Record<TableReport['kind'], string>> = {
  tree: 'a decision tree',
  forest: 'a random forest',
  boosted: 'boosted trees',
  svm: 'a support vector machine',
  linear: 'a linear regression',
  logistic: 'a logistic regression',
  mlp: 'a network of dense layers',
  cnn: 'a convolutional network',
  lstm: 'a recurrent network',
};

/** What a figure means, for people who do not know it. */
const kMeaning: Readonly<Record<string, string>> = {
  accuracy: 'share of rows that were told rightly',
  balanced_accuracy: 'the same, every class weighing as much',
  auc: 'how often a row of the class gets the higher probability of two; 0.5 is chance',
  f1: 'found and not mistaken, in one figure; 1 is perfect',
  log_loss: 'how far probabilities lay from the truth; 0 is perfect',
  brier: 'mean squared error of the probabilities; 0 is perfect',
  r2: 'share of the ups and downs that is explained; 0 is no better than the mean',
  mae: 'how far an answer lies off, on average',
  rmse: 'the same, large mistakes weighing more',
};

export function tableReportPage(of: TableReportData): string {
  const { report } = of;
  return page({
    title: `Predicting ${report.target}`,
    kicker: `storewise report: ${kKinds[report.kind]} from ${of.file}`,
    lead: lead(report),
    tiles: tiles(report),
    sections: [
      figures(report),
      pictures(report),
      importance(report),
      dependence(report),
      weights(report),
      tree(report),
      curve(report),
      columnsSection(report, of.data, ({ name }) => {
        if (name !== report.target) return undefined;
        const classes = report.labels === undefined ? {} : { holds: report.labels.join(', ') };
        return { name: 'the target', ...classes };
      }),
      examples(report),
      limits(report),
      settings(report),
    ],
    footer: `Made by <code>storewise train ${report.kind}</code>. The model runs in the visitor’s browser; no request leaves the page.`,
  });
}

function lead(report: TableReport): string {
  const { baseline, metrics } = report;
  if (report.task === 'classify') {
    const better = (metrics['accuracy'] ?? 0) - (baseline.metrics['accuracy'] ?? 0);
    const than = `always to say “${baseline.says}” would be right in ${percent(baseline.metrics['accuracy'])}`;
    return `Of rows that it had not seen, the model told ${percent(metrics['accuracy'])} rightly; ${than}.${better <= 0.005 ? ' By this measure it has learnt next to nothing.' : ''}`;
  }
  const r2 = metrics['r2'] ?? 0;
  return `Of rows that it had not seen, the model explains ${percent(Math.max(0, r2))} of the ups and downs and lies ${figure(metrics['mae'])} off on average; the mean alone lies ${figure(baseline.metrics['mae'])} off.`;
}

function tiles(report: TableReport): { value: string; label: string }[] {
  const { metrics, split } = report;
  const first =
    report.task === 'classify'
      ? [
          { value: percent(metrics['accuracy']), label: 'told rightly' },
          { value: figure(metrics['auc']), label: 'AUC' },
        ]
      : [
          { value: figure(metrics['r2']), label: 'R2' },
          { value: figure(metrics['mae']), label: 'mean error' },
        ];
  return [
    ...first,
    { value: whole(split.training), label: 'rows learnt from' },
    { value: whole(split.test), label: 'rows tested' },
    { value: size(report.bytes), label: 'model file' },
  ];
}

function figures(report: TableReport): string {
  const { metrics, intervals, baseline, cross_validation: crossed } = report;
  const names = Object.keys(figureNames).filter((name) => name in metrics);
  const rows = names.map((name) => {
    const [low = null, high = null] = intervals[name] ?? [];
    const label = figureNames[name] as string;
    const folds = crossed?.metrics[name];
    return [
      `${text(label[0]?.toUpperCase() + label.slice(1))}<br><span class="soft small">${text(kMeaning[name] ?? '')}</span>`,
      figure(metrics[name]),
      `${figure(low)} to ${figure(high)}`,
      figure(baseline.metrics[name]),
      ...(crossed === null ? [] : [`${figure(folds?.mean)} ± ${figure(folds?.deviation)}`]),
    ];
  });
  const headings = [
    'Figure',
    'Model',
    '95 % interval',
    report.task === 'classify' ? 'Commonest' : 'Mean',
  ];
  if (crossed !== null) headings.push(`${crossed.folds} folds`);
  const sentence = splitText(report);
  return section(
    'How good it is',
    `<p>The model ${text(sentence)}. All figures are of those others.</p>` +
      table(headings, rows, [1, 2, 3, 4]) +
      '<p class="soft small">The intervals come from drawing the tested rows again and again: with other rows of the same sort, the figure would lie there 95 times of 100.</p>',
  );
}

function confusion(report: TableReport): string {
  const { labels, confusion: matrix } = report;
  if (labels === undefined || matrix === undefined || labels.length > 20) return '';
  const rows = matrix.map((row, truth) => [
    text(labels[truth] as string),
    ...row.map((count, said) => (said === truth ? `<b>${whole(count)}</b>` : whole(count))),
  ]);
  return (
    '<h3>What was taken for what</h3>' +
    table(
      ['is', ...labels.map((label) => `taken for ${label}`)],
      rows,
      labels.map((_, i) => i + 1),
    )
  );
}

function pictures(report: TableReport): string {
  const { roc, calibration } = report;
  const plots =
    (roc === undefined ? '' : rocPlot(roc)) +
    (calibration === undefined ? '' : calibrationPlot(calibration));
  const body = (plots === '' ? '' : `<div class="plots">${plots}</div>`) + confusion(report);
  return body === '' ? '' : section('Where it is right and where not', body);
}

function importance(report: TableReport): string {
  const { importance: all, importance_figure: of } = report;
  const shown = all.slice(0, 15);
  if (shown.length === 0) return '';
  const name = of === 'auc' ? 'AUC' : of === 'r2' ? 'R2' : 'accuracy';
  const chart = barChart(
    `Loss of ${name} when the column’s cells are shuffled`,
    shown.map(({ column, fall }, i) => ({
      label: column,
      value: Math.max(0, fall),
      text: fall.toFixed(4),
      main: i === 0,
    })),
  );
  const rest =
    all.length > shown.length
      ? `<p class="soft small">${counted(all.length - shown.length, 'column')} more that matter less.</p>`
      : '';
  return section(
    'What it leans on',
    `<p>A column matters as much as the model loses without it. Columns that say the same share what they are worth.</p>${chart}${rest}`,
  );
}

function dependence(report: TableReport): string {
  const pictures = dependencePictures(report);
  if (pictures === '') return '';
  const rows = counted(report.dependence.rows, 'row');
  return section(
    'How it follows them',
    `<p>What the model says on average when one column is changed in ${rows} and all else is left as it is. The dark band holds half of those rows, the light one four in five: where it is wide, the other columns have more to say. Ticks below a line part the rows learnt from into tenths.</p>${pictures}` +
      '<p class="soft small">Values that never come together in life are asked about as well; the model’s answer to those is a guess.</p>',
  );
}

function weights(report: TableReport): string {
  const shown = report.weights.slice(0, 20);
  if (shown.length === 0) return '';
  const towards = report.task === 'classify' ? `towards “${report.labels?.[1] ?? ''}”` : 'upwards';
  const rows = shown.map(({ feature, weight }) => [
    text(feature),
    `${weight < 0 ? '−' : '+'}${Math.abs(weight).toPrecision(3)}`,
  ]);
  return section(
    'Weights',
    `<p>Positive ones pull ${text(towards)}. Numbers count in standard deviations, so the sizes can be compared.</p>${table(['Feature', 'Weight'], rows, [1])}`,
  );
}

function tree(report: TableReport): string {
  const drawing = treeDrawing(report);
  return drawing === '' ? '' : section('The tree', drawing);
}

function curve(report: TableReport): string {
  const drawing = curvePlot(report);
  if (drawing === '') return '';
  const held = counted(Number(report.settings['validation_rows']), 'row');
  return section(
    'How it learnt',
    `<p>Loss by epoch, of the rows learnt from (with dropout, so it may lie higher) and of ${held} held out from them. The model is that of the epoch where the loss of the rows held out is least. The tested rows had no part in this.</p>${drawing}`,
  );
}

function examples(report: TableReport): string {
  const rows = report.examples.slice(0, 10).map((example) => {
    const said =
      example.label === undefined
        ? figure(example.value)
        : `${text(example.label)} <span class="soft">${percent(Math.max(...(example.probabilities ?? [0])))}</span>`;
    const truth = typeof example.truth === 'number' ? figure(example.truth) : text(example.truth);
    return [whole(example.line ?? example.row + 1), said, truth];
  });
  if (rows.length === 0) return '';
  return section('Some of the tested rows', table(['Line', 'Said', 'True'], rows));
}

function limits(report: TableReport): string {
  const { split } = report;
  const list = [
    'It knows what was in the file. When prices, seasons or customers change, train and test again.',
    'It finds what goes together, not what causes what: a column that it leans on need not be a lever.',
  ];
  if (split.test < 200) {
    list.push(
      `Only ${counted(split.test, 'row')} were tested: look at the intervals before the figures.`,
    );
  }
  if (split.kind === 'stratified' || split.kind === 'shuffle-numpy') {
    list.push(
      'The tested rows were drawn by chance. If rows have a time, --split time asks the harder and more honest question: what comes next?',
    );
  }
  if (report.task === 'classify') {
    if (report.columns.some(({ kind }) => kind === 'text' || kind === 'pixels')) {
      list.push(
        'It answers with one of its classes whatever it is shown, also what is none of them.',
      );
    }
    list.push(
      'Columns that hold people’s origin, sex, age or the like, or stand for them, can make a model treat people unequally. Look at them before it decides anything.',
    );
  } else {
    list.push('Beyond the range of the rows learnt from, an answer is a guess.');
  }
  if (report.settings['class_weight'] === 'balanced') {
    list.push(
      'Rare classes were made to weigh more: the probabilities are higher for them than how often they come.',
    );
  }
  if (report.settings['converged'] === false) {
    list.push('The solver stopped before it was done; a smaller --cost or fewer columns may help.');
  }
  return section('Limits', bullets(list));
}

function settings(report: TableReport): string {
  const rows = Object.entries(report.settings).map(([name, value]) => [
    text(name.replaceAll('_', ' ')),
    text(typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value)),
  ]);
  rows.push(['features', whole(report.features)], ['seed', String(report.split.seed)]);
  return section('Settings', table(['Setting', 'Value'], rows, [1]));
}

// A table model's columns and figures in lines of plain text.
import { quoted } from './errors.js';
import type { TableData } from './table-data.js';
import { counted, whole } from './terminal.js';
import type { ColumnReport, TableReport } from './training.js';

/** What each figure is called. */
export const figureNames: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  balanced_accuracy: 'balanced accuracy',
  auc: 'AUC',
  f1: 'F1',
  log_loss: 'log loss',
  brier: 'Brier score',
  r2: 'R2',
  mae: 'mean absolute error',
  rmse: 'root mean squared error',
};

/** Four digits that mean something: "0.8929", "12.34", "51,230". */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (Math.abs(value) >= 1000) return whole(value);
  return Math.abs(value) >= 10 ? value.toFixed(2) : value.toFixed(4);
}

/** "0.8929 (0.8804 to 0.9047)". */
export function withInterval(report: TableReport, name: string): string {
  const [low, high] = report.intervals[name] ?? [null, null];
  const value = figure(report.metrics[name]);
  return low === null || high === null ? value : `${value} (${figure(low)} to ${figure(high)})`;
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** 19782.5 days as "2024-02-29". */
export function dayText(days: number): string {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? short(days) : date.toISOString().slice(0, 10);
}

/** What a column holds: "0 to 27", "3 levels", "yes or no". */
export function contents(column: ColumnReport): string {
  const { least, most } = column;
  if (column.kind === 'boolean') return 'yes or no';
  if (column.kind === 'category') return counted(column.distinct, 'level');
  if (least === undefined || most === undefined || column.distinct === 0) return '';
  const text = column.kind === 'date' ? dayText : short;
  return least === most ? text(least) : `${text(least)} to ${text(most)}`;
}

export function columnLines(
  report: Pick<TableReport, 'columns' | 'target'>,
  data: TableData,
): string[] {
  const width = Math.min(32, Math.max(...report.columns.map(({ name }) => name.length), 6));
  const used = report.columns.filter((column) => column.used);
  const lines = used.map((column) => {
    const missing = column.missing > 0 ? `, ${whole(column.missing)} missing` : '';
    return `  ${column.name.padEnd(width)}  ${column.kind.padEnd(8)}  ${contents(column)}${missing}: ${column.encoding ?? ''}`;
  });
  for (const column of report.columns) {
    if (!column.used && column.name !== report.target) {
      lines.push(`  left out: ${quoted(column.name)}: ${column.reason}`);
    }
    if (column.warning !== '') lines.push(`  look at ${quoted(column.name)}: ${column.warning}`);
  }
  for (const { name, reason } of data.ignored) {
    lines.push(`  left out: ${quoted(name)}: ${reason}`);
  }
  for (const { reason, count } of data.leftOut) {
    lines.push(`  rows left out: ${reason}: ${whole(count)}`);
  }
  return lines;
}

/** How the rows were parted, in words. */
export function splitText({ split }: Pick<TableReport, 'split'>): string {
  const parts = `learnt from ${counted(split.training, 'row')}, tested on ${whole(split.test)} others`;
  const { column, first_tested: first } = split;
  switch (split.kind) {
    case 'file':
      return `${parts}, those of the test file`;
    case 'time':
      return `${parts}, the latest by ${quoted(column ?? '')} (from ${
        first !== undefined && first > 3650 ? dayText(first) : String(first ?? '')
      } on)`;
    case 'stratified':
      return `${parts}, drawn with seed ${split.seed}, each class its share`;
    case 'shuffle-numpy':
      return `${parts}, drawn with seed ${split.seed} as scikit-learn draws them`;
  }
}

export function figureLines(report: TableReport): string[] {
  const text = splitText(report);
  const lines = [`The model ${text}.`];
  const { baseline, metrics } = report;
  if (report.task === 'classify') {
    lines.push(
      `Accuracy: ${withInterval(report, 'accuracy')}. Always to say ${quoted(String(baseline.says))} would reach ${figure(baseline.metrics['accuracy'])}.`,
    );
  } else {
    lines.push(
      `R2: ${withInterval(report, 'r2')}. Always to say the mean, ${figure(Number(baseline.says))}, would reach ${figure(baseline.metrics['r2'])}.`,
    );
  }
  const others = Object.keys(figureNames).filter(
    (name) => name in metrics && name !== 'accuracy' && name !== 'r2',
  );
  lines.push(
    others.map((name) => `  ${figureNames[name]}: ${withInterval(report, name)}`).join('\n'),
  );
  const { labels, confusion } = report;
  if (labels !== undefined && confusion !== undefined && labels.length <= 8) {
    lines.push(...confusionLines(labels, confusion));
  }
  if (report.cross_validation !== null) {
    const { folds, metrics: means } = report.cross_validation;
    const name = report.task === 'classify' ? 'accuracy' : 'r2';
    const { mean = null, deviation = null } = means[name] ?? {};
    lines.push(
      `Cross-validation, ${folds} folds of the rows learnt from: ${figureNames[name]} ${figure(mean)}, standard deviation ${figure(deviation)}.`,
    );
  }
  const best = report.importance.filter(({ fall }) => fall > 0).slice(0, 5);
  if (best.length > 0) {
    const what = report.importance_figure === 'auc' ? 'AUC' : report.importance_figure;
    lines.push(
      `What it leans on (loss of ${what} without it): ${best
        .map(({ column, fall }) => `${column} ${fall.toFixed(3)}`)
        .join(', ')}.`,
    );
  }
  return lines;
}

/** How the training of a network went, in sentences; none for other models. */
export function curveLines({ curve, settings, task }: TableReport): string[] {
  if (curve === undefined) return [];
  const name = task === 'classify' ? 'accuracy' : 'R2';
  const value = (setting: string): string => figure(Number(settings[setting] ?? Number.NaN));
  const held = Number(settings['validation_rows']);
  const epochs = counted(curve.length, 'epoch');
  if (held === 0) return [`Took ${epochs}; there were too few rows to hold some out.`];
  return [
    `Took ${epochs}, of which number ${settings['best_epoch']} was the best. Of ${whole(held)} rows held out meanwhile: ${name} ${value('validation_float')} with float weights, ${value('validation')} with those of the file (${settings['precision']}).`,
  ];
}

function confusionLines(labels: readonly string[], confusion: readonly number[][]): string[] {
  const names = labels.map((label) => (label.length > 16 ? `${label.slice(0, 15)}…` : label));
  const left = Math.max(...names.map(({ length }) => length));
  const widths = names.map((name, c) =>
    Math.max(name.length, ...confusion.map((row) => whole(row[c] as number).length)),
  );
  const line = (first: string, cells: readonly string[]): string =>
    `  ${first.padEnd(left)}  ${cells.map((cell, c) => cell.padStart(widths[c] as number)).join('  ')}`;
  return [
    'Rows by what they are (down) and what was said (across):',
    line('', names),
    ...confusion.map((row, truth) => line(names[truth] as string, row.map(whole))),
  ];
}

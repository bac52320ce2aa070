// The part of a report that says what was read: every column, what was made of it or why not, and
// the rows that were left out.
import type { TableData } from '../table-data.js';
import { contents } from '../table-text.js';
import { counted, whole } from '../terminal.js';
import type { ColumnReport, TableReport } from '../training.js';
import { bullets, table, escapeHtml as text } from './html.js';
import { section } from './page.js';

/** `role` tells of a column that nothing is learnt from what it is for, and what it holds. */
export function columnsSection(
  report: Pick<TableReport, 'columns' | 'warnings'>,
  data: TableData,
  role: (column: ColumnReport) => { name: string; holds?: string } | undefined,
): string {
  const rows = report.columns.map((column) => {
    const played = role(column);
    const made =
      played !== undefined
        ? `<b>${played.name}</b>`
        : column.used
          ? text(column.encoding ?? '')
          : `<span class="soft">left out: ${text(column.reason)}</span>`;
    const warning =
      column.warning === '' ? '' : `<br><span class="soft small">${text(column.warning)}</span>`;
    return [
      text(column.name),
      column.kind,
      text(played?.holds ?? contents(column)),
      column.missing === 0 ? '' : whole(column.missing),
      made + warning,
    ];
  });
  const ignored = data.ignored.map(({ name, reason }) => [
    text(name),
    'text',
    '',
    '',
    `<span class="soft">left out: ${text(reason)}</span>`,
  ]);
  const notes = [
    ...data.leftOut.map(({ reason, count }) => `${reason}: ${counted(count, 'row')} left out`),
    ...data.notes,
    ...report.warnings,
  ];
  return section(
    'What was read',
    `<p>${text(data.facts.file)}: ${counted(data.rows, 'row')}. Medians, levels and scales come from the rows that the model learnt from.</p>` +
      table(['Column', 'Kind', 'Holds', 'Missing', 'Made of it'], [...rows, ...ignored], [3]) +
      bullets(notes),
  );
}

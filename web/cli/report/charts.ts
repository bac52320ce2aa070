// The report's pictures as inline SVG: horizontal bars and columns. Colours come from CSS classes, so
// that light, dark and print follow the page; every picture has its figures as text.
import { whole } from '../terminal.js';
import { escapeHtml } from './html.js';

export interface Bar {
  label: string;
  value: number;
  /** The figure as it is printed. */
  text: string;
  /** The one that the chart is about. */
  main?: boolean;
}

/**
 * Bars as HTML with SVG tracks: labels wrap on a phone, which text inside an SVG does not.
 * `max` fixes the scale; without it the largest value stays short of the end, which would read as
 * "all".
 */
export function barChart(title: string, bars: readonly Bar[], max?: number): string {
  const scale = max ?? 1.15 * Math.max(...bars.map((bar) => bar.value), Number.MIN_VALUE);
  const rows = bars.map((bar) => {
    const width = Math.max(0.4, Math.min(100, (bar.value / scale) * 100)).toFixed(2);
    const kind = bar.main === true ? 'main' : 'other';
    return (
      `<div class="bar ${kind}"><span class="bar-label">${escapeHtml(bar.label)}</span>` +
      `<svg class="track" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">` +
      `<rect class="bar-ground" width="100" height="10" rx="1"/>` +
      `<rect class="bar-fill" width="${width}" height="10" rx="1"/></svg>` +
      `<span class="bar-value">${escapeHtml(bar.text)}</span></div>`
    );
  });
  return `<figure class="bars"><figcaption>${escapeHtml(title)}</figcaption>${rows.join('')}</figure>`;
}

export interface Column {
  label: string;
  value: number;
}

/**
 * Columns side by side, for a series in time. The first, middle and last are labelled below as text of
 * the page, which stays readable when the picture shrinks to a phone's width.
 */
export function columnChart(title: string, columns: readonly Column[]): string {
  const height = 40;
  const step = 100 / columns.length;
  const most = Math.max(...columns.map((column) => column.value), 1);
  const rects = columns.map(({ value }, i) => {
    const tall = (value / most) * height;
    const x = (i * step + step * 0.12).toFixed(2);
    return `<rect class="column" x="${x}" y="${(height - tall).toFixed(2)}" width="${(step * 0.76).toFixed(2)}" height="${tall.toFixed(2)}"/>`;
  });
  const described = columns.map((column) => `${column.label}: ${column.value}`).join(', ');
  const peak = columns.find((column) => column.value === most);
  const caption =
    peak === undefined ? title : `${title}, at most ${whole(peak.value)} (${peak.label})`;
  const labels = [columns[0], columns[columns.length >> 1], columns.at(-1)]
    .filter((column, i, all) => column !== undefined && all.indexOf(column) === i)
    .map((column) => `<span>${escapeHtml(column?.label ?? '')}</span>`);
  return (
    `<figure class="columns"><figcaption>${escapeHtml(caption)}</figcaption>` +
    `<svg viewBox="0 0 100 ${height}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(described)}">` +
    `${rects.join('')}</svg><div class="axis">${labels.join('')}</div></figure>`
  );
}

// The report's pictures as inline SVG: horizontal bars and columns. Colours come from CSS classes, so
// that light, dark and print follow the page; every picture has its figures as text.
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
 * `max` fixes the scale; the largest value otherwise.
 */
export function barChart(title: string, bars: readonly Bar[], max?: number): string {
  const scale = max ?? Math.max(...bars.map((bar) => bar.value), Number.MIN_VALUE);
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

/** Columns side by side, for a series in time. Labels are thinned so that they never overlap. */
export function columnChart(title: string, columns: readonly Column[]): string {
  const width = 720;
  const height = 170;
  const ground = height - 26;
  const top = 22;
  const step = width / columns.length;
  const thickness = Math.min(48, step * 0.72);
  const most = Math.max(...columns.map((column) => column.value), 1);
  const every = Math.ceil(columns.length / 8);
  const parts = columns.map((column, i) => {
    const x = i * step + (step - thickness) / 2;
    const tall = (column.value / most) * (ground - top);
    const middle = (x + thickness / 2).toFixed(1);
    const isPeak = column.value === most;
    const label =
      i % every === 0
        ? `<text class="axis" x="${middle}" y="${height - 8}" text-anchor="middle">${escapeHtml(column.label)}</text>`
        : '';
    const peak = isPeak
      ? `<text class="figure" x="${middle}" y="${(ground - tall - 6).toFixed(1)}" text-anchor="middle">${column.value.toLocaleString('en-US')}</text>`
      : '';
    return (
      `<rect class="column" x="${x.toFixed(1)}" y="${(ground - tall).toFixed(1)}" ` +
      `width="${thickness.toFixed(1)}" height="${tall.toFixed(1)}" rx="2"/>${peak}${label}`
    );
  });
  const described = columns.map((column) => `${column.label}: ${column.value}`).join(', ');
  return (
    `<figure class="columns"><figcaption>${escapeHtml(title)}</figcaption>` +
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(described)}">` +
    `<line class="ground" x1="0" x2="${width}" y1="${ground}" y2="${ground}"/>${parts.join('')}</svg></figure>`
  );
}

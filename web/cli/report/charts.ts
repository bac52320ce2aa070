// The report's pictures as inline SVG: horizontal bars and columns. Colours come from CSS classes, so
// that light, dark and print follow the page; every picture has its figures as text.
import { percent, whole } from '../terminal.js';
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

/** One stretch of the scale: how many were told so, and how many it was true of. */
export interface CalibrationBin {
  count: number;
  claimed: number;
  true: number;
}

/** Claimed against true share, one point for each bin, the larger the more it counts; on the line is perfect. */
export function calibrationChart(bins: readonly CalibrationBin[], note: string): string {
  const most = Math.max(...bins.map((bin) => bin.count), 1);
  const points = bins
    .map((bin) => {
      const radius = (1.2 + 2.3 * Math.sqrt(bin.count / most)).toFixed(2);
      return `<circle class="bar-dot" cx="${(bin.claimed * 100).toFixed(2)}" cy="${(100 - bin.true * 100).toFixed(2)}" r="${radius}"/>`;
    })
    .join('');
  const described = bins
    .map((bin) => `said ${percent(bin.claimed)}, was ${percent(bin.true)}`)
    .join('; ');
  return (
    '<figure class="calibration"><figcaption>Does “60 %” mean 60 in 100?</figcaption>' +
    `<svg viewBox="0 0 100 100" role="img" aria-label="${escapeHtml(described)}">` +
    '<rect class="bar-ground" width="100" height="100"/><path class="calibration-line" d="M0 100 L100 0"/>' +
    `${points}</svg>` +
    `<p class="soft small">${escapeHtml(note)}</p></figure>`
  );
}

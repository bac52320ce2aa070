// What the lessons' live parts are made of: sliders, choices, bars, and the frame of a drawing.

import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Language } from '../i18n/index.js';
import { texts } from './state.js';

/** A name in both languages; the CSV's own stands beside it. */
export interface Named {
  readonly en: string;
  readonly zh: string;
}

export function labelOf(column: string, named: Named, language: Language): TemplateResult {
  return html`${named[language]} <code class="column">${column}</code>`;
}

/** A number as a reader likes it. */
export function plain(value: number, language: Language, digits = 1): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** A number with its sign, so many digits after the point. */
export function signed(value: number, language: Language, digits = 2): string {
  return new Intl.NumberFormat(language, {
    signDisplay: 'exceptZero',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export function share(exact: number, language: Language): string {
  const value = Number(exact.toFixed(4)); // the engine counts in float
  // Whole percents would call a likely thing certain.
  const digits = (value > 0.01 && value < 0.99) || value === 0 || value === 1 ? 0 : 1;
  return new Intl.NumberFormat(language, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export interface Slider {
  readonly id: string;
  readonly label: TemplateResult | string;
  readonly value: number;
  /** The value in words. */
  readonly text: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly set: (value: number) => void;
}

export function slider({ id, label, value, text, min, max, step, set }: Slider): TemplateResult {
  return html`<div class="cell slides" data-column=${id}>
    <label for="cell-${id}">${label}</label>
    <output for="cell-${id}">${text}</output>
    <input id="cell-${id}" type="range" min=${min} max=${max} step=${step} .value=${live(String(value))}
      style="--fill:${(100 * (value - min)) / (max - min)}%" aria-valuetext=${text}
      @input=${(event: Event) => set(Number((event.currentTarget as HTMLInputElement).value))} />
  </div>`;
}

export function choice<T extends string>(
  id: string,
  label: TemplateResult | string,
  value: T,
  options: readonly (readonly [T, string])[],
  set: (value: T) => void,
): TemplateResult {
  return html`<div class="cell" data-column=${id}>
    <label for="cell-${id}">${label}</label>
    <select id="cell-${id}" @change=${(event: Event) => set((event.currentTarget as HTMLSelectElement).value as T)}>${options.map(
      ([one, text]) => html`<option value=${one} .selected=${live(one === value)}>${text}</option>`,
    )}</select>
  </div>`;
}

export function yesNo(
  id: string,
  label: TemplateResult | string,
  value: boolean,
  set: (value: boolean) => void,
): TemplateResult {
  const { l } = texts();
  const button = (one: boolean) =>
    html`<button type="button" aria-pressed=${one === value} @click=${() => set(one)}>${one ? l.yes : l.no}</button>`;
  return html`<div class="cell" data-column=${id}>
    <span id="label-${id}">${label}</span>
    <span class="two" role="group" aria-labelledby="label-${id}">${button(true)}${button(false)}</span>
  </div>`;
}

/** What each column added: one bar to the right or to the left. */
export function bars(
  parts: readonly {
    readonly name: TemplateResult | string;
    readonly value: number;
    readonly text: string;
  }[],
  most = Math.max(...parts.map(({ value }) => Math.abs(value)), 1e-9),
): TemplateResult {
  return html`<ul class="bars">${parts.map(
    ({ name, value, text }) => html`<li data-contribution=${value}>
      <span class="reason-name">${name}</span><b>${text}</b>
      <span class="both" aria-hidden="true"><i class=${value >= 0 ? 'up' : 'down'} style="width:${(50 * Math.min(Math.abs(value), most)) / most}%"></i></span>
    </li>`,
  )}</ul>`;
}

/** A drawing with a name for those who hear the page. */
export function drawn(
  name: string,
  width: number,
  height: number,
  content: unknown,
  kind = '',
): TemplateResult {
  return html`<svg class="drawn ${kind}" viewBox="0 0 ${width} ${height}" role="img" aria-label=${name}>${content}</svg>`;
}

/** A box with a word in its middle. */
export function box(
  x: number,
  y: number,
  width: number,
  text: string,
  kind = '',
): SVGTemplateResult {
  return svg`<rect class="box ${kind}" x=${x - width / 2} y=${y - 14} width=${width} height="28" rx="8" />
    <text class=${kind} x=${x} y=${y + 5} text-anchor="middle">${text}</text>`;
}

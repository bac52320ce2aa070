// What the lessons' live parts are made of: sliders, choices, bars, and the frame of a drawing.

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Language } from '../i18n/index.js';
import { beside } from '../state/beside.js';
import { texts } from './state.js';

/** A lesson's words in a language: the visitor's, unless another is named. */
export function inBoth<W>(en: W, zh: W): (language?: Language) => W {
  return (language = beside.settings.language) => (language === 'zh' ? zh : en);
}

/** The rows of a sample below its header, cell by cell. */
export function rowsOf(content: string): readonly (readonly string[])[] {
  const [, ...rows] = content.trimEnd().split('\n');
  return rows.map((row) => row.split(','));
}

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

/** One of two, by a button each. */
export function either<T>(
  id: string,
  label: TemplateResult | string,
  value: T,
  options: readonly [readonly [T, string], readonly [T, string]],
  set: (value: T) => void,
): TemplateResult {
  return html`<div class="cell" data-column=${id}>
    <span id="label-${id}">${label}</span>
    <span class="two" role="group" aria-labelledby="label-${id}">${options.map(
      ([one, text]) =>
        html`<button type="button" aria-pressed=${one === value} @click=${() => set(one)}>${text}</button>`,
    )}</span>
  </div>`;
}

export function yesNo(
  id: string,
  label: TemplateResult | string,
  value: boolean,
  set: (value: boolean) => void,
): TemplateResult {
  const { l } = texts();
  const options = [[true, l.yes] as const, [false, l.no] as const] as const;
  return either(id, label, value, options, set);
}

export interface Field {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  /** Of what is written, where it is not the page's. */
  readonly lang?: Language;
  /** What the examples are called, and each of them: a press writes it. */
  readonly from: string;
  readonly examples: readonly string[];
  readonly set: (value: string) => void;
}

/** A line to write in, and examples to start from. */
export function field({ id, label, value, placeholder, lang, ...more }: Field): TemplateResult {
  const { from, examples, set } = more;
  return html`<label for=${id}>${label}</label>
    <input id=${id} type="text" lang=${lang ?? nothing} maxlength="120" autocomplete="off" spellcheck="false" placeholder=${placeholder ?? nothing}
      .value=${live(value)} @input=${(event: Event) => set((event.currentTarget as HTMLInputElement).value)} />
    <div class="from" role="group" aria-label=${from}>${examples.map(
      (one) =>
        html`<button class="chip" type="button" lang=${lang ?? nothing} @click=${() => set(one)}>${one}</button>`,
    )}</div>`;
}

/** The likelier of "yes" and "no", and how likely it is. */
export function likelier(
  yes: number,
  names: { readonly yes: string; readonly no: string },
): [name: string, likelihood: string] {
  const { language } = beside.settings;
  return yes >= 0.5 ? [names.yes, share(yes, language)] : [names.no, share(1 - yes, language)];
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

/** Where the visitor's row stands in a chart. */
export function mark(x: number, y: number): SVGTemplateResult {
  return svg`<path class="me" d="M${x} ${y - 13}L${x + 13} ${y}L${x} ${y + 13}L${x - 13} ${y}Z" />`;
}

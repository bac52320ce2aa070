// The comparison page as it is drawn: choice of the model, the table, what was compared.

import { html, nothing, type TemplateResult } from 'lit';
import { besideFooter, besideHeader } from '../parts/beside.js';
import { changed } from '../state/beside.js';
import { bytes, milliseconds, whole } from '../state/numbers.js';
import { type Column, type EngineName, engines, newResult, type Result } from './measure.js';
import { type Choice, run, shipped, state, stop, takeFile, texts } from './state.js';

const names: Readonly<Record<EngineName, string>> = {
  storewise: 'storewise',
  onnxruntime: 'ONNX Runtime Web',
};

function choice(value: Choice, name: string, text: string): TemplateResult {
  return html`<label class="choice">
    <input type="radio" name="model" value=${value} .checked=${state.choice === value} ?disabled=${state.running !== null}
      @change=${() => {
        state.choice = value;
        changed();
      }} />
    <span><b>${name}</b><span>${text}</span></span>
  </label>`;
}

function picker(): TemplateResult {
  const { c } = texts();
  const busy = state.running !== null;
  const drag = (over: boolean) => (event: DragEvent) => {
    event.preventDefault();
    if (state.dragging === over) return;
    state.dragging = over;
    changed();
  };
  return html`<section class="panel pick ${state.dragging ? 'over' : ''}" aria-labelledby="pick-title"
    @dragover=${drag(true)} @dragleave=${drag(false)}
    @drop=${(event: DragEvent) => {
      drag(false)(event);
      if (!busy) takeFile(event.dataTransfer?.files[0]);
    }}>
    <h2 id="pick-title">${c.pick}</h2>
    <fieldset>
      <legend class="unseen">${c.pick}</legend>
      ${shipped.map((one) => choice(one, c.models[one], c.modelTexts[one]))}
      ${choice('own', c.own, c.ownText)}
    </fieldset>
    ${
      state.choice === 'own'
        ? html`<div class="own">
            <label class="field"><span>${c.ownChoose}</span>
              <input type="file" accept=".onnx" ?disabled=${busy} @change=${(event: Event) => takeFile((event.currentTarget as HTMLInputElement).files?.[0])} /></label>
            ${state.file === null ? nothing : html`<p class="hint">${state.file.name}</p>`}
            <label class="field"><span>${c.ownSize}</span>
              <input type="number" min="1" max="4096" inputmode="numeric" .value=${String(state.openSize)} ?disabled=${busy}
                @change=${(event: Event) => {
                  const value = Math.round(Number((event.currentTarget as HTMLInputElement).value));
                  state.openSize = Math.min(4096, Math.max(1, value || 1));
                  changed();
                }} /></label>
          </div>`
        : nothing
    }
    <div class="go">
      ${
        busy
          ? html`<button class="quiet wide" type="button" @click=${stop}>${c.stop}</button>`
          : html`<button class="primary wide" type="button" @click=${() => void run()}>${state.step === 'done' ? c.again : c.run}</button>`
      }
      <p class="hint" role="status">${status()}</p>
    </div>
  </section>`;
}

function status(): string {
  const { c, language } = texts();
  const { step, done, of, message } = state;
  if (message) return message;
  if (step === '') return '';
  const said = c.steps[step];
  return typeof said === 'string' ? said : said(whole(done, language), whole(of, language));
}

function short(value: number, language: string): string {
  if (value >= 0.1) return milliseconds(value, language);
  const digits = { maximumSignificantDigits: 2 };
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
    ...digits,
  }).format(value);
}

type Figure = (engine: EngineName) => number | null;

function row(
  key: string,
  name: string,
  figure: Figure,
  shown: (value: number) => string,
): TemplateResult {
  const { c, language } = texts();
  const values = engines.map(figure);
  const most = Math.max(...values.map((value) => value ?? 0));
  const [ours] = values;
  return html`<tr data-row=${key}>
    <th scope="row">${name}</th>
    ${engines.map((engine, i) => {
      const value = values[i] ?? null;
      if (value === null) {
        return html`<td data-engine=${engine}>
          <span class="figure hint"><span aria-hidden="true">${state.running === null ? '–' : '…'}</span><span class="unseen">${c.noNumber}</span></span>
          <span class="meter" aria-hidden="true"></span>
        </td>`;
      }
      const times = i > 0 && ours ? value / ours : null;
      return html`<td data-engine=${engine} data-value=${value}>
        <span class="figure"><b>${shown(value)}</b>${
          times === null ? nothing : html` <span class="times">${ratio(times, language)}</span>`
        }</span>
        <span class="meter" aria-hidden="true"><span class=${engine} style="width: ${most > 0 ? (100 * value) / most : 0}%"></span></span>
      </td>`;
    })}
  </tr>`;
}

function ratio(times: number, language: string): string {
  return `${new Intl.NumberFormat(language, { maximumSignificantDigits: times < 100 ? 2 : 3 }).format(times)} ×`;
}

function table(result: Result): TemplateResult {
  const { c, language } = texts();
  const of =
    (part: 'served' | 'first' | 'open' | 'median' | 'p95'): Figure =>
    (engine) =>
      result.columns[engine][part];
  const size = (value: number) => bytes(value, language);
  const time = (value: number) => short(value, language);
  const { weights } = state;
  return html`<section class="panel figures" aria-labelledby="figures-title">
    <table>
      <caption id="figures-title">${c.caption}</caption>
      <thead><tr>
        <th scope="col"><span class="unseen">${c.measure}</span></th>
        ${engines.map((engine) => html`<th scope="col">${names[engine]}</th>`)}
      </tr></thead>
      <tbody>
        ${row('served', c.rows.served, of('served'), size)}
        ${row('gzip', c.rows.gzip, (engine) => weights?.[engine] ?? null, size)}
        ${row('first', c.rows.first, of('first'), time)}
        ${row('open', c.rows.open, of('open'), time)}
        ${row('median', c.rows.median, of('median'), time)}
        ${row('p95', c.rows.p95, of('p95'), time)}
      </tbody>
    </table>
    <p class="hint">${c.ratio}</p>
    ${engines.map((engine) => refusal(engine, result.columns[engine]))}
  </section>`;
}

function refusal(engine: EngineName, { refused }: Column): TemplateResult | typeof nothing {
  if (!refused) return nothing;
  const { t, c } = texts();
  return html`<div class="refused" data-refused=${engine}>
    <p><b>${c.refused(names[engine])}</b></p>
    <details><summary>${t.details}</summary><code>${refused}</code></details>
  </div>`;
}

function facts(result: Result): TemplateResult {
  const { c, language } = texts();
  const { columns, difference, largest, samples } = result;
  const number = (value: number) =>
    new Intl.NumberFormat(language, {
      maximumSignificantDigits: 3,
      ...(value !== 0 && Math.abs(value) < 1e-3 ? { notation: 'scientific' } : {}),
    }).format(value);
  return html`<section class="panel" aria-labelledby="facts-title">
    <h2 id="facts-title">${c.facts}</h2>
    <dl class="facts">
      <div><dt>${c.file}</dt><dd>${bytes(result.fileBytes, language)}</dd></div>
      ${result.inputs ? html`<div><dt>${c.inputs}</dt><dd><code>${result.inputs}</code></dd></div>` : nothing}
      ${
        difference === null
          ? nothing
          : html`<div data-difference=${difference} data-largest=${largest}><dt>${c.difference}</dt><dd>${
              Number.isNaN(difference)
                ? c.different
                : html`<b>${number(difference)}</b> <span class="hint">(${c.largest(number(largest))})</span>`
            }</dd></div>`
      }
      ${
        samples === 0
          ? nothing
          : html`<div><dt>${c.samples}</dt><dd>${whole(samples, language)} <span class="hint">${c.callsEach(
              whole(columns.storewise.calls, language),
              whole(columns.onnxruntime.calls, language),
            )}</span></dd></div>`
      }
    </dl>
    <p class="hint notes">${c.notes}</p>
  </section>`;
}

export function page(): TemplateResult {
  const { c } = texts();
  const { result } = state;
  return html`${besideHeader()}
    <main id="main" tabindex="-1">
      <div class="page-head"><h1>${c.title}</h1><p class="lead">${c.lead}</p></div>
      <div class="compare">
        ${picker()}
        <div class="found">${table(result ?? newResult())}${result === null ? nothing : facts(result)}</div>
      </div>
    </main>
    ${besideFooter()}`;
}

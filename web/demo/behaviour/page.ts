// "Models to try" as it is drawn: the models, the row, what the model says and why.

import { html, nothing, svg, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Contribution, TableExplanation, TreeNode } from 'storewise';
import { besideFooter, besideHeader } from '../parts/beside.js';
import { bytes, milliseconds, money, whole } from '../state/numbers.js';
import {
  cellText,
  kPlaces,
  levelName,
  likelihood,
  monthName,
  nameOf,
  nextPlace,
  placeOf,
  unitOf,
  valueAt,
  valueText,
} from './columns.js';
import {
  type Answer,
  cardOf,
  examples,
  type Family,
  families,
  kBought,
  type Loaded,
  questionOf,
  rowFor,
  setCells,
  show,
  state,
  texts,
} from './state.js';
import { levelOf, type Placed, placed, wayOf } from './trees.js';
import { type Column, otherWay, type Turn, turnsOf } from './way.js';

const kReasons = 6;
// An amount at which the meter of an amount is full, in pounds.
const kFullAmount = 5000;

function amount(value: number): string {
  return money(Math.round(value), 'GBP', texts().language).replace(/[.,]00$/, '');
}

function answerText(family: Family, answer: Answer | undefined): string {
  if (answer === undefined) return '';
  return questionOf(family) === 'buys'
    ? likelihood(answer.value, texts().language)
    : amount(answer.value);
}

function fillOf(family: Family, { value }: Answer): number {
  return questionOf(family) === 'buys'
    ? 100 * value
    : 100 * Math.min(1, Math.max(0, value) / kFullAmount);
}

// --- the models ---

function familyCard(family: Family): TemplateResult {
  const { b } = texts();
  const answer = state.answers.get(family);
  return html`<li><label class="family">
    <input type="radio" name="family" value=${family} .checked=${live(state.family === family)} @change=${() => void show(family)} />
    <span class="family-name">${b.familyNames[family]}</span>
    <span class="family-answer" data-answer=${family} data-value=${answer?.value ?? nothing}>${
      state.errors.has(family) ? '–' : answerText(family, answer) || '…'
    }</span>
    <span class="level" aria-hidden="true"><i style="width:${answer === undefined ? 0 : fillOf(family, answer)}%"></i></span>
  </label></li>`;
}

function picker(): TemplateResult {
  const { b } = texts();
  return html`<fieldset class="families"><legend class="unseen">${b.families}</legend>
    <ul>${families.map(familyCard)}</ul></fieldset>`;
}

// --- the row ---

function slider(column: Column, id: string): TemplateResult {
  const { language } = texts();
  const { name, least = 0, most = 1 } = column;
  const value = Number(state.cells[questionOf(state.family)][name] ?? least);
  const place = placeOf(column, value);
  const move = (to: number) => setCells({ [name]: valueAt(column, to) });
  const key = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step === undefined) return;
    // One step of the keyboard is one that can be seen.
    event.preventDefault();
    move(nextPlace(column, place, step));
  };
  return html`<input id=${id} type="range" min="0" max=${kPlaces} .value=${live(String(place))}
    style="--fill:${(100 * place) / kPlaces}%"
    aria-valuetext=${valueText(name, Math.min(most, Math.max(least, value)), language)}
    @keydown=${key} @input=${(event: Event) => move(Number((event.currentTarget as HTMLInputElement).value))} />`;
}

function choices(column: Column): readonly (readonly [string, string])[] {
  const { language } = texts();
  const { name, kind, levels = [], least = 0, most = 0 } = column;
  if (unitOf(name) === 'month') {
    const months = levels.length > 0 ? levels.map(Number) : [];
    for (let month = least; months.length === 0 || month <= most; month++) {
      if (levels.length > 0) break;
      months.push(month);
    }
    return months
      .sort((a, b) => a - b)
      .map((month) => [String(month), monthName(month, language)] as const);
  }
  if (kind === 'boolean') {
    return [false, true].map((one) => [String(one), cellText(name, one, language)] as const);
  }
  return levels.map((level) => [level, levelName(level, language)] as const);
}

function select(column: Column, id: string): TemplateResult {
  const { name, kind } = column;
  const cell = String(state.cells[questionOf(state.family)][name] ?? '');
  const set = (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    const isNumber = kind === 'number' || unitOf(name) === 'month';
    setCells({ [name]: kind === 'boolean' ? value === 'true' : isNumber ? Number(value) : value });
  };
  return html`<select id=${id} @change=${set}>${choices(column).map(
    ([value, text]) =>
      html`<option value=${value} .selected=${live(value === cell)}>${text}</option>`,
  )}</select>`;
}

function control(column: Column): TemplateResult {
  const { language } = texts();
  const { name, kind } = column;
  const id = `cell-${name}`;
  const slides = kind === 'number' && unitOf(name) !== 'month';
  const cell = state.cells[questionOf(state.family)][name] ?? '';
  return html`<div class="cell ${slides ? 'slides' : ''}" data-column=${name}>
    <label for=${id}>${nameOf(name, language)}</label>
    ${
      slides
        ? html`<output for=${id}>${cellText(name, cell, language)}</output>${slider(column, id)}`
        : select(column, id)
    }
  </div>`;
}

function controls({ metadata }: Loaded): TemplateResult {
  const { b } = texts();
  const question = questionOf(state.family);
  return html`<h2>${question === 'buys' ? b.visit : b.customer}</h2>
    <div class="from" role="group" aria-label=${b.examples}>
      ${examples[question].map(
        (cells, i) =>
          html`<button class="chip" type="button" data-example=${i} @click=${() => setCells(cells)}>${b.exampleNames[question][i]}</button>`,
      )}
    </div>
    <div class="cells">${repeat(metadata.columns, ({ name }) => name, control)}</div>`;
}

// --- the answer ---

function said(family: Family, answer: Answer): TemplateResult {
  const { b } = texts();
  const buys = questionOf(family) === 'buys';
  return html`<p class="said-question">${b.questions[questionOf(family)]}</p>
    <p class="said-answer"><b data-shown-answer=${answer.value}>${answerText(family, answer)}</b>
      <span>${buys ? (answer.value >= 0.5 ? b.bought : b.notBought) : ''}</span></p>
    <span class="level" aria-hidden="true"><i style="width:${fillOf(family, answer)}%"></i></span>`;
}

function signed(value: number, scale: TableExplanation['scale']): string {
  const { language } = texts();
  const sign = { signDisplay: 'exceptZero' } as const;
  if (scale === 'number') {
    return new Intl.NumberFormat(language, {
      style: 'currency',
      currency: 'GBP',
      maximumFractionDigits: 0,
      ...sign,
    }).format(value);
  }
  const digits = scale === 'probability' ? 1 : 2;
  return new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...sign,
  }).format(scale === 'probability' ? 100 * value : value);
}

function bar(
  { column, contribution }: Contribution,
  most: number,
  scale: TableExplanation['scale'],
): TemplateResult {
  const { language } = texts();
  const question = questionOf(state.family);
  const cell = state.cells[question][column] ?? '';
  const width = most > 0 ? (50 * Math.abs(contribution)) / most : 0;
  return html`<li data-reason=${column} data-contribution=${contribution}>
    <span class="reason-name">${nameOf(column, language)} <span class="hint">${cellText(column, cell, language)}</span></span>
    <b>${signed(contribution, scale)}</b>
    <span class="both" aria-hidden="true"><i class=${contribution >= 0 ? 'up' : 'down'} style="width:${width}%"></i></span>
  </li>`;
}

function onScale(value: number, scale: TableExplanation['scale']): string {
  const { language } = texts();
  if (scale === 'number') return amount(value);
  if (scale === 'margin') return signed(value, scale);
  return likelihood(scale === 'log-odds' ? 1 / (1 + Math.exp(-value)) : value, language);
}

function reasons(explanation: TableExplanation): TemplateResult {
  const { b } = texts();
  const { contributions, scale, method, base, score } = explanation;
  const shown = contributions.slice(0, kReasons);
  const most = Math.abs(contributions[0]?.contribution ?? 0);
  return html`<section class="panel" aria-labelledby="reasons-title">
    <h2 id="reasons-title">${b.reasons}</h2>
    <p class="hint">${b.starts(onScale(base, scale), onScale(score, scale))}</p>
    <ul class="bars" data-base=${base} data-score=${score}>${repeat(
      shown,
      ({ column }) => column,
      (one) => bar(one, most, scale),
    )}</ul>
    <p class="hint">${b.reasonsText[scale]} ${b.methods[method]}</p>
  </section>`;
}

/** A counterfactual names its value in words: the cell that it means. */
function cellOf(column: Column | undefined, text: string): string | number | boolean {
  if (column?.kind === 'boolean') return (column.levels ?? []).indexOf(text) === 1;
  const number = Number(text);
  return text !== '' && Number.isFinite(number) ? number : text;
}

function change(loaded: Loaded, explanation: TableExplanation): TemplateResult | typeof nothing {
  const { b, language } = texts();
  if (explanation.explains === null) return nothing;
  const { counterfactual } = explanation;
  let body = html`<p>${b.changeNone}</p>`;
  if (counterfactual !== null) {
    const { column, to, label } = counterfactual;
    const cell = cellOf(
      loaded.metadata.columns.find(({ name }) => name === column),
      to,
    );
    const now = state.cells.buys[column] ?? '';
    body = html`<p data-change=${column}>${b.changeText(
      nameOf(column, language),
      cellText(column, cell, language),
      label === kBought ? b.bought : b.notBought,
    )} <span class="hint">(${b.changeFrom(cellText(column, now, language))})</span></p>
      <button class="quiet" type="button" @click=${() => setCells({ [column]: cell })}>${b.changeTry}</button>`;
  }
  return html`<section class="panel change" aria-labelledby="change-title">
    <h2 id="change-title">${b.change}</h2><div>${body}</div>
  </section>`;
}

// --- the tree ---

const kAcross = 24;
const kDown = 44;

// Of a leaf's values the share of those who bought: classes are in the order FALSE, TRUE.
const shareOf = (node: TreeNode | undefined) => (node?.kind === 'leaf' ? (node.values[1] ?? 0) : 0);

function drawing(root: TreeNode, way: ReadonlySet<TreeNode>): TemplateResult {
  const { b } = texts();
  const { nodes, leaves, depth } = placed(root);
  const at = ({ x, y }: Placed) => [(x + 0.5) * kAcross, y * kDown + 16] as const;
  const lines: TemplateResult[] = [];
  const lit: TemplateResult[] = [];
  const dots: TemplateResult[] = [];
  for (const one of nodes) {
    const { node, parent } = one;
    const [x, y] = at(one);
    const on = way.has(node);
    if (parent !== null) {
      const [fromX, fromY] = at(parent);
      const line = svg`<path class=${on ? 'on' : ''} d="M${fromX} ${fromY}C${fromX} ${fromY + kDown / 2} ${x} ${fromY + kDown / 2} ${x} ${y}" />`;
      (on ? lit : lines).push(line);
    }
    dots.push(
      node.kind === 'leaf'
        ? svg`<g class="leaf-dot ${on ? 'on' : ''}"><circle class="rim" cx=${x} cy=${y} r=${on ? 9 : 7} /><circle class="core" cx=${x} cy=${y} r=${(on ? 9 : 7) * Math.sqrt(shareOf(node))} /></g>`
        : svg`<circle class="question-dot ${on ? 'on' : ''}" cx=${x} cy=${y} r=${on ? 6 : 4} />`,
    );
  }
  return html`<svg class="tree" viewBox="0 0 ${leaves * kAcross} ${depth * kDown + 32}" role="img" aria-label=${b.wayDrawing(leaves)}>${lines}${lit}${dots}</svg>`;
}

function turnRow(turns: readonly Turn[], at: number, columns: readonly Column[]): TemplateResult {
  const { b, language } = texts();
  const { node, isAbove } = turns[at] as Turn;
  const column = columns.find(({ name }) => name === node.column);
  const name = nameOf(node.column, language);
  const level = levelOf(node);
  const question =
    level !== null
      ? b.is(name, levelName(level, language))
      : column?.kind === 'boolean'
        ? b.is(name, levelName('TRUE', language))
        : b.above(
            name,
            // Of whole numbers, above 1.5 is above 1.
            valueText(
              node.column,
              column?.whole ? Math.floor(node.threshold) : node.threshold,
              language,
            ),
          );
  const other = column === undefined ? null : otherWay(turns, at, column);
  const button = (above: boolean) => {
    const here = above === isAbove;
    return html`<button type="button" aria-pressed=${here} ?disabled=${!here && other === null}
      @click=${() => {
        if (!here && other !== null) setCells({ [node.column]: other });
      }}>${above ? b.yes : b.noAnswer}</button>`;
  };
  return html`<li data-turn=${node.column} data-threshold=${node.threshold} data-above=${isAbove}><span>${question}</span>
    <span class="two" role="group" aria-label=${question}>${button(false)}${button(true)}</span></li>`;
}

function way(loaded: Loaded): TemplateResult | typeof nothing {
  const { tree, metadata } = loaded;
  if (tree === null) return nothing;
  const { b, language } = texts();
  const row = rowFor(metadata, state.cells.buys);
  const nodes = wayOf(tree, row);
  const turns = turnsOf(nodes);
  const bought = shareOf(nodes.at(-1));
  return html`<section class="panel" aria-labelledby="way-title">
    <h2 id="way-title">${b.way}</h2>
    <p class="hint">${b.wayText}</p>
    ${drawing(tree, new Set(nodes))}
    <ol class="turns">${turns.map((_, i) => turnRow(turns, i, metadata.columns))}</ol>
    <p class="way-end" data-share=${bought}>${b.wayEnd(likelihood(bought, language))}</p>
  </section>`;
}

// --- facts ---

function facts(family: Family, { metadata, bytes: size }: Loaded, answer: Answer): TemplateResult {
  const { b, language } = texts();
  const { metrics, intervals, baseline, split, licence } = metadata;
  const [low = 0, high = 0] = intervals.accuracy ?? [];
  const plain = (value: number) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
      value,
    );
  const share = (value: number) => likelihood(value, language);
  const between = (metric: string, show: (value: number) => string) => {
    const [from = 0, to = 0] = intervals[metric] ?? [];
    return html`<span class="hint">(${b.interval(show(from), show(to))})</span>`;
  };
  const kind = family === 'linear-svm' ? 'svm' : family;
  return html`<section class="panel" aria-labelledby="facts-title">
    <h2 id="facts-title">${b.facts}</h2>
    <p>${b.familyTexts[family]}</p>
    <dl class="facts">
      ${
        metrics.accuracy === undefined
          ? html`<div><dt>${b.r2}</dt><dd><b>${plain(metrics.r2 ?? 0)}</b> ${between('r2', plain)}</dd></div>
            <div><dt>${b.mae}</dt><dd><b>${amount(metrics.mae ?? 0)}</b> <span class="hint">(${b.alwaysMean(amount(baseline.metrics.mae ?? 0))})</span></dd></div>`
          : html`<div><dt>${b.accuracy}</dt><dd><b>${share(metrics.accuracy)}</b> <span class="hint">(${b.interval(share(low), share(high))}; ${b.always(share(baseline.metrics.accuracy ?? 0))})</span></dd></div>
            <div><dt>${b.auc}</dt><dd><b>${plain(metrics.auc ?? 0)}</b> ${between('auc', plain)}</dd></div>`
      }
      <div><dt>${b.learnt}</dt><dd>${b.rows(whole(split.training, language), whole(split.test, language))}</dd></div>
      <div data-bytes=${size}><dt>${b.file}</dt><dd>${bytes(size, language)}</dd></div>
      <div data-milliseconds=${answer.predictMilliseconds}><dt>${b.predictTime}</dt><dd>${milliseconds(answer.predictMilliseconds, language)}</dd></div>
      <div><dt>${b.explainTime}</dt><dd>${milliseconds(answer.explainMilliseconds, language)}</dd></div>
      <div><dt>${b.command}</dt><dd><code>storewise train ${kind}</code></dd></div>
      <div><dt>${b.licence}</dt><dd>${licence}</dd></div>
    </dl>
    <p><a class="card-file" href=${cardOf(family)}>${b.card}</a></p>
  </section>`;
}

export function page(): TemplateResult {
  const { b } = texts();
  const { family } = state;
  const loaded = state.models.get(family);
  const answer = state.answers.get(family);
  const error = state.errors.get(family);
  const ready = loaded !== undefined && answer !== undefined;
  return html`${besideHeader()}
    <main id="main" tabindex="-1">
      <div class="page-head"><h1>${b.title}</h1><p class="lead">${b.lead}</p></div>
      <p class="unseen" role="status">${ready ? b.saying(b.familyNames[family], answerText(family, answer)) : ''}</p>
      <div class="trial">
        ${picker()}
        <section class="panel said" aria-label=${b.answer} >${
          error !== undefined
            ? html`<p role="alert">${b.failed(error)}</p><button class="quiet" type="button" @click=${() => void show(family)}>${b.again}</button>`
            : ready
              ? said(family, answer)
              : html`<p class="said-question">${b.questions[questionOf(family)]}</p><p class="hint">${b.loading}</p>`
        }</section>
        <section class="panel row" aria-label=${questionOf(family) === 'buys' ? b.visit : b.customer}>${loaded === undefined ? html`<p class="hint">${b.loading}</p>` : controls(loaded)}</section>
        <div class="told">${
          ready && answer.explanation !== null
            ? html`${reasons(answer.explanation)}${change(loaded, answer.explanation)}${way(loaded)}${facts(family, loaded, answer)}`
            : nothing
        }</div>
      </div>
    </main>
    ${besideFooter()}`;
}

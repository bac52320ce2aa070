// The lessons as they are drawn: the table of contents, and the frame that every lesson stands in.

import { html, nothing, type TemplateResult } from 'lit';
import { besideFooter, besideHeader } from '../parts/beside.js';
import { whole } from '../state/numbers.js';
import { code } from './code.js';
import type { Lesson, LessonWords } from './lesson.js';
import { lessons } from './lessons.js';
import { drawn } from './parts.js';
import type { SampleCommand, SampleFile } from './samples.js';
import { open, state, texts } from './state.js';

const kRows = 6;

// --- the table of contents ---

function contents(): TemplateResult {
  const { l, language } = texts();
  return html`<div class="page-head"><h1 tabindex="-1">${l.title}</h1><p class="lead">${l.lead}</p></div>
    <ol class="contents">${lessons.map((lesson, i) => {
      const words = lesson.words(language);
      return html`<li><a class="content-card" href="#${lesson.id}">
        <svg class="drawn" viewBox="0 0 320 180" aria-hidden="true">${lesson.picture(language)}</svg>
        <span class="content-name">${i + 1}. ${words.name}</span>
        <span class="hint">${words.title}</span>
      </a></li>`;
    })}</ol>`;
}

// --- between lessons ---

function between(current: Lesson): TemplateResult {
  const { l, language } = texts();
  return html`<nav class="lesson-list" aria-label=${l.contents}>
    <a href="#">${l.contents}</a>
    <ol>${lessons.map(
      (lesson, i) =>
        html`<li><a href="#${lesson.id}" aria-current=${lesson === current ? 'page' : nothing}>${i + 1}. ${lesson.words(language).name}</a></li>`,
    )}</ol>
  </nav>`;
}

function onward(current: Lesson): TemplateResult {
  const { l, language } = texts();
  const at = lessons.indexOf(current);
  const link = (lesson: Lesson | undefined, text: string, kind: string) =>
    lesson === undefined
      ? html`<span></span>`
      : html`<a class="onward ${kind}" rel=${kind} href="#${lesson.id}"><span class="hint">${text}</span><b>${lesson.words(language).name}</b></a>`;
  return html`<nav class="onwards" aria-label=${l.between}>
    ${link(lessons[at - 1], l.previous, 'prev')}${link(lessons[at + 1], l.next, 'next')}
  </nav>`;
}

// --- the parts of a lesson ---

function dataTable({ name, content }: SampleFile): TemplateResult {
  const { l, language } = texts();
  const lines = content.trimEnd().split('\n');
  const cells = (line: string) =>
    [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted ?? bare);
  const [header = '', ...rows] = lines;
  return html`<div class="sample">
    <div class="sample-scroll" tabindex="0" role="region" aria-label=${l.table(name)}><table>
      <thead><tr>${cells(header).map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
      <tbody>${rows
        .slice(0, kRows)
        .map((row) => html`<tr>${cells(row).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>
    <p class="sample-foot"><span class="hint">${l.rows(kRows, whole(rows.length, language))}</span>
      <a download=${name} href="data:text/csv;charset=utf-8,${encodeURIComponent(content)}">${l.download(name)}</a></p>
  </div>`;
}

let copied = '';

async function copy(line: string): Promise<void> {
  await navigator.clipboard.writeText(line);
  copied = line;
  void open(state.lesson);
}

function commandLine({ line, prints }: SampleCommand): TemplateResult {
  const { l } = texts();
  return html`<div class="shell">
    <div class="shell-line"><code>${line}</code>
      <button class="chip" type="button" aria-label=${l.copyLabel(line)} @click=${() => void copy(line)}>${copied === line ? l.copied : l.copy}</button></div>
    <p class="hint">${l.prints}</p>
    <div class="printed"><code>${prints.map((text) => html`<span>${text}</span>`)}</code></div>
  </div>`;
}

function livePart(lesson: Lesson): TemplateResult {
  const { l } = texts();
  if (state.live === 'failed') {
    return html`<p role="alert">${l.failed(state.error)}</p>
      <button class="quiet" type="button" @click=${() => void open(lesson)}>${l.again}</button>`;
  }
  return state.live === 'ready' ? lesson.live() : html`<p class="hint">${l.loading}</p>`;
}

/** What follows the live part comes with it, so that nothing is pushed about. */
function after(lesson: Lesson, words: LessonWords): TemplateResult {
  const { l } = texts();
  const { program } = lesson.sample;
  const list = (items: readonly string[]) =>
    html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
  return html`<section aria-labelledby="program-title">
        <h2 id="program-title">${l.program}</h2>
        <p class="prose">${words.program}</p>
        ${code(program.code)}
        <p class="hint">${l.logs}</p>
        <div class="printed"><code>${program.prints.map((text) => html`<span>${text}</span>`)}</code></div>
      </section>
      <section aria-labelledby="when-title">
        <h2 id="when-title">${l.when}</h2>
        <div class="when">
          <div class="panel"><h3>${l.good}</h3>${list(words.good)}</div>
          <div class="panel"><h3>${l.poor}</h3>${list(words.poor)}</div>
        </div>
        ${
          lesson.real === undefined
            ? nothing
            : html`<p><a class="card-file" href=${lesson.real}>${lesson.real.includes('behaviour') ? l.real : l.realShop}</a></p>`
        }
      </section>
    ${onward(lesson)}`;
}

function lessonPage(lesson: Lesson): TemplateResult {
  const { l, language } = texts();
  const words = lesson.words(language);
  const { file, more, commands } = { more: undefined, ...lesson.sample };
  return html`<div class="lesson">
    ${between(lesson)}
    <article>
      <p class="step-of"><a href="#">${l.contents}</a><span class="hint">${l.lesson(lessons.indexOf(lesson) + 1, lessons.length)}</span></p>
      <div class="page-head"><h1 tabindex="-1">${words.title}</h1><p class="lead">${words.lead}</p></div>
      <section aria-labelledby="idea-title">
        <h2 id="idea-title">${l.idea}</h2>
        <div class="idea">
          <figure>${drawn(words.picture, 320, 180, lesson.picture(language))}<figcaption class="hint">${words.picture}</figcaption></figure>
          <div class="prose">${words.idea.map((text) => html`<p>${text}</p>`)}</div>
        </div>
      </section>
      <section aria-labelledby="data-title">
        <h2 id="data-title">${l.data}</h2>
        <p class="prose">${words.data}</p>
        <div class="tables">${dataTable(file)}${more === undefined ? nothing : dataTable(more)}</div>
      </section>
      <section aria-labelledby="command-title">
        <h2 id="command-title">${l.command}</h2>
        <p class="prose">${words.command}</p>
        ${commands.map(commandLine)}
      </section>
      <section aria-labelledby="live-title">
        <h2 id="live-title">${l.live}</h2>
        <p class="prose">${words.live}</p>
        <p class="unseen" role="status">${state.live === 'ready' ? lesson.said() : ''}</p>
        <div class="live" data-of=${lesson.id}>${livePart(lesson)}</div>
      </section>
      ${state.live === 'loading' ? nothing : after(lesson, words)}
    </article>
  </div>`;
}

export function page(): TemplateResult {
  return html`${besideHeader()}
    <main id="main" tabindex="-1">${state.lesson === null ? contents() : lessonPage(state.lesson)}</main>
    ${besideFooter()}`;
}

import { html, type TemplateResult } from 'lit';
import { list } from '../parts/list.js';
import { app, find } from '../state/app.js';
import { say } from '../state/goods.js';
import { whole } from '../state/numbers.js';
import { links, type Route } from '../state/route.js';
import { empty } from './empty.js';

function departmentChips(): TemplateResult {
  const { t, goods, language } = app;
  return html`<div class="chips wrap"><ul aria-label=${t.departments}>
    ${(goods?.departments ?? []).map(({ key, names }) => html`<li><a class="chip" href=${links.department(key)}>${say(names, language)}</a></li>`)}
  </ul></div>`;
}

export function search({ query }: Route & { page: 'search' }): TemplateResult {
  const { t, language } = app;
  const text = query.trim();
  if (!text) {
    return html`<div class="page-head"><h1 tabindex="-1">${t.searchStart}</h1><p class="hint">${t.searchStartText}</p></div>${departmentChips()}`;
  }
  const found = find(text);
  if (found !== null && found.length === 0) {
    return html`<p class="unseen" role="status">${t.nothingFound(text)}</p>
      ${empty({ title: t.nothingFound(text), text: t.nothingFoundText, motif: 'bag' })}${departmentChips()}`;
  }
  return html`
    <div class="page-head"><h1 tabindex="-1">${t.resultsFor(text)}</h1></div>
    <div class="list-head"><p class="hint" role="status">${found === null ? t.indexing : t.resultCount(found.length, whole(found.length, language))}</p></div>
    ${list(found, 'results')}`;
}

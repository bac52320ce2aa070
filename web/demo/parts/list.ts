// A long list of products, shown in portions: the next one comes when it is asked for.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { app, changed } from '../state/app.js';
import type { Item } from '../state/goods.js';
import { whole } from '../state/numbers.js';
import { card, ghosts } from './card.js';

const portion = 40; // whole rows of 2, 4 and 5

export function list(items: readonly Item[] | null, id: string): TemplateResult {
  const { t, language, shown } = app;
  if (items === null)
    return html`<ul class="cards" aria-busy="true"><li class="unseen">${t.loading}</li>${ghosts(10)}</ul>`;
  const left = items.length - shown;
  const more = () => {
    app.shown += portion;
    changed();
    // The button moves down; the focus goes to the first new card instead.
    requestAnimationFrame(() => {
      document
        .querySelectorAll<HTMLElement>(`#${id} .card-link`)
        [shown]?.focus({ preventScroll: true });
    });
  };
  return html`
    <ul class="cards" id=${id}>
      ${repeat(
        items.slice(0, shown),
        (item) => item.id,
        (item) => card({ item, reasons: [] }, id),
      )}
    </ul>
    ${
      left > 0
        ? html`<p class="more">
            <span class="hint">${t.shown(whole(Math.min(shown, items.length), language), whole(items.length, language))}</span>
            <button class="quiet" type="button" @click=${more}>${t.more(Math.min(portion, left))}</button>
          </p>`
        : nothing
    }`;
}

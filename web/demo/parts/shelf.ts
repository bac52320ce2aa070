// A titled shelf of cards in one row (two on a phone). Its height is the same before, with and
// without its products.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { app, type Shelfful } from '../state/app.js';
import { card, ghosts } from './card.js';

export interface ShelfOptions {
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  readonly context?: string;
  readonly link?: { readonly href: string; readonly text: string };
}

export const rowLength = 5;

export function shelf(
  placed: Shelfful,
  { id, title, hint = '', context = '', link }: ShelfOptions,
): TemplateResult {
  return html`<section class="shelf" aria-labelledby="${id}-title" aria-busy=${placed === null}>
    <div class="shelf-head">
      <div>
        <h2 id="${id}-title" title=${title}>${title}</h2>
        <p class="hint">${hint}</p>
      </div>
      ${link === undefined ? nothing : html`<a class="more-link" href=${link.href}>${link.text}</a>`}
    </div>
    ${
      placed === null
        ? html`<ul class="cards row"><li class="unseen">${app.t.loading}</li>${ghosts(rowLength)}</ul>`
        : html`<ul class="cards row">
            ${repeat(
              placed.slice(0, rowLength),
              ({ item }) => item.id,
              (one) => card(one, id, context),
            )}
          </ul>`
    }
  </section>`;
}

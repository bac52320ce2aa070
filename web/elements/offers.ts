// <storewise-offers>: the shop's offers that fit this visit, with what is still missing for each.

import { css, html, nothing, type PropertyDeclarations } from 'lit';
import type { OfferMatch } from '../src/index.js';
import { StorewiseElement } from './base.js';
import { ProductSelectEvent } from './events.js';
import { fill } from './messages.js';
import { shared } from './styles.js';

/**
 * Offers: what it is, what it saves or what is missing, and products that it is for.
 *
 * Attributes: `limit` (3), `products` (how many products each names, 3), `href` (URL template of a
 * product's page), `heading`, `heading-level`, `language`. Events: 'storewise-select',
 * 'storewise-error'. Light-DOM content shows until there are offers, and when none fits.
 *
 * Parts: heading, list, offer, title, status, product.
 */
export class StorewiseOffers extends StorewiseElement {
  static override properties: PropertyDeclarations = {
    limit: { type: Number },
    products: { type: Number },
    href: { type: String },
  };

  static override styles = [
    shared,
    css`
      .list {
        display: grid;
        gap: calc(var(--gap) / 2);
      }
      .offer {
        padding: 12px 16px;
        border: 1px solid var(--line);
        border-inline-start: 4px solid var(--saving);
        border-radius: var(--radius);
      }
      .title {
        font-weight: 600;
      }
      .applies .status {
        color: var(--saving);
        font-weight: 600;
      }
      .items {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
        font-size: 0.875rem;
      }
      .items button {
        min-height: 24px;
        padding: 0;
        border: 0;
        text-align: start;
      }
      .items a,
      .items button {
        color: inherit;
        text-decoration: underline;
      }
      .skeleton {
        min-height: 6em;
        background: var(--surface);
        border-color: transparent;
      }
    `,
  ];

  /** How many offers at most. */
  declare limit: number;
  /** How many products each offer names. */
  declare products: number;
  /** URL template of a product's page; without it a product is a button. */
  declare href: string;

  constructor() {
    super();
    this.limit = 3;
    this.products = 3;
    this.href = '';
  }

  protected override render(): unknown {
    const visit = this.currentVisit;
    const words = this.words;
    if (visit === null || this.currentShop === null) {
      const waiting = html`<div aria-busy="true" aria-label=${words.loading}>
        <div aria-hidden="true">
          ${this.headingTemplate('\u00a0')}
          <div class="offer skeleton"></div>
        </div>
      </div>`;
      return html`<slot>${this.failed ? nothing : waiting}</slot>`;
    }
    const limit = Math.min(50, Math.max(1, Math.round(this.limit) || 3));
    const offers = this.attempt(
      () => visit.offers({ limit, language: this.currentLanguage }),
      [] as readonly OfferMatch[],
    );
    if (offers.length === 0) return html`<slot><p>${words.noOffers}</p></slot>`;
    return html`<section aria-labelledby="heading">
      ${this.headingTemplate(words.headingOffers)}
      <ul class="list" part="list">
        ${offers.map((match) => this.#offer(match))}
      </ul>
    </section>`;
  }

  #offer(match: OfferMatch): unknown {
    const names = match.offer.items.slice(0, Math.max(0, this.products));
    return html`<li class="offer ${match.status}" part="offer ${match.status}">
      <p class="title" part="title">${match.offer.title}</p>
      <p class="status" part="status">${this.#status(match)}</p>
      <div class="items">${names.map((id) => this.#product(id))}</div>
    </li>`;
  }

  #status({ status, saving, missing }: OfferMatch): string {
    const words = this.words;
    if (status === 'applies') return fill(words.offerApplies, { amount: this.money(saving) });
    if (status === 'suggested') return words.offerSuggested;
    if (missing.amount > 0) {
      return fill(words.offerAmountMissing, { amount: this.money(missing.amount) });
    }
    if (missing.quantity === 1) return words.offerPieceMissing;
    return fill(words.offerPiecesMissing, { quantity: String(missing.quantity) });
  }

  #product(id: string): unknown {
    const product = this.product(id);
    if (product === undefined) return nothing;
    const select = (event: Event) => {
      if (!this.dispatchEvent(new ProductSelectEvent(id, 'offers'))) event.preventDefault();
    };
    return this.href === ''
      ? html`<button part="product" @click=${select}>${product.name}</button>`
      : html`<a part="product" href=${this.urlFrom(this.href, product)} @click=${select}
          >${product.name}</a
        >`;
  }
}

// <storewise-recommendations>: a shelf of products for one place on the page.

import { css, html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Product, Reason, Recommendation, VisitChange } from '../src/index.js';
import { StorewiseElement } from './base.js';
import { ProductAddEvent, ProductSelectEvent } from './events.js';
import { fill } from './messages.js';
import { shared } from './styles.js';

/**
 * Recommended products as cards: picture, name, price, "Add", and a quiet "Why?" that opens the real
 * reasons with their shares.
 *
 * Attributes: `slot-name` ('for-you', 'related', 'basket', 'popular', or a name of the shop's own),
 * `limit` (6), `item` (the page's product, for 'related'), `href` and `image` (URL templates such as
 * "/product/{id}" and "/img/{id}.webp"; any field of the product may stand in braces), `heading`
 * ('' for none), `heading-level` (2), `language`, `no-add`, `no-why`. Property `picture` draws a card's
 * picture in the page's own way. Events: 'storewise-select', 'storewise-add', 'storewise-error'.
 *
 * Light-DOM content shows until there are products to show, and stays when loading fails; without it
 * empty cards of the same size keep the place. The card that was added stays where it is.
 *
 * Parts: heading, list, card, picture, name, price, detail, add, why, reasons.
 */
export class StorewiseRecommendations extends StorewiseElement {
  static override properties: PropertyDeclarations = {
    slotName: { type: String, attribute: 'slot-name' },
    limit: { type: Number },
    item: { type: String },
    href: { type: String },
    image: { type: String },
    noAdd: { type: Boolean, attribute: 'no-add' },
    noWhy: { type: Boolean, attribute: 'no-why' },
    exclude: { attribute: false },
    picture: { attribute: false },
  };

  static override styles = [
    shared,
    css`
      .list {
        display: grid;
        grid-template-columns: repeat(
          auto-fill,
          minmax(min(var(--storewise-card-width, 150px), 45%), 1fr)
        );
        gap: var(--gap);
      }
      .card {
        position: relative;
        display: flex;
        flex-direction: column;
        gap: 4px;
        padding: 8px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      .picture {
        aspect-ratio: var(--storewise-picture-ratio, 1);
        border-radius: calc(var(--radius) - 4px);
        background: var(--surface);
        overflow: hidden;
      }
      .picture > * {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: cover;
      }
      .name {
        display: flex;
        align-items: flex-start;
        height: 3em;
        padding: 0;
        border: 0;
        border-radius: 4px;
        background: none;
        color: inherit;
        text-align: start;
        text-decoration: none;
        min-height: 0;
      }
      .name > span {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }
      .name:hover {
        text-decoration: underline;
      }
      /* The whole card leads to the product; buttons lie above. */
      .name::after {
        content: '';
        position: absolute;
        inset: 0;
        border-radius: var(--radius);
      }
      .name:focus-visible {
        outline: none;
      }
      .name:focus-visible::after {
        outline: 2px solid var(--storewise-focus, currentColor);
        outline-offset: 2px;
      }
      .detail {
        min-height: 1.5em;
        font-size: 0.875rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .price {
        min-height: 1.5em;
        font-weight: 600;
      }
      .above {
        position: relative;
        z-index: 1;
      }
      .card > .above:first-of-type {
        margin-top: auto;
      }
      details {
        font-size: 0.875rem;
        min-height: 32px;
      }
      summary {
        display: inline-block;
        padding: 4px 8px;
        border-radius: 8px;
        cursor: pointer;
        list-style: none;
        text-decoration: underline dotted;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      .reasons {
        position: absolute;
        inset-inline: 0;
        bottom: 100%;
        padding: 8px 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--storewise-popover, Canvas);
        color: var(--storewise-popover-text, CanvasText);
        box-shadow: 0 4px 16px rgb(0 0 0 / 15%);
      }
      .reasons li {
        display: flex;
        justify-content: space-between;
        gap: 8px;
      }
      .skeleton .line {
        height: 1em;
        margin: 0.25em 0;
        border-radius: 4px;
        background: var(--surface);
      }
      .empty {
        min-height: var(--storewise-empty-height, 0);
      }
    `,
  ];

  /** The place on the page: picks the kind of recommendation and the shop's rules for it. */
  declare slotName: string;
  /** How many products at most. */
  declare limit: number;
  /** The page's product, for the slot 'related'. */
  declare item: string;
  /** URL template of a product's page; without it a card is a button. */
  declare href: string;
  /** URL template of a product's picture. */
  declare image: string;
  /** Leaves out the "Add" button. */
  declare noAdd: boolean;
  /** Leaves out "Why?". */
  declare noWhy: boolean;
  /** Ids that must not come, for example those already on the page. */
  declare exclude: readonly string[];
  /** Draws a picture: returns a Node, a Lit template, or text. Wins over `image`. */
  declare picture: ((product: Product) => unknown) | null;

  #results: readonly Recommendation[] | null = null;
  #stale = true;
  #adding = false;
  readonly #added = new Set<string>();

  constructor() {
    super();
    this.slotName = 'for-you';
    this.limit = 6;
    this.item = '';
    this.href = '';
    this.image = '';
    this.noAdd = false;
    this.noWhy = false;
    this.exclude = [];
    this.picture = null;
  }

  /** Asks for products afresh, also after an "Add" on one of the cards. */
  refresh(): void {
    this.#stale = true;
    this.requestUpdate();
  }

  protected override visitChanged(change: VisitChange): void {
    // Nothing moves under the visitor's hand: the shelf on which "Add" was pressed stays.
    if (!this.#adding && change.kind !== 'storage') this.#stale = true;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const asked = ['shop', 'visit', 'slotName', 'limit', 'item', 'exclude'];
    if (asked.some((name) => changed.has(name))) this.#stale = true;
    const visit = this.currentVisit;
    if (visit === null || this.currentShop === null) {
      this.#results = null;
      this.#stale = true;
      return;
    }
    if (!this.#stale) return;
    this.#stale = false;
    this.#added.clear();
    this.#results = this.attempt(
      () =>
        visit.recommend({
          slot: this.slotName,
          limit: this.#count,
          exclude: this.exclude,
          ...(this.item === '' ? {} : { item: this.item }),
        }),
      null,
    );
  }

  get #count(): number {
    return Math.min(100, Math.max(1, Math.round(this.limit) || 6));
  }

  protected override render(): unknown {
    const results = this.#results;
    if (results === null || results.length === 0) {
      const waiting = this.currentVisit === null && !this.failed;
      return html`<slot>${waiting ? this.#skeleton() : this.#empty()}</slot>`;
    }
    return html`<section aria-labelledby="heading">
      ${this.headingTemplate(this.#builtInHeading(results))}
      <ul class="list" part="list">
        ${repeat(
          results,
          ({ id }) => id,
          (result) => this.#card(result),
        )}
      </ul>
    </section>`;
  }

  #builtInHeading(results: readonly Recommendation[]): string {
    const words = this.words;
    if (this.slotName === 'related') return words.headingRelated;
    if (this.slotName === 'basket') return words.headingBasket;
    if (this.slotName === 'popular') return words.headingPopular;
    const reasons = results.flatMap((result) => result.reasons);
    const shares = new Map<string, number>();
    let viewed = 0;
    for (const { kind, item, share } of reasons) {
      if (kind !== 'viewed' || item === null) continue;
      viewed += share;
      shares.set(item, (shares.get(item) ?? 0) + share);
    }
    // Only when the views are the larger part of why these products stand here.
    if (viewed > results.length / 2) {
      const [most] = [...shares].sort((a, b) => b[1] - a[1]);
      if (most !== undefined)
        return fill(words.headingBecause, { item: this.productName(most[0]) });
    }
    const popular = reasons.every(({ kind }) => kind === 'popular' || kind === 'rule');
    return popular ? words.headingPopular : words.headingForYou;
  }

  #card({ id, reasons }: Recommendation): unknown {
    const product = this.product(id);
    if (product === undefined) return nothing;
    const words = this.words;
    const added = this.#added.has(id);
    const label = added ? words.added : product.available ? words.add : words.soldOut;
    return html`<li class="card" part="card">
      <div class="picture" part="picture">${this.#picture(product)}</div>
      ${
        this.href === ''
          ? html`<button class="name" part="name" @click=${() => this.#select(id)}>
              <span>${product.name}</span>
            </button>`
          : html`<a
              class="name"
              part="name"
              href=${this.urlFrom(this.href, product)}
              @click=${(event: Event) => this.#select(id, event)}
              ><span>${product.name}</span></a
            >`
      }
      <span class="detail" part="detail">${product.labels['size'] ?? ''}</span>
      <span class="price number" part="price"
        >${product.price === null ? '' : this.money(product.price)}</span
      >
      ${
        this.noAdd
          ? nothing
          : html`<button
              class="above ${added ? '' : 'primary'}"
              part="add"
              aria-label=${label === words.add ? fill(words.addNamed, { name: product.name }) : nothing}
              aria-disabled=${label === words.add ? nothing : 'true'}
              @click=${() => label === words.add && this.#add(id)}
            >
              ${label}
            </button>`
      }
      ${this.noWhy || reasons.length === 0 ? nothing : this.#why(product, reasons)}
    </li>`;
  }

  #picture(product: Product): unknown {
    if (this.picture !== null) return this.picture(product);
    if (this.image === '') return nothing;
    return html`<img src=${this.urlFrom(this.image, product)} alt="" loading="lazy" decoding="async" />`;
  }

  #why(product: Product, reasons: readonly Reason[]): unknown {
    const words = this.words;
    const large = reasons.filter(({ share }) => share >= 0.005);
    const shown = large.length > 0 ? large : reasons;
    return html`<details class="above" @keydown=${this.#closeOnEscape} @focusout=${this.#closeOnLeave}>
      <summary part="why" aria-label=${fill(words.whyNamed, { name: product.name })}>
        ${words.why}
      </summary>
      <ul class="reasons" part="reasons">
        ${shown.map(
          (reason) =>
            html`<li>
              <span>${this.#reasonText(reason)}</span>
              <span class="number">${this.percent(reason.share)}</span>
            </li>`,
        )}
      </ul>
    </details>`;
  }

  #reasonText({ kind, item, text }: Reason): string {
    const words = this.words;
    const template = {
      viewed: words.reasonViewed,
      'in-basket': words.reasonBasket,
      bought: words.reasonBought,
      similar: words.reasonSimilar,
      popular: words.reasonPopular,
      rule: text || words.reasonRule,
    }[kind];
    return fill(template, { item: this.productName(item) });
  }

  #closeOnEscape(event: KeyboardEvent): void {
    const details = event.currentTarget as HTMLDetailsElement;
    if (event.key !== 'Escape' || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector('summary')?.focus();
  }

  #closeOnLeave(event: FocusEvent): void {
    const details = event.currentTarget as HTMLDetailsElement;
    const { relatedTarget } = event;
    // A press on the open text moves the focus to nowhere; that is no reason to close it.
    if (relatedTarget instanceof Node && !details.contains(relatedTarget)) details.open = false;
  }

  #select(id: string, event?: Event): void {
    if (!this.dispatchEvent(new ProductSelectEvent(id, this.slotName))) event?.preventDefault();
  }

  #add(id: string): void {
    this.#adding = true;
    try {
      this.#added.add(id);
      if (this.dispatchEvent(new ProductAddEvent(id, this.slotName))) {
        const visit = this.currentVisit;
        const done = this.attempt(() => {
          visit?.addToCart(id);
          return true;
        }, false);
        if (!done) this.#added.delete(id);
      }
    } finally {
      this.#adding = false;
    }
    this.requestUpdate();
  }

  #skeleton(): unknown {
    const cards = Array.from(
      { length: this.#count },
      () =>
        html`<li class="card skeleton">
          <div class="picture"></div>
          <div class="name"></div>
          <span class="detail"><span class="line"></span></span>
          <span class="price"></span>
          ${this.noAdd ? nothing : html`<button class="above" disabled>&nbsp;</button>`}
          ${this.noWhy ? nothing : html`<details class="above"></details>`}
        </li>`,
    );
    const heading = this.headingTemplate('\u00a0');
    return html`<section aria-busy="true" aria-label=${this.words.loading}>
      <div aria-hidden="true">
        ${heading}
        <ul class="list">
          ${cards}
        </ul>
      </div>
    </section>`;
  }

  #empty(): unknown {
    return html`<p class="empty">${this.failed ? this.words.unavailable : nothing}</p>`;
  }
}

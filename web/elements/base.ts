// What the elements share: where their shop, visit and language come from, and how they redraw when
// the visit changes. Everything that a shop supplies is rendered as text.

import { LitElement, nothing, type PropertyDeclarations, type PropertyValues } from 'lit';
import { html, literal, unsafeStatic } from 'lit/static-html.js';
import type { Product, Shop, Visit, VisitChange } from '../src/index.js';
import { pickLanguage } from '../src/text.js';
import { ContextRequestEvent, type ShopContext } from './context.js';
import { FailureEvent } from './events.js';
import { fill, type Messages, messagesFor } from './messages.js';

/** Base of the elements that show something of a shop. */
export abstract class StorewiseElement extends LitElement {
  static override properties: PropertyDeclarations = {
    shop: { attribute: false },
    visit: { attribute: false },
    messages: { attribute: false },
    language: { type: String },
    heading: { type: String },
    headingLevel: { type: Number, attribute: 'heading-level' },
  };

  /** The shop; taken from <storewise-shop> above when not set. */
  declare shop: Shop | null;
  /** The visit; taken from <storewise-shop> above when not set. */
  declare visit: Visit | null;
  /** The page's own words for single messages. */
  declare messages: Partial<Messages>;
  /** A BCP 47 tag; by default that of <storewise-shop>, then the nearest `lang` attribute. */
  declare language: string;
  /** Replaces the built-in heading; an empty string leaves it out. */
  declare heading: string | null;
  /** 1 to 6, 2 by default. */
  declare headingLevel: number;

  #context: ShopContext | null = null;
  #stopContext: (() => void) | null = null;
  #watched: Visit | null = null;
  #stopWatching: (() => void) | null = null;

  constructor() {
    super();
    this.shop = null;
    this.visit = null;
    this.messages = {};
    this.language = '';
    this.heading = null;
    this.headingLevel = 2;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.dispatchEvent(
      new ContextRequestEvent((context, stop) => {
        this.#stopContext = stop;
        this.#context = context;
        this.requestUpdate();
      }),
    );
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopContext?.();
    this.#stopContext = null;
    this.#context = null;
    this.#watch(null);
  }

  protected override willUpdate(_changed: PropertyValues): void {
    this.#watch(this.currentVisit);
  }

  /** The shop in use, or null before there is one. */
  protected get currentShop(): Shop | null {
    return this.shop ?? this.#context?.shop ?? null;
  }

  /** The visit in use, or null before there is one. */
  protected get currentVisit(): Visit | null {
    return this.visit ?? this.#context?.visit ?? null;
  }

  /** True once it is known that no shop will come. */
  protected get failed(): boolean {
    return this.currentShop === null && this.#context?.state === 'failed';
  }

  /** The language of the words on screen. */
  protected get currentLanguage(): string {
    const near = this.closest?.('[lang]')?.getAttribute('lang');
    return this.language || this.#context?.language || near || this.#firstLanguage;
  }

  get #firstLanguage(): string {
    return pickLanguage(undefined, this.currentShop?.languages ?? []);
  }

  protected get words(): Messages {
    return messagesFor(this.currentLanguage, this.messages);
  }

  /** Called after a change of the visit; redraws by default. */
  protected visitChanged(_change: VisitChange): void {
    this.requestUpdate();
  }

  /** `compute()`, or `otherwise` and a 'storewise-error' event when it throws. */
  protected attempt<T>(compute: () => T, otherwise: T): T {
    try {
      return compute();
    } catch (error) {
      // After the update, so that a listener may change the element.
      queueMicrotask(() => this.dispatchEvent(new FailureEvent(error)));
      return otherwise;
    }
  }

  protected product(id: string): Product | undefined {
    return this.currentShop?.catalogue.get(id, { language: this.currentLanguage });
  }

  protected productName(id: string | null): string {
    return id === null ? '' : (this.product(id)?.name ?? id);
  }

  protected money(amount: number): string {
    const currency = this.currentShop?.currency ?? 'USD';
    return this.attempt(
      () =>
        new Intl.NumberFormat(this.currentLanguage, { style: 'currency', currency }).format(amount),
      amount.toFixed(2),
    );
  }

  protected percent(share: number): string {
    return this.attempt(
      () => new Intl.NumberFormat(this.currentLanguage, { style: 'percent' }).format(share),
      `${Math.round(share * 100)}%`,
    );
  }

  /** A URL from a template such as "/product/{id}": {id} and the product's fields, encoded. */
  protected urlFrom(template: string, product: Product): string {
    const values: { [name: string]: string } = { id: encodeURIComponent(product.id) };
    for (const [field, value] of Object.entries(product.fields)) {
      values[field] = encodeURIComponent(value ?? '');
    }
    return fill(template, values);
  }

  /** The heading in its level, or nothing when it is empty. */
  protected headingTemplate(builtIn: string): unknown {
    const text = this.heading ?? builtIn;
    if (text === '') return nothing;
    const level = Math.min(6, Math.max(1, Math.round(this.headingLevel) || 2));
    const tag = level === 2 ? literal`h2` : unsafeStatic(`h${level}`);
    return html`<${tag} id="heading" part="heading">${text}</${tag}>`;
  }

  #watch(visit: Visit | null): void {
    if (visit === this.#watched) return;
    this.#stopWatching?.();
    this.#watched = visit;
    this.#stopWatching = visit?.on('change', (change) => this.visitChanged(change)) ?? null;
  }
}

// <storewise-privacy>: what this page remembers of its visitor, in plain words, with a copy to keep and
// a way to have it forgotten.

import { css, html, nothing, type PropertyDeclarations } from 'lit';
import type { PageKind, Visit, VisitEvent } from '../src/index.js';
import { StorewiseElement } from './base.js';
import { ConsentEvent, EraseEvent } from './events.js';
import { fill } from './messages.js';
import { shared } from './styles.js';

/**
 * "Your data": counts, every event on request, consent to be remembered on the device, a copy as a
 * file, and forgetting.
 *
 * Attributes: `no-consent` (leaves the choice out, for shops that never keep anything), `file-name`
 * ('my-visit.json'), `heading`, `heading-level`, `language`. Events: 'storewise-consent',
 * 'storewise-erase', 'storewise-error'. Light-DOM content shows until there is a visit; content with
 * slot="more" follows the promise that nothing is sent.
 *
 * Parts: heading, promise, counts, events, consent, export, erase, status.
 */
export class StorewisePrivacy extends StorewiseElement {
  static override properties: PropertyDeclarations = {
    noConsent: { type: Boolean, attribute: 'no-consent' },
    fileName: { type: String, attribute: 'file-name' },
    asking: { state: true },
    status: { state: true },
  };

  static override styles = [
    shared,
    css`
      section {
        display: grid;
        gap: 12px;
        justify-items: start;
      }
      section > * {
        margin: 0;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 44px;
        cursor: pointer;
      }
      input {
        width: 20px;
        height: 20px;
        accent-color: var(--accent);
      }
      summary {
        padding: 8px 0;
        cursor: pointer;
      }
      details ol {
        max-height: 240px;
        overflow-y: auto;
        font-size: 0.875rem;
      }
      .status {
        min-height: 1.5em;
      }
    `,
  ];

  /** Leaves out the choice to be remembered on the device. */
  declare noConsent: boolean;
  /** Name of the saved copy. */
  declare fileName: string;
  /** @internal */
  declare asking: boolean;
  /** @internal */
  declare status: string;

  constructor() {
    super();
    this.noConsent = false;
    this.fileName = 'my-visit.json';
    this.asking = false;
    this.status = '';
  }

  protected override render(): unknown {
    const visit = this.currentVisit;
    if (visit === null || this.currentShop === null) return html`<slot></slot>`;
    const words = this.words;
    const events = this.attempt(() => visit.export().events, [] as readonly VisitEvent[]);
    const where = {
      memory: words.privacyMemory,
      session: words.privacySession,
      persistent: words.privacyPersistent,
    }[visit.storage];
    return html`<section aria-labelledby="heading">
      ${this.headingTemplate(words.headingPrivacy)}
      <p part="promise">${words.privacyPromise} ${where}</p>
      <slot name="more"></slot>
      ${events.length === 0 ? html`<p>${words.privacyNothing}</p>` : this.#counts(visit, events)}
      ${this.noConsent ? nothing : this.#consent(visit)}
      <div class="row">
        <button part="export" @click=${() => this.#save(visit)}>${words.privacyExport}</button>
        ${this.asking ? this.#sure(visit) : this.#eraseButton()}
      </div>
      <p class="status" part="status" role="status">${this.status}</p>
    </section>`;
  }

  #counts(visit: Visit, events: readonly VisitEvent[]): unknown {
    const words = this.words;
    const distinct = (type: string) =>
      String(new Set(events.filter((event) => event.type === type).map(({ item }) => item)).size);
    const basket = this.attempt(() => visit.basket().items.length, 0);
    return html`<ul part="counts">
        <li>${fill(words.privacyViewed, { n: distinct('view') })}</li>
        <li>${fill(words.privacyBasket, { n: String(basket) })}</li>
        <li>${fill(words.privacyBought, { n: distinct('purchase') })}</li>
      </ul>
      <details part="events">
        <summary>${words.privacyEvents}</summary>
        <ol tabindex="0" aria-label=${words.privacyEvents}>
          ${events.map((event) => html`<li>${this.#event(event)}</li>`)}
        </ol>
      </details>`;
  }

  #event({ type, item, at, quantity }: VisitEvent): string {
    const words = this.words;
    const template = {
      view: words.privacyView,
      add: words.privacyAdd,
      remove: words.privacyRemove,
      purchase: words.privacyPurchase,
      page: {
        products: words.privacyProducts,
        account: words.privacyAccount,
        information: words.privacyInformation,
      }[item as PageKind],
    }[type];
    const time = this.attempt(
      () =>
        new Intl.DateTimeFormat(this.currentLanguage, {
          dateStyle: 'medium',
          timeStyle: 'short',
        }).format(at),
      '',
    );
    const name = type === 'page' ? '' : this.productName(item);
    return fill(template, { item: name, quantity: String(quantity), time });
  }

  #consent(visit: Visit): unknown {
    const words = this.words;
    const change = (event: Event) => {
      const consent = (event.target as HTMLInputElement).checked;
      const place = this.attempt(
        () => (consent ? visit.keep('persistent', { consent: true }) : visit.keep('session')),
        'memory',
      );
      this.status = consent && place !== 'persistent' ? words.privacyBlocked : '';
      this.dispatchEvent(new ConsentEvent(consent && place === 'persistent'));
      this.requestUpdate();
    };
    return html`<label part="consent">
      <input type="checkbox" .checked=${visit.storage === 'persistent'} @change=${change} />
      ${words.privacyConsent}
    </label>`;
  }

  #eraseButton(): unknown {
    return html`<button
      part="erase"
      @click=${() => {
        this.status = '';
        this.asking = true;
        this.#focus('#keep');
      }}
    >
      ${this.words.privacyErase}
    </button>`;
  }

  #sure(visit: Visit): unknown {
    const words = this.words;
    const done = (erase: boolean) => {
      this.asking = false;
      if (erase) {
        this.attempt(() => visit.erase(), undefined);
        this.status = words.privacyErased;
        this.dispatchEvent(new EraseEvent());
      }
      this.#focus('[part="erase"]');
    };
    return html`<div class="row" role="group" aria-labelledby="sure">
      <span id="sure">${words.privacyEraseSure}</span>
      <button class="primary" part="erase-yes" @click=${() => done(true)}>
        ${words.privacyEraseYes}
      </button>
      <button id="keep" part="erase-no" @click=${() => done(false)}>${words.privacyEraseNo}</button>
    </div>`;
  }

  // The pressed button is replaced; its successor takes the focus.
  #focus(selector: string): void {
    void this.updateComplete.then(() =>
      (this.renderRoot.querySelector(selector) as HTMLElement | null)?.focus(),
    );
  }

  #save(visit: Visit): void {
    const text = this.attempt(() => JSON.stringify(visit.export(), null, 2), '');
    if (text === '') return;
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = this.fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

// <storewise-help>: a conversation with the shop's FAQ.

import { css, html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit';
import type { Answer, Choice, Slots } from '../src/index.js';
import { StorewiseElement } from './base.js';
import { AnswerEvent, HandoffEvent } from './events.js';
import { shared } from './styles.js';

interface Turn {
  readonly from: 'visitor' | 'shop';
  readonly text: string;
  readonly choices: readonly Choice[];
  /** The question that found no answer, or '' in a turn that needs no person. */
  readonly unanswered: string;
  readonly handedOff: boolean;
}

/**
 * Answers questions: chips with the commonest, a conversation, up to three choices when unsure, and a
 * hand-over to a person when lost.
 *
 * Attributes: `panel` (a button that opens a dialog from the side, a full sheet on a phone; without it
 * the conversation stands in the page), `open`, `chips` (how many, 4), `heading`, `heading-level`,
 * `language`. Property `slots`: values for the answers, such as `{ order_number: '10423' }`. Methods
 * `show()`, `close()`, `ask(text)`. Events: 'storewise-answer', 'storewise-handoff', 'storewise-error'.
 *
 * Light-DOM content (a contact link) shows until the shop is loaded and when loading fails; content
 * with slot="handoff" shows beside the hand-over button.
 *
 * Parts: launcher, dialog, heading, close, log, question, answer, choice, chip, handoff, form, input, send.
 */
export class StorewiseHelp extends StorewiseElement {
  static override properties: PropertyDeclarations = {
    panel: { type: Boolean },
    open: { type: Boolean, reflect: true },
    chips: { type: Number },
    slots: { attribute: false },
    turns: { state: true },
  };

  static override styles = [
    shared,
    css`
      .help {
        display: flex;
        flex-direction: column;
        gap: 12px;
        min-height: var(--storewise-help-height, 320px);
      }
      .bar {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
      }
      .bar > * {
        margin: 0;
      }
      dialog {
        width: min(420px, 100vw);
        max-width: none;
        height: 100dvh;
        max-height: none;
        margin: 0 0 0 auto;
        padding: 16px;
        border: 0;
        background: var(--storewise-popover, Canvas);
        color: var(--storewise-popover-text, CanvasText);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 35%);
      }
      dialog .help {
        height: 100%;
      }
      @media (max-width: 480px) {
        dialog {
          width: 100vw;
        }
      }
      .log {
        flex: 1 1 160px;
        display: flex;
        flex-direction: column;
        gap: 8px;
        min-height: 0;
        max-height: var(--storewise-log-height, none);
        overflow-y: auto;
        overscroll-behavior: contain;
      }
      .turn {
        max-width: 85%;
        padding: 8px 12px;
        border-radius: var(--radius);
        white-space: pre-line;
      }
      .visitor {
        align-self: flex-end;
        background: var(--accent);
        color: var(--on-accent);
      }
      .shop {
        align-self: flex-start;
        background: var(--surface);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        white-space: normal;
      }
      .turn .row {
        margin-top: 8px;
      }
      .row button {
        text-align: start;
      }
      form {
        display: flex;
        gap: 8px;
      }
      input {
        flex: 1;
        min-width: 0;
        min-height: 44px;
        padding: 8px 12px;
        border: 1px solid var(--storewise-input-line, color-mix(in srgb, currentColor 55%, transparent));
        border-radius: var(--radius);
        background: transparent;
      }
      input::placeholder {
        color: inherit;
        opacity: 0.75;
      }
    `,
  ];

  /** Opens from a button, in a dialog, instead of standing in the page. */
  declare panel: boolean;
  /** Whether the dialog is open. */
  declare open: boolean;
  /** How many common questions are offered. */
  declare chips: number;
  /** Values for the slots of answers. */
  declare slots: Slots;
  /** @internal */
  declare turns: readonly Turn[];

  constructor() {
    super();
    this.panel = false;
    this.open = false;
    this.chips = 4;
    this.slots = {};
    this.turns = [];
  }

  /** Opens the dialog of a `panel`. */
  show(): void {
    this.open = true;
    // The browser may have closed the dialog and not told yet: `open` is then true already.
    this.requestUpdate();
  }

  /** Closes the dialog of a `panel`; the focus returns to where it was. */
  close(): void {
    this.open = false;
  }

  /** Asks as if the visitor had typed it. */
  ask(text: string): void {
    const question = text.trim().slice(0, 500);
    const shop = this.currentShop;
    if (question === '' || shop === null) return;
    const { slots } = this;
    this.#answer(question, () => shop.ask(question, { language: this.currentLanguage, slots }));
  }

  protected override updated(changed: PropertyValues): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog !== null && dialog.open !== this.open) {
      if (this.open) dialog.showModal();
      else dialog.close();
    }
    if (changed.has('turns') && this.turns.length > 0) {
      const log = this.renderRoot.querySelector('.log');
      log?.scrollTo({ top: log.scrollHeight });
    }
  }

  protected override render(): unknown {
    const shop = this.currentShop;
    if (shop === null || this.attempt(() => shop.faq.size, 0) === 0) return html`<slot></slot>`;
    if (!this.panel) return this.#conversation(nothing);
    const words = this.words;
    const closeButton = html`<button part="close" aria-label=${words.helpClose} @click=${this.close}>
      ✕
    </button>`;
    return html`<button class="primary" part="launcher" aria-haspopup="dialog" @click=${this.show}>
        ${words.helpOpen}
      </button>
      <dialog
        part="dialog"
        aria-label=${this.heading || words.headingHelp}
        @close=${this.#closed}
        @click=${this.#closeOnBackdrop}
      >
        ${this.open ? this.#conversation(closeButton) : nothing}
      </dialog>`;
  }

  #conversation(closeButton: unknown): unknown {
    const words = this.words;
    return html`<section class="help" aria-label=${this.heading || words.headingHelp}>
      <div class="bar">${this.headingTemplate(words.headingHelp)} ${closeButton}</div>
      <div class="log" part="log" role="log" tabindex="0" aria-label=${words.headingHelp}>
        ${this.turns.length === 0 ? html`<p>${words.helpGreeting}</p>` : nothing}
        ${this.turns.map((turn, i) => this.#turn(turn, i))}
      </div>
      ${this.#chips()}
      <form part="form" @submit=${this.#submit}>
        <label class="away" for="question">${words.helpLabel}</label>
        <input
          id="question"
          part="input"
          maxlength="500"
          autocomplete="off"
          enterkeyhint="send"
          placeholder=${words.helpPlaceholder}
          ?autofocus=${this.panel}
        />
        <button class="primary" part="send">${words.helpSend}</button>
      </form>
    </section>`;
  }

  #turn(turn: Turn, position: number): unknown {
    const words = this.words;
    const visitor = turn.from === 'visitor';
    return html`<div
      class="turn ${turn.from}"
      part=${visitor ? 'question' : 'answer'}
    ><span class="away">${visitor ? words.helpYou : words.helpShop}: </span>${turn.text}${
      turn.choices.length === 0
        ? nothing
        : html`<div class="row">${turn.choices.map((choice) => this.#choice(choice, 'choice'))}</div>`
    }${turn.unanswered === '' ? nothing : this.#handoff(turn, position)}</div>`;
  }

  #handoff(turn: Turn, position: number): unknown {
    const words = this.words;
    return html`<div class="row">
      <button
        part="handoff"
        aria-disabled=${turn.handedOff ? 'true' : nothing}
        @click=${() => this.#handOver(turn, position)}
      >
        ${turn.handedOff ? words.helpHandedOff : words.helpHandoff}
      </button>
      ${position === this.turns.length - 1 ? html`<slot name="handoff"></slot>` : nothing}
    </div>`;
  }

  #chips(): unknown {
    const shop = this.currentShop;
    if (this.turns.length > 0 || this.chips <= 0 || shop === null) return nothing;
    const entries = this.attempt(
      () => shop.faq.list({ language: this.currentLanguage }).slice(0, this.chips),
      [],
    );
    return html`<div class="row" role="group" aria-label=${this.words.helpCommon}>
      ${entries.map(({ id, question }) => this.#choice({ intent: id, question }, 'chip'))}
    </div>`;
  }

  #choice({ intent, question }: { intent: string; question: string }, part: string): unknown {
    const choose = () => {
      const shop = this.currentShop;
      if (shop === null) return;
      const { slots } = this;
      this.#answer(question, () => shop.answer(intent, { language: this.currentLanguage, slots }));
      // The pressed button may be gone; the conversation goes on at the input.
      this.renderRoot.querySelector('input')?.focus();
    };
    return html`<button part=${part} @click=${choose}>${question}</button>`;
  }

  #submit(event: Event): void {
    event.preventDefault();
    const input = this.renderRoot.querySelector('input');
    if (input === null) return;
    this.ask(input.value);
    input.value = '';
  }

  #answer(question: string, compute: () => Answer): void {
    const words = this.words;
    const answer = this.attempt(compute, null);
    const kind = answer?.kind ?? 'handoff';
    const text = {
      answer: answer?.text ?? '',
      clarify: words.helpClarify,
      handoff: words.helpLost,
    }[kind];
    const asked = { from: 'visitor', text: question, choices: [], unanswered: '' } as const;
    const replied = {
      from: 'shop',
      text,
      choices: answer?.choices.slice(0, kind === 'answer' ? 0 : 3) ?? [],
      unanswered: kind === 'handoff' ? question : '',
    } as const;
    this.turns = [...this.turns, { ...asked, handedOff: false }, { ...replied, handedOff: false }];
    if (answer !== null) this.dispatchEvent(new AnswerEvent(question, answer));
  }

  #handOver(turn: Turn, position: number): void {
    if (turn.handedOff) return;
    const transcript = this.turns.map(({ from, text }) => ({ from, text }));
    if (!this.dispatchEvent(new HandoffEvent(turn.unanswered, transcript))) return;
    this.turns = this.turns.map((one, i) => (i === position ? { ...one, handedOff: true } : one));
  }

  #closed(event: Event): void {
    // Told late: the dialog may have been opened again since.
    if (!(event.currentTarget as HTMLDialogElement).open) this.close();
  }

  #closeOnBackdrop(event: Event): void {
    if (event.target === event.currentTarget) this.close();
  }
}

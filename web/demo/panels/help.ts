// Questions and answers: from the right on a desk, a full sheet on a phone. The conversation is the
// one live region for answers; it lies inside the dialog, since everything outside is inert.

import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from 'storewise';
import { icons, leaf } from '../parts/icons.js';
import { app, ask, changed, choose, fill, type Message, seeHelp, store } from '../state/app.js';
import { say } from '../state/goods.js';
import { milliseconds } from '../state/numbers.js';
import { close, closeOnBackdrop, open } from './dialog.js';

// What customers of a grocer ask most; a shop without one of these questions skips it.
const commonest = [
  'order-track',
  'delivery-fee',
  'return-how',
  'coupon-use',
  'substitution-how',
  'store-hours',
];

export function openHelp(): void {
  seeHelp();
  open('help');
  document.querySelector<HTMLElement>('#help-question')?.focus();
}

function common(): TemplateResult[] {
  const { questions, language } = app;
  const found = commonest.flatMap((id) => questions.find((one) => one.id === id) ?? []);
  const six = [...found, ...questions.filter((one) => !found.includes(one))].slice(0, 6);
  return six.map((one) => {
    const text = say(one.question, language);
    return html`<li><button class="chip" type="button" data-intent=${one.id} @click=${() => said(() => choose(one.id, text))}>${text}</button></li>`;
  });
}

/** Says something, and shows the newest part of the conversation. */
function said(act: () => void): void {
  act();
  requestAnimationFrame(() => {
    const talk = document.querySelector('#help .talk');
    const lines = talk?.querySelectorAll<HTMLElement>('.messages > *') ?? [];
    const from = lines[lines.length - 2];
    if (talk instanceof HTMLElement && from instanceof HTMLElement)
      talk.scrollTop = from.offsetTop - 16;
  });
}

function body(answer: Answer): TemplateResult {
  const { t } = app;
  if (answer.kind === 'answer') return html`<p>${answer.text}</p>`;
  if (answer.kind === 'clarify') {
    return html`<p>${t.helpChoices}</p>
      <ul class="choices">${answer.choices.map(
        ({ intent, question }) =>
          html`<li><button class="chip" type="button" data-choice=${intent} @click=${() => said(() => choose(intent, question))}>${question}</button></li>`,
      )}</ul>`;
  }
  return html`<p><b>${t.helpLost}</b> ${t.helpLostText}</p>
    <p class="contact"><b>${store.name}</b>
      <a href="tel:${store.phone.replaceAll(' ', '')}">${icons.phone}${store.phone}</a>
      <a href="mailto:${store.mail}?subject=${encodeURIComponent(app.settings.order)}">${icons.mail}${store.mail}</a>
    </p>`;
}

function message(one: Message): TemplateResult {
  const { t, language } = app;
  const lang = one.language === 'zh' ? 'zh-Hans' : 'en';
  if (one.from === 'you')
    return html`<div class="you" lang=${lang}><span class="unseen">${t.helpYou}: </span><p>${one.text}</p></div>`;
  return html`<div class="shop ${one.answer.kind}" lang=${lang} data-kind=${one.answer.kind} data-intent=${one.answer.intent ?? ''}>
    <span class="unseen">${t.helpShop}: </span>${leaf}
    <div class="bubble">${body(one.answer)}<p class="hint">${t.helpAnswered(milliseconds(one.took, language))}</p></div>
  </div>`;
}

function readList(): TemplateResult {
  const { t, questions, language } = app;
  return html`<p class="off">${t.helpOff}</p>
    <div class="reading">${questions.map(
      (one) =>
        html`<details><summary>${say(one.question, language)}</summary><p>${fill(say(one.answer, language))}</p></details>`,
    )}</div>`;
}

export function helpPanel(): TemplateResult {
  const { t, engine, messages } = app;
  const off = engine.status === 'failed';
  const submit = (event: Event) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('question');
    if (!(field instanceof HTMLInputElement)) return;
    const text = field.value.trim();
    if (!text || engine.status !== 'ready') return;
    field.value = '';
    said(() => ask(text));
  };
  return html`<dialog id="help" class="side" aria-labelledby="help-title" @click=${closeOnBackdrop} @close=${changed}>
    <div class="side-inner">
      <div class="side-head">
        <div><h2 id="help-title">${t.helpTitle}</h2><p class="hint">${off ? nothing : t.helpHint}</p></div>
        <button class="tool" type="button" aria-label=${t.close} @click=${() => close('help')}>${icons.close}</button>
      </div>
      <div class="talk" tabindex="0" role="region" aria-label=${t.chatLabel}>
        ${
          off
            ? readList()
            : html`
              <div class="messages" role="log" aria-live="polite">${messages.map(message)}</div>
              <div class="common ${messages.length > 0 ? 'later' : ''}">
                <h3>${messages.length === 0 ? t.helpCommon : t.helpMore}</h3>
                <ul class="common-list">${common()}</ul>
              </div>`
        }
      </div>
      ${
        off
          ? html`<p class="contact foot-contact"><a href="tel:${store.phone.replaceAll(' ', '')}">${icons.phone}${store.phone}</a><a href="mailto:${store.mail}">${icons.mail}${store.mail}</a></p>`
          : html`<form class="asker" @submit=${submit}>
              <label class="unseen" for="help-question">${t.helpPlaceholder}</label>
              <input id="help-question" name="question" type="text" autocomplete="off" maxlength="400" enterkeyhint="send" placeholder=${engine.status === 'loading' ? t.helpLoading : t.helpPlaceholder} />
              <button class="primary" type="submit" ?disabled=${engine.status !== 'ready'}>${t.helpAsk}</button>
            </form>`
      }
    </div>
  </dialog>`;
}

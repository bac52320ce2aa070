// "Your data": everything the page remembers, in plain words; a copy of it; and the way to be forgotten.

import { html, nothing, type TemplateResult } from 'lit';
import type { StorageKind, VisitEvent } from 'storewise';
import { openSees } from '../panels/sees.js';
import { icons } from '../parts/icons.js';
import { app, forget, nameOf, setKeep } from '../state/app.js';
import { traffic } from '../state/network.js';
import { ago, whole } from '../state/numbers.js';
import { links } from '../state/route.js';

function events(): readonly VisitEvent[] {
  const { engine } = app;
  if (engine.status === 'ready') return engine.visit.export().events;
  // Without the engine only the basket is known.
  return [...app.basket].map(([item, quantity]) => ({
    type: 'add',
    item,
    quantity,
    at: Date.now(),
  }));
}

function sentence({ type, item, quantity }: VisitEvent): string {
  const { t, goods } = app;
  const pages: { readonly [kind: string]: string } = t.didSee;
  if (String(type) === 'page') return pages[item] ?? item;
  const found = goods?.get(item);
  const name = found === undefined ? item : nameOf(found);
  if (type === 'view') return t.didView(name);
  if (type === 'add') return t.didAdd(name, quantity);
  return type === 'remove' ? t.didRemove(name, quantity) : t.didBuy(name, quantity);
}

// By the kind of event, which a later package may have more of.
const pictures: { readonly [type: string]: TemplateResult } = {
  page: icons.eye,
  view: icons.eye,
  add: icons.basket,
  remove: icons.minus,
  purchase: icons.receipt,
};

function save(): void {
  const { language, theme, keep, order, predictions, granted } = app.settings;
  const text = JSON.stringify(
    {
      version: 1,
      events: events(),
      settings: { language, theme, keep, order, predictions, granted },
    },
    null,
    2,
  );
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'greenfield-visit.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

export function data(): TemplateResult {
  const { t, language, settings } = app;
  const list = [...events()].reverse();
  const now = Date.now();
  const places: readonly (readonly [StorageKind, string, string])[] = [
    ['memory', t.keepMemory, t.keepMemoryText],
    ['session', t.keepSession, t.keepSessionText],
    ['persistent', t.keepPersistent, t.keepPersistentText],
  ];
  const theme = { auto: t.themeNameAuto, light: t.themeNameLight, dark: t.themeNameDark }[
    settings.theme
  ];
  return html`
    <div class="page-head"><h1 tabindex="-1">${t.dataTitle}</h1><p class="lead">${t.dataLead}</p></div>
    <div class="data">
      <section class="panel left-device" aria-labelledby="left-title">
        ${icons.shield}
        <div>
          <h2 id="left-title">${traffic.since === 0 ? t.dataLeft : t.dataSome}</h2>
          <p>${traffic.since === 0 ? t.dataLeftText : t.dataSomeText}</p>
          ${traffic.since === 0 ? nothing : html`<ul class="urls">${traffic.urls.slice(-5).map((url) => html`<li><code>${url}</code></li>`)}</ul>`}
        </div>
        <p class="counter" data-requests=${traffic.since}><b>${whole(traffic.since, language)}</b><span>${t.dataRequests}</span></p>
      </section>
      <section class="panel seen" aria-labelledby="seen-title">
        <h2 id="seen-title">${t.dataSeen}</h2>
        <p class="hint" role="status">${app.forgotten ? t.forgotten : t.dataEvents(list.length)}</p>
        ${
          list.length === 0
            ? html`<div class="nothing"><p><b>${t.dataNothing}</b></p><p>${t.dataNothingText}</p></div>`
            : html`<ol class="events" tabindex="0" aria-labelledby="seen-title">${list.map(
                (event) =>
                  html`<li>${pictures[event.type]}${String(event.type) === 'page' ? html`<span class="event-text">${sentence(event)}</span>` : html`<a href=${links.product(event.item)}>${sentence(event)}</a>`}<span class="hint">${ago(event.at, now, language)}</span></li>`,
              )}</ol>`
        }
      </section>
      <section class="panel where" aria-labelledby="where-title">
        <h2 id="where-title">${t.dataWhere}</h2>
        <fieldset>
          <legend class="unseen">${t.dataWhere}</legend>
          ${places.map(
            ([kind, name, text]) => html`<label class="choice">
              <input type="radio" name="keep" value=${kind} .checked=${settings.keep === kind} @change=${() => setKeep(kind)} />
              <span><b>${name}</b><span>${text}</span></span>
            </label>`,
          )}
        </fieldset>
        <p class="hint" role="status">${app.keepRefused ? t.keepRefused : ''}</p>
        <h3>${t.dataSettings}</h3>
        <ul class="plain-list">
          <li>${t.dataLanguage(t.languageName)}</li>
          <li>${t.dataTheme(theme)}</li>
          <li>${t.dataOrder(settings.order)}</li>
          <li>${t.dataPredictions(settings.predictions)}</li>
        </ul>
      </section>
      <section class="panel" aria-labelledby="sees-here">
        <h2 id="sees-here">${t.dataSees}</h2>
        <p class="hint">${t.dataSeesText}</p>
        <button class="quiet" type="button" aria-haspopup="dialog" @click=${() => openSees()}>${icons.eye}${t.dataSeesOpen}</button>
      </section>
      <section class="panel acts" aria-label="${t.export}, ${t.forget}">
        <div><button class="quiet wide" type="button" @click=${save}>${icons.save}${t.export}</button><p class="hint">${t.exportText}</p></div>
        <div><button class="quiet wide" type="button" @click=${forget}>${icons.trash}${t.forget}</button><p class="hint">${t.forgetText}</p></div>
      </section>
    </div>`;
}

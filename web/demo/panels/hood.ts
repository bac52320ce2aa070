// "Under the hood": the files, the models and how long each kind of answer took, as measured here.

import { html, nothing, type TemplateResult } from 'lit';
import type { ModelDescription, ShopInfo } from 'storewise';
import { icons } from '../parts/icons.js';
import { app, changed } from '../state/app.js';
import { traffic } from '../state/network.js';
import { bytes, milliseconds, whole } from '../state/numbers.js';
import { summary } from '../state/timings.js';
import { close, closeOnBackdrop, dialog, open } from './dialog.js';

export function openHood(): void {
  open('hood');
  changed();
}

function count(model: ModelDescription, field: string): number {
  const { metadata } = model;
  if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata)) return 0;
  const list = (metadata as { readonly [key: string]: unknown })[field];
  return Array.isArray(list) ? list.length : 0;
}

function modelRow(
  name: string,
  model: ModelDescription | null,
  size: string,
): TemplateResult | typeof nothing {
  if (model === null) return nothing;
  const { t } = app;
  const operations = Object.values(model.operators).reduce((sum, times) => sum + times, 0);
  return html`<div class="model"><b>${name}</b><span>${size}</span><span class="hint">${t.hoodOperators(operations, model.opset)}</span></div>`;
}

function parts(info: ShopInfo): TemplateResult {
  const { t, language } = app;
  const products = info.models.recommender === null ? 0 : count(info.models.recommender, 'items');
  const intents = info.models.classifier === null ? 0 : count(info.models.classifier, 'labels');
  return html`
    <h3>${t.hoodFiles}</h3>
    <table>
      <thead><tr><th scope="col">${t.hoodFile}</th><th scope="col" class="number">${t.hoodSize}</th><th scope="col">${t.hoodCheck}</th></tr></thead>
      <tbody>
        <tr><th scope="row">${t.roles.engine} <code>${info.engine.url.split('/').at(-1)}</code></th><td class="number">${info.engine.bytes === null ? '' : bytes(info.engine.bytes, language)}</td><td></td></tr>
        ${info.files.map(
          (file) =>
            html`<tr><th scope="row">${t.roles[file.role]} <code>${file.file}</code></th><td class="number">${bytes(file.bytes, language)}</td><td>${t.hoodVerified[file.verified === 'sha256' ? 'sha256' : 'size']}</td></tr>`,
        )}
      </tbody>
    </table>
    <h3>${t.hoodModels}</h3>
    ${modelRow(t.roles.recommender, info.models.recommender, t.hoodProducts(products, whole(products, language)))}
    ${modelRow(t.roles.classifier, info.models.classifier, t.hoodIntents(intents, whole(intents, language)))}
    <dl class="facts">
      <div><dt>${t.hoodMemory}</dt><dd>${bytes(info.engine.memoryBytes, language)}</dd></div>
      <div><dt>${t.hoodLoad}</dt><dd>${milliseconds(info.loadMilliseconds, language)}</dd></div>
    </dl>`;
}

export function hoodPanel(): TemplateResult {
  const { t, engine, language } = app;
  // Nothing is described until somebody looks.
  const shown = dialog('hood')?.open ?? false;
  const times = summary();
  return html`<dialog id="hood" class="side" aria-labelledby="hood-title" @click=${closeOnBackdrop} @close=${changed}>
    <div class="side-inner">
      <div class="side-head">
        <div><h2 id="hood-title">${t.hoodTitle}</h2></div>
        <button class="tool" type="button" aria-label=${t.close} @click=${() => close('hood')}>${icons.close}</button>
      </div>
      <div class="talk" tabindex="0" role="region" aria-labelledby="hood-title">
        <p>${t.hoodLead}</p>
        <dl class="facts">
          <div><dt>${t.hoodAll}</dt><dd>${bytes(traffic.bytes, language)}</dd></div>
          <div><dt>${t.hoodRequests}</dt><dd>${whole(traffic.since, language)}</dd></div>
        </dl>
        ${!shown ? nothing : engine.status === 'ready' ? parts(engine.shop.info()) : html`<p class="off">${t.hoodOff}</p>`}
        <h3>${t.hoodTimings}</h3>
        ${
          times.length === 0
            ? html`<p class="hint">${t.hoodNothing}</p>`
            : html`<table>
                <thead><tr><th scope="col">${t.hoodKind}</th><th scope="col" class="number">${t.hoodTimes}</th><th scope="col" class="number">${t.hoodMedian}</th><th scope="col" class="number">${t.hoodLast}</th></tr></thead>
                <tbody>${times.map(
                  (one) =>
                    html`<tr><th scope="row">${t.timings[one.kind]}</th><td class="number">${whole(one.count, language)}</td><td class="number">${milliseconds(one.median, language)}</td><td class="number">${milliseconds(one.last, language)}</td></tr>`,
                )}</tbody>
              </table>`
        }
      </div>
    </div>
  </dialog>`;
}

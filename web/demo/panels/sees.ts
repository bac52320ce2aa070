// "What the shop sees": what the page works out about the visit, why, what it does with it, and the
// switch that ends it. Beside the page where there is room, so that it can be watched while shopping.

import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { VisitPrediction } from 'storewise';
import { reasonText } from 'storewise/intents';
import { icons } from '../parts/icons.js';
import { app, changed, granted, isWatching, setPredictions } from '../state/app.js';
import { type Arithmetic, kFullBasket, kLeaving, kMargin } from '../state/decision.js';
import { type Shelf, say } from '../state/goods.js';
import { money, percent } from '../state/numbers.js';
import { decision, type Kind, kinds, predict } from '../state/sight.js';
import { close, closedBeside, closeOnBackdrop, dialog, openBeside } from './dialog.js';

const kReasons = 3;
// Idle time is part of what is seen: while somebody watches, it is looked at so often.
const kLookMilliseconds = 1000;

let looking: ReturnType<typeof setInterval> | null = null;

export function openSees(): void {
  openBeside('sees');
  looking ??= setInterval(changed, kLookMilliseconds);
  changed();
}

function closed(): void {
  if (looking !== null) clearInterval(looking);
  looking = null;
  closedBeside();
  changed();
}

const cash = (value: number) => money(value, app.goods?.currency ?? 'USD', app.language);

function meter(share: number, mark: number | null): TemplateResult {
  return html`<span class="sight-meter" aria-hidden="true">
    <i style="width:${Math.round(100 * share)}%"></i>${
      mark === null ? nothing : html`<u style="left:${Math.round(100 * mark)}%"></u>`
    }
  </span>`;
}

function categoryName(id: string): string {
  for (const { parts } of app.goods?.departments ?? []) {
    const found: Shelf | undefined = parts.find(({ names }) => names.en === id);
    if (found !== undefined) return say(found.names, app.language);
  }
  return id;
}

function reasonList(prediction: VisitPrediction): TemplateResult {
  const { t, language } = app;
  // What rounds to nothing tells nothing.
  const telling = prediction.reasons.filter(({ share }) => share >= 0.01).slice(0, kReasons);
  if (telling.length === 0) return html`<p class="hint">${t.seesNoReason}</p>`;
  return html`<ul class="sight-reasons">${telling.map(
    (reason) =>
      html`<li data-feature=${reason.feature}>
        <span class="way-of ${reason.contribution >= 0 ? 'up' : 'down'}" aria-hidden="true">${reason.contribution >= 0 ? '+' : '−'}</span>
        <span>${reasonText(prediction, reason, { language, currency: app.goods?.currency })}</span>
        <span class="hint">${percent(reason.share, language)}</span>
      </li>`,
  )}</ul>`;
}

function shelves(prediction: VisitPrediction): TemplateResult {
  const { t, language } = app;
  // A category's value is what this visit has of it; the shop's usual share alone is no sight.
  const seen = prediction.reasons.filter(({ value }) => (value ?? 0) > 0);
  if (seen.length === 0) return html`<p class="hint">${t.seesNoShelf}</p>`;
  return html`<ul class="sight-shelves">${seen
    .slice(0, kReasons)
    .map(
      ({ feature, share }) =>
        html`<li data-category=${feature}><span>${categoryName(feature)}</span><b>${percent(share, language)}</b>${meter(share, null)}</li>`,
    )}</ul>`;
}

function figure(kind: Kind, { value, probability }: VisitPrediction): string {
  const { t, language } = app;
  if (kind === 'price-sensitivity') {
    return new Intl.NumberFormat(language, {
      maximumFractionDigits: 2,
      minimumFractionDigits: 2,
    }).format(Number(value));
  }
  return t.seesLikely(percent(probability, language));
}

function sight(kind: Kind, prediction: VisitPrediction | null): TemplateResult {
  const { t } = app;
  const words = t.sees[kind];
  if (prediction === null) {
    return html`<section class="sight" data-kind=${kind} aria-labelledby="sight-${kind}">
      <h3 id="sight-${kind}">${words.title}</h3><p class="hint">${t.seesNoModel}</p>
    </section>`;
  }
  const isAffinity = kind === 'category-affinity';
  const isPrice = kind === 'price-sensitivity';
  const share = isPrice ? Number(prediction.value) : prediction.probability;
  const mark = isPrice ? prediction.base : kind === 'leave-intent' ? kLeaving : null;
  return html`<section class="sight" data-kind=${kind} data-probability=${prediction.probability} data-source=${prediction.source} aria-labelledby="sight-${kind}">
    <div class="sight-head"><h3 id="sight-${kind}">${words.title}</h3>${
      isAffinity ? nothing : html`<b class="sight-figure">${figure(kind, prediction)}</b>`
    }</div>
    ${isAffinity ? shelves(prediction) : html`${meter(share, mark)}${mark === null ? nothing : html`<p class="hint sight-mark">${isPrice ? t.seesUsual : t.seesFrom(percent(kLeaving, app.language))}</p>`}${reasonList(prediction)}`}
    <p class="sight-does">${words.does}</p>
    <p class="hint">${t.seesSource[prediction.source]}</p>
  </section>`;
}

function sum({
  saving,
  without,
  withCoupon,
  margin,
  changes,
  costs,
  gain,
}: Arithmetic): TemplateResult {
  const { t, language } = app;
  const share = (value: number) =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value);
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${cash(Math.abs(value))}`;
  return html`<dl class="sum-lines" data-gain=${gain}>
    <div><dt>${t.sumBuys}</dt><dd>${t.sumFromTo(share(without), share(withCoupon))}</dd></div>
    <div><dt>${t.sumChanges(share(withCoupon - without), cash(margin))}</dt><dd>${signed(changes)}</dd></div>
    <div><dt>${t.sumCosts(share(withCoupon), cash(saving))}</dt><dd>${signed(-costs)}</dd></div>
    <div class="sum-gain"><dt>${t.sumGain}</dt><dd>${signed(gain)}</dd></div>
  </dl>
  <p class="hint">${t.sumAssumed(percent(kMargin, language))}</p>`;
}

function couponPart(said: (kind: Kind) => VisitPrediction | null): TemplateResult {
  const { t, language } = app;
  const given = granted();
  // What has been given is decided.
  const decided = given === null ? decision(said) : null;
  if (decided === null && given === null) return html`${nothing}`;
  const verdict = given !== null ? 'offer' : (decided?.verdict ?? 'staying');
  const title =
    given?.title ??
    say(
      app.coupons.find(({ id }) => id === decided?.arithmetic?.coupon)?.title ?? { en: '' },
      language,
    );
  return html`<section class="sight verdict" data-verdict=${verdict} aria-labelledby="sight-coupon">
    <h3 id="sight-coupon">${t.seesCoupon}</h3>
    <p class="verdict-says">${given !== null ? icons.check : nothing}<span>${t.verdicts[verdict](cash(kFullBasket))}</span></p>
    ${title ? html`<p class="hint">${t.seesCouponIs(title)}</p>` : nothing}
    ${decided?.arithmetic ? sum(decided.arithmetic) : nothing}
  </section>`;
}

function returningPart(): TemplateResult | typeof nothing {
  const { t, language, returning } = app;
  if (returning === null) return nothing;
  const { orders, group, outlook } = returning;
  return html`<section class="sight" data-group=${group} aria-labelledby="sight-returning">
    <h3 id="sight-returning">${t.seesReturning}</h3>
    <p>${t.groups[group](orders)}</p>
    <ul class="sight-shelves">${outlook.returns.map(
      ({ days, probability }) =>
        html`<li data-days=${days}><span>${t.seesBack(days)}</span><b>${percent(probability, language)}</b>${meter(probability, null)}</li>`,
    )}</ul>
    <p>${t.seesValue(cash(outlook.value), outlook.valueDays)}</p>
    <p class="sight-does">${t.seesReturningDoes}</p>
    <p class="hint">${t.seesSource.shop}</p>
  </section>`;
}

function body(): TemplateResult {
  const { t, engine } = app;
  if (engine.status !== 'ready') return html`<p class="off">${t.hoodOff}</p>`;
  if (!isWatching())
    return html`<div class="nothing"><p><b>${t.seesOff}</b></p><p>${t.seesOffText}</p></div>`;
  const predictions = new Map(kinds.map((kind) => [kind, predict(kind)]));
  const said = (kind: Kind) => predictions.get(kind) ?? null;
  return html`${couponPart(said)}${kinds.map((kind) => sight(kind, said(kind)))}${returningPart()}`;
}

export function seesPanel(): TemplateResult {
  const { t } = app;
  // Nothing is worked out until somebody looks.
  const shown = dialog('sees')?.open ?? false;
  const on = isWatching();
  return html`<dialog id="sees" class="side" aria-labelledby="sees-title" @click=${closeOnBackdrop} @close=${closed}>
    <div class="side-inner">
      <div class="side-head">
        <div><h2 id="sees-title" tabindex="-1">${t.seesTitle}</h2><p class="hint">${t.seesHint}</p></div>
        <button class="tool" type="button" aria-label=${t.close} @click=${() => close('sees')}>${icons.close}</button>
      </div>
      <label class="choice sees-switch">
        <input type="checkbox" role="switch" .checked=${live(on)} @change=${(event: Event) => setPredictions((event.currentTarget as HTMLInputElement).checked)} />
        <span><b>${t.seesSwitch}</b><span>${t.seesSwitchText}</span></span>
      </label>
      <div class="talk" tabindex="0" role="region" aria-labelledby="sees-title">${shown ? body() : nothing}</div>
    </div>
  </dialog>`;
}

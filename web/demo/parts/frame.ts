// What stands around every page: header, departments, notices, footer.

import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { openHelp } from '../panels/help.js';
import { openHood } from '../panels/hood.js';
import { openSees } from '../panels/sees.js';
import { app, basketCount, isDark, load, setLanguage, setTheme } from '../state/app.js';
import { say } from '../state/goods.js';
import { traffic } from '../state/network.js';
import { bytes, milliseconds, whole } from '../state/numbers.js';
import { links, replaceRoute } from '../state/route.js';
import { lastAnswer } from '../state/timings.js';
import { icons, leaf } from './icons.js';

function searchField(): TemplateResult {
  const { t, route } = app;
  const query = route.page === 'search' ? route.query : '';
  const type = (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement;
    if (app.route.page === 'search') replaceRoute(links.search(value));
    else if (value.trim()) location.hash = links.search(value);
  };
  return html`<form class="search" role="search" @submit=${(event: Event) => {
    event.preventDefault();
    if (app.route.page !== 'search') location.hash = links.search('');
    document.querySelector<HTMLElement>('main h1')?.focus();
  }}>
    <label>
      <span class="unseen">${t.searchLabel}</span>
      ${icons.search}
      <input type="search" name="q" autocomplete="off" enterkeyhint="search" placeholder=${t.searchPlaceholder} .value=${live(query)} @input=${type} />
    </label>
  </form>`;
}

export function header(): TemplateResult {
  const { t } = app;
  const count = basketCount();
  const dark = isDark();
  return html`<header class="top">
    <div class="bar">
      <a class="brand" href=${links.home} aria-label="Greenfield, ${t.home}">${leaf}<span>Greenfield</span></a>
      ${searchField()}
      <div class="tools">
        <button class="tool text" type="button" lang=${app.language === 'en' ? 'zh' : 'en'} aria-label=${t.switchLanguageLabel}
          @click=${() => setLanguage(app.language === 'en' ? 'zh' : 'en')}>${t.switchLanguage}</button>
        <button class="tool" type="button" aria-label=${dark ? t.themeLight : t.themeDark}
          @click=${() => setTheme(dark ? 'light' : 'dark')}>${dark ? icons.sun : icons.moon}</button>
        <button class="tool sees-tool" type="button" aria-haspopup="dialog" aria-label=${t.seesOpen} @click=${() => openSees()}>${icons.eye}</button>
        <button class="tool help-tool" type="button" aria-haspopup="dialog" aria-label=${t.help} @click=${() => openHelp()}>${icons.help}<span class="word" aria-hidden="true">${t.help}</span></button>
        <a class="tool basket-tool" href=${links.basket} aria-label="${t.basket}: ${t.basketCount(count)}">${icons.basket}<span class="word" aria-hidden="true">${t.basket}</span><span class="badge ${count ? '' : 'none'}" aria-hidden="true">${count}</span></a>
      </div>
    </div>
    <nav class="departments" aria-label=${t.departments}>
      <ul>
        ${(app.goods?.departments ?? []).map((department) => {
          const here = app.route.page === 'department' && app.route.key === department.key;
          return html`<li><a href=${links.department(department.key)} aria-current=${here ? 'page' : nothing}>${say(department.names, app.language)}</a></li>`;
        })}
      </ul>
    </nav>
  </header>`;
}

export function notices(): TemplateResult {
  const { t, engine } = app;
  return html`
    ${app.online ? nothing : html`<p class="notice calm" role="status">${t.offline}</p>`}
    ${
      engine.status === 'failed' && app.goods !== null
        ? html`<section class="notice" role="alert" aria-label=${t.engineFailed}>
            <div>
              <h2>${t.engineFailed}</h2>
              <p>${t.engineFailedText}</p>
              <details><summary>${t.details}</summary><code>${engine.message}</code></details>
            </div>
            <button class="quiet" type="button" @click=${() => void load()}>${t.tryAgain}</button>
          </section>`
        : nothing
    }`;
}

export function footer(): TemplateResult {
  const { t, language } = app;
  const last = lastAnswer();
  return html`<footer class="foot">
    <div class="foot-text">
      <p>${t.footerAbout} ${t.footerPictures}</p>
      <p class="foot-links"><a href=${links.data}>${t.dataTitle}</a><a href=${links.learn}>${t.learnLink}</a><a href=${links.models}>${t.modelsLink}</a><a href=${links.compare}>${t.compareLink}</a></p>
    </div>
    <button class="hood-line" type="button" aria-haspopup="dialog" title=${t.hoodLineLabel} @click=${() => openHood()}>
      ${icons.cog}<span>${t.hoodLine(
        bytes(traffic.bytes, language),
        last === null ? t.hoodNoAnswer : milliseconds(last, language),
        whole(traffic.since, language),
      )}</span>
    </button>
  </footer>`;
}

// Header and footer of the pages beside the storefront: the way back, language and colours.

import { html, type TemplateResult } from 'lit';
import { words } from '../i18n/index.js';
import { beside, isDark, set } from '../state/beside.js';
import { icons, leaf } from './icons.js';

export function besideHeader(): TemplateResult {
  const { language } = beside.settings;
  const t = words(language);
  const dark = isDark();
  return html`<a class="skip" href="#main">${t.skip}</a>
    <header class="top">
      <div class="bar beside-bar">
        <a class="brand" href="./index.html" aria-label="Greenfield, ${t.backHome}">${leaf}<span>Greenfield</span></a>
        <div class="tools">
          <button class="tool text" type="button" lang=${language === 'en' ? 'zh' : 'en'} aria-label=${t.switchLanguageLabel}
            @click=${() => set({ language: language === 'en' ? 'zh' : 'en' })}>${t.switchLanguage}</button>
          <button class="tool" type="button" aria-label=${dark ? t.themeLight : t.themeDark}
            @click=${() => set({ theme: dark ? 'light' : 'dark' })}>${dark ? icons.sun : icons.moon}</button>
        </div>
      </div>
    </header>`;
}

export function besideFooter(): TemplateResult {
  const t = words(beside.settings.language);
  return html`<footer class="foot"><p class="foot-links"><a href="./index.html">${t.backHome}</a><a href="./compare.html">${t.compareLink}</a><a href="./behaviour.html">${t.modelsLink}</a><a href="./learn.html">${t.learnLink}</a></p></footer>`;
}

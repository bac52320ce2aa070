// What the pages beside the storefront share with it: the visitor's language and colours.

import { type Language, preferred } from '../i18n/index.js';
import { defaultSettings, readSettings, type Theme, writeSettings } from './settings.js';

export const beside = { settings: defaultSettings };

let draw: () => void = () => {};

/** Draws the page again. */
export function changed(): void {
  const { language, theme } = beside.settings;
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : language;
  document.documentElement.dataset.theme = theme;
  draw();
}

/** Draws for the first time, in the visitor's language. */
export function startBeside(drawn: () => void): void {
  draw = drawn;
  beside.settings = readSettings({ ...defaultSettings, language: preferred(navigator.languages) });
  changed();
}

export function isDark(): boolean {
  const { theme } = beside.settings;
  return theme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}

export function set(settings: { readonly language?: Language; readonly theme?: Theme }): void {
  beside.settings = { ...beside.settings, ...settings };
  writeSettings(beside.settings);
  changed();
}

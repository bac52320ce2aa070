// The visitor's settings, kept where the visitor said the visit may be kept, and nowhere else.

import type { StorageKind } from 'storewise';
import { type Language, languages } from '../i18n/index.js';

export type Theme = 'auto' | 'light' | 'dark';

export interface Settings {
  language: Language;
  theme: Theme;
  keep: StorageKind;
  /** The number of the last pretend order; answers about "my order" are filled with it. */
  order: string;
  /** Whether the page may work out what the visitor is about to do. */
  predictions: boolean;
  /** The coupon that this visit was given, or ''. */
  granted: string;
}

export const defaultSettings: Settings = {
  language: 'en',
  theme: 'auto',
  keep: 'session',
  order: 'GF-20417',
  predictions: true,
  granted: '',
};

const key = 'greenfield:settings';

function places(): Storage[] {
  try {
    return [localStorage, sessionStorage];
  } catch {
    return []; // blocked by the visitor's browser
  }
}

export function readSettings(defaults: Settings): Settings {
  const settings = { ...defaults };
  for (const [i, place] of places().entries()) {
    try {
      const stored = JSON.parse(place.getItem(key) ?? 'null') as { [key: string]: unknown } | null;
      if (stored === null) continue;
      const { language, theme, order, predictions, granted } = stored;
      settings.language = languages.find((one) => one === language) ?? settings.language;
      if (theme === 'light' || theme === 'dark') settings.theme = theme;
      if (typeof order === 'string' && /^[A-Z]{2}-\d{5}$/.test(order)) settings.order = order;
      settings.predictions = predictions !== false;
      if (typeof granted === 'string' && /^[\w-]{1,64}$/.test(granted)) settings.granted = granted;
      settings.keep = i === 0 ? 'persistent' : stored.keep === 'memory' ? 'memory' : 'session';
      return settings;
    } catch {
      // Somebody else's text under our key: as if there were none.
    }
  }
  return settings;
}

export function writeSettings(settings: Settings): void {
  const { keep, language, theme, order, predictions, granted } = settings;
  const [device, tab] = places();
  // What was objected to stays objected to.
  const objection = predictions ? {} : { predictions };
  try {
    device?.removeItem(key);
    tab?.removeItem(key);
    // That nothing shall be kept must itself outlast a reload, or it would be kept again.
    if (keep === 'memory') tab?.setItem(key, JSON.stringify({ keep, ...objection }));
    else
      (keep === 'persistent' ? device : tab)?.setItem(
        key,
        JSON.stringify({
          language,
          theme,
          order,
          ...objection,
          ...(granted === '' ? {} : { granted }),
        }),
      );
  } catch {
    // Full or blocked: the settings last as long as the page.
  }
}

import { en, type Words } from './en.js';
import { zh } from './zh.js';

export type { Words };

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

export function words(language: Language): Words {
  return language === 'zh' ? zh : en;
}

/** The shop's language that the visitor's browser asks for first. */
export function preferred(asked: readonly string[]): Language {
  for (const tag of asked) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = languages.find((one) => one === primary);
    if (found !== undefined) return found;
  }
  return 'en';
}

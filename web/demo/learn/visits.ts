// The visit that the lessons on trees ask about: its columns, and sliders for them.

import { html, type TemplateResult } from 'lit';
import { choice, labelOf, plain, slider, yesNo } from './parts.js';
import { texts } from './state.js';

export interface Visit {
  readonly pages: number;
  readonly minutes: number;
  readonly source: 'ad' | 'mail' | 'search';
  readonly member: boolean;
}

const names = {
  pages: { en: 'Pages opened', zh: '浏览页数' },
  minutes: { en: 'Minutes spent', zh: '停留分钟' },
  source: { en: 'Came from', zh: '来源' },
  member: { en: 'Member', zh: '会员' },
};

const sources = {
  ad: { en: 'an ad', zh: '广告' },
  mail: { en: 'an e-mail', zh: '邮件' },
  search: { en: 'a search', zh: '搜索' },
};

/** Sliders for `visit`; `set` is told what changed. */
export function visitControls(visit: Visit, set: (change: Partial<Visit>) => void): TemplateResult {
  const { language } = texts();
  const label = (column: keyof Visit) => labelOf(column, names[column], language);
  return html`<div class="cells">
    ${slider({
      ...{ id: 'pages', label: label('pages'), value: visit.pages, min: 1, max: 24, step: 1 },
      ...{ text: plain(visit.pages, language), set: (pages: number) => set({ pages }) },
    })}
    ${slider({
      ...{ id: 'minutes', label: label('minutes'), value: visit.minutes, min: 0.5, max: 35 },
      ...{ step: 0.5, text: plain(visit.minutes, language) },
      set: (minutes: number) => set({ minutes }),
    })}
    ${choice(
      'source',
      label('source'),
      visit.source,
      (['ad', 'mail', 'search'] as const).map((one) => [one, sources[one][language]] as const),
      (source) => set({ source }),
    )}
    ${yesNo('member', label('member'), visit.member, (member) => set({ member }))}
  </div>`;
}

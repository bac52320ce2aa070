// Search as you type over the whole catalogue, in both languages, forgiving a mistyped letter. The
// index is built in small pieces while the page is idle: no piece is long enough to be felt.

import MiniSearch from 'minisearch';
import type { Goods, Item } from './goods.js';

const cjk = /[\u3400-\u9fff\uf900-\ufaff]/;

/** Words; of Chinese, where nothing separates words, single characters and pairs. */
export function tokens(text: string): string[] {
  const out: string[] = [];
  for (const run of text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\u3400-\u9fff\uf900-\ufaff]+|[\p{L}\p{N}%&']+/gu) ?? []) {
    if (!cjk.test(run)) {
      out.push(run.replace(/'s?$/, ''));
      continue;
    }
    for (let i = 0; i < run.length; i++) {
      out.push(run.slice(i, i + 1));
      if (i + 1 < run.length) out.push(run.slice(i, i + 2));
    }
  }
  return out;
}

/** Of Chinese in a query only the pairs: single characters would find half the shop. */
function queryTokens(text: string): string[] {
  const all = tokens(text);
  return all.filter((token) => !cjk.test(token) || token.length > 1 || all.length === 1);
}

export class Search {
  readonly #index: MiniSearch<Item>;
  readonly #goods: Goods;
  readonly ready: Promise<void>;
  done = false;

  constructor(goods: Goods) {
    this.#goods = goods;
    this.#index = new MiniSearch<Item>({
      fields: ['name', 'brand', 'shelf'],
      extractField: (item, field) => {
        const all = (texts: { readonly [language: string]: string } | undefined) =>
          Object.values(texts ?? {}).join(' ');
        if (field === 'id') return item.id;
        if (field === 'name') return all(item.names);
        if (field === 'brand') return all(item.brand);
        return `${all(item.category?.names)} ${all(item.department?.names)}`;
      },
      tokenize: tokens,
      processTerm: (term) => term,
      searchOptions: {
        tokenize: queryTokens,
        boost: { name: 3, shelf: 1.2 },
        prefix: (term) => term.length > 1,
        fuzzy: (term) => (cjk.test(term) || term.length < 4 ? false : term.length < 6 ? 1 : 0.25),
        weights: { fuzzy: 0.3, prefix: 0.7 },
      },
    });
    this.ready = this.#index.addAllAsync(goods.items, { chunkSize: 60 }).then(() => {
      this.done = true;
    });
  }

  /** Products that match all words, else any word; the catalogue's order breaks ties. */
  find(query: string): readonly Item[] {
    const row = (id: string) => this.#goods.get(id)?.row ?? 0;
    for (const combineWith of ['AND', 'OR'] as const) {
      const hits = this.#index.search(query, { combineWith });
      if (hits.length > 0) {
        return hits
          .sort((a, b) => b.score - a.score || row(String(a.id)) - row(String(b.id)))
          .flatMap(({ id }) => this.#goods.get(String(id)) ?? []);
      }
    }
    return [];
  }
}

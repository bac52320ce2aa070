// The shop's products and questions, read from the columns of catalogue.json and faq.json. Both
// files were checked by the engine before they come here.

import { pickLanguage } from './text.js';

/** A product, with its texts in one language. */
export interface Product {
  readonly id: string;
  readonly name: string;
  /** In the shop's currency; null when unknown. */
  readonly price: number | null;
  readonly available: boolean;
  /** Department, category, brand, size, motif ... as the data have them; null where there is none. */
  readonly fields: { readonly [field: string]: string | null };
  /** The same values in the language asked for. */
  readonly labels: { readonly [field: string]: string | null };
}

/** @internal The file catalogue.json. */
export interface CatalogueFile {
  readonly currency: string;
  readonly count: number;
  readonly id: readonly string[];
  readonly name: readonly string[];
  readonly names?: { readonly [language: string]: readonly (string | null)[] };
  readonly price?: readonly number[];
  readonly available?: readonly number[];
  readonly fields?: {
    readonly [field: string]: {
      readonly values: readonly string[];
      readonly names?: { readonly [language: string]: readonly (string | null)[] };
      readonly index: readonly number[];
    };
  };
}

/** Options of everything that returns texts. */
export interface LanguageOption {
  /** A BCP 47 tag such as 'en' or 'zh-Hans'; by default the shop's first language. */
  readonly language?: string | undefined;
}

/** The products of a shop. */
export class Catalogue {
  /** @internal The columns, as the file has them. */
  readonly file: CatalogueFile;
  readonly #rows: Map<string, number>;
  readonly #languages: readonly string[];

  /** @internal */
  constructor(file: CatalogueFile, languages: readonly string[]) {
    this.file = file;
    this.#languages = languages;
    this.#rows = new Map(file.id.map((id, row) => [id, row]));
  }

  /** Number of products. */
  get size(): number {
    return this.file.count;
  }

  /** ISO 4217, for example 'USD'. */
  get currency(): string {
    return this.file.currency;
  }

  /** All ids in the file's order. */
  get ids(): readonly string[] {
    return this.file.id;
  }

  /** The names of the text columns: 'department', 'brand' ... */
  get fields(): readonly string[] {
    return Object.keys(this.file.fields ?? {});
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** The product with that id, or undefined. */
  get(id: string, options: LanguageOption = {}): Product | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    const file = this.file;
    const language = pickLanguage(options.language, this.#languages);
    const fields: { [field: string]: string | null } = {};
    const labels: { [field: string]: string | null } = {};
    for (const [field, column] of Object.entries(file.fields ?? {})) {
      const index = column.index[row] ?? -1;
      const value = column.values[index] ?? null;
      fields[field] = value;
      labels[field] = column.names?.[language]?.[index] || value;
    }
    const price = file.price?.[row] ?? -1;
    return {
      id,
      name: file.names?.[language]?.[row] || (file.name[row] ?? id),
      price: price < 0 ? null : price,
      available: (file.available?.[row] ?? 1) !== 0,
      fields,
      labels,
    };
  }

  /** The values of a field with their labels and how many products have each; [] for none. */
  values(
    field: string,
    options: LanguageOption = {},
  ): readonly { readonly value: string; readonly label: string; readonly count: number }[] {
    const column = this.file.fields?.[field];
    if (column === undefined) return [];
    const language = pickLanguage(options.language, this.#languages);
    const counts = new Array<number>(column.values.length).fill(0);
    for (const index of column.index) {
      if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
    }
    return column.values.map((value, i) => ({
      value,
      label: column.names?.[language]?.[i] || value,
      count: counts[i] ?? 0,
    }));
  }
}

/** One question of the FAQ, in one language. */
export interface FaqEntry {
  readonly id: string;
  readonly category: string;
  readonly question: string;
  /** The reply with its slots unfilled, for example "Order {order_number} ..."; `shop.answer` fills them. */
  readonly answer: string;
}

/** @internal The file faq.json. */
export interface FaqFile {
  readonly entries: readonly {
    readonly id: string;
    readonly category?: string;
    readonly question: { readonly [language: string]: string };
    readonly answer: { readonly [language: string]: string };
  }[];
}

/** The shop's questions and answers. */
export class Faq {
  /** @internal The columns, as the file has them. */
  readonly file: FaqFile;
  readonly #languages: readonly string[];

  /** @internal */
  constructor(file: FaqFile, languages: readonly string[]) {
    this.file = file;
    this.#languages = languages;
  }

  /** Number of questions. */
  get size(): number {
    return this.file.entries.length;
  }

  /** All questions in the shop's order, the commonest first if the shop put them so. */
  list(options: LanguageOption = {}): readonly FaqEntry[] {
    const language = pickLanguage(options.language, this.#languages);
    const text = (texts: { readonly [language: string]: string }): string =>
      texts[language] ?? Object.values(texts)[0] ?? '';
    return this.file.entries.map(({ id, category = '', question, answer }) => ({
      id,
      category,
      question: text(question),
      answer: text(answer),
    }));
  }

  /** The question with that id, or undefined. */
  get(id: string, options: LanguageOption = {}): FaqEntry | undefined {
    return this.list(options).find((entry) => entry.id === id);
  }
}

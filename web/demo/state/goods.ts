// The shop's products as the pages need them, read from catalogue.json by the page itself: the
// shelves stand even when the engine cannot start. Also coupons and questions, for the same reason.

import type { Pictured } from '../motifs/index.js';

/** A text in each language it exists in; '' where it does not. */
export type Texts = { readonly [language: string]: string };

export interface Item extends Pictured {
  readonly row: number;
  readonly names: Texts;
  readonly price: number | null;
  readonly available: boolean;
  readonly brand: Texts;
  readonly size: Texts;
  readonly department: Shelf | null;
  readonly category: Shelf | null;
}

/** A department or, within it, a category. */
export interface Shelf {
  readonly key: string;
  readonly names: Texts;
  readonly items: Item[];
  readonly parts: Shelf[];
}

export interface Coupon {
  readonly id: string;
  readonly title: Texts;
  readonly kind: 'amount' | 'percent';
  readonly value: number;
  readonly minQuantity: number;
  readonly minSpend: number;
  readonly items: readonly string[];
}

export interface Question {
  readonly id: string;
  readonly question: Texts;
  readonly answer: Texts;
}

interface Column {
  readonly values: readonly string[];
  readonly names?: { readonly [language: string]: readonly (string | null)[] };
  readonly index: readonly number[];
}

export interface CatalogueJson {
  readonly currency: string;
  readonly count: number;
  readonly id: readonly string[];
  readonly name: readonly string[];
  readonly names?: { readonly [language: string]: readonly (string | null)[] };
  readonly price?: readonly number[];
  readonly available?: readonly number[];
  readonly fields?: { readonly [field: string]: Column };
}

export interface OffersJson {
  readonly offers: readonly {
    readonly id: string;
    readonly title: Texts;
    readonly kind: 'amount' | 'percent';
    readonly value: number;
    readonly min_quantity?: number;
    readonly min_spend?: number;
    readonly items: readonly number[];
    readonly starts?: string;
    readonly ends?: string;
  }[];
}

export interface FaqJson {
  readonly entries: readonly Question[];
}

const none: Texts = { en: '' };

function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'other'
  );
}

export class Goods {
  readonly currency: string;
  readonly items: readonly Item[];
  readonly departments: readonly Shelf[];
  readonly #byId: Map<string, Item>;

  constructor(file: CatalogueJson) {
    this.currency = file.currency;
    const column = (field: string): ((row: number) => Texts) => {
      const source = file.fields?.[field];
      if (source === undefined) return () => none;
      const texts = source.values.map((value, i) => {
        const all: { [language: string]: string } = { en: value };
        for (const [language, names] of Object.entries(source.names ?? {}))
          all[language] = names[i] || value;
        return all;
      });
      return (row) => texts[source.index[row] ?? -1] ?? none;
    };
    const department = column('department');
    const category = column('category');
    const brand = column('brand');
    const size = column('size');
    const motif = column('motif');
    const departments = new Map<string, Shelf>();
    const shelf = (
      shelves: Map<string, Shelf>,
      into: Shelf[] | null,
      names: Texts,
    ): Shelf | null => {
      const name = names.en ?? '';
      if (!name) return null;
      let found = shelves.get(name);
      if (found === undefined) {
        found = { key: slug(name), names, items: [], parts: [] };
        shelves.set(name, found);
        into?.push(found);
      }
      return found;
    };
    const categories = new Map<Shelf, Map<string, Shelf>>();
    this.items = file.id.map((id, row): Item => {
      const ofDepartment = shelf(departments, null, department(row));
      let ofCategory: Shelf | null = null;
      if (ofDepartment !== null) {
        let parts = categories.get(ofDepartment);
        if (parts === undefined) {
          parts = new Map();
          categories.set(ofDepartment, parts);
        }
        ofCategory = shelf(parts, ofDepartment.parts, category(row));
      }
      const names: { [language: string]: string } = { en: file.name[row] ?? id };
      for (const [language, list] of Object.entries(file.names ?? {})) {
        names[language] = list[row] || (file.name[row] ?? id);
      }
      const price = file.price?.[row] ?? -1;
      const item: Item = {
        row,
        id,
        names,
        price: price < 0 ? null : price,
        available: (file.available?.[row] ?? 1) !== 0,
        brand: brand(row),
        size: size(row),
        department: ofDepartment,
        category: ofCategory,
        nameEn: names.en ?? id,
        departmentEn: department(row).en ?? '',
        brandEn: brand(row).en ?? '',
        sizeText: size(row).en ?? '',
        motif: motif(row).en ?? '',
      };
      ofDepartment?.items.push(item);
      ofCategory?.items.push(item);
      return item;
    });
    this.departments = [...departments.values()];
    this.#byId = new Map(this.items.map((item) => [item.id, item]));
  }

  get(id: string): Item | undefined {
    return this.#byId.get(id);
  }

  department(key: string): Shelf | undefined {
    return this.departments.find((one) => one.key === key);
  }

  /** Coupons that are valid today. */
  coupons(file: OffersJson, today: string): readonly Coupon[] {
    return file.offers
      .filter(({ starts = '', ends = '9999' }) => starts <= today && today <= ends)
      .map((offer) => ({
        id: offer.id,
        title: offer.title,
        kind: offer.kind,
        value: offer.value,
        minQuantity: offer.min_quantity ?? 1,
        minSpend: offer.min_spend ?? 0,
        items: offer.items.flatMap((row) => this.items[row]?.id ?? []),
      }));
  }
}

export function say(texts: Texts, language: string): string {
  return texts[language] || texts.en || Object.values(texts)[0] || '';
}

/** What one piece costs once `coupon` is used, or null when it asks for more than one piece. */
export function priceWith(item: Item, coupon: Coupon | undefined): number | null {
  if (coupon === undefined || item.price === null) return null;
  if (coupon.minQuantity > 1 || coupon.minSpend > item.price) return null;
  const off = coupon.kind === 'percent' ? (item.price * coupon.value) / 100 : coupon.value;
  const left = Math.round((item.price - off) * 100) / 100;
  return left > 0 && left < item.price ? left : null;
}

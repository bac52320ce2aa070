// Reads a shop's business rules (JSON, as in rules.json) and checks every part of them, so that a
// misspelt action is an error here and not a rule that never fires in the shop.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Catalogue } from './catalogue.js';
import { CliError } from './errors.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** rules.json. */
export interface RulesDocument {
  version: 1;
  rules: JsonObject[];
  slots: JsonObject;
}

export interface Rules {
  document: RulesDocument;
  notes: string[];
}

const kActions = ['exclude', 'boost', 'pin', 'limit', 'only'];
const kRuleKeys = ['action', 'where', 'factor', 'position', 'max', 'slots', 'reason'];
const kWhereKeys = ['field', 'values', 'items', 'price'];

/** Reads `{"rules":[...],"slots":{...}}` or a list of rules alone. */
export function readRules(filePath: string, catalogue: Catalogue): Rules {
  const file = path.basename(filePath);
  let text: string;
  try {
    text = readFileSync(filePath, 'utf8');
  } catch (error) {
    throw new CliError('missing-file', 'this file cannot be read', { file: filePath }, error);
  }
  let parsed: Json;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, '')) as Json;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new CliError('invalid-input', 'this is not JSON', { file, found }, error);
  }
  const check = new RuleChecker(file, catalogue);
  const list = Array.isArray(parsed) ? parsed : check.object(parsed, '')['rules'];
  if (!Array.isArray(list)) check.fail('rules', 'a list of rules', list);
  const slots = Array.isArray(parsed) ? {} : (check.object(parsed, '')['slots'] ?? {});
  const rules = (list as Json[]).map((rule, i) => check.rule(rule, `rules[${i}]`));
  return {
    document: { version: 1, rules, slots: check.slots(slots) },
    notes: check.notes,
  };
}

class RuleChecker {
  readonly notes: string[] = [];

  constructor(
    private readonly file_: string,
    private readonly catalogue_: Catalogue,
  ) {}

  fail(place: string, expected: string, found: Json | undefined): never {
    throw new CliError('invalid-input', 'this rule cannot be used', {
      file: this.file_,
      place,
      expected,
      found: found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 80),
    });
  }

  object(value: Json | undefined, place: string): JsonObject {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      this.fail(place || 'the document', 'an object', value);
    }
    return value;
  }

  rule(value: Json, place: string): JsonObject {
    const rule = this.object(value, place);
    this.keys(rule, kRuleKeys, place);
    const action = rule['action'];
    if (typeof action !== 'string' || !kActions.includes(action)) {
      this.fail(`${place}.action`, kActions.join(', '), action);
    }
    if (action === 'boost') this.number(rule['factor'], `${place}.factor`, 0);
    if (action === 'pin') this.number(rule['position'], `${place}.position`, 1);
    if (action === 'limit') this.number(rule['max'], `${place}.max`, 1);
    if (rule['slots'] !== undefined) this.strings(rule['slots'], `${place}.slots`);
    if (rule['reason'] !== undefined && typeof rule['reason'] !== 'string') {
      this.fail(`${place}.reason`, 'a text', rule['reason']);
    }
    this.where(rule['where'], `${place}.where`, action === 'limit');
    return rule;
  }

  /** Slot -> `{"exclude_viewed": true, "limit": {"field", "max"}}`. */
  slots(value: Json): JsonObject {
    const slots = this.object(value, 'slots');
    for (const [name, entry] of Object.entries(slots)) {
      const place = `slots.${name}`;
      const slot = this.object(entry, place);
      this.keys(slot, ['exclude_viewed', 'limit'], place);
      const viewed = slot['exclude_viewed'];
      if (viewed !== undefined && typeof viewed !== 'boolean') {
        this.fail(`${place}.exclude_viewed`, 'true or false', viewed);
      }
      if (slot['limit'] === undefined) continue;
      const limit = this.object(slot['limit'], `${place}.limit`);
      this.keys(limit, ['field', 'max'], `${place}.limit`);
      this.field(limit['field'], `${place}.limit.field`);
      this.number(limit['max'], `${place}.limit.max`, 1);
    }
    return slots;
  }

  private field(value: Json | undefined, place: string): string {
    const known = Object.keys(this.catalogue_.document.fields);
    if (typeof value !== 'string' || !known.includes(value)) {
      this.fail(place, `a field of the catalogue: ${known.join(', ') || 'it has none'}`, value);
    }
    return value;
  }

  private where(value: Json | undefined, place: string, isLimit: boolean): void {
    const where = this.object(value, place);
    this.keys(where, kWhereKeys, place);
    if (Object.keys(where).length === 0) this.fail(place, kWhereKeys.join(', '), value);
    const field = where['field'];
    if (field !== undefined) {
      const name = this.field(field, `${place}.field`);
      if (!(isLimit && where['values'] === undefined)) {
        const values = this.strings(where['values'], `${place}.values`);
        this.noteUnknown(place, values, this.catalogue_.document.fields[name]?.values ?? []);
      }
    }
    if (where['items'] !== undefined) {
      const items = this.strings(where['items'], `${place}.items`);
      this.noteUnknown(place, items, this.catalogue_.document.id);
    }
    if (where['price'] !== undefined) {
      const price = this.object(where['price'], `${place}.price`);
      this.keys(price, ['min', 'max'], `${place}.price`);
      for (const [key, bound] of Object.entries(price))
        this.number(bound, `${place}.price.${key}`, 0);
    }
  }

  private noteUnknown(place: string, values: string[], known: readonly string[]): void {
    const all = new Set(known);
    const unknown = values.filter((value) => !all.has(value));
    if (unknown.length > 0) {
      this.notes.push(`${place} names what the catalogue lacks: ${unknown.slice(0, 5).join(', ')}`);
    }
  }

  private keys(value: JsonObject, allowed: readonly string[], place: string): void {
    const unknown = Object.keys(value).find((key) => !allowed.includes(key));
    if (unknown !== undefined) {
      this.fail(`${place}.${unknown}`, `one of ${allowed.join(', ')}`, unknown);
    }
  }

  private number(value: Json | undefined, place: string, min: number): void {
    if (typeof value !== 'number' || value < min) {
      this.fail(place, `a number of ${min} or more`, value);
    }
  }

  private strings(value: Json | undefined, place: string): string[] {
    if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) {
      this.fail(place, 'a list of texts', value);
    }
    return value as string[];
  }
}

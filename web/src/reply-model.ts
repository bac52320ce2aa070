// Replies that a sequence model makes of sentences the shop approved: the question as the model reads
// it, the approved sentences in the engine's form, and the text. Which sentences come out is decided in
// C++ (src/answer/replies.h), which knows no others. Loaded when it is first asked for.
//
// The document under the model's metadata key "storewise", kind "replies":
//   question   {buckets, letters: [shortest, longest], words, features}: see `encode`
//   pieces     texts; piece 0 starts and ends replies
//   sentences  [{id, group, pieces}]: a sentence is its pieces' texts, one behind the other, and may hold
//              places such as {order_number}
//   groups     [{name, language?, next, ends}]: the groups that may follow, whether a reply may end
//   first      the groups that may start a reply; most: sentences in a reply
//   slots      values of places, a text or one for each language; threshold; beams

import type { FoundReply, RawTensor } from './engine.js';
import type { StorewiseError } from './errors.js';
import { hash } from './hash.js';
import type { Json } from './model.js';
import { type ModelHost, refusal } from './model-host.js';

/** Options of `reply`. */
export interface ReplyOptions {
  /** Values for places such as {order_number}; a place without one is dropped. */
  readonly slots?: { readonly [name: string]: string } | undefined;
  /** Replies in this language only (a BCP 47 tag; 'zh' is found by 'zh-Hans'); by default any. */
  readonly language?: string | undefined;
  /** How many beginnings of replies are followed at once, 1 to 64; the model's own by default. */
  readonly beams?: number | undefined;
}

/** One sentence of a reply. */
export interface ApprovedSentence {
  readonly id: string;
  readonly group: string;
  /** As approved, its places filled. */
  readonly text: string;
}

/** A reply that the model found. */
export interface ReplyCandidate {
  readonly text: string;
  readonly sentences: readonly ApprovedSentence[];
  /** The share of this reply among all that the shop allows, 0 to 1. */
  readonly probability: number;
}

/** What a model of replies says to a text. */
export interface GeneratedReply extends ReplyCandidate {
  /** False: the model is not sure of a reply. Then `text` is empty: say that you don't know. */
  readonly confident: boolean;
  /** Below this probability a reply is not believed. */
  readonly threshold: number;
  /**
   * What the search found, best first, sure or not. A reply without sentences means that there is
   * nothing the shop would say to this.
   */
  readonly candidates: readonly ReplyCandidate[];
}

/** @internal What this module needs of the model. */
export interface ReplyHost extends ModelHost {
  find(inputs: readonly RawTensor[], beams: number, most: number): readonly FoundReply[];
}

interface Group {
  readonly name: string;
  readonly language: string;
  readonly next: readonly number[];
  readonly ends: boolean;
}

// The metadata, checked, with the sentences in the order that the engine wants.
interface Approved {
  readonly buckets: number;
  readonly letters: readonly [shortest: number, longest: number];
  readonly words: number;
  readonly features: number;
  readonly sentences: readonly {
    readonly id: string;
    readonly group: number;
    readonly text: string;
  }[];
  readonly groups: readonly Group[];
  readonly first: number;
  readonly slots: ReadonlyMap<string, Json>;
  readonly most: number;
  readonly threshold: number;
  readonly beams: number;
  readonly fixed: readonly RawTensor[]; // pieces, begins, groups
}

const kMayEnd = 1 << 31;
const kMostValue = 200; // characters of a slot's value, as in src/answer/faq.h

function refuse(host: ReplyHost, place: string, expected: string, found: unknown): StorewiseError {
  return refusal(host, place, expected, (JSON.stringify(found) ?? 'nothing').slice(0, 60));
}

function int32(values: readonly number[]): RawTensor {
  const bytes = new Uint8Array(Int32Array.from(values).buffer);
  return { type: 6, dims: [values.length], bytes };
}

// Ascending by pieces, a beginning before what goes on from it.
function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const apart = (a[i] ?? 0) - (b[i] ?? 0);
    if (apart !== 0) return apart;
  }
  return a.length - b.length;
}

function read(host: ReplyHost): Approved {
  const { metadata } = host;
  const fail = (place: string, expected: string, found: unknown) =>
    refuse(host, `metadata $${place}`, expected, found);
  type Node = { readonly [key: string]: unknown };
  const object = (value: unknown, place: string): Node => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Node;
    throw fail(place, 'an object', value);
  };
  const list = (value: unknown, place: string): readonly unknown[] => {
    if (Array.isArray(value)) return value;
    throw fail(place, 'a list', value);
  };
  const text = (value: unknown, place: string): string => {
    if (typeof value === 'string') return value;
    throw fail(place, 'a text', value);
  };
  const whole = (value: unknown, place: string, least: number, most: number): number => {
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) {
      return Number(value);
    }
    throw fail(place, `a whole number of ${least} to ${most}`, value);
  };
  if (metadata?.['kind'] !== 'replies') {
    throw refuse(host, 'the model', 'a model of replies', metadata?.['kind'] ?? null);
  }
  const root: Node = metadata;
  const question = object(root['question'], '.question');
  const [shortest, longest] = list(question['letters'], '.question.letters');
  const pieces = list(root['pieces'], '.pieces').map((piece, i) => text(piece, `.pieces[${i}]`));
  const allGroups = list(root['groups'], '.groups');
  const group = (value: unknown, place: string) => whole(value, place, 0, allGroups.length - 1);
  if (allGroups.length > 31) throw fail('.groups', 'at most 31', allGroups.length);
  const groups = allGroups.map((value, i): Group => {
    const at = `.groups[${i}]`;
    const { name, language, next, ends } = object(value, at);
    return {
      name: text(name, `${at}.name`),
      language: text(language ?? '', `${at}.language`),
      next: list(next, `${at}.next`).map((k, n) => group(k, `${at}.next[${n}]`)),
      ends: ends === true,
    };
  });
  const sentences = list(root['sentences'], '.sentences').map((value, i) => {
    const at = `.sentences[${i}]`;
    const sentence = object(value, at);
    const own = list(sentence['pieces'], `${at}.pieces`).map((piece, k) =>
      whole(piece, `${at}.pieces[${k}]`, 1, pieces.length - 1),
    );
    return {
      id: text(sentence['id'], `${at}.id`),
      group: group(sentence['group'], `${at}.group`),
      pieces: own,
      text: own.map((piece) => pieces[piece] ?? '').join(''),
    };
  });
  sentences.sort((a, b) => compare(a.pieces, b.pieces));
  const begins = [0];
  for (const sentence of sentences) begins.push((begins.at(-1) ?? 0) + sentence.pieces.length);
  const slots = object(root['slots'] ?? {}, '.slots') as { readonly [name: string]: Json };
  const threshold = root['threshold'];
  if (!(typeof threshold === 'number' && threshold >= 0 && threshold <= 1)) {
    throw fail('.threshold', 'a number of 0 to 1', threshold);
  }
  return {
    buckets: whole(question['buckets'], '.question.buckets', 1, 2 ** 24),
    letters: [
      whole(shortest, '.question.letters[0]', 1, 16),
      whole(longest, '.question.letters[1]', 0, 16),
    ],
    words: whole(question['words'], '.question.words', 1, 1000),
    features: whole(question['features'], '.question.features', 1, 1000),
    sentences,
    groups,
    first: bits(list(root['first'], '.first').map((k, i) => group(k, `.first[${i}]`))),
    slots: new Map(Object.entries(slots)),
    most: whole(root['most'], '.most', 1, 8),
    threshold,
    beams: whole(root['beams'] ?? 4, '.beams', 1, 64),
    fixed: [
      int32(sentences.flatMap((sentence) => sentence.pieces)),
      int32(begins),
      int32(sentences.map((sentence) => sentence.group)),
    ],
  };
}

function bits(groups: readonly number[]): number {
  return groups.reduce((mask, group) => mask | (1 << group), 0);
}

const kIdeograph =
  /[\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const kLetter = /[\p{L}\p{M}\p{N}]/u;

/** The features of each word, as texts that are hashed. */
function featuresOf(text: string, shortest: number, longest: number): string[][] {
  const found: string[][] = [];
  let word: string[] = [];
  const endWord = () => {
    if (word.length === 0) return;
    const marked = ['<', ...word, '>'];
    const features = [`w${word.join('')}`];
    for (let at = 0; at < marked.length; at++) {
      for (let length = shortest; length <= longest && at + length <= marked.length; length++) {
        features.push(`c${marked.slice(at, at + length).join('')}`);
      }
    }
    found.push(features);
    word = [];
  };
  const characters = [...text];
  characters.forEach((character, i) => {
    if (character === "'" || character === '\u2019') return;
    if (kIdeograph.test(character)) {
      endWord();
      const behind = characters[i + 1] ?? '';
      const two = kIdeograph.test(behind) ? [`k${character}${behind}`] : [];
      found.push([`h${character}`, ...two]);
    } else if (kLetter.test(character)) {
      word.push(character);
    } else {
      endWord();
    }
  });
  endWord();
  return found;
}

/**
 * The question as the model reads it, int64 [words, features]; null when it has no word. A word is a
 * run of letters, marks and digits, apostrophes left out: its features are 'w' + word and 'c' + every
 * run of `letters` code points of "<word>". A Han, hiragana or katakana character is a word: 'h' + it,
 * and 'k' + it and the next where that is another. A feature is 1 + FNV-1a (32 bits) of its UTF-8 modulo
 * `buckets`, and 0 where a word has fewer. models/recipes/replies/questions.py is the same for training.
 */
function encode(text: string, approved: Approved): RawTensor | null {
  const words = featuresOf(text, ...approved.letters)
    .slice(0, approved.words)
    .map((features) => features.slice(0, approved.features));
  if (words.length === 0) return null;
  const width = Math.max(...words.map((features) => features.length));
  const ids = new BigInt64Array(words.length * width);
  words.forEach((features, row) => {
    features.forEach((feature, column) => {
      ids[row * width + column] = BigInt(1 + (hash(feature) % approved.buckets));
    });
  });
  return { type: 7, dims: [words.length, width], bytes: new Uint8Array(ids.buffer) };
}

const kPairs = ['()', '[]', '""', "''", '（）', '「」', '“”', '‘’', '【】'];

/**
 * A sentence with its places filled, by the rules of src/answer/faq.h: a place without a value is
 * dropped together with brackets or quotes around it, a '#' before it and the space that it leaves.
 */
function filled(sentence: string, value: (place: string) => string): string {
  let out = '';
  let rest = sentence;
  for (;;) {
    const found = /\{(\w{1,64})\}/.exec(rest);
    if (found === null) return out + rest;
    out += rest.slice(0, found.index);
    rest = rest.slice(found.index + found[0].length);
    const given = value(found[1] ?? '');
    if (given !== '') {
      // On one line: control characters become spaces.
      out += [...given]
        .slice(0, kMostValue)
        .join('')
        .replace(/\p{Cc}/gu, ' ');
      continue;
    }
    for (let isAgain = true; isAgain; ) {
      isAgain = false;
      if (out.endsWith('#')) out = out.slice(0, -1);
      for (const [open = '', close = ''] of kPairs.map((pair) => [...pair])) {
        if (out.endsWith(open) && rest.startsWith(close)) {
          out = out.slice(0, -1);
          rest = rest.slice(1);
          isAgain = true;
        }
      }
    }
    if (/(^|[ \n])$/.test(out)) rest = rest.replace(/^ +/, '');
    if (/^($|[.,;:!?)\n。，！？）])/.test(rest)) out = out.replace(/ +$/, '');
  }
}

// Of two texts in a row the second begins after a space, unless Chinese or Japanese ends the first.
function joined(texts: readonly string[]): string {
  return texts.reduce((all, text) => {
    const isApart =
      all !== '' && !/[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]$/.test(all);
    return `${all}${isApart ? ' ' : ''}${text}`;
  }, '');
}

const documents = new WeakMap<object, Approved>();

/** @internal `text` is normalised. */
export function replyTo(host: ReplyHost, text: string, options: ReplyOptions): GeneratedReply {
  let approved = host.metadata === null ? undefined : documents.get(host.metadata);
  if (approved === undefined) {
    approved = read(host);
    if (host.metadata !== null) documents.set(host.metadata, approved);
  }
  const { beams = approved.beams, language, slots = {} } = options;
  const { groups, sentences, threshold } = approved;
  if (!(Number.isInteger(beams) && beams >= 1 && beams <= 64)) {
    throw refuse(host, 'beams', 'a whole number of 1 to 64', beams);
  }
  let { first } = approved;
  if (language !== undefined) {
    const known = groups.map((group) => group.language);
    const [wanted, primary] = [language, language.split('-')[0]];
    const own = known.includes(wanted) ? wanted : primary;
    if (own === undefined || !known.includes(own)) {
      throw refuse(host, 'language', [...new Set(known)].join(' or '), language);
    }
    first &= bits(groups.flatMap((group, i) => (group.language === own ? [i] : [])));
  }
  const question = encode(text, approved);
  if (question === null) {
    return { text: '', sentences: [], probability: 0, confident: false, threshold, candidates: [] };
  }
  const next = int32([
    first | kMayEnd,
    ...groups.map((group) => bits(group.next) | (group.ends ? kMayEnd : 0)),
  ]);
  const { slots: defaults } = approved;
  const candidates = host
    .find([question, ...approved.fixed, next], beams, approved.most)
    .map((found): ReplyCandidate => {
      const said = found.sentences.map((place): ApprovedSentence => {
        const sentence = sentences[place];
        const group = groups[sentence?.group ?? 0];
        const value = (name: string) => {
          const given = Object.hasOwn(slots, name) ? slots[name] : undefined;
          if (given) return given;
          const own = defaults.get(name);
          if (typeof own === 'string') return own;
          const texts = (own ?? {}) as { readonly [language: string]: Json };
          return String(texts[group?.language ?? ''] ?? '');
        };
        return {
          id: sentence?.id ?? '',
          group: group?.name ?? '',
          text: filled(sentence?.text ?? '', value),
        };
      });
      const whole = joined(said.map((sentence) => sentence.text));
      return { text: whole, sentences: said, probability: found.probability };
    });
  const [best] = candidates;
  const isConfident =
    best !== undefined && best.sentences.length > 0 && best.probability >= threshold;
  return {
    text: isConfident ? best.text : '',
    sentences: isConfident ? best.sentences : [],
    probability: best?.probability ?? 0,
    confident: isConfident,
    threshold,
    candidates,
  };
}

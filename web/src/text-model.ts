// Why a text classifier of storewise answers as it does: the pieces of the text, as
// src/text/features.h cuts and hashes them, and what each is worth to a label. Loaded when it is first
// asked for. The tests hold this second reading of the recipe against the engine's own.

import { hash } from './hash.js';
import type { Classification, ModelInputs, ModelOutputs } from './model.js';
import { type ModelHost, refusal } from './model-host.js';

/** Options of `explainText`. */
export interface ExplainTextOptions {
  /** The label to explain; the likeliest by default. */
  readonly label?: string | undefined;
}

/** A piece of a text that the classifier knows it by. */
export interface TextPiece {
  /**
   * 'word'; 'pair' of words that follow each other; 'letters', some that stand together in a word;
   * 'character' and 'characters', one or two of a script that is written without spaces.
   */
  readonly kind: 'word' | 'pair' | 'letters' | 'character' | 'characters';
  /** As it is counted: "<" and ">" stand for the ends of a word. */
  readonly text: string;
  /** Where it stands in `TextExplanation.text`, in UTF-16 units: from, and up to but without. */
  readonly places: readonly (readonly [from: number, to: number])[];
  /** Log-odds that the label loses without it; below 0 it speaks against the label. */
  readonly contribution: number;
}

/** Why a text classifier says what it says. */
export interface TextExplanation extends Classification {
  /** The text as the model reads it: normalised and in lower case. */
  readonly text: string;
  /** The label that is explained. */
  readonly explains: string;
  /** Every piece, in the order in which they first stand in the text. */
  readonly pieces: readonly TextPiece[];
}

/** @internal What this module needs of the model. */
export interface TextHost extends ModelHost {
  run(inputs: ModelInputs): ModelOutputs;
  classify(limit: number): Classification;
}

interface Settings {
  readonly buckets: number;
  readonly words?: boolean;
  readonly word_pairs?: boolean;
  readonly char_ngrams?: readonly [number, number];
  readonly cjk?: string;
}

interface Document {
  readonly kind: string;
  readonly labels: readonly string[];
  readonly features: Settings;
}

const kMostCharacters = 400;

// What is no letter or digit, as in src/text/code_points.cpp: first and last code point, and whether
// it separates (-), is as if absent (i), is a symbol (s), or a character of a script without spaces (c).
const kRanges = (
  '00_26- 27i 28_2f- 3a_60- 7b_a1- a2_a5s a6_ac- adi ae_b4- b6_b9- bb_bf- d7- f7- 2b9_2df- ' +
  '37e- 387- 55a_55f- 589_58a- 5be- 5c0- 5c3- 5f3_5f4- 600_60f- 61b_61f- 640i 66a_66d- 6d4- ' +
  '964_965- e3fs 1680- 2000_200a- 200b_200fi 2010_2018- 2019i 201a_2029- 202a_202ei ' +
  '202f_205f- 2060_206fi 2070_209f- 20a0_20cfs 20d0_20ffi 2100_2bffs 2e00_2e7f- 2e80_2fffc ' +
  '3000_3004- 3005_3007c 3008_3020- 3021_3029c 302a_303f- 3040_309fc 30a0- 30a1_30fac 30fb- ' +
  '30fc_312fc 3190_33ffc 3400_9fffc e000_f8ff- f900_faffc fe00_fe0fi fe10_fe6f- feffi ' +
  'ff01_ff0f- ff1a_ff20- ff3b_ff40- ff5b_ff65- ff66_ff9fc ffe0_ffefs fff0_ffff- 1d000_1d3ffs ' +
  '1f000_1f3fas 1f3fb_1f3ffi 1f400_1faffs 20000_3ffffc e0000_e0fffi f0000_10ffff-'
)
  .split(' ')
  .map((range) => {
    const [first = '', last = first] = range.slice(0, -1).split('_');
    return {
      first: Number.parseInt(first, 16),
      last: Number.parseInt(last, 16),
      kind: range.at(-1) as '-' | 'i' | 's' | 'c',
    };
  });

function kindOf(codePoint: number): '-' | 'i' | 's' | 'c' | 'w' {
  if (codePoint >= 0x41 && codePoint <= 0x5a) return 'w';
  const found = kRanges.find(({ last }) => codePoint <= last);
  return found !== undefined && found.first <= codePoint ? found.kind : 'w';
}

interface Found {
  readonly kind: TextPiece['kind'];
  readonly text: string;
  readonly places: [from: number, to: number][];
}

interface Letter {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The distinct pieces by what is hashed: a letter for the kind, and the text. */
function piecesOf(text: string, settings: Settings): Map<string, Found> {
  const { words = true, word_pairs = true, char_ngrams = [1, 0], cjk } = settings;
  const [shortest, longest] = char_ngrams;
  const pieces = new Map<string, Found>();
  const add = (
    prefix: string,
    kind: TextPiece['kind'],
    piece: string,
    from: number,
    to: number,
  ) => {
    const found = pieces.get(prefix + piece) ?? { kind, text: piece, places: [] };
    found.places.push([from, to]);
    pieces.set(prefix + piece, found);
  };
  let word: Letter[] = [];
  let before: Letter | null = null; // the word before
  let characterBefore: Letter | null = null;
  const endWord = () => {
    const [first, last] = [word[0], word.at(-1)];
    if (first === undefined || last === undefined) return;
    const whole = {
      text: word.map((letter) => letter.text).join(''),
      from: first.from,
      to: last.to,
    };
    if (words) add('w', 'word', whole.text, whole.from, whole.to);
    if (word_pairs) {
      if (before !== null) add('p', 'pair', `${before.text} ${whole.text}`, before.from, whole.to);
      before = whole;
    }
    const marked = [
      { text: '<', from: whole.from, to: whole.from },
      ...word,
      { text: '>', from: whole.to, to: whole.to },
    ];
    for (let at = 0; at < marked.length; at++) {
      for (let length = shortest; length <= longest && at + length <= marked.length; length++) {
        const gram = marked.slice(at, at + length);
        const piece = gram.map((letter) => letter.text).join('');
        add('c', 'letters', piece, gram[0]?.from ?? 0, gram.at(-1)?.to ?? 0);
      }
    }
    word = [];
  };
  let at = 0;
  for (const character of text) {
    const letter = { text: character, from: at, to: at + character.length };
    at = letter.to;
    let kind = kindOf(character.codePointAt(0) ?? 0);
    if (kind === 'i') continue;
    if (kind === 'c' && cjk !== 'characters+pairs') kind = 'w';
    if (kind === 'w') {
      word.push(letter);
      characterBefore = null;
      continue;
    }
    endWord();
    if (kind === 'c') {
      add('h', 'character', character, letter.from, letter.to);
      if (characterBefore !== null) {
        const two: Letter = characterBefore;
        add('k', 'characters', two.text + character, two.from, letter.to);
      }
      characterBefore = letter;
      before = null;
      continue;
    }
    characterBefore = null;
    if (kind === 's' && words) add('w', 'word', character, letter.from, letter.to);
  }
  endWord();
  return pieces;
}

/** The inputs of the model's graph for buckets that were hit so often. */
function inputsOf(counts: ReadonlyMap<number, number>): ModelInputs {
  const hit = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  return {
    feature_ids: BigInt64Array.from(hit, ([id]) => BigInt(id)),
    feature_weights: Float32Array.from(hit, ([, count]) => 1 + Math.log(count)),
  };
}

/** @internal `text` is normalised. */
export function explainText(
  host: TextHost,
  text: string,
  options: ExplainTextOptions,
): TextExplanation {
  const document = host.metadata as unknown as Document | null;
  if (document?.kind !== 'classifier') {
    const found = document === null ? 'no metadata of storewise' : `kind ${document.kind}`;
    throw refusal(host, 'the model', 'a text classifier of storewise', found);
  }
  const characters = [...text].length;
  if (characters > kMostCharacters) {
    throw refusal(host, 'text', `at most ${kMostCharacters} characters`, `${characters}`);
  }
  const { labels, features } = document;
  const classification = host.classify(labels.length);
  const explains = options.label ?? classification.ranked[0]?.label ?? '';
  const index = labels.indexOf(explains);
  if (index < 0) throw refusal(host, 'label', labels.join(', '), `"${explains}"`);

  const pieces = [...piecesOf(text, features)];
  const buckets = pieces.map(([key]) => hash(key) % features.buckets);
  const counts = new Map<number, number>();
  pieces.forEach(([, { places }], i) => {
    const bucket = buckets[i] ?? 0;
    counts.set(bucket, (counts.get(bucket) ?? 0) + places.length);
  });
  const output = (probabilities: Float32Array) => {
    const own = probabilities[index] ?? 0;
    const others = probabilities.reduce((sum, p, i) => (i === index ? sum : sum + p), 0);
    return Math.log(Math.max(own, 1e-30)) - Math.log(Math.max(others, 1e-30));
  };
  const logOdds = () => {
    const { probabilities } = host.run(inputsOf(counts));
    return output(probabilities?.data as Float32Array);
  };
  const whole = logOdds();
  const explained = pieces.map(([, piece], i): TextPiece => {
    const bucket = buckets[i] ?? 0;
    const count = counts.get(bucket) ?? 0;
    counts.set(bucket, count - piece.places.length);
    const contribution = whole - logOdds();
    counts.set(bucket, count);
    return { ...piece, contribution };
  });
  explained.sort((a, b) => (a.places[0]?.[0] ?? 0) - (b.places[0]?.[0] ?? 0));
  return { ...classification, text, explains, pieces: explained };
}

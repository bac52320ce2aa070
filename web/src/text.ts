// Text as the models know it, and languages as shops name them.

/**
 * NFKC-normalised, lower-cased and well-formed: what the classifier is trained on and asked with.
 * Every text must pass here before it reaches the engine, which owns no Unicode tables.
 */
export function normalizeText(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase();
  // Lone surrogates have no UTF-8 form.
  return lower.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

// A character of a script that writes no spaces, or a run of other letters, digits and marks.
const kWord =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]|(?:(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}])[\p{L}\p{N}\p{M}])+/gu;

/**
 * The words of a text, as `storewise train lstm` and `train cnn` learn them and as their models' input
 * `words` takes them: normalised, punctuation left out, a Chinese or Japanese character by itself.
 * One empty word for a text without any, which is what such a model wants to be asked with.
 */
export function textWords(text: string): string[] {
  return normalizeText(text).replace(/['’]/g, '').match(kWord) ?? [''];
}

/**
 * The shop's language for a wanted BCP 47 tag: the same tag, else the same primary language, else
 * the shop's first. `available` has at least one.
 */
export function pickLanguage(wanted: string | undefined, available: readonly string[]): string {
  const first = available[0] ?? 'en';
  if (wanted === undefined) return first;
  const tag = wanted.toLowerCase();
  const primary = tag.split('-')[0];
  return (
    available.find((language) => language.toLowerCase() === tag) ??
    available.find((language) => language.toLowerCase() === primary) ??
    available.find((language) => language.toLowerCase().split('-')[0] === primary) ??
    first
  );
}

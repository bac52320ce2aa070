// Languages by their two-letter codes: column suffixes such as name_zh, and a guess by script for
// texts that come without one. Knows no shop.

const kCodes = new Set(
  (
    'aa ab af am an ar as az be bg bn bo br bs ca co cs cy da de dv el en eo es et eu fa fi fj fo fr ' +
    'fy ga gd gl gu ha he hi hr ht hu hy id ig is it ja jv ka kk km kn ko ku ky la lb lo lt lv mg ' +
    'mi mk ml mn mr ms mt my nb ne nl nn no oc or pa pl ps pt qu rm ro ru rw sa sd se si sk sl sm ' +
    'sn so sq sr st su sv sw ta te tg th ti tk tl tn to tr ts tt ug uk ur uz vi vo wa wo xh yi yo ' +
    'zh zu'
  ).split(' '),
);

export function isLanguage(code: string): boolean {
  return kCodes.has(code);
}

/** "EN-us", "English" and "zh_CN" as two letters; undefined when it is no language. */
export function languageCode(text: string): string | undefined {
  const lower = text.trim().toLowerCase();
  const short = lower.split(/[-_]/)[0] ?? '';
  if (isLanguage(short)) return short;
  const names: Record<string, string> = {
    english: 'en',
    chinese: 'zh',
    mandarin: 'zh',
    中文: 'zh',
    英文: 'en',
    英语: 'en',
    german: 'de',
    deutsch: 'de',
    french: 'fr',
    français: 'fr',
    spanish: 'es',
    español: 'es',
    italian: 'it',
    japanese: 'ja',
    日本語: 'ja',
    korean: 'ko',
    dutch: 'nl',
    portuguese: 'pt',
    russian: 'ru',
  };
  return names[lower];
}

/** The column and language of a translated column such as "department_zh" or "Name (zh)". */
export function translatedColumn(name: string): { base: string; language: string } | undefined {
  const match = /^(.+?)[\s_\-.:(]+([a-z]{2})\)?$/i.exec(name.trim());
  if (match === null) return undefined;
  const language = (match[2] as string).toLowerCase();
  return isLanguage(language) ? { base: match[1] as string, language } : undefined;
}

/** A language by the text's script; `fallback` for scripts that many languages share. */
export function guessLanguage(text: string, fallback: string): string {
  if (/[\p{sc=Hiragana}\p{sc=Katakana}]/u.test(text)) return 'ja';
  if (/\p{sc=Hangul}/u.test(text)) return 'ko';
  if (/\p{sc=Han}/u.test(text)) return 'zh';
  return fallback;
}

/** The form in which the engine and the trainer want text. */
export function normalised(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

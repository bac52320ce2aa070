// A text as the words that the text models of this recipe take: what nets/words.py does, in JavaScript.

/** How many words a model takes; shorter texts are filled up in front, of longer ones the last count. */
export const kWords = 24;

/** ['', …, 'where', 'is', 'my', 'order']: kWords words. */
export function wordsOf(text) {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  const words = (plain.match(/[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu) ?? []).slice(-kWords);
  return [...Array(kWords - words.length).fill(''), ...words];
}

/** The input of a model for several texts. */
export function wordsTensor(texts) {
  return { words: { type: 'string', dims: [texts.length, kWords], data: texts.flatMap(wordsOf) } };
}

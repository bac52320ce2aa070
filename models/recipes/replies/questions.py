"""A question as the model sees it: for each word the numbers of what it is made of.

The same is written again in web/src/reply-model.ts, and the recipe compares the two text by text:
  - NFKC, lower case; apostrophes vanish; only the first MOST_WORDS words count.
  - A word is a run of letters, marks and digits, and its features are 'w' + word and 'c' + every
    SHORTEST to LONGEST code points of "<word>" that stand together, MOST_FEATURES at most.
  - A Han, hiragana or katakana character is a word of its own: 'h' + character and, when another such
    character follows at once, 'k' + both.
  - A feature's number is 1 + FNV-1a (32 bits) of its UTF-8 bytes modulo the number of buckets; 0 fills up.
"""

import re
import unicodedata

import numpy as np

BUCKETS = 2816
MOST_WORDS = 40
MOST_FEATURES = 24
SHORTEST, LONGEST = 3, 4

IDEOGRAPH = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
IDEOGRAPHS = re.compile(f"[{IDEOGRAPH}]")


def normalise(text):
    """As normalizeText of web/src/text.ts."""
    return unicodedata.normalize("NFKC", text).lower()


def is_letter(character):
    return unicodedata.category(character)[0] in "LMN"


def words_of(text):
    """The words of a normalised text: (word, the ideograph right behind it or "")."""
    found = []
    word = ""
    for i, character in enumerate(text):
        if character in "'\u2019":
            continue
        ideograph = IDEOGRAPHS.match(character)
        if is_letter(character) and not ideograph:
            word += character
            continue
        if word:
            found.append((word, ""))
            word = ""
        if ideograph:
            behind = text[i + 1 : i + 2]
            found.append((character, behind if IDEOGRAPHS.match(behind) else ""))
    if word:
        found.append((word, ""))
    return found[:MOST_WORDS]


def number(feature):
    state = 2166136261
    for byte in feature.encode():
        state = ((state ^ byte) * 16777619) & 0xFFFFFFFF
    return 1 + state % BUCKETS


def features_of(word, behind):
    if IDEOGRAPHS.match(word):
        return ["h" + word, *(["k" + word + behind] if behind else [])]
    marked = f"<{word}>"
    grams = [
        "c" + marked[at : at + length]
        for at in range(len(marked))
        for length in range(SHORTEST, LONGEST + 1)
        if at + length <= len(marked)
    ]
    return ["w" + word, *grams][:MOST_FEATURES]


_known = {}


def encode(text):
    """int64 [words][features of the longest]; one word of zeros where there is none."""
    rows = []
    for pair in words_of(normalise(text)):
        if pair not in _known:
            _known[pair] = [number(feature) for feature in features_of(*pair)]
        rows.append(_known[pair])
    width = max((len(row) for row in rows), default=1)
    result = np.zeros((max(len(rows), 1), width), np.int64)
    for i, row in enumerate(rows):
        result[i, : len(row)] = row
    return result

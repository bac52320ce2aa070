"""Texts as word numbers, and the nodes that do the same inside an ONNX file.

A text is lower-cased after NFKC, ’ becomes ', and its words are runs of letters and digits, with ' inside
them. The last LENGTH words count; shorter texts are filled up with "" in front. The file takes the words
themselves: a LabelEncoder of ai.onnx.ml has their numbers, so that no list of words goes beside it.
Number 0 is "", 1 is any word that is not in the list.
"""

import collections
import re
import unicodedata

import numpy as np

LENGTH = 24
FEWEST = 2  # a word that only one text of those learnt from has counts as unknown
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words_of(text):
    """The words of a text, in order."""
    return WORD.findall(unicodedata.normalize("NFKC", text).lower().replace("’", "'"))


def padded(texts):
    """Words as an array of objects [texts][LENGTH], "" in front."""
    result = np.full((len(texts), LENGTH), "", dtype=object)
    for row, text in enumerate(texts):
        words = words_of(text)[-LENGTH:]
        if words:
            result[row, LENGTH - len(words) :] = words
    return result


def vocabulary(texts, most):
    """Up to `most` words that at least FEWEST of the texts have, the most frequent first."""
    counts = collections.Counter(word for text in texts for word in set(words_of(text)))
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [word for word, count in ranked[:most] if count >= FEWEST]


def encode(words, known):
    """Word numbers, int32, of an array of words."""
    numbers = {"": 0, **{word: i + 2 for i, word in enumerate(known)}}
    return np.vectorize(lambda word: numbers.get(word, 1), otypes=[np.int32])(words)


def with_words(model, known):
    """The ONNX model, whose one input is word numbers, with the words as its input `words`."""
    from onnx import TensorProto, helper

    graph = model.graph
    numbers = graph.input[0].name
    kind = graph.input[0].type.tensor_type.elem_type
    encoder = helper.make_node(
        "LabelEncoder",
        ["words"],
        ["word_numbers"],
        domain="ai.onnx.ml",
        keys_strings=["", *known],
        values_int64s=[0, *range(2, len(known) + 2)],
        default_int64=1,
    )
    cast = helper.make_node("Cast", ["word_numbers"], [numbers], to=kind)
    graph.node.insert(0, cast)
    graph.node.insert(0, encoder)
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("words", TensorProto.STRING, ["n", LENGTH]))
    if not any(one.domain == "ai.onnx.ml" for one in model.opset_import):
        model.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    return model

"""The part that nets.lstm and nets.conv1d share: texts and labels from a CSV, learnt, measured, written.

The CSV has a column of texts (`text` unless --text names another) and one of labels. Two more files may be
measured: --more FILE (same columns; other people's wordings, say) and --test FILE, which takes the place
of the split, for data sets that come with their own. The ONNX file takes `words`, string [n][24]
(nets/words.py says how a text becomes words), and gives `probabilities`, float32 [n][labels].
"""

import numpy as np

from nets import common, words

MOST_WORDS = 2500


def run(description, net, build):
    """`build(keras, numbers, labels)` makes the network for so many word numbers and labels."""
    given = common.arguments(
        description, text="text", target="label", epochs=30, test="", more=""
    )
    rows = common.read_csv(given.input, given.text, given.target)
    learnt, measured = common.split(len(rows))
    if given.test:
        tested = common.read_csv(given.test, given.text, given.target)
        learnt, measured = np.arange(len(rows)), np.arange(len(rows), len(rows) + len(tested))
        rows += tested
    labels, answers = common.numbered([row[given.target] for row in rows])
    texts = [row[given.text] for row in rows]
    known = words.vocabulary([texts[i] for i in learnt], MOST_WORDS)
    spelt = words.padded(texts)
    numbers = words.encode(spelt, known)

    keras = common.start_keras()
    model = build(keras, len(known) + 2, len(labels))
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy")
    fitted = common.fit(keras, model, numbers[learnt], answers[learnt], epochs=given.epochs)
    probabilities = model.predict(numbers[measured], verbose=0)
    figures = {"accuracy": common.accuracy(probabilities, answers[measured])}
    if given.more:
        others = common.read_csv(given.more, given.text, given.target)
        others = [row for row in others if row[given.target] in labels]
        theirs = words.encode(words.padded([row[given.text] for row in others]), known)
        truth = np.array([labels.index(row[given.target]) for row in others])
        name = f"accuracy on {len(others)} others"
        figures[name] = common.accuracy(model.predict(theirs, verbose=0), truth)

    made = common.to_onnx(model, given.out, input_name="numbers", output_name="probabilities")
    made = words.with_words(made, known)
    common.save(made, given.out, {"kind": "text", "length": words.LENGTH, "labels": labels})
    common.write(
        given.out,
        {
            "net": net,
            "labels": labels,
            "words": len(known),
            "rows": {"learnt": len(learnt), "measured": len(measured)},
            "figures": figures,
            **fitted,
        },
        inputs={"words": spelt[measured]},
        answers=answers[measured],
        library=probabilities[: common.LIBRARY_ROWS],
    )

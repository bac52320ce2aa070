"""Conv2D + MaxPooling2D + Dense on pictures of 28 x 28 grey levels.

    python -m nets.cnn --input icons.csv --target label --out FOLDER

The CSV has a label and 784 columns pixel0 to pixel783, row by row, 0 (paper) to 255 (ink). The ONNX file
takes `pixels`, float32 [n][28][28][1], 0 to 255 as in the CSV (the division is inside), and gives
`probabilities`, float32 [n][labels] in the order of the metadata's `labels`.
"""

import numpy as np

from nets import common

SIDE = 28


def build(keras, labels):
    """The network: 0 to 255 come in, probabilities go out."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(labels, activation="softmax"),
        ]
    )


def main():
    given = common.arguments(__doc__, target="label", epochs=30)
    columns = [f"pixel{i}" for i in range(SIDE * SIDE)]
    rows = common.read_csv(given.input, given.target, *columns)
    labels, answers = common.numbered([row[given.target] for row in rows])
    pixels = np.array([[float(row[name]) for name in columns] for row in rows], dtype=np.float32)
    pixels = pixels.reshape(-1, SIDE, SIDE, 1)
    learnt, measured = common.split(len(rows))

    keras = common.start_keras()
    model = build(keras, len(labels))
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy")
    fitted = common.fit(keras, model, pixels[learnt], answers[learnt], epochs=given.epochs)
    probabilities = model.predict(pixels[measured], verbose=0)

    made = common.to_onnx(model, given.out, input_name="pixels", output_name="probabilities")
    common.save(made, given.out, {"kind": "picture", "side": SIDE, "ink": 255, "labels": labels})
    common.write(
        given.out,
        {
            "net": "Conv2D(16, 3) + MaxPooling2D + Conv2D(32, 3) + MaxPooling2D + Dense(64) + Dense",
            "labels": labels,
            "rows": {"learnt": len(learnt), "measured": len(measured)},
            "figures": {"accuracy": common.accuracy(probabilities, answers[measured])},
            **fitted,
        },
        inputs={"pixels": pixels[measured]},
        answers=answers[measured],
        library=probabilities[: common.LIBRARY_ROWS],
        calibration={"pixels": pixels[learnt[: common.CALIBRATION_ROWS]]},
    )


if __name__ == "__main__":
    main()

"""Embedding + LSTM + Dense on texts: what does a customer's question ask for?

    python -m nets.lstm --input questions.csv --target label --out FOLDER

nets/texts.py has the columns, options and files. No masking: the words stand at the end, so the state is
about "" until the first one, which the network learns; a masked LSTM would be a Loop in ONNX.
"""

from nets import texts


def build(keras, numbers, labels):
    """The network: word numbers come in, probabilities go out."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((texts.words.LENGTH,), dtype="int32"),
            layers.Embedding(numbers, 32),
            layers.SpatialDropout1D(0.2),
            layers.LSTM(64),
            layers.Dropout(0.3),
            layers.Dense(labels, activation="softmax"),
        ]
    )


if __name__ == "__main__":
    texts.run(__doc__, "Embedding(32) + LSTM(64) + Dense", build)

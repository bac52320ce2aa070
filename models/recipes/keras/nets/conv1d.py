"""Embedding + Conv1D + GlobalMaxPooling1D + Dense on texts: the same task by runs of three words.

    python -m nets.conv1d --input questions.csv --target label --out FOLDER

nets/texts.py has the columns, options and files. After Y. Kim, Convolutional Neural Networks for Sentence
Classification (2014), with one width of window.
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
            layers.Conv1D(128, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dropout(0.4),
            layers.Dense(labels, activation="softmax"),
        ]
    )


if __name__ == "__main__":
    texts.run(__doc__, "Embedding(32) + Conv1D(128, 3) + GlobalMaxPooling1D + Dense", build)

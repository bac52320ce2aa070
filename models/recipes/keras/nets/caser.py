"""Caser: convolutions over the last items of a visit, along time and along the features.

    python -m nets.caser --input sessions.csv --out FOLDER

After J. Tang and K. Wang, Personalized Top-N Sequential Recommendation via Convolutional Sequence Embedding
(2018), without the embedding of a user, whom a page does not know. The last LENGTH items are a picture: rows
are items, columns the numbers of their embedding. Horizontal filters look for runs of 1 to 4 items, vertical
ones weigh the items by their place. nets/sessions.py has the columns and files.
"""

from nets import common, sessions

WIDTH = 40


def learn(keras, items, learnt, epochs):
    layers = keras.layers
    entered = keras.Input((sessions.LENGTH,), dtype="int64")
    picture = layers.Embedding(items + 1, WIDTH)(entered)
    found = [
        layers.GlobalMaxPooling1D()(layers.Conv1D(16, height, activation="relu")(picture))
        for height in (1, 2, 3, 4)
    ]
    columns = layers.Permute((2, 1))(picture)
    weighed = layers.Flatten()(layers.Dense(8, use_bias=False)(columns))
    hidden = layers.Concatenate()([*found, weighed])
    hidden = layers.Dropout(0.2)(hidden)
    hidden = layers.Dense(64, activation="relu")(hidden)
    model = keras.Model(entered, layers.Dense(items, activation="softmax")(hidden))
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    before, after = sessions.queries(learnt)
    fitted = common.fit(
        keras, model, before, after, epochs=epochs, batch=512, patience=2
    )
    return model, fitted


if __name__ == "__main__":
    net = "Embedding(40) + Conv1D(16 of 1, 2, 3 and 4) + GlobalMaxPooling1D + 8 vertical filters + Dense(64) + Dense"
    sessions.run(__doc__, net, learn)

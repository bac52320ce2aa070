"""Keras nets as ONNX by `model.export(format="onnx")`, with golden results.

Digits are scikit-learn's 8x8 ones, drawn on 28x28 where a net wants that; sequences and texts are
made here from a seed, with a rule that a net can learn. A net is trained for a few epochs only: what
counts is that its weights are no accident, not how good it is.
"""

import pathlib
import tempfile

from golden import main, seed_everything

seed_everything(11)

import keras  # noqa: E402  (after the seeds and the environment)
import numpy as np  # noqa: E402
import onnx  # noqa: E402
from keras import layers  # noqa: E402
from sklearn import datasets  # noqa: E402

OPSET = 18
WORDS, LENGTH, CLASSES = 40, 12, 3


def digits(size):
    """Images [rows][size][size][1] in 0..1 with two digits after the point, and their labels."""
    bunch = datasets.load_digits()
    images = bunch.images / 16
    if size == 28:
        images = np.pad(np.kron(images, np.ones((3, 3))), ((0, 0), (2, 2), (2, 2)))
    return images.round(2).astype(np.float32)[..., None], bunch.target


def sequences(count=300, seed=5):
    """sequences of word numbers"""
    random = np.random.default_rng(seed)
    words = random.integers(1, WORDS, (count, LENGTH)).astype(np.int32)
    return words, (words[:, :4].sum(1) // 20 + (words[:, -1] > 20)) % CLASSES


def signals(count=200, seed=6):
    """random walks of three channels"""
    random = np.random.default_rng(seed)
    series = np.cumsum(random.normal(0, 0.3, (count, 16, 3)), axis=1).round(2).astype(np.float32)
    return series, (series[:, -1, 0] > series[:, 0, 0]).astype(np.int64)


def gelu(x):
    """Exact GELU by erf: Keras' own uses erfc, which tf2onnx 1.17 has no operator for."""
    return 0.5 * x * (1 + keras.ops.erf(x * 0.5**0.5))


def gelu_tanh(x):
    """GELU by its approximation with tanh."""
    return keras.activations.gelu(x, approximate=True)


def net(build, data, *, rows=4, epochs=2):
    """A recipe for a net: trains it, exports it and records its prediction for some rows."""

    def record(recorder, name):
        keras.backend.clear_session()
        keras.utils.set_random_seed(11)
        x, y = data()
        model = build()
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
        inputs = x[:rows]
        expected = model.predict(inputs, verbose=0)
        with tempfile.TemporaryDirectory() as folder:
            file = str(pathlib.Path(folder) / "model.onnx")
            model.export(file, format="onnx", opset_version=OPSET, verbose=False)
            onx = onnx.load(file)
        kinds = " + ".join(dict.fromkeys(type(layer).__name__ for layer in model.layers[1:]))
        recorder.record(
            name,
            onx,
            {onx.graph.input[0].name: inputs},
            {onx.graph.output[0].name: expected},
            source=f"Keras {keras.__version__} {kinds}",
            data=data.__doc__,
        )

    return record


def images(*middle, size=8, classes=10):
    """A net over images that ends in a softmax over the digits."""

    def build():
        return keras.Sequential(
            [keras.Input((size, size, 1))]
            + [layer() for layer in middle]
            + [layers.Dense(classes, activation="softmax")]
        )

    return build


def words(*middle, width=8, length=LENGTH):
    """A net over word numbers, embedded, that ends in a softmax over the classes."""

    def build():
        return keras.Sequential(
            [keras.Input((length,), dtype="int32"), layers.Embedding(WORDS, width)]
            + [layer() for layer in middle]
            + [layers.Dense(CLASSES, activation="softmax")]
        )

    return build


def masked_gru():
    """A GRU that skips the word 0, which the exporter writes as an ONNX Loop."""
    return keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            layers.Embedding(WORDS, 6, mask_zero=True),
            layers.GRU(8),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def padded():
    """sequences of word numbers that end in zeros"""
    x, y = sequences()
    x[np.arange(LENGTH) >= (3 + np.arange(len(x)) % (LENGTH - 2))[:, None]] = 0
    return x, y


def signal_net(*middle, classes=2):
    def build():
        return keras.Sequential(
            [keras.Input((16, 3))]
            + [layer() for layer in middle]
            + [layers.Dense(classes, activation="softmax")]
        )

    return build


def attention_block():
    """One transformer block with its residuals: attention, normalisation, a gelu feed-forward."""
    x = keras.Input((LENGTH,), dtype="int32")
    h = layers.Embedding(WORDS, 16)(x)
    h = layers.LayerNormalization()(h + layers.MultiHeadAttention(2, 8)(h, h))
    h = layers.LayerNormalization()(h + layers.Dense(16)(layers.Dense(32, activation=gelu)(h)))
    h = layers.GlobalAveragePooling1D()(h)
    return keras.Model(x, layers.Dense(CLASSES, activation="softmax")(h))


def residual_block():
    """Two convolutions with a sum around them and a concatenation after, as small ResNets have."""
    x = keras.Input((8, 8, 1))
    h = layers.Conv2D(6, 3, padding="same", activation="relu")(x)
    g = layers.Conv2D(6, 3, padding="same", use_bias=False)(h)
    g = layers.BatchNormalization()(g)
    h = layers.Activation("relu")(layers.Add()([h, g]))
    h = layers.Concatenate()([layers.MaxPooling2D()(h), layers.AveragePooling2D(2)(h)])
    h = layers.GlobalMaxPooling2D()(h)
    return keras.Model(x, layers.Dense(10, activation="softmax")(h))


def activations():
    """The activations of Keras, one layer each."""
    x = keras.Input((16, 3))
    h = layers.Flatten()(x)
    named = "swish elu selu softplus softsign tanh hard_sigmoid hard_swish leaky_relu relu6 mish"
    for kind in [gelu, gelu_tanh, *named.split(), "exponential"]:
        h = layers.Dense(4, activation=kind)(h)
    h = layers.LayerNormalization()(h)
    h = layers.PReLU()(h)
    return keras.Model(x, layers.Dense(2, activation="softmax")(h))


def images_8():
    """scikit-learn's digits, 8x8"""
    return digits(8)


def images_28():
    """scikit-learn's digits, drawn on 28x28"""
    return digits(28)


if __name__ == "__main__":
    main(
        {
            "keras-conv2d-28": net(
                images(
                    lambda: layers.Conv2D(8, 3, activation="relu"),
                    layers.MaxPooling2D,
                    lambda: layers.Conv2D(12, 3, activation="relu"),
                    layers.MaxPooling2D,
                    layers.Flatten,
                    lambda: layers.Dense(12, activation="relu"),
                    size=28,
                ),
                images_28,
                rows=2,
            ),
            "keras-batch-norm-pooling": net(
                images(
                    lambda: layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False),
                    layers.BatchNormalization,
                    layers.ReLU,
                    lambda: layers.Dropout(0.3),
                    lambda: layers.Conv2D(8, 3, padding="same", dilation_rate=2, activation="relu"),
                    layers.GlobalAveragePooling2D,
                ),
                images_8,
            ),
            "keras-separable": net(
                images(
                    lambda: layers.DepthwiseConv2D(3, depth_multiplier=4, activation="swish"),
                    lambda: layers.SeparableConv2D(8, 3, padding="same", activation=gelu),
                    layers.GlobalMaxPooling2D,
                ),
                images_8,
            ),
            "keras-residual": net(residual_block, images_8),
            "keras-upsampling": net(
                images(
                    lambda: layers.Conv2D(4, 3, padding="same", activation="relu"),
                    lambda: layers.ZeroPadding2D(1),
                    lambda: layers.Conv2D(4, 3, strides=2),
                    lambda: layers.UpSampling2D(2),
                    lambda: layers.AveragePooling2D(3, strides=2, padding="same"),
                    layers.Flatten,
                ),
                images_8,
            ),
            "keras-dense-activations": net(activations, signals),
            "keras-embedding-lstm": net(words(lambda: layers.LSTM(16)), sequences),
            "keras-embedding-gru": net(words(lambda: layers.GRU(10)), sequences),
            "keras-embedding-gru-reset-before": net(
                words(lambda: layers.GRU(10, reset_after=False)), sequences
            ),
            "keras-bidirectional-lstm": net(
                words(lambda: layers.Bidirectional(layers.LSTM(12)), width=6),
                sequences,
            ),
            "keras-simple-rnn": net(
                signal_net(
                    lambda: layers.SimpleRNN(8, return_sequences=True),
                    lambda: layers.SimpleRNN(6, activation="relu"),
                ),
                signals,
            ),
            "keras-lstm-stacked": net(
                signal_net(
                    lambda: layers.LSTM(8, return_sequences=True),
                    lambda: layers.LSTM(6, activation="relu", recurrent_activation="hard_sigmoid"),
                ),
                signals,
            ),
            "keras-masked-gru-loop": net(masked_gru, padded),
            "keras-conv1d-text": net(
                words(
                    lambda: layers.Conv1D(16, 3, activation="relu"),
                    lambda: layers.MaxPooling1D(2),
                    lambda: layers.Conv1D(8, 3, padding="causal", activation="relu"),
                    layers.GlobalMaxPooling1D,
                ),
                sequences,
            ),
            "keras-attention": net(attention_block, sequences),
            "keras-normalisation": net(
                signal_net(
                    lambda: layers.GroupNormalization(3),
                    lambda: layers.Conv1D(8, 5, strides=2, padding="same"),
                    lambda: layers.UnitNormalization(),
                    lambda: layers.LayerNormalization(rms_scaling=False),
                    layers.Flatten,
                ),
                signals,
            ),
        }
    )

"""Graphs written node by node: recurrent operators from Keras layers' weights, Loop, If and Scan.

tf2onnx unrolls a Keras GRU and SimpleRNN into a Loop; here their weights go into ONNX's own GRU and
RNN. The seq2seq model is trained in Keras and decodes greedily in a Loop that ends at the end token;
If and Scan are held against NumPy.
"""

from golden import graph_model, main, seed_everything

seed_everything(13)

import keras  # noqa: E402  (after the seeds and the environment)
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
node = helper.make_node


def gates(weights, reset_after=True):
    """A Keras GRU's or SimpleRNN's weights as ONNX's W, R and B, each with one direction.

    Both order a GRU's gates update, reset, candidate; Keras keeps [inputs][gates * units], ONNX the
    transpose. A GRU that resets before has one bias, ONNX always two.
    """
    kernel, recurrent, bias = weights
    bias = bias.ravel() if bias.ndim == 2 else np.concatenate([bias, np.zeros_like(bias)])
    return kernel.T[None].copy(), recurrent.T[None].copy(), bias[None]


def series(seed, count, length=7, width=3):
    return np.random.default_rng(seed).normal(0, 1, (count, length, width)).round(2).astype("f")


def recurrent(layer, operator, **attributes):
    """A recipe for one recurrent layer with random weights: all its states, and the last one."""

    def record(recorder, name):
        keras.utils.set_random_seed(13)
        x = series(2, 3)
        inner = layer(return_sequences=True, return_state=True, bias_initializer="random_normal")
        states, last = (np.asarray(value) for value in inner(x))
        w, r, b = gates([np.asarray(value) for value in inner.get_weights()])
        units = r.shape[2]
        model = graph_model(
            [
                node("Transpose", ["x"], ["by_time"], perm=[1, 0, 2]),
                node(
                    operator,
                    ["by_time", "w", "r", "b"],
                    ["all", "one"],
                    hidden_size=units,
                    **attributes,
                ),
                node("Squeeze", ["all", "direction"], ["states_by_time"]),
                node("Transpose", ["states_by_time"], ["states"], perm=[1, 0, 2]),
                node("Squeeze", ["one", "first"], ["last"]),
            ],
            [("x", FLOAT, ["rows", "time", 3])],
            [("states", FLOAT, ["rows", "time", units]), ("last", FLOAT, ["rows", units])],
            {
                "w": w,
                "r": r,
                "b": b,
                "direction": np.array([1], np.int64),
                "first": np.array([0], np.int64),
            },
        )
        recorder.record(
            name,
            model,
            {"x": x},
            {"states": states, "last": last},
            source=f"Keras {keras.__version__} {type(inner).__name__}",
            data="random series and weights",
        )

    return record


END, START, SYMBOLS, WIDTH, UNITS = 0, 7, 8, 6, 24
LONGEST = 12


def reversing(count, length, seed):
    """Rows of symbols 1..6, and each row backwards behind the start, before the end."""
    x = np.random.default_rng(seed).integers(1, 7, (count, length))
    y = np.concatenate([x[:, ::-1], np.full((count, 1), END)], axis=1)
    teacher = np.concatenate([np.full((count, 1), START), y[:, :-1]], axis=1)
    return x, teacher, y


def seq2seq(recorder, name):
    """A GRU encoder and a GRU decoder that learn to say a row backwards."""
    keras.utils.set_random_seed(13)
    embedding = layers.Embedding(SYMBOLS, WIDTH)
    encoder = layers.GRU(UNITS, return_state=True)
    decoder = layers.GRU(UNITS, return_sequences=True, return_state=True)
    dense = layers.Dense(SYMBOLS)
    source, teacher = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    _, state = encoder(embedding(source))
    states, _ = decoder(embedding(teacher), initial_state=state)
    model = keras.Model([source, teacher], dense(states))
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    for _ in range(12):
        for length in (3, 4):
            x, forced, y = reversing(1000, length, length)
            model.fit([x, forced], y, batch_size=50, epochs=1, verbose=0)

    # Greedy decoding by the Keras model itself: the whole prefix again for each symbol.
    tokens = np.array([3, 1, 6, 2], np.int64)
    said, scores = [START], []
    while len(said) <= LONGEST and (len(said) == 1 or said[-1] != END):
        logits = model.predict([tokens[None], np.array([said])], verbose=0)[0, -1]
        scores.append(logits)
        said.append(int(logits.argmax()))
    said = np.array(said[1:])

    values = {"embedding": np.asarray(embedding.get_weights()[0])}
    for prefix, layer in (("encoder", encoder), ("decoder", decoder)):
        for key, value in zip("wrb", gates(layer.get_weights())):
            values[f"{prefix}_{key}"] = value
    kernel, bias = dense.get_weights()
    values |= {
        "kernel": kernel,
        "bias": bias,
        "start": np.array([START], np.int64),
        "end": np.array(END, np.int64),
        "axis_0": np.array([0], np.int64),
        "axis_1": np.array([1], np.int64),
        "longest": np.array(LONGEST, np.int64),
        "go": np.array(True),
    }
    gru = {"hidden_size": UNITS, "linear_before_reset": 1}
    value = helper.make_tensor_value_info
    # One step; the weights are the outer graph's.
    body = helper.make_graph(
        [
            node("Gather", ["embedding", "token"], ["vector"]),
            node("Unsqueeze", ["vector", "axis_1"], ["step_input"]),
            node(
                "GRU",
                ["step_input", "decoder_w", "decoder_r", "decoder_b", "", "state"],
                ["", "next_state"],
                **gru,
            ),
            node("Squeeze", ["next_state", "axis_0"], ["hidden"]),
            node("Gemm", ["hidden", "kernel", "bias"], ["logits"]),
            node("ArgMax", ["logits"], ["next_token"], axis=1, keepdims=0),
            node("Squeeze", ["logits", "axis_0"], ["score"]),
            node("Squeeze", ["next_token", "axis_0"], ["symbol"]),
            node("Equal", ["symbol", "end"], ["ended"]),
            node("Not", ["ended"], ["goes_on"]),
        ],
        "step",
        [
            value("iteration", INT64, []),
            value("condition", BOOL, []),
            value("state", FLOAT, [1, 1, UNITS]),
            value("token", INT64, [1]),
        ],
        [
            value("goes_on", BOOL, []),
            value("next_state", FLOAT, [1, 1, UNITS]),
            value("next_token", INT64, [1]),
            value("symbol", INT64, []),
            value("score", FLOAT, [SYMBOLS]),
        ],
    )
    onx = graph_model(
        [
            node("Gather", ["embedding", "tokens"], ["vectors"]),
            node("Unsqueeze", ["vectors", "axis_1"], ["by_time"]),
            node(
                "GRU",
                ["by_time", "encoder_w", "encoder_r", "encoder_b"],
                ["", "encoded"],
                **gru,
            ),
            node(
                "Loop",
                ["longest", "go", "encoded", "start"],
                ["last_state", "last_token", "symbols", "scores"],
                body=body,
            ),
        ],
        [("tokens", INT64, ["n"])],
        [("symbols", INT64, ["steps"]), ("scores", FLOAT, ["steps", SYMBOLS])],
        values,
    )
    recorder.record(
        name,
        onx,
        {"tokens": tokens},
        {"symbols": said, "scores": np.array(scores)},
        source=f"Keras {keras.__version__} Embedding + GRU encoder + GRU decoder, greedy",
        data="rows of 3 and 4 symbols, to be said backwards",
    )
    print(f"    {tokens} backwards: {said}")


def branches(recorder, name):
    """Two Ifs, one a way each, the second with another If inside; branches read outer values."""
    random = np.random.default_rng(4)
    kernel, bias = (random.normal(0, 1, shape).astype("f") for shape in ((3, 3), (3,)))
    value = helper.make_tensor_value_info

    def branch(label, nodes, output):
        return helper.make_graph(nodes, label, [], [value(output, FLOAT, [None, None])])

    inner = node(
        "If",
        ["is_wide"],
        ["inner"],
        then_branch=branch("wide", [node("ReduceMax", ["product"], ["w"], keepdims=1)], "w"),
        else_branch=branch("narrow", [node("Neg", ["product"], ["n"])], "n"),
    )
    nodes = [
        node("MatMul", ["x", "kernel"], ["product"]),
        node("ReduceSum", ["x"], ["sum"], keepdims=0),
        node("Greater", ["sum", "zero"], ["is_positive"]),
        node("Not", ["is_positive"], ["is_negative"]),
        node("Shape", ["x"], ["shape"]),
        node("ReduceMax", ["shape"], ["largest"], keepdims=0),
        node("Greater", ["largest", "three"], ["is_wide"]),
        node(
            "If",
            ["is_positive"],
            ["one"],
            then_branch=branch("then", [node("Add", ["product", "bias"], ["a"])], "a"),
            else_branch=branch("else", [node("Identity", ["x"], ["b"])], "b"),
        ),
        node(
            "If",
            ["is_negative"],
            ["other"],
            then_branch=branch("then_2", [node("Identity", ["x"], ["c"])], "c"),
            else_branch=branch("else_2", [inner, node("Mul", ["inner", "bias"], ["d"])], "d"),
        ),
    ]
    onx = graph_model(
        nodes,
        [("x", FLOAT, ["rows", 3])],
        [("one", FLOAT, [None, None]), ("other", FLOAT, [None, None])],
        {
            "kernel": kernel,
            "bias": bias,
            "zero": np.array(0, np.float32),
            "three": np.array(3, np.int64),
        },
    )
    x = np.array([[1, 2, 0.5], [-1, 0.25, 3]], np.float32)
    recorder.record(
        name,
        onx,
        {"x": x},
        {"one": x @ kernel + bias, "other": -(x @ kernel) * bias},
        source=f"NumPy {np.__version__}",
        data="numbers from a seed",
    )


def moving_average(recorder, name):
    """Scan with two states and two scanned inputs, one of them backwards, one output backwards."""
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [
            node("Mul", ["mean", "keep"], ["kept"]),
            node("Mul", ["x", "take"], ["taken"]),
            node("Add", ["kept", "taken"], ["next_mean"]),
            node("Add", ["count", "one"], ["next_count"]),
            node("Sub", ["next_mean", "y"], ["difference"]),
            node("Identity", ["next_mean"], ["mean_here"]),
        ],
        "step",
        [
            value("mean", FLOAT, [2]),
            value("count", FLOAT, [1]),
            value("x", FLOAT, [2]),
            value("y", FLOAT, [2]),
        ],
        [
            value("next_mean", FLOAT, [2]),
            value("next_count", FLOAT, [1]),
            value("mean_here", FLOAT, [2]),
            value("difference", FLOAT, [2]),
        ],
    )
    onx = graph_model(
        [
            node(
                "Scan",
                ["start", "zero", "xs", "ys"],
                ["last", "steps", "means", "differences"],
                body=body,
                num_scan_inputs=2,
                scan_input_directions=[0, 1],
                scan_output_directions=[0, 1],
            )
        ],
        [("xs", FLOAT, ["time", 2]), ("ys", FLOAT, ["time", 2])],
        [
            ("last", FLOAT, [2]),
            ("steps", FLOAT, [1]),
            ("means", FLOAT, ["time", 2]),
            ("differences", FLOAT, ["time", 2]),
        ],
        {
            "start": np.array([1, -1], np.float32),
            "zero": np.zeros(1, np.float32),
            "one": np.ones(1, np.float32),
            "keep": np.array(0.75, np.float32),
            "take": np.array(0.25, np.float32),
        },
    )
    xs, ys = series(8, 2, length=5, width=2)
    mean, means, differences = np.array([1.0, -1.0]), [], []
    for x, y in zip(xs, ys[::-1]):
        mean = 0.75 * mean + 0.25 * x
        means.append(mean)
        differences.insert(0, mean - y)
    recorder.record(
        name,
        onx,
        {"xs": xs, "ys": ys},
        {
            "last": mean,
            "steps": np.array([5.0]),
            "means": np.array(means),
            "differences": np.array(differences),
        },
        source=f"NumPy {np.__version__}",
        data="numbers from a seed",
    )


if __name__ == "__main__":
    main(
        {
            "keras-gru-node": recurrent(
                lambda **options: layers.GRU(5, **options), "GRU", linear_before_reset=1
            ),
            "keras-gru-node-reset-before": recurrent(
                lambda **options: layers.GRU(5, reset_after=False, **options), "GRU"
            ),
            "keras-rnn-node": recurrent(
                lambda **options: layers.SimpleRNN(5, activation="relu", **options),
                "RNN",
                activations=["Relu"],
            ),
            "seq2seq-loop": seq2seq,
            "if-branches": branches,
            "scan-moving-average": moving_average,
        }
    )

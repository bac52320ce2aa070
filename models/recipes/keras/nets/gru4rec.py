"""GRU4Rec: Embedding + GRU + Dense over the items of a visit, what comes next?

    python -m nets.gru4rec --input sessions.csv --out FOLDER

After B. Hidasi et al., Session-based Recommendations with Recurrent Neural Networks (2016), with the full
softmax in place of sampled losses, which a thousand items can pay for. Learnt on whole windows, every step
of which predicts the next item; the exported network has the last step alone. Keras would export its GRU as
a Loop over the steps: the weights go into ONNX's own GRU instead, which a page runs faster.
nets/sessions.py has the columns and files.
"""

import numpy as np

from nets import common, sessions

WIDTH = 40
UNITS = 64


def windows(learnt):
    """Windows of up to LENGTH steps: item numbers, the next ones, and 1 where there is one, else 0."""
    inputs, targets = [], []
    for numbers in learnt:
        for start in range(0, len(numbers) - 1, sessions.LENGTH):
            part = numbers[start : start + sessions.LENGTH + 1]
            if len(part) < 2:
                continue
            space = [0] * (sessions.LENGTH + 1 - len(part))
            inputs.append(space + part[:-1])
            targets.append(space + part[1:])
    inputs, targets = np.array(inputs, dtype=np.int64), np.array(targets, dtype=np.int64)
    return inputs, np.maximum(targets - 1, 0), (targets > 0).astype(np.float32)


def learn(keras, items, learnt, epochs):
    layers = keras.layers
    embedding = layers.Embedding(items + 1, WIDTH)
    dropout = layers.Dropout(0.2)
    recurrent = layers.GRU(UNITS, return_sequences=True)
    scores = layers.Dense(items, activation="softmax")

    entered = keras.Input((sessions.LENGTH,), dtype="int64")
    states = recurrent(dropout(embedding(entered)))
    every_step = keras.Model(entered, scores(states))
    every_step.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    inputs, targets, counts = windows(learnt)
    fitted = common.fit(
        keras, every_step, inputs, targets, weights=counts, epochs=epochs, batch=128, patience=2
    )

    last = layers.GRU(UNITS)
    entered = keras.Input((sessions.LENGTH,), dtype="int64")
    model = keras.Model(entered, scores(last(embedding(entered))))
    last.set_weights(recurrent.get_weights())
    return model, {**fitted, "weights": int(model.count_params())}


def to_onnx(model, _):
    """Gather, GRU, MatMul, Softmax. Both order the gates update, reset, candidate; ONNX has [gates][inputs]."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    _, embedding, recurrent, dense = model.layers
    kernel, recurrent_kernel, biases = recurrent.get_weights()
    weights = {
        "embedding": embedding.get_weights()[0],
        "W": kernel.T[None],
        "R": recurrent_kernel.T[None],
        "B": biases.reshape(1, -1),
        "dense": dense.get_weights()[0],
        "bias": dense.get_weights()[1],
        "first": np.array([0], dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["embedding", "items"], ["embedded"], axis=0),
        helper.make_node("Transpose", ["embedded"], ["steps"], perm=[1, 0, 2]),
        helper.make_node(
            "GRU",
            ["steps", "W", "R", "B"],
            ["", "last"],
            hidden_size=UNITS,
            linear_before_reset=1,
        ),
        helper.make_node("Squeeze", ["last", "first"], ["state"]),
        helper.make_node("MatMul", ["state", "dense"], ["products"]),
        helper.make_node("Add", ["products", "bias"], ["sums"]),
        helper.make_node("Softmax", ["sums"], ["scores"], axis=-1),
    ]
    graph = helper.make_graph(
        nodes,
        "gru4rec",
        [helper.make_tensor_value_info("items", TensorProto.INT64, ["n", sessions.LENGTH])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", dense.units])],
        [numpy_helper.from_array(np.ascontiguousarray(x), name) for name, x in weights.items()],
    )
    return onnx.helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", common.OPSET)], ir_version=8
    )


if __name__ == "__main__":
    sessions.run(__doc__, f"Embedding({WIDTH}) + GRU({UNITS}) + Dense", learn, to_onnx)

"""One small digits net in integers, in four bits and in halves, with golden results.

The net is trained in Keras and rewritten here node by node, so that its weights are plain
initializers; onnxruntime.quantization makes the int8 forms. ONNX Runtime runs these files as they
are written, without its own fusions, which round elsewhere. `library` is the float net in Keras: its
tolerance says what the narrow numbers may cost.
"""

import logging
import pathlib
import tempfile

from golden import graph_model, main, seed_everything

seed_everything(17)

import keras  # noqa: E402  (after the seeds and the environment)
import numpy as np  # noqa: E402
import onnx  # noqa: E402
from keras import layers  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402
from onnxruntime import quantization  # noqa: E402
from onnxruntime.transformers import float16  # noqa: E402
from sklearn import datasets  # noqa: E402

logging.disable(logging.WARNING)  # quantize_* advise a pre-processing that these nets do not need
FLOAT = TensorProto.FLOAT
node = helper.make_node
DATA = "scikit-learn's digits, 8x8"
ROUNDING = (
    "a value halfway between two steps may be rounded either way, and one step of an inner tensor "
    "moves a probability by this much"
)


def narrow(cost, rounding=None):
    """The tolerances of a net in narrow numbers: `cost` against float, `rounding` between engines."""
    limits = {
        "library": {"absolute": cost, "relative": 0, "why": "the float net: narrow numbers cost this"}
    }
    if rounding is not None:
        limits["onnxruntime"] = {"absolute": rounding, "relative": 0, "why": ROUNDING}
    return limits


def digits():
    """Images [rows][1][8][8] in sixteenths, which half precision holds exactly, and their labels."""
    bunch = datasets.load_digits()
    return (bunch.images / 16).astype(np.float32)[:, None], bunch.target


IMAGES, LABELS = digits()
ROWS = 4


def trained(*middle):
    """A Keras net over the digits, trained a little: (its layers with weights, its prediction)."""
    keras.utils.set_random_seed(17)
    model = keras.Sequential(
        [keras.Input((1, 8, 8)), layers.Permute((2, 3, 1)), *middle]
        + [layers.Dense(10, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(IMAGES, LABELS, epochs=8, batch_size=32, verbose=0)
    weights = [np.asarray(w) for w in model.get_weights()]
    return weights, model.predict(IMAGES[:ROWS], verbose=0)


def dense_net():
    """64 -> 32 -> 10: (weights, prediction)."""
    return trained(layers.Flatten(), layers.Dense(32, activation="relu"))


def dense_graph(weights):
    """The dense net as ONNX."""
    w1, b1, w2, b2 = weights
    return graph_model(
        [
            node("Flatten", ["x"], ["flat"]),
            node("MatMul", ["flat", "w1"], ["h"]),
            node("Add", ["h", "b1"], ["hb"]),
            node("Relu", ["hb"], ["r"]),
            node("MatMul", ["r", "w2"], ["o"]),
            node("Add", ["o", "b2"], ["ob"]),
            node("Softmax", ["ob"], ["probabilities"], axis=-1),
        ],
        [("x", FLOAT, ["rows", 1, 8, 8])],
        [("probabilities", FLOAT, ["rows", 10])],
        {"w1": w1, "b1": b1, "w2": w2, "b2": b2},
    )


def conv_net():
    """A convolution, pooling and two dense layers: (weights, prediction)."""
    return trained(
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Permute((3, 1, 2)),
        layers.Flatten(),
        layers.Dense(24, activation="relu"),
    )


def conv_graph(weights):
    """The convolutional net as ONNX, channels first."""
    k, kb, w1, b1, w2, b2 = weights
    return graph_model(
        [
            node("Conv", ["x", "k", "kb"], ["c"], kernel_shape=[3, 3]),
            node("Relu", ["c"], ["cr"]),
            node("MaxPool", ["cr"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
            node("Flatten", ["p"], ["flat"]),
            node("MatMul", ["flat", "w1"], ["h"]),
            node("Add", ["h", "b1"], ["hb"]),
            node("Relu", ["hb"], ["r"]),
            node("MatMul", ["r", "w2"], ["o"]),
            node("Add", ["o", "b2"], ["ob"]),
            node("Softmax", ["ob"], ["probabilities"], axis=-1),
        ],
        [("x", FLOAT, ["rows", 1, 8, 8])],
        [("probabilities", FLOAT, ["rows", 10])],
        {
            "k": k.transpose(3, 2, 0, 1).copy(),
            "kb": kb,
            "w1": w1,
            "b1": b1,
            "w2": w2,
            "b2": b2,
        },
    )


class Calibration(quantization.CalibrationDataReader):
    """Sixty-four images, one a step."""

    def __init__(self):
        self.rows = iter(IMAGES[100:164])

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"x": row[None]}


def quantised(model, quantise):
    """`model` after `quantise(from_file, to_file)`."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = (str(pathlib.Path(folder) / file) for file in ("float.onnx", "int.onnx"))
        onnx.save(model, source)
        quantise(source, target)
        return onnx.load(target)


def write(recorder, name, model, expected, how, tolerance, images=None, what="Dense"):
    recorder.record(
        name,
        model,
        {"x": IMAGES[:ROWS] if images is None else images},
        {"probabilities": expected},
        source=f"Keras {keras.__version__} {what}, {how}",
        data=DATA,
        tolerance=tolerance,
        as_written=True,
    )


def dynamic(net, graph, types, tolerance, what):
    """Weights in integers, activations quantised as they come: MatMulInteger or ConvInteger."""

    def record(recorder, name):
        weights, expected = net()
        model = quantised(
            graph(weights),
            lambda a, b: quantization.quantize_dynamic(
                a, b, op_types_to_quantize=types, weight_type=quantization.QuantType.QUInt8
            ),
        )
        write(recorder, name, model, expected, "onnxruntime dynamic uint8", tolerance, what=what)

    return record


def static(form, activations, *, per_channel, tolerance):
    """Weights int8, activations calibrated: QDQ pairs or QLinearConv and QLinearMatMul.

    Weights of seven bits: AVX2's 16-bit sums would saturate in ONNX Runtime with eight.
    """

    def record(recorder, name):
        weights, expected = conv_net()
        model = quantised(
            conv_graph(weights),
            lambda a, b: quantization.quantize_static(
                a,
                b,
                Calibration(),
                quant_format=form,
                op_types_to_quantize=["Conv", "MatMul", "MaxPool"],
                per_channel=per_channel,
                reduce_range=True,
                activation_type=activations,
                weight_type=quantization.QuantType.QInt8,
            ),
        )
        how = f"onnxruntime static {form.name}"
        write(recorder, name, model, expected, how, tolerance, what="Conv2D + Dense")

    return record


def four_bits(signed):
    """Weights in int4 or uint4, a scale (and zero point) for each 16 rows of a column."""
    block = 16

    def pack(name, w):
        """The weights [inputs][outputs] in blocks of rows: their three initializers."""
        blocks = w.reshape(-1, block, w.shape[1])
        if signed:
            scale = np.abs(blocks).max(1) / 7
            zero = np.zeros(scale.shape, int)
        else:
            low, high = np.minimum(blocks.min(1), 0), np.maximum(blocks.max(1), 0)
            scale = (high - low) / 15
            zero = np.round(-low / scale).astype(int)
        scale = scale.astype(np.float32)
        low, high = (-8, 7) if signed else (0, 15)
        q = np.clip(np.round(blocks / scale[:, None]) + zero[:, None], low, high).astype(int)
        kind = TensorProto.INT4 if signed else TensorProto.UINT4
        tensors = {f"{name}_scale": scale}
        tensors[f"{name}_q"] = helper.make_tensor(f"{name}_q", kind, w.shape, q.ravel())
        names = [f"{name}_q", f"{name}_scale"]
        if not signed:
            tensors[f"{name}_zero"] = helper.make_tensor(
                f"{name}_zero", kind, zero.shape, zero.ravel()
            )
            names.append(f"{name}_zero")
        return tensors, node("DequantizeLinear", names, [name], axis=0, block_size=block)

    def record(recorder, name):
        (w1, b1, w2, b2), expected = dense_net()
        model = dense_graph((w1, b1, w2, b2))
        first, node_1 = pack("w1", w1)
        second, node_2 = pack("w2", w2)
        model = graph_model(
            [node_1, node_2, *model.graph.node],
            [("x", FLOAT, ["rows", 1, 8, 8])],
            [("probabilities", FLOAT, ["rows", 10])],
            {**first, **second, "b1": b1, "b2": b2},
            opset=21,
        )
        how = f"{'int4' if signed else 'uint4'} weights in blocks of {block}"
        write(recorder, name, model, expected, how, narrow(0.12))

    return record


def halves(keep_io):
    """Weights and arithmetic in float16; `keep_io`: float32 at both ends, by Cast."""

    def record(recorder, name):
        weights, expected = conv_net()
        model = float16.convert_float_to_float16(conv_graph(weights), keep_io_types=keep_io)
        # The converter appends the Cast behind an input; a graph's nodes stand in order.
        ordered = sorted(model.graph.node, key=lambda n: list(n.input) != ["x"])
        del model.graph.node[:]
        model.graph.node.extend(ordered)
        limits = {
            key: {
                "absolute": 1e-3,
                "relative": 4e-3,
                "why": "engines keep inner results in 16 or 32 bits",
            }
            for key in ("onnxruntime", "library")
        }
        images = IMAGES[:ROWS] if keep_io else IMAGES[:ROWS].astype(np.float16)
        write(recorder, name, model, expected, "float16", limits, images, what="Conv2D + Dense")

    return record


def half_weights(recorder, name):
    """float16 weights that a Cast widens: half the file, float arithmetic."""
    weights, expected = dense_net()
    model = dense_graph(weights)
    stored = {f"{key}_half": w.astype(np.float16) for key, w in zip(("w1", "b1", "w2", "b2"), weights)}
    casts = [node("Cast", [key], [key.removesuffix("_half")], to=FLOAT) for key in stored]
    model = graph_model(
        [*casts, *model.graph.node],
        [("x", FLOAT, ["rows", 1, 8, 8])],
        [("probabilities", FLOAT, ["rows", 10])],
        stored,
    )
    write(recorder, name, model, expected, "float16 weights", narrow(2e-3))


if __name__ == "__main__":
    form, kind = quantization.QuantFormat, quantization.QuantType
    main(
        {
            "int8-dynamic-matmul": dynamic(dense_net, dense_graph, ["MatMul"], narrow(0.05), "Dense"),
            "int8-dynamic-conv": dynamic(
                conv_net, conv_graph, ["Conv", "MatMul"], narrow(0.05), "Conv2D + Dense"
            ),
            "int8-qdq": static(
                form.QDQ, kind.QUInt8, per_channel=False, tolerance=narrow(0.08, 0.02)
            ),
            "int8-qdq-per-channel": static(
                form.QDQ, kind.QInt8, per_channel=True, tolerance=narrow(0.08, 0.02)
            ),
            "int8-qoperator": static(
                form.QOperator, kind.QUInt8, per_channel=True, tolerance=narrow(0.08, 0.02)
            ),
            "int4-blocks": four_bits(True),
            "uint4-blocks": four_bits(False),
            "float16": halves(False),
            "float16-inside": halves(True),
            "float16-weights": half_weights,
        }
    )

"""Writes golden models: tests/golden/parity/NAME/model.onnx and golden.json.

golden.json is one object:
  source     the library and class that the model was trained with
  data       what it was trained on
  operators  the operators of the file and its subgraphs, in alphabetical order
  inputs     [{name, type, dims, data}]: a handful of rows, flat and row-major
  outputs    {onnxruntime: [{name, type, dims, data}], library: {OUTPUT NAME: {dims, data}}}
  tolerance  {onnxruntime: {absolute, relative}, library: {absolute, relative, why}}

`onnxruntime` is what ONNX Runtime gave for the file, `library` what the original model gave for the
same rows. A ZipMap's list of maps is written as {"type": "zipmap", "classes": [...]} and its
probabilities as rows in the order of `classes`. float16 and string are plain numbers and strings.
Refuses a model over 64 KB and an answer of ONNX Runtime that differs from the library's.
"""

import json
import os
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

LARGEST_MODEL = 64 * 1024
DEFAULT = {"absolute": 1e-5, "relative": 1e-4}

TYPES = {
    np.dtype(np.float32): "float",
    np.dtype(np.float64): "double",
    np.dtype(np.float16): "float16",
    np.dtype(np.int8): "int8",
    np.dtype(np.uint8): "uint8",
    np.dtype(np.int32): "int32",
    np.dtype(np.int64): "int64",
    np.dtype(np.bool_): "bool",
}


class Recorder:
    """Where the goldens go, and which of them this run was asked for."""

    def __init__(self, arguments):
        self.folder = pathlib.Path(arguments[0])
        self.wanted = arguments[1:]

    def wants(self, name):
        """Whether `name` is to be made: all are, unless the command line names some."""
        return not self.wanted or name in self.wanted

    def record(
        self, name, model, inputs, library, *, source, data, tolerance=None, as_written=False
    ):
        """Runs `model` (a ModelProto) on `inputs` (name -> array) and writes both files.

        `library` maps names of outputs to the original model's own results. `tolerance` replaces
        DEFAULT for "onnxruntime" or "library", each with a reason under "why". `as_written` keeps
        ONNX Runtime from fusing: its own fused operators round where the file does not say so.
        """
        file = model.SerializeToString(deterministic=True)
        if len(file) > LARGEST_MODEL:
            raise ValueError(f"{name}: {len(file)} bytes, more than {LARGEST_MODEL}")
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        if as_written:
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        answers = dict(zip(names, session.run(names, inputs)))
        limits = {"onnxruntime": DEFAULT, "library": DEFAULT, **(tolerance or {})}
        expected = {}
        for output, value in library.items():
            answer = answers[output]
            if is_zipmap(answer):
                answer = zipmap_rows(answer)
            expected[output] = np.asarray(value).reshape(np.shape(answer))
            check(f"{name}: {output}", answer, expected[output], limits["library"])
        golden = {
            "source": source,
            "data": data,
            "operators": sorted(operators(model.graph)),
            "inputs": [tensor(key, value) for key, value in inputs.items()],
            "outputs": {
                "onnxruntime": [tensor(key, value) for key, value in answers.items()],
                "library": {
                    key: {"dims": list(value.shape), "data": flat(value)}
                    for key, value in expected.items()
                },
            },
            "tolerance": limits,
        }
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(file)
        text = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
        (folder / "golden.json").write_text(text + "\n", encoding="utf8")
        print(f"  {name}: {len(file)} bytes, {len(text)} of results", flush=True)


def graph_model(nodes, inputs, outputs, initializers, *, opset=18, name="graph"):
    """A model of nodes; inputs and outputs are (name, element type, shape), arrays by name."""
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        name,
        [value(*item) for item in inputs],
        [value(*item) for item in outputs],
        [
            item if isinstance(item, onnx.TensorProto) else onnx.numpy_helper.from_array(item, key)
            for key, item in initializers.items()
        ],
    )
    return onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=10
    )


def main(models):
    """Runs each function of `models` (golden's name -> function(recorder, name)) that is wanted."""
    recorder = Recorder(sys.argv[1:])
    failed = 0
    for name, make in models.items():
        if not recorder.wants(name):
            continue
        try:
            make(recorder, name)
        except Exception as error:  # the next models are worth their attempt
            failed += 1
            print(f"  {name}: {type(error).__name__}: {str(error)[:600]}", flush=True)
    sys.exit(1 if failed else 0)


def operators(graph):
    """The names of all operators in a graph and its subgraphs."""
    names = {node.op_type for node in graph.node}
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                names |= operators(attribute.g)
    return names


def is_zipmap(value):
    return isinstance(value, list) and value and isinstance(value[0], dict)


def zipmap_rows(maps):
    """A ZipMap's maps as an array [rows][classes], in the order of the first map's keys."""
    classes = list(maps[0])
    return np.array([[row[key] for key in classes] for row in maps], np.float32)


def number(value):
    """A number in the fewest digits that give the same value in its own type."""
    if isinstance(value, np.float16):
        return float(value)
    return float(str(value)) if isinstance(value, np.floating) else int(value)


def flat(value):
    """The elements as a list for JSON; NaN and the infinities, which JSON lacks, as strings."""
    array = np.asarray(value)
    if array.dtype.kind in "OUS":
        return [str(item) for item in array.ravel()]
    if array.dtype == np.float64:
        # Results of a library that computes in double: nine digits are more than is compared.
        array = np.array([float(f"{x:.9g}") for x in array.ravel()])
    numbers = [number(item) for item in array.ravel()]
    return [x if np.isfinite(x) else str(x) for x in numbers]


def tensor(name, value):
    """One named tensor (or ZipMap) of golden.json."""
    if is_zipmap(value):
        classes = [key if isinstance(key, str) else int(key) for key in value[0]]
        rows = zipmap_rows(value)
        return {
            "name": name,
            "type": "zipmap",
            "classes": classes,
            "dims": list(rows.shape),
            "data": flat(rows),
        }
    array = np.asarray(value)
    kind = "string" if array.dtype.kind in "OUS" else TYPES[array.dtype]
    return {"name": name, "type": kind, "dims": list(array.shape), "data": flat(array)}


def check(what, answer, expected, limit):
    """Fails where ONNX Runtime and the library differ: such a golden would prove nothing."""
    answer = np.asarray(answer)
    if answer.dtype.kind == "f":
        allowed = limit["absolute"] + limit["relative"] * np.abs(expected)
        difference = np.abs(answer.astype(np.float64) - expected)
        if not np.all((difference <= allowed) | (np.isnan(answer) & np.isnan(expected))):
            raise ValueError(f"{what}: ONNX Runtime differs by {np.nanmax(difference)}")
    elif not np.array_equal(answer.astype(str), expected.astype(str)):
        raise ValueError(f"{what}: {answer} by ONNX Runtime, {expected} by the library")


def seed_everything(seed):
    """Seeds Python, NumPy and TensorFlow, and keeps TensorFlow to one order of its sums."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    import keras
    import tensorflow

    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    tensorflow.get_logger().setLevel("ERROR")

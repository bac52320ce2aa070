"""What a model is worth, float and int8, on the rows that were not learnt from, in ONNX Runtime.

    python -m nets.judge FOLDER

FOLDER is what a program of this package left, and `int8.onnx`, if `storewise quantize` could make one of its
float.onnx. Writes judged.json (the figures of both files, with 95 % intervals, and how far they are from
each other and from the library that was trained) and rows.json: the inputs of up to 200 of the rows, and
what ONNX Runtime answers, for other engines to be held against.
"""

import argparse
import json
import pathlib

import numpy as np
import onnxruntime

from nets.sessions import ranked

SHARED_ROWS = 200
BATCH = 512
RESAMPLES = 1000


def answer(file, inputs):
    """All outputs by their names, for all rows, computed as the file is written.

    ONNX Runtime's own fusion of int8 weights with MatMul rounds what goes in as well.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    rows = len(next(iter(inputs.values())))
    parts = [
        session.run(names, {name: x[i : i + BATCH] for name, x in inputs.items()})
        for i in range(0, rows, BATCH)
    ]
    return {name: np.concatenate([part[i] for part in parts]) for i, name in enumerate(names)}


def likeliest(outputs):
    """The number of each row's label, or of the item with the best score."""
    if "label" in outputs:
        return outputs["label"]
    return next(iter(outputs.values())).argmax(1)


def labels_of(library):
    """What the library itself says: labels, or the likeliest of probabilities."""
    return library if library.ndim == 1 else library.argmax(1)


def each_row(outputs, truth, inputs):
    """For each figure what each row adds to it."""
    if "scores" not in outputs:
        return {"accuracy": (likeliest(outputs) == truth).astype(float)}
    return ranked(outputs["scores"], truth, inputs["items"])


def figures(outputs, truth, inputs):
    """Each figure and its 95 % interval over resamples of the rows, seed 42."""
    result = {}
    for name, value in each_row(outputs, truth, inputs).items():
        random = np.random.default_rng(42)
        means = [
            value[random.integers(0, len(value), len(value))].mean() for _ in range(RESAMPLES)
        ]
        low, high = np.quantile(means, [0.025, 0.975])
        result[name] = {"value": float(value.mean()), "low": float(low), "high": float(high)}
    return result


def tensor(name, array):
    """The first rows of an array as JSON."""
    some = array[:SHARED_ROWS]
    kind = "string" if some.dtype.kind in "OU" else str(some.dtype).replace("float32", "float")
    return {"name": name, "type": kind, "dims": list(some.shape), "data": some.ravel().tolist()}


def difference(outputs, others):
    """The largest difference of a number that is no label."""
    return max(
        float(np.abs(value[: len(others[name])] - others[name]).max())
        for name, value in outputs.items()
        if name in others and value.dtype == np.float32
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    with np.load(folder / "held-out.npz", allow_pickle=True) as held_out:
        inputs = dict(held_out)
    truth, library = inputs.pop("answers"), inputs.pop("library")
    judged, answers = {}, {}
    for name in ("float", "int8"):
        file = folder / f"{name}.onnx"
        if not file.exists():
            continue
        answers[name] = answer(file, inputs)
        judged[name] = {
            "bytes": file.stat().st_size,
            "figures": figures(answers[name], truth, inputs),
        }
    plain = answers["float"]
    same = (likeliest(plain)[: len(library)] == labels_of(library)).mean()
    judged["differences"] = {"library_labels": float(same)}
    if library.ndim == 2:
        name = [one for one, value in plain.items() if value.dtype == np.float32][0]
        judged["differences"]["library"] = difference(plain, {name: library})
    if "int8" in answers:
        judged["differences"]["int8"] = difference(plain, answers["int8"])
        same = (likeliest(plain) == likeliest(answers["int8"])).mean()
        judged["differences"]["int8_labels"] = float(same)
    (folder / "judged.json").write_text(json.dumps(judged, indent=2) + "\n")
    rows = {
        "answers": truth[:SHARED_ROWS].tolist(),
        "inputs": [tensor(name, x) for name, x in inputs.items()],
        "outputs": {
            file: [tensor(name, x) for name, x in outputs.items()]
            for file, outputs in answers.items()
        },
    }
    (folder / "rows.json").write_text(json.dumps(rows))


if __name__ == "__main__":
    main()

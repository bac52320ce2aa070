"""What all of these programs share: the command line, the split, the figures, the ONNX file.

A program leaves in --out:
  float.onnx       the model, its preprocessing inside, opset 17
  held-out.npz     the inputs of the rows that were not learnt from, by their ONNX names, `answers` (the
                   number of each row's label) and `library` (what the library itself says of the first rows)
  calibration.npz  inputs of rows that were learnt from, for `storewise quantize --calibration`
  report.json      what was read and learnt, and how good it is

Refuses a CSV without the columns it needs. Every source of chance is seeded, and operators of TensorFlow
are told to be deterministic: the same machine gives the same figures again.
"""

import argparse
import csv
import json
import os
import pathlib
import time

import numpy as np
from sklearn.model_selection import train_test_split

SEED = 42
TEST_SHARE = 0.2
VALIDATION_SHARE = 0.1  # of the rows to learn from: they say when to stop
OPSET = 17
LIBRARY_ROWS = 300
CALIBRATION_ROWS = 64


def arguments(description, **more):
    """--input, --target, --out and what else a program takes: more(epochs=30) gives --epochs."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("--input", required=True, help="the CSV")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the folder for what comes out")
    for name, value in more.items():
        kind = type(value)
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, type=kind, default=value, help=f"{value} unless told")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    return given


def start_keras(threads=2):
    """Keras on TensorFlow, seeded, on so many threads."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # which rounds by what the processor has
    import keras
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    tensorflow.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(SEED)
    return keras


def read_csv(file, *columns):
    """The rows as dictionaries of text; `columns` must be there."""
    with open(file, newline="", encoding="utf8") as text:
        reader = csv.DictReader(text)
        rows = list(reader)
    for column in columns:
        if column not in (reader.fieldnames or []):
            there = ", ".join((reader.fieldnames or [])[:5])
            raise SystemExit(f'{file}: there is no column "{column}"; there are {there} …')
    if not rows:
        raise SystemExit(f"{file}: there is no row")
    return rows


def numbered(labels):
    """The distinct labels in order, and the number of each row's own."""
    names, numbers = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    return [str(name) for name in names], numbers.astype(np.int64)


def split(rows):
    """Row numbers to learn from and to measure by: 80 % and 20 %, seed 42, by train_test_split.

    `storewise train … --split shuffle-numpy` draws the same rows.
    """
    return train_test_split(np.arange(rows), test_size=TEST_SHARE, random_state=SEED)


def fit(keras, model, inputs, targets, *, epochs, batch=64, patience=4, weights=None, verbose=2):
    """Learns until the held-back tenth gets no better; keeps the best weights. Gives epochs, seconds."""
    learnt, validation = train_test_split(
        np.arange(len(targets)), test_size=VALIDATION_SHARE, random_state=SEED
    )
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=patience, restore_best_weights=True
    )
    began = time.perf_counter()
    history = model.fit(
        inputs[learnt],
        targets[learnt],
        sample_weight=None if weights is None else weights[learnt],
        validation_data=(inputs[validation], targets[validation])
        + (() if weights is None else (weights[validation],)),
        epochs=epochs,
        batch_size=batch,
        callbacks=[stop],
        verbose=verbose,
    )
    return {
        "epochs": len(history.epoch),
        "seconds": round(time.perf_counter() - began, 1),
        "weights": int(model.count_params()),
    }


def to_onnx(model, folder, *, input_name, output_name):
    """The Keras model as an ONNX ModelProto whose input and output have these names."""
    import onnx

    file = str(folder / "export.onnx")
    model.export(file, format="onnx", opset_version=OPSET, verbose=False)
    made = onnx.load(file)
    pathlib.Path(file).unlink()
    rename(made.graph, made.graph.input[0].name, input_name)
    rename(made.graph, made.graph.output[0].name, output_name)
    return made


def rename(graph, old, new):
    """Gives the value `old` of the graph the name `new`."""
    for value in [*graph.input, *graph.output]:
        if value.name == old:
            value.name = new
    for node in graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                if name == old:
                    names[i] = new


def save(model, folder, metadata):
    """Writes float.onnx with `metadata` as the document under the key "storewise"."""
    import onnx

    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key = "storewise"
    entry.value = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
    model.producer_name, model.doc_string, model.graph.doc_string = "storewise recipes", "", ""
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    (folder / "float.onnx").write_bytes(model.SerializeToString(deterministic=True))


def write(folder, report, *, inputs, answers, library, calibration=None):
    """The files beside float.onnx, and the figures for people."""
    np.savez(folder / "held-out.npz", answers=answers, library=library, **inputs)
    if calibration is not None:
        np.savez(folder / "calibration.npz", **calibration)
    (folder / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    rows = report["rows"]
    print(f"{rows['learnt']} rows learnt from, {rows['measured']} measured")
    for name, value in report["figures"].items():
        print(f"{name}: {value:.4f}")


def accuracy(probabilities, answers):
    """The share of rows whose likeliest label is the right one."""
    return float((np.asarray(probabilities).argmax(1) == answers).mean())

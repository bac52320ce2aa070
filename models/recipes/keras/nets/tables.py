"""The part that nets.svm and nets.forest share: a table, scikit-learn on it, ONNX by skl2onnx.

The CSV has the columns that --columns names (comma-separated) and --target. A column is numbers if all of
its cells are; TRUE and FALSE are 1 and 0; any other holds words, which become one column for each. The file takes
`numbers`, float32 [n][columns], and, if there are any, `words`, string [n][columns], each in the order of
the metadata, and gives `label`, int64 [n], the number of the likeliest of the metadata's `labels`, and
`probabilities`, float32 [n][labels]; a machine without probabilities gives `decisions`, its scores.
"""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from nets import common

YES_AND_NO = {"TRUE": 1.0, "FALSE": 0.0, "True": 1.0, "False": 0.0}


def column(cells):
    """The cells as float32 if all are numbers, or yes and no; as words otherwise."""
    if all(cell in YES_AND_NO for cell in cells):
        return np.array([YES_AND_NO[cell] for cell in cells], dtype=np.float32)
    try:
        return np.array([float(cell) for cell in cells], dtype=np.float32)
    except ValueError:
        return np.array(cells, dtype=object)


def run(description, net, estimator, *, scaled):
    """`estimator()` is a classifier of scikit-learn; `scaled`: whether it wants numbers of one size."""
    given = common.arguments(description, target="label", columns="")
    names = given.columns.split(",")
    rows = common.read_csv(given.input, given.target, *names)
    labels, answers = common.numbered([row[given.target] for row in rows])
    columns = {name: column([row[name] for row in rows]) for name in names}
    of_numbers = [name for name in names if columns[name].dtype == np.float32]
    of_words = [name for name in names if columns[name].dtype == object]
    inputs = {"numbers": np.stack([columns[name] for name in of_numbers], axis=1)}
    if of_words:
        inputs["words"] = np.stack([columns[name] for name in of_words], axis=1)
    whole = np.concatenate([x.astype(object) for x in inputs.values()], axis=1)
    learnt, measured = common.split(len(rows))

    count = len(of_numbers)
    kinds = [("numbers", StandardScaler() if scaled else "passthrough", list(range(count)))]
    if of_words:
        places = list(range(count, count + len(of_words)))
        kinds.append(("words", OneHotEncoder(handle_unknown="ignore"), places))
    model = Pipeline([("columns", ColumnTransformer(kinds)), ("classifier", estimator())])
    model.fit(whole[learnt], answers[learnt])
    said = model.predict(whole[measured])
    library = said
    if hasattr(model, "predict_proba"):
        library = model.predict_proba(whole[measured]).astype(np.float32)

    types = [("numbers", FloatTensorType([None, count]))]
    if of_words:
        types.append(("words", StringTensorType([None, len(of_words)])))
    made = to_onnx(
        model,
        initial_types=types,
        options={id(model): {"zipmap": False}},
        target_opset={"": common.OPSET, "ai.onnx.ml": 3},
    )
    second = "probabilities" if hasattr(model, "predict_proba") else "decisions"
    for old, new in zip([one.name for one in made.graph.output], ("label", second)):
        common.rename(made.graph, old, new)
    metadata = {"kind": "columns", "numbers": of_numbers, "words": of_words, "labels": labels}
    common.save(made, given.out, {**metadata, "target": given.target})
    common.write(
        given.out,
        {
            "net": net,
            "labels": labels,
            "columns": names,
            "rows": {"learnt": len(learnt), "measured": len(measured)},
            "figures": {"accuracy": float((said == answers[measured]).mean())},
        },
        inputs={name: x[measured] for name, x in inputs.items()},
        answers=answers[measured],
        library=library[: common.LIBRARY_ROWS],
    )

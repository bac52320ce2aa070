"""scikit-learn beside `storewise train`: the same rows, the same kind of model, the same encoding.

    tables.py data FOLDER            writes scikit-learn's own data sets as FOLDER/NAME.csv
    tables.py split FILE             FILE holds {rows, share, seeds}; prints {seed: tested rows}
    tables.py judge FILE             FILE holds {jobs}; prints what each job's model is worth

A job is one model file that `storewise train` made: {name, kind, task, csv, target, seed, share, model,
answers, explained}. `answers` are what our engine says of every tested row, `explained` what it says
of some of them. For each job, scikit-learn's model of the same kind is trained on the same rows and
measured on the same others, ONNX Runtime runs our file on them, and the `shap` package takes our
trees and lines apart, from the file's own numbers.

A decision tree of scikit-learn is trained twice: as it comes, and pruned with an alpha found by
cross-validation, as ours is; the better one of all splits counts.
"""

import csv
import json
import pathlib
import sys
import time

import numpy as np
import onnx
import onnxruntime
import shap
from sklearn import datasets, ensemble, linear_model, metrics, svm, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

OWN = ("iris", "wine", "breast_cancer", "diabetes", "digits")


def write_data(folder):
    for name in OWN:
        bunch = getattr(datasets, f"load_{name}")()
        names = [text.replace(" (cm)", "").replace(" ", "_") for text in bunch.feature_names]
        classes = getattr(bunch, "target_names", None)
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*names, "target"])
            for row, target in zip(bunch.data, bunch.target):
                label = target if classes is None or name == "digits" else classes[target]
                writer.writerow([f"{x:.10g}" for x in row] + [label])


def split(rows, share, seed):
    """The rows that are learnt from and those that are tested."""
    return train_test_split(np.arange(rows), test_size=share, random_state=seed)


def read_table(job):
    """Columns as lists of text, without the target, and the target: names for classes."""
    with open(job["csv"], newline="", encoding="utf8") as file:
        rows = list(csv.DictReader(file))
    target = [row.pop(job["target"]) for row in rows]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return columns, np.array(target, float if job["task"] == "regress" else object)


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def features(columns):
    """One float column a number, 0 and 1 for TRUE and FALSE, one column a level for names."""
    made = []
    for cells in columns.values():
        levels = sorted(set(cells))
        if all(is_number(cell) for cell in levels):
            made.append([float(cell) for cell in cells])
        elif len(levels) == 2:
            made.append([float(cell == levels[1]) for cell in cells])
        else:
            made.extend([float(cell == level) for cell in cells] for level in levels)
    return np.array(made).T


def pruned_tree(x, y, classify, seed):
    """A search over the alphas at which the tree of all rows loses a leaf, at most 30 of them."""
    kind = tree.DecisionTreeClassifier if classify else tree.DecisionTreeRegressor
    base = kind(min_samples_leaf=5, random_state=seed)
    alphas = np.unique(base.cost_complexity_pruning_path(x, y).ccp_alphas.clip(min=0))
    if len(alphas) > 30:
        alphas = alphas[np.linspace(0, len(alphas) - 1, 30).astype(int)]
    folds = (StratifiedKFold if classify else KFold)(5, shuffle=True, random_state=seed)
    return GridSearchCV(base, {"ccp_alpha": alphas}, cv=folds)


def candidates(kind, classify, x, y, seed):
    """Models of scikit-learn that count as the same kind; the first is the one that is timed."""
    if kind == "tree":
        plain = tree.DecisionTreeClassifier if classify else tree.DecisionTreeRegressor
        return [pruned_tree(x, y, classify, seed), plain(random_state=seed)]
    if kind == "forest":
        kinds = (ensemble.RandomForestRegressor, ensemble.RandomForestClassifier)
        return [kinds[classify](random_state=seed)]
    if kind == "boosted":
        kinds = (ensemble.HistGradientBoostingRegressor, ensemble.HistGradientBoostingClassifier)
        return [kinds[classify](random_state=seed)]
    if kind == "logistic":
        return [make_pipeline(StandardScaler(), linear_model.LogisticRegression(max_iter=1000))]
    if kind == "linear":
        return [make_pipeline(StandardScaler(), linear_model.Ridge())]
    if not classify:
        machine = TransformedTargetRegressor(svm.SVR(), transformer=StandardScaler())
        return [make_pipeline(StandardScaler(), machine)]
    machine = svm.LinearSVC(max_iter=10000) if kind == "linear-svm" else svm.SVC()
    # Probabilities come from five further trainings, as ours do.
    return [make_pipeline(StandardScaler(), CalibratedClassifierCV(machine, ensemble=False))]


def said_by(model, kind, classify, x):
    """(labels or numbers, scores of each class or None)"""
    if not classify:
        return model.predict(x), None
    if kind in ("svm", "linear-svm"):  # the machine itself, whose labels no calibration moves
        machine = model[-1].calibrated_classifiers_[0].estimator
        return machine.predict(model[:-1].transform(x)), model.predict_proba(x)
    return model.predict(x), model.predict_proba(x)


def figures(truth, said, scores, classes):
    if classes is None:
        return {"r2": metrics.r2_score(truth, said)}
    found = {"accuracy": metrics.accuracy_score(list(truth), list(said))}
    if len(classes) == 2:
        found["auc"] = metrics.roc_auc_score(truth == classes[1], scores[:, 1])
    return found


def theirs(job, x, y, learnt, tested):
    """([figures of each of scikit-learn's candidates], seconds of processor time of the first)"""
    classify = job["task"] == "classify"
    classes = sorted(set(y)) if classify else None
    found, seconds = [], []
    for model in candidates(job["kind"], classify, x[learnt], y[learnt], job["seed"]):
        start = time.process_time()
        model.fit(x[learnt], y[learnt])
        seconds.append(time.process_time() - start)
        said, scores = said_by(model, job["kind"], classify, x[tested])
        found.append(figures(y[tested], said, scores, classes))
    return found, seconds[0]


class File:
    """Our model file in ONNX Runtime: answers, the features that the model itself reads, its numbers."""

    MODELS = ("TreeEnsembleClassifier", "TreeEnsembleRegressor", "LinearClassifier")
    MODELS += ("LinearRegressor", "SVMClassifier", "SVMRegressor")

    def __init__(self, path):
        model = onnx.load(path)
        (entry,) = [p for p in model.metadata_props if p.key == "storewise"]
        self.document = json.loads(entry.value)
        (self.node,) = [node for node in model.graph.node if node.op_type in self.MODELS]
        self.attributes = {
            item.name: onnx.helper.get_attribute_value(item) for item in self.node.attribute
        }
        self.outputs = [output.name for output in model.graph.output]
        # The features, which are no output of the file, made one.
        self.features = self.node.input[0]
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(self.features, onnx.TensorProto.FLOAT, None)
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options)

    def feeds(self, columns, rows):
        made = {}
        for column in self.document["columns"]:
            cells = [columns[column["name"]][row] for row in rows]
            if column["kind"] == "category":
                values = np.array(cells, object)
            elif column["kind"] == "boolean":
                values = np.array([cell == column["levels"][1] for cell in cells], np.float32)
            else:
                values = np.array([float(cell) for cell in cells], np.float32)
            made[column["input"]] = values[:, None]
        return made

    def run(self, columns, rows):
        return dict(zip(self.outputs, self.session.run(self.outputs, self.feeds(columns, rows))))

    def read(self, columns, rows):
        return self.session.run([self.features], self.feeds(columns, rows))[0]


def trees_of(attributes):
    """The file's trees as `shap` takes them, and what is added to their sum.

    Values are [nodes][scores]; of two classes there is one score, the second's log odds or
    probability. Covers of nodes are the file's hit rates.
    """
    prefix = "class" if "class_ids" in attributes else "target"
    ids = np.array(attributes["nodes_treeids"])
    targets = np.array(attributes[f"{prefix}_ids"])
    scores = int(targets.max()) + 1
    base = np.array(attributes.get("base_values", [0.0] * scores), np.float64)
    tracks = attributes.get("nodes_missing_value_tracks_true", [0] * len(ids))
    trees = []
    for tree_id in np.unique(ids):
        nodes = np.flatnonzero(ids == tree_id)
        places = {attributes["nodes_nodeids"][node]: at for at, node in enumerate(nodes)}
        leaf = np.array([attributes["nodes_modes"][node] == b"LEAF" for node in nodes])

        def child(name):
            found = [places[attributes[name][node]] for node in nodes]
            return np.where(leaf, -1, found).astype(np.int32)

        values = np.zeros((len(nodes), scores))
        of_tree = np.array(attributes[f"{prefix}_treeids"]) == tree_id
        for at in np.flatnonzero(of_tree):
            place = places[attributes[f"{prefix}_nodeids"][at]]
            values[place, targets[at]] += attributes[f"{prefix}_weights"][at]
        if len(nodes) == 1:  # no question asked: a number for every row
            base = base + values[0]
            continue
        left, right = child("nodes_truenodeids"), child("nodes_falsenodeids")
        trees.append(
            {
                "children_left": left,
                "children_right": right,
                "children_default": np.where([tracks[node] for node in nodes], left, right),
                "features": np.where(leaf, -2, [attributes["nodes_featureids"][n] for n in nodes]),
                "thresholds": np.array([attributes["nodes_values"][n] for n in nodes], np.float64),
                "values": values,
                "node_sample_weight": np.array(
                    [attributes["nodes_hitrates"][n] for n in nodes], np.float64
                ),
            }
        )
    return trees, base


def shapley_values(file, columns, learnt, rows):
    """(base [scores], values [rows][features][scores]) of the file's score by the `shap` package."""
    x = file.read(columns, rows).astype(np.float64)
    kind = file.node.op_type
    if kind.startswith("Tree"):
        trees, base = trees_of(file.attributes)
        explainer = shap.TreeExplainer(
            {"trees": trees, "base_offset": 0.0}, feature_perturbation="tree_path_dependent"
        )
        values = np.asarray(explainer.shap_values(x, check_additivity=False))
        expected = np.atleast_1d(explainer.expected_value).astype(np.float64)
        return expected + base, values.reshape(len(rows), x.shape[1], -1)
    weights = np.array(file.attributes["coefficients"]).reshape(-1, x.shape[1])
    intercepts = np.array(file.attributes["intercepts"])
    if kind == "LinearClassifier" and len(weights) == 2 and file.document["kind"] == "logistic":
        weights, intercepts = weights[1:], intercepts[1:]  # the second class's log odds
    background = shap.maskers.Independent(file.read(columns, learnt), max_samples=len(learnt))
    found = [
        shap.LinearExplainer((weight, intercept), background)
        for weight, intercept in zip(weights, intercepts)
    ]
    values = np.stack([explainer.shap_values(x) for explainer in found], axis=2)
    return np.array([float(explainer.expected_value) for explainer in found]), values


def hold_explanations(job, file, columns, learnt):
    """What `shap` says of the rows that our engine explained, by column, and how far ours are."""
    explained = job["explained"]
    rows = [one["row"] for one in explained]
    base, values = shapley_values(file, columns, learnt, rows)
    labels = file.document.get("labels")
    names = [column["name"] for column in file.document["columns"]]
    of_feature = [names.index(feature["column"]) for feature in file.document["features"]]
    largest, recorded = 0.0, []
    for i, one in enumerate(explained):
        score = 0 if labels is None else labels.index(one["explains"])
        sign = 1.0
        if values.shape[2] == 1 and labels is not None:  # of two classes: the second's score
            sign = 1.0 if score == 1 else -1.0
            score = 0
        by_column = np.zeros(len(names))
        np.add.at(by_column, of_feature, sign * values[i, :, score])
        start = sign * base[score]
        if sign < 0 and file.node.op_type.startswith("Tree") and file.document["kind"] != "boosted":
            start += 1.0  # the first class has what the second leaves of 1
        ours = np.array([one["contributions"][name] for name in names])
        size = max(1.0, float(np.abs(by_column).max()), abs(start))
        apart = max(float(np.abs(ours - by_column).max()), abs(one["base"] - start))
        largest = max(largest, apart / size)
        recorded.append(
            {
                "row": one["row"],
                "explains": one["explains"],
                "base": float(f"{start:.9g}"),
                "contributions": dict(zip(names, [float(f"{x:.9g}") for x in by_column])),
            }
        )
    return largest, recorded


def judge(job):
    columns, y = read_table(job)
    learnt, tested = split(len(y), job["share"], job["seed"])
    x = features(columns)
    found, seconds = theirs(job, x, y, learnt, tested)
    file = File(job["model"])
    answers = file.run(columns, tested)
    ours = job["answers"]
    result = {"theirs": found, "seconds": seconds}
    if job["task"] == "classify":
        result["labels"] = list(answers["label"]) == ours["labels"]
        ours_p = np.array(ours["probabilities"]).reshape(len(tested), -1)
        result["onnxruntime"] = float(np.abs(answers["probabilities"] - ours_p).max())
        classes = file.document["labels"]
        result["ours"] = figures(y[tested], np.array(ours["labels"], object), ours_p, classes)
    else:
        values = np.array(ours["values"])
        apart = np.abs(answers["value"].ravel() - values) / np.maximum(1.0, np.abs(values))
        result["labels"] = True
        result["onnxruntime"] = float(apart.max())
        result["ours"] = figures(y[tested], values, None, None)
    if job["explained"]:
        result["shap"], result["explained"] = hold_explanations(job, file, columns, learnt)
        rows = [one["row"] for one in job["explained"]]
        said = file.run(columns, rows)
        result["answers"] = {name: np.asarray(value).ravel().tolist() for name, value in said.items()}
    return result


def main():
    command, path = sys.argv[1], pathlib.Path(sys.argv[2])
    if command == "data":
        write_data(path)
        return
    asked = json.loads(path.read_text(encoding="utf8"))
    if command == "split":
        found = {s: split(asked["rows"], asked["share"], s)[1].tolist() for s in asked["seeds"]}
        print(json.dumps(found))
        return
    for job in asked["jobs"]:
        print(json.dumps(judge(job)), flush=True)


if __name__ == "__main__":
    main()

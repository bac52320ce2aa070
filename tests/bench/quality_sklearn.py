"""scikit-learn's side of tests/bench/quality-tables.mjs: reads a job as JSON from stdin, trains on the
CSV files that it names, prints JSON. Columns of numbers are taken as they are, others as 0/1 of each
level; what scales matter to is scaled. Defaults of scikit-learn unless the job chooses."""

import csv
import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier


def read(file):
    with open(file, newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def numbers_of(texts):
    try:
        return [float(text) if text else np.nan for text in texts]
    except ValueError:
        return None


def features(parts, left_out):
    """One matrix for each part, with the levels and medians of the first, which is the training's."""
    columns = [[] for _ in parts]
    for name in parts[0][0]:
        if name in left_out:
            continue
        cells = [[row[name] for row in part] for part in parts]
        values = [numbers_of(texts) for texts in cells]
        if all(value is not None for value in values):
            arrays = [np.array(value) for value in values]
            middle = np.nanmedian(arrays[0]) if not np.all(np.isnan(arrays[0])) else 0.0
            for out, array in zip(columns, arrays):
                out.append(np.where(np.isnan(array), middle, array))
            continue
        for level in sorted(set(cells[0])):
            for out, texts in zip(columns, cells):
                out.append(np.array([float(text == level) for text in texts]))
    return [np.stack(out, axis=1) for out in columns]


def labels(rows, target):
    return np.array([int(row[target].lower() in ("1", "true", "yes")) for row in rows])


def kinds(job):
    rows = read(job["file"])
    (x,) = features([rows], {job["target"]})
    y = labels(rows, job["target"])
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=42)
    scaled = lambda model: make_pipeline(StandardScaler(), model)
    models = {
        "tree": DecisionTreeClassifier(random_state=42),
        "forest": RandomForestClassifier(random_state=42),
        "boosted": HistGradientBoostingClassifier(random_state=42),
        "svm": scaled(SVC(random_state=42)),
        "linear svm": scaled(LinearSVC(random_state=42, dual=False)),
        "logistic": scaled(LogisticRegression(max_iter=1000)),
    }
    result = {}
    for name, model in models.items():
        model.fit(x_train, y_train)
        if hasattr(model, "decision_function"):
            score = model.decision_function(x_test)
        else:
            score = model.predict_proba(x_test)[:, 1]
        result[name] = {
            "accuracy": accuracy_score(y_test, model.predict(x_test)),
            "auc": roc_auc_score(y_test, score),
        }
    return result


def two_models(job):
    """Random forests, one an arm; what they say of each test row, less what the control's says."""
    train, test = read(job["train"]), read(job["test"])
    x, z = features([train, test], {job["target"], job["treatment"]})
    y = labels(train, job["target"])
    arm = np.array([row[job["treatment"]] for row in train])

    def chance(name):
        forest = RandomForestClassifier(random_state=job["seed"]).fit(x[arm == name], y[arm == name])
        return forest.predict_proba(z)[:, 1]

    control = chance(job["control"])
    return {name: (chance(name) - control).tolist() for name in job["arms"]}


def logistic(job):
    """Chooses the cost by AUC on the validation part, learns from both, answers the test part."""
    parts = [read(job[name]) for name in ("train", "validation", "test")]
    left_out = set(job["left_out"]) | {job["target"]}
    x, v, _ = features(parts, left_out)
    y, w = (labels(part, job["target"]) for part in parts[:2])

    def fit(a, b, cost):
        return make_pipeline(StandardScaler(), LogisticRegression(C=cost, max_iter=2000)).fit(a, b)

    costs = [0.001, 0.01, 0.1, 1.0]
    best = max(costs, key=lambda cost: roc_auc_score(w, fit(x, y, cost).predict_proba(v)[:, 1]))
    both, z = features([parts[0] + parts[1], parts[2]], left_out)
    model = fit(both, np.concatenate([y, w]), best)
    return {"cost": best, "scores": model.predict_proba(z)[:, 1].tolist()}


job = json.load(sys.stdin)
print(json.dumps({"kinds": kinds, "two_models": two_models, "logistic": logistic}[job["do"]](job)))

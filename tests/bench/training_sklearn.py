"""scikit-learn's side of tests/bench/training.mjs, and the tables of both sides.

  training_sklearn.py data FOLDER [online_shoppers_intention.csv]   writes them (training_bench.cpp
                                                                    says how) and prints their names
  training_sklearn.py fit FILE KIND                                 prints the seconds of processor
                                                                    time of one training, one thread
"""

import csv
import pathlib
import sys
import time

import numpy as np
from sklearn import datasets, ensemble, linear_model, svm, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler

ROWS, COLUMNS, FEWER = 100_000, 30, 10_000


def write(file, x, y, classes):
    with open(file, "wb") as out:
        np.array([*x.shape, classes], np.int32).tofile(out)
        np.ascontiguousarray(x.T, np.float32).tofile(out)
        y.astype(np.int32 if classes else np.float64).tofile(out)


def read(file):
    with open(file, "rb") as source:
        rows, columns, classes = np.fromfile(source, np.int32, 3)
        x = np.fromfile(source, np.float32, rows * columns).reshape(columns, rows).T
        y = np.fromfile(source, np.int32 if classes else np.float64, rows)
    return np.ascontiguousarray(x), y


def shoppers(file):
    """The rows that are learnt from in parity's split; names as 0 and 1 of each level."""
    with open(file, newline="", encoding="utf8") as source:
        rows = list(csv.DictReader(source))
    rows = [rows[i] for i in train_test_split(np.arange(len(rows)), test_size=0.2, random_state=42)[0]]
    made = []
    for name in rows[0]:
        cells = [row[name] for row in rows]
        try:
            made.append([float(cell) for cell in cells])
        except ValueError:
            levels = sorted(set(cells))
            for level in levels[1:] if len(levels) == 2 else levels:
                made.append([float(cell == level) for cell in cells])
    return np.array(made[:-1]).T, np.array(made[-1])


def write_data(folder, csv_file=None):
    x, y = datasets.make_classification(
        ROWS, COLUMNS, n_informative=12, n_redundant=6, flip_y=0.05, random_state=42
    )
    tables = {"synthetic": (x, y), "synthetic-fewer": (x[:FEWER], y[:FEWER])}
    if csv_file is not None:
        tables["shoppers"] = shoppers(csv_file)
    for name, (features, target) in tables.items():
        scaled = StandardScaler().fit_transform(features)
        write(folder / f"{name}.bin", features, target, 2)
        write(folder / f"{name}-scaled.bin", scaled, target, 2)
        # Of numbers: something that most columns have a part in.
        number = np.sin(scaled[:, 0]) + scaled @ np.linspace(-1, 1, scaled.shape[1]) + target
        write(folder / f"{name}-number.bin", scaled, number, 0)
        print(name)


def pruned_tree(x, y):
    """A search over the alphas at which the tree of all rows loses a leaf, at most 30 of them."""
    base = tree.DecisionTreeClassifier(min_samples_leaf=5, random_state=42)
    alphas = np.unique(base.cost_complexity_pruning_path(x, y).ccp_alphas.clip(min=0))
    if len(alphas) > 30:
        alphas = alphas[np.linspace(0, len(alphas) - 1, 30).astype(int)]
    folds = StratifiedKFold(5, shuffle=True, random_state=42)
    GridSearchCV(base, {"ccp_alpha": alphas}, cv=folds).fit(x, y)


KINDS = {
    "tree": lambda: tree.DecisionTreeClassifier(random_state=42),
    "forest": lambda: ensemble.RandomForestClassifier(random_state=42, n_jobs=1),
    "boosted": lambda: ensemble.HistGradientBoostingClassifier(random_state=42),
    # Probabilities come from five further trainings, as ours do.
    "svm": lambda: CalibratedClassifierCV(svm.SVC(), ensemble=False),
    "linear-svm": lambda: CalibratedClassifierCV(svm.LinearSVC(max_iter=10000), ensemble=False),
    "logistic": lambda: linear_model.LogisticRegression(max_iter=1000),
    "linear": linear_model.Ridge,
}


def seconds(file, kind):
    x, y = read(file)
    start = time.process_time()
    if kind == "pruned-tree":
        pruned_tree(x, y)
    else:
        KINDS[kind]().fit(x, y)
    return time.process_time() - start


if __name__ == "__main__":
    if sys.argv[1] == "data":
        write_data(pathlib.Path(sys.argv[2]), *sys.argv[3:])
    else:
        print(seconds(*sys.argv[2:]))

"""scikit-learn's classifiers, regressors and clusterings as ONNX (skl2onnx), with golden results.

Data are scikit-learn's own iris, wine, diabetes and breast cancer sets, rounded to three digits so
that the rows are short. Every fourth row is held out; the recorded rows are from those.
"""

import numpy as np
import onnx.helper
import sklearn
from golden import main
from sklearn import datasets
from sklearn.cluster import KMeans
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC, NuSVR, OneClassSVM
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

OPSETS = {"": 18, "ai.onnx.ml": 3}
# float sums over terms of both signs (kernels, boosting) lose digits against scikit-learn's double
SUMS = {"library": {"absolute": 1e-4, "relative": 1e-4, "why": "the library sums in double"}}
ROWS = 12


def load(name):
    """(training rows, training targets, held-out rows) as float32 values; names for the classes."""
    bunch = getattr(datasets, f"load_{name}")()
    x = np.round(bunch.data, 3).astype(np.float32)
    if name == "diabetes":  # its own scaling leaves numbers of 0.01: whole steps are shorter
        x = np.round(bunch.data * 100, 1).astype(np.float32)
    held = np.arange(len(x)) % 4 == 1
    step = max(1, held.sum() // ROWS)
    return x[~held], bunch.target[~held], x[held][::step][:ROWS], bunch


def convert(model, columns, *, double=False, zipmap=False, **options):
    """The model as ONNX with one input X of float or double rows."""
    kind = DoubleTensorType if double else FloatTensorType
    classifies = hasattr(model, "predict_proba") and zipmap is not None
    if classifies:
        options["zipmap"] = zipmap
    return to_onnx(
        model,
        initial_types=[("X", kind([None, columns]))],
        options={id(model): options} if options else None,
        target_opset=OPSETS,
    )


def with_plain_integers(make_attribute):
    """ONNX 1.23 refuses the NumPy integers and booleans that skl2onnx 1.20 gives for these trees."""

    def plain(value):
        return int(value) if isinstance(value, (bool, np.integer)) else value

    def make(key, value, *arguments, **options):
        if isinstance(value, list):
            value = [plain(item) for item in value]
        return make_attribute(key, value, *arguments, **options)

    return make


onnx.helper.make_attribute = with_plain_integers(onnx.helper.make_attribute)


def classifier(make, data, *, double=False, zipmap=False, names=False, scores=None, tolerance=None):
    """A recipe for a classifier: labels by predict, the second output by predict_proba.

    `names`: classes are strings. `scores`: the method for the second output instead. `zipmap`: True
    ends the graph in a ZipMap, None leaves skl2onnx's default, which is that as well.
    """

    def record(recorder, name):
        x, y, rows, bunch = load(data)
        if names:
            y = bunch.target_names[y]
        model = make().fit(x.astype(np.float64), y)
        options = {"raw_scores": True} if scores else {}
        inputs = rows.astype(np.float64)
        labels = model.predict(inputs)
        expected = getattr(model, scores or "predict_proba")(inputs)
        onx = convert(model, x.shape[1], double=double, zipmap=zipmap, **options)
        label, values = [output.name for output in onx.graph.output]
        recorder.record(
            name,
            onx,
            {"X": inputs if double else rows},
            {label: labels, values: expected},
            source=f"scikit-learn {sklearn.__version__} {title(model)}",
            data=f"{data}, {len(x)} rows",
            tolerance=tolerance,
        )

    return record


def regressor(make, data, *, double=False, tolerance=None):
    """A recipe for a regressor: its one output by predict."""

    def record(recorder, name):
        x, y, rows, _ = load(data)
        model = make().fit(x.astype(np.float64), y)
        inputs = rows.astype(np.float64)
        expected = model.predict(inputs)
        onx = convert(model, x.shape[1], double=double, zipmap=None)
        recorder.record(
            name,
            onx,
            {"X": inputs if double else rows},
            {onx.graph.output[0].name: expected},
            source=f"scikit-learn {sklearn.__version__} {title(model)}",
            data=f"{data}, {len(x)} rows",
            tolerance=tolerance,
        )

    return record


def two_outputs(make, data, second, tolerance=None):
    """A recipe for what is neither: labels by predict, the second output by the method `second`."""

    def record(recorder, name):
        x, _, rows, _ = load(data)
        model = make().fit(x.astype(np.float64))
        onx = convert(model, x.shape[1], zipmap=None)
        label, values = [output.name for output in onx.graph.output]
        inputs = rows.astype(np.float64)
        recorder.record(
            name,
            onx,
            {"X": rows},
            {label: model.predict(inputs), values: getattr(model, second)(inputs)},
            source=f"scikit-learn {sklearn.__version__} {title(model)}",
            data=f"{data}, {len(x)} rows",
            tolerance=tolerance,
        )

    return record


def title(model):
    """A model's class; of a pipeline, the classes of its steps."""
    steps = [step for _, step in getattr(model, "steps", [("", model)])]
    return " + ".join(type(step).__name__ for step in steps)


def scaled(make):
    return lambda: make_pipeline(StandardScaler(), make())


if __name__ == "__main__":
    main(
        {
            "sk-decision-tree": classifier(
                lambda: DecisionTreeClassifier(max_depth=5, random_state=1), "iris"
            ),
            "sk-decision-tree-names-zipmap": classifier(
                lambda: DecisionTreeClassifier(max_depth=4, random_state=1),
                "iris",
                names=True,
                zipmap=True,
            ),
            "sk-decision-tree-regressor": regressor(
                lambda: DecisionTreeRegressor(max_depth=6, random_state=1), "diabetes"
            ),
            "sk-random-forest": classifier(
                lambda: RandomForestClassifier(14, max_depth=5, random_state=1), "wine"
            ),
            "sk-random-forest-binary": classifier(
                lambda: RandomForestClassifier(10, max_depth=5, random_state=1), "breast_cancer"
            ),
            "sk-random-forest-regressor": regressor(
                lambda: RandomForestRegressor(10, max_depth=4, random_state=1), "diabetes"
            ),
            "sk-extra-trees": classifier(
                lambda: ExtraTreesClassifier(10, max_depth=5, random_state=1), "iris", zipmap=True
            ),
            "sk-extra-trees-regressor": regressor(
                lambda: ExtraTreesRegressor(8, max_depth=4, random_state=1), "diabetes"
            ),
            "sk-gradient-boosting": classifier(
                lambda: GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=1),
                "wine",
                tolerance=SUMS,
            ),
            "sk-gradient-boosting-binary": classifier(
                lambda: GradientBoostingClassifier(n_estimators=20, max_depth=3, random_state=1),
                "breast_cancer",
                tolerance=SUMS,
            ),
            "sk-gradient-boosting-regressor": regressor(
                lambda: GradientBoostingRegressor(n_estimators=18, max_depth=3, random_state=1),
                "diabetes",
            ),
            "sk-hist-gradient-boosting": classifier(
                lambda: HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=8, random_state=1),
                "breast_cancer",
                tolerance=SUMS,
            ),
            "sk-hist-gradient-boosting-regressor": regressor(
                lambda: HistGradientBoostingRegressor(max_iter=12, max_leaf_nodes=8, random_state=1),
                "diabetes",
            ),
            "sk-ada-boost": classifier(
                lambda: AdaBoostClassifier(
                    DecisionTreeClassifier(max_depth=2, random_state=1), n_estimators=4, random_state=1
                ),
                "iris",
            ),
            "sk-isolation-forest": two_outputs(
                lambda: IsolationForest(n_estimators=3, max_samples=24, random_state=1), "iris", "decision_function"
            ),
            "sk-linear-svc": classifier(
                lambda: LinearSVC(random_state=1), "iris", scores="decision_function", tolerance=SUMS
            ),
            "sk-sgd-hinge": classifier(
                lambda: SGDClassifier(random_state=1), "iris", scores="decision_function", tolerance=SUMS
            ),
            "sk-svc-rbf": classifier(
                scaled(lambda: SVC(probability=True, random_state=1)), "iris", tolerance=SUMS
            ),
            "sk-svc-rbf-binary": classifier(
                scaled(lambda: SVC(probability=True, random_state=1)), "breast_cancer", tolerance=SUMS
            ),
            "sk-svc-poly": classifier(
                scaled(lambda: SVC(kernel="poly", degree=3, coef0=1, probability=True, random_state=1)),
                "iris",
                names=True,
                tolerance=SUMS,
            ),
            "sk-svc-sigmoid": classifier(
                scaled(lambda: SVC(kernel="sigmoid", gamma=0.05, probability=True, random_state=1)),
                "iris",
                tolerance=SUMS,
            ),
            "sk-svc-linear-scores": classifier(
                scaled(lambda: SVC(kernel="linear")), "wine", scores="decision_function", tolerance=SUMS
            ),
            "sk-nu-svc": classifier(
                scaled(lambda: NuSVC(nu=0.2, probability=True, random_state=1)), "wine", tolerance=SUMS
            ),
            "sk-one-class-svm": two_outputs(
                lambda: OneClassSVM(nu=0.2, gamma=0.3), "iris", "decision_function", SUMS
            ),
            "sk-svr-rbf": regressor(scaled(lambda: SVR(C=50, epsilon=45)), "diabetes"),
            "sk-svr-poly": regressor(
                scaled(lambda: SVR(kernel="poly", degree=2, coef0=1, C=5, epsilon=45)), "diabetes"
            ),
            "sk-nu-svr": regressor(scaled(lambda: NuSVR(nu=0.3, C=50)), "diabetes"),
            "sk-logistic-binary": classifier(
                scaled(lambda: LogisticRegression()), "breast_cancer", zipmap=True
            ),
            "sk-logistic-multinomial": classifier(
                scaled(lambda: LogisticRegression()), "wine", names=True
            ),
            "sk-logistic-zipmap-default": classifier(
                scaled(lambda: LogisticRegression()), "iris", zipmap=None
            ),
            "sk-logistic-double": classifier(
                scaled(lambda: LogisticRegression()), "iris", double=True
            ),
            "sk-ridge": regressor(lambda: Ridge(alpha=0.5), "diabetes"),
            "sk-linear-regression": regressor(LinearRegression, "diabetes"),
            "sk-linear-regression-double": regressor(LinearRegression, "diabetes", double=True),
            "sk-kmeans": two_outputs(
                lambda: KMeans(4, n_init=3, random_state=1), "wine", "transform", SUMS
            ),
            "sk-gaussian-nb": classifier(GaussianNB, "iris", tolerance=SUMS),
            "sk-multinomial-nb": classifier(MultinomialNB, "wine", tolerance=SUMS),
            "sk-bernoulli-nb": classifier(lambda: BernoulliNB(binarize=1.5), "iris"),
            "sk-nearest-neighbours": classifier(lambda: KNeighborsClassifier(5), "iris"),
            "sk-mlp": classifier(
                scaled(lambda: MLPClassifier((12, 8), max_iter=300, random_state=1)), "iris"
            ),
            "sk-mlp-tanh": classifier(
                scaled(
                    lambda: MLPClassifier((10,), activation="tanh", max_iter=300, random_state=1)
                ),
                "breast_cancer",
            ),
            "sk-mlp-regressor": regressor(
                scaled(
                    lambda: MLPRegressor(
                        hidden_layer_sizes=(10,), activation="logistic", max_iter=300, solver="lbfgs", random_state=1
                    )
                ),
                "diabetes",
            ),
        }
    )

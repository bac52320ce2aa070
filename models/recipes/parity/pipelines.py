"""scikit-learn's preprocessing and text models as ONNX, numbers and strings side by side.

The orders and questions are made here from a seed: a small shop's, so that columns of strings and
of numbers (some missing) belong together. skl2onnx writes a vectorizer of whole texts with
StringNormalizer, Tokenizer and regular expressions, which are outside the engine's operators: the
two text goldens start from the tokens, which a caller splits.
"""

import numpy as np
import sklearn
from golden import main
from onnx import TensorProto, helper
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

OPSETS = {"": 18, "ai.onnx.ml": 3}
ROWS = 9
TYPES = {"f": FloatTensorType, "i": Int64TensorType, "O": StringTensorType}


def orders(count=160, seed=7):
    """(amount, items, age: floats; channel, country: strings; whether it came back: 0 or 1)."""
    random = np.random.default_rng(seed)
    numbers = np.stack(
        [
            random.gamma(2.0, 30.0, count).round(2),
            random.integers(1, 12, count),
            random.integers(18, 80, count),
        ],
        axis=1,
    ).astype(np.float32)
    channels = np.array(["web", "app", "shop", "téléphone"], object)
    countries = np.array(["DE", "FR", "中国", "US", "PL"], object)
    strings = np.stack(
        [channels[random.integers(0, 4, count)], countries[random.integers(0, 5, count)]], axis=1
    )
    chance = numbers[:, 0] / 120 + (strings[:, 0] == "web") - 0.4 * (strings[:, 1] == "FR")
    returned = (chance + random.normal(0, 0.3, count) > 0.9).astype(np.int64)
    return numbers, strings, returned


NUMBERS, STRINGS, RETURNED = orders()
TABLE = np.concatenate([NUMBERS.astype(object), STRINGS], axis=1)


def transformer(make, x, rows=None):
    """A recipe for a step or pipeline over one array: its output by transform."""

    def record(recorder, name):
        model = make().fit(x)
        some = x[:ROWS] if rows is None else rows
        onx = to_onnx(
            model,
            initial_types=[("X", TYPES[x.dtype.kind]([None, x.shape[1]]))],
            target_opset=OPSETS,
        )
        expected = model.transform(some)
        expected = expected.toarray() if hasattr(expected, "toarray") else expected
        write(recorder, name, model, onx, {"X": some}, {onx.graph.output[0].name: expected})

    return record


def write(recorder, name, model, onx, inputs, library, data=None, tolerance=None):
    steps = [step for _, step in getattr(model, "steps", [("", model)])]
    names = " + ".join(type(step).__name__ for step in steps)
    recorder.record(
        name,
        onx,
        inputs,
        library,
        source=f"scikit-learn {sklearn.__version__} {names}",
        data=data or f"{len(TABLE)} orders from seed 7",
        tolerance=tolerance,
    )


def with_gaps(x, seed=3):
    """A copy in which one number in eight is missing."""
    gaps = x.copy()
    gaps[np.random.default_rng(seed).random(x.shape) < 0.125] = np.nan
    return gaps


def order_columns(zipmap, final):
    """ColumnTransformer of numbers (imputed, scaled) and strings (one-hot), then a classifier."""

    def record(recorder, name):
        numbers = with_gaps(NUMBERS)
        whole = np.concatenate([numbers.astype(object), STRINGS], axis=1)
        model = Pipeline(
            [
                (
                    "columns",
                    ColumnTransformer(
                        [
                            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), [0, 1, 2]),
                            ("strings", OneHotEncoder(handle_unknown="ignore"), [3, 4]),
                        ]
                    ),
                ),
                ("classifier", final()),
            ]
        ).fit(whole, np.where(RETURNED == 1, "returned", "kept"))
        onx = to_onnx(
            model,
            initial_types=[
                ("numbers", FloatTensorType([None, 3])),
                ("strings", StringTensorType([None, 2])),
            ],
            options={id(model): {"zipmap": zipmap}},
            target_opset=OPSETS,
        )
        some, words = numbers[:ROWS], STRINGS[:ROWS].copy()
        words[2, 1] = "unseen"
        rows = np.concatenate([some.astype(object), words], axis=1)
        label, chances = [output.name for output in onx.graph.output]
        write(
            recorder,
            name,
            model,
            onx,
            {"numbers": some, "strings": words},
            {label: model.predict(rows), chances: model.predict_proba(rows)},
        )

    return record


QUESTIONS = [
    ("where is my order", "status"),
    ("where is my parcel now", "status"),
    ("track my parcel", "status"),
    ("has my order been sent", "status"),
    ("i want to return my order", "return"),
    ("how do i return a parcel", "return"),
    ("can i send it back", "return"),
    ("return and refund please", "return"),
    ("what does delivery cost", "price"),
    ("how much is delivery", "price"),
    ("is delivery free", "price"),
    ("what is the cost of the parcel", "price"),
]
ASKED = ["where is my refund", "how much does it cost to return", "track it", "delivery is not unknown"]


def tokens_graph(vectorizer, classifier):
    """TfIdfVectorizer over a row's tokens, L2 norm where asked for, then the linear classifier.

    `tokens`: string [rows][tokens], rows padded with empty strings, which are in no vocabulary.
    """
    words = vectorizer.get_feature_names_out()
    ones = [(i, word) for i, word in enumerate(words) if " " not in word]
    twos = [(i, word) for i, word in enumerate(words) if " " in word]
    pool = [word for _, word in ones] + [part for _, word in twos for part in word.split(" ")]
    tfidf = isinstance(vectorizer, TfidfVectorizer)
    # The pool's order decides nothing: ngram_indexes says which column an n-gram counts in. The
    # weights run in the pool's order.
    order = [i for i, _ in ones + twos]
    attributes = {"weights": [float(vectorizer.idf_[i]) for i in order]} if tfidf else {}
    nodes = [
        helper.make_node(
            "TfIdfVectorizer",
            ["tokens"],
            ["counts"],
            mode="TFIDF" if tfidf else "TF",
            min_gram_length=1,
            max_gram_length=2 if twos else 1,
            max_skip_count=0,
            ngram_counts=[0, len(ones)] if twos else [0],
            ngram_indexes=order,
            pool_strings=pool,
            **attributes,
        )
    ]
    features = "counts"
    if tfidf:
        nodes.append(helper.make_node("LpNormalization", ["counts"], ["unit"], axis=1, p=2))
        features = "unit"
    nodes += [
        helper.make_node(
            "LinearClassifier",
            [features],
            ["label", "raw"],
            domain="ai.onnx.ml",
            classlabels_strings=list(classifier.classes_),
            coefficients=[float(x) for x in classifier.coef_.ravel()],
            intercepts=[float(x) for x in classifier.intercept_],
            post_transform="SOFTMAX",
        ),
    ]
    return helper.make_model(
        helper.make_graph(
            nodes,
            "tokens",
            [helper.make_tensor_value_info("tokens", TensorProto.STRING, ["rows", "tokens"])],
            [
                helper.make_tensor_value_info("label", TensorProto.STRING, ["rows"]),
                helper.make_tensor_value_info("raw", TensorProto.FLOAT, ["rows", 3]),
            ],
        ),
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)],
        ir_version=9,
    )


def text(make, longest):
    """A text vectorizer and logistic regression; ONNX starts from tokens padded to `longest`."""

    def record(recorder, name):
        model = make_pipeline(make(), LogisticRegression(C=5))
        model.fit(*map(list, zip(*QUESTIONS)))
        analyse = model[0].build_tokenizer()
        rows = [analyse(question) for question in ASKED]
        tokens = np.array([row + [""] * (longest - len(row)) for row in rows], object)
        write(
            recorder,
            name,
            model,
            tokens_graph(model[0], model[1]),
            {"tokens": tokens},
            {"label": model.predict(ASKED), "raw": model.predict_proba(ASKED)},
            data=f"{len(QUESTIONS)} questions to a shop",
        )

    return record


if __name__ == "__main__":
    main(
        {
            "sk-standard-scaler": transformer(StandardScaler, NUMBERS),
            "sk-min-max-scaler": transformer(lambda: MinMaxScaler(clip=True), NUMBERS),
            "sk-max-abs-robust-scaler": transformer(
                lambda: make_pipeline(MaxAbsScaler(), RobustScaler()), NUMBERS
            ),
            "sk-normalizer-l1": transformer(lambda: Normalizer("l1"), NUMBERS),
            "sk-normalizer-l2": transformer(lambda: Normalizer("l2"), NUMBERS),
            "sk-normalizer-max": transformer(lambda: Normalizer("max"), NUMBERS),
            "sk-binarizer": transformer(lambda: Binarizer(threshold=5.5), NUMBERS),
            "sk-polynomial-features": transformer(lambda: PolynomialFeatures(2), NUMBERS),
            "sk-imputer-median": transformer(
                lambda: SimpleImputer(strategy="median"), with_gaps(NUMBERS)
            ),
            "sk-imputer-constant": transformer(
                lambda: SimpleImputer(strategy="constant", fill_value=-1.5), with_gaps(NUMBERS)
            ),
            "sk-one-hot-strings": transformer(
                lambda: OneHotEncoder(handle_unknown="ignore"),
                STRINGS,
                np.concatenate([STRINGS[:5], [["fax", "XX"]]]).astype(object),
            ),
            "sk-one-hot-integers": transformer(
                lambda: OneHotEncoder(handle_unknown="ignore"),
                NUMBERS[:, 1:2].astype(np.int64),
                np.array([[1], [11], [99], [4]], np.int64),
            ),
            "sk-one-hot-drop-first": transformer(lambda: OneHotEncoder(drop="first"), STRINGS),
            "sk-ordinal-strings": transformer(OrdinalEncoder, STRINGS),
            "sk-columns-logistic": order_columns(False, LogisticRegression),
            "sk-columns-logistic-zipmap": order_columns(True, LogisticRegression),
            "sk-columns-forest": order_columns(
                False, lambda: RandomForestClassifier(10, max_depth=5, random_state=1)
            ),
            "sk-tokens-count": text(lambda: CountVectorizer(token_pattern=r"\S+"), 7),
            "sk-tokens-tfidf-bigrams": text(
                lambda: TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2)), 7
            ),
        }
    )

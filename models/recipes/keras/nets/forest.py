"""A random forest by scikit-learn, through skl2onnx.

    python -m nets.forest --input online-shoppers.csv --target Revenue --columns A,B,C --out FOLDER

`storewise train forest --split shuffle-numpy` learns from the same rows. nets/tables.py has the files.
"""

from sklearn.ensemble import RandomForestClassifier

from nets import common, tables


def forest():
    """20 trees of 6 levels, 10 rows a leaf: a file that a page can load."""
    return RandomForestClassifier(
        20, max_depth=6, min_samples_leaf=10, random_state=common.SEED
    )


if __name__ == "__main__":
    tables.run(__doc__, "RandomForestClassifier(20 trees of 6 levels)", forest, scaled=False)

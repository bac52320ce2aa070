"""A support vector machine with an RBF kernel by scikit-learn, through skl2onnx.

    python -m nets.svm --input online-shoppers.csv --target Revenue --columns A,B,C --out FOLDER

`storewise train svm --split shuffle-numpy` learns from the same rows. nets/tables.py has the files.
"""

from sklearn.svm import SVC

from nets import tables

if __name__ == "__main__":
    tables.run(__doc__, "StandardScaler + SVC(rbf)", SVC, scaled=True)

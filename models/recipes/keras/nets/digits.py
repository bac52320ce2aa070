"""scikit-learn's digits as a CSV for nets.cnn: 1,797 pictures of 8 x 8, drawn on 28 x 28.

    python -m nets.digits --out digits.csv

Each pixel becomes a smooth 3 x 3 (bilinear), with two of paper around: label, pixel0 to pixel783, 0 to 255.
"""

import argparse
import csv

import numpy as np
from scipy import ndimage
from sklearn import datasets


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, help="the CSV")
    given = parser.parse_args()
    bunch = datasets.load_digits()
    large = np.stack([ndimage.zoom(image, 3, order=1) for image in bunch.images])
    levels = np.pad(np.rint(large * 255 / 16).astype(int), ((0, 0), (2, 2), (2, 2)))
    with open(given.out, "w", newline="", encoding="utf8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["label", *(f"pixel{i}" for i in range(28 * 28))])
        for label, picture in zip(bunch.target, levels):
            writer.writerow([label, *picture.ravel()])


if __name__ == "__main__":
    main()

"""Networks in Keras, and models in scikit-learn, from a CSV to an ONNX file, a module each:

    python -m nets.cnn --input icons.csv --target label --out FOLDER

README.md in the folder above tells what each is, what it reads and what comes out.
"""

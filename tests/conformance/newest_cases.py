"""Writes the operator cases that come with the installed onnx package, as files.

    python newest_cases.py DIR

DIR/NAME/model.onnx and DIR/NAME/test_data_set_N/{input,output}_M.pb, the form of ONNX's own test
data. A case that the package itself can't write is named and left out.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def to_proto(value, info):
    """`value` as the protobuf message that its declared type asks for."""
    if isinstance(value, onnx.TensorProto):
        return value
    if info is not None and info.type.HasField("sequence_type"):
        return numpy_helper.from_list(value, info.name)
    if info is not None and info.type.HasField("optional_type"):
        return numpy_helper.from_optional(value, info.name)
    return numpy_helper.from_array(np.asarray(value), info.name if info is not None else "")


def write(case, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(case.model.SerializeToString())
    for number, (inputs, outputs) in enumerate(case.data_sets):
        data = folder / f"test_data_set_{number}"
        data.mkdir(exist_ok=True)
        for kind, values, infos in (
            ("input", inputs, case.model.graph.input),
            ("output", outputs, case.model.graph.output),
        ):
            for index, value in enumerate(values):
                info = infos[index] if index < len(infos) else None
                proto = to_proto(value, info)
                (data / f"{kind}_{index}.pb").write_bytes(proto.SerializeToString())


def main(folder):
    cases = collect_testcases(None)
    written = 0
    for case in cases:
        try:
            write(case, folder / case.name)
            written += 1
        except Exception as error:  # the package's own trouble with one of its cases
            print(f"{case.name}: not written: {error!r}"[:160])
    print(f"onnx {onnx.__version__}: {written} of {len(cases)} cases written")


main(Path(sys.argv[1]))

"""The network as one ONNX file: encoder and decoder behind an If, so that a shop ships one model.

Inputs and outputs are those of src/answer/reply_model.h. While `start` is true the question is encoded and
the decoder begins from it; afterwards `memory` and `state` go in again as they came out.
"""

import json

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from network import MEMORY, READER, STATE

OPSET = 17
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def gru(cell):
    """Keras' GRU weights (z, r, h; reset_after) as ONNX has them: W, R and B of one direction."""
    kernel, recurrent, bias = [weight.numpy() for weight in cell.trainable_weights]
    return kernel.T, recurrent.T, bias.reshape(-1)


def onnx_model(network, metadata):
    weights = []

    def weight(name, values):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(op, inputs, outputs, **attributes):
        return helper.make_node(op, inputs, outputs if isinstance(outputs, list) else [outputs], **attributes)

    def whole(name, *values):
        return weight(name, np.array(values, np.int64))

    def dense(layer, name):
        kernel, *bias = [w.numpy() for w in layer.trainable_weights]
        return [weight(f"{name}_weights", kernel)] + [weight(f"{name}_bias", b) for b in bias]

    # ---- the encoder, inside of the If
    weight("features", network.features.embeddings.numpy())
    forward, backward = (gru(layer.cell) for layer in
                         (network.reader.forward_layer, network.reader.backward_layer))
    for name, a, b in zip("WRB", forward, backward):
        weight(f"reader_{name}", np.stack([a, b]))
    begin = dense(network.begin, "begin")
    whole("axis_1", 1)
    whole("axis_2", 2)
    whole("rows_read", -1, 2 * READER)
    weight("nothing", np.array(0, np.int64))
    weight("little", np.array(1e-6, np.float32))
    encode = [
        node("Gather", ["features", "question"], "of_features"),
        node("Greater", ["question", "nothing"], "is_known"),
        node("Cast", ["is_known"], "known_2", to=FLOAT),
        node("Unsqueeze", ["known_2", "axis_2"], "known"),
        node("Mul", ["of_features", "known"], "of_known"),
        node("ReduceSum", ["of_known", "axis_1"], "sums", keepdims=0),
        node("ReduceSum", ["known", "axis_1"], "counts", keepdims=0),
        node("Add", ["counts", "little"], "some"),
        node("Div", ["sums", "some"], "words"),
        node("Unsqueeze", ["words", "axis_1"], "sequence"),
        node(
            "GRU", ["sequence", "reader_W", "reader_R", "reader_B"], "read",
            direction="bidirectional", hidden_size=READER, linear_before_reset=1,
        ),
        node("Reshape", ["read", "rows_read"], "both_ways"),
        node("Concat", ["both_ways", "words"], "new_memory", axis=1),
        node("ReduceMean", ["new_memory"], "mean", axes=[0], keepdims=1),
        node("ReduceMax", ["new_memory"], "largest", axes=[0], keepdims=1),
        node("Concat", ["mean", "largest"], "seen", axis=1),
        node("MatMul", ["seen", begin[0]], "begin_product"),
        node("Add", ["begin_product", begin[1]], "begin_sum"),
        node("Tanh", ["begin_sum"], "new_state"),
    ]
    go_on = [node("Identity", ["memory"], "old_memory"), node("Identity", ["state"], "old_state")]

    def branch(name, nodes, *outputs):
        values = [helper.make_tensor_value_info(output, FLOAT, ["n", size])
                  for output, size in zip(outputs, (MEMORY, STATE))]
        return helper.make_graph(nodes, name, [], values)

    # ---- one step of the decoder
    weight("of_pieces", network.piece.embeddings.numpy())
    for name, values in zip("WRB", gru(network.writer.cell)):
        weight(f"writer_{name}", values[None])
    ask = dense(network.ask, "ask")
    join = dense(network.join, "join")
    say = dense(network.say, "say")
    whole("axis_0", 0)
    nodes = [
        node("If", ["start"], ["encoded", "state_before"],
             then_branch=branch("encode", encode, "new_memory", "new_state"),
             else_branch=branch("go_on", go_on, "old_memory", "old_state")),
        node("Gather", ["of_pieces", "piece"], "said"),
        node("Unsqueeze", ["said", "axis_0"], "said_now"),
        node("Unsqueeze", ["state_before", "axis_0"], "state_now"),
        node("GRU", ["said_now", "writer_W", "writer_R", "writer_B", "", "state_now"], ["", "written"],
             hidden_size=STATE, linear_before_reset=1),
        node("Squeeze", ["written", "axis_0"], "next_state"),
        node("MatMul", ["next_state", ask[0]], "asked"),
        node("Transpose", ["encoded"], "keys", perm=[1, 0]),
        node("MatMul", ["asked", "keys"], "scores"),
        node("Softmax", ["scores"], "attention", axis=-1),
        node("MatMul", ["attention", "encoded"], "attended"),
        node("Concat", ["next_state", "attended"], "both", axis=-1),
        node("MatMul", ["both", join[0]], "join_product"),
        node("Add", ["join_product", join[1]], "join_sum"),
        node("Tanh", ["join_sum"], "joined"),
        node("MatMul", ["joined", say[0]], "say_product"),
        node("Add", ["say_product", say[1]], "logits"),
    ]

    def value(name, kind, *shape):
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        nodes,
        "replies",
        [
            value("question", INT64, "words", "features"),
            value("start", BOOL),
            value("memory", FLOAT, "remembered", MEMORY),
            value("state", FLOAT, "rows", STATE),
            value("piece", INT64, "rows"),
        ],
        [
            value("logits", FLOAT, "rows", network.pieces),
            value("next_state", FLOAT, "rows", STATE),
            value("encoded", FLOAT, "words", MEMORY),
            value("attention", FLOAT, "rows", "words"),
        ],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    model.producer_name = "storewise recipes"
    set_metadata(model, metadata)
    checker.check_model(model)
    return model


def move_into_encoder(graph):
    """Puts the DequantizeLinear nodes that only the encoder reads, and their weights, into its branch of
    the If: there they run once a question, not at each step, and can be fused with their readers."""
    choice = next(node for node in graph.node if node.op_type == "If")
    branch = next(one.g for one in choice.attribute if one.name == "then_branch")
    read = {name for node in graph.node for name in node.input}
    moved = [
        node for node in graph.node if node.op_type == "DequantizeLinear" and node.output[0] not in read
    ]
    for node in moved:
        graph.node.remove(node)
    inner = [*moved, *branch.node]
    del branch.node[:]
    branch.node.extend(inner)
    weights = {name for node in moved for name in node.input}
    for weight in [one for one in graph.initializer if one.name in weights]:
        branch.initializer.append(weight)
        graph.initializer.remove(weight)


def set_metadata(model, document):
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key = "storewise"
    entry.value = json.dumps(document, ensure_ascii=False, separators=(",", ":"))

"""A GRU encoder-decoder with attention that replies by approved sentences.

    python -m seq2seq train --out FOLDER [--epochs N]
        learns; leaves float.onnx, messages.json (what to choose by and to measure by) and report.json
    python -m seq2seq finish --model int8.onnx --threshold T --out model.onnx
        the same model with its threshold in the metadata, and what only the encoder reads inside of it
    python -m seq2seq check --model model.onnx --messages FILE --out FILE
        what ONNX Runtime and decode.py say to a list of texts: replies, probabilities, logits of the start

recipe.mjs runs all three and measures; run it by `npm run models -- replies`.
"""

import argparse
import json
import os
import pathlib
import random
import time

import data
import questions

BEAMS = 4


def metadata(approved, threshold):
    return {
        "version": 1,
        "kind": "replies",
        "question": {
            "buckets": questions.BUCKETS,
            "letters": [questions.SHORTEST, questions.LONGEST],
            "words": questions.MOST_WORDS,
            "features": questions.MOST_FEATURES,
        },
        **approved.document(),
        "threshold": threshold,
        "beams": BEAMS,
        "licence": "Apache-2.0",
        "data": "the demo shop's questions, answers and small talk, written for this project",
    }


def train(given):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # which rounds by what the processor has
    import keras
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(2)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(data.SEED)
    import export
    import network

    approved = data.approved()
    learnt, chosen, measured = data.split()
    net = network.Network(len(approved.texts))
    none = [message for message in learnt if message[1] is None]

    def pairs(epoch):
        """Every message, those out of scope three times more, and new compounds."""
        draw = random.Random(data.SEED + epoch)
        return data.singles(learnt) + 3 * data.singles(none) + data.compounds(learnt, given.compounds, draw)

    began = time.perf_counter()
    network.learn(net, approved, pairs, epochs=given.epochs, say=lambda text: print(text, flush=True))
    seconds = time.perf_counter() - began
    model = export.onnx_model(net, metadata(approved, 0.5))
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "float.onnx").write_bytes(model.SerializeToString(deterministic=True))

    def listed(pairs, labels=None):
        return [
            {"text": pair.text, "language": pair.language, "reply": list(pair.reply),
             **({} if labels is None else {"label": labels[i] or "out-of-scope"})}
            for i, pair in enumerate(pairs)
        ]

    def part(messages, seed):
        return {
            "single": listed(data.singles(messages), [label for _, label, _ in messages]),
            "compound": listed(
                [p for p in data.compounds(messages, 600, random.Random(seed)) if p.reply][:500]
            ),
        }

    written = [
        data.Pair(row["text"], data.reply_to(row["label"], row["language"]), row["language"])
        for row in data.rows(data.FAQ / "faq-heldout.csv")
    ]
    others = [
        data.Pair(row["text"], (), row["language"]) for row in data.rows(data.FAQ / "faq-out-of-scope.csv")
    ]
    (given.out / "messages.json").write_text(
        json.dumps(
            {
                "learnt": listed(data.singles(learnt), [label for _, label, _ in learnt]),
                "chosen": part(chosen, 1),
                "measured": part(measured, 2),
                "written": listed(written, [row["label"] for row in data.rows(data.FAQ / "faq-heldout.csv")]),
                "others": listed(others),
            },
            ensure_ascii=False,
        )
    )
    (given.out / "report.json").write_text(
        json.dumps(
            {
                "epochs": given.epochs,
                "seconds": round(seconds),
                "weights": int(sum(w.numpy().size for w in net.weights())),
                "pieces": len(approved.texts),
                "sentences": len(approved.sentences),
                "messages": [len(learnt), len(chosen), len(measured)],
            }
        )
    )


def finish(given):
    import export
    import onnx

    model = onnx.load(given.model)
    export.move_into_encoder(model.graph)
    onnx.checker.check_model(model)
    document = json.loads(model.metadata_props[0].value)
    export.set_metadata(model, {**document, "threshold": given.threshold})
    given.out.write_bytes(model.SerializeToString(deterministic=True))


def check(given):
    import decode
    import numpy as np

    replier = decode.Replier(given.model, data.approved())
    result = []
    for text in json.loads(given.messages.read_text()):
        question = questions.encode(text)
        reply, probability = replier.reply(text)
        logits, _, _ = replier.step(
            question,
            True,
            np.zeros((1, replier.memory), np.float32),
            np.zeros((1, replier.state), np.float32),
            0,
        )
        result.append(
            {
                "text": text,
                "reply": list(reply),
                "probability": probability,
                "question": question.tolist(),
                "logits": [round(float(value), 5) for value in logits[0]],
            }
        )
    given.out.write_text(json.dumps(result, ensure_ascii=False))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("train")
    one.add_argument("--epochs", type=int, default=24)
    one.add_argument("--compounds", type=int, default=8000, help="made anew for each epoch")
    one.set_defaults(run=train)
    one = commands.add_parser("finish")
    one.add_argument("--model", required=True, type=pathlib.Path)
    one.add_argument("--threshold", required=True, type=float)
    one.set_defaults(run=finish)
    one = commands.add_parser("check")
    one.add_argument("--model", required=True, type=pathlib.Path)
    one.add_argument("--messages", required=True, type=pathlib.Path)
    one.set_defaults(run=check)
    for one in commands.choices.values():
        one.add_argument("--out", required=True, type=pathlib.Path)
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()

"""The part that nets.gru4rec and nets.caser share: sessions from a CSV, learnt, measured, written.

The CSV has a line for each item of each session, the lines of a session in the order of the visit: columns
`session`, `item`, and `name` if items have names. Of the sessions to learn from, the MOST_ITEMS most frequent items
are known; others are left out, and so are sessions with fewer than two known items. Measured is, for every item
of a held-out session but the first, the rank of that item among all but the LENGTH before it. The file takes `items`,
int64 [n][LENGTH]: numbers of the last items, the latest last, 1 for the first of the metadata's `items`, 0 in
front where there are fewer; and gives `scores`, float32 [n][items], probabilities of the next one.
"""

import collections

import numpy as np

from nets import common

MOST_ITEMS = 1000
LENGTH = 12
LONGEST = 60  # sessions are cut after so many items: longer ones are a reseller's orders


def read(file):
    """The sessions, each a list of items in order, and the name of each item."""
    sessions, names = collections.defaultdict(list), {}
    for row in common.read_csv(file, "session", "item"):
        sessions[row["session"]].append(row["item"])
        names[row["item"]] = row.get("name") or row["item"]
    return list(sessions.values()), names


def known_items(sessions):
    """The MOST_ITEMS items that most sessions have, the most frequent first."""
    counts = collections.Counter(item for session in sessions for item in set(session))
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [item for item, _ in ranked[:MOST_ITEMS]]


def numbered(sessions, known):
    """Sessions as lists of item numbers from 1, unknown items left out."""
    number = {item: i + 1 for i, item in enumerate(known)}
    lists = [[number[item] for item in session if item in number] for session in sessions]
    return [numbers[:LONGEST] for numbers in lists if len(numbers) >= 2]


def queries(sessions):
    """int64 [n][LENGTH] of what came before, and int64 [n] of what came next, counted from 0."""
    before, after = [], []
    for numbers in sessions:
        for i in range(1, len(numbers)):
            window = numbers[max(0, i - LENGTH) : i]
            before.append([0] * (LENGTH - len(window)) + window)
            after.append(numbers[i] - 1)
    return np.array(before, dtype=np.int64), np.array(after, dtype=np.int64)


def without_own(scores, before):
    """The scores, those of the items that came before as low as can be: nobody is told what they have."""
    scores = np.array(scores, dtype=np.float32)
    rows, places = np.nonzero(before)
    scores[rows, before[rows, places] - 1] = -np.inf
    return scores


def ranked(scores, truth, before):
    """What each row adds to recall@20 and MRR@20 among the items that did not come before."""
    scores = without_own(scores, before)
    own = scores[np.arange(len(truth)), truth][:, None]
    rank = 1 + (scores > own).sum(1)
    hit = rank <= 20
    return {"recall@20": hit.astype(float), "MRR@20": hit / rank}


def ranking(scores, truth, before):
    """recall@20 and MRR@20 of all rows."""
    return {name: float(row.mean()) for name, row in ranked(scores, truth, before).items()}


def baselines(learnt, before, truth, items):
    """The same figures of the most frequent items, and of those bought together most often (cosine)."""
    counts = np.zeros(items)
    pairs = np.zeros((items, items), dtype=np.float32)
    for numbers in learnt:
        own = np.array(sorted(set(numbers))) - 1
        counts[own] += 1
        pairs[np.ix_(own, own)] += 1
    np.fill_diagonal(pairs, 0)
    norm = np.sqrt(np.maximum(counts, 1))
    similar = np.vstack([np.zeros(items), pairs / norm[:, None] / norm[None, :]])
    together = np.vstack([similar[row].sum(0) for row in before])
    popular = np.broadcast_to(counts, (len(truth), items))
    return {
        "popularity": ranking(popular, truth, before),
        "together": ranking(together, truth, before),
    }


def predict(model, before, batch=1024):
    """The model's scores for all queries."""
    return np.vstack(
        [model.predict_on_batch(before[i : i + batch]) for i in range(0, len(before), batch)]
    )


def export(model, folder):
    """The ONNX ModelProto of a model [n][LENGTH] -> [n][items], as Keras exports it."""
    return common.to_onnx(model, folder, input_name="items", output_name="scores")


def run(description, net, learn, to_onnx=export):
    """`learn(keras, items, sessions, epochs)` gives a model [n][LENGTH] -> [n][items], and what it took."""
    given = common.arguments(description, epochs=10)
    sessions, names = read(given.input)
    learnt, measured = common.split(len(sessions))
    known = known_items([sessions[i] for i in learnt])
    learnt = numbered([sessions[i] for i in learnt], known)
    measured = numbered([sessions[i] for i in measured], known)
    before, after = queries(measured)

    keras = common.start_keras()
    model, fitted = learn(keras, len(known), learnt, given.epochs)
    scores = predict(model, before)

    made = to_onnx(model, given.out)
    metadata = {
        "kind": "session",
        "length": LENGTH,
        "items": known,
        "names": [names[item] for item in known],
    }
    common.save(made, given.out, metadata)
    common.write(
        given.out,
        {
            "net": net,
            "items": len(known),
            "sessions": {"learnt": len(learnt), "measured": len(measured)},
            "rows": {"learnt": sum(len(one) - 1 for one in learnt), "measured": len(after)},
            "figures": ranking(scores, after, before),
            "baselines": baselines(learnt, before, after, len(known)),
            **fitted,
        },
        inputs={"items": before},
        answers=after,
        library=scores[: common.LIBRARY_ROWS],
        calibration={"items": queries(learnt[:40])[0][: common.CALIBRATION_ROWS]},
    )

"""Questions and the replies that they should get, from the demo shop's own files, split with seed 42."""

import csv
import dataclasses
import json
import pathlib
import random

from approved import Approved

HERE = pathlib.Path(__file__).parent
FAQ = HERE.parent / "complete-journey"
SHOP = HERE.parent.parent / "demo-shop"
SEED = 42
LANGUAGES = ["en", "zh"]
TALK = ["greeting", "thanks", "goodbye"]  # what may stand beside a question


@dataclasses.dataclass(frozen=True)
class Pair:
    text: str
    reply: tuple  # ids of sentences; empty: there is nothing that the shop would say
    language: str


def approved():
    """The sentences of the demo shop's FAQ and of small-talk.json, each group once for each language."""
    document = json.loads((HERE / "small-talk.json").read_text())
    faq = json.loads((SHOP / "faq.json").read_text())["entries"]
    answers = [{"id": one["id"], "group": "answer", "text": one["answer"]} for one in faq]
    sentences = [
        {"id": f"{one['id']}.{language}", "group": f"{one['group']}.{language}", "text": one["text"][language]}
        for one in [*document["sentences"], *answers]
        for language in LANGUAGES
    ]
    groups = [
        {
            "name": f"{group['name']}.{language}",
            "language": language,
            "next": [f"{name}.{language}" for name in group["next"]],
            "ends": group["ends"],
        }
        for group in document["groups"]
        for language in LANGUAGES
    ]
    first = [f"{name}.{language}" for name in document["first"] for language in LANGUAGES]
    return Approved({"most": document["most"], "first": first, "groups": groups, "sentences": sentences})


def rows(file):
    with open(file, newline="", encoding="utf8") as text:
        return list(csv.DictReader(text))


def reply_to(label, language):
    """The sentences that a single message of small talk or a question should get."""
    if label == "greeting":
        return (f"greeting.{language}", f"offer.{language}")
    return (f"{label}.{language}",)


def messages():
    """Every message with its label (None: out of scope): the FAQ's phrasings, small talk, and the others."""
    held_out = {row["text"].strip().lower() for row in rows(FAQ / "faq-heldout.csv")}
    held_out |= {row["text"].strip().lower() for row in rows(FAQ / "faq-out-of-scope.csv")}
    talk = [(row["text"], row["id"], row["language"]) for row in rows(HERE / "small-talk.csv")]
    faq = [(row["question"], row["id"], row["language"]) for row in rows(FAQ / "faq.csv")]
    none = [(row["question"], None, row["language"]) for row in rows(FAQ / "faq-none.csv")]
    seen = set()
    result = []
    for text, label, language in [*talk, *faq, *none]:
        key = text.strip().lower()
        if not key or key in seen or key in held_out:
            continue
        seen.add(key)
        result.append((text, label, language))
    return result


def split():
    """Messages to learn from, to choose by and to measure by: 72, 8 and 20 %, seed 42."""
    everything = messages()
    order = list(range(len(everything)))
    random.Random(SEED).shuffle(order)
    measured = len(order) // 5
    chosen = (len(order) - measured) // 10
    parts = order[measured + chosen :], order[measured : measured + chosen], order[:measured]
    return [[everything[i] for i in part] for part in parts]


JOINS = {
    "en": [" and ", ", and ", ". ", "? ", "? also, ", " also ", ". And ", " - and ", "; ", "\n", " plus "],
    "zh": ["，", "。", "？", "，还有", "？还有，", "，另外", "。另外，", "；", " ", "，顺便问下，"],
}


def singles(part):
    return [
        Pair(text, reply_to(label, language) if label else (), language) for text, label, language in part
    ]


def compounds(part, count, draw):
    """`count` messages of two or three, which want a reply of as many sentences. `draw` is a Random."""
    questions = {l: [m for m in part if m[2] == l and m[1] and m[1] not in TALK] for l in LANGUAGES}
    talk = {(k, l): [m[0] for m in part if m[1] == k and m[2] == l] for k in TALK for l in LANGUAGES}
    none = {l: [m[0] for m in part if m[1] is None and m[2] == l] for l in LANGUAGES}
    found = []
    while len(found) < count:
        language = draw.choice(LANGUAGES)

        def join(*texts):
            whole = texts[0]
            for text in texts[1:]:
                whole += draw.choice(JOINS[language]) + text
            return whole

        def say(kind):
            return draw.choice(talk[kind, language])

        def id_of(name):
            return f"{name}.{language}"

        one, two = draw.choice(questions[language]), draw.choice(questions[language])
        if one[1] == two[1]:
            continue
        kind = draw.random()
        if kind < 0.25:
            pair = join(say("greeting"), one[0]), (id_of("greeting"), id_of(one[1]))
        elif kind < 0.65:
            pair = join(one[0], two[0]), (id_of(one[1]), id_of(two[1]))
        elif kind < 0.75:
            pair = (
                join(say("greeting"), one[0], two[0]),
                (id_of("greeting"), id_of(one[1]), id_of(two[1])),
            )
        elif kind < 0.85:
            pair = join(one[0], say("thanks")), (id_of(one[1]), id_of("thanks"))
        elif kind < 0.9:
            pair = join(say("thanks"), say("goodbye")), (id_of("thanks"), id_of("goodbye"))
        else:
            other = draw.choice(none[language])
            pair = (join(say("greeting"), other) if kind < 0.95 else other), ()
        found.append(Pair(*pair, language))
    return found

"""What the shop approves: sentences in groups, cut into the pieces that a reply is made of.

A piece is a run of words (of characters in Chinese) that every sentence beginning alike has in common, as
long as it can be: so each step of the decoder is a choice, and what follows from it costs no step.
"""

import re


class Approved:
    """`sentences`: dictionaries of id, group and text; `groups`: see small-talk.json."""

    def __init__(self, document):
        self.groups = document["groups"]
        self.first = document["first"]
        self.most = document["most"]
        self.sentences = sorted(document["sentences"], key=lambda one: units(one["text"]))
        self.by_id = {one["id"]: i for i, one in enumerate(self.sentences)}
        self.texts = [""]  # of each piece; piece 0 starts and ends replies
        split = [[] for _ in self.sentences]
        self._cut(range(len(self.sentences)), 0, split)
        self.pieces = split
        order = sorted(range(len(split)), key=lambda i: split[i])
        assert order == list(range(len(split))), "pieces are numbered in the order of the sentences"
        self.group_of = [next(g for g, group in enumerate(self.groups) if group["name"] == one["group"])
                         for one in self.sentences]

    def _cut(self, rows, depth, split):
        """Gives every sentence of `rows`, which share `depth` units, its further pieces."""
        at = 0
        rows = list(rows)
        while at < len(rows):
            here = units(self.sentences[rows[at]]["text"])[depth]
            end = at
            while end < len(rows) and units(self.sentences[rows[end]]["text"])[depth] == here:
                end += 1
            alike = [units(self.sentences[row]["text"]) for row in rows[at:end]]
            until = depth + 1
            while all(len(one) > until and one[until] == alike[0][until] for one in alike):
                until += 1
            piece = len(self.texts)
            self.texts.append("".join(alike[0][depth:until]))
            for row in rows[at:end]:
                split[row].append(piece)
            if end - at > 1:
                self._cut(rows[at:end], until, split)
            at = end

    def ids(self, reply):
        """Piece numbers of a reply that is a list of sentence ids, with the 0 at its end."""
        return [piece for one in reply for piece in self.pieces[self.by_id[one]]] + [0]

    def choices(self, reply):
        """For each piece of ids(reply) the pieces that may stand there, roughly as src/answer/replies.h."""
        found = []
        for k in range(len(reply) + 1):
            # Which sentences, and so which pieces, come next.
            group = None if k == 0 else self.groups[self.group_of[self.by_id[reply[k - 1]]]]
            names = self.first if k == 0 else group["next"]
            ends = k == 0 or group["ends"]
            open_ = set() if k == self.most else {
                i for i, one in enumerate(self.sentences) if one["group"] in names}
            now = self.pieces[self.by_id[reply[k]]] if k < len(reply) else [0]
            for depth in range(len(now)):
                alike = [i for i in open_ if self.pieces[i][:depth] == now[:depth]]
                found.append({self.pieces[i][depth] for i in alike} | ({0} if ends and depth == 0 else set()))
        return found

    def document(self):
        """What goes into the model's metadata."""
        numbers = {group["name"]: i for i, group in enumerate(self.groups)}
        groups = [{**group, "next": [numbers[name] for name in group["next"]]} for group in self.groups]
        return {
            "most": self.most,
            "first": [numbers[name] for name in self.first],
            "groups": groups,
            "pieces": self.texts,
            "sentences": [{"id": one["id"], "group": group, "pieces": pieces}
                          for one, group, pieces in zip(self.sentences, self.group_of, self.pieces)],
        }


def units(text):
    """A text cut where its words and Chinese characters end, and an end that no other text has."""
    return [*re.findall(r"[A-Za-z0-9'{}_]+ ?|.", text, re.S), ""]

"""The likeliest reply by ONNX Runtime and a search of another kind: what the engine is held against.

Best first (Dijkstra over -log probability): exact, one row at a time. It follows the rules of
src/answer/replies.h, written again.
"""

import heapq
import itertools

import numpy as np
import onnxruntime

import questions


class Replier:
    def __init__(self, file, approved):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.approved = approved
        sizes = {one.name: one.shape for one in self.session.get_inputs()}
        self.memory, self.state = sizes["memory"][1], sizes["state"][1]
        groups = {group["name"]: i for i, group in enumerate(approved.groups)}
        self.first = {groups[name] for name in approved.first}
        self.next = [{groups[name] for name in group["next"]} for group in approved.groups]
        self.ends = [group["ends"] for group in approved.groups]
        reachable = [{g for g, ends in enumerate(self.ends) if ends}]
        while len(reachable) < approved.most:
            last = reachable[-1]
            reachable.append(last | {g for g, after in enumerate(self.next) if after & last})
        self.reachable = reachable

    def step(self, question, start, memory, state, piece):
        """One row: logits, the next state, the memory."""
        return self.session.run(
            ["logits", "next_state", "encoded"],
            {
                "question": question,
                "start": np.array(start),
                "memory": memory,
                "state": state,
                "piece": np.array([piece], np.int64),
            },
        )

    def choices(self, said, part):
        """{piece: the sentence that it completes, or None} after whole sentences and a part of one."""
        approved = self.approved
        group = approved.group_of[said[-1]] if said else None
        left = approved.most - len(said)
        after = self.first if group is None else self.next[group]
        open_ = after & self.reachable[left - 1] if left else set()
        found = {}
        if not part and (group is None or self.ends[group]):
            found[0] = None
        for i, pieces in enumerate(approved.pieces):
            if i in said or approved.group_of[i] not in open_ or pieces[: len(part)] != part:
                continue
            found[pieces[len(part)]] = i if len(pieces) == len(part) + 1 else None
        return found

    def reply(self, text):
        """(ids of sentences, probability) of the likeliest reply."""
        question = questions.encode(text)
        if not question.any():
            return (), 0.0
        order = itertools.count()
        state, memory = np.zeros((1, self.state), np.float32), np.zeros((1, self.memory), np.float32)
        heap = [(0.0, next(order), (), [], 0, state, memory, False)]
        while heap:
            cost, _, said, part, piece, state, memory, is_done = heapq.heappop(heap)
            if is_done:
                return tuple(self.approved.sentences[i]["id"] for i in said), float(np.exp(-cost))
            logits, state, memory = self.step(question, not said and not part, memory, state, piece)
            found = self.choices(said, part)
            values = np.array([logits[0, one] for one in found], np.float64)
            values -= values.max()
            values -= np.log(np.exp(values).sum())
            for (one, whole), value in zip(found.items(), values):
                now, rest = (said, [*part, one]) if whole is None else ((*said, whole), [])
                done = one == 0 or self.choices(now, rest).keys() == {0}
                heapq.heappush(heap, (cost - value, next(order), now, rest, one, state, memory, done))
        return (), 0.0

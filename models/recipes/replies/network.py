"""The network: a bidirectional GRU reads the question's words, a GRU with attention says pieces.

Attention is Luong, Pham and Manning's (2015) "general" form, over the states of both directions; the
decoder starts from the mean and the largest of all of them. Trained with teacher forcing, and under the same choices that the
decoder has when it answers: the softmax at a piece is over what the shop allows there.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import questions

EMBEDDING, READER, PIECE, STATE = 32, 32, 24, 56
MEMORY = 2 * READER + EMBEDDING  # of a word: what both directions read up to it, and the word itself


class Network:
    def __init__(self, pieces):
        self.pieces = pieces
        self.features = layers.Embedding(questions.BUCKETS + 1, EMBEDDING)
        self.reader = layers.Bidirectional(layers.GRU(READER, return_sequences=True))
        self.begin = layers.Dense(STATE, activation="tanh")
        self.piece = layers.Embedding(pieces, PIECE)
        self.writer = layers.GRU(STATE, return_sequences=True)
        self.ask = layers.Dense(MEMORY, use_bias=False)
        self.join = layers.Dense(STATE, activation="tanh")
        self.say = layers.Dense(pieces)
        self.parts = [
            self.features, self.reader, self.begin, self.piece, self.writer, self.ask, self.join, self.say,
        ]

    def logits(self, question, said, dropout=0.0):
        """question int64 [rows][words][features], said int64 [rows][pieces]: float [rows][pieces][pieces]."""

        def drop(x, shape=None):
            return tf.nn.dropout(x, dropout, noise_shape=shape) if dropout > 0 else x

        known = tf.cast(question > 0, tf.float32)
        if dropout > 0:
            known *= tf.cast(tf.random.uniform(tf.shape(known)) > 0.1, tf.float32)
        known = known[..., None]
        words = tf.reduce_sum(self.features(question) * known, 2) / (tf.reduce_sum(known, 2) + 1e-6)
        shape = tf.shape(words)
        words = drop(words, [shape[0], shape[1], 1])  # whole words
        memory = drop(tf.concat([self.reader(words), words], -1))
        state = self.begin(tf.concat([tf.reduce_mean(memory, 1), tf.reduce_max(memory, 1)], -1))
        states = self.writer(drop(self.piece(said)), initial_state=state)
        share = tf.nn.softmax(tf.matmul(self.ask(states), memory, transpose_b=True))
        joined = self.join(tf.concat([states, tf.matmul(share, memory)], -1))
        return self.say(drop(joined))

    def weights(self):
        return [w for part in self.parts for w in part.trainable_weights]

    def step(self, optimiser):
        """A compiled training step."""

        @tf.function(
            input_signature=[
                tf.TensorSpec([None, None, None], tf.int64),
                tf.TensorSpec([None, None], tf.int64),
                tf.TensorSpec([None, None], tf.int64),
                tf.TensorSpec([None, None, self.pieces], tf.bool),
                tf.TensorSpec([None, None], tf.float32),
            ]
        )
        def run(question, said, target, allowed, weight):
            with tf.GradientTape() as tape:
                logits = tf.where(allowed, self.logits(question, said, 0.1), -1e9)
                each = tf.nn.sparse_softmax_cross_entropy_with_logits(target, logits)
                loss = tf.reduce_sum(each * weight) / tf.cast(tf.shape(target)[0], tf.float32)
            weights = self.weights()
            gradients = tape.gradient(loss, weights)
            gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
            optimiser.apply_gradients(zip(gradients, weights))
            return loss

        return run


def batches(pairs, approved, size, draw):
    """The pairs in an order that `draw` gives, each batch of questions with the same number of words."""
    replies = {}
    rows = []
    for pair in pairs:
        if pair.reply not in replies:
            choices = approved.choices(pair.reply)
            pieces = np.arange(len(approved.texts))
            replies[pair.reply] = approved.ids(pair.reply), [np.isin(pieces, list(c)) for c in choices]
        rows.append((questions.encode(pair.text), *replies[pair.reply]))
    by_words = {}
    for row in rows:
        by_words.setdefault(len(row[0]), []).append(row)
    result = []
    for group in by_words.values():
        draw.shuffle(group)
        result += [group[at : at + size] for at in range(0, len(group), size)]
    draw.shuffle(result)
    everything = np.ones(len(approved.texts), bool)
    for group in result:
        width = max(row[0].shape[1] for row in group)
        length = max(len(row[1]) for row in group)
        question = np.zeros((len(group), len(group[0][0]), width), np.int64)
        target = np.zeros((len(group), length), np.int64)
        allowed = np.broadcast_to(everything, (len(group), length, len(everything))).copy()
        weight = np.zeros((len(group), length), np.float32)
        for i, (one, pieces, choices) in enumerate(group):
            question[i, :, : one.shape[1]] = one
            target[i, : len(pieces)] = pieces
            weight[i, : len(pieces)] = 1
            allowed[i, : len(choices)] = choices
        said = np.concatenate([np.zeros((len(group), 1), np.int64), target[:, :-1]], 1)
        yield question, said, target, allowed, weight


def learn(network, approved, make_pairs, *, epochs, size=96, seed=42, say=print):
    """Trains on make_pairs(epoch), a new list of pairs for each epoch."""
    import random

    draw = random.Random(seed)
    optimiser = keras.optimizers.AdamW(2e-3, weight_decay=0.01, use_ema=True, ema_momentum=0.998)
    run = network.step(optimiser)
    for epoch in range(epochs):
        optimiser.learning_rate = 4e-3 * 0.5 * (1 + np.cos(np.pi * (epoch + 0.5) / epochs)) + 5e-5
        losses = [float(run(*batch)) for batch in batches(make_pairs(epoch), approved, size, draw)]
        say(f"epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.4f}")
    optimiser.finalize_variable_values(network.weights())  # their running means

"""One-shot episodes by the key: one kernel writes them, for training, for watching and for the exam."""

from __future__ import annotations

import numpy as np

from memviz.contracts.task import Chunk, Episode
from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix
from memviz.tasks import drawing
from memviz.tasks.one_shot.config import OneShotConfig
from memviz.tasks.one_shot.glyphs import draw

TRAINED, UNSEEN = np.uint64(0x7A), np.uint64(0x5E)  # the two alphabets, keys of the keys of their glyphs
LONGEST = 100  # drawings of each glyph in an episode asked for by length


def widths(config: OneShotConfig) -> tuple[int, int]:
    """Input width (the pixels, the label before), output width (the labels)."""
    return config.size**2 + config.classes, config.classes


def steps(config: OneShotConfig) -> int:
    """Steps of every episode."""
    return config.classes * config.instances


@kernel
def deal(key, number, glyphs):
    """Numbers of 0..number-1, all different, into glyphs (classes,): a label's glyph."""
    tries = 0
    for label in range(glyphs.shape[0]):
        fresh = False
        while not fresh:
            glyphs[label] = between(mix(key, tries), 0, number - 1)
            tries += 1
            fresh = True
            for other in range(label):
                fresh = fresh and glyphs[other] != glyphs[label]


@kernel
def place(key, t, T):
    """Where step t comes when T steps are shuffled by the key."""
    mine, before = mix(key, t), 0
    for other in range(T):
        theirs = mix(key, other)
        before += theirs < mine or (theirs == mine and other < t)
    return before


@kernel
def write_episode(key, alphabet, number, style, glyphs, inputs, targets):
    """Fill (T, X), (T, classes) with one episode; `style` size, jitter, noise; glyphs (classes,) is work space."""
    size, jitter, noise = style
    T, classes = targets.shape
    inputs[:] = 0
    targets[:] = 0
    deal(mix(key, 0), number, glyphs)
    for t in range(T):
        label = place(mix(key, 1), t, T) % classes
        draw(mix(alphabet, glyphs[label]), mix(mix(key, 2), t), size, jitter, noise, inputs[t, : size * size])
        targets[t, label] = 1
        if t + 1 < T:
            inputs[t + 1, size * size + label] = 1


@kernel
def write_episodes(key, alphabet, number, style, glyphs, inputs, targets, mask):
    """Fill time-first arrays, all of them, with C episodes; `number` glyphs of an alphabet are there to choose from."""
    mask[:] = 1
    for c in range(inputs.shape[1]):
        write_episode(mix(key, c), alphabet, number, style, glyphs, inputs[:, c], targets[:, c])


def sample_batch(config: OneShotConfig, key: int, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> int:
    """Fill a chunk (T, C, ...) with episodes of trained glyphs drawn by the key; returns their T."""
    T, glyphs = steps(config), np.empty(config.classes, np.int64)
    write_episodes(np.uint64(key), TRAINED, config.glyphs, _style(config), glyphs, inputs[:T], targets[:T], mask[:T])
    return T


def sample(config: OneShotConfig, rng: np.random.Generator, length: int | None = None) -> Episode:
    """One episode of unseen glyphs, of the config's size or with `length` drawings of each."""
    instances = config.instances if length is None else length
    drawing.in_range("one_shot.sample", instances, 1, LONGEST, "drawings of each glyph")
    chunk = _chunk(config, rng, instances, 1)
    seen = count(chunk.targets[:, 0])
    return drawing.episode(chunk, [f"glyph {n}" for n in seen])


def count(targets: np.ndarray) -> np.ndarray:
    """Which drawing of its kind each step's is, from 1: (T,) of labels (T, classes)."""
    labels = targets.argmax(axis=1)
    seen: np.ndarray = np.cumsum(targets > 0.5, axis=0)[np.arange(len(labels)), labels]
    return seen


def exam(config: OneShotConfig, rng: np.random.Generator) -> list[Chunk]:
    """100 fresh sequences of unseen glyphs."""
    return drawing.spread([config.instances], lambda instances, C: _chunk(config, rng, instances, C))


def _chunk(config: OneShotConfig, rng: np.random.Generator, instances: int, C: int) -> Chunk:
    chunk = drawing.empty(config.classes * instances, C, widths(config))
    glyphs, arrays = np.empty(config.classes, np.int64), (chunk.inputs, chunk.targets, chunk.mask)
    write_episodes(drawing.key_of(rng), UNSEEN, config.unseen, _style(config), glyphs, *arrays)
    return chunk


def _style(config: OneShotConfig) -> tuple[int, float, float]:
    return config.size, config.jitter, config.noise

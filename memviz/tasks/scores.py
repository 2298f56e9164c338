"""The two metrics that every task has, of answers in bits or in classes, and what they are when nothing is known.

bits_per_sequence   cross-entropy of all answers of an episode, in bits (Graves et al. 2014)
wrong_bits          answers that are wrong after a threshold of 0.5 (Collier & Beel 2018), or name another class
"""

from __future__ import annotations

import numpy as np

from memviz.contracts.task import Episode

TINY = 1e-12  # a probability below it counts as it: at most 40 bits for one wrong bit


def score_bits(outputs: np.ndarray, episode: Episode) -> dict[str, float]:
    """Both metrics of probabilities (T, Y) of independent bits; targets may lie between 0 and 1."""
    asked = episode.mask > 0
    said, wanted = outputs[asked].astype(np.float64), episode.targets[asked].astype(np.float64)
    bits = wanted * np.log2(np.maximum(said, TINY)) + (1 - wanted) * np.log2(np.maximum(1 - said, TINY))
    wrong = int(np.count_nonzero((said > 0.5) != (wanted > 0.5)))
    return {"bits_per_sequence": float(0.0 - bits.sum()), "wrong_bits": wrong}


def score_classes(outputs: np.ndarray, episode: Episode) -> dict[str, float]:
    """Both metrics of a distribution (T, Y) over classes, and the share of right answers."""
    asked = episode.mask > 0
    right = right_classes(outputs, episode)[asked]
    said, wanted = outputs[asked].astype(np.float64), episode.targets[asked]
    bits = -np.log2(np.maximum((said * wanted).sum(axis=1), TINY))
    return {
        "bits_per_sequence": float(bits.sum()),
        "wrong_bits": int(np.count_nonzero(~right)),
        "accuracy": float(right.mean()),
    }


def right_classes(outputs: np.ndarray, episode: Episode) -> np.ndarray:
    """Whether the likeliest class is the target's, at every step (T,)."""
    answers: np.ndarray = outputs.argmax(axis=1) == episode.targets.argmax(axis=1)
    return answers


def unknown_bits(answers: float) -> dict[str, float]:
    """Both metrics of so many bits answered with 0.5: one bit each, half of them wrong."""
    return {"bits_per_sequence": float(answers), "wrong_bits": answers / 2}


def unknown_classes(answers: float, classes: int) -> dict[str, float]:
    """The metrics of so many answers, each with every class alike."""
    return {
        "bits_per_sequence": answers * float(np.log2(classes)),
        "wrong_bits": answers * (1 - 1 / classes),
        "accuracy": 1 / classes,
    }

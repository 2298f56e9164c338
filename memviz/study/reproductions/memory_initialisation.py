"""Collier & Beel 2018: an NTM whose memory starts constant converges soonest, one that starts random never does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memviz.study.cell import Arm
from memviz.study.reproduction import Figure, Reproduction
from memviz.study.row import Row
from memviz.study.summary import solved

STARTS = ("constant", "learned", "random")
# theirs: tanh keys and adds, heads that start nearly anywhere, a wide random memory, slow Adam; batches a quarter of
# theirs, so that ten seeds of each take minutes
MODEL = {"vectors": "tanh", "start_logit": 0.0, "start_noise": 0.12, "memory_scale": 0.5, "clip": 20.0}
TRAINING = {"optimizer": "adam", "rate": 1e-3, "batch": 8, "chunk": 2, "clip": 50.0, "beta2": 0.999}
UNTIL = {"solved": True, "updates": 25_000}  # 200,000 sequences


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """The medians, and how many times sooner constant is than learned."""
    found = {name: solved(rows[name]) for name in STARTS if rows.get(name)}
    middle = {name: one["sequences_median"] for name, one in found.items()}
    told = [
        Figure(
            f"{name}: seeds solved, median sequences",
            {"constant": "converges soonest", "learned": "3.5 times as many", "random": "does not converge"}[name],
            f"{one['solved']} of {one['seeds']}, "
            + (f"{middle[name]:,.0f}" if middle[name] else "more than half never"),
        )
        for name, one in found.items()
    ]
    if middle.get("constant") and middle.get("learned"):
        ratio = middle["learned"] / middle["constant"]
        told.append(Figure("learned / constant, sequences", "3.5", f"{ratio:.2f}", ratio > 1.5))
    return told


REPRODUCTION = Reproduction(
    name="memory_initialisation",
    title="How the memory starts decides how soon an NTM learns",
    claim="On copy, an NTM whose memory starts at a small constant converges 3.5 times sooner than one whose start is "
    "learned; one that starts from random numbers does not converge.",
    source="Collier & Beel 2018, Implementing Neural Turing Machines",
    arms=[
        Arm(name, "ntm", "copy", "paper", {"model": {**MODEL, "memory": name}, "training": TRAINING}, (40,), UNTIL, 10)
        for name in STARTS
    ],
    figures=figures,
)

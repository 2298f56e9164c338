"""Your own data: an npz of inputs, targets and mask is a task.

    inputs    (S, T, X)   S sequences of T steps: any finite numbers
    targets   (S, T, Y)   what to answer, each number in [0, 1]: the probability of an independent bit
    mask      (S, T)      1 where the answer counts, else 0; left out, every step counts

On the command line: memviz train ntm own --set data=FILE.npz. The file is checked (door.py), split, and kept in the
data folder under the hash of its contents; checkpoints and links name that hash, so that they always mean the same
data. Every fifth sequence, chosen by chance, is kept for exams and for watching and is never trained on.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.own.config import PRESETS, OwnConfig
from memviz.tasks.own.episodes import exam, sample, sample_batch, steps, widths
from memviz.tasks.own.score import chance
from memviz.tasks.scores import score_bits

TASK = Task(
    name="own",
    title="Your own data",
    doc="An npz of inputs, targets and mask is a task (until one is given: repeat what was said three steps ago).",
    config=OwnConfig,
    presets=PRESETS,
    loss="bits",
    widths=widths,
    steps=steps,
    sample_batch=sample_batch,
    sample=sample,
    exam=exam,
    score=score_bits,
    chance=chance,
)

"""Copy: see a sequence of random words, then a delimiter, then say the sequence from memory.

    steps 0..L-1        a word of `width` random bits                 phase "present"
    step  L             the delimiter, 1 on the channel of its own    phase "delimiter"
    steps L+1..2L       nothing; the words are asked for, in order    phase "recall"

Source: Graves et al. 2014, section 4.1.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.copy.config import PRESETS, CopyConfig
from memviz.tasks.copy.episodes import exam, sample, sample_batch, steps, stretch, widths
from memviz.tasks.copy.score import chance
from memviz.tasks.scores import score_bits

TASK = Task(
    name="copy",
    title="Copy",
    doc="See a sequence of random words, then say it from memory.",
    config=CopyConfig,
    presets=PRESETS,
    loss="bits",
    widths=widths,
    steps=steps,
    sample_batch=sample_batch,
    sample=sample,
    exam=exam,
    score=score_bits,
    chance=chance,
    stretch=stretch,
)

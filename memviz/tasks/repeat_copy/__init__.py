"""Repeat copy: see a sequence of random words and a number, then say the sequence that many times, then stop.

    steps 0..L-1        a word of `width` random bits                                      phase "present"
    step  L             1 on the delimiter's channel, the repeats R, normalised, on theirs  phase "repeats"
    the next L R steps  nothing; the words are asked for, R times over                      phase "recall"
    the last step       nothing; 1 is asked for on the end marker's channel                 phase "end"

Source: Graves et al. 2014, section 4.2. The repeats are normalised to mean 0 and variance 1 over what is trained on;
the delimiter is ours, since a number that happens to be the mean would otherwise look like no input at all.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.repeat_copy.config import PRESETS, RepeatCopyConfig
from memviz.tasks.repeat_copy.episodes import exam, sample, sample_batch, steps, stretch, widths
from memviz.tasks.repeat_copy.score import chance
from memviz.tasks.scores import score_bits

TASK = Task(
    name="repeat_copy",
    title="Repeat copy",
    doc="See a sequence of random words and a number, say the sequence that many times, then stop.",
    config=RepeatCopyConfig,
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

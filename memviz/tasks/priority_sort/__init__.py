"""Priority sort: see random words, each with a priority, then say the most important ones, the highest first.

    steps 0..I-1   a word of `width` random bits, its priority in [-1, 1) on a channel of its own   phase "present"
    step  I        the delimiter, 1 on the last channel                                             phase "delimiter"
    the rest       nothing; the O words of the highest priorities are asked for, in order            phase "sorted"

Source: Graves et al. 2014, section 4.5: 20 words in, 16 out. The delimiter is ours; the paper names none.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.priority_sort.config import PRESETS, PrioritySortConfig
from memviz.tasks.priority_sort.episodes import exam, sample, sample_batch, steps, widths
from memviz.tasks.priority_sort.score import chance
from memviz.tasks.scores import score_bits

TASK = Task(
    name="priority_sort",
    title="Priority sort",
    doc="See random words, each with a priority, then say the most important ones, the highest first.",
    config=PrioritySortConfig,
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

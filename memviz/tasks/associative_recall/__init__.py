"""Associative recall: see items one after another, then one of them again; say the item that came after it.

    each item           1 on the item delimiter's channel, then its words    phases "delimiter", "item"
    the query           1 on the query delimiter's channel, the words of one
                        of the items but the last, the query delimiter again  phases "delimiter", "query"
    the last steps      nothing; the words of the next item are asked for    phase "recall"

Source: Graves et al. 2014, section 4.3: items of three words of six bits, two to six of them. The delimiter that bounds
an item on the right is the next one's on its left. All items of an episode differ, so that the answer is one.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.associative_recall.config import PRESETS, AssociativeRecallConfig
from memviz.tasks.associative_recall.episodes import exam, sample, sample_batch, steps, stretch, widths
from memviz.tasks.associative_recall.score import chance
from memviz.tasks.scores import score_bits

TASK = Task(
    name="associative_recall",
    title="Associative recall",
    doc="See items one after another, then one of them again; say the item that came after it.",
    config=AssociativeRecallConfig,
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

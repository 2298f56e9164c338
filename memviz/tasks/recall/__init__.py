"""Key-value recall: see pairs of symbols, a key and its value; then keys come back, and each one's value is asked for.

    steps 0..2P-1   P pairs: a key's symbol, then its value's, each 1 on a channel of its own    phases "key", "value"
    the next G P    every key once, in gaps that follow a power law: most soon, some late         phase "query"
                    nothing in between                                                            phase "wait"

Source: in the style of multi-query associative recall, Arora et al. 2023 (Zoology): a gap g has P(g) ~ g^(a-1),
a = 0.01, keys of an episode differ. Ours differs in four ways: values are drawn freely, so that none follows from the
others; queries may follow at once, where theirs leave a step for the value; nothing comes in between, where theirs has
random symbols; and symbols come one-hot, so there are few, where theirs are 8,192 to be embedded.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.recall.config import PRESETS, RecallConfig
from memviz.tasks.recall.episodes import exam, sample, sample_batch, steps, stretch, widths
from memviz.tasks.recall.score import chance
from memviz.tasks.scores import score_classes

TASK = Task(
    name="recall",
    title="Key-value recall",
    doc="See pairs of a key and a value; whenever a key comes back, say its value.",
    config=RecallConfig,
    presets=PRESETS,
    loss="classes",
    widths=widths,
    steps=steps,
    sample_batch=sample_batch,
    sample=sample,
    exam=exam,
    score=score_classes,
    chance=chance,
    stretch=stretch,
)

"""One-shot classification: glyphs never seen before come one by one; say each one's label, told one step later.

    step t   a drawing of a glyph, and the label of the glyph of step t - 1 (nothing at step 0)   phase "glyph 1", ...
             asked for is the label of this one; the phase counts which drawing of its kind it is

Source: Santoro et al. 2016, section 3.1: 5 classes and 10 drawings of each in random order; labels are dealt anew in
every episode, so that nothing but this episode's own past tells them. Their glyphs are Omniglot's, ours are drawn by
glyphs.py; exams and watched episodes take glyphs that training never sees. The first drawing of a class can only be
guessed, so no exam is ever passed; what counts is the accuracy at the 2nd, 5th and 10th.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.one_shot.config import PRESETS, OneShotConfig
from memviz.tasks.one_shot.episodes import exam, sample, sample_batch, steps, widths
from memviz.tasks.one_shot.score import bound, chance, score

TASK = Task(
    name="one_shot",
    title="One-shot classification",
    doc="Glyphs never seen before come one by one; say each one's label, which is told one step later.",
    config=OneShotConfig,
    presets=PRESETS,
    loss="classes",
    widths=widths,
    steps=steps,
    sample_batch=sample_batch,
    sample=sample,
    exam=exam,
    score=score,
    chance=chance,
    bound=bound,
)

"""Two tasks in turn, A, B, A again, within one episode: what is kept, what is learned anew, what is forgotten.

    first pairs   A pairs of a key and a value, told on a channel         phase "tell A"
                  then A's keys in another order; the values are asked    phase "ask A"
    second pairs  B pairs of other keys, and a part of A's told again     phase "tell B", "replay A"
                  then B's keys                                           phase "ask B"
    again         then A's keys                                           phase "ask A again"

Retention is the accuracy on A at the end, adaptation the accuracy on B, forgetting what was lost of A in between. With
fewer slots than pairs a memory must give up one or the other: stability against plasticity. The knobs of the task are
the sizes of both and the replay; those of the memory are how many slots it has, and write protection: a key-value
memory with protect = A, the step at which A is told, keeps what it has from then on, in all of its slots or in a share.
`memviz reproduce two_tasks` measures each knob alone.

Source: ours; the measures after Lopez-Paz & Ranzato 2017 (backward transfer), replay after Robins 1995.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.two_tasks.config import PRESETS, TwoTasksConfig
from memviz.tasks.two_tasks.episodes import exam, sample, sample_batch, steps, widths
from memviz.tasks.two_tasks.score import chance, score

TASK = Task(
    name="two_tasks",
    title="Two tasks in turn",
    doc="Learn the pairs of A, then those of B, then answer for A again: what did the memory keep?",
    config=TwoTasksConfig,
    presets=PRESETS,
    loss="bits",
    widths=widths,
    steps=steps,
    sample_batch=sample_batch,
    sample=sample,
    exam=exam,
    score=score,
    chance=chance,
)

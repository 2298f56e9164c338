"""A stream with drift: items come and come back, and a small memory must choose which of them to keep.

    step 2 i       the key of an item, `key` random bits                              phase "ask"
                   its value is asked for, if the item came before in this episode
    step 2 i + 1   the key and the value, `value` random bits, with a 1 on a channel  phase "tell"

Which item comes is what drifts (choice `drift`): by rank (Zipf), by how lately it came, by turns, or by a rank that
changes hands. A memory with fewer slots than items cannot keep them all, and must choose what to give up; what every
policy keeps of such streams, beside the optimum that knows the future, is measured by `memviz reproduce eviction`.

Source: ours; streams after the page-replacement literature (Belady 1966), Zipf after Breslau et al. 1999.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.stream.config import PRESETS, StreamConfig
from memviz.tasks.stream.episodes import exam, sample, sample_batch, steps, widths
from memviz.tasks.stream.score import chance, score

TASK = Task(
    name="stream",
    title="Stream with drift",
    doc="Items come and come back; say the value of one that came before. Not all of them fit into the memory.",
    config=StreamConfig,
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

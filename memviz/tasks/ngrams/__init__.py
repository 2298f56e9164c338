"""Dynamic n-grams: bits come by a table that is new in every sequence; predict each next bit.

    step t   the bit b_t; asked for is b_{t+1}. The first n - 1 bits are fair coins     phase "context"
             then P(1) depends on the last n - 1 bits, by a table of 2^(n-1) numbers    phase "predict"
    table    each number drawn from Beta(1/2, 1/2), anew for every sequence

Source: Graves et al. 2014, section 4.4: 6-grams, 200 bits. No predictor can know the table: the bound is the Bayesian
estimator of its equation 10 (bound.py), about 132 bits a sequence. Since no sequence can be predicted without an error,
no exam is ever passed; what counts is how near the curve comes to its bound.
"""

from __future__ import annotations

from memviz.contracts.task import Task
from memviz.tasks.ngrams.bound import bound
from memviz.tasks.ngrams.config import PRESETS, NGramsConfig
from memviz.tasks.ngrams.episodes import exam, sample, sample_batch, steps, widths
from memviz.tasks.ngrams.score import chance
from memviz.tasks.scores import score_bits

TASK = Task(
    name="ngrams",
    title="Dynamic n-grams",
    doc="Bits come by a table that is new in every sequence; predict each next bit.",
    config=NGramsConfig,
    presets=PRESETS,
    loss="bits",
    widths=widths,
    steps=steps,
    sample_batch=sample_batch,
    sample=sample,
    exam=exam,
    score=score_bits,
    chance=chance,
    bound=bound,
)

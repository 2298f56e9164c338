"""What every network does around its memory: begin, answer, and take the gradients of all weights.

    rows[t]  = [h | 1 | r | x]          h and r of the step before, x of this one
    logits   = [h | 1 | r] weights      of rows 1 to T: all steps of all episodes in one product
    dweights = rows.T dsums             likewise, once the backward has been through all steps

and, before step 0, of each head: weighting = softmax(logits) where it is learned, else what is given.

Symbols: rows (T + 1, C, K) | words (R W,) what was read before step 0 | logits of weightings (head, N), of answers
(T, C, Y) | limit of an answer's logits, 0 = none.
"""

from __future__ import annotations

from memviz.ops.clip import clip, clip_twin, clip_vjp
from memviz.ops.copy import copy
from memviz.ops.kernel import part
from memviz.ops.matmul import matmul, matmul_add
from memviz.ops.softmax import softmax, softmax_vjp


@part
def begin_rows(has_cell, hidden, cell, words, inputs, rows, cells):
    """Write h, cell and r before step 0, and the ones and inputs of every row."""
    T, C, X = inputs.shape
    last = rows.shape[2] - X
    one = last - words.shape[0] - 1
    for c in range(C):
        if has_cell:
            copy(hidden, rows[0, c, :one])
            copy(cell, cells[0, c])
        copy(words, rows[0, c, one + 1 : last])
        for t in range(T):
            rows[t, c, one] = 1
            copy(inputs[t, c], rows[t, c, last:])
        rows[T, c, one] = 1


@part
def begin_rows_vjp(has_cell, drows, dcells, dhidden, dcell, dwords):
    """Add the gradients of h, cell and r before step 0."""
    one = drows.shape[2] - dwords.shape[0] - 1
    for c in range(drows.shape[1]):
        if has_cell:
            for j in range(one):
                dhidden[j] += drows[0, c, j]
            for j in range(one):
                dcell[j] += dcells[0, c, j]
        for j in range(dwords.shape[0]):
            dwords[j] += drows[0, c, one + 1 + j]


@part
def start_weightings(learned, logits, out):
    """Write the weightings (head, N) before step 0; without `learned` they stand in logits as they are."""
    for h in range(logits.shape[0]):
        if learned:
            softmax(logits[h], logits.dtype.type(1), out[h])
        else:
            copy(logits[h], out[h])


@part
def start_weightings_vjp(logits, out, dout, dlogits):
    """Add the gradient of learned weightings before step 0."""
    for h in range(logits.shape[0]):
        softmax_vjp(logits[h], logits.dtype.type(1), out[h], dout[h], dlogits[h])


@part
def memory_start_vjp(dmemory, dstart):
    """Add into the gradient (N, W) of a learned memory before step 0 that of the memory, word-major (W, N)."""
    for n in range(dstart.shape[0]):
        for i in range(dstart.shape[1]):
            dstart[n, i] += dmemory[i, n]


@part
def answer(limit, weights, rows, logits):
    """Write the logits (T, C, Y) of rows (T, C, K) that begin with [h | 1 | r]."""
    steps = rows.shape[0] * rows.shape[1]
    said = rows.reshape(steps, rows.shape[2])[:, : weights.shape[0]]
    matmul(said, weights, logits.reshape(steps, logits.shape[2]))
    if limit > 0:
        clip(logits.reshape(-1), logits.dtype.type(limit))


@part
def answer_vjp(limit, turned, logits, dlogits, drows):
    """Write drows (T, C, [h | 1 | r]) from dlogits, which it clips in place."""
    steps = drows.shape[0] * drows.shape[1]
    if limit > 0:
        clip_vjp(logits.reshape(-1), logits.dtype.type(limit), dlogits.reshape(-1))
    matmul(dlogits.reshape(steps, dlogits.shape[2]), turned, drows.reshape(steps, drows.shape[2]))


@part
def weights_vjp(rows, dsums, dweights):
    """Add into the gradient of weights that met the beginning of rows (T, C, K), which gave sums (T, C, P)."""
    steps = rows.shape[0] * rows.shape[1]
    seen = rows.reshape(steps, rows.shape[2])[:, : dweights.shape[0]]
    matmul_add(seen.T, dsums.reshape(steps, dsums.shape[2]), dweights)


def inputs_twin(weights, bias, words, inputs):
    """What the inputs (T, B, X) add to the controller's sums, step by step, and its weights for [h | r]."""
    x = bias + 1 + words
    return (inputs @ weights[x:] + weights[bias]).unbind(0), weights[[*range(bias), *range(bias + 1, x)]]


def answer_twin(limit, weights, hidden, words):
    """Logits (..., Y) of what the controller says (..., H) and what was read (..., R W)."""
    H = hidden.shape[-1]
    logits = hidden @ weights[:H] + words @ weights[H + 1 :] + weights[H]
    return clip_twin(logits, limit) if limit else logits

"""The slots that were used least, which the next write may take.

    usage:  out[n]    = decay usage[n] + sum_h read[h, n] + sum_h write[h, n]
    least:  the slot of head h is the lowest n, of those no earlier head has, with usage[n] <= min usage + tie
    out[h, n] = 1 where n is the slot of head h, or - shared - the slot of any head; else 0
    keep[n]   = 0 at the slot of the first head, or - all - of any head; else 1

Source: Santoro et al. 2016 (MANN), equations 5 to 7 and the sentence after 8.
Symbols: usage (N,) >= 0, a score: it exceeds 1 | decay in [0, 1] | read, write (H, N) weightings | tie >= 0 |
out (H, N) | keep (N,).
Edges: a fresh memory is one large tie, and the lowest slots go first; with fewer slots than heads, slots are dealt out
again from the least used on. A NaN is never the smallest.

Which slots are least used is a constant in the backward: no gradient flows through usage, so there is no vjp. The tie
makes slots that are equal but for rounding go by their index, whatever the order in which a sum was taken.
"""

from __future__ import annotations

import math

from memviz.ops.kernel import kernel


@kernel
def decay_usage(usage, decay, read, write, out):
    """Write the usage after the step into out."""
    N = usage.shape[0]
    for n in range(N):
        out[n] = decay * usage[n]
    for h in range(read.shape[0]):
        for n in range(N):
            out[n] += read[h, n] + write[h, n]


@kernel
def least_free(usage, taken, tie):
    """The lowest slot not yet taken (taken[n] = 0) whose usage is within tie of the smallest of those."""
    least, first = math.inf, -1
    for n in range(usage.shape[0]):
        if taken[n] == 0:
            first = n if first < 0 else first
            least = min(least, usage[n]) if usage[n] == usage[n] else least
    for n in range(usage.shape[0]):
        if taken[n] == 0 and usage[n] <= least + tie:
            return n
    return first


@kernel
def least_used(usage, tie, shared, clear_all, out, keep):
    """Write the slot of every head into out (H, N), and what the memory keeps into keep (N,)."""
    H, N = out.shape
    for n in range(N):
        keep[n] = 0  # at first: whether a head has the slot
    for h in range(H):
        out[h][:] = 0
        if h < N:
            slot = least_free(usage, keep, tie)
            keep[slot] = 1 + h
            out[h, slot] = 1
        else:
            for n in range(N):
                out[h, n] = out[h - N, n]
    for n in range(N):
        for h in range(H):
            out[h, n] = 1 if shared and keep[n] > 0 else out[h, n]
        keep[n] = 0 if keep[n] == 1 or (clear_all and keep[n] > 0) else 1


def decay_usage_twin(usage, decay, read, write):
    """Usage (..., N) after the step: usage (..., N), read and write (..., head, N)."""
    return decay * usage + (read + write).sum(-2)


def least_used_twin(usage, tie, heads, shared, clear_all):
    """(out (..., heads, N), keep (..., N)) of usage (..., N)."""
    usage = usage.detach()
    number, slots = usage.shape[-1], usage.new_ones(usage.shape[-1]).cumsum(-1) - 1
    free, picked = usage, []
    for _ in range(min(heads, number)):
        least = free.amin(-1, keepdim=True) + tie
        slot = slots.where(free <= least, number).amin(-1, keepdim=True)
        picked.append((slots == slot).to(usage.dtype))
        free = free.where(slots != slot, math.inf)
    taken = sum(picked[1:], picked[0])
    keep = 1 - (taken if clear_all else picked[0])
    out = usage.new_zeros(*usage.shape[:-1], heads, number)
    for h in range(heads):
        out[..., h, :] = taken if shared else picked[h % number]
    return out, keep

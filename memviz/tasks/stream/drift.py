"""Which item comes next: four streams by the key, as numbers 0..items-1.

zipf       rank r with chance ~ 1 / r^skew; who has which rank is drawn anew for every episode
recency    with chance `again` one of those that came lately (the d-th last with chance ~ 1 / d), else any
periodic   with chance `again` the one in turn, 0, 1, ..., items-1, 0, ..., else any
shifting   zipf, but after every `shift_every` items each rank is handed on to the next item
"""

from __future__ import annotations

from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix, uniform
from memviz.tasks import drawing

DRIFTS = ("zipf", "recency", "periodic", "shifting")
ZIPF, RECENCY, PERIODIC, SHIFTING = range(4)


@kernel
def ranked(u, items, skew):
    """The rank 0..items-1 that u in [0, 1) falls on, of chances ~ 1 / (rank + 1)^skew."""
    total = 0.0
    for r in range(items):
        total += (r + 1.0) ** -skew
    left = u * total
    for r in range(items):
        left -= (r + 1.0) ** -skew
        if left < 0:
            return r
    return items - 1


@kernel
def lately(u, recent, seen):
    """One of the items seen, recent[:seen], the d-th last with chance ~ 1 / d."""
    return recent[ranked(u, seen, 1.0)]


@kernel
def to_front(recent, seen, item):
    """Move an item to the front of recent[:seen], or put it there if it is new; returns how many there are now."""
    at = seen
    for i in range(seen):
        if recent[i] == item:
            at = i
    for i in range(at, 0, -1):
        recent[i] = recent[i - 1]
    recent[0] = item
    return max(seen, at + 1)


@kernel
def draw_stream(key, drift, items, skew, again, shift_every, order, stream):
    """Write a stream (T,) of item numbers; order (items,) is work space: who has which rank, or who came lately."""
    drawing.permute(mix(key, 0), order)
    seen = 0
    for t in range(stream.shape[0]):
        bits = mix(mix(key, 1), t)
        u, common = uniform(mix(bits, 0)), uniform(mix(bits, 1)) < again
        if drift == ZIPF:
            stream[t] = order[ranked(u, items, skew)]
        elif drift == SHIFTING:
            stream[t] = order[(ranked(u, items, skew) + t // shift_every) % items]
        elif drift == PERIODIC and common:
            stream[t] = order[t % items]
        elif drift == RECENCY and common and seen > 1:
            stream[t] = lately(u, order, seen)
        else:
            stream[t] = between(mix(bits, 2), 0, items - 1)
        if drift == RECENCY:
            seen = to_front(order, seen, stream[t])

"""A random slot, drawn by the key and the step."""

from __future__ import annotations

from memviz.ops.kernel import kernel
from memviz.ops.random import mix, uniform


@kernel
def chance(key, t, n):
    """A number in [0, 1) for the slot: each is as likely to have the smallest."""
    return uniform(mix(mix(key, t), n))

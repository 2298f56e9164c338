"""A random slot, drawn by the key and the step."""

from __future__ import annotations

from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix


@kernel
def anyone(N, key, t):
    """A slot of 0..N-1, each as likely."""
    return between(mix(key, t), 0, N - 1)

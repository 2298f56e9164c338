"""Copy numbers from one array into another.

    out[j] = source[j]

Symbols: source, out (n,) any strides; of larger arrays hand over `a.reshape(-1)`.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def copy(source, out):
    """Write source into out."""
    for j in range(source.shape[0]):
        out[j] = source[j]

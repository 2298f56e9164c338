"""What-if: replace what a forward has computed by numbers of one's own; NaN leaves a number alone."""

from __future__ import annotations

import math

from memviz.ops.kernel import kernel


@kernel
def edit(values, wanted):
    """Replace values (n,) by the wanted ones that are not NaN."""
    for j in range(values.shape[0]):
        if not math.isnan(wanted[j]):
            values[j] = wanted[j]

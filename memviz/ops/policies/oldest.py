"""The oldest slot, with noise: age is the steps since the last use, and a little chance decides between equals.

Source: Kaiser, Nachum, Roy, Bengio 2017, Learning to Remember Rare Events, section 2: n' = argmax A[i] + r_i, with r a
small random number. How small is ours: an eighth of the slots.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix

PART = 8  # ages closer than N / PART may change places


@kernel
def oldest(touched, key, t):
    """argmax over slots of t - touched + r, r uniform in 0..N // PART by the key, the step and the slot."""
    best, n = -1, 0
    for i in range(touched.shape[0]):
        age = t - touched[i] + between(mix(mix(key, t), i), 0, touched.shape[0] // PART)
        if age > best:
            best, n = age, i
    return n

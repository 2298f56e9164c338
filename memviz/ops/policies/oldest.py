"""The oldest slot, with noise: age is the steps since the last use, and a little chance decides between equals.

Source: Kaiser, Nachum, Roy, Bengio 2017, Learning to Remember Rare Events, section 2: n' = argmax A[i] + r_i, with r a
small random number. How small is ours: an eighth of the slots.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix

PART = 8  # ages closer than N / PART may change places


@kernel
def oldest(book, key, t, n):
    """The step of the slot's last use, made earlier by 0..N // PART steps; t - this is its age and the noise."""
    return book.touched[n] - between(mix(mix(key, t), n), 0, book.touched.shape[0] // PART)

"""The oldest slot, with noise: age is the steps since the last use, and a little chance decides between equals.

Source: Kaiser, Nachum, Roy, Bengio 2017, Learning to Remember Rare Events, section 2: n' = argmax A[i] + r_i, with r a
small random number. How small is ours: less than 1 + N // PART steps, so that below PART slots it orders equals alone.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel
from memviz.ops.random import mix, uniform

PART = 8


@kernel
def oldest(book, key, t, n):
    """The step of the slot's last use, made earlier by the noise: t less this is A[n] + r_n."""
    return book.touched[n] - uniform(mix(mix(key, t), n)) * (1 + book.touched.shape[0] // PART)

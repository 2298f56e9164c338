"""Random numbers by key: the published generator, evenly spread, the same from Python and from kernels."""

from __future__ import annotations

import numpy as np

from memviz.ops.kernel import kernel
from memviz.ops.random import between, bit, mix, uniform


def test_the_counters_of_one_key_give_the_published_sequence():
    """The first outputs of splitmix64 with seed 0, as in the reference implementation."""
    assert [mix(np.uint64(0), i) for i in range(3)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_any_seed_will_do():
    assert len({mix(np.uint64(seed), 0) for seed in (0, 1, 2**63, 2**64 - 1)}) == 4


def test_a_kernel_draws_what_python_draws():
    @kernel
    def draw(seed, update, chunk):
        return mix(mix(seed, update), chunk)

    assert draw(7, 3, 5) == mix(np.uint64(mix(np.uint64(7), 3)), 5)


def test_numbers_are_in_range_and_evenly_spread():
    bits = [np.uint64(mix(np.uint64(1), i)) for i in range(4000)]
    lengths = np.array([between(b, 3, 7) for b in bits])
    assert lengths.min() == 3
    assert lengths.max() == 7
    assert np.bincount(lengths)[3:].min() > 700  # of 800 expected
    numbers = np.array([uniform(b) for b in bits])
    assert 0 <= numbers.min() < 0.01
    assert 0.99 < numbers.max() < 1
    assert abs(numbers.mean() - 0.5) < 0.02
    shares = np.mean([[bit(b, i) for i in range(64)] for b in bits[:1000]], axis=0)
    assert shares.min() > 0.4
    assert shares.max() < 0.6

"""What a DNC's memory is for: it finds room, frees it, and remembers in which order it was written."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.models.dnc.config import DNCConfig
from tests.models.dnc_memory import BACKWARD, CONTENT, FORWARD, MODEL, play

N = 5
SMALL = {"N": N, "W": 4, "hidden": 3, "read_heads": 1, "usage_epsilon": 0.0}
WORDS = np.eye(4)[[0, 1, 2, 3]]


def words(*which):
    """(t, write, word): one word a step, each of its own direction."""
    return np.eye(4)[list(which)][:, None]


def slots(weighting):
    """The slot of each step's only head, where it is sure of it."""
    assert (weighting.max(-1) > 0.99).all()
    return weighting.argmax(-1)[:, 0].tolist()


def test_an_empty_memory_is_filled_slot_by_slot():
    tape, _ = play(DNCConfig(**SMALL), 4, {"add": words(0, 1, 2, 3)})
    assert slots(tape["write_weighting"]) == [0, 1, 2, 3]
    np.testing.assert_allclose(tape["memory"][-1][:4], WORDS, atol=1e-12)
    np.testing.assert_allclose(tape["usage"][3], [1, 1, 1, 0, 0])


def test_a_full_memory_frees_its_least_used_slot():
    usage = np.array([1.0, 0.9, 0.2, 0.8, 1.0])
    tape, _ = play(DNCConfig(**SMALL), 1, {}, {"usage": usage})
    assert tape["write_weighting"][0, 0].argmax() == 2
    assert tape["allocation"][0, 0, 2] == pytest.approx(0.8)
    full, _ = play(DNCConfig(**SMALL), 1, {}, {"usage": np.ones(N)})
    assert full["allocation"].max() == 0  # nothing is less used than the rest: nothing is written


def test_a_slot_that_is_freed_after_reading_is_written_next():
    reads = np.zeros((6, 1, 4))
    reads[3:] = WORDS[1]  # looks for the second word from step 3 on
    free = np.zeros((6, 1))
    free[4] = 1  # and frees in step 4 what it read in step 3
    told = {"add": words(0, 1, 2, 3, 0, 0), "read_key": reads, "read_strength": 60.0, "free_gate": free}
    told["write_gate"] = np.array([1, 1, 1, 1, 1, 0.0])[:, None]
    config = DNCConfig(**SMALL)
    tape, _ = play(config, 6, told)
    assert tape["read_weighting"][3, 0].argmax() == 1
    np.testing.assert_allclose(tape["retention"][4], [1, 0, 1, 1, 1], atol=1e-9)
    assert tape["usage"][4].argmin() == 1
    assert tape["write_weighting"][4, 0].argmax() == 1  # although slot 4 was never written: ties go to the lower slot
    np.testing.assert_allclose(tape["retention"][3], np.ones(N))
    happened = [(event.name, event.t, event.slot, event.head) for event in MODEL.events(config, tape)]
    assert happened == [
        *(("allocate", t, t, "write.0") for t in range(4)),
        ("free", 4, 1, "read.0"),
        ("allocate", 4, 1, "write.0"),
    ]


@pytest.mark.parametrize("deallocate", [False, True])
def test_what_is_freed_is_forgotten_only_under_deallocation(deallocate):
    told = {"add": words(0, 1, 2), "read_key": WORDS[1], "read_strength": 200.0}
    told |= {"free_gate": np.array([0, 0, 1.0])[:, None], "write_gate": np.array([1, 1, 0.0])[:, None]}
    tape, _ = play(DNCConfig(**SMALL, deallocate=deallocate), 3, told)
    assert tape["read_weighting"][1, 0].argmax() == 1
    assert tape["usage"][2][1] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(tape["memory"][2][1], 0 * WORDS[1] if deallocate else WORDS[1], atol=1e-9)


def test_links_follow_the_order_of_writing_and_precedence_holds_the_last():
    tape, _ = play(DNCConfig(**SMALL), 4, {"add": words(0, 1, 2, 3)})
    assert slots(tape["precedence"]) == [0, 1, 2, 3]
    expected = np.zeros((N, N))
    expected[[1, 2, 3], [0, 1, 2]] = 1  # 1 was written right after 0, ...
    np.testing.assert_allclose(tape["link"][-1], expected, atol=1e-12)


def test_what_was_written_can_be_read_again_in_order_and_backwards():
    mode = np.broadcast_to(FORWARD, (7, 1, 3)).copy()
    mode[3], mode[6] = CONTENT, BACKWARD
    told = {"add": words(0, 1, 2, 0, 0, 0, 0), "read_mode": mode, "read_key": WORDS[0], "read_strength": 200.0}
    told["write_gate"] = np.array([1, 1, 1, 0, 0, 0, 0.0])[:, None]
    tape, _ = play(DNCConfig(**SMALL), 7, told)
    assert slots(tape["read_weighting"][3:]) == [0, 1, 2, 1]  # found by content, then forward twice, then back
    np.testing.assert_allclose(tape["read_vector"][3:, 0], WORDS[[0, 1, 2, 1]], atol=1e-9)


def test_a_mask_hides_what_the_key_does_not_mean():
    memory = np.array([[1.0, 0, 5, 0], [0, 1, 0, 5], [1, 1, 0, 0], [0, 0, 1, 1], [-1, 0, 0, 0]])
    told = {"write_gate": 0.0, "read_key": [1.0, 0, 0, 1], "read_strength": 50.0, "read_mask": [1.0, 1, 0, 0]}
    tape, _ = play(DNCConfig(**SMALL, masked=True), 1, told, {"memory": memory})
    assert tape["read_weighting"][0, 0].argmax() == 0  # by its first two numbers (1, 0); without the mask it would be 1
    told["read_mask"] = 1.0
    tape, _ = play(DNCConfig(**SMALL, masked=True), 1, told, {"memory": memory})
    assert tape["read_weighting"][0, 0].argmax() == 1


def test_sharpened_links_lead_surely_where_blurred_ones_only_lean():
    link = np.zeros((N, N))
    link[1:, 0] = 0.1, 0.5, 0.2, 0.1
    told = {"write_gate": 0.0, "read_mode": FORWARD, "forward_sharpness": 8.0, "backward_sharpness": 1.0}
    state = {"link": link, "read_weighting": np.eye(1, N)}
    leaning, _ = play(DNCConfig(**SMALL), 1, told, state)
    sure, _ = play(DNCConfig(**SMALL, sharpen_links=True), 1, told, state)
    assert leaning["forward"][0, 0].argmax() == sure["forward"][0, 0].argmax() == 2
    assert leaning["forward"][0, 0].max() == pytest.approx(0.5)
    assert sure["forward"][0, 0].max() > 0.99


def test_without_links_only_content_is_read():
    config = DNCConfig(**SMALL, links=False)
    tape, after = play(config, 3, {"add": words(0, 1, 2)})
    assert not {"link", "precedence", "forward", "backward", "read_mode"} & tape.keys()
    np.testing.assert_array_equal(tape["read_weighting"], tape["read_content"])
    assert after["link"].size == 0

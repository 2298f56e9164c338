"""What happened in a recorded episode: which slot was allocated at which step, and which was freed, by whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.contracts.events import Event
from memviz.contracts.model import Arrays
from memviz.models.dnc.config import DNCConfig

MOST = 0.5  # a slot is allocated or freed where more than half of it is


def events(config: DNCConfig, tape: Arrays) -> Iterator[Event]:
    """An "allocate" for every write that mostly takes a new slot, a "free" for every slot mostly given back."""
    for t in range(len(tape["usage"])):
        yield from _freed(tape, t)
        slot = int(tape["allocation"][t, 0].argmax())
        taken = tape["write_gate"][t, 0] * tape["allocation_gate"][t, 0] * tape["allocation"][t, 0, slot]
        if taken > MOST:
            yield Event(t, "allocate", slot, "write.0", text=f"its usage was {tape['usage'][t, slot]:.3g}")


def _freed(tape: Arrays, t: int) -> Iterator[Event]:
    """Slots of step t whose use was mostly given back by the read heads, which read them at the step before."""
    last_read = tape["read_weighting"][t - 1] if t else tape["read_start"]
    used, written = (tape["usage"][t - 1], tape["write_weighting"][t - 1, 0]) if t else (0.0, tape["write_start"][0])
    before = used + written - used * written
    kept, by = tape["retention"][t], tape["free_gate"][t][:, None] * last_read
    for slot in np.flatnonzero(before * (1 - kept) > MOST):
        text = f"of its usage {before[slot]:.3g}, {kept[slot]:.3g} was kept"
        yield Event(t, "free", int(slot), f"read.{int(by[:, slot].argmax())}", text=text)

"""What a choice of the page Compare shows: the episode it has, or another by seed and length, as it does it now."""

from __future__ import annotations

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.errors import MemvizError
from memviz.contracts.trace import Trace
from memviz.ui.desk import desk, has_recorded, recorded_trace

Choice = str  # the name of a model, whose recorded episode is meant, or the id of a run


def is_recorded(choice: Choice) -> bool:
    """Whether a choice is a model's recorded episode, and no run."""
    return choice in catalog.models().names and has_recorded(choice)


def newest(choice: Choice) -> Trace | None:
    """The episode that a choice shows by itself; None while there is none."""
    if is_recorded(choice):
        return recorded_trace(choice)
    try:
        trace: Trace | None = desk().registry.get(choice).latest()[1]
    except MemvizError:  # which the scope says
        return None
    return trace


def comparable(pair: list[Choice]) -> bool:
    """Whether both do the same task in the same shapes, so that one sequence fits both."""
    found = [newest(choice) for choice in pair]
    sorts = {(trace.meta.get("task"), trace.size("input"), trace.size("output")) for trace in found if trace}
    return None not in found and len(sorts) == 1


def episode(choice: Choice, seed: int, length: int) -> Trace:
    """The sequence of a seed and length, as a network that ships or a run does it now. Raises MemvizError.

    Compiles first what it needs.
    """
    if not is_recorded(choice):
        trace: Trace = desk().registry.get(choice).episode(seed, length)
        return trace
    from memviz.training import checkpoint
    from memviz.training.probe import probed
    from memviz.training.warm import ensure_warm

    found = checkpoint.load(places.weights(choice))
    ensure_warm(found.model, found.task)
    return probed(*found.revive(catalog.models(), catalog.tasks()), seed, length)

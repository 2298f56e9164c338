"""What a browser may ask of a run: one small function per word of the protocol, each checking what it was given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from memviz.contracts.errors import ConfigError
from memviz.ui.live.viewer import Viewer

Message = Mapping[str, Any]
NUMBERS = ("rate", "batch", "clip")  # of the knobs that may change while a run trains; memory has a word of its own
UNTIL = ("solved", "updates", "seconds")
MOST = 1_000_000_000


def start(viewer: Viewer, message: Message) -> None:
    """Start a run of one's own; also from a socket that watches somebody else's."""
    recipe = message.get("recipe")
    if not isinstance(recipe, Mapping):
        raise ConfigError("start.recipe: want an object, got something else (reload the page)")
    viewer.start(recipe)


def probe(viewer: Viewer, message: Message) -> None:
    """Ask for the recording of one update, of the present branch or another; only the last asked is answered."""
    viewer.probe = whole(message, "update"), optional(message, "branch")
    viewer.wake.set()


def step(viewer: Viewer, message: Message) -> None:
    """Make n updates, then pause."""
    run_of(viewer).step(whole(message, "n", low=1) if "n" in message else 1)


def until(viewer: Viewer, message: Message) -> None:
    """Train until solved, or until a number of updates or seconds more."""
    what = message.get("what")
    if what not in UNTIL:
        raise ConfigError(f"until.what: want one of {', '.join(UNTIL)}, got {what!r:.40} (name the stop)")
    limits = {} if what == "solved" else {what: number(message, "n", low=0)}
    run_of(viewer).until(what, **limits)


def change(viewer: Viewer, message: Message) -> None:
    """Change knobs of a live run; the run checks their ranges and logs the change by update."""
    values = {name: number(message, name) for name in NUMBERS if name in message}
    if not values:
        raise ConfigError(f"set: want one of {', '.join(NUMBERS)}, got none of them (name a knob)")
    run_of(viewer).set(**values)


def speed(viewer: Viewer, message: Message) -> None:
    """Brake to some updates a second; null is flat out."""
    unlimited = message.get("per_second") is None
    run_of(viewer).speed(None if unlimited else number(message, "per_second", low=0))


def branch(viewer: Viewer, message: Message) -> None:
    """Train on from a recorded update, of the present branch or another."""
    run_of(viewer).branch(whole(message, "update"), optional(message, "of"))


def gradients(viewer: Viewer, message: Message) -> None:
    """See the gradient of the loss with respect to every signal, or no more; a view, so whoever watches may."""
    if not isinstance(message.get("on"), bool):
        raise ConfigError("gradients.on: want true or false, got something else")
    viewer.see_gradients(message["on"])


def memory(viewer: Viewer, message: Message) -> None:
    """Let the memory outlive the episode, or not."""
    if message.get("mode") not in ("reset", "carry"):
        raise ConfigError(f"memory.mode: want reset or carry, got {message.get('mode')!r:.40}")
    run_of(viewer).memory(message["mode"])


COMMANDS: dict[str, Callable[[Viewer, Message], None]] = {
    "start": start,
    "probe": probe,
    "pause": lambda viewer, message: run_of(viewer).pause(),
    "resume": lambda viewer, message: run_of(viewer).resume(),
    "step": step,
    "until": until,
    "set": change,
    "speed": speed,
    "rewind": lambda viewer, message: run_of(viewer).rewind(),
    "reseed": lambda viewer, message: run_of(viewer).reseed(),
    "branch": branch,
    "gradients": gradients,
    "memory": memory,
}
OPEN_TO_ALL = ("start", "probe", "gradients")


def run_of(viewer: Viewer) -> Any:
    """The run this socket watches. Raises ConfigError when nothing was started yet."""
    if viewer.channel is None:
        raise ConfigError("socket: want a run to command, got none started yet (press Train)")
    return viewer.channel.run


def number(message: Message, name: str, low: float = -math.inf) -> float:
    """A finite number of the message, at least `low`."""
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= MOST:
        raise ConfigError(f"{message['do']}.{name}: want a number, got {value!r:.40} (send one in range)")
    return value


def whole(message: Message, name: str, low: int = 0) -> int:
    """A whole number of the message, at least `low`."""
    value = number(message, name, low)
    if value != int(value):
        raise ConfigError(f"{message['do']}.{name}: want a whole number, got {value!r:.40} (round it)")
    return int(value)


def optional(message: Message, name: str) -> int | None:
    """A whole number of the message, or None where it has none."""
    return None if message.get(name) is None else whole(message, name)

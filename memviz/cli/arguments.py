"""Values of flags; what they raise, argparse turns into one line on stderr."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Knob


def knob(one: Knob) -> Callable[[str], str]:
    """Text that a knob accepts, as it was typed."""

    def checked(text: str) -> str:
        try:
            one.parse(text)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        return text

    return checked


def whole(text: str) -> int:
    """A whole number, at least 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"want a whole number, got {text}")
    return int(text)


def positive(text: str) -> int:
    """A whole number, at least 1."""
    number = whole(text)
    if not number:
        raise argparse.ArgumentTypeError("want a whole number above 0, got 0")
    return number


def until(text: str) -> int | None:
    """None for "solved", else a number of updates."""
    if text == "solved":
        return None
    if not re.fullmatch(r"0*[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(f"want solved or a number of updates, got {text}")
    return int(text)


def seconds(text: str) -> float:
    """A positive number."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"want a number of seconds above 0, got {text}")
    return number


def port(text: str) -> int:
    """A TCP port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"want 1..65535, got {text}")
    return int(text)


def numbers(text: str) -> tuple[int, ...]:
    """Positive whole numbers, separated by commas."""
    found = text.split(",")
    if not all(each.isdecimal() and int(each) > 0 for each in found):
        raise argparse.ArgumentTypeError(f"want whole numbers such as 40,80,120, got {text}")
    return tuple(int(each) for each in found)

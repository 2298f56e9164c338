"""JSON from strangers: what the standard parser lets through and we do not is a ValueError."""

from __future__ import annotations

import json
import math
import re
from typing import Any

DEPTH = 32  # of nesting
ITEMS = 1_000_000  # brackets and commas, so that a small text cannot become a huge value
STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)  # possessive: linear on any text
MARK = re.compile(r"[\[\]{},]")


def parse_json(text: str) -> Any:
    """The value of `text`, with no duplicate key, NaN, infinity or lone surrogate, within DEPTH and ITEMS.

    Raises ValueError, and nothing else, on any other text.
    """
    depth = 0
    for count, mark in enumerate(MARK.finditer(STRING.sub("", text))):
        depth += (mark[0] in "[{") - (mark[0] in "]}")
        if depth > DEPTH or count > ITEMS:
            raise ValueError(f"JSON with more than {DEPTH} levels or {ITEMS} items")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate cannot be written again
    except (json.JSONDecodeError, UnicodeError) as error:
        raise ValueError(f"something else than JSON: {error}") from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"JSON key {next(n for n in names if names.count(n) > 1)!r:.40} given twice")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text:.20} is too large a number")
    return number

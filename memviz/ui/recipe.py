"""A recipe in a link, checked before anything is built from it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from memviz import catalog
from memviz.contracts.errors import ConfigError

Recipe = dict[str, Any]
LONGEST = 8192  # characters of a recipe link; browsers and chat programs cut longer ones
FIELDS = {  # field -> its JSON type
    "model": str,
    "task": str,
    "preset": str,
    "knobs": dict,
    "seed": int,
    "device": str,
    "changes": list,
    "until": dict,
    "expect": dict,
}
AGAIN = "copy the link again"


def encode(recipe: Mapping[str, Any]) -> str:
    """The recipe as one word of a link: base64url of its JSON."""
    text = json.dumps(recipe, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(word: str) -> Recipe:
    """The checked recipe of a link. Raises MemvizError, and nothing else, on any text that is not one."""
    if len(word) > LONGEST:
        raise ConfigError(f"recipe: want a link of at most {LONGEST} characters, got {len(word)} ({AGAIN})")
    try:
        recipe = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise ConfigError(f"recipe: want a whole recipe link, got a damaged one ({AGAIN})") from error
    return check(recipe)


def check(recipe: Any) -> Recipe:
    """A recipe that can be carried out here. Raises MemvizError that names what cannot."""
    from memviz.training.recipe import plan

    if not isinstance(recipe, Mapping):
        raise ConfigError(f"recipe: want an object, got {type(recipe).__name__} ({AGAIN})")
    for name, value in recipe.items():
        if name not in FIELDS:
            raise ConfigError(f"recipe: want {', '.join(FIELDS)}, got {str(name)!r:.40} (it is of a newer memviz)")
        if type(value) is not FIELDS[name]:
            raise ConfigError(f"recipe.{name}: want {FIELDS[name].__name__}, got {value!r:.40} ({AGAIN})")
    for part, knobs in recipe.get("knobs", {}).items():
        if not isinstance(knobs, Mapping):
            raise ConfigError(f"recipe.knobs.{part}: want an object, got {knobs!r:.40} ({AGAIN})")
    for change in recipe.get("changes", []):
        if not (isinstance(change, list) and len(change) == 2 and isinstance(change[1], Mapping)):
            raise ConfigError(f"recipe.changes: want [update, {{knob: value}}], got {change!r:.40} ({AGAIN})")
    plan({**recipe, "device": "core"}, catalog.models(), catalog.tasks())  # its device is asked for when it starts
    return dict(recipe)

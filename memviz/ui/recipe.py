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
MOST_SEED = 2**53 - 1  # a browser's numbers go no further without a gap
FIELDS = {  # field -> its JSON type
    "model": str,
    "task": str,
    "preset": str,
    "knobs": dict,
    "seed": int,
    "device": str,
    "memory": str,
    "changes": list,
    "until": dict,
    "expect": dict,
}
AGAIN = "copy the link again"


def encode(recipe: Mapping[str, Any]) -> str:
    """The recipe as one word of a link: base64url of its JSON. Raises ConfigError when it is too long for one."""
    text = json.dumps(recipe, separators=(",", ":"), sort_keys=True)
    word = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    if len(word) > LONGEST:
        changes = len(recipe.get("changes", []))
        raise ConfigError(
            f"recipe: want a link of at most {LONGEST:,} characters, got {len(word):,} for {changes:,} changes made "
            "while it trained (share the Watch link, or rewind and train with fewer changes)"
        )
    return word


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
    if recipe.get("seed", 0) > MOST_SEED:
        want = f"recipe.seed: want a whole number 0..{MOST_SEED} (no browser counts further without a gap)"
        raise ConfigError(f"{want}, got {recipe['seed']} (choose a smaller one, or train with `memviz train --seed`)")
    for part, knobs in recipe.get("knobs", {}).items():
        if not isinstance(knobs, Mapping):
            raise ConfigError(f"recipe.knobs.{part}: want an object, got {knobs!r:.40} ({AGAIN})")
    for change in recipe.get("changes", []):
        if not (isinstance(change, list) and len(change) == 2 and isinstance(change[1], Mapping)):
            raise ConfigError(f"recipe.changes: want [update, {{knob: value}}], got {change!r:.40} ({AGAIN})")
    plan({**recipe, "device": "core"}, catalog.models(), catalog.tasks())  # its device is asked for when it starts
    return dict(recipe)

"""The words of the scope's socket: what the page's controls say is what the server must take; both are held to it."""

from __future__ import annotations

from typing import Any

SAID: list[dict[str, Any]] = [
    {"do": "pause"},
    {"do": "step", "n": 1},
    {"do": "step", "n": 10},
    {"do": "until", "what": "seconds", "n": 10},
    {"do": "until", "what": "solved"},
    {"do": "set", "rate": 0.001},
    {"do": "speed", "per_second": 5},
    {"do": "memory", "mode": "carry"},
    {"do": "branch", "update": 75},
    {"do": "rewind"},
    {"do": "reseed"},
    {"do": "gradients", "on": True},
]

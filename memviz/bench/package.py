"""The core beside the package that most people take for the same network: whole updates of both, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any

from memviz.bench import throughput
from memviz.bench.rounds import Answer, Contender, contest
from memviz.bench.stats import Row, medians, ratio
from memviz.bench.throughput import Show, best, named, thread_count

PACKAGE = "dnc==1.1.0"
INSTALL = f"pip install --no-deps {PACKAGE}"
THEIRS = "memviz.bench.contenders.package"


def missing() -> str:
    """What is not installed, with how to install it; "" when all is there."""
    name, _, version = PACKAGE.partition("==")
    for library, remedy in (("torch", "pip install 'memviz[torch]'"), (name, INSTALL)):
        try:
            found = metadata.version(library)
        except metadata.PackageNotFoundError:
            return f"{library} is not installed ({remedy})"
    return "" if found == version else f"want {PACKAGE}, got {found} ({INSTALL})"


def rows(recipe: Mapping[str, Any], batch: int, rounds: int, seconds: float, show: Show) -> Iterator[Row]:
    """One row; without the package it says what is missing."""
    if reason := missing():
        yield {"row": "package", **named(recipe), "batch": batch, "package": PACKAGE, "missing": reason}
        return
    contenders = []
    for name, threads in throughput.THREADS.items():
        settings = {"recipe": dict(recipe), "batch": batch, "threads": threads}
        limits = throughput.threads_only(threads)
        contenders.append(Contender(f"core_{name}", throughput.CORE, settings, limits))
        contenders.append(Contender(f"package_{name}", THEIRS, settings, limits))
    answers = contest(contenders, rounds, seconds, lambda part, text: show(part, f"package, {text}"))
    yield summary(recipe, batch, answers)


def summary(recipe: Mapping[str, Any], batch: int, rounds: list[dict[str, Answer]]) -> Row:
    """Medians of the rounds, each side on the thread count that suits it best."""
    speed = medians(rounds, "per_s")
    row: Row = {"row": "package", **named(recipe), "batch": batch, "package": PACKAGE}
    for side in ("core", "package"):
        name = best(speed, side)
        row |= {f"{side}_per_s": speed[name], f"{side}_threads": thread_count(name)}
    return {**row, "package_ratio": ratio(rounds, best(speed, "core"), best(speed, "package"), "per_s")}

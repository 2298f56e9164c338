"""The scope's JavaScript as one inline script, without a build step: modules in order, each in a scope of its own.

The convention: every file of js/ is a plain ES module whose imports are named and come from siblings
(`import { a, b } from "./other.js";`) and whose exports are declarations (`export function`, `export const`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENTRY = "scope"
STYLES = ("paper", "masthead", "body", "controls", "figure", "side", "overlays", "layouts")  # a later one wins
_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./(\w+)\.js";?[ \t]*\n', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?function\*?\s+(\w+)|(?:const|let|class)\s+(\w+))", re.MULTILINE)


def modules() -> dict[str, str]:
    """Name -> source of every module of the scope."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "js").glob("*.js"))}


def order(sources: dict[str, str], entry: str) -> list[str]:
    """The modules that `entry` needs, each after what it imports. Raises ValueError for a cycle or a stranger."""
    done: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"bundle.order: want no import cycle, got {' > '.join((*path, name))}")
        if name not in sources:
            raise ValueError(f"bundle.order: want a module of js/, got {name!r} imported by {path[-1]}")
        if name in done:
            return
        for _, sibling in _IMPORT.findall(sources[name]):
            visit(sibling, (*path, name))
        done.append(name)

    visit(entry, ())
    return done


def wrap(name: str, source: str) -> str:
    """One module as `const $name = (() => { ... return { exports }; })();` with its imports taken from the others."""
    body = _IMPORT.sub(lambda match: f"const {{{_renamed(match[1])}}} = ${match[2]};\n", source)
    exports = [a or b for a, b in _EXPORT.findall(body)]
    body = _EXPORT.sub("", body)
    rest = re.search(r"^(?:import|export)\b.*$", body, re.MULTILINE)
    if rest:
        raise ValueError(f"bundle.wrap: want named sibling imports and exported declarations, got {name}.js: {rest[0]}")
    return f"const ${name} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();\n"


def _renamed(names: str) -> str:
    return re.sub(r"(\w+)\s+as\s+(\w+)", r"\1: \2", names)


@cache
def script(entry: str = ENTRY) -> str:
    """The whole scope as one script text; afterwards `$scope.mountScope` (or `$<entry>`) holds the entry's exports."""
    sources = modules()
    return "".join(wrap(name, sources[name]) for name in order(sources, entry))


@cache
def styles() -> str:
    """The scope's style sheet; every rule is under `.memviz`, so it is safe in a page and in a shadow root."""
    return "".join((FOLDER / "css" / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)

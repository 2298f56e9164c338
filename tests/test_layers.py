"""The storeys of the house: which folder may import what. Read with ast, nothing is executed."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("memviz", "models", "lessons", "assets", "tests", ".")
    for path in (ROOT / folder).glob("*.py" if folder == "." else "**/*.py")
)
LOW = ("contracts", "ops")
MIDDLE = (*LOW, "views", "training", "render")
HIGH = (*MIDDLE, "debug", "adapters", "catalog")
# Folder -> what of ours it may import. Folders of one line never import each other.
STOREYS = {
    "memviz/contracts": ("contracts",),
    "memviz/ops": LOW,
    "models": (*LOW, "models"),
    "memviz/tasks": (*LOW, "tasks"),
    "memviz/views": (*LOW, "views"),
    "memviz/training": (*LOW, "training"),
    "memviz/render": (*LOW, "render"),
    "memviz/debug": (*MIDDLE, "debug"),
    "memviz/adapters": (*MIDDLE, "adapters"),
    "memviz/catalog.py": ("contracts",),
    "memviz/study": (*HIGH, "study"),
    "memviz/bench": (*HIGH, "study", "bench"),
    "memviz/ui": (*HIGH, "study", "ui"),
    "memviz/cli": (*HIGH, "study", "bench", "ui", "cli"),  # the command line starts the benchmarks and the app
    "memviz/__main__.py": ("cli",),
    "app.py": ("ui",),
}
ENTRIES = ("models", "memviz/tasks", "memviz/views")  # one folder each entry, and no entry imports another
# Library -> the only files that may import it; "use: " means inside a function, so that starting up never does.
LIBRARIES = {
    "numba": ("memviz/ops/*",),
    "safetensors": ("memviz/contracts/store.py",),
    "xarray": ("use: memviz/contracts/trace.py",),
    "torch": ("models/*/twin.py", "memviz/training/torch_step.py", "use: memviz/bench/*", "use: memviz/adapters/*"),
    "plotly": ("memviz/render/plotly_figure.py",),
    "streamlit": ("memviz/ui/*", "app.py"),
    "starlette": ("memviz/ui/*",),
    "pickle": (),
    "models": (),  # generic names: the entries are memviz.models, memviz.tasks, ...
    "lessons": (),
    "tasks": (),
    "views": (),
}
NAMELESS = (
    "memviz/cli",
    "memviz/bench",
    "memviz/ui",
    "memviz/render",
    "memviz/views",
    "memviz/training",
    "memviz/debug",
)


@dataclass(frozen=True)
class Import:
    """One imported module of a file; `inside` a function it happens on use."""

    module: str
    line: int
    inside: bool


def imports(tree: ast.AST, inside: bool = False) -> Iterator[Import]:
    """Every import of a file, `from a import b` as a.b; what only a type checker sees is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (Import(f"{base}.{alias.name}", node.lineno, inside) for alias in node.names)
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            yield from imports(node, inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def room(file: str) -> str | None:
    """The storey's folder a file lies in; None outside the house (tests)."""
    return next((name for name in STOREYS if file == name or file.startswith(f"{name}/")), None)


def faults(file: str, source: str) -> list[str]:
    """Every arrow of a file that the table does not have."""
    found = []
    for each in imports(ast.parse(source)):
        if each.module.startswith("."):
            found.append(f"{file}:{each.line}: relative import (write memviz....)")
        elif each.module.split(".")[0] == "memviz":
            found += _own(file, each)
        elif not _library_allowed(file, each):
            found.append(f"{file}:{each.line}: imports {each.module}")
    return found


def _own(file: str, each: Import) -> list[str]:
    home, parts = room(file), each.module.split(".")
    if home is None or len(parts) < 2 or parts[1].startswith("__"):
        return []
    if parts[1] not in STOREYS[home]:
        return [f"{file}:{each.line}: {home} imports {each.module}"]
    target = next((folder for folder in ENTRIES if folder.endswith(parts[1])), None)
    if target is None or len(parts) < 3 or not (ROOT / target / parts[2]).is_dir():
        return []
    entry = file.removeprefix(f"{home}/").split("/")[0]
    return [] if home == target and entry == parts[2] else [f"{file}:{each.line}: names the entry {each.module}"]


def _library_allowed(file: str, each: Import) -> bool:
    patterns = LIBRARIES.get(each.module.split(".")[0])
    if patterns is None:
        return True
    if room(file) is None and patterns:
        return True  # tests may use every library
    plain = [pattern for pattern in patterns if not pattern.startswith("use: ")]
    on_use = [pattern.removeprefix("use: ") for pattern in patterns if pattern.startswith("use: ")]
    wanted = plain + (on_use if each.inside else [])
    return any(fnmatch.fnmatch(file, pattern) for pattern in wanted)


def spoken_names(source: str, names: set[str]) -> list[str]:
    """Strings of a file that are exactly the name of an entry."""
    constants = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return [f"line {node.lineno}: {node.value!r}" for node in constants if node.value in names]


@pytest.mark.parametrize("file", FILES)
def test_a_file_imports_only_what_its_storey_may(file):
    assert faults(file, (ROOT / file).read_text("utf-8")) == []


def test_every_file_has_a_storey():
    shipped = [file for file in FILES if file.startswith(("memviz/", "models/")) or file == "app.py"]
    assert [file for file in shipped if room(file) is None and file != "memviz/__init__.py"] == []
    assert [file for file in FILES if file.startswith(("lessons/", "assets/"))] == []  # data, no code


def test_nothing_above_the_models_names_one():
    names = {path.parent.name for path in (ROOT / "models").glob("*/__init__.py")}
    spoken = {
        file: found
        for file in FILES
        if (room(file) or "") in NAMELESS and (found := spoken_names((ROOT / file).read_text("utf-8"), names))
    }
    assert spoken == {}


@pytest.mark.parametrize(
    ("file", "source", "says"),
    [
        ("memviz/contracts/x.py", "import numba", "imports numba"),
        ("memviz/contracts/x.py", "from memviz import ops", "memviz/contracts imports memviz.ops"),
        ("memviz/contracts/trace.py", "import xarray", "imports xarray"),
        ("models/ntm/kernels.py", "import numba", "imports numba"),
        ("models/ntm/kernels.py", "import torch", "imports torch"),
        ("models/ntm/kernels.py", "import memviz.training.loop", "models imports memviz.training.loop"),
        ("models/other/kernels.py", "from memviz.models.ntm import kernels", "names the entry"),
        ("memviz/tasks/other/x.py", "import memviz.tasks.copy", "names the entry"),
        ("memviz/ui/x.py", "import memviz.models.ntm", "memviz/ui imports memviz.models.ntm"),
        ("memviz/bench/x.py", "import torch", "imports torch"),
        ("memviz/ui/x.py", "def f():\n    import torch", "imports torch"),
        ("memviz/cli/x.py", "import streamlit.web", "imports streamlit.web"),
        ("memviz/training/loop.py", "from memviz.render.scope import encode", "imports memviz.render"),
        ("memviz/views/gates/__init__.py", "from . import x", "relative"),
        ("tests/test_x.py", "from models.ntm import MODEL", "imports models.ntm"),
        ("tests/test_x.py", "import pickle", "imports pickle"),
    ],
)
def test_a_forbidden_arrow_is_caught(file, source, says):
    assert [fault for fault in faults(file, source) if says in fault]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("models/ntm/kernels.py", "from memviz.ops.kernel import kernel\nfrom memviz.models.ntm import config"),
        ("models/ntm/twin.py", "import torch"),
        ("memviz/bench/x.py", "def f():\n    import torch"),
        ("memviz/contracts/x.py", "import memviz\nfrom memviz import __version__"),
        ("memviz/ui/x.py", "import streamlit as st\nfrom memviz import catalog"),
        ("memviz/training/x.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch"),
        ("tests/test_x.py", "import torch\nimport memviz.models.ntm"),
    ],
)
def test_an_allowed_arrow_passes(file, source):
    assert faults(file, source) == []


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The groups of files that import each other, directly or by way of others."""

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        todo = [start]
        while todo:
            for each in arrows.get(todo.pop(), set()) - found:
                found.add(each)
                todo.append(each)
        return found

    reach = {file: reached(file) for file in arrows}
    groups = {tuple(sorted(other for other in reach[file] if file in reach.get(other, ()))) for file in arrows}
    return sorted(list(group) for group in groups if group)


def arrow_table(rooms: str) -> dict[str, set[str]]:
    """File -> files of ours that it imports, also those that only a type checker sees."""
    ours = {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in FILES}
    ours = {name if name.startswith("memviz") else f"memviz.{name}": file for name, file in ours.items()}
    found: dict[str, set[str]] = {}
    for file in (file for file in FILES if file.startswith(rooms)):
        nodes = ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
        names = [f"{n.module}.{alias.name}" for n in nodes if isinstance(n, ast.ImportFrom) for alias in n.names]
        targets = {ours.get(name) or ours.get(name.rpartition(".")[0]) for name in names}
        found[file] = {target for target in targets if target and target != file}
    return found


@pytest.mark.parametrize("rooms", ["memviz/", "models/"])
def test_no_two_files_import_each_other_not_even_for_their_types(rooms):
    assert circles(arrow_table(rooms)) == []


def test_a_circle_is_caught():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": {"e"}}) == [["a", "b", "c"], ["e"]]

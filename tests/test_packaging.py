"""A wheel holds one top-level name, everything the app reads, and nothing that imports torch."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytest.importorskip("hatchling", reason="hatchling is missing: pip install -e '.[test]'")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a wheel and an sdist, built without network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    """The names of the files in the wheel."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        return set(archive.namelist())


def tracked(folder: str) -> list[str]:
    """The files git knows in a folder of the checkout."""
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing to compare the wheel with")
    return [line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def test_a_wheel_has_one_top_level_name(wheel: set[str]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in wheel} == {"memviz"}


@pytest.mark.parametrize("folder", ["memviz", "models", "lessons", "assets", ".streamlit"])
def test_everything_tracked_is_in_the_wheel(wheel: set[str], folder: str) -> None:
    inside = "" if folder == "memviz" else "memviz/"
    assert [name for name in tracked(folder) if f"{inside}{name}" not in wheel] == []


def test_a_wheel_holds_no_tests_and_no_leftovers(wheel: set[str]) -> None:
    assert [name for name in wheel if name.endswith((".pyc", ".nbi", ".nbc")) or "/tests/" in name] == []


def test_a_wheel_brings_the_memviz_command(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "memviz = memviz.cli:main" in archive.read(entry).decode()


def test_the_source_archive_can_build_the_wheel_again(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    forced = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for source in forced["force-include"]:
        assert any(name == source or name.startswith(source + "/") for name in names), source


def test_the_base_install_does_not_ask_for_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert not [line for line in project["dependencies"] if "torch" in line]

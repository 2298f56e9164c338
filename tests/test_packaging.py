"""A wheel holds one top-level name, everything the app reads, and nothing that imports torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from memviz import catalog

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


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the site-packages of a machine with the wheel installed."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        archive.extractall(folder)
    return folder


def python(installed: Path, *arguments: str) -> str:
    """What a Python in an unrelated folder prints, with the wheel and without the checkout on its path."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=installed.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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


def test_an_installed_wheel_lists_what_the_checkout_lists(installed: Path) -> None:
    assert python(installed, "-c", "import memviz; print(memviz.__path__)").strip() == f"['{installed / 'memviz'}']"
    here = {shelf.sort + "s": set(shelf) for shelf in (catalog.models(), catalog.tasks(), catalog.lessons())}
    found = json.loads(python(installed, "-m", "memviz", "list", "--json"))
    assert {sort: {entry["name"] for entry in found[sort]} for sort in here} == here
    assert found["broken"] == {}


def test_an_installed_wheel_draws_the_recorded_episode(installed: Path, tmp_path: Path) -> None:
    for recorded in (installed / "memviz" / "assets" / "recorded").glob("*.safetensors"):
        page = tmp_path / "page.html"
        python(installed, "-m", "memviz", "export", str(recorded), "--html", str(page))
        assert "mountScope" in page.read_text(encoding="utf-8")


def test_an_installed_wheel_starts_the_app_with_our_settings_and_without_torch(installed: Path) -> None:
    probe = (
        "import json, sys; from memviz.ui import server, main\n"
        "print(json.dumps([server.settings(), 'torch' in sys.modules]))"
    )
    settings, torch = json.loads(python(installed, "-W", "ignore", "-c", probe).splitlines()[-1])
    assert not torch
    assert settings["runner.postScriptGC"] is False
    assert settings["client.showErrorDetails"] == "none"
    assert settings["browser.gatherUsageStats"] is False
    assert settings["server.fileWatcherType"] == "none"

"""The data folder follows MEMVIZ_HOME; shipped data is found in both layouts and never outside the installation."""

from __future__ import annotations

import pytest

import memviz
from memviz.contracts import places
from memviz.contracts.errors import ConfigError, FileError


def test_home_is_what_the_person_chose(tmp_path, monkeypatch):
    monkeypatch.setenv("MEMVIZ_HOME", str(tmp_path / "mine"))
    assert places.home() == tmp_path / "mine"
    for folder in (places.runs, places.sweeps, places.checkpoints, places.data, places.kernels, places.log):
        assert folder() == tmp_path / "mine" / folder.__name__
        assert folder().is_dir()


def test_home_without_a_choice_is_the_platforms_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("MEMVIZ_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(places.sys, "platform", "linux")
    assert places.home() == tmp_path / "memviz"
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "win"))
    monkeypatch.setattr(places.sys, "platform", "win32")
    assert places.home() == tmp_path / "win" / "memviz"


def test_a_home_that_cannot_be_made_says_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MEMVIZ_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="set MEMVIZ_HOME"):
        places.runs()


@pytest.mark.parametrize("layout", ["checkout", "wheel"])
def test_shipped_data_is_found_in_both_layouts(layout, tmp_path, monkeypatch):
    package = tmp_path / "memviz"
    data = tmp_path if layout == "checkout" else package
    (data / "assets" / "traces").mkdir(parents=True)
    (data / "lessons").mkdir()
    (data / "assets" / "traces" / "one.safetensors").write_bytes(b"1")
    monkeypatch.setattr(memviz, "__path__", [str(package), str(tmp_path)] if layout == "checkout" else [str(package)])
    assert places.asset("traces/one.safetensors").read_bytes() == b"1"
    assert places.lessons_folder() == data / "lessons"


@pytest.mark.parametrize("name", ["../pyproject.toml", "/etc/passwd", "", "a//b", "..\\x", "C:x", "a\0b", "./x"])
def test_a_name_never_leaves_the_installation(name):
    with pytest.raises(FileError, match=r"places\.find"):
        places.find(name)


def test_what_was_not_shipped_is_named():
    with pytest.raises(FileError, match=r"assets/nothing\.png"):
        places.asset("nothing.png")

"""Compiled kernels are kept where the sources, the compilers and the processor say, and not for ever."""

from __future__ import annotations

import os
import time

import numba
import pytest

import memviz.ops as ops
from memviz.contracts import places


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MEMVIZ_HOME", str(tmp_path))
    return tmp_path


def test_numba_keeps_kernels_in_the_folder_of_this_build():
    assert os.environ["NUMBA_CACHE_DIR"] == numba.config.CACHE_DIR
    assert ops.Path(numba.config.CACHE_DIR).parent.name == "kernels"


def test_an_edit_in_any_kernel_file_moves_the_folder(home, monkeypatch):
    before, files = ops.cache_folder(), ops.sources()
    assert before == ops.cache_folder()
    names = {(file.parent.name, file.name) for file in files}
    assert {("ops", "vectormath.py"), ("ntm", "kernels.py"), ("training", "optimizer.py")} <= names
    edited = home / "vectormath.py"
    edited.write_text("another source")
    monkeypatch.setattr(ops, "sources", lambda: [*files, edited])
    assert ops.cache_folder() != before
    assert ops.cache_folder().parent == places.kernels()


@pytest.mark.parametrize("name", ["NUMBA_CPU_FEATURES", "NUMBA_CPU_NAME", "MEMVIZ_VECTOR_BITS"])
def test_another_processor_moves_the_folder(home, monkeypatch, name):
    before = ops.cache_folder()
    monkeypatch.setenv(name, "128")
    assert ops.cache_folder() != before


def test_builds_that_nobody_uses_are_deleted(home):
    current = ops.cache_folder()
    old, recent = (places.kernels() / name for name in ("old", "recent"))
    for folder, days in ((old, ops.KEPT_DAYS + 1), (recent, 1), (current, ops.KEPT_DAYS + 1)):
        folder.mkdir()
        (folder / "kernel.nbi").write_bytes(b"machine code")
        os.utime(folder, (time.time() - days * 86_400,) * 2)
    ops.forget_old_builds(current)
    assert not old.exists()
    assert recent.exists()
    assert (current / "kernel.nbi").exists()

"""One process at a study: here by the system's own lock, and by Windows' through a stand-in of its module."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import pytest

from memviz.contracts.errors import FileError
from memviz.study import lock


@pytest.fixture(params=["own", "windows"])
def system(request, monkeypatch):
    """Windows locks a range of bytes at the file's position, and fails with OSError where another holds it."""
    if request.param == "own":
        return
    places: dict[tuple[int, int], int] = {}  # inode and byte -> the descriptor that holds it

    def locking(descriptor, mode, count):
        assert (mode, count) == ("at once", 1)
        place = os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR)
        assert place[1] > 20  # nobody could read the number of a locked range
        holder = places.setdefault(place, descriptor)
        if holder != descriptor and is_open(holder):
            raise PermissionError(13, "Permission denied")
        places[place] = descriptor

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK="at once"))
    monkeypatch.setattr(sys, "platform", "win32")


def is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


@pytest.mark.usefixtures("system")
def test_a_second_holder_is_told_who_is_first_and_may_have_it_afterwards(tmp_path):
    path = tmp_path / "lock"
    with lock.held(path):
        with pytest.raises(FileError, match=f"got process {os.getpid()} at it already"), lock.held(path):
            pass
        assert path.read_text() == str(os.getpid())  # the refused one changed nothing
    with lock.held(path):
        pass


@pytest.mark.usefixtures("system")
def test_what_a_process_that_died_left_behind_is_no_lock(tmp_path):
    path = tmp_path / "lock"
    path.write_text("999999")
    with lock.held(path):
        assert path.read_text() == str(os.getpid())

"""A study's rows: each computed once, kept the moment it is done, and found again after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from memviz import catalog
from memviz.contracts.errors import FileError
from memviz.study.book import Book
from memviz.study.cell import Arm
from memviz.study.executor import here, processes
from memviz.study.row import scores, work
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer
from tests.study.conftest import MODEL, SMALL, TASK

ARM = Arm("small", MODEL, TASK, knobs=SMALL, until={"solved": False, "updates": 3}, lengths=(5,), episodes=2)


@pytest.fixture
def book(tmp_path):
    book = Book(tmp_path / "study")
    book.begin("Small", ARM.cells(range(4)), {"command": "test"})
    return book


def test_every_row_is_computed_once_and_kept(book):
    cells = ARM.cells(range(3))
    rows = list(book.work(cells, 1, here))
    assert [row["seed"] for row in rows] == [0, 1, 2]
    assert book.rows() == rows
    assert list(book.work(cells, 1, here)) == []
    assert book.now() == []
    assert all(row["sequences"] == 24 and row["unseen"]["5"]["wrong_bits"] > 0 for row in rows)


def test_one_process_and_two_give_the_same_rows(book, tmp_path):
    """This one would not, if a test before has compiled kernels in it: it would round otherwise."""
    cells = ARM.cells(range(2))
    other = Book(tmp_path / "other")
    other.begin("Other", cells, {})
    one = list(other.work(cells, 1, processes))
    two = sorted(book.work(cells, 2, processes), key=lambda row: row["seed"])
    timeless = [[{**row, "seconds": 0.0} for row in rows] for rows in (one, two)]
    assert timeless[0] == timeless[1]


def test_a_row_that_a_killed_process_left_unfinished_is_computed_again(book):
    cells = ARM.cells(range(3))
    rows = list(book.work(cells, 1, here))
    path = book.folder / "rows.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    assert book.rows() == rows[:2]
    (again,) = book.work(cells, 1, here)
    assert {**again, "seconds": 0.0} == {**rows[2], "seconds": 0.0}
    assert len(book.rows()) == 3


def test_a_killed_sweep_goes_on_where_it_was(book, tmp_path):
    """SIGKILL after the first row; the rows that were done are not computed again."""
    cells = ARM.cells(range(4))
    text = json.dumps([asdict(cell) for cell in cells])
    program = (
        "import json, sys; from pathlib import Path; from memviz.study.book import Book; "
        "from memviz.study.cell import Cell; from memviz.study.executor import here\n"
        f"cells = [Cell.from_dict(c) for c in json.loads({text!r})]\n"
        f"for row in Book(Path({str(book.folder)!r})).work(cells, 1, here): print(row['key'], flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as child:
        first = child.stdout.readline().strip()
        os.kill(child.pid, signal.SIGKILL)
    done = book.rows()
    assert first in {row["key"] for row in done}
    more = list(book.work(cells, 1, here))
    assert {row["key"] for row in more}.isdisjoint({row["key"] for row in done})
    assert {row["key"] for row in book.rows()} == {cell.key for cell in cells}


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks the kernel's /proc for the workers")
def test_a_worker_whose_sweep_was_killed_stops_too(book):
    """The child's worker would train for ten minutes; it ends soon after its parent does."""
    arm = Arm("long", MODEL, TASK, knobs=SMALL, until={"solved": False, "seconds": 600.0})
    program = (
        "import json; from dataclasses import asdict; from pathlib import Path; from memviz.study.book import Book; "
        "from memviz.study.cell import Cell\n"
        "if __name__ == '__main__':\n"
        f"    c = json.loads({json.dumps(asdict(arm.cells([0])[0]))!r})\n"
        f"    book = Book(Path({str(book.folder)!r}))\n"
        "    for row in book.work([Cell.from_dict(c)], 1): pass"
    )
    script = book.folder / "program.py"
    script.write_text(program)
    with subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": os.getcwd()}) as child:
        assert waited(lambda: book.now())
        workers = children(child.pid)
        assert workers
        os.kill(child.pid, signal.SIGKILL)
    assert waited(lambda: not any(map(alive, workers)))


def children(pid):
    """The processes that a process has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    """Whether a process still runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def waited(true, seconds=30.0):
    """Whether something becomes true in time."""
    end, tick = time.monotonic() + seconds, threading.Event()
    while not true() and time.monotonic() < end:
        tick.wait(0.05)
    return true()


def test_a_diverging_training_is_a_row_that_says_why(book):
    knobs = {**SMALL, "training": {**SMALL["training"], "rate": 10.0, "clip": 0.0, "optimizer": "rmsprop_torch"}}
    arm = Arm("wild", MODEL, TASK, knobs=knobs, until={"solved": False, "updates": 3000}, episodes=1)
    row = json.loads(work(json.dumps(asdict(arm.cells([0])[0])), None))
    assert not row["solved"]
    assert "rate" in row["diverged"]


def test_a_row_of_another_build_is_computed_again(book, monkeypatch):
    cells = ARM.cells(range(2))
    list(book.work(cells, 1, here))
    monkeypatch.setattr("memviz.study.row.build", lambda cell: "another")
    assert len(list(book.work(cells, 1, here))) == 2


def test_a_row_of_another_build_is_not_counted_and_in_no_statistics(book, monkeypatch):
    cells = ARM.cells(range(4))
    old = list(book.work(cells[:2], 1, here))
    with monkeypatch.context() as other:
        other.setattr("memviz.study.row.build", lambda cell: "another")
        assert book.rows() == []
        (new,) = book.work(cells[:1], 1, here)
        assert book.rows() == [new]
    assert book.rows() == old  # what the other build has computed since hides none of ours


def test_rows_of_what_this_build_has_not_are_none_of_its_own(book):
    book.begin("Gone", Arm("gone", "no-such-model", TASK).cells([0]), {}, replace=True)
    (cell,) = Arm("gone", "no-such-model", TASK).cells([0])
    row = {"key": cell.key, "arm": "gone", "seed": 0, "solved": True, "build": "another"}
    (book.folder / "rows.jsonl").write_text(json.dumps(row) + "\n")
    assert book.rows() == []


def test_only_one_process_computes_rows_and_the_other_is_told_which(book):
    cells = ARM.cells(range(2))
    first = book.work(cells, 1, here)
    next(first)
    with pytest.raises(FileError, match=rf"got process {os.getpid()} at it already \(wait for it or stop it"):
        next(book.work(cells, 1, here))
    first.close()
    assert len(list(book.work(cells, 1, here))) == 1


def test_a_study_at_work_is_not_described_anew(book):
    first = book.work(ARM.cells(range(2)), 1, here)
    next(first)
    before = book.read()
    with pytest.raises(FileError, match="at it already"):
        book.begin("Other", ARM.cells(range(9)), {"command": "other"}, replace=True)
    assert book.read() == before
    first.close()
    book.begin("Other", ARM.cells(range(9)), {"command": "other"}, replace=True)
    assert book.read()["title"] == "Other"


def test_a_row_that_the_clock_cut_is_computed_again_with_more_time_and_only_then(book):
    timed = [
        Arm("small", MODEL, TASK, knobs=SMALL, until={"solved": False, "seconds": seconds}).cells([0])
        for seconds in (0.01, 0.005, 0.02)
    ]
    assert len({cell.key for (cell,) in timed}) == 1
    book.begin("Small", timed[0], {}, replace=True)
    (short,) = book.work(timed[0], 1, here)
    assert (short["cut"], short["clock"]) == (True, 0.01)
    assert list(book.work(timed[0], 1, here)) == list(book.work(timed[1], 1, here)) == []
    book.begin("Small", timed[2], {})  # the same study with more time
    (longer,) = book.work(timed[2], 1, here)
    assert longer["clock"] == 0.02
    assert book.rows() == [longer]


def test_scores_start_from_the_carried_memory():
    knobs = {**SMALL, "training": {**SMALL["training"], "memory": "carry"}}
    (cell,) = Arm("carry", MODEL, TASK, knobs=knobs).cells([0])
    planned = plan(cell.recipe, catalog.models(), catalog.tasks())
    trainer = Trainer(planned.setup, planned.config, threads=1)
    trainer.advance()
    carried = scores(trainer, 3, None)
    trainer.state.memory[0][0] = 5.0
    assert scores(trainer, 3, None) != carried


def test_the_same_arms_with_another_budget_are_another_study(book):
    other = Arm("small", MODEL, TASK, knobs=SMALL, until={"solved": False, "updates": 4}, lengths=(5,), episodes=2)
    with pytest.raises(FileError, match="another name"):
        book.begin("Small", other.cells(range(3)), {})
    list(book.work(ARM.cells(range(1)), 1, here))
    book.begin("Small", other.cells(range(3)), {}, replace=True)
    assert book.rows() == []  # the row is of no cell that the study has now


def test_another_study_does_not_take_the_folder(book):
    with pytest.raises(FileError, match="another name"):
        book.begin("Other", Arm("large", MODEL, TASK).cells([0]), {})


def test_what_is_no_study_is_told(tmp_path):
    (tmp_path / "study.json").write_text("[1]")
    with pytest.raises(FileError, match="memviz-study/1"):
        Book(tmp_path).read()
    with pytest.raises(FileError, match="want a study"):
        Book(tmp_path / "nowhere").read()

"""A run is found again on disk: after a restart, a kill, an eviction; old ones make room there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError, FileError
from memviz.training.runs import folder
from memviz.training.runs.registry import Limits, Registry
from memviz.training.runs.saver import Saver
from tests.training.served import MODELS, RECIPE, TASKS, WAIT, at_rest, branch, carried_out, registry, until


def files(tmp_path, run):
    return sorted(file.name for file in (tmp_path / "runs" / run.id).glob("record-*"))


KILLED = """
import sys, threading
from pathlib import Path
from memviz.training.runs.folder import Folder
from tests.training.served import *
server = Registry(MODELS, TASKS, Path(sys.argv[1]), Limits(autosave=0.2), compile=None)
run = server.create({**RECIPE, "until": {"solved": False}})
there, seen = Folder(Path(sys.argv[1]) / "runs", run.id), threading.Event()
run.subscribe(lambda kind: server.flush() and there.read().header["state"]["update"] and seen.set())
assert seen.wait(WAIT)
print(run.id, run.status()["update"], flush=True)
threading.Event().wait()
"""


def test_a_run_is_found_again_after_a_restart_and_goes_on_bit_for_bit(tmp_path):
    straight = registry(tmp_path / "straight").create(
        {**RECIPE, "until": {"solved": False, "updates": 300}}, start=False
    )
    straight.until("updates", updates=300)
    until(straight, at_rest)
    server = registry(tmp_path)
    run = server.create(RECIPE, "owner", start=False)
    run.until("updates", updates=120)
    until(run, at_rest)
    server.close()
    again = registry(tmp_path)
    found = again.get(run.id)
    status = found.status()
    assert (status["state"], status["update"], found.owner, found.recipe) == ("finished", 120, "owner", RECIPE)
    assert found.records() == run.records()
    found.until("updates", updates=180)
    until(found, lambda status: status["update"] == 300 and at_rest(status))
    for name, column in straight.curve().items():
        np.testing.assert_array_equal(found.curve()[name], column)
    again.close()


def test_a_killed_server_loses_only_what_was_trained_since_the_last_autosave(tmp_path):
    root = Path(folder.__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=root) as child:
        id, update = child.stdout.readline().split()
        child.send_signal(signal.SIGKILL)
    server = registry(tmp_path)
    status = server.get(id).status()
    assert status["state"] == "interrupted"
    assert "resume" in status["message"]
    assert status["update"] > 0
    assert status["update"] <= int(update) + 10_000
    server.close()


def test_ids_of_strangers_stay_off_the_disk(runs, tmp_path):
    for id in ("../../etc/passwd", "short", "no-such-run-here", "a" * 50, "", "x/y/z/x/y/z"):
        with pytest.raises(FileError, match="run"):
            runs.get(id)


def test_a_damaged_run_is_one_clear_error(runs, tmp_path):
    run = runs.create(RECIPE, start=False)
    run.step()
    until(run, lambda status: status["update"] == 1 and at_rest(status))
    runs.close()
    (tmp_path / "runs" / run.id / folder.STATE).write_bytes(b"nonsense")
    with pytest.raises(FileError):
        registry(tmp_path).get(run.id)


def test_the_oldest_runs_lose_their_records_first_then_all(tmp_path):
    server = registry(tmp_path)
    ids = []
    for seed in range(3):
        run = server.create({**RECIPE, "seed": seed}, start=False)
        run.step(4)
        until(run, lambda status: status["update"] == 4 and at_rest(status))
        assert server.flush()
        ids.append(run.id)
    server.close()
    folders = [folder.Folder(tmp_path / "runs", id) for id in ids]
    for age, one in enumerate(reversed(folders)):
        os.utime(one.path / folder.STATE, (1e9 - age, 1e9 - age))
    total = sum(one.bytes for one in folders)
    folder.prune(tmp_path / "runs", total - 1, used={ids[2]})
    assert [len(one.records(0)) for one in folders] == [0, 5, 5]
    folder.prune(tmp_path / "runs", folders[2].bytes + 1, used={ids[2]}, present={ids[1]})
    assert [one.exists for one in folders] == [False, True, True]
    assert len(folders[1].records(0)) == 0
    folder.prune(tmp_path / "runs", folders[2].bytes + 1, used={ids[2]})
    assert [one.exists for one in folders] == [False, False, True]
    assert len(folders[2].records(0)) == 5


def test_the_limit_holds_for_runs_at_rest_in_memory_too(tmp_path):
    server = registry(tmp_path, disk=0.001)  # 1 MiB
    resting, other = (server.create({**RECIPE, "seed": seed}, start=False) for seed in (1, 2))
    resting.step(4)
    until(resting, lambda status: status["update"] == 4 and at_rest(status))
    assert server.flush()
    kept = folder.Folder(tmp_path / "runs", resting.id)
    (kept.path / "record-7-7.safetensors").write_bytes(b"x" * (2 << 20))
    other.step()
    until(other, lambda status: status["update"] == 1 and at_rest(status))
    assert server.flush()
    assert kept.exists
    assert kept.bytes < 1 << 20
    server.close()


def test_what_a_killed_process_left_half_goes_after_an_hour(tmp_path):
    runs = tmp_path / "runs"
    whole, none = runs / "a-whole-run", runs / "no-state-yet"
    for path in (whole, none):
        path.mkdir(parents=True)
    (whole / folder.STATE).write_bytes(b"state")
    old, fresh = whole / f".{folder.STATE}.0a", whole / f".{folder.STATE}.0b"
    for path in (old, fresh):
        path.write_bytes(b"draft")
    (none / "record-0-1.safetensors").write_bytes(b"record")
    (runs / "my-own-notes").write_text("a file of somebody else's")
    theirs = runs / "their-backup" / "a-run" / folder.STATE
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"state")
    for path in (old, none, runs / "my-own-notes", runs / "their-backup"):
        os.utime(path, (1e9, 1e9))
    folder.prune(runs, 1 << 30)
    assert [path.exists() for path in (old, none)] == [False, False]
    assert all(path.exists() for path in (fresh, whole / folder.STATE, runs / "my-own-notes", theirs))


def test_every_record_of_every_branch_is_on_disk_once_and_a_forgotten_one_is_removed(runs, tmp_path):
    run = runs.create(RECIPE, start=False)
    run.step(8)
    until(run, lambda status: status["update"] == 8 and at_rest(status))
    branch(run, 2)
    assert runs.flush()
    first = [f"record-0-{update}.safetensors" for update in run.records(0)]
    second = [f"record-1-{update}.safetensors" for update in run.records() if update > 2]
    assert len(first) == 7
    assert set(files(tmp_path, run)) >= {*first, *second}
    run._engine.branches._most = 1
    run.step()
    until(run, lambda status: len(status["branches"]) == 1 and at_rest(status))
    assert runs.flush()
    assert {name for name in files(tmp_path, run) if name.startswith("record-0")} <= set(first[:3])


def test_all_branches_are_found_again_after_a_restart(tmp_path):
    first = registry(tmp_path)
    run = first.create(RECIPE, start=False)
    run.step(8)
    until(run, lambda status: status["update"] == 8 and at_rest(status))
    run.set(rate=0.5)
    branch(run, 2)
    last = run.status()["update"]
    run.reseed(9)
    until(run, lambda status: status["seed"] == 9)
    run.step()
    until(run, lambda status: status["update"] == 1 and at_rest(status))
    told = run.status()["branches"]
    assert [(one["id"], one["parent"], one["at"], one["seed"], one["last"]) for one in told] == [
        (0, None, 0, 3, 8),
        (1, 0, 2, 3, last),
        (2, None, 0, 9, 1),
    ]
    wanted = {one["id"]: run.record(one["last"], branch=one["id"]) for one in told}
    curves = {one["id"]: run.curve(branch=one["id"]) for one in told}
    first.close()
    second = registry(tmp_path)
    found = second.get(run.id)
    assert (found.status()["branches"], found.status()["branch"], found.epoch) == (told, 2, 2)
    for id, record in wanted.items():
        again = found.record(record.state.update, branch=id)
        np.testing.assert_array_equal(again.state.params, record.state.params)
        np.testing.assert_array_equal(again.trace["output"], record.trace["output"])
        for name, column in curves[id].items():
            np.testing.assert_array_equal(found.curve(branch=id)[name], column)
    branch(found, 8, of=0)
    assert (found.status()["branch"], found.status()["seed"], len(found.status()["branches"])) == (0, 3, 3)
    with pytest.raises(ConfigError, match="branches 0, 1, 2, got 7"):
        found.branch(8, of=7)
    second.close()


def test_records_of_another_seed_are_not_taken_for_the_new_ones_after_a_restart(tmp_path):
    first = registry(tmp_path)
    run = first.create(RECIPE)
    until(run, at_rest)
    run.reseed(9)
    carried_out(run)
    assert first.flush()
    wanted = run.record(0).state.params.copy()
    first.close()
    second = registry(tmp_path)
    found = second.get(run.id)
    np.testing.assert_array_equal(found.record(0).state.params, wanted)
    assert found.epoch == run.epoch
    second.close()


def test_a_save_that_fails_is_logged_and_the_next_one_is_written(caplog):
    saver, written = Saver(), []
    saver.put("a", lambda: 1 / 0)
    saver.put("b", lambda: written.append("b"))
    assert saver.flush()
    saver.put("a", lambda: written.append("a"))
    saver.close()
    assert sorted(written) == ["a", "b"]
    assert "saving a failed" in caplog.text


def test_a_run_that_was_killed_while_it_compiled_is_found_again(tmp_path):
    begun, killed = threading.Event(), threading.Event()

    def compile(model, task, tell):
        begun.set()
        killed.wait(WAIT)

    server = Registry(MODELS, TASKS, tmp_path, Limits(), compile=compile)
    run = server.create({**RECIPE, "until": {"updates": 5, "solved": False}})
    assert begun.wait(WAIT)
    assert server.flush()
    after = registry(tmp_path)  # as if the first had been killed by now
    found = after.get(run.id)
    assert (found.status()["state"], found.status()["update"]) == ("interrupted", 0)
    found.resume()
    until(found, lambda status: status["state"] == "finished")
    assert found.status()["update"] == 5
    killed.set()
    server.close()
    after.close()


def test_a_run_that_was_only_made_is_on_disk(tmp_path):
    server = registry(tmp_path)
    run = server.create(RECIPE, "owner", start=False)
    assert server.flush()
    assert registry(tmp_path).get(run.id).recipe == RECIPE


@pytest.mark.parametrize("by_hand", [False, True])
def test_changes_of_a_recipe_are_armed_after_a_restart_only_if_they_were_before(tmp_path, by_hand):
    server = registry(tmp_path)
    run = server.create({**RECIPE, "changes": [[2, {"rate": 0.5}]]}, start=False)
    run.step()
    until(run, lambda status: status["update"] == 1 and at_rest(status))
    if by_hand:
        run.set(rate=0.25)
        until(run, lambda status: status["changes"])
        run.step()
        until(run, lambda status: status["update"] == 2 and at_rest(status))
    server.close()
    again = registry(tmp_path)
    found = again.get(run.id)
    found.step(3)
    until(found, lambda status: status["update"] >= 4 and at_rest(status))
    assert found.status()["changes"] == ([[1, {"rate": 0.25}]] if by_hand else [[2, {"rate": 0.5}]])
    again.close()

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from memviz.contracts.errors import BackendError, ConfigError, FileError
from memviz.training import folder
from memviz.training.recipe import plan
from memviz.training.registry import Limits, Registry
from memviz.training.saver import Saver
from memviz.ui.desk import Desk
from memviz.ui.fingerprint import compare, recipe_of
from tests.training import stand_in

MODELS, TASKS = {"double": stand_in.MODEL}, {"echo": stand_in.TASK}
RECIPE = {"model": "double", "task": "echo", "seed": 3, "knobs": {"training": {"exam_below": 0.05}}}
WAIT = 20.0  # seconds until a test gives up


def registry(home, **limits):
    return Registry(MODELS, TASKS, home, Limits(**{"training": 2, **limits}), compile=None)


def until(run, condition):
    """Wait, without sleeping, until the run's status meets a condition."""
    news, end = threading.Event(), monotonic() + WAIT
    leave = run.subscribe(lambda kind: news.set())
    try:
        while not condition(run.status()):
            assert news.wait(max(0.0, end - monotonic())), run.status()
            news.clear()
    finally:
        leave()


def at_rest(status):
    return status["state"] not in ("training", "waiting", "compiling")


@pytest.fixture
def runs(tmp_path):
    made = registry(tmp_path)
    yield made
    made.close()


def test_a_recipe_becomes_a_run_that_solves_its_task(runs):
    owner = hashlib.sha256(b"secret").hexdigest()
    run = runs.create(RECIPE, owner)
    until(run, lambda status: status["state"] == "solved")
    assert run.owner == owner
    assert runs.get(run.id) is run
    status = run.status()
    assert status["run"] == run.id
    assert status["seed"] == 3
    assert run.records()[-1] == status["update"]
    assert run.curve()["update"][-1] == status["update"]
    version, trace = run.latest()
    assert version > 0
    assert trace.meta["update"] == status["update"]


def test_the_same_recipe_gives_the_same_run_even_beside_another(runs):
    first, second = (runs.create(RECIPE) for _ in range(2))
    for run in (first, second):
        until(run, at_rest)
    for name, column in first.curve().items():
        np.testing.assert_array_equal(second.curve()[name], column)


def test_commands_reach_the_run_and_are_logged(runs):
    run = runs.create(RECIPE, start=False)
    run.step(3)
    until(run, lambda status: status["update"] == 3 and at_rest(status))
    run.set(rate=0.01, batch=4)
    run.step()
    until(run, lambda status: status["update"] == 4 and at_rest(status))
    assert run.status()["changes"] == [[3, {"rate": 0.01}], [3, {"batch": 4}]]
    run.branch(2)
    run.pause()
    until(run, lambda status: status["epoch"] == 1 and at_rest(status))
    assert run.status()["changes"] == [[2, {"rate": 0.01, "batch": 4}]]  # the knobs stay as the person has set them
    run.rewind()
    until(run, lambda status: status["update"] == 0)
    run.reseed()
    until(run, lambda status: status["seed"] == 4)
    run.memory("carry")
    until(run, lambda status: status["knobs"]["memory"] == "carry")
    run.until("updates", updates=5)
    until(run, lambda status: status["state"] == "finished")
    assert run.status()["update"] == 5


def test_two_steps_asked_for_at_once_are_both_made(runs):
    run = runs.create(RECIPE, start=False)
    run.step()
    run.step()
    until(run, lambda status: status["update"] == 2 and at_rest(status))


def test_commands_that_make_no_sense_are_refused_at_once(runs):
    run = runs.create(RECIPE, start=False)
    for wrong in (
        lambda: run.set(rate=-1),
        lambda: run.set(optimizer="adam"),
        lambda: run.step(0),
        lambda: run.until("bored"),
        lambda: run.until("updates"),
        lambda: run.speed(0),
        lambda: run.branch(77),
        lambda: run.record(77),
        lambda: run.memory("forget"),
    ):
        with pytest.raises(ConfigError, match=r"want"):
            wrong()


def test_a_record_holds_the_trace_of_its_update_and_its_gradients_on_request(runs):
    run = runs.create(RECIPE)
    until(run, at_rest)
    first, last = run.record(0), run.record(run.records()[-1])
    np.testing.assert_array_equal(first.trace["input"], last.trace["input"])
    assert first.trace.meta["update"] == 0
    assert first.trace.meta["scores"]["wrong_bits"] > last.trace.meta["scores"]["wrong_bits"] == 0
    assert "d_memory" in run.record(0, gradients=True).trace.arrays
    run.gradients(True)
    until(run, lambda status: status["gradients"])
    assert "d_memory" in run.record(0).trace.arrays


def test_another_episode_is_done_as_the_newest_record_does_it(runs):
    run = runs.create(RECIPE)
    until(run, at_rest)
    short, long = run.episode(5, 2), run.episode(5, 4)
    assert short.steps < long.steps
    assert short.meta["probe_seed"] == 5
    assert short.meta["update"] == run.records()[-1]
    assert not short.findings


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


KILLED = """
import sys, threading
from pathlib import Path
from tests.training.test_registry import *
server = Registry(MODELS, TASKS, Path(sys.argv[1]), Limits(autosave=0.2), compile=None)
run = server.create({**RECIPE, "until": {"solved": False}})
seen = threading.Event()
run.subscribe(lambda kind: run.status()["update"] > 200 and server.flush() and seen.set())
seen.wait(20)
print(run.id, run.status()["update"], flush=True)
threading.Event().wait()
"""


def test_a_killed_server_loses_only_what_was_trained_since_the_last_autosave(tmp_path):
    root = Path(folder.__file__).resolve().parents[2]
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


def test_memory_is_bounded_and_evicted_runs_are_read_back(tmp_path):
    server = registry(tmp_path, runs=2)
    ids = []
    for seed in range(4):
        run = server.create({**RECIPE, "seed": seed}, start=False)
        run.step()
        until(run, lambda status: status["update"] == 1 and at_rest(status))
        ids.append(run.id)
    assert [run.id for run in server.runs()] == ids[-2:]
    assert server.get(ids[0]).status()["update"] == 1
    server.close()


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
    folder.prune(tmp_path / "runs", total - 1, {ids[2]})
    assert [len(one.records(0)) for one in folders] == [0, 5, 5]
    folder.prune(tmp_path / "runs", folders[2].bytes + 1, {ids[2]})
    assert [one.exists for one in folders] == [False, False, True]
    assert len(folders[2].records(0)) == 5


def carried_out(run):
    """Wait until all that the run was told is done."""
    done = threading.Event()
    run._driver.put("done", done.set)
    assert done.wait(WAIT)


def branch(run, update, of=None):
    """Begin a branch and pause it, some updates later."""
    epoch = run.epoch
    run.branch(update, of)
    run.pause()
    carried_out(run)
    assert (run.epoch, run.busy) == (epoch + 1, False)
    last = run.status()["update"] + 1
    run.step()
    until(run, lambda status: status["update"] == last and at_rest(status))


def files(tmp_path, run):
    return sorted(file.name for file in (tmp_path / "runs" / run.id).glob("record-*"))


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
    until(run, lambda status: status["seed"] == 9)
    first.flush()
    wanted = run.record(0).state.params.copy()
    first.close()
    second = registry(tmp_path)
    found = second.get(run.id)
    np.testing.assert_array_equal(found.record(0).state.params, wanted)
    assert found.epoch == run.epoch
    second.close()


def test_a_new_run_is_never_the_one_that_makes_room(tmp_path):
    runs = registry(tmp_path, runs=0)
    run = runs.create(RECIPE)
    until(run, at_rest)
    assert run.status()["update"] > 0
    runs.close()


def test_a_save_that_fails_is_logged_and_the_next_one_is_written(caplog):
    saver, written = Saver(), []
    saver.put("a", lambda: 1 / 0)
    saver.put("b", lambda: written.append("b"))
    assert saver.flush()
    saver.put("a", lambda: written.append("a"))
    saver.close()
    assert sorted(written) == ["a", "b"]
    assert "saving a failed" in caplog.text


def test_revived_runs_make_room_too(tmp_path):
    server = registry(tmp_path, runs=2)
    ids = [server.create({**RECIPE, "seed": seed}, start=False).id for seed in range(5)]
    for id in ids:
        server.get(id)
    assert [run.id for run in server.runs()] == ids[-2:]
    server.close()


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


def test_a_browser_with_too_many_runs_at_work_has_its_oldest_unwatched_one_paused(tmp_path):
    server = registry(tmp_path, per_browser=2)
    endless = {**RECIPE, "until": {"solved": False}}
    first, second = (server.create(endless, "me") for _ in range(2))
    other = server.create(endless, "somebody else")
    leave = first.subscribe(lambda kind: None)
    third = server.create(endless, "me")
    until(second, lambda status: status["state"] == "paused")
    assert first.busy
    assert other.busy
    leaves = [leave, third.subscribe(lambda kind: None)]
    with pytest.raises(ConfigError, match="at most 2 runs of one browser at work"):
        server.create(endless, "me")
    for leave in leaves:
        leave()
    server.close()


def test_a_recipe_that_wants_too_much_memory_is_refused_before_any_is_taken(tmp_path):
    server = registry(tmp_path, run_memory=0.01)
    large = {"model": {"N": 64, "W": 64}, "training": {"batch": 1024, "memory": "carry"}}
    with pytest.raises(ConfigError, match=r"memory: want at most 10.2 MiB for one run, got about .* with batch 1024"):
        server.create({**RECIPE, "knobs": large})
    small = {"model": {"N": 64, "W": 64}, "training": {"batch": 8, "memory": "carry"}}
    with pytest.raises(ConfigError, match="batch 1024"):
        server.create({**RECIPE, "knobs": small, "changes": [[5, {"batch": 1024}]]})
    run = server.create({**RECIPE, "knobs": small}, start=False)
    with pytest.raises(ConfigError, match="batch 1024"):
        run.set(batch=1024)
    run.set(batch=9)
    server.close()


def test_two_threads_that_ask_for_a_run_on_disk_get_the_same_one(tmp_path):
    server = registry(tmp_path)
    run = server.create(RECIPE, start=False)
    server.close()
    again, found = registry(tmp_path), []
    meet = threading.Barrier(4)

    def ask():
        meet.wait()
        found.append(again.get(run.id))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert len(found) == 4
    assert len({id(one) for one in found}) == 1
    assert again.runs() == found[:1]
    again.close()


def test_two_threads_that_need_the_apps_registry_first_make_one(monkeypatch):
    made, entered, release = [], threading.Event(), threading.Event()

    class Slow:
        def __init__(self, *catalogs):
            made.append(self)
            entered.set()
            release.wait(WAIT)

    monkeypatch.setattr("memviz.training.registry.Registry", Slow)
    desk, found = Desk(), []
    threads = [threading.Thread(target=lambda: found.append(desk.registry)) for _ in range(2)]
    threads[0].start()
    assert entered.wait(WAIT)
    threads[1].start()
    threads[1].join(0.2)  # time enough to make a second one, were there no lock
    release.set()
    for thread in threads:
        thread.join(WAIT)
    assert found == made * 2


def test_a_recipe_stops_where_its_run_was_stopped_and_has_come_to_the_same(runs):
    run = runs.create({**RECIPE, "until": {"solved": False}}, start=False)
    run.step(3)
    until(run, lambda status: status["update"] == 3 and at_rest(status))
    run.set(rate=0.01, batch=4)
    run.step(4)
    until(run, lambda status: status["update"] == 7 and at_rest(status))
    branch(run, 6)
    last = run.status()["update"] + 5
    run.step(5)
    until(run, lambda status: status["update"] == last and at_rest(status))
    again = runs.create(recipe_of(run))
    until(again, lambda status: status["state"] == "finished")
    assert again.records()[-1] == again.status()["update"] == last
    np.testing.assert_array_equal(again.record(last).state.params, run.record(last).state.params)
    assert compare(again) == "The same result as in the link, bit for bit."


def test_a_recipe_that_cannot_be_carried_out_is_refused():
    for recipe, error in (
        ({"model": "double"}, ConfigError),
        ({**RECIPE, "preset": "huge"}, ConfigError),
        ({**RECIPE, "knobs": {"view": {}}}, ConfigError),
        ({**RECIPE, "knobs": {"model": {"N": 10**9}}}, ConfigError),
        ({**RECIPE, "seed": -1}, ConfigError),
        ({**RECIPE, "until": {"bored": True}}, ConfigError),
        ({**RECIPE, "device": "abacus"}, BackendError),
    ):
        with pytest.raises(error, match="want"):
            plan(recipe, MODELS, TASKS)


def test_a_recipe_lays_its_knobs_over_its_presets_and_the_outputs_follow_the_task():
    made = plan({**RECIPE, "knobs": {"model": {"W": 5}, "training": {"rate": 0.5}}}, MODELS, TASKS)
    assert made.setup.model_config == stand_in.DoubleConfig(N=2, W=5)
    assert (made.config.rate, made.config.batch, made.config.exam_every) == (0.5, 6, 30)
    assert made.setup.task_config.width == 3

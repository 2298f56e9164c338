"""What the runs of a server may take: places in memory, bytes, and runs of one browser."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.training.recipe import plan
from memviz.training.runs import footprint
from memviz.training.runs.limits import GIB
from tests.training.served import MODELS, RECIPE, TASKS, WAIT, at_rest, carried_out, registry, until


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


def test_a_new_run_is_never_the_one_that_makes_room(tmp_path):
    runs = registry(tmp_path, runs=0)
    run = runs.create(RECIPE)
    until(run, at_rest)
    assert run.status()["update"] > 0
    runs.close()


def test_a_run_that_is_about_to_train_does_not_make_room_for_another(tmp_path, monkeypatch):
    server, others = registry(tmp_path, runs=0), []
    save = server._save

    def between(*given):
        save(*given)
        if not others:
            others.append(None)
            others.append(server.create({**RECIPE, "seed": 4}, start=False))

    monkeypatch.setattr(server, "_save", between)
    run = server.create(RECIPE)
    until(run, lambda status: status["state"] == "solved")
    server.close()


def test_revived_runs_make_room_too(tmp_path):
    server = registry(tmp_path, runs=2)
    ids = [server.create({**RECIPE, "seed": seed}, start=False).id for seed in range(5)]
    for id in ids:
        server.get(id)
    assert [run.id for run in server.runs()] == ids[-2:]
    server.close()


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


def test_two_runs_that_a_browser_starts_at_once_make_way_for_both(tmp_path, monkeypatch):
    server = registry(tmp_path, per_browser=2)
    endless = {**RECIPE, "until": {"solved": False}}
    old, meet, made = [server.create(endless, "me") for _ in range(2)], threading.Barrier(2), server._run

    def together(*given):
        meet.wait(WAIT)
        return made(*given)

    monkeypatch.setattr(server, "_run", together)
    threads = [threading.Thread(target=server.create, args=(endless, "me")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    new = server.runs()[2:]
    assert ([run.going for run in old], [run.going for run in new]) == ([False, False], [True, True])
    server.close()


def test_a_run_that_was_told_to_pause_makes_way_though_its_update_takes_long(tmp_path, monkeypatch):
    server = registry(tmp_path, per_browser=2)
    endless = {**RECIPE, "until": {"solved": False}}
    first, second = (server.create(endless, "me") for _ in range(2))
    within, ended = threading.Event(), threading.Event()
    second._engine.trainer.on_phase = lambda *given: (within.set(), ended.wait(WAIT))
    assert within.wait(WAIT)
    second.pause()
    third = server.create(endless, "me")
    assert [run.going for run in (first, second, third)] == [True, False, True]
    assert second.busy
    ended.set()
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


def test_runs_at_rest_make_room_for_a_new_one_and_those_at_work_do_not(tmp_path):
    knobs = {"model": {"N": 64, "W": 64}, "training": {"batch": 64, "memory": "carry"}}
    large = {**RECIPE, "knobs": knobs, "until": {"solved": False}}
    planned = plan(large, MODELS, TASKS)
    server = registry(tmp_path, total_memory=2.5 * footprint.wanted(planned.setup, planned.config) / GIB)
    server.create(large, start=False)
    second, third = server.create(large), server.create(large)
    assert server.runs() == [second, third]  # the first rested: it went to disk
    for more in (lambda: server.create(large), lambda: second.set(batch=512)):
        with pytest.raises(ConfigError, match=r"memory: want at most .* for all runs together.*MEMVIZ_TOTAL_MEMORY"):
            more()
    second.pause()
    until(second, lambda status: status["state"] == "paused")
    fourth = server.create(large)
    assert server.runs() == [third, fourth]
    server.close()


def test_a_run_that_a_browser_resumes_counts_among_its_runs_at_work(tmp_path):
    server = registry(tmp_path, per_browser=1)
    endless = {**RECIPE, "until": {"solved": False}}
    first, second = server.create(endless, "me"), server.create(endless, "me", start=False)
    leave = first.subscribe(lambda kind: None)
    for start in (second.resume, second.step, lambda: second.until("solved"), lambda: second.branch(0)):
        with pytest.raises(ConfigError, match="at most 1 runs of one browser at work"):
            start()
    first.step()  # it is at work already
    leave()
    carried_out(first)
    first.resume()
    second.resume()
    until(first, lambda status: status["state"] == "paused")
    server.close()


def test_a_run_on_disk_that_takes_more_than_the_limit_of_now_is_refused(tmp_path):
    server = registry(tmp_path)
    knobs = {"model": {"N": 64, "W": 64}, "training": {"batch": 512, "memory": "carry"}}
    run = server.create({**RECIPE, "knobs": knobs}, start=False)
    server.close()
    with pytest.raises(ConfigError, match="MEMVIZ_RUN_MEMORY"):
        registry(tmp_path, run_memory=0.01).get(run.id)
    assert registry(tmp_path).get(run.id).id == run.id


def test_what_a_run_on_disk_will_change_counts_too(tmp_path):
    server = registry(tmp_path)
    knobs = {"model": {"N": 64, "W": 64}, "training": {"batch": 8, "memory": "carry"}}
    run = server.create({**RECIPE, "knobs": knobs, "changes": [[5, {"batch": 1024}]]}, start=False)
    server.close()
    with pytest.raises(ConfigError, match="batch 1024"):
        registry(tmp_path, run_memory=0.01).get(run.id)


def test_what_a_run_on_disk_has_changed_already_does_not(tmp_path):
    server = registry(tmp_path)
    knobs = {"model": {"N": 64, "W": 64}, "training": {"batch": 8, "memory": "carry"}}
    changes = [[1, {"batch": 1024}], [2, {"batch": 8}]]
    run = server.create({**RECIPE, "knobs": knobs, "changes": changes}, start=False)
    run.step(4)
    until(run, lambda status: status["update"] == 4 and at_rest(status))
    server.close()
    assert registry(tmp_path, run_memory=0.01).get(run.id).status()["update"] == 4


def test_a_run_keeps_the_memory_it_started_from_when_the_store_has_let_it_go(tmp_path):
    server = registry(tmp_path)
    numbers = np.ones((2, 8), np.float32)
    run = server.create({**RECIPE, "memory": server.memories.put(numbers)}, start=False)
    server.close()
    for file in (tmp_path / "memories").iterdir():
        file.unlink()
    np.testing.assert_array_equal(registry(tmp_path).get(run.id).setup.memory, numbers)

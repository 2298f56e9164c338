"""One round of frames, without a network: in which order a page hears of things when they change in between."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from memviz.render.scope.encode import unpack
from memviz.ui.live.socket import Connection
from memviz.ui.live.viewer import Viewer
from tests.ui.clients import RECIPE
from tests.ui.fakes import FakeDesk, FakeRegistry, FakeRun


class Wire:
    """A socket's sending end: notes the headers of frames, and does `after(header)` before the next."""

    def __init__(self, after=lambda header: None):
        self.headers, self._after = [], after

    async def send_bytes(self, frame):
        header, _ = unpack(frame)
        self.headers.append(header)
        self._after(header)


def viewer_of(desk, run):
    viewer = Viewer(desk)
    viewer.watch(desk.hub.channel(run))
    return viewer


def told(headers):
    return [(header["type"], header.get("run")) for header in headers]


def test_nothing_of_another_run_is_sent_before_its_status():
    async def rounds():
        desk, first, second = FakeDesk(), FakeRun("one", RECIPE, "ann"), FakeRun("two", RECIPE, "ann")
        viewer = viewer_of(desk, first)
        wire = Wire(lambda header: header.get("run") == "one" and viewer.watch(desk.hub.channel(second)))
        connection = Connection(wire, viewer)
        await connection._round()
        assert told(wire.headers) == [("status", "one")]
        await connection._round()
        return wire.headers

    assert told(asyncio.run(rounds()))[1:] == [("status", "two"), ("curve", None), ("trace", None)]


def test_a_page_hears_that_the_past_is_another_before_it_gets_the_curve_of_that():
    async def rounds():
        run = FakeRun("one", RECIPE, "ann")
        viewer = viewer_of(FakeDesk(), run)
        wire = Wire()
        connection = Connection(wire, viewer)
        await connection._round()
        status = run.status
        run.status = lambda: [status(), setattr(run, "epoch", 1)][0]  # rewound right after the status was read
        await connection._round()
        assert len(wire.headers) == 3
        assert viewer.wake.is_set()
        await connection._round()
        return wire.headers[3:]

    assert [(h["type"], h.get("epoch"), h.get("from")) for h in asyncio.run(rounds())] == [
        ("status", 1, None),
        ("curve", None, 0),
    ]


async def asked(update, change=lambda viewer, run: None, late=lambda viewer, run: None, branch=None, **given):
    """The headers sent after an update of a run was asked for, `change` while it is recorded and `late` after that."""
    run = FakeRun("one", RECIPE, "ann")
    run.publish(512)
    viewer = viewer_of(FakeDesk(), run)
    connection = Connection(wire := Wire(), viewer)
    await connection._round()
    for name, value in given.items():
        setattr(viewer.channel, name, value)
    record = run.record
    run.record = lambda *args: [change(viewer, run), record(*args)][-1]
    viewer.probe, seen = (update, branch), len(wire.headers)
    await connection._round()
    await viewer.sent.recording if viewer.sent.recording else None
    late(viewer, run)
    await connection._round()
    await connection._round()
    return wire.headers[seen:]


def rewind(viewer, run):
    run.epoch += 1


def kinds(headers):
    return [header["type"] for header in headers if header["type"] in ("trace", "error")]


def test_what_was_asked_for_comes():
    assert kinds(asyncio.run(asked(64))) == ["trace"]
    assert kinds(asyncio.run(asked(7))) == ["error"]


@pytest.mark.parametrize("branch", [None, 1])
@pytest.mark.parametrize("when", ["change", "late"])
@pytest.mark.parametrize("update", [64, 7], ids=["recorded", "refused"])
def test_nothing_of_a_past_that_was_rewound_meanwhile_is_sent(update, when, branch):
    assert kinds(asyncio.run(asked(update, branch=branch, **{when: rewind}))) == []


def test_what_was_asked_of_a_run_that_was_left_is_not_asked_of_the_next():
    async def left():
        desk, first, second = FakeDesk(), FakeRun("one", RECIPE, "ann"), FakeRun("two", RECIPE, "ann")
        viewer = viewer_of(desk, first)
        viewer.probe = (64, None)
        viewer.watch(desk.hub.channel(second))
        await Connection(Wire(), viewer)._round()
        return second.recorded

    assert asyncio.run(left()) == []


def test_a_recording_that_cannot_be_packed_is_said(caplog):
    def broken(*args):
        raise ValueError("no such shape")

    headers = asyncio.run(asked(64, pack=broken))
    assert kinds(headers) == ["error"]
    assert "no such shape" in caplog.text


def test_a_run_that_is_put_away_before_it_is_watched_is_opened_again():
    async def followed():
        desk = FakeDesk()
        away, again = FakeRun("one", RECIPE, "ann"), FakeRun("one", RECIPE, "ann")
        opened = iter([away, again, again])
        desk.__dict__["registry"] = SimpleNamespace(get=lambda run_id: next(opened))
        viewer = Viewer(desk)
        await viewer.follow("one")
        return viewer.channel.run is again, away.watched, again.watched

    assert asyncio.run(followed()) == (True, 0, 1)


def test_who_starts_a_run_while_another_is_opened_watches_the_one_started():
    async def followed():
        desk = FakeDesk()
        desk.__dict__["registry"] = registry = FakeRegistry()
        old, mine = registry.create(RECIPE, "ann"), registry.create(RECIPE, "ann")
        viewer = Viewer(desk)
        following = asyncio.create_task(viewer.follow(old.id))
        await asyncio.sleep(0)  # it has asked for the run
        viewer.watch(desk.hub.channel(mine))
        await following
        return viewer.channel.run is mine

    assert asyncio.run(followed())

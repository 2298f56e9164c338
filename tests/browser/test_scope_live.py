"""The scope over a real WebSocket against a pretended run: hello, start, acknowledgements, loss of the connection."""

from __future__ import annotations

import pytest

from tests.browser.looking import press, settle
from tests.words import SAID

pytest.importorskip("websockets", reason="websockets comes with streamlit")
pytestmark = pytest.mark.browser
READY = "globalThis.memvizScope?.view?.trace && memvizScope.drawn > 1"


@pytest.fixture
def live(open_page):
    """A function that serves a pretended run and opens its page: (run, page)."""
    from tests.browser.pretend import Pretend

    runs = []

    def opened(options=None, **context):
        run = Pretend(options).serve()
        runs.append(run)
        page = open_page(run.url, **context)
        page.allowed += ["WebSocket connection to", "net::ERR_CONNECTION_REFUSED"]
        page.wait_for_function(READY)
        page.wait_for_function("memvizScope.state.connection === 'open'")
        return run, page

    yield opened
    for run in runs:
        run.close()


def started(live, options=None, **context):
    run, page = live({"unfolded": True} | (options or {}), **context)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("memvizScope.state.status?.run === 'abc' && memvizScope.state.trace.source === 'live'")
    return run, page


def until(page, run, do, count=1):
    """Wait until the run was told `do` so many times."""
    with run.wake:
        assert run.wake.wait_for(lambda: len(run.heard(do)) >= count, timeout=60), run.told


def test_the_recorded_episode_plays_before_anything_is_started(live):
    run, page = live({"unfolded": False})
    assert page.evaluate("memvizScope.state.trace.source") == "recorded"
    assert page.evaluate("memvizScope.state.playing")
    assert run.told[0]["do"] == "hello"
    assert len(run.told[0]["owner"]) == 36
    assert run.paths == ["/ws/new"]


def test_a_picture_that_was_slow_to_draw_is_acknowledged_late(live):
    run, page = started(live)
    page.evaluate("""() => {
      const [now, send] = [performance.now.bind(performance), WebSocket.prototype.send];
      let extra = 0;
      performance.now = () => now() + (extra += 30); // every look at the clock finds it 30 ms later
      globalThis.acknowledged = {};
      WebSocket.prototype.send = function (text) {
        const { do: name, v } = JSON.parse(text);
        if (name === "ack") acknowledged[v] = Date.now() / 1000;
        return send.call(this, text);
      };
    }""")
    run.show(8000)  # 2.9 seconds of training: no longer the beginning
    page.wait_for_function("acknowledged[8001]")
    took = page.evaluate("acknowledged[8001] - memvizScope.state.trace.published - memvizScope.marks.at(-1)")
    assert 0.298 <= took < 5  # on clocks of whole milliseconds


def test_a_trace_that_changes_nothing_on_show_is_acknowledged_too(live):
    run, page = started(live)
    run.show(64)
    with run.wake:
        assert run.wake.wait_for(lambda: any(ack["v"] == 65 for ack in run.heard("ack")), timeout=60), run.told
    page.evaluate("memvizScope.state.playing && memvizScope.actions.playPause()")
    page.wait_for_function("!memvizScope.state.playing")
    run.say(run.trace(512, "recorded"))  # too late: a run is on show
    with run.wake:
        assert run.wake.wait_for(lambda: any(ack["v"] == 513 for ack in run.heard("ack")), timeout=60), run.told
    assert page.evaluate("memvizScope.state.trace.update") == 64


def test_train_starts_the_recipe_and_live_frames_are_drawn_and_acknowledged(live):
    run, page = started(live)
    until(page, run, "start")
    assert run.heard("start")[0]["recipe"] == {"model": "ntm"}
    for update in (1, 64, 512):
        run.show(update)
        page.wait_for_function(f"memvizScope.u === {update}")
    page.wait_for_function("memvizScope.marks.length >= 3")
    with run.wake:
        assert run.wake.wait_for(lambda: any(ack["v"] == 513 for ack in run.heard("ack")), timeout=60), run.told
    assert page.evaluate("memvizScope.state.curve.update.at(-1)") <= 512
    page.locator(".notice", has_text="Training: update 512").wait_for()


def test_live_updates_never_move_a_scrubber_that_a_person_moved(live):
    run, page = started(live)
    for update in (1, 64, 512):
        run.show(update)
        page.wait_for_function(f"memvizScope.u === {update}")
    page.evaluate("memvizScope.actions.setU(64); memvizScope.actions.setT(7)")
    run.show(700)
    page.wait_for_function("memvizScope.state.status.update === 700")
    assert page.evaluate("[memvizScope.u, memvizScope.state.trace.update, memvizScope.state.t]") == [64, 64, 7]
    page.get_by_text("now at u = 700").wait_for()
    page.get_by_role("button", name="training: last").click()
    page.wait_for_function("memvizScope.u === 700 && memvizScope.state.u === null")


def test_an_update_that_is_not_here_is_fetched(live):
    run, page = started(live)
    run.show(1000)
    page.wait_for_function("memvizScope.u === 1000")
    page.evaluate("memvizScope.actions.setU(250)")
    until(page, run, "probe")
    assert run.heard("probe")[0]["update"] == 256
    page.wait_for_function("memvizScope.state.trace.update === 256 && memvizScope.state.wanted === null")


def test_the_controls_say_what_is_asked(live):
    run, page = started(live)
    run.show(64)
    page.wait_for_function("memvizScope.u === 64")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Resume", exact=True).wait_for()
    page.get_by_role("button", name="one update").click()
    page.wait_for_function("memvizScope.u === 65")
    page.get_by_label("how many more").fill("10")
    page.get_by_role("button", name="updates", exact=True).click()
    page.wait_for_function("memvizScope.u === 75")
    page.get_by_role("button", name="seconds", exact=True).click()
    page.get_by_role("button", name="until solved").click()
    page.get_by_label("learning rate").fill("0.001")
    page.get_by_label("learning rate").press("Enter")
    page.get_by_label("training speed").fill("2")
    page.get_by_label("memory between episodes").select_option("carry")
    page.get_by_role("button", name="train from u = 75").click()
    page.get_by_role("button", name="rewind").click()
    page.get_by_role("button", name="reseed").click()
    page.keyboard.press("g")
    until(page, run, "gradients")
    told = [command for command in run.told if command["do"] not in ("hello", "ack", "start")]
    assert told == SAID


def test_a_lost_connection_is_said_and_mended_and_the_picture_stays(live):
    run, page = started(live)
    run.show(700)
    page.wait_for_function("memvizScope.u === 700")
    run.away = True
    run.drop()
    page.get_by_text("The connection is lost").wait_for()
    assert page.get_by_role("button", name="Pause", exact=True).is_disabled()
    page.keyboard.press("End")
    assert page.evaluate("memvizScope.state.t") == 20
    run.away = False
    page.wait_for_function("memvizScope.state.connection === 'open'")
    assert run.paths == ["/ws/new", "/ws/abc"]
    page.get_by_text("The connection is lost").wait_for(state="hidden")


def test_who_only_watches_cannot_command_but_may_look_at_gradients(live):
    run, page = started(live)
    run.show(64)
    run.say(run.status(controls=False))
    page.get_by_text("You are watching").wait_for()
    assert page.get_by_role("button", name="Pause", exact=True).is_disabled()
    page.keyboard.press("g")
    page.evaluate("memvizScope.actions.branch()")
    until(page, run, "gradients")
    run.say(run.status(controls=True))
    page.get_by_text("You are watching").wait_for(state="hidden")
    assert run.heard("gradients") == [{"do": "gradients", "on": True}]
    assert not run.heard("branch")


def test_trouble_is_said_with_its_remedy_and_can_be_dismissed(live):
    run, page = started(live)
    run.trouble("The learning rate is too large.", "Try 0.001.")
    page.get_by_text("The learning rate is too large.").wait_for()
    assert "Try 0.001." in page.locator(".notice").inner_text()
    run.say(run.status(per_second=7.0))
    page.wait_for_function("memvizScope.state.status.per_second === 7")
    page.get_by_role("button", name="dismiss").click()
    page.get_by_text("The learning rate is too large.").wait_for(state="hidden")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"state": "compiling", "message": ""}, "Compiling the kernels"),
        ({"state": "waiting", "place": 2}, "Waiting in line: place 2."),
        ({"state": "paused"}, "Paused at update"),
        ({"state": "solved", "solved_at": 1650}, "Solved at update 1,650"),
        ({"state": "diverged", "message": "The loss is NaN."}, "The loss is NaN."),
        ({"state": "interrupted", "message": ""}, "its state was saved"),
    ],
)
def test_every_state_has_its_words(live, state, said):
    run, page = started(live)
    run.say(run.status(**state))
    page.get_by_text(said).wait_for()


def test_that_a_run_has_stopped_or_begun_is_drawn_at_once(live):
    run, page = started(live)
    for state, words in (("paused", "Paused at"), ("training", "Training: update"), ("solved", "Solved at")):
        run.say(run.status(state=state))
        page.wait_for_function("(state) => memvizScope.state.status.state === state", arg=state)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert words in page.locator(".notice").inner_text()


def test_before_its_speed_was_measured_the_mean_of_the_run_is_said(live):
    run, page = started(live)
    run.say(run.status(state="training", per_second=0.0, sequences=6400, seconds=0.5))
    page.get_by_text("6,400 sequences, 12,800 a second.").wait_for()


def test_slow_motion_makes_one_update_with_its_gradients(live):
    run, page = started(live)
    run.show(700)
    page.wait_for_function("memvizScope.u === 700")
    page.get_by_role("button", name="slow motion").click()
    page.wait_for_function("memvizScope.state.slow?.phase === 'forward'")
    page.wait_for_function("memvizScope.state.trace.signals.d_memory")
    until(page, run, "step")
    assert [command["do"] for command in run.told if command["do"] in ("pause", "gradients", "step")] == [
        "pause",
        "gradients",
        "step",
    ]
    page.wait_for_function("memvizScope.state.blocks.length === 3")


def test_a_frame_that_cannot_be_read_is_said_and_survived(live):
    run, page = started(live)
    run.say(b"<!doctype html>")
    page.get_by_text("A frame could not be read").wait_for()
    run.show(64)
    page.wait_for_function("memvizScope.u === 64")


def test_a_run_that_walks_through_its_updates_is_followed_until_a_person_steps_in(live):
    from memviz.render.scope.encode import phase_frame

    run, page = started(live)
    run.show(64)
    run.say(run.status(state="training", speed=0.5))
    run.say(phase_frame(65, "forward", 3))
    page.wait_for_function("memvizScope.view.t === 3 && memvizScope.state.slow?.remote")
    run.say(phase_frame(65, "loss", loss=0.43))
    page.get_by_text("0.43 nats per bit").wait_for()
    run.say(phase_frame(65, "gradient", blocks=[("heads", 0.2)]))
    run.say(phase_frame(65, "update"))
    page.wait_for_function("memvizScope.state.slow.phase === 'update' && memvizScope.state.blocks[0][0] === 'heads'")
    press(page, "ArrowLeft")
    t = page.evaluate("memvizScope.state.t")
    run.say(phase_frame(66, "forward", 8))
    run.say(run.status(state="training", speed=0.5, update=66))
    page.wait_for_function("memvizScope.state.status.update === 66")
    settle(page)
    assert page.evaluate("[memvizScope.state.slow, memvizScope.view.t]") == [None, t]
    page.get_by_label("training speed").fill("0")
    run.say(phase_frame(67, "forward", 5))
    page.wait_for_function("memvizScope.view.t === 5")
    run.say(run.status(state="training", speed=None))
    page.wait_for_function("memvizScope.state.slow === null")


def test_a_source_opened_anew_leaves_no_slow_motion_behind(live):
    run, page = started(live)
    run.show(700)
    page.wait_for_function("memvizScope.u === 700")
    told = page.evaluate("""() => {
      const [send, told] = [WebSocket.prototype.send, []];
      WebSocket.prototype.send = (text) => told.push(JSON.parse(text)); // the run makes no update
      memvizScope.actions.slowMotion();
      memvizScope.update({ source: { socket: "/ws/", run: "abc" } });
      WebSocket.prototype.send = send;
      return told.map(({ do: name, on, per_second }) => [name, on ?? per_second ?? null]);
    }""")
    assert told == [["pause", None], ["gradients", True], ["speed", 2], ["speed", None], ["gradients", False]]
    page.wait_for_function("memvizScope.state.connection === 'open'")
    assert page.evaluate("memvizScope.state.slow") is None


def test_where_there_is_little_room_the_rest_of_the_controls_unfolds_and_folds(live):
    _, page = started(live, width=1100)
    rewind = page.get_by_role("button", name="rewind")
    rewind.wait_for(state="hidden")
    page.get_by_role("button", name="more", exact=True).click()
    rewind.wait_for()
    page.get_by_role("button", name="less", exact=True).click()
    rewind.wait_for(state="hidden")

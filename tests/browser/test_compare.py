"""Compare in a real browser: two scopes on one clock, and each on its own when the clocks are not linked."""

from __future__ import annotations

import pytest

from memviz.ui.desk import has_recorded

pytestmark = pytest.mark.browser
PATIENCE = 60_000  # milliseconds


@pytest.fixture
def pair(app, open_page):
    """The page with two recorded episodes, at rest at a step."""

    def opened(t, **context):
        left, right = "ntm", "dnc"  # both recordings have as many steps
        assert has_recorded(left)
        assert has_recorded(right)
        page = open_page(app.url, **context)
        page.allowed.append("404")  # Streamlit asks below the page's own address first
        page.set_default_timeout(PATIENCE)
        page.goto(f"{app.url}compare?left={left}&right={right}#t={t}")
        wait_for_steps(page, t, t)
        return page

    return opened


def wait_for_steps(page, left, right):
    """Wait until the two scopes say these steps."""
    for place, t in enumerate((left, right)):
        page.locator(".episode output.place").nth(place).get_by_text(f"t = {t}", exact=True).wait_for()


def press(page, place, button):
    page.locator(".episode").nth(place).get_by_role("button", name=button, exact=True).click()


def test_a_step_in_either_scope_moves_the_other(pair):
    page = pair(3)
    press(page, 0, "episode: one step")
    wait_for_steps(page, 4, 4)
    press(page, 1, "episode: one back")
    wait_for_steps(page, 3, 3)
    page.keyboard.press("End")  # in the scope that was touched last
    last = page.evaluate("memvizScope.state.trace.T - 1")
    wait_for_steps(page, last, last)
    page.wait_for_function("location.hash.includes('t=')")


def test_playing_one_plays_the_other_and_a_touch_stops_both(pair):
    page = pair(0)
    press(page, 0, "play episode")
    page.wait_for_function("memvizScope.state.t >= 3")
    press(page, 1, "pause episode")
    page.locator(".episode").nth(0).get_by_role("button", name="play episode", exact=True).wait_for()
    left, right = page.locator(".episode output.place").all_inner_texts()
    assert left == right


def test_unlinked_each_has_its_own_clock_and_linked_again_they_agree(pair):
    page = pair(3)
    page.get_by_text("Link clocks").click()
    page.wait_for_function("location.search.includes('linked=false')")
    page.wait_for_function("memvizScope.clock === null")
    press(page, 0, "episode: one step")
    wait_for_steps(page, 4, 3)
    page.get_by_text("Link clocks").click()
    page.wait_for_function("memvizScope.clock === 'compare'")
    wait_for_steps(page, 4, 4)

"""The app's host of a scope, in node: which of what Python says opens another source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from memviz.ui import component
from tests.render.node import evaluate, needs_node

pytestmark = needs_node
HOST = Path(component.__file__).with_name("host.js").read_text(encoding="utf-8").replace("export default ", "host = ")

# python(run): a script run that says so; scope(run): the scope follows a run; sources: those the scope was given
PAGE = """(() => {
  let host, options;
  const [sources, told] = [[], []];
  const given = (more) => {
    options = { ...options, ...more };
    if (JSON.stringify(options.source) !== JSON.stringify(sources.at(-1))) sources.push(options.source);
  };
  const $scope = { mountScope: (root, more) => (given(more), { update: given, actions: { start: () => told.push("start") } }) };
  Object.assign(globalThis, {
    location: { href: "http://here/" },
    history: { replaceState() {} },
    getComputedStyle: () => ({ getPropertyValue: () => "" }),
  });
  %s
  const style = {};
  const root = { classList: { toggle() {} }, querySelector: () => style };
  const page = { querySelector: () => root };
  const python = (run, recorded = "ntm") => host({ parentElement: page, data: { source: { run, recorded } }, setTriggerValue: (...words) => told.push(words) });
  const starts = (start) => host({ parentElement: page, data: { source: {}, start }, setTriggerValue() {} });
  const scope = (run) => options.on.run(run);
  const opened = () => sources.map(({ run }) => run);
  %s
})()"""  # noqa: E501  (a line of JavaScript)


def said(code: str) -> Any:
    """The JSON value of a function body that sees the above."""
    return evaluate("dom", PAGE % (HOST, code))


def test_a_run_that_the_scope_follows_is_not_opened_again():
    code = """
      python("new");
      scope("a");
      ["new", "a"].forEach((run) => python(run));
      return [opened(), told];
    """
    assert said(code) == [["new"], [["run", "a"]]]


def test_the_late_echo_of_the_first_of_two_runs_does_not_drop_the_second():
    code = """
      python("new");
      ["a", "b"].forEach(scope);
      ["new", "a", "b"].forEach((run) => python(run));
      return opened();
    """
    assert said(code) == ["new"]


def test_another_run_and_another_recorded_episode_are_opened():
    code = """
      python("new");
      scope("a");
      python("c");
      scope("c");
      python("c", "lstm");
      python("a", "lstm");
      return opened();
    """
    assert said(code) == ["new", "c", "c", "a"]


def test_only_a_start_that_was_asked_for_starts_the_recipe():
    code = """
      [undefined, undefined, 0, 1, 1].forEach(starts);
      return told;
    """
    assert said(code) == ["start"]

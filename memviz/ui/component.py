"""Our Streamlit components: the scope, links to copy, a figure to save. Data stay constant: nothing is sent twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from memviz.render.scope import bundle

SOCKET = "/memviz/ws/"


@cache
def _scope() -> Any:
    html = '<div class="memviz-host"></div>'
    return st.components.v2.component(
        "memviz_scope", html=html, css=bundle.styles() + _text("host.css"), js=bundle.script() + _text("host.js")
    )


@cache
def _links() -> Any:
    html = '<div class="links"></div>'
    return st.components.v2.component("memviz_links", html=html, css=_text("links.css"), js=_text("links.js"))


@cache
def _exports() -> Any:
    html = '<div class="exports"></div>'
    return st.components.v2.component("memviz_exports", html=html, css=_text("exports.css"), js=_text("exports.js"))


def scope(key: str, options: dict[str, Any], on_unfold: Callable[[], None] | None = None) -> Any:
    """Mount the scope. `options` are those of mountScope (see scope.js), as JSON; the app adds five (see host.js):
    `place`, where a lesson points; `plain`, figure only; `veiled`, what comes is blank; `watch`, only to look at;
    `start`, a count that starts the recipe whenever it changes.

    As long as they stay equal, a script run leaves the mounted scope alone; another `key` is another scope.
    """
    return _scope()(key=key, data=options, on_run_change=_noted, on_unfold_change=on_unfold or _noted)


def links(key: str, rows: list[dict[str, Any]], join: str) -> None:
    """Links with a copy button each: `title`, `about`, `query`, and `place` (True: the scope's place goes along).

    `join`: the address under which others reach this server, "" when they cannot.
    """
    _links()(key=key, data={"links": rows, "join": join})


def exports(key: str, figures: dict[str, str], name: str, width: int, height: int) -> None:
    """Buttons that save a figure as a file: `figures` are plotly's JSON by format, "svg" and "png"."""
    _exports()(key=key, data={"figure": figures, "name": name, "width": width, "height": height}, width="content")


def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _noted() -> None:
    """A trigger after which the page only has to be drawn again."""

"""Two links and a picture: rebuild this run, watch it, join from a phone."""

from __future__ import annotations

import io
import os
from typing import Any

import segno
import streamlit as st

from memviz.contracts.errors import MemvizError
from memviz.ui import cards, component
from memviz.ui.desk import desk
from memviz.ui.live.fingerprint import recipe_of
from memviz.ui.recipe import Recipe, encode

REBUILDS = "rebuilds this run anywhere, and says when the result differs"
SHOWS = "shows this run live, to look at; only the browser that started it controls it"


def share(recipe: Recipe, run_id: str | None) -> None:
    """The recipe link, the watch link of a run, and the QR code by which others join when they can."""
    try:
        exact = recipe_of(desk().registry.get(run_id)) if run_id else recipe
    except MemvizError:  # the run is gone, which the scope says
        exact, run_id = recipe, None
    links: list[dict[str, Any]] = []
    try:
        links.append({"title": "Recipe", "about": REBUILDS, "query": f"recipe={encode(exact)}", "place": True})
    except MemvizError as error:
        cards.trouble("This recipe is too long for a link.", error)
    if run_id:
        links.append({"title": "Watch", "about": SHOWS, "query": f"run={run_id}", "place": False})
    join = os.environ.get("MEMVIZ_JOIN", "")  # set by `memviz app --host`
    if not join:
        component.links("links", links, join)
        st.caption(
            "On this machine only. Started with `memviz app --host 0.0.0.0`, others in your network can open them."
        )
        return
    words, picture = st.columns([3, 1])
    with words:
        component.links("links", links, join)
    picture.html(qr(f"{join}/?run={run_id}" if run_id else join))
    picture.caption(f"Join at {join}")


def qr(address: str) -> str:
    """The address as an SVG in black on white, which every camera reads in either theme."""
    picture = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(picture, kind="svg", scale=4, border=3, light="#ffffff", xmldecl=False)
    return picture.getvalue().decode()

"""The server's parts: one page script, our routes, what lives as long as the server, and the error card."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import streamlit as st

from memviz.contracts import logs, places
from memviz.ui.desk import desk
from memviz.ui.live.routes import ROUTES

__all__ = ["PAGE", "ROUTES", "failed", "lifespan", "serve"]

PAGE = Path(__file__).parent / "pages" / "app.py"

log = logging.getLogger("memviz")


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Open the log and start compiling when the server starts; save the runs when it stops."""
    keep_log()
    desk().open()
    try:
        yield
    finally:
        await desk().close()


def failed(error: Exception) -> bool:
    """Show a card instead of a traceback, which goes to the log."""
    log.error("a page failed", exc_info=error)
    st.error(
        f"**This page could not be drawn.** {type(error).__name__}: {error}\n\n"
        f"Your runs are safe. Reload the page; the details are in `{logs.path(logs.APP)}`."
    )
    return True


def keep_log() -> None:
    """Write memviz's log to home()/log/memviz.log."""
    log.setLevel(logging.INFO)
    if not any(isinstance(old, RotatingFileHandler) for old in log.handlers):
        log.addHandler(logs.keeper(logs.APP, "%(asctime)s %(levelname)s %(name)s: %(message)s"))


def settings() -> dict[str, Any]:
    """The shipped .streamlit/config.toml as dotted names: what `streamlit run app.py` finds by itself."""
    return dict(_dotted(tomllib.loads(places.find(".streamlit/config.toml").read_text(encoding="utf-8"))))


def _dotted(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in table.items():
        rows += _dotted(value, f"{prefix}{name}.") if isinstance(value, Mapping) else [(prefix + name, value)]
    return rows


def serve(host: str, port: int, opened: Path | None = None) -> None:
    """Run the app until it is interrupted; `opened` is a trace or checkpoint to show first. Blocks."""
    desk().opened = opened
    app = st.App(PAGE, routes=ROUTES, lifespan=lifespan, on_script_error=failed)
    quiet = {"server.headless": True, "logger.hideWelcomeMessage": True}  # else it asks the internet who we are
    app.run(config={**settings(), **quiet, "server.address": host, "server.port": port})

"""The server's parts: settings in both layouts, the log, the card that stands for a traceback."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from memviz.contracts import places
from memviz.ui import server


def test_the_shipped_settings_are_known_to_streamlit():
    names = server.settings()
    assert {"runner.postScriptGC", "client.showErrorDetails", "theme.dark.backgroundColor"} <= names.keys()
    assert names.keys() <= config._config_options_template.keys()


def test_serving_passes_the_settings_and_the_address(monkeypatch):
    served = {}
    monkeypatch.setattr(st.App, "run", lambda app, *, config: served.update(config))
    server.serve("0.0.0.0", 9000)
    assert served["server.address"] == "0.0.0.0"
    assert served["server.port"] == 9000
    assert served["browser.gatherUsageStats"] is False


@pytest.fixture
def log(monkeypatch, tmp_path):
    """The log in a folder of the test's own."""
    monkeypatch.setenv("MEMVIZ_HOME", str(tmp_path))
    before = list(server.log.handlers)
    yield tmp_path / "log" / "memviz.log"
    for handler in [h for h in server.log.handlers if h not in before]:
        server.log.removeHandler(handler)
        handler.close()


def test_the_log_lies_in_the_data_folder_and_is_opened_once(log):
    server.keep_log()
    server.keep_log()
    logging.getLogger("memviz.anything").info("hello")
    assert sum(isinstance(h, RotatingFileHandler) for h in server.log.handlers) == 1
    assert "hello" in log.read_text()


def broken_page() -> None:
    """A page that fails, under our error handler."""
    from memviz.ui.server import failed

    failed(ValueError("something odd"))


def test_a_failed_page_shows_a_card_that_says_where_the_log_is(log):
    at = AppTest.from_function(broken_page, default_timeout=60).run()
    assert "something odd" in at.error[0].value
    assert str(places.log() / "memviz.log") in at.error[0].value

"""The log files of the data folder: of each name the newest megabyte, and one older file of that size."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from memviz.contracts import places

BYTES = 1 << 20
APP, COMMANDS = "memviz.log", "cli.log"


def path(name: str) -> Path:
    """Where a log lies."""
    return places.log() / name


def keeper(name: str, layout: str) -> RotatingFileHandler:
    """A handler that writes to a log, made on its first line; `layout` is one of logging's."""
    handler = RotatingFileHandler(path(name), maxBytes=BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(layout))
    return handler

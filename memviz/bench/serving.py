"""A `memviz app` of our own to measure, in a child with a data folder that is thrown away; a browser to look at it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memviz.bench.rounds import BenchError

PATIENCE = 60.0  # seconds an app may take to answer
HOST = "127.0.0.1"


def memviz(home: str, *arguments: str) -> subprocess.Popen[str]:
    """The command line in a child with its own data folder; its stdout is a pipe."""
    environment = {**os.environ, "MEMVIZ_HOME": home}
    command = [sys.executable, "-m", "memviz", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)


@dataclass(frozen=True)
class App:
    """One that answers: its address, and the seconds it took from its start to its first answer."""

    address: str
    seconds: float


@contextmanager
def app(home: str) -> Iterator[App]:
    """An app of our own. Raises BenchError when it does not start."""
    port = _free_port()
    begun = time.perf_counter()
    with memviz(home, "app", "--host", HOST, "--port", str(port)) as process:
        try:
            while not _answers(f"{HOST}:{port}"):
                if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                    raise BenchError("serving.app: want an app that answers, got none (run memviz app to see why)")
                time.sleep(0.005)
            yield App(f"{HOST}:{port}", time.perf_counter() - begun)
        finally:
            process.terminate()


@contextmanager
def chromium() -> Iterator[Any]:
    """A real browser, headless: MEMVIZ_CHROMIUM, playwright's own or the system's; None where there is none."""
    if importlib.util.find_spec("playwright") is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = os.environ.get("MEMVIZ_CHROMIUM") or (own if Path(own).exists() else shutil.which("chromium"))
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) if path else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False

"""Open the person's browser once the app answers."""

from __future__ import annotations

import os
import sys
import threading
import time
import urllib.request
import webbrowser

PATIENCE = 30.0  # seconds a server may take to start


def show_when_up(address: str) -> None:
    """Open the person's browser as soon as the server answers; nothing happens where there is no screen."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    threading.Thread(target=_show, args=(address,), daemon=True).start()


def _show(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                webbrowser.open(address)
                return
        except OSError:
            time.sleep(0.1)

"""The real app in a process of its own, on a free port, with a data folder of the test's own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.conftest import HOME

START = 60.0  # seconds within which it must answer


class App:
    """`memviz app` with its data in `home`; compiled kernels are shared with the other tests."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        kernels = Path(os.environ.get("MEMVIZ_HOME", HOME)) / "kernels"
        kernels.mkdir(parents=True, exist_ok=True)
        (home / "kernels").symlink_to(kernels)
        self.environment = {**os.environ, "MEMVIZ_HOME": str(home), "DISPLAY": "", "WAYLAND_DISPLAY": ""}

    def start(self) -> None:
        """Serve, and return when it answers."""
        self.said = (self.home / "said.txt").open("w+")
        command = [sys.executable, "-m", "memviz", "app", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment, stdout=self.said, stderr=subprocess.STDOUT)
        end = time.monotonic() + START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                self.said.seek(0)
                raise RuntimeError(f"the app did not start: {self.said.read()[-2000:]}")

    def stop(self) -> None:
        """Interrupt it, as Ctrl-C does, and wait until it has saved its runs."""
        self.process.terminate()
        self.process.wait(30)
        self.said.close()

    def __enter__(self) -> App:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def command(self, *arguments: Any) -> Any:
        """What a memviz command says, from JSON."""
        line = [sys.executable, "-m", "memviz", *map(str, arguments), "--json"]
        done = subprocess.run(line, env=self.environment, capture_output=True, text=True, timeout=120, check=True)
        return json.loads(done.stdout)

    def checkpoint(self, run: str) -> Path:
        """The file that a run at rest is saved in."""
        return self.home / "runs" / run / "state.safetensors"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}_stcore/health", timeout=1):
                return True
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

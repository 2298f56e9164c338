"""Where things lie: the person's data folder, and the data that ships with memviz, in a checkout or in a wheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import memviz
from memviz.contracts.errors import ConfigError, FileError


def home() -> Path:
    """The one folder memviz writes to: MEMVIZ_HOME, else the platform's user data folder + "/memviz"."""
    chosen = os.environ.get("MEMVIZ_HOME")
    return Path(chosen).expanduser().absolute() if chosen else user_data() / "memviz"


def user_data() -> Path:
    """The platform's folder for a person's application data."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def runs() -> Path:
    """Runs and their autosaves; made if missing."""
    return _folder("runs")


def sweeps() -> Path:
    """Sweeps, a folder each; made if missing."""
    return _folder("sweeps")


def checkpoints() -> Path:
    """Checkpoints that the command line keeps unless it is told where; made if missing."""
    return _folder("checkpoints")


def data() -> Path:
    """A person's own data to learn from; made if missing."""
    return _folder("data")


def kernels() -> Path:
    """Numba's cache; made if missing."""
    return _folder("kernels")


def log() -> Path:
    """Log files; made if missing."""
    return _folder("log")


def find(name: str) -> Path:
    """A shipped file or folder, such as "models/ntm/weights/lesson.safetensors".

    Raises FileError if the name leaves the installation or nothing of that name was shipped.
    """
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or ":" in part or "\0" in part for part in parts):
        raise FileError(
            f"places.find: want a relative name with / between its parts, got {name!r} (name a shipped file)"
        )
    for root in memviz.__path__:
        path = Path(root, *parts)
        if path.exists():
            return path
    raise FileError(
        f"places.find: want a file shipped with memviz, got {name!r}, which is not there (reinstall memviz)"
    )


def asset(name: str) -> Path:
    """A file of assets/: an icon, a recorded trace."""
    return find(f"assets/{name}")


def weights(model: str) -> Path:
    """The checkpoint of trained weights that ships for a model. Raises FileError without one."""
    return find(f"models/{model}/weights/lesson.safetensors")


def lessons_folder() -> Path:
    """The folder whose sub-folders are lessons."""
    return find("lessons")


def _folder(name: str) -> Path:
    path = home() / name
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"places.home: want a folder that can be written, got {path} ({error.strerror}); set MEMVIZ_HOME to another"
        ) from error
    return path

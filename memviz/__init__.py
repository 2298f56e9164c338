"""memviz: watch differentiable memories read, write and forget while they learn."""

from __future__ import annotations

from pathlib import Path

__version__ = "0.1.0"

# One import name in both layouts: a wheel holds models, lessons and assets inside the package; in a
# checkout they lie beside it, so the repository root joins the package's path.
_checkout = Path(__file__).resolve().parent.parent
if (_checkout / "models").is_dir() and (_checkout / "pyproject.toml").is_file():
    __path__.append(str(_checkout))

"""Every error raised on purpose. A message says where, what was wanted, what came and what to do."""

from __future__ import annotations


class MemvizError(Exception):
    """Base of ours: the command line prints its message on one line, the app shows it on a card."""


class ConfigError(MemvizError):
    """A knob or choice outside what it declares."""


class TraceError(MemvizError):
    """Arrays whose structure (names, shapes, dtypes, dims) contradicts their signals."""


class FileError(MemvizError):
    """A file that cannot be read as what it should be: damaged, hostile, too new, or something else."""


class CatalogError(MemvizError, KeyError):
    """No entry of that name, or an entry whose folder is broken."""

    def __str__(self) -> str:
        """The message itself; a KeyError would put quotes around it."""
        return str(self.args[0]) if self.args else ""


class ExpressionError(MemvizError):
    """A lesson answer, goal or breakpoint that does not parse or does not type; `column` counts from 1."""

    def __init__(self, message: str, column: int = 1) -> None:
        """Say the column first, so that one line is enough."""
        super().__init__(f"expression, column {column}: {message}")
        self.column = column


class BackendError(MemvizError):
    """A device that was asked for and is not available here."""


class DivergedError(MemvizError):
    """Training met a non-finite or exploding loss and stopped itself."""

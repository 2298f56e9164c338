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


class CatalogError(MemvizError):
    """No entry of that name, or an entry whose folder is broken."""


class ExpressionError(MemvizError):
    """A lesson answer, goal or breakpoint that does not parse or does not type."""


class BackendError(MemvizError):
    """A device that was asked for and is not available here."""


class DivergedError(MemvizError):
    """Training met a non-finite or exploding loss and stopped itself."""

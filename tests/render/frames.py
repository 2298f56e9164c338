"""Frames of synthetic runs, as the offline page and the browser tests take them."""

from __future__ import annotations

import importlib
from pathlib import Path

import memviz.views
from memviz.contracts import view
from memviz.contracts.panel import Panel
from memviz.contracts.trace import Trace
from memviz.contracts.view import View
from memviz.render.scope.encode import curve_frame, status_frame, trace_frame
from tests.render.synthetic import RECORDS, history, ntm_trace, skill_at, status


def every_view() -> list[View]:
    """The views in memviz/views, as the catalog would find them."""
    folders = sorted(path.parent.name for path in Path(memviz.views.__path__[0]).glob("*/__init__.py"))
    return [importlib.import_module(f"memviz.views.{name}").VIEW for name in folders]


def panels_of(trace: Trace) -> list[Panel]:
    """The panels of every view."""
    return view.panels_of(every_view(), trace.signals)


def one(**options) -> tuple[Trace, bytes]:
    """A trained episode and its frame."""
    trace = ntm_trace(**options)
    return trace, trace_frame(trace, panels_of(trace))


def run(updates: list[int] | None = None, **options) -> list[bytes]:
    """A whole recorded run: a trace per recorded update, the curve and the status."""
    updates = RECORDS if updates is None else updates
    traces = [ntm_trace(skill=skill_at(u), update=u, gradients=u == updates[-1], **options) for u in updates]
    frames = [trace_frame(trace, panels_of(trace)) for trace in traces]
    return [*frames, curve_frame(history()), status_frame(status(controls=False, records=updates))]

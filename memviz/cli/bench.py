"""Measure the speed of this machine's core beside its torch twin and beside the machine's own limit."""

from __future__ import annotations

import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz bench`."""


def run(args: argparse.Namespace) -> int:
    """Measure."""
    raise NotImplementedError

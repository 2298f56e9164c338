"""One seed of `memviz bench --rows solve`: a study's row, but on as many threads as are fastest."""

from __future__ import annotations

from memviz.study import row
from memviz.study.cell import Cell


def measure(cell: Cell, tell: row.Tell = lambda news: None) -> row.Row:
    """The row of a cell, with its seconds as a person who trains it alone has them."""
    return row.measure(cell, tell, threads=None)

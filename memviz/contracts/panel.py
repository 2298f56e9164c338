"""A Panel says what to draw and holds no data: both renderers (canvas, plotly) draw the same panels."""

from __future__ import annotations

from dataclasses import dataclass

from memviz.contracts.errors import CatalogError

# How a signal's dims are brought down to a panel's axes; both renderers implement exactly these:
#   ("take", dim)   the entry chosen by the viewer (head, slot)
#   ("max", dim)    the maximum over the dim
#   ("at", "t")     the current step
REDUCTIONS = ("take", "max", "at")
# fixed by the kind of signal, never by one panel's data:
#   unit: 0..1 | signed: -v..v, one v for the run | bit: 0 or 1 | positive: 0..v, one v for the run
SCALES = ("unit", "signed", "bit", "positive")
#   heatmap: a colour a cell | lines: height over steps | bars: length a slot
#   events: marks of the trace's events, row = slot, column = step; the signal only says which slots there are
#   scatter: the words of the signal at t and those of `against`, on the two directions in which they differ most
#   answers: the share of right answers in every phase; the signal is the output, `against` the target
FORMS = ("heatmap", "lines", "bars", "events", "scatter", "answers")
FLAT = ("lines", "bars")  # forms without rows
PAIRED = ("scatter", "answers")  # forms of two signals
ROLES = ("write", "read", "plain")
CURSORS = ("t", None)
# where a renderer places a panel: in the columns of the figure, or in a part below it
IN_FIGURE = ("episode", "weighting", "memory", "gates", "addressing")
BELOW = ("answers", "events", "usage", "allocation", "links", "keys", "lengths", "controller")


@dataclass(frozen=True)
class Panel:
    """One picture of one signal.

    `rows` and `columns` name the dims on the axes (lines and bars have rows=None; both are "slot" where slots meet
    slots); `legend` says them in words ("row = slot, column = step"); `group` is where a renderer places it, `order`
    the place in the group.
    """

    id: str  # unique in a trace: "<view>.<signal>", plus ".<head>" where heads are taken apart
    group: str  # one of IN_FIGURE or BELOW
    order: int
    title: str
    legend: str
    form: str
    signal: str
    rows: str | None
    columns: str
    scale: str
    reduce: tuple[tuple[str, str], ...] = ()
    role: str = "plain"  # "write" | "read" | "plain": the hue, always with a label
    cursor: str | None = "t"  # "t" where the columns are steps and the step on show is marked, else None
    against: str | None = None  # scatter, answers: the signal that this one is compared with

    def __post_init__(self) -> None:
        """Refuse a panel that one of the renderers could not draw."""
        for field, value, known in (
            ("form", self.form, FORMS),
            ("scale", self.scale, SCALES),
            ("role", self.role, ROLES),
            ("group", self.group, IN_FIGURE + BELOW),
            ("cursor", self.cursor, CURSORS if self.columns == "t" else (None,)),
        ):
            if value not in known:
                names = ", ".join(map(str, known))
                raise CatalogError(f"Panel.{field} of {self.id}: want one of {names}, got {value!r:.40}")
        if (self.form in FLAT) != (self.rows is None):
            raise CatalogError(
                f"Panel.rows of {self.id}: want None for {' and '.join(FLAT)} and a dim else, got {self.rows!r:.40}"
            )
        if (self.form in PAIRED) != (self.against is not None):
            raise CatalogError(
                f"Panel.against of {self.id}: want a signal for {' and '.join(PAIRED)} and None else, "
                f"got {self.against!r:.40}"
            )
        for how, dim in self.reduce:
            if how not in REDUCTIONS or (how == "at" and dim != "t"):
                raise CatalogError(
                    f'Panel.reduce of {self.id}: want ("take" or "max", dim) or ("at", "t"), got {how, dim}'
                )

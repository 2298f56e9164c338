"""One reproduction on the Evidence page: the claim, the figures side by side, how the seeds spread, the command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from memviz.contracts.reproduction import Reproduction
from memviz.study.summary import by_arm
from memviz.ui.spread import chart

MARKS = {True: ":material/check_circle: holds", False: ":material/cancel: does not hold", None: ""}


def overview(every: Mapping[str, Reproduction], told: Mapping[str, Mapping[str, Any]]) -> str:
    """What the page is about, how many verdicts hold, and a link to each section."""
    figures = [figure for name, one in told.items() if name in every for figure in one["figures"]]
    verdicts = [figure["holds"] for figure in figures if figure["holds"] is not None]
    held = f" Of {len(verdicts)} figures with a verdict, {sum(verdicts)} hold." if verdicts else ""
    links = " · ".join(f"[{one.title}](#{name})" for name, one in every.items())
    return (
        f"Does memviz do what the papers say? Every figure here was computed by the command beside it.{held}\n\n{links}"
    )


def result(one: Reproduction, told: Mapping[str, Any] | None) -> None:
    """The section of one; `told` is its recorded result, None when there is none yet."""
    st.subheader(one.title, anchor=one.name)
    st.markdown(one.claim)
    st.caption(one.source)
    if told is None:
        st.info(f"Not recorded yet. It takes about {one.minutes:.0f} minutes: `memviz reproduce {one.name}`")
        return
    st.markdown(figures(told["figures"]))
    with st.expander("Seed by seed, and how to compute it anew"):
        arms = by_arm(told["rows"], [arm.name for arm in one.arms])
        if any("sequences" in row for row in told["rows"]):
            chart(arms)
        st.code(told["command"], language="sh")
        st.caption(", ".join(f"{name} {version}" for name, version in told["versions"].items()))


def figures(found: list[Mapping[str, Any]]) -> str:
    """A markdown table, a line per figure; a column that would be empty is left out."""
    columns = {
        "": [_safe(each["what"]) for each in found],
        "Published": [_safe(each["published"]) for each in found],
        "Here": [_safe(each["ours"]) for each in found],
        "Verdict": [MARKS[each["holds"]] for each in found],
    }
    kept = {title: cells for title, cells in columns.items() if any(cells)}
    lines = [" | ".join(kept), "|".join("---" for _ in kept), *map(" | ".join, zip(*kept.values(), strict=True))]
    return "\n".join(f"| {line} |" for line in lines)


def _safe(text: str) -> str:
    return text.replace("|", "\\|").replace("$", "\\$")

"""Evidence and the drawer of sweeps as scripts: what is recorded is shown, what is damaged is told."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.reproduction import Reproduction
from memviz.study import reproduction
from memviz.study.cell import Arm
from memviz.ui.main import PAGES
from memviz.ui.server import PAGE

ROWS = [
    {"key": str(i), "arm": arm, "seed": i, "solved": i > 0, "sequences": 100 * i, "seconds": 1.0, "wrong_bits": 0.0}
    for arm in ("a", "b")
    for i in range(3)
]


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """One reproduction, with or without a recorded result in the folder that is returned."""
    arms = [Arm("a", "ntm", "copy"), Arm("b", "ntm", "copy")]
    one = Reproduction("made_up", "A made-up claim", "It learns.", "Nobody 2026", arms, lambda rows: [])
    shelf = catalog.Shelf("reproduction", ("made_up",), lambda name: one)
    monkeypatch.setattr("memviz.catalog.reproductions", lambda: shelf)
    folder = tmp_path / "reproductions"
    folder.mkdir()
    monkeypatch.setattr(places, "asset", lambda name: tmp_path / name)
    return folder


def evidence() -> AppTest:
    at = AppTest.from_file(PAGES / "evidence.py", default_timeout=60).run()
    assert not at.exception
    return at


def result(**other):
    figures = [{"what": "sequences", "published": "17,000", "ours": "9,600 | fewer", "holds": True}]
    told = {"name": "made_up", "title": "A", "claim": "It learns.", "source": "Nobody 2026", "command": "memviz x"}
    return {
        "format": reproduction.FORMAT,
        **told,
        "versions": {"numpy": "2"},
        "figures": figures,
        "rows": ROWS,
        **other,
    }


def test_the_page_counts_its_verdicts_and_leads_to_every_section(shipped):
    (figure,) = result()["figures"]
    figures = [figure, {**figure, "holds": False}, {**figure, "holds": None}]
    (shipped / "made_up.json").write_text(json.dumps(result(figures=figures)))
    first = evidence().markdown[0].value
    assert "Of 2 figures with a verdict, 1 hold." in first
    assert "[A made-up claim](#made_up)" in first


def test_a_recorded_result_stands_beside_what_was_published(shipped):
    (shipped / "made_up.json").write_text(json.dumps(result()))
    at = evidence()
    words = "\n".join(element.value for element in at.markdown)
    assert "| sequences | 17,000 | 9,600 \\| fewer | :material/check_circle: holds |" in words
    assert at.code[0].value == "memviz x"


def test_what_is_not_recorded_says_how_to_compute_it(shipped):
    assert "memviz reproduce made_up" in evidence().info[0].value


def test_a_damaged_result_is_told(shipped):
    (shipped / "made_up.json").write_text(json.dumps(result(format="other")))
    assert "memviz-reproduction/1" in evidence().warning[0].value


def test_evidence_is_a_page_of_the_app():
    at = AppTest.from_file(PAGE, default_timeout=60).run()
    at.switch_page("evidence.py").run()
    assert not at.exception
    assert at.subheader

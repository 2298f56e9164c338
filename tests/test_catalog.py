"""The catalog finds what lies in the folders, keeps broken entries in sight, and every entry keeps its contract."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from memviz import catalog
from memviz.contracts.errors import CatalogError, MemvizError
from memviz.contracts.knob import check, from_dict, knobs
from memviz.contracts.lesson import check_lesson, step_time
from memviz.contracts.view import fills

ROOT = Path(__file__).parent.parent
SHELVES = {
    "models": catalog.models(),
    "tasks": catalog.tasks(),
    "views": catalog.views(),
    "lessons": catalog.lessons(),
    "reproductions": catalog.reproductions(),
}
WITH_KNOBS = [(sort, name) for sort in ("models", "tasks") for name in SHELVES[sort].names]


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A package with a sound entry, three broken ones, and things that are no entries."""

    def write(name: str, source: str) -> None:
        (tmp_path / "rooms" / name).mkdir(parents=True)
        (tmp_path / "rooms" / name / "__init__.py").write_text(source)

    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "__init__.py").write_text("")
    (tmp_path / "rooms" / "helper.py").write_text("raise RuntimeError('helpers are not entries')")
    (tmp_path / "rooms" / "__pycache__").mkdir()
    view = "from memviz.contracts.view import View\nVIEW = View({!r}, '', '', {{}}, lambda signals: [])"
    write("sound", view.format("sound"))
    write("another", view.format("another"))
    write("misnamed", view.format("other"))
    write("empty", "")
    write("failing", "raise ImportError('no such thing')")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield catalog._packages("view", "rooms", "VIEW", catalog.View)
    for name in [name for name in sys.modules if name.split(".")[0] == "rooms"]:
        del sys.modules[name]


def test_what_works_is_listed_in_order_and_what_does_not_keeps_its_reason(house):
    assert house.names == ("another", "empty", "failing", "misnamed", "sound")
    assert list(house) == ["another", "sound"]
    assert len(house) == 2
    assert {name: str(error)[:60] for name, error in house.broken.items()} == {
        "empty": "empty/__init__.py: want VIEW = View(...), got nothing of tha",
        "failing": "no such thing",
        "misnamed": "misnamed/__init__.py: want name = 'misnamed', got 'other' (n",
    }


def test_an_entry_is_loaded_when_asked_for_and_only_once(house):
    assert "rooms.sound" not in sys.modules
    assert house["sound"] is house["sound"]
    assert "sound" in house
    assert "rooms.another" not in sys.modules


def test_asking_for_what_is_not_there_says_what_is(house):
    with pytest.raises(CatalogError, match=r"view: want one of another, .*sound, got 'sond' \(did you mean sound\?\)"):
        house["sond"]
    with pytest.raises(CatalogError, match="view failing: want an entry that loads, got ImportError: no such thing"):
        house["failing"]
    assert house.get("sond") is house.get("failing") is None
    assert "sond" not in house


def test_a_reproduction_is_a_file_and_a_broken_one_stays_in_sight(house, tmp_path):
    """The house's view package has one such file, which fails; another is put beside it."""
    (tmp_path / "rooms" / "odd.py").write_text("REPRODUCTION = 3")
    shelf = catalog._packages("reproduction", "rooms", "REPRODUCTION", catalog.Reproduction, folders=False)
    assert shelf.names == ("helper", "odd")
    assert str(shelf.broken["odd"]) == "odd.py: want REPRODUCTION = Reproduction(...), got int (define it)"
    assert "helpers are not entries" in str(shelf.broken["helper"])


def test_every_file_of_the_reproductions_is_found():
    files = (ROOT / "memviz/study/reproductions").glob("*.py")
    assert SHELVES["reproductions"].names == tuple(sorted(file.stem for file in files if file.stem != "__init__"))


def test_lessons_are_folders_with_a_toml(tmp_path):
    for name in ("02_b", "01_a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lesson.toml").write_text("title = 3")
    (tmp_path / "notes").mkdir()
    shelf = catalog.lessons_in(tmp_path)
    assert (shelf.names, list(shelf)) == (("01_a", "02_b"), [])
    assert "01_a/lesson.toml" in str(shelf.broken["01_a"])


@pytest.mark.parametrize("sort", SHELVES)
def test_no_entry_of_ours_is_broken(sort):
    assert SHELVES[sort].broken == {}


@pytest.mark.parametrize(
    ("sort", "folder"), [("models", "models"), ("tasks", "memviz/tasks"), ("views", "memviz/views")]
)
def test_every_folder_is_found(sort, folder):
    assert SHELVES[sort].names == tuple(sorted(path.parent.name for path in (ROOT / folder).glob("*/__init__.py")))
    assert SHELVES[sort].names


@pytest.mark.parametrize(("sort", "name"), WITH_KNOBS)
def test_every_preset_and_default_is_within_its_knobs(sort, name):
    entry = SHELVES[sort][name]
    check(entry.config())
    assert {"lesson", "paper"} <= entry.presets.keys()
    for preset in entry.presets.values():
        check(from_dict(entry.config, preset.knobs))
    assert all(knob.doc for knob in knobs(entry.config).values())
    assert len(knobs(entry.config)) == len(entry.config.__dataclass_fields__)


@pytest.mark.parametrize("name", SHELVES["models"].names)
def test_every_model_declares_sound_signals_for_every_preset(name):
    model = SHELVES["models"][name]
    for preset in model.presets.values():
        signals = model.signals(from_dict(model.config, preset.knobs))
        assert all(signal.doc for signal in signals.values())
        assert all(signal.derived in signals for signal in signals.values() if signal.derived)
        for view in SHELVES["views"].values():
            assert all(fills(view, signals[panel.signal]) for panel in view.panels(signals))


@pytest.mark.parametrize("name", SHELVES["lessons"].names)
def test_every_lesson_fits_its_trace_and_names_what_exists(name):
    lesson = SHELVES["lessons"][name]
    trace = lesson.trace()
    check_lesson(lesson, trace.signals)
    assert all(step_time(step, trace) in (None, *range(trace.steps)) for step in lesson.steps)
    assert lesson.model in catalog.models()
    assert lesson.task in catalog.tasks()
    assert set(lesson.views) <= set(catalog.views())
    assert trace.findings == ()


def test_listing_names_imports_no_entry():
    code = "import sys; from memviz import catalog; print(catalog.models().names); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[1] == "False"


def test_a_wheel_has_the_same_entries_as_a_checkout(tmp_path):
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "memviz", tmp_path / "memviz", ignore=skip)
    for folder in ("models", "lessons", "assets"):
        shutil.copytree(ROOT / folder, tmp_path / "memviz" / folder, ignore=skip)
    code = f"from memviz import catalog as c; print([list(getattr(c, s)().names) for s in {list(SHELVES)}], c.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{[list(shelf.names) for shelf in SHELVES.values()]} {tmp_path}/memviz/catalog.py"


def test_every_error_of_ours_is_one_line_that_the_command_line_can_print():
    assert isinstance(CatalogError("a: want b, got c"), MemvizError)
    assert str(CatalogError("a: want b, got c")) == "a: want b, got c"

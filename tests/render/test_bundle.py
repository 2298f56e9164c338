"""One inline script from plain modules: in order, complete, and refused when a module breaks the convention."""

from __future__ import annotations

import subprocess

import pytest

from memviz.render.scope import bundle
from tests.render.node import NODE, evaluate, needs_node


def test_a_module_comes_after_what_it_imports():
    sources = bundle.modules()
    names = bundle.order(sources, "scope")
    for name in names:
        for _, sibling in bundle._IMPORT.findall(sources[name]):
            assert names.index(sibling) < names.index(name)


def test_every_module_is_used():
    assert sorted(bundle.order(bundle.modules(), "scope")) == sorted(bundle.modules())


def test_a_cycle_and_a_stranger_are_named():
    with pytest.raises(ValueError, match="a > b > a"):
        bundle.order({"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'}, "a")
    with pytest.raises(ValueError, match="'b' imported by a"):
        bundle.order({"a": 'import { b } from "./b.js";\n'}, "a")


@pytest.mark.parametrize(
    "line", ['import b from "./b.js";', 'import { x } from "https://a.b/c.js";', "export default 1;", "export { a };"]
)
def test_what_the_bundle_cannot_carry_is_refused(line):
    with pytest.raises(ValueError, match=r"got m\.js"):
        bundle.wrap("m", line + "\n")


def test_names_of_one_module_do_not_reach_another():
    wrapped = bundle.wrap(
        "m", 'import { a as b } from "./n.js";\nconst hidden = 1;\nexport function shown() {\n  return hidden + b;\n}\n'
    )
    assert wrapped.startswith("const $m = (() => {\nconst { a: b } = $n;")
    assert "return { shown };" in wrapped


@needs_node
def test_the_bundle_parses_and_runs(tmp_path):
    assert evaluate("numbers", "$numbers.two(0.0213)") == "0.021"
    for name, source in bundle.modules().items():
        path = tmp_path / f"{name}.mjs"
        path.write_text(source, encoding="utf-8")
        done = subprocess.run([NODE, "--check", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_nothing_is_loaded_from_elsewhere():
    text = bundle.script() + bundle.styles()
    assert "https://" not in text
    assert "@import" not in text
    assert text.count("http://") == text.count("http://www.w3.org/2000/svg")


def test_every_style_sheet_is_in_the_bundle():
    found = {path.stem for path in (bundle.FOLDER / "css").glob("*.css")}
    assert found == set(bundle.STYLES)
    assert bundle.styles().count("{") == bundle.styles().count("}")

"""Drawing every page imports neither torch nor our plotly figures (Streamlit takes plotly by itself)."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from streamlit.testing.v1 import AppTest
from memviz.ui.desk import desk
from memviz.ui.server import PAGE
assert "numba" not in sys.modules, "the server starts without numba"
at = AppTest.from_file(PAGE, default_timeout=120)
at.run()
at.session_state["unfolded"] = True
at.run()
assert not at.exception, at.exception
for page in ("learn.py", "compare.py"):
    at.switch_page(page).run()
    assert not at.exception, at.exception
desk().registry.close()
print(sorted({"torch", "memviz.render.plotly_figure", "matplotlib"} & set(sys.modules)))
"""


def test_no_page_imports_torch_or_draws_a_full_size_figure():
    found = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr[-2000:]
    assert found.stdout.strip() == "[]"

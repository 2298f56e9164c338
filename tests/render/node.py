"""Runs the scope's own JavaScript in node, so that its pure parts are tested without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from memviz.render.scope.bundle import script

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="node is not installed: the JavaScript is tested in the browser only"
)
PAGE = "globalThis.document = { createElement: () => ({}) };\n"


def evaluate(entry: str, expression: str, **values: Any) -> Any:
    """The JSON value of a JavaScript expression that sees the exports of module `entry` and the named `values`."""
    names = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    code = f"{PAGE}{script(entry)}{names}console.log(JSON.stringify({expression}));\n"
    done = subprocess.run(
        [NODE or "node", "--input-type=module", "-"],
        input=code,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

"""One self-contained offline page with the scope and its frames: for `memviz export`, for tests, for a friend."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Mapping
from typing import Any

from memviz.render.colours import PAPER
from memviz.render.scope.bundle import script, styles

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
html, body {{ margin: 0; background: {paper}; }}
@media (prefers-color-scheme: dark) {{ html, body {{ background: {dark}; }} }}
#scope {{ max-width: 1720px; margin: 0 auto; }}
{styles}
</style>
<div id="scope"></div>
{frames}
<script>
"use strict";
{script}
{{
  const frames = [...document.querySelectorAll("script.memviz-frame")].map((element) => element.textContent);
  const options = JSON.parse(document.getElementById("memviz-options").textContent);
  $scope.mountScope(document.getElementById("scope"), {{ ...options, source: {{ frames }} }});
}}
</script>
</html>
"""


def page(frames: Iterable[bytes], title: str = "memviz", options: Mapping[str, Any] | None = None) -> str:
    """The page as text: `frames` of encode.py, `options` as mountScope takes them (theme, unfolded, t, ...)."""
    data = "\n".join(
        f'<script type="application/octet-stream" class="memviz-frame">{base64.b64encode(frame).decode()}</script>'
        for frame in frames
    )
    settings = json.dumps(dict(options or {})).replace("<", "\\u003c")
    data += f'\n<script type="application/json" id="memviz-options">{settings}</script>'
    theme = (options or {}).get("theme")
    return PAGE.format(
        title=html.escape(title),
        paper=PAPER.get(theme, PAPER["light"]),
        dark=PAPER.get(theme, PAPER["dark"]),
        styles=styles(),
        frames=data,
        script=script(),
    )

"""The report as one HTML file: style, script and data inside, nothing from outside allowed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from importlib.resources import files
from typing import Any

from pipeline.report.payload import chunks
from pipeline.report.read import Run

SCRIPTS = ("data.js", "dom.js", "charts.js", "table.js", "article.js", "main.js")

_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{style_hash}'; \
script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header id="bar"></header>
<main id="main" tabindex="-1"><p>Loading…</p></main>
<noscript><p>This report needs JavaScript. 本报告需要启用 JavaScript。</p></noscript>
{data}
<script>{script}</script>
</body>
</html>
"""


def render(run: Run) -> str:
    """The whole file. The same run gives the same file."""
    static = files("pipeline.report") / "static"
    style = (static / "report.css").read_text(encoding="utf-8")
    body = "\n".join((static / name).read_text(encoding="utf-8") for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{body}\n}})();'
    return _PAGE.format(
        title=html.escape(f"{run.output.resolve().name} · local news report"),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data="\n".join(_packed(name, content) for name, content in chunks(run)),
    )


def _packed(name: str, content: Any) -> str:
    """A chunk as base64 of gzip of JSON: none of its characters means anything in HTML."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    packed = base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode()
    return f'<script type="application/octet-stream" id="{name}">{packed}</script>'


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

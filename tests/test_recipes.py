"""The code of the page of recipes runs as it stands there, file after file, from a folder that looks like the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT

from pipeline.lexicon import use_own

PAGE = ROOT / "docs" / "recipes.md"


@dataclass(frozen=True)
class Block:
    """A piece of code of the page: its section, language and content; `file` is where the text says it stands."""

    section: str
    language: str
    code: str
    file: str | None


def blocks() -> list[Block]:
    out = []
    section = ""
    for part in re.finditer(
        r"^## ([^\n]+)$|(?:^`(my/[^`\n]+)`[^\n]*\n+)?^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S
    ):
        if part[1]:
            section = part[1]
        else:
            out.append(Block(section, part[3], part[4], part[2]))
    return out


BLOCKS = blocks()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with the configurations and pages of the repository, and the files that the page has the reader write."""
    folder = tmp_path_factory.mktemp("recipes")
    shutil.copytree(ROOT / "configs", folder / "configs")
    (folder / "seeds").mkdir()
    shutil.copy(min((ROOT / "seeds").iterdir(), key=lambda page: page.stat().st_size), folder / "seeds")
    for block in BLOCKS:
        if block.file:
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.code, encoding="utf-8")
    return folder


def test_the_page_has_the_recipes_and_the_files_they_need():
    sections = {block.section for block in BLOCKS if block.language == "python"}
    assert len(sections) >= 7
    assert {block.file for block in BLOCKS if block.file} == {"my/lexicon/units.tsv", "my/titles/posts.yaml"}


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b.language == "python"], ids=lambda block: block.section.replace(" ", "-")
)
def test_a_recipe_runs(block, folder, monkeypatch):
    monkeypatch.chdir(folder)
    code = block.code.replace("/tmp/recipes-outputs", str(folder / "outputs"))
    try:
        exec(compile(code, f"{PAGE.name}: {block.section}", "exec", dont_inherit=True), {"__name__": "recipe"})
    finally:
        use_own([])


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b.language == "sh"], ids=lambda block: block.section.replace(" ", "-")
)
def test_a_command_runs(block, folder):
    code = block.code.replace("python ", f"{sys.executable} ", 1)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-ec", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

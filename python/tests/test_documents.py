"""Examples are true: those of docstrings, and the Python blocks of README.md and docs/."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import pkgutil
import sys
from pathlib import Path
from typing import Any

import pytest

import gibbs

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/docs"))
check_docs: Any = importlib.import_module("check_docs")

NEED_TORCH = {"torch.md", "from-entmax.md"}  # python/tests_torch runs them
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in NEED_TORCH),
]
NEEDS_MORE = {"gibbs.torch"}  # its own tests install what it needs
MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(gibbs.__path__, "gibbs.")
    if not any(name == more or name.startswith(more + ".") for more in NEEDS_MORE)
    and name not in {"gibbs._core", "gibbs.__main__"}
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_docstrings_print_what_they_say(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


@pytest.mark.parametrize("name", [n for n in gibbs.__all__ if not n.startswith("__")])
def test_every_public_name_says_what_it_does(name: str) -> None:
    member = getattr(gibbs, name)
    assert member.__doc__
    if callable(member) and not isinstance(member, type) and name.islower():
        doc = member.__doc__
        assert "Examples" in doc or not doc.count("Parameters")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_blocks_of_pages_print_what_they_say(page: Path) -> None:
    for block in check_docs.to_run(page.name, page.read_text(), "python"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, block.place, "exec"), {})
        assert block.prints is None or check_docs.same(printed.getvalue(), block.prints), (
            f"{block.place} prints\n{printed.getvalue()}"
        )

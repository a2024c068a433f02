"""Examples are true: those of the docstrings of gibbs.torch, and of its pages."""

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

import gibbs.torch

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/docs"))
check_docs: Any = importlib.import_module("check_docs")

MODULES = [name for _, name, _ in pkgutil.walk_packages(gibbs.torch.__path__, "gibbs.torch.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_docstrings_print_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", gibbs.torch.__all__)
def test_every_public_function_shows_an_example(name: str) -> None:
    assert "Examples" in getattr(gibbs.torch, name).__doc__


@pytest.mark.parametrize("page", ["torch.md", "from-entmax.md"])
def test_the_python_blocks_of_pages_print_what_they_say(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    for block in check_docs.to_run(page, text, "python"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, block.place, "exec"), {})
        assert block.prints is None or check_docs.same(printed.getvalue(), block.prints), (
            f"{block.place} prints\n{printed.getvalue()}"
        )

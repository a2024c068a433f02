"""The own tests of the package entmax, run against gibbs.torch.entmax.

The files are those that the installed package carries; only their imports are changed. None is left
out.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import entmax

SUITE = sorted(Path(entmax.__file__).parent.glob("test_*.py"))


def test_the_packages_own_tests_pass(tmp_path: Path) -> None:
    for file in SUITE:
        text, changed = re.subn(
            r"^from entmax\b", "from gibbs.torch.entmax", file.read_text(), flags=re.M
        )
        assert changed >= 1
        assert not re.search(r"^import entmax\b", text, flags=re.M)
        (tmp_path / file.name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= 100, done.stdout
    assert "skipped" not in done.stdout

"""SciPy's own tests of softmax, log_softmax and logsumexp, run against gibbs.special.

The file is the one that the installed SciPy carries; only its imports are changed. Left out is what
passes complex numbers, which are refused here, and SciPy's private _wrap_radians.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import scipy

SCIPY = Path(scipy.__file__).parent
SUITE = SCIPY / "special/tests/test_logsumexp.py"

PHASES = ("inf", "0", "1", "0.7533", "2.3562", "3.927", "5.4978")
COMPLEX = ["complex", "small_imaginary", "test_gh21610", *(f"{phase}j" for phase in PHASES)]


def with_other_imports(text: str) -> str:
    """Return SciPy's file with the three functions taken from here."""
    text, changed = re.subn(r"^from scipy\.special import (.*)$", r"\1", text, flags=re.M)
    assert changed >= 1
    names = (
        "import scipy.special as theirs\nfrom gibbs.special import log_softmax, logsumexp, softmax"
    )
    text = re.sub(r"^(log_softmax|logsumexp|softmax)(, \w+)*$", names, text, count=1, flags=re.M)
    # SciPy's table of what supports which kind of array is keyed by its own functions.
    return re.sub(r"make_xp_test_case\((\w+)\)", r"make_xp_test_case(theirs.\1)", text)


def test_scipys_own_tests_pass(tmp_path: Path) -> None:
    (tmp_path / "test_logsumexp.py").write_text(with_other_imports(SUITE.read_text()))
    shutil.copy(SCIPY / "conftest.py", tmp_path)
    left_out = " or ".join([*COMPLEX, "wrap_radians"])
    options = ["-q", "-c", "/dev/null", "-p", "no:cacheprovider", "-k", f"not ({left_out})"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= 30, done.stdout

"""The command `python -m gibbs`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import gibbs
from gibbs.__main__ import main

WITHOUT_MATPLOTLIB = "import sys; sys.modules['matplotlib'] = None; "


def run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )


def test_it_prints_the_path_of_each_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "of" / "figures"
    assert main(["figures", str(folder), "--only", "two_states, entropies", "--format=png"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == [str(folder / "two_states.png"), str(folder / "entropies.png")]
    assert all(Path(path).stat().st_size > 5000 for path in printed)


def test_dark_pictures_have_names_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", str(tmp_path), "--dark", "--only=normalisation"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'normalisation_dark.svg'}\n"


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["figures", "--help"]])
def test_help_fits_a_screen(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(words)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    for word in ("figures", "--dark", "--format", "--only", "--version"):
        assert any(word in line for line in lines)


def test_it_tells_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"gibbs {gibbs.__version__}\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["figures"], "the following arguments are required: DIR"),
        (["figures", "d", "--drak"], "unrecognized arguments: --drak"),
        (["figures", "d", "--format", "jpeg"], "format must be one of svg, pdf, png, got jpeg"),
        (["figures", "d", "--only", "x"], 'no picture "x", there are two_states, '),
        (["figures", "d", "--only="], 'no picture "", there are two_states, '),
        (["figure"], "argument COMMAND: invalid choice: 'figure'"),
    ],
)
def test_a_bad_request_is_one_sentence_and_exit_2(
    words: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status = main(words)
    except SystemExit as left:
        status = left.code
    assert status == 2
    told = capsys.readouterr()
    assert told.err.startswith(f"gibbs: {sentence}")
    assert told.err.count("\n") == 1
    assert not told.out
    assert not list(tmp_path.iterdir())


def test_nowhere_to_write_is_one_sentence_and_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert main(["figures", str(file)]) == 1
    assert capsys.readouterr().err == f"gibbs: cannot write {file}: File exists\n"


def test_without_matplotlib_the_import_says_what_to_install() -> None:
    done = run(WITHOUT_MATPLOTLIB + "import gibbs.plot")
    assert done.returncode == 1
    assert done.stderr.endswith(
        "ImportError: gibbs.plot needs matplotlib, pip install 'gibbs[plot]'\n"
    )


def test_without_matplotlib_the_command_says_what_to_install(tmp_path: Path) -> None:
    code = WITHOUT_MATPLOTLIB + "from gibbs.__main__ import main; sys.exit(main())"
    done = run(code, "figures", str(tmp_path / "figures"))
    assert done.returncode == 1
    assert done.stderr == "gibbs: gibbs.plot needs matplotlib, pip install 'gibbs[plot]'\n"
    assert not (tmp_path / "figures").exists()

"""The command `python -m gibbs`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from gibbs import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

HELP = """\
usage: python -m gibbs figures DIR [OPTIONS]

figures  write the pictures of gibbs.plot into DIR, which is made if need be
  --dark             colours for a dark page; the names of files end in _dark
  --format FORMAT    svg (default), pdf or png; moving pictures are always gif
  --only NAME,NAME   some of them, by the name of their function
-h, --help           this text
--version            the version

Prints one line per file, its path. Needs matplotlib: pip install 'gibbs[plot]'.
The command gibbs, for tables of scores, is no part of this package.
Exit status: 0 done, 1 no matplotlib or nowhere to write, 2 bad request.
"""


class Parser(argparse.ArgumentParser):
    """Refuses in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and leave."""
        self.exit(2, f"gibbs: {message}\n")

    def format_help(self) -> str:
        """Return all there is to know, whichever part was asked about."""
        return HELP


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words of the command line ask for and return the exit status."""
    asked = parser().parse_args(words)
    try:
        write_figures(asked)
    except ValueError as refusal:
        return complain(str(refusal).removeprefix("write_figures: "), 2)
    except OSError as failure:
        return complain(f"cannot write {failure.filename}: {failure.strerror}", 1)
    except ImportError as failure:
        return complain(str(failure), 1)
    return 0


def parser() -> Parser:
    """Return the grammar of the command line."""
    whole = Parser(prog="gibbs", allow_abbrev=False)
    whole.add_argument("--version", action="version", version=f"gibbs {__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    figures = commands.add_parser("figures", allow_abbrev=False)
    figures.add_argument("dir", metavar="DIR")
    figures.add_argument("--dark", action="store_true")
    figures.add_argument("--format", default="svg")
    figures.add_argument("--only", metavar="NAMES")
    return whole


def write_figures(asked: argparse.Namespace) -> None:
    """Write one picture after the other, and print each path when the file is whole."""
    from gibbs.plot._files import checked_names, write_figures

    only = None if asked.only is None else [name.strip() for name in asked.only.split(",")]
    for name in checked_names(only):
        for path in write_figures(asked.dir, only=[name], format=asked.format, dark=asked.dark):
            print(path, flush=True)


def complain(sentence: str, status: int) -> int:
    """Print a sentence on standard error and return the exit status."""
    print(f"gibbs: {sentence}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

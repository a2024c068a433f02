#!/usr/bin/env python3
"""Keeps the code blocks of README.md and docs/*.md true.

    check_docs.py programs OUT PAGE...    writes each C++ block as a program into OUT
    check_docs.py shell COMMAND PAGE...   runs each shell block, COMMAND being called gibbs
    check_docs.py output PROGRAM FILE     compares what a program prints with what FILE says

A block is opened by three backquotes and a language. `cpp`, `sh` and `python` blocks are run, the
last by python/tests; a `text` block that follows one directly is what it must print. A comment on
the line above a block changes that:
`<!-- file: PATH -->` the block must stand in that file, `<!-- not run: REASON -->` it is not run.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN = ("cpp", "sh", "python")
SHOWN = ("", "text")  # formulas, trees, outputs

PRELUDE = """#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <vector>

#include <gibbs/gibbs.hpp>
"""


@dataclasses.dataclass
class Block:
    page: str
    line: int
    language: str
    note: str
    text: str
    prints: str | None = None

    @property
    def place(self):
        return f"{self.page}:{self.line}"


class Wrong(Exception):
    """A block that is not true; the message is one sentence with its place."""


def parse(page, text):
    """The blocks of a page, in order; each `text` that follows a run block becomes its `prints`."""
    blocks = []
    pattern = r"(?:^<!-- *(?P<note>.*?) *-->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$"
    last_end = None
    for match in re.finditer(pattern, text, re.M | re.S):
        line = text.count("\n", 0, match.start("text"))
        block = Block(page, line, match["language"], match["note"] or "", match["text"])
        between = text[last_end : match.start()] if last_end is not None else None
        follows = between is not None and not between.strip()
        if block.language == "text" and follows and blocks[-1].language in RUN:
            blocks[-1].prints = block.text
        else:
            blocks.append(block)
        last_end = match.end()
    return blocks


def to_run(page, text, language, root=ROOT):
    """The blocks of one language that are run; raises Wrong for a block that nothing checks."""
    chosen = []
    for block in parse(page, text):
        kind, _, rest = block.note.partition(":")
        if kind == "file":
            if block.text not in (root / rest.strip()).read_text():
                raise Wrong(f"{block.place}: this block does not stand in {rest.strip()}")
        elif kind == "not run":
            if not rest.strip():
                raise Wrong(f"{block.place}: `not run` needs a reason")
        elif block.language not in RUN + SHOWN:
            raise Wrong(f"{block.place}: nothing checks a {block.language} block")
        elif block.language == language:
            chosen.append(block)
    return chosen


def as_program(block):
    """A whole program: the block itself, or the block inside main."""
    if "int main" in block.text:
        return block.text
    lines = block.text.splitlines(keepends=True)
    includes = "".join(line for line in lines if line.startswith("#include"))
    body = "".join(line for line in lines if not line.startswith("#include"))
    return f'{PRELUDE}{includes}\nint main() {{\n#line {block.line + 1} "{block.page}"\n{body}}}\n'


def same(printed, expected):
    """Whether two outputs agree, apart from spaces at the ends of lines."""
    return [s.rstrip() for s in printed.strip().splitlines()] == [
        s.rstrip() for s in expected.strip().splitlines()
    ]


def write_programs(out, pages):
    """Writes NAME.cpp, and NAME.expected if the page shows the output; prints the names."""
    out.mkdir(parents=True, exist_ok=True)
    for page in pages:
        name = page.relative_to(ROOT).as_posix()
        for block in to_run(name, page.read_text(), "cpp"):
            stem = out / re.sub(r"\W", "_", f"{page.stem}_line_{block.line}")
            write_if_changed(stem.with_suffix(".cpp"), as_program(block))
            expected = block.prints if block.prints is not None else ""
            write_if_changed(stem.with_suffix(".expected"), expected)
            print(stem.name)


def write_if_changed(path, text):
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)


def run_shell(command, pages):
    """Runs each shell block with bash, in a folder of its own that holds examples/."""
    ran = 0
    for page in pages:
        for block in to_run(page.name, page.read_text(), "sh"):
            run_shell_block(command, block)
            ran += 1
    print(f"{ran} shell blocks ran as written")


def run_shell_block(command, block):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "bin").mkdir()
        (folder / "bin/gibbs").symlink_to(pathlib.Path(command).resolve())
        (folder / "examples").symlink_to(ROOT / "examples")
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=folder, env={**os.environ, "PATH": path, "LC_ALL": "C"},
            capture_output=True, text=True, check=False,
        )
    if done.returncode:
        raise Wrong(f"{block.place}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    if block.prints is not None and not same(done.stdout, block.prints):
        raise Wrong(f"{block.place}: prints\n{done.stdout}\nand not\n{block.prints}")


def expected_output(file):
    """What FILE says: all of X.expected; of a source the comment lines after `// prints`."""
    text = file.read_text()
    if file.suffix == ".expected":
        return text
    match = re.search(r"^// prints\n((?:^//.*\n?)+)", text, re.M)
    if not match:
        raise Wrong(f"{file.name}: has no comment `// prints` with its output below")
    return re.sub(r"^// ?", "", match[1], flags=re.M)


def compare_output(program, file):
    expected = expected_output(file)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Wrong(f"{file.name}: exit {done.returncode}\n{done.stderr}")
    if not same(done.stdout, expected):
        raise Wrong(f"{file.name}: prints\n{done.stdout}\nand not\n{expected}")


def main(arguments):
    try:
        match arguments:
            case ["programs", out, *pages]:
                write_programs(pathlib.Path(out), [pathlib.Path(page) for page in pages])
            case ["shell", command, *pages]:
                run_shell(command, [pathlib.Path(page) for page in pages])
            case ["output", program, file]:
                compare_output(program, pathlib.Path(file))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

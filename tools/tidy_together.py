#!/usr/bin/env python3
"""Puts tests together for clang-tidy, since what it reads of a test is nine tenths headers.

    tidy_together.py join OUT FILE...   writes OUT/*.cpp and OUT/compile_commands.json
    tidy_together.py name OUT           standard input, with the places in them named as in FILE...

Each test's unnamed namespace gets a name, so that equal names in two tests do not meet.
"""

import itertools
import json
import pathlib
import re
import sys

TESTS_PER_FILE = 12


def with_name(text, name):
    """Give the unnamed namespace of a text a name; None where there is not exactly one."""
    if len(re.findall(r"^namespace \{$", text, re.M)) != 1:
        return None
    text = re.sub(r"^namespace \{$", f"namespace {name} {{", text, flags=re.M)
    end = text.rfind("}  // namespace\n")
    return text[:end] + f"}}  // namespace {name}\n" + text[end + len("}  // namespace\n") :]


def together(files):
    """Join files, each below a line that names it; what one includes, the next does not."""
    included, texts = set(), []
    for i, file in enumerate(files):
        text = pathlib.Path(file).read_text()
        lines = (with_name(text, f"test{i}") or text).split("\n")
        own = [line for line in lines if line.startswith("#include")]
        lines = ["" if line in own and line in included else line for line in lines]
        included.update(own)
        texts.append(f"// file: {file}\n" + "\n".join(lines))
    return "".join(texts)


def join(out, files):
    """Write the joined tests of each folder, and how they are compiled."""
    entries = json.loads(pathlib.Path("build/release/compile_commands.json").read_text())
    commands = {entry["file"]: entry for entry in entries}
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.cpp"):
        old.unlink()
    made = []
    for folder, members in itertools.groupby(sorted(files), lambda f: pathlib.Path(f).parent.name):
        rest = list(members)
        while rest:
            part, rest = rest[:TESTS_PER_FILE], rest[TESTS_PER_FILE:]
            target = (out / f"{folder}_{len(made)}.cpp").resolve()
            target.write_text(together(part))
            first = str(pathlib.Path(part[0]).resolve())
            beside = f"-I{pathlib.Path(first).parent} -o "  # where a test finds its own headers
            command = commands[first]["command"].replace(first, str(target))
            command = command.replace("-o ", beside, 1)
            made.append({**commands[first], "command": command, "file": str(target)})
    (out / "compile_commands.json").write_text(json.dumps(made))


def name(out):
    """Print standard input, with places in OUT as places in the tests."""
    for line in sys.stdin:
        match = re.match(rf"{re.escape(str(out.resolve()))}/(\w+\.cpp):(\d+):(.*)", line, re.S)
        if not match:
            print(line, end="")
            continue
        text = (out / match[1]).read_text().split("\n")
        at = int(match[2])
        start = max(i for i in range(at) if text[i].startswith("// file: "))
        print(f"{text[start].removeprefix('// file: ')}:{at - start - 1}:{match[3]}", end="")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2])
    join(folder, sys.argv[3:]) if sys.argv[1] == "join" else name(folder)

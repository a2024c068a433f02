#!/usr/bin/env python3
"""Shows that a misuse does not compile, and that nothing else in its file is wrong.

    must_not_compile.py FILE.cpp COMPILER...
    must_not_compile.py --all COMPILER...

Each file holds one wrong line under `#ifdef MISUSE` and its right twin under `#else`. The file must
compile without MISUSE and must not with it. `// refused: TEXT` gives words that the compiler's
complaint must contain, so that it fails for the reason given.
"""

import itertools
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).parent
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]


def compile_file(compiler, file, *more):
    include = f"-I{HERE.parents[1] / 'include'}"
    command = [compiler, *FLAGS, include, *more, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def failure(compiler, file):
    """A sentence if the file does not behave as it must, else None."""
    text = file.read_text()
    if not re.search(r"^#ifdef MISUSE\n.*\n#else\n", text, re.M | re.S):
        return "has no #ifdef MISUSE ... #else"
    words = re.findall(r"^// refused: (.*)$", text, re.M)
    if not words:
        return "has no line `// refused: TEXT`"
    twin = compile_file(compiler, file)
    if twin.returncode:
        return f"its right twin does not compile:\n{twin.stderr}"
    wrong = compile_file(compiler, file, "-DMISUSE")
    if not wrong.returncode:
        return "the misuse compiles"
    if not any(word in wrong.stderr for word in words):
        return f"the misuse fails, but not with any of {words}:\n{wrong.stderr}"
    return None


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    files = sorted(HERE.glob("*.cpp")) if arguments[0] == "--all" else [pathlib.Path(arguments[0])]
    if not files:
        print("must_not_compile: no file", file=sys.stderr)
        return 2
    pairs = list(itertools.product(files, arguments[1:]))
    with ThreadPoolExecutor(os.cpu_count()) as compilers:
        sentences = list(compilers.map(lambda pair: failure(pair[1], pair[0]), pairs))
    failures = 0
    for (file, compiler), sentence in zip(pairs, sentences):
        if sentence:
            failures += 1
            print(f"{file.name} with {compiler}: {sentence}")
    print(f"misuse: {len(files)} files with {' '.join(arguments[1:])}, {failures or 'no'} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

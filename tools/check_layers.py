#!/usr/bin/env python3
"""Checks who includes whom, and that the kernels only compute.

    check_layers.py [--root DIR]

Reads every #include of the rooms below and compares it with RULES, the table of HACKING.md. Prints
one line per violation, `file:line: sentence`, and exits 1 if there is any.
"""

import argparse
import pathlib
import re
import sys

STANDARD = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv
    chrono cinttypes climits clocale cmath compare complex concepts condition_variable coroutine
    csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype
    deque exception execution filesystem format forward_list fstream functional future
    initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map
    memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio
    regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept
    stop_token streambuf string string_view strstream syncstream system_error thread tuple
    type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector
    version""".split()
)
POSIX = [r"(unistd|fcntl|termios|signal|poll|sched|sys/\w+)\.h"]

# Room: what it may include besides the standard library and its own files. The first folder that
# contains a file decides. Each entry is a regular expression for the whole name.
RULES = {
    "include/gibbs": [r"gibbs/[\w/]+\.hpp"],
    "src/base": [r"gibbs/[\w/]+\.hpp"],
    "src/kernels": [r"gibbs/[\w/]+\.hpp", r"base/\w+\.hpp", r"hwy/[\w/-]+\.h"],
    "src/maps": [
        r"gibbs/[\w/]+\.hpp",
        r"base/\w+\.hpp",
        r"kernels/\w+\.hpp",  # not x-inl.h: it is compiled once per SIMD target, in the kernels
        r"(oneapi/)?tbb/\w+\.h",
    ],
    "src/losses": [
        r"gibbs/[\w/]+\.hpp",
        r"base/\w+\.hpp",
        r"kernels/\w+\.hpp",
        r"maps/\w+\.hpp",
    ],
    "src/family": [
        r"gibbs/[\w/]+\.hpp",
        r"base/\w+\.hpp",
        r"kernels/\w+\.hpp",
        r"maps/\w+\.hpp",
    ],
    "src/sampling": [
        r"gibbs/[\w/]+\.hpp",
        r"base/\w+\.hpp",
        r"kernels/\w+\.hpp",
        r"maps/\w+\.hpp",
    ],
    "src/thermo": [
        r"gibbs/[\w/]+\.hpp",
        r"(base|kernels|maps|sampling)/\w+\.hpp",
        r"Eigen/\w+",
        r"boost/multiprecision/\w+\.hpp",
        r"boost/math/[\w/]+\.hpp",
    ],
    "cli": [
        r"gibbs/[\w/]+\.hpp",
        r"CLI/\w+\.hpp",
        r"fmt/\w+\.h",
        r"fast_float/\w+\.h",
        r"oneapi/tbb/(info|parallel_pipeline|task_arena)\.h",  # reading, computing, writing overlap
    ]
    + POSIX,
    "python/src": [
        r"gibbs/[\w/]+\.hpp",
        r"nanobind/[\w/]+\.h",
        r"numpy/arrayobject\.h",
        r"(pthread|sys/mman)\.h",  # the memory of results
    ],
    "bench": [
        r"gibbs/[\w/]+\.hpp",
        r"benchmark/\w+\.h",
        r"(oneapi/dnnl/)?dnnl\w*\.hp?p?",
        r"Eigen/\w+",
        r"CLI/\w+\.hpp",
        r"fmt/\w+\.h",
        r"immintrin\.h",  # a floor is made of the processor's own stores
    ]
    + POSIX,
    "examples": [r"gibbs/[\w/]+\.hpp"],
}

# The Python door passes arrays on; whoever needs these computes.
DOOR_HEADERS_REFUSED = set("cmath complex numbers numeric random valarray".split())

# The kernels compute. They do not speak, refuse, allocate or own threads.
KERNEL_HEADERS_REFUSED = set(
    """any condition_variable deque exception filesystem format forward_list fstream functional
    future iomanip ios iostream istream list map memory mutex new ostream queue regex set
    shared_mutex sstream stack stdexcept string syncstream thread unordered_map unordered_set
    vector cstdio""".split()
)
KERNEL_WORDS_REFUSED = re.compile(
    r"\b(throw|new|delete|try|catch|thread_local|(?:std::)?(?:malloc|calloc|realloc|free|aligned_alloc)"
    r"|f?printf|puts|abort|exit|HWY_ABORT|std::(?:vector|string|deque|map|list|function|thread|mutex"
    r"|cout|cerr|unique_ptr|shared_ptr|make_unique))\b"
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:([<"])([^>"]+)[>"]|(\w+))')


def without_comments(text):
    """The text with comments and literals blanked, line numbers kept."""
    pattern = r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])'"

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return re.sub(pattern, blank, text, flags=re.S)


def room_of(path):
    """The longest room of RULES that contains the relative path, or None."""
    inside = [room for room in RULES if path.startswith(room + "/")]
    return max(inside, key=len, default=None)


def is_own(root, room, file, name):
    """Whether a quoted name is a file of the same room, seen from the file or from the roots."""
    room_dir = (root / room).resolve()
    starts = (file.parent, room_dir, room_dir.parent, root)
    found = ((start / name).resolve() for start in starts)
    return any(path.is_file() and path.is_relative_to(room_dir) for path in found)


def why_refused(root, room, file, quote, name):
    """A sentence if the include is not allowed, else None."""
    if quote == "<" and name in STANDARD:
        if room == "src/kernels" and name in KERNEL_HEADERS_REFUSED:
            return f"kernels compute only; <{name}> has no use there"
        if room == "python/src" and name in DOOR_HEADERS_REFUSED:
            return f"the Python door computes nothing; <{name}> has no use there"
        return None
    if room == "include/gibbs" and quote == '"' and not name.startswith("gibbs/"):
        return f'a public header is included by its full name, "gibbs/...", not "{name}"'
    if any(re.fullmatch(allowed, name) for allowed in RULES[room]):
        if name.startswith("gibbs/") and not (root / "include" / name).is_file():
            return f"there is no public header {name}"
        return None
    if quote == '"' and is_own(root, room, file, name):
        return None
    return f"{room} may not include {name}"


def violations_in(root, room, file):
    """(line number, sentence) for each violation of one file."""
    text = file.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, name, macro = match.groups()
        sentence = (
            f"an include must name its file, not the macro {macro}"
            if macro
            else why_refused(root, room, file, quote, name)
        )
        if sentence:
            yield number, sentence
    if room == "src/kernels":
        for number, line in enumerate(without_comments(text).splitlines(), start=1):
            word = None if INCLUDE.match(line) else KERNEL_WORDS_REFUSED.search(line)
            if word:
                yield number, f"kernels do not throw, allocate, print or own threads: {word.group()}"


def check(root):
    """(files read, violations as lines of text)."""
    files = 0
    violations = []
    for top in sorted({room.split("/")[0] for room in RULES}):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".cpp", ".hpp", ".h"):
                continue
            relative = file.relative_to(root).as_posix()
            room = room_of(relative)
            files += 1
            if room is None:
                violations.append(f"{relative}:1: this room has no rule in tools/check_layers.py")
                continue
            for number, sentence in violations_in(root, room, file):
                violations.append(f"{relative}:{number}: {sentence}")
    return files, violations


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    root = parser.parse_args().root.resolve()
    files, violations = check(root)
    if not files:
        print(f"check_layers: no source file under {root}", file=sys.stderr)
        return 2
    for violation in violations:
        print(violation)
    print(f"layers: {files} files, {len(violations) or 'no'} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())

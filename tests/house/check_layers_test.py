"""Laws of tools/check_layers.py: each kind of violation is found, in a tree made for it."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True
import check_layers  # noqa: E402

CLEAN = {
    "include/gibbs/rows.hpp": "#pragma once\n#include <cstdint>\n",
    "include/gibbs/softmax.hpp": '#pragma once\n#include "gibbs/rows.hpp"\n',
    "src/base/check.hpp": "#pragma once\n#include <string>\n",
    "src/kernels/softmax.hpp": '#include "gibbs/rows.hpp"\n',
    "src/kernels/softmax-inl.h": '#include <hwy/highway.h>\n#include "kernels/softmax.hpp"\n',
    "src/kernels/softmax.cpp": '#include "kernels/softmax-inl.h"\n// a new exp: it cannot throw\n',
    "src/maps/softmax.cpp": '#include "kernels/softmax.hpp"\n#include <tbb/parallel_for.h>\n',
    "cli/main.cpp": '#include <CLI/CLI.hpp>\n#include "tables/csv.hpp"\n',
    "python/src/maps.cpp": "#include <nanobind/nanobind.h>\n#include <gibbs/softmax.hpp>\n",
    "cli/tables/csv.hpp": "#include <gibbs/rows.hpp>\n",
}


class Layers(unittest.TestCase):
    def violations(self, added):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            for path, text in {**CLEAN, **added}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            return check_layers.check(root)[1]

    def refuses(self, path, text, words):
        found = self.violations({path: text})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(path + ":"), found)
        self.assertIn(words, found[0])

    def test_a_clean_tree_has_no_violation(self):
        self.assertEqual(self.violations({}), [])

    def test_a_public_header_may_not_show_a_third_party_type(self):
        self.refuses("include/gibbs/bad.hpp", "#include <tbb/task_arena.h>\n", "tbb/task_arena.h")

    def test_a_public_header_may_not_look_into_src(self):
        self.refuses("include/gibbs/bad.hpp", '#include "kernels/softmax.hpp"\n', "full name")

    def test_base_may_not_know_an_operation(self):
        self.refuses("src/base/bad.cpp", '#include "kernels/softmax.hpp"\n', "src/base may not")

    def test_kernels_may_not_use_the_task_library(self):
        self.refuses("src/kernels/bad.cpp", "#include <tbb/parallel_for.h>\n", "src/kernels may not")

    def test_kernels_may_not_look_up_to_the_maps(self):
        files = {"src/maps/bad.hpp": "", "src/kernels/bad.cpp": '#include "maps/bad.hpp"\n'}
        self.assertEqual(len(self.violations(files)), 1)

    def test_kernels_may_not_throw_allocate_print_or_own_threads(self):
        for line in ("throw 1;", "auto* p = new int;", "malloc(8);", 'std::printf("x");',
                     "std::vector<int> v;", "std::thread t;"):
            self.refuses("src/kernels/bad.cpp", f"void f() {{\n  {line}\n}}\n", "bad.cpp:2:")

    def test_kernels_may_not_include_what_only_serves_that(self):
        self.refuses("src/kernels/bad.cpp", "#include <vector>\n", "compute only")

    def test_maps_may_not_include_what_is_compiled_per_target(self):
        self.refuses("src/maps/bad.cpp", '#include "kernels/softmax-inl.h"\n', "softmax-inl.h")

    def test_maps_may_not_see_highway(self):
        self.refuses("src/maps/bad.cpp", "#include <hwy/highway.h>\n", "hwy/highway.h")

    def test_the_command_may_not_look_behind_the_public_headers(self):
        self.refuses("cli/bad.cpp", '#include "kernels/softmax.hpp"\n', "cli may not")
        self.refuses("cli/bad.cpp", '#include "../src/kernels/softmax.hpp"\n', "cli may not")

    def test_the_python_door_may_not_look_behind_the_public_headers(self):
        self.refuses("python/src/bad.cpp", '#include "maps/engine.hpp"\n', "python/src may not")
        self.refuses("python/src/bad.cpp", "#include <tbb/task_arena.h>\n", "python/src may not")

    def test_the_python_door_computes_nothing(self):
        self.refuses("python/src/bad.cpp", "#include <cmath>\n", "computes nothing")

    def test_a_header_that_does_not_exist_is_named(self):
        self.refuses("cli/bad.cpp", "#include <gibbs/sofmax.hpp>\n", "no public header")

    def test_a_room_without_a_rule_is_a_violation(self):
        self.refuses("src/attic/bad.cpp", "", "no rule")

    def test_an_include_of_a_macro_is_a_violation(self):
        self.refuses("src/maps/bad.cpp", "#include HEADER\n", "macro HEADER")

    def test_this_project_keeps_its_layers(self):
        files, violations = check_layers.check(ROOT)
        self.assertEqual(violations, [])
        self.assertGreater(files, 20)


if __name__ == "__main__":
    unittest.main()

"""Laws of check_docs.py: what a page shows is found, and what is not true is refused."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_docs  # noqa: E402

FENCE = "```"


def page(*parts):
    return "\n".join(parts).replace("~~~", FENCE) + "\n"


class Docs(unittest.TestCase):
    def test_a_text_block_right_after_a_run_block_is_its_output(self):
        blocks = check_docs.parse("p", page("~~~sh", "echo 1", "~~~", "~~~text", "1", "~~~"))
        self.assertEqual([block.prints for block in blocks], ["1\n"])

    def test_a_text_block_after_a_sentence_is_only_shown(self):
        text = page("~~~sh", "echo 1", "~~~", "A sentence.", "~~~text", "2", "~~~")
        self.assertEqual([block.prints for block in check_docs.parse("p", text)], [None, None])

    def test_a_block_in_a_language_that_nothing_checks_is_refused(self):
        with self.assertRaisesRegex(check_docs.Wrong, "p:1: nothing checks a perl"):
            check_docs.to_run("p", page("~~~perl", "1", "~~~"), "sh")

    def test_leaving_a_block_out_needs_a_reason(self):
        text = page("<!-- not run: -->", "~~~sh", "false", "~~~")
        with self.assertRaisesRegex(check_docs.Wrong, "needs a reason"):
            check_docs.to_run("p", text, "sh")
        text = page("<!-- not run: needs root -->", "~~~sh", "false", "~~~")
        self.assertEqual(check_docs.to_run("p", text, "sh"), [])

    def test_a_block_that_quotes_a_file_must_stand_in_it(self):
        text = page("<!-- file: there -->", "~~~cmake", "a line", "~~~")
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "there").write_text("first\na line\n")
            self.assertEqual(check_docs.to_run("p", text, "sh", root), [])
            (root / "there").write_text("another line\n")
            with self.assertRaisesRegex(check_docs.Wrong, "does not stand in there"):
                check_docs.to_run("p", text, "sh", root)

    def test_a_shell_block_that_fails_or_prints_otherwise_is_refused(self):
        def run(text, prints):
            check_docs.run_shell_block("/bin/true", check_docs.Block("p", 1, "sh", "", text, prints))

        run("echo 1", "1\n")
        run("echo 1", None)
        with self.assertRaisesRegex(check_docs.Wrong, "p:1: prints"):
            run("echo 2", "1\n")
        with self.assertRaisesRegex(check_docs.Wrong, "exit 1"):
            run("false; echo 1", "1\n")
        with self.assertRaisesRegex(check_docs.Wrong, "exit 1"):
            run("false | cat", None)

    def test_a_fragment_becomes_a_program_and_a_program_stays_itself(self):
        fragment = check_docs.Block("p", 1, "cpp", "", "#include <map>\nstd::map<int, int> m;\n")
        program = check_docs.as_program(fragment)
        self.assertLess(program.index("#include <map>"), program.index("int main"))
        self.assertLess(program.index("int main"), program.index("std::map<int, int> m;"))
        whole = check_docs.Block("p", 1, "cpp", "", "int main() {}\n")
        self.assertEqual(check_docs.as_program(whole), "int main() {}\n")

    def test_an_example_must_say_what_it_prints(self):
        with tempfile.TemporaryDirectory() as name:
            file = pathlib.Path(name) / "x.cpp"
            file.write_text("int main() {}\n\n// prints\n// 1  2\n// 3\n")
            self.assertEqual(check_docs.expected_output(file), "1  2\n3\n")
            file.write_text("int main() {}\n")
            with self.assertRaisesRegex(check_docs.Wrong, "x.cpp: has no comment"):
                check_docs.expected_output(file)


if __name__ == "__main__":
    unittest.main()

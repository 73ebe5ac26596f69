// Each check finds the one thing that is wrong in a tree made for it, and nothing in the tree put right.
import assert from "node:assert";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import * as checks from "./checks.mjs";
import {strip_cpp} from "./source.mjs";

function tree(files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-style-"));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), {recursive: true});
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}

function finds(check, bad, good) {
  assert.strictEqual(checks[check](tree(bad)).length, 1, `${check} must complain once`);
  assert.deepStrictEqual(checks[check](tree(good)), [], `${check} must be content`);
}

const header = (body) => `// For a test.\n#pragma once\n${body}`;
const lines = (n) => "int a;\n".repeat(n);

test("a file over its limit is found", () => finds("sizes", {"rtp/a.cpp": lines(601)}, {"rtp/a.cpp": lines(600), "tests/unit/a.cpp": lines(800)}));
test("a function over its limit is found", () => finds(
  "functions",
  {"rtp/a.cpp": `int f(int x) {\n${"  x++;\n".repeat(70)}}\n`},
  {"rtp/a.cpp": `namespace a {\nint f(int x) {\n${"  x++;\n".repeat(68)}}\n${lines(80)}}\n`}));
test("an exception that is not needed any more is found", () => finds(
  "functions", {"tests/style/long_functions.txt": "rtp/a.cpp: f\n"}, {"tests/style/long_functions.txt": "# none\n"}));
test("an include against the direction is found", () => finds(
  "includes", {"rtp/a.cpp": '#include "sfu/b.h"\n'}, {"rtp/a.cpp": '#include "base/b.h"\n#include <vector>\n'}));
test("chat never sees the media plane", () => finds(
  "includes", {"chat/a.cpp": '#include "sfu/api/b.h"\n'}, {"signaling/a.cpp": '#include "sfu/api/b.h"\n'}));
test("signaling sees only the public part of the media plane", () => finds(
  "includes", {"signaling/call/a.cpp": '#include "sfu/worker/b.h"\n'}, {"server/a.cpp": '#include "sfu/worker/b.h"\n'}));
test("a library in a foreign folder is found", () => finds(
  "includes", {"chat/service/a.cpp": "#include <sqlite3.h>\n"}, {"chat/adapters/sqlite/a.cpp": "#include <sqlite3.h>\n"}));
test("an include from beside is found", () => finds("includes", {"rtp/a.cpp": '#include "b.h"\n'}, {"rtp/a.cpp": '#include "rtp/b.h"\n'}));
test("a header without its first line is found", () => finds("headers", {"rtp/a.h": "#pragma once\n"}, {"rtp/a.h": header("")}));
test("a header without a guard is found", () => finds("headers", {"rtp/a.h": "// For a test.\n"}, {"rtp/a.h": header("")}));
test("a cast that reinterprets is found", () => finds(
  "casts", {"rtp/a.cpp": "auto p = reinterpret_cast<int*>(q);\n"}, {"rtp/a.cpp": "// no reinterpret_cast here\n", "sfu/worker/a.cpp": "reinterpret_cast<int*>(q);\n"}));
test("a banned word is found", () => finds("words", {"rtp/a.cpp": "// TO" + "DO: more\n"}, {"rtp/a.cpp": "// all done\n"}));
test("a sleep in a unit test is found", () => finds(
  "sleeps", {"tests/unit/a.cpp": "std::this_thread::sleep_for(1s);\n"}, {"tests/e2e/a.cpp": "std::this_thread::sleep_for(1s);\n"}));
test("a pure source without a test is found", () => finds(
  "mirror", {"rtp/a.cpp": ""}, {"rtp/a.cpp": "", "tests/unit/rtp/a_test.cpp": ""}));
test("a step of a walk that does not exist is found", () => finds(
  "walk", {"docs/architecture.md": "`rtp/a.cpp: gone`", "rtp/a.cpp": "void here() {}\n"},
  {"docs/architecture.md": "`rtp/a.cpp: here`", "rtp/a.cpp": "void here() {}\n"}));
test("a parser without a fuzz target is found", () => finds(
  "fuzz_targets", {"rtp/a.h": header("int parse_a(int);\n")}, {"rtp/a.h": header("int parse_a(int);\n"), "tests/fuzz/rtp/a.cpp": "parse_a(1);\n"}));
test("a static parser without a fuzz target is found", () => {
  const a = header("class A {\n  static std::optional<A> parse(std::string_view text);\n};\n");
  finds("fuzz_targets", {"rtp/a.h": a, "tests/fuzz/rtp/b.cpp": "B::parse(1);\n"}, {"rtp/a.h": a, "tests/fuzz/rtp/a.cpp": "A::parse(1);\n"});
});
test("a limit that says something else is found", () => finds(
  "limits", {"docs/limits.md": "| `rtp/a.h: kMost` | `17` |", "rtp/a.h": "constexpr int kMost = 16;\n"},
  {"docs/limits.md": "| `rtp/a.h: kMost` | `10000` |", "rtp/a.h": "constexpr int kMost = 10'000;\n"}));
test("a limit without a row is found", () => finds(
  "limits", {"docs/limits.md": "", "rtp/a.h": "inline constexpr std::size_t kMaxOf = 16;\n"},
  {"docs/limits.md": "| `rtp/a.h: kMaxOf` | `16` |", "rtp/a.h": "inline constexpr std::size_t kMaxOf = 16;\n"}));
test("an error or close code of the page that is not the source's is found", () => {
  const page = "## Life\n| 4500 | no | bad |\n## Errors\n| `a.b`, `c` | 400 | no | why |\n";
  const source = {
    "signaling/protocol/problem.cpp": '{"a.b", "A.", 400, false},\n{"c", "C.", 400, false},\n',
    "signaling/session/session.h": "enum class CloseCode : int {\n  kBad = 4500,\n};\n",
  };
  finds("codes", {...source, "docs/protocol.md": page + "| `d` | 500 | yes | why |\n"}, {...source, "docs/protocol.md": page});
  finds("codes", {...source, "docs/protocol.md": `| 4501 | no | x |\n${page}`}, {...source, "docs/protocol.md": page});
  assert.strictEqual(checks.codes(tree({...source, "docs/protocol.md": page.replace("400", "401")})).length, 4);
});
test("a long README is found", () => finds("readmes", {"rtp/README.md": "a\n".repeat(41)}, {"rtp/README.md": "a\n".repeat(40)}));

test("comments and literals are not code", () => {
  assert.strictEqual(strip_cpp('f("a{b"); // {\nint x = 1\'000; char c = \'{\';').replace(/ +/g, " "), 'f("    "); \nint x = 1\'000; char c = \' \';'.replace(/ +/g, " "));
});

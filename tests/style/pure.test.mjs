// check_pure.cmake on small archives: one for each thing that a pure library may not call, and a pure one.
import assert from "node:assert";
import {spawnSync} from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import {kRoot} from "./source.mjs";

// What the check says of an archive with this source: nothing, or what is wrong.
function verdict(source) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-pure-"));
  const run = (...command) => spawnSync(command[0], command.slice(1), {cwd: folder, encoding: "utf8"});
  try {
    fs.writeFileSync(path.join(folder, "a.cpp"), source);
    const compiled = run(process.env.CXX ?? "c++", "-std=c++20", "-c", "a.cpp", "-o", "a.o");
    assert.strictEqual(compiled.status, 0, compiled.stderr);
    assert.strictEqual(run("ar", "rcs", "a.a", "a.o").status, 0);
    const checked = run("cmake", "-DARCHIVE=a.a", "-P", path.join(kRoot, "tests/style/check_pure.cmake"));
    if (checked.status === 0) return "";
    return checked.stderr.replace(/\s+/g, " ").match(/yet it calls: (.*?) *$/)[1];
  } finally {
    fs.rmSync(folder, {recursive: true});
  }
}

// Sources, and what they have to be refused for.
const kImpure = {
  "a clock": ["#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }", "steady_clock::now"],
  "the time of day": ["#include <ctime>\nauto f() { return std::time(nullptr); }", "U time"],
  "a socket": ["#include <sys/socket.h>\nint f() { return socket(AF_INET, SOCK_DGRAM, 0); }", "U socket"],
  "a thread": ["#include <thread>\nvoid f() { std::thread([] {}).join(); }", "std::thread"],
  "a mutex": ["#include <mutex>\nvoid f(std::mutex& m) { m.lock(); }", "pthread_"],
  "a random device": ["#include <random>\nauto f() { return std::random_device{}(); }", "random_device"],
  "a file of C": ["#include <cstdio>\nvoid* f() { return std::fopen(\"a\", \"r\"); }", "U fopen"],
  "a file of C++": ["#include <fstream>\nvoid f() { std::ofstream(\"a\") << 1; }", "basic_ofstream"],
  "a stream of the process": ["#include <iostream>\nvoid f() { std::clog << 1; }", "std::clog"],
  "the logger": ["namespace spdlog { void log(int); }\nvoid f() { spdlog::log(1); }", "spdlog::log"],
  "the logger, compiled in": ["namespace spdlog { inline int log(int x) { return x; } }\nint f() { return spdlog::log(1); }", "spdlog::log"],
};

for (const [what, [source, name]] of Object.entries(kImpure)) {
  test(`${what} is found`, () => assert.ok(verdict(source).includes(name), `${name} is not what it says`));
}

test("strings, containers and names that only sound impure are fine", () => {
  const source = "#include <string>\n#include <vector>\n" +
    "struct Timer { void time(); void open(); };\nvoid connect_to(int);\n" +
    "std::string f(std::vector<int>& v, Timer& t) { t.time(); t.open(); connect_to(1); v.push_back(1); return std::to_string(v.size()); }";
  assert.strictEqual(verdict(source), "");
});

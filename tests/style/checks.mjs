// The rules of the house that a program can check. Each takes a tree and returns the complaints.
import {execFileSync} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {files_below, is_in, kProduct, kPure, line_of, read, strip_cpp} from "./source.mjs";

const kCpp = [".cpp", ".h"];
const kAllFolders = [...kProduct, "tests", "web-demo", "script", "docs", ".ci", "deploy"];
const kFileLines = 600;
const kTestFileLines = 800;
const kFunctionLines = 70;
const kReadmeLines = 40;

const count_lines = (text) => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

// Names on the allow-list that are fine by now have to go: the list only shrinks.
function allowed(file, root) {
  const list = path.join(root, "tests/style", file);
  if (!fs.existsSync(list)) return new Set();
  return new Set(
    fs.readFileSync(list, "utf8").split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean));
}

function with_allow_list(complaints, list, root) {
  const names = allowed(list, root);
  const out = complaints.filter((c) => !names.has(c.key)).map((c) => c.text);
  const keys = new Set(complaints.map((c) => c.key));
  for (const name of names) {
    if (!keys.has(name)) out.push(`tests/style/${list}: ${name} needs no exception any more: remove it`);
  }
  return out;
}

export function sizes(root) {
  const complaints = [];
  const endings = [...kCpp, ".ts", ".tsx", ".mjs", ".css"];
  for (const file of files_below([...kProduct, "tests", "web-demo"], endings, root)) {
    const limit = is_in(file, "tests") || /\.test\.tsx?$/.test(file) ? kTestFileLines : kFileLines;
    const lines = count_lines(read(file, root));
    if (lines > limit) complaints.push(`${file}: ${lines} lines, at most ${limit}`);
  }
  return complaints;
}

// Function bodies of clang-formatted C++: a brace whose head ends like a function's.
export function long_functions(text, limit = kFunctionLines) {
  const code = strip_cpp(text);
  const open = [];
  const found = [];
  for (let i = 0; i < code.length; ++i) {
    if (code[i] === "{") {
      open.push(i);
    } else if (code[i] === "}" && open.length > 0) {
      const start = open.pop();
      const before = code.slice(Math.max(0, start - 400), start);
      const head = before.slice(Math.max(before.lastIndexOf(";"), before.lastIndexOf("}"), before.lastIndexOf("{")) + 1);
      if (!/\)[\s\w:<>,&*\[\]-]*$/.test(head) || /^\s*(else\s+)?(if|for|while|switch|catch)\b/.test(head)) continue;
      const lines = line_of(code, i) - line_of(code, start) + 1;
      const name = (head.match(/([\w:~]+)\s*\(/) ?? ["", "(lambda)"])[1];
      if (lines > limit) found.push({name, line: line_of(code, start), lines});
    }
  }
  return found;
}

export function functions(root) {
  const complaints = [];
  for (const file of files_below([...kProduct, "tests"], kCpp, root)) {
    for (const f of long_functions(read(file, root))) {
      complaints.push({
        key: `${file}: ${f.name}`,
        text: `${file}:${f.line}: ${f.name} has ${f.lines} lines, at most ${kFunctionLines}`,
      });
    }
  }
  return with_allow_list(complaints, "long_functions.txt", root);
}

// What each folder may include besides itself.
const kMayInclude = {
  base: [],
  rtp: ["base"],
  "sfu/api": ["base", "rtp"],
  sfu: ["base", "rtp"],
  chat: ["base"],
  "turn-config": ["base"],
  signaling: ["base", "rtp", "sfu/api", "chat", "turn-config"],
};

// The one folder (or the few) that may touch a library of others. The load generator has its own transport, so that a
// fault of the server's is seen: it touches the libraries once more.
const kThirdParty = [
  {pattern: /^openssl\//, folders: ["sfu/secure", "bench"], small: /(hash|hmac|sign|sha|random|token|certificate|credential)/},
  {pattern: /^srtp2?\//, folders: ["sfu/secure", "bench"]},
  {pattern: /^(nice|stun)\//, folders: ["sfu/ice", "bench"]},
  {pattern: /^(libwebsockets\.h|lws)/, folders: ["signaling/server"]},
  {pattern: /^uv\.h/, folders: ["signaling/server"]},
  {pattern: /^argon2\.h/, folders: ["chat/adapters/argon2"]},
  {pattern: /^jwt\//, folders: ["chat/adapters/jwt"]},
  {pattern: /^(sqlite3\.h|libpq-fe\.h|pqxx\/|hiredis\/)/, folders: ["chat/adapters"]},
  {pattern: /^(nlohmann\/|valijson\/)/, folders: ["signaling", "chat/adapters", "server", "bench"]},
  {pattern: /^(spdlog\/|CLI\/|toml)/, folders: ["server", "bench", "signaling/server", "sfu/worker"]},
  {pattern: /^(vpx|opus)\//, folders: ["bench"]},
  {pattern: /^prometheus\//, folders: ["server", "signaling/server"]},
];

function include_complaint(file, target, quoted) {
  const third = kThirdParty.find((rule) => rule.pattern.test(target));
  if (third) {
    const ok = third.folders.some((folder) => is_in(file, folder)) ||
      (third.small && third.small.test(path.basename(file)));
    return ok ? null : `${target} belongs to ${third.folders.join(", ")} alone`;
  }
  if (!quoted) return null;
  if (/^\.\.?\//.test(target) || !target.includes("/")) return `"${target}" is not a path from the repository root`;
  if (is_in(file, "bench/load")) {
    const shared = ["base", "bench/load", "tests/support/ws"].some((folder) => is_in(target, folder));
    return shared ? null : `bench/load shares no code with the server: not ${target}`;
  }
  if (is_in(file, "server") || is_in(file, "bench")) return null;
  const own = Object.keys(kMayInclude).find((folder) => is_in(file, folder));
  const may = own === "sfu/api" ? kMayInclude[own] : [...(kMayInclude[own] ?? []), own.split("/")[0]];
  if (own === "sfu/api" && target.startsWith("sfu/api/")) return null;
  return may.some((folder) => is_in(target, folder)) ? null : `${own} may not include ${target}`;
}

export function includes(root) {
  const complaints = [];
  for (const file of files_below(kProduct, kCpp, root)) {
    read(file, root).split("\n").forEach((line, index) => {
      const match = line.match(/^\s*#\s*include\s*([<"])([^>"]+)[>"]/);
      if (!match) return;
      const complaint = include_complaint(file, match[2], match[1] === '"');
      if (complaint) complaints.push(`${file}:${index + 1}: ${complaint}`);
    });
  }
  return complaints;
}

export function headers(root) {
  const complaints = [];
  for (const file of files_below([...kProduct, "tests"], [".h"], root)) {
    const lines = read(file, root).split("\n");
    if (!/^\/\/ \S/.test(lines[0])) complaints.push(`${file}:1: the first line says what the header is for`);
    if (!lines.includes("#pragma once")) complaints.push(`${file}: no #pragma once`);
  }
  return complaints;
}

// Casts that reinterpret memory have no place where bytes from outside are read.
export function casts(root) {
  const complaints = [];
  for (const file of files_below([...kPure, "turn-config"], kCpp, root)) {
    strip_cpp(read(file, root)).split("\n").forEach((line, index) => {
      if (/\breinterpret_cast\b/.test(line)) complaints.push(`${file}:${index + 1}: ${line.trim()}`);
    });
  }
  return complaints;
}

export function words(root) {
  const complaints = [];
  const endings = [...kCpp, ".ts", ".tsx", ".mjs", ".md", ".txt", ".cmake", ".html", ".css", ".sh", ".toml", ".json"];
  // Spelled so that this file passes its own check.
  const banned = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].join("|")})\\b`);
  for (const file of files_below(kAllFolders, endings, root)) {
    if (file.endsWith("package-lock.json")) continue;
    read(file, root).split("\n").forEach((line, index) => {
      const match = line.match(banned);
      if (match) complaints.push(`${file}:${index + 1}: ${match[0]}`);
    });
  }
  return complaints;
}

export function sleeps(root) {
  const complaints = [];
  const folders = ["unit", "contract", "sim", "fuzz"].map((name) => `tests/${name}`);
  for (const file of files_below(folders, kCpp, root)) {
    strip_cpp(read(file, root)).split("\n").forEach((line, index) => {
      if (/\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(/.test(line)) {
        complaints.push(`${file}:${index + 1}: a test waits for an event, not for a time`);
      }
    });
  }
  return complaints;
}

// Every source of a pure folder has a test of its name below tests/.
export function mirror(root) {
  const tests = new Set(
    files_below(["tests/unit", "tests/contract", "tests/sim"], ["_test.cpp"], root).map((file) => path.basename(file)));
  const complaints = [];
  for (const file of files_below(kPure, [".cpp"], root)) {
    const wanted = `${path.basename(file, ".cpp")}_test.cpp`;
    if (!tests.has(wanted)) complaints.push({key: file, text: `${file}: no ${wanted} below tests/`});
  }
  return with_allow_list(complaints, "untested_sources.txt", root);
}

// `path: function` in docs/architecture.md names a function that is in that file.
export function walk(root) {
  const file = "docs/architecture.md";
  const complaints = [];
  let steps = 0;
  for (const match of read(file, root).matchAll(/`([\w./-]+\.(?:cpp|h|tsx?)): ([\w:~]+)`/g)) {
    ++steps;
    const [, source, name] = match;
    const short = name.split("::").at(-1);
    if (!fs.existsSync(path.join(root, source))) {
      complaints.push(`${file}: there is no ${source}`);
    } else if (!new RegExp(`\\b${short}\\s*[(<=:]`).test(read(source, root))) {
      complaints.push(`${file}: there is no ${name} in ${source}`);
    }
  }
  if (steps === 0) complaints.push(`${file}: names no function at all`);
  return complaints;
}

// What a header offers to read bytes or text of others: `parse_a(`, and `A::parse(` where it is static.
function parsers_of(text) {
  const code = strip_cpp(text);
  const found = [...code.matchAll(/\b(parse_\w+)\s*\(/g)].map((match) => match[1]);
  for (const match of code.matchAll(/\bstatic\b[^;{}()]*\bparse\s*\(/g)) {
    const types = [...code.slice(0, match.index).matchAll(/\b(?:class|struct)\s+(\w+)[^;{}()]*\{/g)];
    found.push(`${types.at(-1)[1]}::parse`);
  }
  return found;
}

// Every parser that a header offers is called by a fuzz target.
export function fuzz_targets(root) {
  const targets = files_below(["tests/fuzz"], [".cpp"], root).map((file) => read(file, root)).join("\n");
  const complaints = [];
  for (const file of files_below(kProduct.filter((folder) => folder !== "bench"), [".h"], root)) {
    for (const parser of parsers_of(read(file, root))) {
      const key = `${file}: ${parser}`;
      const call = parser.replace("::", "(<[^;]*>)?::");
      if (!new RegExp(`\\b${call}\\b`).test(targets)) complaints.push({key, text: `${key} has no fuzz target`});
    }
  }
  return with_allow_list(complaints, "unfuzzed_parsers.txt", root);
}

// A row of docs/limits.md, `path: name` | `value`, says what the source says; and every kMax of a header has a row.
export function limits(root) {
  const file = "docs/limits.md";
  const complaints = [];
  const rows = new Set();
  for (const match of read(file, root).matchAll(/\| `([\w./-]+): (\w+)` \| `([^`]+)`/g)) {
    const [, source, name, value] = match;
    rows.add(`${source}: ${name}`);
    if (!fs.existsSync(path.join(root, source))) {
      complaints.push(`${file}: there is no ${source}`);
      continue;
    }
    const tidy = (text) => text.replace(/'|(?<=\d)UL\b/g, "").replace(/\s+/g, " ").trim();
    const found = read(source, root).match(new RegExp(`\\b${name}\\b\\s*(?:=\\s*([^;]+)|\\{([^}]+))`));
    if (!found) complaints.push(`${file}: there is no ${name} in ${source}`);
    else if (tidy(found[1] ?? found[2]) !== tidy(value)) {
      complaints.push(`${file}: ${name} is ${value} here and ${tidy(found[1] ?? found[2])} in ${source}`);
    }
  }
  return [...complaints, ...limits_without_row(rows, root)];
}

function limits_without_row(rows, root) {
  const complaints = [];
  for (const file of files_below(kProduct.filter((folder) => folder !== "bench"), [".h"], root)) {
    for (const match of strip_cpp(read(file, root)).matchAll(/\bconstexpr\b[^;=(){}]*\b(kMax\w*)\s*[={]/g)) {
      const key = `${file}: ${match[1]}`;
      if (!rows.has(key)) complaints.push({key, text: `${key} has no row in docs/limits.md`});
    }
  }
  return with_allow_list(complaints, "no_limits.txt", root);
}

const section_of = (page, heading) => page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";

function differences(page, source, what, place) {
  const only = (left, right) => [...left].filter((entry) => !right.has(entry));
  return [
    ...only(page, source).map((entry) => `docs/protocol.md: ${what} ${entry} is not so in ${place}`),
    ...only(source, page).map((entry) => `${place}: ${what} ${entry} is not so in docs/protocol.md`),
  ];
}

// The errors (code, status, retry) and close codes of docs/protocol.md are the source's.
export function codes(root) {
  const page = read("docs/protocol.md", root);
  const errors = new Set();
  for (const row of section_of(page, "Errors").matchAll(/^\| ((?:`[a-z_.]+`(?:, )?)+) \| (\d+) \| (yes|no) \|/gm)) {
    for (const name of row[1].matchAll(/`([a-z_.]+)`/g)) errors.add(`${name[1]} ${row[2]} ${row[3]}`);
  }
  const problems = "signaling/protocol/problem.cpp";
  const kinds = [...read(problems, root).matchAll(/\{"([a-z_.]+)", "[^"]*", (\d+), (true|false)\}/g)];
  const known = new Set(kinds.map(([, name, status, retry]) => `${name} ${status} ${retry === "true" ? "yes" : "no"}`));

  const session = "signaling/session/session.h";
  const closes = [...page.matchAll(/^\| (4\d{3}) \| (yes|no) \|/gm)].map(([, code, again]) => `${code} ${again}`);
  const body = read(session, root).match(/enum class CloseCode[^{]*\{([^}]*)\}/)?.[1] ?? "";
  const sent = [...body.matchAll(/= (\d+)/g)].map(([, code]) => `${code} ${code < "4500" ? "yes" : "no"}`);
  return [
    ...differences(errors, known, "error", problems),
    ...differences(new Set(closes), new Set(sent), "close code", session),
  ];
}

export function readmes(root) {
  return files_below([...kProduct, "web-demo"], ["README.md"], root)
    .map((file) => [file, count_lines(read(file, root))])
    .filter(([, lines]) => lines > kReadmeLines)
    .map(([file, lines]) => `${file}: ${lines} lines, at most ${kReadmeLines}`);
}

export function format(root) {
  const sources = files_below([...kProduct, "tests"], kCpp, root);
  const complaints = [];
  let tool = "clang-format-19";
  try {
    execFileSync(tool, ["--version"]);
  } catch {
    return [`${tool} is missing: script/setup installs it`];
  }
  for (let i = 0; i < sources.length; i += 50) {
    try {
      execFileSync(tool, ["--dry-run", "-Werror", "--ferror-limit=1", ...sources.slice(i, i + 50)], {cwd: root, stdio: "pipe"});
    } catch (error) {
      for (const match of String(error.stderr).matchAll(/^(\S+?):(\d+):\d+: error/gm)) {
        complaints.push(`${match[1]}:${match[2]}: not as clang-format-19 -i leaves it`);
      }
      if (complaints.length === 0) complaints.push(String(error));
    }
  }
  return complaints;
}

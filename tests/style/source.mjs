// Reads the source tree for the style checks: which files there are, and C++ without its comments.
import fs from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";

export const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

export const kProduct = ["base", "rtp", "sfu", "signaling", "chat", "turn-config", "server", "bench"];

// Folders that hold no clock, socket, thread or logger.
export const kPure = [
  "base", "rtp", "sfu/ice", "sfu/forward", "sfu/transport", "signaling/protocol", "signaling/session",
  "signaling/call", "chat/domain", "chat/service",
];

const kSkipped = new Set(["build", "data", "node_modules", "dist", "generated", "output", "corpus", ".git"]);

// Paths below the root, sorted, of files whose name ends so.
export function files_below(folders, endings, root = kRoot) {
  const found = [];
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), {withFileTypes: true})) {
      const name = folder === "." ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!kSkipped.has(entry.name)) walk(name);
      } else if (entry.isFile() && endings.some((ending) => entry.name.endsWith(ending))) {
        found.push(name);
      }
    }
  };
  for (const folder of folders) {
    if (fs.existsSync(path.join(root, folder))) walk(folder);
  }
  return found.sort();
}

export const read = (file, root = kRoot) => fs.readFileSync(path.join(root, file), "utf8");

export const is_in = (file, folder) => file.startsWith(`${folder}/`);

// The text with comments and the insides of literals blanked; every line keeps its number.
export function strip_cpp(text) {
  const blank = (s) => s.replace(/[^\n]/g, " ");
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"([^(\s]*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'/g;
  return text.replace(token, (match) => {
    if (match.startsWith("/")) return blank(match);
    if (match.startsWith("'")) return `'${blank(match.slice(1, -1))}'`;
    const open = match.indexOf('"');
    return match.slice(0, open + 1) + blank(match.slice(open + 1, -1)) + '"';
  });
}

export const line_of = (text, index) => text.slice(0, index).split("\n").length;

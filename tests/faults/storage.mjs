// The store behind the server, looked into without the server. A kind of store is a function of its URL that gives the
// server's flags and a way to read it: {flags, read(server)}; read() gives {rows, complaints}, rows as the checker
// wants them.
import {execFile} from "node:child_process";
import path from "node:path";
import {promisify} from "node:util";

const run = promisify(execFile);
const kMostOutput = 2 ** 30;

const uuid = (hex) => hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

async function sqlite(file, sql) {
  const {stdout} = await run("sqlite3", ["-json", file, sql], {maxBuffer: kMostOutput});
  return stdout ? JSON.parse(stdout) : [];
}

const kMessages = `SELECT hex(conversation) AS c, hex(id) AS m, q, r, hex(sender) AS sender, body
  FROM messages ORDER BY conversation, q`;
const kHeads = `SELECT hex(id) AS c, last_q, last_r,
  (SELECT count(*) FROM messages WHERE conversation = conversations.id) AS messages,
  (SELECT count(*) FROM conversation_events WHERE conversation = conversations.id) AS events FROM conversations`;

async function readSqlite(file) {
  const complaints = [];
  const complain = (text) => complaints.push({kind: "store", text});
  for (const {integrity_check: word} of await sqlite(file, "PRAGMA integrity_check")) if (word !== "ok") complain(word);
  for (const row of await sqlite(file, "PRAGMA foreign_key_check")) complain(`foreign key: ${JSON.stringify(row)}`);
  const rows = new Map();
  for (const head of await sqlite(file, kHeads)) {
    rows.set(uuid(head.c), []);
    if (head.last_q !== head.messages || head.last_r !== head.events) complain(`a head that is not dense: ${JSON.stringify(head)}`);
  }
  for (const {c, m, q, r, sender, body} of await sqlite(file, kMessages)) {
    rows.get(uuid(c)).push({m: uuid(m), q, r, sender: uuid(sender), body});
  }
  return {rows, complaints};
}

const kKinds = {
  sqlite: () => ({flags: [], read: (server) => readSqlite(path.join(server.data, "parlance.db"))}),
  // Of a shared database only what the server tells of it is checked.
  "postgres:": (url) => ({flags: ["--storage", url], read: async () => ({rows: undefined, complaints: []})}),
};

// "sqlite" is the file in the server's data folder.
export function storageOf(url) {
  const kind = Object.keys(kKinds).find((prefix) => url.startsWith(prefix));
  if (!kind) throw new Error(`--storage ${url}: sqlite or postgres://...`);
  return kKinds[kind](url);
}

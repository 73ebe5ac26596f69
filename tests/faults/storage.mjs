// The store behind the server: {flags, database?, read(server), close()}. `flags` are the server's; `database` is there
// where it can be struck; read() looks into the store without the server and gives {rows, complaints}, rows as the
// checker wants them.
import {execFile} from "node:child_process";
import path from "node:path";
import {promisify} from "node:util";
import {PrivatePostgres} from "./private_postgres.mjs";

const run = promisify(execFile);
const kMostOutput = 2 ** 30;

const uuid = (hex) => hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const kHeads = `last_q, last_r, (SELECT count(*) FROM messages WHERE conversation = conversations.id) AS messages,
  (SELECT count(*) FROM conversation_events WHERE conversation = conversations.id) AS events FROM conversations`;
const kFromMessages = "FROM messages ORDER BY conversation, q";

// What both kinds of database have: heads that say what is below them, and the messages.
function rowsOf(heads, messages, complain) {
  const rows = new Map();
  for (const head of heads) {
    rows.set(head.c, []);
    if (head.last_q !== head.messages || head.last_r !== head.events) complain(`a head that is not dense: ${JSON.stringify(head)}`);
  }
  for (const {c, ...message} of messages) rows.get(c).push(message);
  return rows;
}

async function readSqlite(file) {
  const ask = async (sql) => {
    const {stdout} = await run("sqlite3", ["-json", file, sql], {maxBuffer: kMostOutput});
    return stdout ? JSON.parse(stdout) : [];
  };
  const complaints = [];
  const complain = (text) => complaints.push({kind: "store", text});
  for (const {integrity_check: word} of await ask("PRAGMA integrity_check")) if (word !== "ok") complain(word);
  for (const row of await ask("PRAGMA foreign_key_check")) complain(`foreign key: ${JSON.stringify(row)}`);
  const heads = await ask(`SELECT hex(id) AS c, ${kHeads}`);
  const messages = await ask(`SELECT hex(conversation) AS c, hex(id) AS m, q, r, hex(sender) AS sender, body ${kFromMessages}`);
  const withIds = messages.map(({c, m, sender, ...rest}) => ({...rest, c: uuid(c), m: uuid(m), sender: uuid(sender)}));
  return {rows: rowsOf(heads.map((head) => ({...head, c: uuid(head.c)})), withIds, complain), complaints};
}

async function readPostgres(url) {
  const ask = async (sql) => {
    const flags = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url, "-c", `SELECT row_to_json(t) FROM (${sql}) AS t`];
    const {stdout} = await run("psql", flags, {maxBuffer: kMostOutput});
    return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  };
  const complaints = [];
  const complain = (text) => complaints.push({kind: "store", text});
  const heads = await ask(`SELECT id AS c, ${kHeads}`);
  const messages = await ask(`SELECT conversation AS c, id AS m, q, r, sender, body ${kFromMessages}`);
  return {rows: rowsOf(heads, messages, complain), complaints};
}

const onPostgres = (url) => ({flags: ["--storage", url], read: () => readPostgres(url), close: async () => {}});

// "sqlite": the file in the server's data folder; "postgres": a server of the trial's own, which may be struck, too;
// or the address of an empty Postgres database.
export async function openStorage(kind) {
  if (kind === "sqlite") {
    return {flags: [], read: (server) => readSqlite(path.join(server.data, "parlance.db")), close: async () => {}};
  }
  if (/^postgres(ql)?:/.test(kind)) return onPostgres(kind);
  if (kind !== "postgres") throw new Error(`--storage ${kind}: sqlite, postgres or postgres://...`);
  const database = await PrivatePostgres.start();
  return {...onPostgres(database.url), database, close: () => database.remove()};
}

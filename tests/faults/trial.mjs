// One trial: members write and read while faults strike; then all settle, and the checker looks at everything.
import {uuidv7} from "../e2e/harness/protocol_client.mjs";
import {seeded} from "../e2e/harness/random.mjs";
import {Server} from "../e2e/harness/server.mjs";
import {TcpProxy} from "../e2e/harness/tcp_proxy.mjs";
import {delay} from "../e2e/harness/waiting.mjs";
import {readAfterwards} from "./afterwards.mjs";
import {check, describe} from "./checker.mjs";
import {Counters} from "./counters.mjs";
import {Member} from "./member.mjs";
import {schedule} from "./schedule.mjs";
import {openStorage} from "./storage.mjs";
import {Strikes} from "./strikes.mjs";

const kWritersEach = 3;
const kLongestPauseMs = 100;  // of a writer, after an answer
const kSettleMs = 90_000;
const kLongestText = 400;
const kFloodText = 12_000;
const kOfTwo = 2;

// A text that is told apart, of letters that take one to four bytes.
function textOf(random, label, flood) {
  const letters = ["a", "ö", "€", "😀", "\n", "\"", " "];
  const length = flood ? kFloodText : Math.floor(random() * kLongestText);
  return `${label} ${letters[Math.floor(random() * letters.length)].repeat(flood ? 1 : 5)}${"x".repeat(length)}.`;
}

// Conversations of all, of some, and of two.
async function makeConversations(members, count, random) {
  const rooms = [];
  for (let i = 0; i < count; ++i) {
    const inIt = i === 0 ? members : i === 1 ? members.slice(-kOfTwo) : members.filter(() => random() < 0.6);
    const c = uuidv7();
    const [first, ...rest] = inIt.length > 0 ? inIt : members;
    const {conversation} = await first.briefly((client) => client.request("conversation.create", {c, title: `Room ${i}`}));
    for (const member of rest) {
      await member.briefly((client) => client.request("invite.accept", {code: conversation.invite_code}));
    }
    rooms.push({c, members: [first, ...rest]});
  }
  return rooms;
}

class Trial {
  constructor({seed, seconds, members = 10, rooms = 5, storage = "sqlite", binary, plan, settleMs = kSettleMs}) {
    this.random = seeded(seed ^ 0x5eed);
    Object.assign(this, {seed, ms: seconds * 1000, count: members, roomCount: rooms, storageKind: storage, binary, settleMs, plan});
    this.record = {asked: new Map(), acknowledged: [], open: new Set()};
    this.counters = new Counters();
    this.flooding = false;
  }

  async setUp() {
    this.storage = await openStorage(this.storageKind);
    this.plan ??= schedule({seed: this.seed, ms: this.ms, members: this.count, database: !!this.storage.database});
    this.server = await Server.run({web: "", flags: this.storage.flags, binary: this.binary});
    this.members = [];
    for (let i = 0; i < this.count; ++i) {
      const proxy = await new TcpProxy({serverPort: this.server.httpPort}).start();
      const random = seeded(Math.floor(this.random() * 2 ** 32));
      const base = `http://127.0.0.1:${this.server.httpPort}`;
      const member = new Member({name: `Member ${i}`, base, proxy, random, record: this.record});
      await member.enter();
      this.members.push(member);
    }
    this.rooms = await makeConversations(this.members, this.roomCount, this.random);
    for (const member of this.members) member.live();
  }

  roomsOf(member) {
    return this.rooms.filter(({members}) => members.includes(member)).map(({c}) => c);
  }

  // Writes until told to end, each thing until it is answered.
  async write(member) {
    const {random} = member;
    const mine = this.roomsOf(member);
    const sent = [];
    for (let n = 1; this.writing; ++n) {
      const c = mine[Math.floor(random() * mine.length)];
      const text = () => textOf(random, `${member.name}, ${n}`, this.flooding);
      const roll = random();
      if (roll < 0.02 && sent.length > 0) {
        await member.repeat(...sent[Math.floor(random() * sent.length)]);
      } else if (roll < 0.03) {
        await member.ask("profile.update", {name: `${member.name} for the ${n}th time`});
      } else if (roll < 0.2) {
        await Promise.all([text(), text(), text()].map((body) => member.send(c, body)));
      } else {
        sent.push([c, await member.send(c, text())]);
      }
      if (!this.flooding) await delay(random() * kLongestPauseMs);
    }
  }

  async strike() {
    this.writing = true;
    const writers = this.members.flatMap((member) => Array.from({length: kWritersEach}, () => this.write(member)));
    this.strikes = new Strikes(this);
    await this.strikes.run(this.plan, this.ms);
    this.writing = false;
    return writers;
  }

  // Everything is answered and everything came, or the time is over and the checker finds what did not.
  async settle(writers) {
    const deadline = Date.now() + this.settleMs;
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, this.settleMs)));
    await Promise.race([Promise.all(writers), late]);
    clearTimeout(timer);
    this.record.unanswered = [...this.record.open];
    const heads = new Map();
    for (const member of this.members) {
      await member.briefly(({started}) => {
        for (const {id, last_r} of started.conversations) heads.set(id, last_r);
        heads.set(`user:${member.user.id}`, started.user_r);
      });
    }
    const streamsOf = (member) => [...this.roomsOf(member), `user:${member.user.id}`];
    await Promise.all(this.members.map((member) =>
      member.reached(streamsOf(member).map((stream) => [stream, heads.get(stream)]), deadline)));
    for (const member of this.members) await member.leave();
    this.record.members = this.members.map((member) => ({name: member.name, streams: streamsOf(member), log: member.log}));
  }

  // A server that knows only what is stored tells it all; then the store is read without it.
  async readAll() {
    await this.counters.note(this.server);
    await this.server.kill();
    await this.server.start();
    const readers = new Map(this.members.map((member) => [member, []]));
    for (const {c, members} of this.rooms) readers.get(members[Math.floor(this.random() * members.length)]).push(c);
    this.record.after = await readAfterwards(readers);
    const code = await this.server.terminate();
    const {rows, complaints} = await this.storage.read(this.server);
    // Others' conversations may be in the same database.
    this.record.rows = new Map(this.rooms.map(({c}) => [c, rows.get(c) ?? []]));
    if (code !== 0) complaints.push({kind: "server", text: `it ended with ${code}`});
    if (this.counters.totals.get("bugs") > 0) complaints.push({kind: "server", text: this.server.output.slice(-2000)});
    return complaints;
  }

  total(name) {
    return this.members.reduce((sum, {counts}) => sum + counts[name], 0);
  }

  summary(counts) {
    const struck = [...this.strikes.counts].map(([kind, n]) => `${n} ${kind}`).join(", ");
    return `${this.storageKind.split(":")[0]}, seed ${this.seed}, ${this.ms / 1000} s, ${this.count} members, ${this.roomCount} conversations; struck: ${struck || "nothing"}; ` +
      `sessions resumed ${this.total("resumed")}, reset ${this.total("reset")}, started ${this.total("started")}; ` +
      `the server counted ${this.counters}; ` +
      `requests refused for their rate ${this.total("refused")}, answered as repeated ${this.total("repeated")}; ` +
      `checked: ${counts.acknowledged} acknowledgements, ${counts.stored} stored messages, ${counts.deliveries} deliveries`;
  }

  async run() {
    try {
      await this.setUp();
      await this.settle(await this.strike());
      const more = await this.readAll();
      const {complaints, counts} = check(this.record);
      return {complaints: [...complaints, ...more], counts, summary: this.summary(counts)};
    } finally {
      for (const {proxy} of this.members ?? []) proxy.stop();
      await this.server?.stop();
      await this.storage?.close();
    }
  }
}

// {complaints, counts, summary}
export const trial = (options) => new Trial(options).run();

// For an assertion or an exit: what is wrong, and how to see it again.
export const verdict = ({complaints, summary}) => `${summary}\n${describe(complaints)}`;

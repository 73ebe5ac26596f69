// What strikes when, and whom: decided by the seed alone, before anything runs.
import {seeded} from "../e2e/harness/random.mjs";

// One after the other: each needs the server as the one before left it.
const kServerFaults = [
  {kind: "kill", weight: 3, forMs: [0, 1200]},      // kill -9, and nobody there for so long
  {kind: "freeze", weight: 2, forMs: [300, 5000]},  // SIGSTOP, SIGCONT
  {kind: "restart", weight: 1, forMs: [0, 300]},    // SIGTERM: clients are told to come back
];

// Where the server has a database that can be struck.
const kDatabaseFaults = [
  {kind: "databaseKill", weight: 2, forMs: [0, 2500]},    // ends without a checkpoint, and recovers
  {kind: "databaseFreeze", weight: 2, forMs: [300, 5000]},
];

// On one member or on all.
const kMemberFaults = [
  {kind: "cut", weight: 4, forMs: [0, 800], ofAll: 0.15},     // connections reset, new ones too
  {kind: "hang", weight: 2, forMs: [0, 0], ofAll: 0.1},       // half-open: nobody hears that it ended
  {kind: "slow", weight: 3, forMs: [1000, 6000], ofAll: 0},   // does not read, and then goes on
  {kind: "vanish", weight: 2, forMs: [200, 4000], ofAll: 0},  // comes back with cursors and no session
];

// Everybody writes long messages, and one who doesn't read falls behind what a session keeps.
const kFlood = {kind: "flood", weight: 1, forMs: [1500, 3000], ofAll: 0};

const kBetweenServerFaultsMs = [800, 4000];
const kBetweenMemberFaultsMs = [100, 900];
const kBetweenFloodsMs = [4000, 20_000];

export const kKinds = [...kServerFaults, ...kDatabaseFaults, ...kMemberFaults, kFlood].map(({kind}) => kind);

function chosen(random, faults) {
  let at = random() * faults.reduce((sum, {weight}) => sum + weight, 0);
  return faults.find(({weight}) => (at -= weight) < 0) ?? faults.at(-1);
}

const between = (random, [least, most]) => Math.round(least + random() * (most - least));

function lane(random, ms, faults, pauses, {members, overlapping}) {
  const strikes = [];
  for (let at = between(random, pauses); ; at += between(random, pauses)) {
    const {kind, forMs, ofAll} = chosen(random, faults);
    const strike = {at, kind, forMs: between(random, forMs)};
    if (ofAll !== undefined) strike.who = random() < ofAll ? "all" : Math.floor(random() * members);
    if (at + strike.forMs > ms) return strikes;
    strikes.push(strike);
    if (!overlapping) at += strike.forMs;
  }
}

// Lanes of {at, kind, forMs, who?}, times in ms from the beginning; a lane's faults follow each other.
export function schedule({seed, ms, members, database = false}) {
  const random = seeded(seed);
  const serverFaults = database ? [...kServerFaults, ...kDatabaseFaults] : kServerFaults;
  return {
    server: lane(random, ms, serverFaults, kBetweenServerFaultsMs, {members}),
    members: lane(random, ms, kMemberFaults, kBetweenMemberFaultsMs, {members, overlapping: true}),
    floods: lane(random, ms, [kFlood], kBetweenFloodsMs, {members}),
  };
}

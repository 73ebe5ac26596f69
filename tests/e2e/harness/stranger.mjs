// Datagrams of somebody who belongs to no call: garbage, half and huge STUN, DTLS and RTP out of nowhere.
import dgram from "node:dgram";
import {seeded} from "./random.mjs";
import {delay} from "./waiting.mjs";

const kMagicCookie = 0x2112a442;
const kBurst = 20;
const kBurstEveryMs = 20;

function randomBytes(random, size) {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; ++i) bytes[i] = Math.floor(random() * 256);
  return bytes;
}

// A binding request whose header claims `claimed` bytes of attributes; USERNAME first, integrity made up.
function stun(random, {ufrag = "nobody12", claimed, size = 60}) {
  const username = Buffer.from(`${ufrag}:somebody`);
  const bytes = randomBytes(random, Math.max(20 + 4 + username.length, size));
  bytes.writeUInt16BE(0x0001, 0);
  bytes.writeUInt16BE(claimed ?? bytes.length - 20, 2);
  bytes.writeUInt32BE(kMagicCookie, 4);
  bytes.writeUInt16BE(0x0006, 20);
  bytes.writeUInt16BE(username.length, 22);
  username.copy(bytes, 24);
  return bytes;
}

function made(random, first, size) {
  const bytes = randomBytes(random, size);
  bytes[0] = first;
  return bytes;
}

const kKinds = [
  (random) => randomBytes(random, 1 + Math.floor(random() * 1400)),
  (random) => stun(random, {}).subarray(0, 1 + Math.floor(random() * 40)),
  (random) => stun(random, {claimed: 0xfffc}),
  (random) => stun(random, {size: 60_000}),
  (random, ufrag) => stun(random, {ufrag}),  // of somebody who is there, without the password
  (random) => made(random, 22, 200),    // a DTLS handshake of nobody
  (random) => made(random, 0x80, 300),  // RTP before any DTLS
  (random) => Buffer.concat([made(random, 0x81, 2), Buffer.from([0xff, 0xff]), randomBytes(random, 20)]),  // RTCP longer than it is
];

// Sends to that port until stop(), which tells how many went.
export function harass({port, ufrag, seed}) {
  const random = seeded(seed);
  const socket = dgram.createSocket("udp4");
  let sent = 0;
  let running = true;
  const done = (async () => {
    while (running) {
      for (let i = 0; i < kBurst; ++i) {
        const kind = kKinds[sent++ % kKinds.length];
        await new Promise((resolve) => socket.send(kind(random, ufrag), port, "127.0.0.1", resolve));
      }
      await delay(kBurstEveryMs);
    }
    socket.close();
    return sent;
  })();
  return {
    stop: () => {
      running = false;
      return done;
    },
  };
}

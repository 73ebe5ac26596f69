// A UDP relay that loses, reorders, replays and makes up packets by a seed: the network between browsers
// and the server.
import dgram from "node:dgram";
import {seeded} from "./random.mjs";

const kDelayedMs = 12;  // how far a reordered datagram falls behind: several packets of a video frame

const kReplayMs = 200;

export class Relay {
  #sockets = [];
  #upstreams = new Map();
  #random;
  counts = {toServer: 0, toClient: 0, droppedToServer: 0, droppedToClient: 0, reordered: 0, replayed: 0, garbage: 0};

  // Listens on listenPort + i for the server's port serverPort + i. The others are shares of 1.
  constructor({listenPort, serverPort, ports, loss = 0, reorder = 0, replay = 0, garbage = 0, seed = 1}) {
    Object.assign(this, {listenPort, serverPort, ports, loss, reorder, replay, garbage});
    this.#random = seeded(seed);
  }

  async start() {
    for (let i = 0; i < this.ports; ++i) {
      const socket = dgram.createSocket({type: "udp4", recvBufferSize: 4 << 20, sendBufferSize: 4 << 20});
      socket.on("message", (data, from) => this.#fromClient(i, socket, data, from));
      await new Promise((resolve, reject) => {
        socket.once("error", reject);
        socket.bind(this.listenPort + i, "127.0.0.1", resolve);
      });
      this.#sockets.push(socket);
    }
    return this;
  }

  #fromClient(index, socket, data, from) {
    const key = `${index}/${from.address}:${from.port}`;
    let upstream = this.#upstreams.get(key);
    if (!upstream) {
      upstream = dgram.createSocket({type: "udp4", recvBufferSize: 4 << 20});
      upstream.on("error", () => {});
      upstream.on("message", (reply) =>
        this.#pass("ToClient", () => socket.send(reply, from.port, from.address, () => {})));
      this.#upstreams.set(key, upstream);
    }
    const send = (bytes) => upstream.send(bytes, this.serverPort + index, "127.0.0.1", () => {});
    this.#pass("ToServer", () => send(data));
    this.#attack(data, send);
  }

  // What a stranger on the way could send in a client's name: old packets, and packets that look like some.
  #attack(data, send) {
    if (this.#random() < this.replay) {
      ++this.counts.replayed;
      this.#later(() => send(data), kReplayMs);
    }
    if (this.#random() < this.garbage) {
      ++this.counts.garbage;
      const bytes = Buffer.from(data.subarray(0, 1 + Math.floor(this.#random() * data.length)));
      for (let i = Math.min(1, bytes.length - 1); i < bytes.length; ++i) {
        if (this.#random() < 0.3) bytes[i] = Math.floor(this.#random() * 256);
      }
      send(bytes);
    }
  }

  #pass(way, send) {
    if (this.#random() < this.loss) {
      ++this.counts[`dropped${way}`];
      return;
    }
    ++this.counts[way === "ToServer" ? "toServer" : "toClient"];
    if (this.#random() < this.reorder) {
      ++this.counts.reordered;
      this.#later(send, kDelayedMs);
    } else {
      send();
    }
  }

  #later(send, ms) {
    setTimeout(() => this.#sockets.length > 0 && send(), ms);
  }

  stop() {
    for (const socket of [...this.#sockets, ...this.#upstreams.values()]) socket.close();
    this.#sockets = [];
    this.#upstreams.clear();
  }
}

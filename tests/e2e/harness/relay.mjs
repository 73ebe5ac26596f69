// A UDP relay that loses, delays and reorders by a seed: the network between browsers and the server.
import dgram from "node:dgram";
import {seeded} from "./random.mjs";

const kDelayedMs = 12;  // how far a reordered datagram falls behind: several packets of a video frame

export class Relay {
  #sockets = [];
  #upstreams = new Map();
  #random;
  counts = {toServer: 0, toClient: 0, droppedToServer: 0, droppedToClient: 0, reordered: 0};

  // Listens on listenPort + i for the server's port serverPort + i. `loss` and `reorder` are shares of 1.
  constructor({listenPort, serverPort, ports, loss = 0, reorder = 0, seed = 1}) {
    Object.assign(this, {listenPort, serverPort, ports, loss, reorder});
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
    this.#pass("ToServer", () => upstream.send(data, this.serverPort + index, "127.0.0.1", () => {}));
  }

  #pass(way, send) {
    if (this.#random() < this.loss) {
      ++this.counts[`dropped${way}`];
      return;
    }
    ++this.counts[way === "ToServer" ? "toServer" : "toClient"];
    if (this.#random() < this.reorder) {
      ++this.counts.reordered;
      setTimeout(send, kDelayedMs);
    } else {
      send();
    }
  }

  stop() {
    for (const socket of [...this.#sockets, ...this.#upstreams.values()]) socket.close();
    this.#sockets = [];
    this.#upstreams.clear();
  }
}

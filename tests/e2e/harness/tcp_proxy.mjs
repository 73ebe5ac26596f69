// A TCP proxy before the server's HTTP port: what it does to the WebSocket leaves media alone.
import net from "node:net";

export class TcpProxy {
  #server;
  #pairs = new Set();
  #isCut = false;

  // Port 0 takes one that is free.
  constructor({listenPort = 0, serverPort}) {
    Object.assign(this, {listenPort, serverPort});
  }

  get base() {
    return `http://127.0.0.1:${this.listenPort}`;
  }

  async start() {
    this.#server = net.createServer((client) => {
      if (this.#isCut) {
        client.destroy();
        return;
      }
      this.#join(client, net.connect(this.serverPort, "127.0.0.1"));
    });
    await new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.listenPort, "127.0.0.1", resolve);
    });
    this.listenPort = this.#server.address().port;
    return this;
  }

  #join(client, upstream) {
    const pair = {client, upstream, hangs: false, held: false};
    this.#pairs.add(pair);
    // Where the network is gone, neither side hears that the other one ended.
    const end = (socket) => {
      socket.destroy();
      if (pair.hangs && !(client.destroyed && upstream.destroyed)) return;
      client.destroy();
      upstream.destroy();
      this.#pairs.delete(pair);
    };
    for (const socket of [client, upstream]) socket.on("error", () => end(socket)).on("close", () => end(socket));
    client.pipe(upstream).pipe(client);
  }

  // Every connection is reset, and so is every new one, until mend().
  cut() {
    this.#isCut = true;
    for (const {client, upstream} of this.#pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  mend() {
    this.#isCut = false;
  }

  // The connections there are carry nothing any more and don't end either: half-open. New ones are as they should be.
  hang() {
    for (const pair of this.#pairs) {
      pair.hangs = true;
      pair.client.unpipe();
      pair.upstream.unpipe();
    }
  }

  // The connections there are bring nothing from the server until read(): a client that doesn't read.
  hold() {
    for (const pair of this.#pairs) {
      pair.held = true;
      pair.upstream.unpipe();
    }
  }

  read() {
    for (const pair of this.#pairs) {
      if (pair.held && !pair.hangs && !pair.client.destroyed) pair.upstream.pipe(pair.client);
      pair.held = false;
    }
  }

  stop() {
    this.cut();
    this.#server?.close();
  }
}

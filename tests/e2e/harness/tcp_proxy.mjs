// A TCP proxy before the server's HTTP port: cutting it takes the WebSocket away and leaves media alone.
import net from "node:net";

export class TcpProxy {
  #server;
  #pairs = new Set();
  #isCut = false;

  constructor({listenPort, serverPort}) {
    Object.assign(this, {listenPort, serverPort});
  }

  async start() {
    this.#server = net.createServer((client) => {
      if (this.#isCut) {
        client.destroy();
        return;
      }
      const upstream = net.connect(this.serverPort, "127.0.0.1");
      const pair = {client, upstream};
      this.#pairs.add(pair);
      const end = () => {
        client.destroy();
        upstream.destroy();
        this.#pairs.delete(pair);
      };
      for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
      client.pipe(upstream).pipe(client);
    });
    await new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.listenPort, "127.0.0.1", resolve);
    });
    return this;
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

  stop() {
    this.cut();
    this.#server?.close();
  }
}

// Free ports of this machine, so that a run never meets another server.
import dgram from "node:dgram";
import net from "node:net";

const kLow = 21000;
const kHigh = 29000;  // below the range the kernel gives to clients

const listens = (port) => new Promise((resolve) => {
  const server = net.createServer();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
});

const binds = (port) => new Promise((resolve) => {
  const socket = dgram.createSocket("udp4");
  socket.once("error", () => resolve(false));
  socket.bind(port, "0.0.0.0", () => socket.close(() => resolve(true)));
});

// The first of `count` ports in a row that are free for TCP and UDP.
export async function freePorts(count = 1) {
  for (;;) {
    const first = kLow + Math.floor(Math.random() * (kHigh - kLow - count));
    let free = true;
    for (let i = 0; i < count && free; ++i) free = (await listens(first + i)) && (await binds(first + i));
    if (free) return first;
  }
}

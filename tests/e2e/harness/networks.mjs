// Two networks that a client can be in, one after the other. As root those of a second machine, where the
// first one's address and route really go away; else two loopback addresses.
import {SecondMachine} from "./second_machine.mjs";

class Loopback {
  here = "127.0.0.1";
  there = "127.0.0.2";
  within = [];

  constructor(reason) {
    this.kind = `loopback addresses: ${reason}`;
  }

  changeNetwork() {
    this.there = "127.0.0.3";
  }

  close() {}
}

// `here`: where the server is; `there`: the client's address; `within`: what its command line begins with.
export function twoNetworks() {
  try {
    return Object.assign(new SecondMachine(), {kind: "a network namespace"});
  } catch (error) {
    return new Loopback(error.message.trim());
  }
}

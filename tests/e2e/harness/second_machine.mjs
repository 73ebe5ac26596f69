// Another machine in the same network: a network namespace with a cable to this one. Needs root.
import {execFileSync} from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {kChromium, launchChromium} from "./browser.mjs";

// Why a second machine can't be had here; false where it can.
export function lacksSecondMachine() {
  try {
    new SecondMachine().close();
    return false;
  } catch (error) {
    return `a second machine is a network namespace, and there is none to be had: ${error.message.trim()}`;
  }
}

const ip = (...args) => execFileSync("ip", args, {stdio: "pipe"});

export class SecondMachine {
  #ends;

  constructor() {
    const id = process.pid % 250;
    this.name = `parlance-${process.pid}`;
    this.here = `10.213.${id}.1`;
    this.there = `10.213.${id}.2`;
    this.within = ["ip", "netns", "exec", this.name];
    const [near, far] = this.#ends = [`pl${id}a`, `pl${id}b`];
    ip("netns", "add", this.name);
    ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", this.name);
    ip("addr", "add", `${this.here}/24`, "dev", near);
    ip("link", "set", near, "up");
    ip("-n", this.name, "addr", "add", `${this.there}/24`, "dev", far);
    ip("-n", this.name, "link", "set", far, "up");
    ip("-n", this.name, "link", "set", "lo", "up");
  }

  // Another network on the same cable: the old address is gone there, and with it the way to `here`, which
  // is a router away from now on.
  changeNetwork() {
    const [near, far] = this.#ends;
    const [router, address] = [this.here, this.there].map((old) => old.replace("10.213.", "10.214."));
    ip("addr", "add", `${router}/24`, "dev", near);
    ip("-n", this.name, "addr", "flush", "dev", far, "scope", "global");
    ip("-n", this.name, "addr", "add", `${address}/24`, "dev", far);
    ip("-n", this.name, "route", "add", "default", "via", router);
    this.there = address;
  }

  // Chromium as it runs over there; the launcher is what Playwright takes for the browser.
  async launchChromium() {
    this.launcher = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "parlance-machine-")), "chromium");
    fs.writeFileSync(this.launcher, `#!/bin/sh\nexec ip netns exec ${this.name} ${kChromium} "$@"\n`, {mode: 0o755});
    return launchChromium({executablePath: this.launcher});
  }

  // The cable goes with the namespace.
  close() {
    execFileSync("ip", ["netns", "del", this.name]);
    if (this.launcher) fs.rmSync(path.dirname(this.launcher), {recursive: true});
  }
}

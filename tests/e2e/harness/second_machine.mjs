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

export class SecondMachine {
  constructor() {
    const id = process.pid % 250;
    this.name = `parlance-${process.pid}`;
    this.here = `10.213.${id}.1`;
    this.there = `10.213.${id}.2`;
    const [near, far] = [`pl${id}a`, `pl${id}b`];
    const ip = (...args) => execFileSync("ip", args, {stdio: "pipe"});
    ip("netns", "add", this.name);
    ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", this.name);
    ip("addr", "add", `${this.here}/24`, "dev", near);
    ip("link", "set", near, "up");
    ip("-n", this.name, "addr", "add", `${this.there}/24`, "dev", far);
    ip("-n", this.name, "link", "set", far, "up");
    ip("-n", this.name, "link", "set", "lo", "up");
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

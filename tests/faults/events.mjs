// How the record names an event, whichever way it came.
import crypto from "node:crypto";

const hash = (value) => crypto.createHash("sha1").update(JSON.stringify(value)).digest("base64").slice(0, 16);

export const streamOf = (event, user) => event.c ?? `user:${user}`;

// Of a message only what a sender gave and the server promised: the rest may become more.
const contentOf = ({ev, d}) => {
  if (ev !== "message.created") return [ev, d];
  const {m, c, q, r, sender, body} = d.message;
  return [ev, m, c, q, r, sender, body];
};

export function noted(event) {
  const {r, ev, d} = event;
  const digest = hash(contentOf(event));
  return ev === "message.created" ? {r, digest, m: d.message.m, q: d.message.q} : {r, digest};
}

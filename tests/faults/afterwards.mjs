// What somebody is told who comes when all is over.
import {ProtocolError} from "../e2e/harness/protocol_client.mjs";
import {delay} from "../e2e/harness/waiting.mjs";
import {noted, streamOf} from "./events.mjs";

const kPage = 200;

async function ask(client, op, d) {
  for (;;) {
    try {
      return await client.request(op, d);
    } catch (error) {
      if (!(error instanceof ProtocolError) || !error.problem.retryable) throw error;
      await delay(error.problem.retry_after_ms ?? 50);
    }
  }
}

// Every event of those streams, page by page, from the beginning: Map stream -> [{r, digest, m?, q?}].
async function streamsOf(member, client, conversations) {
  const streams = new Map([...conversations, `user:${member.user.id}`].map((stream) => [stream, []]));
  let at = {cursors: conversations.map((c) => ({c, r: 0})), user_r: 0};
  for (let more = true; more;) {
    const {events, cursors, user_r, has_more} = await ask(client, "sync", {...at, limit: kPage});
    for (const event of events) streams.get(streamOf(event, member.user.id)).push(noted(event));
    at = {cursors, user_r};
    more = has_more;
  }
  return streams;
}

async function messagesOf(client, c) {
  const all = [];
  for (let more = true; more;) {
    const {messages, has_more} = await ask(client, "message.history", {c, after_q: all.at(-1)?.q ?? 0, limit: kPage});
    for (const {m, q, r, sender, body} of messages) all.push({m, q, r, sender, body});
    more = has_more;
  }
  return all;
}

// `readers`: Map member -> the conversations that this one reads for all.
export async function readAfterwards(readers) {
  const streams = new Map();
  const messages = new Map();
  for (const [member, conversations] of readers) {
    await member.briefly(async (client) => {
      for (const [stream, events] of await streamsOf(member, client, conversations)) streams.set(stream, events);
      for (const c of conversations) messages.set(c, await messagesOf(client, c));
    });
  }
  return {streams, messages};
}

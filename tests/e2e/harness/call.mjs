// Calls by bare protocol clients: joining without sending media.
import {ProtocolClient, uuidv7} from "./protocol_client.mjs";

// A client that has a conversation of its own: c and the invite's code with it.
export async function host(base, name = "Hostess") {
  const client = await ProtocolClient.join(base, name);
  const c = uuidv7();
  const {conversation} = await client.request("conversation.create", {c, title: "Tests"});
  return Object.assign(client, {c, code: conversation.invite_code});
}

export async function guest(base, code, name) {
  const client = await ProtocolClient.join(base, name);
  const {conversation} = await client.request("invite.accept", {code});
  return Object.assign(client, {c: conversation.id, code});
}

export async function joinCall(client) {
  const {rtp_capabilities} = await client.request("router.capabilities", {});
  client.participant = uuidv7();
  client.joined = await client.request("call.join", {c: client.c, participant: client.participant, rtp_capabilities});
  return client.joined;
}

export const inviteUrl = (base, code) => `${base}/?invite=${code}`;

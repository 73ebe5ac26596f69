// What is wrong gets a clear error; nothing is lost and nobody else is disturbed.
import assert from "node:assert";
import test, {after, before} from "node:test";
import {guest, host, joinCall} from "./harness/call.mjs";
import {
  dtlsParameters, opusParameters, simulcastParameters, unknownCodecParameters, vp8Parameters,
} from "./harness/media_fixtures.mjs";
import {ProtocolClient, uuidv7} from "./harness/protocol_client.mjs";
import {Server} from "./harness/server.mjs";

let server;
let bystander;  // somebody in a call of their own, who must notice nothing

before(async () => {
  server = await Server.run();
  bystander = await host(server.base, "Bystander");
  await joinCall(bystander);
});

after(async () => {
  await bystander?.close();
  await server?.stop();
});

// Every test ends by looking after the bystander.
function undisturbed(name, body) {
  test(name, async () => {
    const events = bystander.events.length;
    const controls = bystander.controls.filter((control) => control.op !== "hb").length;
    await body();
    const {messages} = await bystander.request("message.history", {c: bystander.c});
    assert.ok(Array.isArray(messages));
    assert.deepStrictEqual(bystander.events.slice(events).map((e) => e.ev), []);
    assert.strictEqual(bystander.controls.filter((control) => control.op !== "hb").length, controls);
  });
}

undisturbed("frames that are not requests are answered as malformed, and the connection lives on", async () => {
  const client = await ProtocolClient.join(server.base, "Mallory");
  for (const raw of ["{", "[]", '"text"', "17", "{}", '{"id":-1,"op":"sync","d":{}}', '{"id":"1","op":"sync","d":{}}']) {
    const answers = client.unexpected.length;
    client.raw(raw);
    const answer = await client.waitIn(client.unexpected, (f) => client.unexpected.indexOf(f) >= answers, `answer to ${raw}`);
    assert.strictEqual(answer.err.code, "frame.malformed", raw);
    assert.strictEqual(answer.err.retryable, false);
    assert.strictEqual(answer.err.status, 400);
  }
  assert.deepStrictEqual(await client.request("conversation.list", {}).then((ok) => ok.conversations), []);
  await client.close();
});

undisturbed("an unknown operation is named so", async () => {
  const client = await ProtocolClient.join(server.base, "Mallory");
  assert.strictEqual(await client.refusal("call.explode", {}), "op.unknown");
  await client.close();
});

undisturbed("a request that breaks its schema is told where", async () => {
  const client = await host(server.base, "Mallory");
  await assert.rejects(client.request("message.send", {c: client.c, cmid: "17", body: "x"}), (error) => {
    assert.strictEqual(error.problem.code, "schema.violation");
    assert.ok(error.problem.errors.some(({pointer}) => pointer.includes("cmid")), JSON.stringify(error.problem));
    return true;
  });
  assert.strictEqual(await client.refusal("message.send", {c: client.c}), "schema.violation");
  assert.strictEqual(await client.refusal("sync", {cursors: "all"}), "schema.violation");
  assert.deepStrictEqual(await client.history(client.c), []);
  await client.close();
});

undisturbed("nothing is served before session.start", async () => {
  const client = new ProtocolClient(server.base);
  await client.enter("Mallory");
  await client.connect();
  assert.strictEqual(await client.refusal("conversation.list", {}), "session.not_started");
  await client.start();
  await client.request("conversation.list", {});
  await client.close();
});

for (const [what, data, options] of [
  ["a frame over 65,536 bytes", "x".repeat(70_000), {}],
  ["a binary frame", Buffer.from([1, 2, 3]), {binary: true}],
  ["text that is not UTF-8", Buffer.from([0xc3, 0x28]), {binary: false}],
]) {
  undisturbed(`${what} closes the connection with 4500`, async () => {
    const client = await ProtocolClient.join(server.base, "Mallory");
    client.raw(data, options);
    assert.strictEqual((await client.closed).code, 4500);
  });
}

undisturbed("a wrong ticket, a used one and a foreign Origin are refused", async () => {
  const client = new ProtocolClient(server.base);
  await client.enter("Mallory");
  await assert.rejects(client.connect({ticket: "wrong"}), {status: 401});
  const ticket = await client.ticket();
  await client.connect({ticket});
  await assert.rejects(new ProtocolClient(server.base).connect({ticket}), {status: 401});
  await assert.rejects(client.connect({origin: "https://evil.example"}), {status: 403});
});

undisturbed("HTTP answers with problems", async () => {
  const wrong = [
    [ProtocolClient.http(`${server.base}/v1/guests`, {method: "POST", body: {}}), 400],
    [ProtocolClient.http(`${server.base}/v1/guests`, {method: "POST", body: {name: 7}}), 400],
    [ProtocolClient.http(`${server.base}/v1/me`, {token: "wrong"}), 401],
    [ProtocolClient.http(`${server.base}/v1/ws/tickets`, {method: "POST", body: {}}), 401],
    [ProtocolClient.http(`${server.base}/v1/nothing`), 404],
  ];
  for (const [answer, expected] of wrong) {
    const {status, body, type} = await answer;
    assert.strictEqual(status, expected, JSON.stringify(body));
    assert.match(type, /^application\/problem\+json/);
    assert.strictEqual(body.status, expected);
    assert.strictEqual(typeof body.code, "string");
  }
});

undisturbed("media requests that make no sense, and an SSRC that is taken, are refused", async () => {
  const client = await host(server.base, "Mallory");
  const transport = uuidv7();
  const produce = (rtp_parameters, more = {}) => ({
    c: client.c, transport, producer: uuidv7(), kind: "audio", source: "microphone", rtp_parameters, ...more,
  });
  assert.strictEqual(await client.refusal("producer.create", produce(opusParameters())), "call.not_joined");
  await joinCall(client);
  assert.strictEqual(await client.refusal("producer.create", produce(opusParameters())), "not_found");
  const send = {transport: client.joined.send_transport.id};
  assert.strictEqual(await client.refusal("producer.create", produce(opusParameters(), send)), "media.not_connected");
  await client.request("transport.connect", {c: client.c, ...send, dtls_parameters: dtlsParameters()});
  assert.strictEqual(await client.refusal("producer.create", produce(unknownCodecParameters(), send)), "media.unsupported");
  const video = {...send, kind: "video", source: "camera"};
  assert.strictEqual(await client.refusal("producer.create", produce(simulcastParameters(), video)), "media.unsupported");
  await client.request("producer.create", produce(opusParameters(), send));
  assert.strictEqual(await client.refusal("producer.create", produce(vp8Parameters(11110001), video)), "conflict");
  assert.strictEqual(await client.refusal("producer.create", produce(vp8Parameters(11110000), video)), "conflict");
  for (const op of ["producer.pause", "producer.close"]) {
    assert.strictEqual(await client.refusal(op, {c: client.c, producer: uuidv7()}), "not_found");
  }
  assert.strictEqual(await client.refusal("consumer.resume", {c: client.c, consumers: [uuidv7()]}), "not_found");
  assert.strictEqual(await client.refusal("transport.restart", {c: client.c, transport: uuidv7()}), "not_found");
  await client.close();
});

undisturbed("the objects of another participant are nobody else's", async () => {
  const owner = await host(server.base, "Owner");
  await joinCall(owner);
  const mallory = await guest(server.base, owner.code, "Mallory");
  await joinCall(mallory);
  const transport = owner.joined.send_transport.id;
  await owner.request("transport.connect", {c: owner.c, transport, dtls_parameters: dtlsParameters()});
  const producer = uuidv7();
  await owner.request("producer.create", {
    c: owner.c, transport, producer, kind: "video", source: "camera", rtp_parameters: vp8Parameters(),
  });
  await mallory.event("producer.created");
  assert.strictEqual(await mallory.refusal("producer.close", {c: owner.c, producer}), "not_found");
  assert.strictEqual(await mallory.refusal("producer.pause", {c: owner.c, producer}), "not_found");
  assert.strictEqual(await mallory.refusal("transport.restart", {c: owner.c, transport}), "not_found");
  assert.strictEqual(await mallory.refusal("transport.stats", {c: owner.c, transport}), "not_found");
  for (const [op, d] of [["call.lock", {locked: true}], ["call.remove", {participant: owner.participant}], ["call.mute", {participant: owner.participant, source: "camera"}]]) {
    assert.strictEqual(await mallory.refusal(op, {c: owner.c, ...d}), "forbidden", op);
  }
  const stranger = await ProtocolClient.join(server.base, "Stranger");
  assert.strictEqual(await stranger.refusal("conversation.get", {c: owner.c}), "not_found");
  assert.strictEqual(await stranger.refusal("message.send", {c: owner.c, cmid: uuidv7(), body: "x"}), "not_found");
  assert.strictEqual(await stranger.refusal("invite.accept", {code: "no-such-code"}), "not_found");
  for (const client of [owner, mallory, stranger]) await client.close();
});

undisturbed("the 17th participant is told that the call is full", async () => {
  const first = await host(server.base, "First");
  await joinCall(first);
  const others = [];
  for (let i = 2; i <= 16; ++i) {
    const client = await guest(server.base, first.code, `Guest ${i}`);
    await joinCall(client);
    others.push(client);
  }
  const late = await guest(server.base, first.code, "Late");
  const {rtp_capabilities} = await late.request("router.capabilities", {});
  const request = {c: late.c, participant: uuidv7(), rtp_capabilities};
  assert.strictEqual(await late.refusal("call.join", request), "call.full");
  await others[0].request("call.leave", {c: first.c, participant: others[0].participant});
  assert.strictEqual((await late.request("call.join", request)).call.participants.length, 16);
  for (const client of [first, late, ...others]) await client.close();
});

undisturbed("a locked call takes nobody new, and those in it back", async () => {
  const first = await host(server.base, "First");
  await joinCall(first);
  const inside = await guest(server.base, first.code, "Inside");
  await joinCall(inside);
  await first.request("call.lock", {c: first.c, locked: true});
  const late = await guest(server.base, first.code, "Late");
  const {rtp_capabilities} = await late.request("router.capabilities", {});
  const d = {c: late.c, participant: uuidv7(), rtp_capabilities};
  assert.strictEqual(await late.refusal("call.join", d), "call.locked");
  await inside.request("call.join", {...d, participant: inside.participant});
  for (const client of [first, inside, late]) await client.close();
});

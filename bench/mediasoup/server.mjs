// mediasoup behind as much of docs/protocol.md as parlance-load speaks. It serves benchmarks on this machine only:
// everybody gets in, nothing is checked, nobody ever leaves.
import fs from "node:fs";
import http from "node:http";
import {randomUUID} from "node:crypto";
import {parseArgs} from "node:util";
import {createWorker} from "mediasoup";
import {WebSocketServer} from "ws";

const {values: {port, "pid-file": pid_file}} = parseArgs({options: {port: {type: "string"}, "pid-file": {type: "string"}}});

const kCodecs = [
  {kind: "audio", mimeType: "audio/opus", clockRate: 48000, channels: 2},
  {kind: "video", mimeType: "video/VP8", clockRate: 90000},
];
const kAnswers = {"/v1/guests": {token: "anybody"}, "/v1/ws/tickets": {ticket: "any"}};

const worker = await createWorker({logLevel: "warn"});
worker.once("died", (error) => {
  console.error(error.message);
  process.exit(1);
});
process.once("SIGTERM", () => {
  worker.close();
  process.exit(0);
});
// One socket for all transports, as its documentation advises.
const web_rtc_server = await worker.createWebRtcServer({listenInfos: [{protocol: "udp", ip: "127.0.0.1"}]});
const router = await worker.createRouter({mediaCodecs: kCodecs});
const calls = new Map();  // by conversation: participants by id

function described({id, iceParameters, iceCandidates, dtlsParameters: {role, fingerprints}}) {
  const sha256 = fingerprints.filter(({algorithm}) => algorithm === "sha-256");
  return {id, ice_parameters: iceParameters, ice_candidates: iceCandidates, dtls_parameters: {role, fingerprints: sha256}};
}

// Paused, as mediasoup advises: the client resumes when its side is ready, and the key frame is asked for then.
async function consume(participant, publisher, producer) {
  const consumer = await participant.recv_transport.consume(
    {producerId: producer.id, rtpCapabilities: participant.rtp_capabilities, paused: true});
  participant.consumers.set(consumer.id, consumer);
  const {id, kind, rtpParameters} = consumer;
  return {id, producer: producer.id, participant: publisher.id, kind, rtp_parameters: rtpParameters, paused: true,
    producer_paused: false};
}

async function join(session, {c, participant: id, rtp_capabilities}) {
  const others = [...calls.get(c).values()];
  const transport = () => router.createWebRtcTransport({webRtcServer: web_rtc_server});
  const participant = {id, session, rtp_capabilities, send_transport: await transport(), recv_transport: await transport(),
    producers: [], consumers: new Map()};
  calls.get(c).set(id, participant);
  session.participant = participant;
  const consumers = [];
  for (const other of others) {
    for (const producer of other.producers) consumers.push(await consume(participant, other, producer));
  }
  return {self: {id}, send_transport: described(participant.send_transport),
    recv_transport: described(participant.recv_transport), ice_servers: [], consumers};
}

async function create_producer({participant}, {c, kind, rtp_parameters: rtpParameters}) {
  const producer = await participant.send_transport.produce({kind, rtpParameters});
  participant.producers.push(producer);
  for (const other of calls.get(c).values()) {
    if (other !== participant) {
      const consumer = await consume(other, participant, producer);
      other.session.tell({s: ++other.session.events, ev: "consumer.created", c, d: {consumer}});
    }
  }
  return {};
}

const kOperations = {
  "session.start": () => ({conversations: []}),
  "router.capabilities": () => ({rtp_capabilities: router.rtpCapabilities}),
  "conversation.create"(session, {c}) {
    calls.set(c, new Map());
    return {conversation: {id: c, invite_code: c}};
  },
  "invite.accept": () => ({}),
  "call.join": join,
  async "transport.connect"({participant: {send_transport, recv_transport}}, {transport, dtls_parameters}) {
    await (transport === send_transport.id ? send_transport : recv_transport).connect({dtlsParameters: dtls_parameters});
    return {};
  },
  "producer.create": create_producer,
  async "consumer.resume"({participant}, {consumers}) {
    await Promise.all(consumers.map((id) => participant.consumers.get(id).resume()));
    return {};
  },
};

async function answer(session, {id, op, d}) {
  if (op === "hb") return;
  try {
    session.tell({id, ok: await kOperations[op](session, d)});
  } catch (error) {
    console.error(error);
    session.tell({id, err: {code: "internal", detail: error.message}});
  }
}

// One after another, whoever asks: so nobody joins between a producer's birth and its consumers'.
let answered = Promise.resolve();

function on_connection(socket) {
  const session = {events: 0, participant: null, tell: (object) => socket.send(JSON.stringify(object))};
  session.tell({op: "hello", d: {session_id: randomUUID()}});
  socket.on("message", (frame) => {
    for (const line of String(frame).split("\n")) {
      const request = JSON.parse(line);
      answered = answered.then(() => answer(session, request));
    }
  });
}

const server = http.createServer((request, response) => {
  const known = kAnswers[request.url];
  const body = JSON.stringify(known ?? {});
  response.writeHead(known ? 201 : 404, {"content-type": "application/json", "content-length": body.length}).end(body);
});
new WebSocketServer({server, path: "/v1/ws"}).on("connection", on_connection);
if (pid_file) fs.writeFileSync(pid_file, String(worker.pid));
server.listen(Number(port), "127.0.0.1");

// RTP parameters as browsers send them, for clients that have no browser.
const codec = (mimeType, payloadType, extra = {}) => ({
  mimeType, payloadType, clockRate: mimeType.startsWith("audio") ? 48000 : 90000, parameters: {}, rtcpFeedback: [], ...extra,
});

export const kFingerprint = Array.from({length: 32}, (_, i) => i.toString(16).padStart(2, "0").toUpperCase()).join(":");

export const dtlsParameters = () => ({role: "client", fingerprints: [{algorithm: "sha-256", value: kFingerprint}]});

export const opusParameters = (ssrc = 11110001) => ({
  mid: "0",
  codecs: [codec("audio/opus", 111, {channels: 2, parameters: {minptime: 10, useinbandfec: 1}})],
  headerExtensions: [{uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4, encrypt: false, parameters: {}}],
  encodings: [{ssrc, dtx: false}],
  rtcp: {cname: "e2e", reducedSize: true},
});

export const vp8Parameters = (ssrc = 22220001) => ({
  mid: "1",
  codecs: [codec("video/VP8", 96), codec("video/rtx", 97, {parameters: {apt: 96}})],
  headerExtensions: [{uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4, encrypt: false, parameters: {}}],
  encodings: [{ssrc, rtx: {ssrc: ssrc + 1}}],
  rtcp: {cname: "e2e", reducedSize: true},
});

export const unknownCodecParameters = () => ({
  ...opusParameters(33330001), codecs: [codec("audio/PCMU", 0, {clockRate: 8000, channels: 1})],
});

export const simulcastParameters = () => ({
  ...vp8Parameters(), encodings: [{rid: "r0", scalabilityMode: "L1T1"}, {rid: "r1", scalabilityMode: "L1T1"}],
});

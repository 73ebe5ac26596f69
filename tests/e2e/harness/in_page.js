// Runs in every page before its own scripts: keeps the peer connections, shrinks what the fake camera
// captures so that two cores suffice, and samples what is received once a second.
(() => {
  const options = window.__e2eOptions ?? {};
  const peers = [];
  const Native = window.RTCPeerConnection;

  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(config, ...rest) {
      super({...config, ...(options.relayOnly ? {iceTransportPolicy: "relay"} : {})}, ...rest);
      peers.push(this);
    }
  };

  const media = navigator.mediaDevices;
  if (media?.getUserMedia) {
    const original = media.getUserMedia.bind(media);
    media.getUserMedia = (constraints) => {
      const wanted = {...constraints};
      if (wanted.video) {
        const {deviceId} = typeof wanted.video === "object" ? wanted.video : {};
        wanted.video = {
          ...(deviceId ? {deviceId} : {}),
          width: {ideal: options.width ?? 320},
          height: {ideal: options.height ?? 180},
          frameRate: {ideal: options.fps ?? 10, max: options.fps ?? 10},
        };
      }
      return original(wanted);
    };
  }

  // What arrives and leaves, summed up: frames per video stream, energy and packets per audio stream, repairs.
  async function sample() {
    const out = {
      t: performance.now(), video: {}, audio: {}, audioPackets: {}, codecs: {}, retransmissionsReceived: 0,
      retransmissionsSent: 0, nacksSent: 0, lost: 0, sentFrames: 0, pairs: [],
      remotePorts: [],
    };
    for (const [index, pc] of peers.entries()) {
      if (pc.connectionState === "closed") continue;
      const stats = await pc.getStats();
      for (const s of stats.values()) {
        const codec = s.codecId && stats.get(s.codecId)?.mimeType;
        if (s.type === "inbound-rtp") {
          const key = `${index}/${s.ssrc}`;
          if (s.kind === "video") {
            out.video[key] = s.framesDecoded ?? 0;
          } else {
            out.audio[key] = s.totalAudioEnergy ?? 0;
            out.audioPackets[key] = s.packetsReceived ?? 0;
          }
          if (codec) out.codecs[key] = codec;
          out.retransmissionsReceived += s.retransmittedPacketsReceived ?? 0;
          out.nacksSent += s.nackCount ?? 0;
          out.lost += s.packetsLost ?? 0;
        } else if (s.type === "outbound-rtp") {
          out.retransmissionsSent += s.retransmittedPacketsSent ?? 0;
          if (s.kind === "video") out.sentFrames += s.framesEncoded ?? 0;
        } else if (s.type === "candidate-pair" && s.nominated && s.state === "succeeded") {
          const local = stats.get(s.localCandidateId);
          out.pairs.push(`${local?.candidateType}/${local?.protocol}`);
          out.remotePorts.push(stats.get(s.remoteCandidateId)?.port);
        }
      }
    }
    return out;
  }

  let timer;
  let samples = [];
  window.__e2e = {
    peers,
    sample,
    startWatch() {
      samples = [];
      clearInterval(timer);
      const take = async () => samples.push(await sample());
      take();
      timer = setInterval(take, 1000);
    },
    stopWatch() {
      clearInterval(timer);
      return samples;
    },
    // From a click until the first frame of somebody else is decoded and ready to be shown.
    firstFrameAfterClick() {
      return new Promise((resolve) => {
        let clicked;
        document.addEventListener("click", (event) => (clicked ??= event.timeStamp), {capture: true, once: true});
        const seen = new WeakSet();
        const look = () => {
          for (const video of document.querySelectorAll("video")) {
            const track = video.srcObject?.getVideoTracks?.()[0];
            if (clicked === undefined || !track || seen.has(video)) continue;
            const isRemote = peers.some((pc) => pc.getReceivers().some((receiver) => receiver.track === track));
            if (!isRemote) continue;
            seen.add(video);
            video.requestVideoFrameCallback((now) => {
              clearInterval(poll);
              resolve(now - clicked);
            });
          }
        };
        const poll = setInterval(look, 1);
      });
    },
  };
})();

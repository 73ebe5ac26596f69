// Loudness of a local microphone track, 0 to 1, a few times a second.

let shared: AudioContext | undefined;

// Browsers start an AudioContext only after the user touched the page.
function context(): AudioContext {
  if (shared) return shared;
  const created = new AudioContext();
  shared = created;
  const wake = () => void created.resume();
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, wake);
  return created;
}

const EVERY_MS = 80;
const QUIETEST_DB = -60;

export function watchLevel(track: MediaStreamTrack, report: (level: number) => void): () => void {
  const audio = context();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibel = power > 0 ? 10 * Math.log10(power) : QUIETEST_DB;
    report(track.enabled ? Math.max(0, Math.min(1, 1 - decibel / QUIETEST_DB)) : 0);
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

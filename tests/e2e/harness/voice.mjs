// A voice for the fake microphone: a pitch with overtones in syllables, words and pauses, as a WAV file.
// Chromium's own beeps are too short for anybody to be taken for speaking.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const kRate = 48_000;
const kSeconds = 6;
const kSyllableS = 0.2;
const kPauseS = 0.4;  // at the end of each phrase
const kPhraseS = 2;
const kPeak = 9_000;  // of 32,767

function sample(t) {
  const inPhrase = t % kPhraseS;
  if (inPhrase > kPhraseS - kPauseS) return 0;
  const envelope = Math.sin((Math.PI * (inPhrase % kSyllableS)) / kSyllableS);
  const pitch = 130 + 25 * Math.sin(2 * Math.PI * 0.7 * t);
  let sum = 0;
  for (let overtone = 1; overtone <= 12; ++overtone) sum += Math.sin(2 * Math.PI * pitch * overtone * t) / overtone;
  return (envelope * sum) / 2;
}

// Writes the file once a process and returns its path.
let file;
export function voiceFile() {
  if (file) return file;
  const samples = kRate * kSeconds;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 2 * samples, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);  // PCM
  wav.writeUInt16LE(1, 22);  // one channel
  wav.writeUInt32LE(kRate, 24);
  wav.writeUInt32LE(2 * kRate, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; ++i) wav.writeInt16LE(Math.round(kPeak * sample(i / kRate)), 44 + 2 * i);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-voice-"));
  file = path.join(folder, "voice.wav");
  fs.writeFileSync(file, wav);
  process.on("exit", () => fs.rmSync(folder, {recursive: true, force: true}));
  return file;
}

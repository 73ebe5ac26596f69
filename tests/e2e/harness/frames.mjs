// Checks, second by second, that every tab decodes frames of everybody else's video and hears audio.

const kShortestIntervalMs = 500;  // two samples closer than this say nothing about a second
const kLongestIntervalMs = 2000;  // and neither do two that have a whole second between them

// Of a voice, in a second of talk; what a decoder makes up for missing packets stays far below.
export const kLeastEnergy = 1e-3;

// How many streams rose between two samples, by more than that.
const risen = (before, after, least = 0) =>
  Object.keys(after).filter((key) => after[key] > (before[key] ?? 0) + least).length;

// Starts sampling in all tabs; stop() gives one report a tab.
export async function watchFrames(tabs) {
  await Promise.all(tabs.map((tab) => tab.evaluate(() => window.__e2e.startWatch())));
  return {
    stop: async () => Promise.all(tabs.map(async (tab) => {
      const samples = await tab.evaluate(() => window.__e2e.stopWatch());
      const seconds = [];
      for (let i = 1; i < samples.length; ++i) {
        const ms = samples[i].t - samples[i - 1].t;
        if (ms < kShortestIntervalMs) continue;
        seconds.push({
          ms: Math.round(ms),
          live: risen(samples[i - 1].video, samples[i].video),
          frames: Object.entries(samples[i].video).map(([key, n]) => n - (samples[i - 1].video[key] ?? 0)),
        });
      }
      const [first, last] = [samples[0], samples.at(-1)];
      return {tab: tab.name, seconds, heard: risen(first.audio, last.audio, kLeastEnergy), first, last};
    })),
  };
}

// The complaints about reports: seconds with fewer live streams than `others` or not looked at, voices not heard.
export function silentSeconds(reports, others) {
  const complaints = [];
  for (const {tab, seconds, heard} of reports) {
    if (seconds.length === 0) complaints.push(`${tab} was not sampled`);
    seconds.forEach(({live, ms, frames}, index) => {
      if (ms > kLongestIntervalMs) complaints.push(`${tab}: nobody looked for ${ms} ms at second ${index}`);
      if (live < others) complaints.push(`${tab}: ${live} of ${others} videos in second ${index} (${ms} ms, frames ${frames})`);
    });
    if (heard < others) complaints.push(`${tab} heard ${heard} of ${others}`);
  }
  return complaints;
}

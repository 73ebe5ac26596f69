// The work that servers are measured by. `floor`: subscribers that the machine's floor is taken with.
// `series` and `x`: the curve of the report that the work is a point of. `workers`: of the server.
const video = (subscribers, bitrate, more = []) =>
  ["--publishers", "1", "--subscribers", String(subscribers), "--size", "1280x720", "--bitrate", String(bitrate), ...more];

export const kWork = {
  // What operators ask for first: many who watch one.
  video_400: {args: video(400, 1_500_000), floor: 400, series: "load", x: 400},
  opus_10x300: {args: ["--publishers", "10", "--subscribers", "300", "--audio", "--no-video"]},
  meeting_20: {args: ["--publishers", "20", "--subscribers", "0", "--meeting", "--size", "640x360", "--bitrate", "500000"]},

  // As much as one worker takes: packets/s is what it sends then, and whole frames are shed where it is less than was offered.
  saturation: {args: ["--calls", "6", ...video(400, 1_900_000, ["--most-loss", "1"])]},
  // Less than half of that, in meetings of 20.
  half: {args: ["--calls", "7", "--publishers", "20", "--subscribers", "0", "--meeting", "--size", "640x360", "--bitrate", "500000"]},

  // What a packet costs over the number of its consumers.
  consumers_10: {args: video(10, 300_000), floor: 10, series: "consumers", x: 10},
  consumers_100: {args: video(100, 300_000), floor: 100, series: "consumers", x: 100},
  consumers_1000: {args: video(1000, 300_000), floor: 1000, series: "consumers", x: 1000},

  // One call on one worker and on two.
  workers_1: {args: video(800, 750_000), series: "workers", x: 1, workers: 1},
  workers_2: {args: video(800, 750_000), series: "workers", x: 2, workers: 2, flags: ["--spread-at", "0"]},

  // What one who behaves badly costs the others: one that stops reading, one with 10,000 NACKs a second.
  bad_none: {args: video(100, 1_500_000)},
  bad_deaf: {args: video(100, 1_500_000, ["--deaf", "1"])},
  bad_nacker: {args: video(100, 1_500_000, ["--nackers", "1"])},

  // The delay that the server adds, up to what it can take.
  load_50: {args: video(50, 1_500_000), series: "load", x: 50},
  load_100: {args: video(100, 1_500_000), series: "load", x: 100},
  load_200: {args: video(200, 1_500_000), series: "load", x: 200},
  load_600: {args: video(600, 1_500_000), series: "load", x: 600},
  load_800: {args: video(800, 1_500_000), series: "load", x: 800},
};

// Does media get through at all? In a minute, on machines that are busy with other things: part of script/test.
const kBusy = ["--most-late", "60000"];
export const kShort = {
  short_video: {args: video(10, 500_000, ["--full", "1", ...kBusy]), floor: 10, series: "consumers", x: 10},
  short_bad: {args: video(5, 500_000, ["--deaf", "1", "--nackers", "1", ...kBusy])},
  short_audio: {args: ["--publishers", "3", "--subscribers", "5", "--audio", "--no-video", ...kBusy]},
  short_workers: {args: video(10, 500_000, kBusy), workers: 2, flags: ["--spread-at", "0"]},
};

// Compared with other servers; the rest is about ours. 400 are more than one worker of others takes on small machines: hence 200.
export const kCompared = ["video_400", "opus_10x300", "meeting_20", "consumers_10", "load_200"];

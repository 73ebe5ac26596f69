import { describe, expect, test } from "vitest";
import { day, fitBytes, initials, linkify, names } from "../src/lib/format";
import { bestGrid } from "../src/lib/grid";
import { cameraQuality } from "../src/lib/quality";
import { parseRoute, parseSwitches } from "../src/lib/route";

describe("bestGrid", () => {
  test.each([
    [1, 1200, 700, 1, 1],
    [2, 1200, 700, 2, 1],
    [4, 1200, 700, 2, 2],
    [5, 1200, 700, 3, 2],
    [9, 1200, 700, 3, 3],
    [16, 1200, 700, 4, 4],
    [2, 390, 700, 1, 2],
    [3, 390, 700, 1, 3],
    [4, 2000, 300, 4, 1],
  ])("%i people in %ix%i sit in %i columns and %i rows", (count, width, height, columns, rows) => {
    expect(bestGrid(count, width, height, 12)).toMatchObject({ columns, rows });
  });

  test("has a place for everybody, whatever the window", () => {
    for (let count = 1; count <= 16; count += 1) {
      for (const [width, height] of [[1, 1], [320, 480], [3000, 400], [1280, 720]] as const) {
        const grid = bestGrid(count, width, height, 12);
        expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(count);
        expect(grid.columns * grid.width + 12 * (grid.columns - 1)).toBeLessThanOrEqual(Math.max(width, 12 * grid.columns));
        expect(grid.rows * grid.height + 12 * (grid.rows - 1)).toBeLessThanOrEqual(Math.max(height, 12 * grid.rows));
      }
    }
  });
});

describe("cameraQuality", () => {
  test("is lowered above four people, and back", () => {
    expect(cameraQuality(4).width).toBe(1280);
    expect(cameraQuality(5)).toMatchObject({ width: 640, height: 360, maxBitrate: 500_000 });
  });
});

describe("parseRoute", () => {
  test.each([
    ["/join/aB3_-", { page: "join", code: "aB3_-" }],
    ["/join/aB3/", { page: "join", code: "aB3" }],
    ["/", { page: "home" }],
    ["/join/", { page: "home" }],
    ["/join/a/b", { page: "home" }],
  ])("of %s", (path, route) => {
    expect(parseRoute(path)).toEqual(route);
  });

  test("takes known codecs only", () => {
    expect(parseSwitches("?codec=VP9&relay=1")).toEqual({ relayOnly: true, videoCodec: "video/VP9" });
    expect(parseSwitches("?codec=h265")).toEqual({ relayOnly: false, videoCodec: undefined });
  });
});

describe("texts", () => {
  test("initials of one, two and no words", () => {
    expect([initials("ada"), initials("Ada King Lovelace"), initials(" "), initials("😀 x")]).toEqual(["A", "AL", "?", "😀X"]);
  });

  test("names are listed as one says them", () => {
    expect(names(["A"])).toBe("A");
    expect(names(["A", "B", "C"])).toBe("A, B and C");
    expect(names(["A", "B", "C", "D"])).toBe("A, B and 2 others");
  });

  test("days near are called by name", () => {
    const now = new Date(2026, 5, 15, 9).getTime();
    expect(day(new Date(2026, 5, 15, 0, 1).getTime(), now)).toBe("Today");
    expect(day(new Date(2026, 5, 14, 23, 59).getTime(), now)).toBe("Yesterday");
    expect(day(new Date(2026, 5, 10).getTime(), now)).toMatch(/10/);
  });

  test("a limit in bytes cuts between characters", () => {
    expect(fitBytes("aä😀", 7)).toBe("aä😀");
    expect(fitBytes("aä😀", 6)).toBe("aä");
    expect(fitBytes("aä", 2)).toBe("a");
  });

  test("addresses become links, and nothing else does", () => {
    expect(linkify("see https://a.example/x?y=1, ok")).toEqual([
      { text: "see " },
      { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
      { text: ", ok" },
    ]);
    expect(linkify("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)" }]);
  });
});

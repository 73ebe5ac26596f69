// How many columns make the tiles largest. Pure.

const ASPECT = 16 / 9;

export interface Grid {
  columns: number;
  rows: number;
}

export function bestGrid(count: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: Math.max(1, count) };
  let bestWidth = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    // A tile may be squarer than 16:9, as it crops: what counts is the smaller side.
    const tileWidth = Math.min(cellWidth, cellHeight * ASPECT);
    if (tileWidth > bestWidth + 0.5) {
      bestWidth = tileWidth;
      best = { columns, rows };
    }
  }
  return best;
}

// How many columns make the tiles largest, and how large they are. Pure.

/** Between these shapes a tile may have any: cameras are cropped a little, but no head is cut off. */
const WIDEST = 16 / 9;
const NARROWEST = 4 / 3;

export interface Grid {
  columns: number;
  rows: number;
  /** Of one tile, in the unit of the place. */
  width: number;
  height: number;
}

export function bestGrid(count: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: Math.max(1, count), width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cellWidth = Math.max(0, (width - gap * (columns - 1)) / columns);
    const cellHeight = Math.max(0, (height - gap * (rows - 1)) / rows);
    const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * WIDEST));
    const tileHeight = Math.floor(Math.min(cellHeight, tileWidth / NARROWEST));
    if (tileWidth * tileHeight > best.width * best.height) {
      best = { columns, rows, width: tileWidth, height: tileHeight };
    }
  }
  return best;
}

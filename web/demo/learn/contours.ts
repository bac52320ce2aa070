// A function on a grid, drawn: where it is above a level, and the lines where it is at one (marching
// squares; a saddle is cut the one way or the other, which on these smooth maps makes no difference).

/** Values at the corners of even cells, row by row from the bottom. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly values: ArrayLike<number>;
}

/** Where a fraction of the width (0 to 1) and of the height (0 at the bottom) lies in a drawing. */
export type Place = (x: number, y: number) => readonly [number, number];

const at = ({ columns, values }: Grid, i: number, j: number) => values[j * columns + i] ?? 0;

/** The lines where the grid's function is at `level`, as the path of an SVG. */
export function contour(grid: Grid, level: number, place: Place): string {
  const { columns, rows } = grid;
  const parts: string[] = [];
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      // The corners in turn, and where the level lies on the sides between them.
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ] as const;
      const ends: string[] = [];
      corners.forEach(([fromI, fromJ], k) => {
        const [toI, toJ] = corners[(k + 1) % 4] ?? [0, 0];
        const [from, to] = [at(grid, fromI, fromJ) - level, at(grid, toI, toJ) - level];
        if (from >= 0 === to >= 0) return;
        const t = from / (from - to);
        const [x, y] = place(
          (fromI + t * (toI - fromI)) / (columns - 1),
          (fromJ + t * (toJ - fromJ)) / (rows - 1),
        );
        ends.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
      });
      for (let k = 0; k + 1 < ends.length; k += 2) parts.push(`M${ends[k]}L${ends[k + 1]}`);
    }
  }
  return parts.join('');
}

/** Where it is at `level` or above: a strip for each row of the grid, as the path of an SVG. */
export function above(grid: Grid, level: number, place: Place): string {
  const { columns, rows } = grid;
  const parts: string[] = [];
  for (let j = 0; j + 1 < rows; j++) {
    const row = Array.from(
      { length: columns },
      (_, i) => (at(grid, i, j) + at(grid, i, j + 1)) / 2 - level,
    );
    let start = (row[0] ?? 0) >= 0 ? 0 : -1;
    const strip = (from: number, to: number) => {
      const [left, bottom] = place(from / (columns - 1), j / (rows - 1));
      const [right, top] = place(to / (columns - 1), (j + 1) / (rows - 1));
      parts.push(
        `M${left.toFixed(1)} ${bottom.toFixed(1)}H${right.toFixed(1)}V${top.toFixed(1)}H${left.toFixed(1)}Z`,
      );
    };
    for (let i = 0; i + 1 < columns; i++) {
      const [from, to] = [row[i] ?? 0, row[i + 1] ?? 0];
      if (from >= 0 === to >= 0) continue;
      const crossing = i + from / (from - to);
      if (to >= 0) start = crossing;
      else {
        strip(start, crossing);
        start = -1;
      }
    }
    if (start >= 0) strip(start, columns - 1);
  }
  return parts.join('');
}

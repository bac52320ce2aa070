// What an icon is made of: outlines in a box from -1 to 1, y downwards, and their picture as grey levels.
// A shape is { points, closed, fill, line, width }: levels 0..1 or undefined for none, width in pixels;
// later shapes cover earlier ones. Edges are smooth by their distance to a pixel's middle.

/** Points of an ellipse, or of the part from `from` to `to` (turns, 0 is right, 0.25 is down). */
export function ellipse(x, y, rx, ry, from = 0, to = 1) {
  const count = Math.max(6, Math.ceil(28 * (to - from)));
  return Array.from({ length: count + 1 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / count);
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** Points of a cubic Bézier curve. */
export function curve(a, b, c, d, count = 10) {
  return Array.from({ length: count + 1 }, (_, i) => {
    const t = i / count;
    const s = 1 - t;
    return [0, 1].map(
      (k) => s * s * s * a[k] + 3 * s * s * t * b[k] + 3 * s * t * t * c[k] + t * t * t * d[k],
    );
  });
}

/** The four corners of a rectangle, its upper ones rounded by `top`, the lower ones by `bottom`. */
export function block(left, upper, right, lower, top = 0, bottom = 0) {
  const corner = (x, y, r, from) => (r > 0 ? ellipse(x, y, r, r, from, from + 0.25) : [[x, y]]);
  return [
    ...corner(left + top, upper + top, top, 0.5),
    ...corner(right - top, upper + top, top, 0.75),
    ...corner(right - bottom, lower - bottom, bottom, 0),
    ...corner(left + bottom, lower - bottom, bottom, 0.25),
  ];
}

const within = (x) => Math.min(1, Math.max(0, x));

/** The distance of (x, y) to the nearest side of an outline, and whether it lies within (even-odd). */
function distance(points, closed, x, y) {
  let nearest = Number.POSITIVE_INFINITY;
  let inside = false;
  const count = closed ? points.length : points.length - 1;
  for (let i = 0; i < count; ++i) {
    const [ax, ay] = points[i];
    const [bx, by] = points[i + 1 === points.length ? 0 : i + 1];
    const dx = bx - ax;
    const dy = by - ay;
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length;
    const t = within(along);
    const px = x - ax - t * dx;
    const py = y - ay - t * dy;
    nearest = Math.min(nearest, px * px + py * py);
    if (closed && ay > y !== by > y && x < ax + ((y - ay) / dy) * dx) inside = !inside;
  }
  return { away: Math.sqrt(nearest), inside };
}

/**
 * Float64Array [side][side], row by row, 0 (paper) to 1: `shapes` with their points in pixels. `soft` is
 * the width of an edge in pixels.
 */
export function paint(shapes, { side, soft = 1, paper = 0 }) {
  const levels = new Float64Array(side * side).fill(paper);
  const cover = (pixel, level, share) => {
    levels[pixel] += (level - levels[pixel]) * share;
  };
  for (const { points, closed, fill, line, width } of shapes) {
    const reach = width / 2 + soft;
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const first = (all) => Math.max(0, Math.floor(Math.min(...all) - reach));
    const last = (all) => Math.min(side - 1, Math.ceil(Math.max(...all) + reach));
    for (let row = first(ys); row <= last(ys); ++row) {
      for (let column = first(xs); column <= last(xs); ++column) {
        const { away, inside } = distance(points, closed, column + 0.5, row + 0.5);
        const pixel = row * side + column;
        if (fill !== undefined) cover(pixel, fill, within(0.5 + (inside ? away : -away) / soft));
        if (line !== undefined) cover(pixel, line, within(0.5 + (width / 2 - away) / soft));
      }
    }
  }
  return levels;
}

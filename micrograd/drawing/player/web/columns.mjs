// Places for the parts of a drawing, in columns from left to right: layered_layout.py in JavaScript.
// Rule: sizes go in and places come out. Each part stands in the column left of its nearest successor.

const [BETWEEN_COLUMNS, BETWEEN_BOXES] = [40, 14]; // pixels
const SWEEPS = 4; // over all columns, forth and back

/**
 * Give each box its place x, y, which is its middle, and the left and right of its column. A box is {width, height, tails, heads}, and
 * stands after the boxes in its `tails`. Returns the {width, height} of all.
 */
export function placeInColumns(boxes) {
  const columns = [];
  for (const box of [...boxes].reverse()) {
    box.column = box.heads.reduce((most, head) => Math.max(most, head.column + 1), 0);
    (columns[box.column] ??= []).push(box);
  }
  columns.reverse();
  for (const column of columns) stack(column.reverse(), 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (sweep % 2) for (const column of [...columns].reverse()) orderBy(column, "heads");
    else for (const column of columns) orderBy(column, "tails");
  }
  const top = Math.min(...boxes.map((box) => box.y - box.height / 2));
  for (const box of boxes) box.y -= top;
  const height = Math.max(...boxes.map((box) => box.y + box.height / 2));
  return { width: placeColumns(columns), height };
}

/** Sort a column by the average height of its boxes' neighbours on one side, and stack it anew. */
function orderBy(column, side) {
  const heights = new Map(column.map((box) => [box, averageHeight(box[side], box)]));
  column.sort((a, b) => heights.get(a) - heights.get(b));
  stack(column, [...heights.values()].reduce((sum, y) => sum + y, 0) / column.length);
}

const averageHeight = (boxes, otherwise) =>
  boxes.length ? boxes.reduce((sum, box) => sum + box.y, 0) / boxes.length : otherwise.y;

/** Place the boxes of a column one below the other, around the height `middle`. */
function stack(column, middle) {
  const height = column.reduce((sum, box) => sum + box.height + BETWEEN_BOXES, -BETWEEN_BOXES);
  let y = middle - height / 2;
  for (const box of column) {
    box.y = y + box.height / 2;
    y += box.height + BETWEEN_BOXES;
  }
}

/** Place the columns one to the right of the other; returns the width of all. */
function placeColumns(columns) {
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((box) => box.width));
    for (const box of column) Object.assign(box, { x: x + width / 2, left: x, right: x + width });
    x += width + BETWEEN_COLUMNS;
  }
  return x - BETWEEN_COLUMNS;
}

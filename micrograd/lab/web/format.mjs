// Numbers as a reader wants them beside a picture: short, and never 0 for what is only small.
// Rule: null stands for nan or inf, which JSON lacks.

/** Three significant digits: "0.123", "12.3", "1.2e-06"; "nan" for null. */
export function brief(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "nan";
  const size = Math.abs(x);
  if (size === 0) return "0";
  if (size < 0.001 || size >= 100_000) return padded(x.toExponential(1));
  return String(Number(x.toPrecision(3)));
}

/** As short as can be, for an axis: "2e20". */
export const shortest = (x) =>
  brief(x)
    .replace(/\.0e/, "e")
    .replace(/e\+?(-?)0*/, "e$1");

/** Five significant digits, for numbers that are calculated with. */
export function exact(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "nan";
  const size = Math.abs(x);
  if (size !== 0 && (size < 0.0001 || size >= 1e7)) return padded(x.toExponential(3));
  return String(Number(x.toPrecision(5)));
}

export const percent = (x) => (Number.isFinite(x) ? `${(100 * x).toFixed(1)} %` : "–");

/** A count with separators: "12,345". */
export const count = (n) => separated.format(Math.round(n));
const separated = new Intl.NumberFormat("en"); // toLocaleString makes one for each number

const padded = (text) => text.replace(/e([+-])(\d)$/, "e$10$2");

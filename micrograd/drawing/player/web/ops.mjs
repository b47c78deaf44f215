// The functions that compute the ops, for the page. The rows, with the partials, are generated.
// Rule: one function for each op, under its row's name, with the same results as in Python, for nan
// and inf as well. Each begins a line with const, so that javascript.py finds it.

const add = (x, y) => x + y;
const sub = (x, y) => x - y;
const mul = (x, y) => x * y;
const div = (x, y) => x / y;
const neg = (x) => -x;
const pow = (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y);
const exp = Math.exp;
const expm1 = Math.expm1;
const log = Math.log;
const log1p = Math.log1p;
const sqrt = Math.sqrt;
const sin = Math.sin;
const cos = Math.cos;
const tanh = Math.tanh;
const abs = Math.abs;
const sigmoid = (x) => (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)));
const softplus = (x) => (x > 0 ? x : 0) + log1p(exp(-abs(x)));
const relu = (x) => (x <= 0 ? 0 : x);
const elu = (x) => (x > 0 ? x : expm1(x));
const gelu = (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
const maximum = (x, y) => (x >= y || x !== x ? x : y);
const minimum = (x, y) => (x <= y || x !== x ? x : y);
const step = (x) => (x !== x ? x : Number(x > 0));
const sign = (x) => (x !== x ? x : Number(x > 0) - Number(x < 0));
const less = (x, y) => Number(x < y);
const equal = (x, y) => Number(x === y);
const where = (condition, x, y) => (condition === 0 ? y : x);
const detach = (x) => x;
const take = (i, ...table) => table[i] ?? NaN;

// The series 2 / sqrt(pi) * exp(-x**2) * (x + 2 x**3 / 3 + 4 x**5 / (3 * 5) + ...) has terms
// of one sign, so no digits are lost.
const erf = (x) => {
  if (abs(x) > 6 || x !== x) return sign(x);
  let [sum, term] = [x, x];
  for (let n = 1; abs(term) > 1e-17 * abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / sqrt(Math.PI)) * exp(-x * x) * sum;
};

// A recorded run: the network, the boundary and the curves at some of its steps, to scrub and to play.
// Rule: everything is in the page already; it asks nobody for anything, and computes nothing anew.
import { drawBoundary } from "./boundary_picture.mjs";
import { drawChart } from "./chart.mjs";
import { english } from "./english.mjs";
import { brief, count, exact, percent } from "./format.mjs";
import { layoutOf } from "./network_layout.mjs";
import { drawNetwork, largestOf, shownNumbers } from "./network_picture.mjs";
import { paletteOf } from "./palette.mjs";
import { make, paintOn, picture } from "./plain_dom.mjs";

const say = english.recorded;
const PAUSE = 150; // milliseconds between two snapshots
const NO_POINT = -1; // is marked
const DASH = [5, 4]; // of held-out numbers

const run = JSON.parse(document.querySelector("#run").textContent);
const { snapshots, network, experiment, curves, reached } = run;
const layout = layoutOf(network);
let [at, timer] = [0, 0];

// ----------------------------------------------------------------------------------------- the page

const hasPlane = run.points.some((points) => points.bounds);
const hasAccuracy = snapshots[0].train.accuracy !== null;
const ui = {
  play: make("button", { type: "button", className: "play", textContent: say.play }),
  slider: make("input", { type: "range", min: 0, max: snapshots.length - 1, ariaLabel: say.slider }),
  edges: make("select", {}, ...options(english.network.edges)),
  facts: make("p", { className: "facts" }),
  key: make("p", { className: "key" }),
  network: picture(english.network.title),
  boundary: picture(english.widget.boundary),
  loss: picture(english.widget.chart),
  accuracy: picture(say.accuracyChart),
  parameters: tableOf(english.network.table, english.network.columns, parameterRows),
  all: tableOf(say.table, english.results.curveColumns, snapshotRows),
};

function options(texts) {
  return Object.entries(texts).map(([value, textContent]) => make("option", { value, textContent }));
}

/** A table that is filled when it is opened, and again with each snapshot while it is open. */
function tableOf(title, columns, rows) {
  const head = make("tr", {}, ...columns.map((text) => make("th", { scope: "col" }, text)));
  const body = make("tbody");
  const region = make("div", { className: "scroll", tabIndex: 0, ariaLabel: title });
  region.setAttribute("role", "region");
  region.append(make("table", {}, make("thead", {}, head), body));
  const element = make("details", {}, make("summary", {}, title), region);
  const cells = ([name, ...numbers]) => [make("th", { scope: "row" }, name), ...numbers.map(cell)];
  const fill = () => {
    if (element.open) body.replaceChildren(...rows().map((row) => make("tr", {}, ...cells(row))));
  };
  element.addEventListener("toggle", fill);
  return { element, fill };
}

const cell = (text) => make("td", {}, text);

function build() {
  const data = english.names[experiment.data];
  const sizes = [network.inputs.length, ...network.layers.map(({ size }) => size)];
  const said = say.opening(sizes.join(" → "), data, count(reached), experiment);
  document.title = say.title(data);
  const figure = (title, canvas) => make("figure", {}, make("figcaption", {}, title), canvas);
  const show = make("label", { className: "show" }, english.network.show, " ", ui.edges);
  ui.boundary.className = "square";
  const right = make("div", { className: "beside" });
  if (hasPlane) right.append(figure(english.results.title, ui.boundary));
  right.append(figure(say.curve(english.results.loss), ui.loss));
  if (hasAccuracy) right.append(figure(say.curve(english.results.accuracy), ui.accuracy));
  const left = make("div", { className: "left" }, show, ui.network, ui.key);
  document.querySelector("main").append(
    make("h1", {}, document.title),
    make("p", { className: "opening" }, `${said} ${hasPlane ? say.onPlane : say.elsewhere}`),
    make("div", { className: "bar" }, ui.play, ui.slider),
    ui.facts,
    make("div", { className: "stage" }, left, right),
    ui.parameters.element,
    ui.all.element,
  );
  ui.network.style.height = `${layout.height}px`;
}

// ----------------------------------------------------------------------------------------- a snapshot

function show(place) {
  at = place;
  const snapshot = snapshots[at];
  const { step, train, validation } = snapshot;
  const accuracy = hasAccuracy ? percent(train.accuracy) : "";
  ui.slider.value = at;
  ui.slider.setAttribute("aria-valuetext", english.widget.at(count(step), count(reached)));
  ui.facts.textContent = say.facts(count(step), brief(train.loss), brief(validation.loss), accuracy);
  const most = largestOf(shownNumbers(snapshot, ui.edges.value));
  ui.key.textContent = most ? english.network.key(most) : english.network.noUpdate;
  ui.parameters.fill();
  ui.all.fill();
  paint();
}

function paint() {
  const snapshot = snapshots[at];
  const points = run.points[snapshot.points];
  const colours = paletteOf(ui.network);
  const shown = { layout, frame: snapshot, edges: ui.edges.value, points, held: 0 };
  const painters = [
    [ui.network, (context, width) => drawNetwork(context, width, colours, shown)],
    [ui.boundary, (...place) => drawBoundary(...place, snapshot.output, points, NO_POINT)],
    [ui.loss, (...place) => drawCurve(place, ["train", "validation"], { floor: 0 })],
    [ui.accuracy, (...place) => drawCurve(place, ["accuracy", "validation_accuracy"], { top: 1.02 })],
  ];
  for (const [canvas, draw] of painters) paintOn(canvas, colours, draw);
}

function drawCurve([context, width, height, colours], [training, heldOut], range) {
  const line = (name, more) => ({ x: curves.step, y: curves[name] ?? [], ...more });
  const lines = [
    line(heldOut, { colour: colours.orange, dash: DASH }),
    line(training, { colour: colours.blue }),
  ];
  const ends = { range: [0, Math.max(1, reached)], at: snapshots[at].step };
  drawChart(context, width, height, colours, { lines, ...range, ...ends });
}

function parameterRows() {
  const { weights, grads, updates } = snapshots[at];
  return weights.flatMap((layer, l) =>
    layer.flatMap(({ w, b }, n) => {
      const row = (name, x, part) => [
        `${network.layers[l].name}.${n}.${name}`,
        ...[x, part(grads[l][n]), part(updates[l][n])].map(exact),
      ];
      return [...w.map((x, i) => row(`w${i}`, x, (numbers) => numbers.w[i])), row("b", b, (x) => x.b)];
    }),
  );
}

const shareOf = (x) => (x === null ? "–" : percent(x));

function snapshotRows() {
  return snapshots.map(({ step, train, validation }) => [
    count(step),
    brief(train.loss),
    brief(validation.loss),
    shareOf(train.accuracy),
    shareOf(validation.accuracy),
  ]);
}

// ----------------------------------------------------------------------------------------- playing

function pause() {
  clearInterval(timer);
  timer = 0;
  ui.play.textContent = say.play;
}

function play() {
  if (at === snapshots.length - 1) show(0);
  ui.play.textContent = say.pause;
  timer = setInterval(() => {
    show(at + 1);
    if (at === snapshots.length - 1) pause();
  }, PAUSE);
}

build();
ui.play.addEventListener("click", () => (timer ? pause() : play()));
ui.slider.addEventListener("input", () => {
  pause();
  show(Number(ui.slider.value));
});
ui.edges.addEventListener("change", () => show(at));
new ResizeObserver(paint).observe(ui.network);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
show(0);
if (snapshots.length > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches) play();

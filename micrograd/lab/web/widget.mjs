// The network in a notebook: its picture, the boundary and the loss, with buttons to step and rewind.
// Rule: anywidget calls `render`. The traits come from Python and are only read here; what a reader
// asks for is a message to Python, one at a time, and each is followed by a change of `answered`.
import { drawBoundary } from "./boundary_picture.mjs";
import { drawChart } from "./chart.mjs";
import { english } from "./english.mjs";
import { brief, count, percent } from "./format.mjs";
import { layoutOf } from "./network_layout.mjs";
import { drawNetwork } from "./network_picture.mjs";
import { paletteOf } from "./palette.mjs";
import { make, paintOn, picture } from "./plain_dom.mjs";

const say = english.widget;
const STEPS = [1, 10, 100, 1000]; // of one push of the button, or of one frame
const PAUSE = 33; // milliseconds between two frames
const NO_POINT = -1; // is marked

export default {
  render({ model, el }) {
    const ui = build(model.get("span").can_step);
    el.append(ui.root);
    const end = [controls(model, ui), pictures(model, ui)];
    return () => end.forEach((f) => f());
  },
};

function build(canStep) {
  const button = (name) => make("button", { type: "button", textContent: say[name] });
  const option = (value, text) => make("option", { value, textContent: text });
  const steps = STEPS.map((n) => option(n, say.steps(n)));
  const edges = Object.entries(english.network.edges).map(([value, text]) => option(value, text));
  const ui = {
    start: button("start"),
    step: button("step"),
    play: button("play"),
    steps: make("select", { ariaLabel: say.stepsLabel }, ...steps),
    slider: make("input", { type: "range", min: 0, ariaLabel: say.slider }),
    edges: make("select", { ariaLabel: english.network.show }, ...edges),
    facts: make("p", { className: "facts" }),
    note: make("p", { className: "note" }),
    network: picture(english.network.title),
    boundary: picture(say.boundary),
    chart: picture(say.chart),
  };
  ui.note.setAttribute("role", "status");
  for (const part of [ui.step, ui.play, ui.steps]) part.hidden = !canStep;
  const bar = make("div", { className: "bar" }, ui.start, ui.step, ui.play, ui.steps, ui.slider);
  const beside = make("div", { className: "beside" }, ui.boundary, ui.chart);
  const stage = make("div", { className: "stage" }, ui.network, beside);
  bar.append(ui.edges);
  ui.root = make("div", { className: "micrograd-network" }, bar, ui.facts, ui.note, stage);
  return ui;
}

// ----------------------------------------------------------------------------------------- controls

function controls(model, ui) {
  let [playing, waiting, wanted, timer] = [false, false, null, 0];

  function ask(request) {
    if (waiting) {
      wanted = request;
      return;
    }
    waiting = true;
    model.send(request);
  }

  const advance = () => ask({ do: "advance", count: Number(ui.steps.value) });
  const rewind = (step) => {
    pause();
    ask({ do: "rewind", step });
  };

  function pause() {
    playing = false;
    clearTimeout(timer);
    ui.play.textContent = say.play;
  }

  function onAnswered() {
    waiting = false;
    const request = wanted;
    wanted = null;
    if (model.get("note")) pause();
    if (request) ask(request);
    else if (playing) timer = setTimeout(advance, PAUSE);
  }

  ui.start.addEventListener("click", () => rewind(0));
  ui.step.addEventListener("click", () => {
    pause();
    advance();
  });
  ui.play.addEventListener("click", () => {
    if (playing) return pause();
    playing = true;
    ui.play.textContent = say.pause;
    return advance();
  });
  ui.slider.addEventListener("input", () => rewind(Number(ui.slider.value)));
  model.on("change:answered", onAnswered);
  return () => {
    pause();
    model.off("change:answered", onAnswered);
  };
}

// ----------------------------------------------------------------------------------------- pictures

function pictures(model, ui) {
  const points = model.get("points");
  const layout = layoutOf(model.get("network"));
  ui.network.style.height = `${layout.height}px`;
  const painters = [
    [
      ui.network,
      (context, width, height, colours) =>
        drawNetwork(context, width, colours, {
          layout,
          frame: model.get("frame"),
          edges: ui.edges.value,
          points,
          held: 0,
        }),
    ],
    [
      ui.boundary,
      (...place) => drawBoundary(...place, model.get("frame").output, points, NO_POINT),
    ],
    [ui.chart, (...place) => drawLoss(...place, model.get("frame"))],
  ];
  ui.boundary.hidden = !points.bounds;
  const paint = () => {
    write(ui, model.get("frame"), model.get("span"), model.get("note"));
    if (!hasStyle(ui.root)) return; // it is not in the document yet; the observer will tell
    const colours = paletteOf(ui.root);
    for (const [canvas, draw] of painters) paintOn(canvas, colours, draw);
  };
  const observer = new ResizeObserver(paint);
  observer.observe(ui.root);
  ui.edges.addEventListener("change", paint);
  model.on("change:frame change:note", paint);
  paint();
  return () => {
    observer.disconnect();
    model.off("change:frame change:note", paint);
  };
}

const hasStyle = (element) => getComputedStyle(element).getPropertyValue("--paper") !== "";

function write(ui, frame, span, note) {
  ui.facts.textContent = say.facts(
    count(frame.step),
    brief(frame.train.loss),
    frame.train.accuracy === null ? "" : percent(frame.train.accuracy),
  );
  ui.note.textContent = note || frame.stopped || "";
  ui.slider.max = span.last;
  ui.slider.value = frame.step;
  ui.slider.setAttribute("aria-valuetext", say.at(count(frame.step), count(span.last)));
}

function drawLoss(context, width, height, colours, frame) {
  const { step, train } = frame.curves;
  const lines = [{ x: step, y: train, colour: colours.blue }];
  drawChart(context, width, height, colours, { lines, floor: 0, at: frame.step });
}

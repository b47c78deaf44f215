// "Run" on the cells of a lesson and "Check" on exercises: Python runs in this page, in a worker.
//
// Rule: nothing is loaded before the reader asks for it, and nothing from elsewhere. What does not end
// is ended with its worker, so names are gone then, and the page says so.
(() => {
  "use strict";

  const { dataset, src } = document.currentScript;
  const STATIC = new URL("./", src);
  const BYTES = Number(dataset.bytes);
  const SECONDS = 20; // for the check of an answer
  const STORE = "micrograd.exercises"; // in localStorage: {task: {text, solved}}
  const CACHE = "micrograd-site"; // as in service_worker.js
  const INDENT = "    ";

  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

  /** Return a new element: element("p", { className: "note" }, "text", another). */
  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key.includes("-") || key === "role") made.setAttribute(key, value);
      else made[key] = value;
    }
    made.append(...children);
    return made;
  }

  function button(text, action, properties = {}) {
    return element("button", { type: "button", onclick: action, ...properties }, text);
  }

  // ---------------------------------------------------------------------------------- Python

  /** The code was ended before it had a result; the message says how. */
  class Ended extends Error {}

  /** Python in a worker, which starts with the first request. `say` shows how far it is. */
  class Python {
    constructor(say) {
      this.say = say;
      this.worker = null;
      this.requests = new Map();
      this.number = 0;
    }

    /** Return what `kind` ("run" or "check") gives for the values, as soon as it has ended. */
    async ask(kind, values, { begun = () => {}, print = () => {} } = {}) {
      if (!this.worker) this.start();
      const id = ++this.number;
      return new Promise((resolve, reject) => {
        this.requests.set(id, { resolve, reject, begun, print });
        this.worker.then((worker) => worker.postMessage({ id, kind, values }));
      });
    }

    start() {
      this.say(`Loading Python: 0 of ${megabytes(BYTES)} MB. It is kept for the next time.`);
      this.worker = offline.then(() => {
        const url = new URL("python_worker.js", STATIC);
        url.searchParams.set("python", dataset.python);
        const worker = new Worker(url, { type: "module" });
        worker.onmessage = ({ data }) => this.receive(data);
        worker.onerror = () => this.end("Python could not be loaded. Reload the page to try again.");
        return worker;
      });
    }

    receive({ id, begun, printed, result, failure, loaded, ready }) {
      if (loaded < BYTES) this.say(`Loading Python: ${megabytes(loaded)} of ${megabytes(BYTES)} MB.`);
      else if (loaded) this.say("Starting Python.");
      if (ready) this.say("Python is ready.");
      const request = this.requests.get(id);
      if (!request) return;
      if (begun) return request.begun();
      if (printed !== undefined) return request.print(printed);
      if (failure !== undefined) return this.end(reasonOf(failure));
      this.requests.delete(id);
      request.resolve(result);
    }

    /** End the worker, and all that it was asked for. */
    end(reason) {
      this.worker?.then((worker) => worker.terminate());
      this.worker = null;
      const requests = [...this.requests.values()];
      this.requests.clear();
      this.say(reason);
      for (const { reject } of requests) reject(new Ended(reason));
    }
  }

  function reasonOf(failure) {
    if (/stack|recursion/i.test(failure))
      return "Calls went deeper than a browser allows, which ended Python. Does a function call itself without end?";
    if (/memory/i.test(failure)) return "The memory of the page was used up, which ended Python.";
    return `Python was ended: ${failure.split("\n")[0]}`;
  }

  /** A promise that is kept when the service worker serves this page, or cannot. */
  const offline = (async () => {
    const { serviceWorker } = navigator;
    if (!serviceWorker || !BYTES) return;
    const known = Boolean(serviceWorker.controller);
    try {
      await serviceWorker.register(new URL("../service_worker.js", STATIC));
      await serviceWorker.ready;
      if (!known) await keepThisPage();
    } catch {
      // the page works without it, as long as there is a network
    }
  })();

  /** Keep this page, and what it had loaded before there was a service worker. */
  async function keepThisPage() {
    const entries = performance.getEntriesByType("resource");
    const loaded = entries.filter((entry) => entry.responseStatus === 200).map((entry) => entry.name);
    const own = [location.href.split("#")[0], ...loaded].filter((url) => url.startsWith(location.origin));
    const cache = await caches.open(CACHE);
    await cache.addAll([...new Set(own)]);
  }

  // ----------------------------------------------------------------------------------- fields

  /** Return a field for code, in the place of `pre`. Shift and Enter call `run`. */
  function editorOf(pre, label, run) {
    const field = element("textarea", {
      className: "code-field",
      value: pre.textContent.replace(/\n+$/, ""),
      wrap: "off",
      spellcheck: false,
      autocapitalize: "off",
      "aria-label": label,
      title: "Shift and Enter run it. Tab indents; press Escape first to leave by Tab.",
    });
    let leaves = false; // whether the next Tab goes on, as elsewhere
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        run();
      } else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        type(field, "\n" + indentOf(field));
      } else if (event.key === "Tab" && !event.shiftKey && !leaves) {
        event.preventDefault();
        type(field, INDENT);
      } else if (event.key === "Backspace" && endsInIndent(field)) {
        event.preventDefault();
        field.setSelectionRange(field.selectionStart - INDENT.length, field.selectionEnd);
        type(field, "");
      }
      leaves = event.key === "Escape" || (leaves && event.key === "Shift");
    });
    const fit = () => (field.rows = field.value.split("\n").length);
    field.addEventListener("input", fit);
    fit();
    return field;
  }

  /** Type the text in place of the selection, so that undo knows it. */
  function type(field, text) {
    const done = text
      ? document.execCommand("insertText", false, text)
      : document.execCommand("delete");
    if (!done) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input"));
  }

  /** Return how far a new line is indented: as the one before, and more after a colon. */
  function indentOf(field) {
    const line = field.value.slice(0, field.selectionStart).split("\n").at(-1);
    const [spaces] = /^ */.exec(line);
    return /:\s*(#.*)?$/.test(line) ? spaces + INDENT : spaces;
  }

  function endsInIndent(field) {
    const line = field.value.slice(0, field.selectionStart).split("\n").at(-1);
    return field.selectionStart === field.selectionEnd && /^( {4})+$/.test(line);
  }

  function textOf(className, content) {
    return element("pre", { className, tabIndex: 0 }, content);
  }

  // ------------------------------------------------------------------------------------ cells

  /** A cell of a lesson: its code, its button, and what it gave. */
  class Cell {
    constructor(box, number, page) {
      this.box = box;
      this.number = number;
      this.page = page;
      this.done = false;
      this.pre = box.querySelector(".cell_input pre");
      this.field = null;
      this.runButton = button("Run", () => this.press(), {
        className: "run",
        "aria-label": `Run cell ${number}`,
      });
      this.editButton = button("Edit", () => this.edit(), { "aria-label": `Edit cell ${number}` });
      const bar = element("div", { className: "cell-bar" }, this.runButton, this.editButton);
      box.querySelector(".cell_input").append(bar);
      this.output = element("div", { className: "cell_output run-output" });
      box.append(this.output);
    }

    get code() {
      return this.field ? this.field.value : this.pre.textContent;
    }

    edit() {
      this.field = editorOf(this.pre, `Cell ${this.number}, Python`, () => this.press());
      this.pre.replaceWith(this.field);
      this.box.classList.add("edited");
      this.editButton.remove();
      this.field.focus();
    }

    press() {
      if (this.running) this.page.stop();
      else this.page.runUpTo(this);
    }

    set busy(running) {
      this.running = running;
      this.runButton.textContent = running ? "Stop" : "Run";
      this.runButton.setAttribute("aria-label", `${running ? "Stop" : "Run"} cell ${this.number}`);
      this.box.classList.toggle("running", running);
    }

    /** Run the cell; return whether it came to its end. */
    async run(python) {
      this.busy = true;
      try {
        const output = await python.ask("run", [this.code, this.number], {
          begun: () => this.output.replaceChildren(),
          print: (text) => this.print(text),
        });
        this.show(output);
        this.done = !output.error;
      } catch (error) {
        if (!(error instanceof Ended)) throw error;
        this.output.append(element("p", { className: "run-error" }, error.message));
        this.done = false;
      } finally {
        this.busy = false;
      }
      return this.done;
    }

    /** Show a text as soon as it is printed; `show` writes all of them anew. */
    print(text) {
      const last = this.output.querySelector(".printed");
      if (last) last.append(text);
      else this.output.append(textOf("printed", text));
    }

    show({ printed, html, text, error, missing }) {
      this.output.replaceChildren();
      // what the site was built with stays where it cannot be computed here
      if (!missing) this.box.querySelector(".cell_output:not(.run-output)")?.remove();
      if (printed) this.output.append(textOf("printed", printed));
      if (html) {
        const shown = element("div");
        shown.innerHTML = html.replace('title="the graph"', `title="graph of cell ${this.number}"`);
        this.output.append(shown);
      }
      if (text) this.output.append(textOf("returned", text));
      if (error) this.output.append(element("p", { className: "run-error" }, error));
      if (missing) this.output.append(element("p", { className: "run-note" }, missing));
      if (!this.output.hasChildNodes())
        this.output.append(element("p", { className: "run-note" }, "It ran, and shows nothing."));
    }
  }

  /** The cells of a page, which share one Python. */
  class Lesson {
    constructor(boxes, bar, say) {
      this.say = say;
      this.python = new Python(say);
      this.addScratch();
      boxes = document.querySelectorAll("article div.cell:has(.cell_input pre)");
      this.cells = [...boxes].map((box, i) => new Cell(box, i + 1, this));
      bar.prepend(button("Run all", () => this.runUpTo(this.cells.at(-1)), { className: "run" }));
    }

    /** Put an empty cell before each folded solution, to try things in. */
    addScratch() {
      for (const folded of document.querySelectorAll("article details:has(div.cell)")) {
        const pre = element("pre", { tabIndex: 0 }, "# try it here\n");
        const input = element("div", { className: "cell_input" }, element("div", { className: "highlight" }, pre));
        folded.before(element("div", { className: "cell scratch" }, input));
      }
    }

    /** Run the cell, and before it those above that have not been run. */
    async runUpTo(last) {
      if (this.busy) return;
      this.busy = true;
      const due = this.cells.filter((cell) => cell.number < last.number && !cell.done);
      try {
        for (const cell of [...due, last]) {
          if (!(await cell.run(this.python))) {
            cell.box.scrollIntoView({ block: "nearest" });
            break;
          }
        }
      } finally {
        this.busy = false;
      }
    }

    stop() {
      for (const cell of this.cells) cell.done = false;
      this.python.end(
        "Python was ended, and all names are gone. Run a cell to begin again: those above it run first.",
      );
    }
  }

  // -------------------------------------------------------------------------------- exercises

  /** Return {task: {text, solved}}, empty where the browser keeps nothing. */
  function readProgress() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? {};
    } catch {
      return {};
    }
  }

  function store(task, changes) {
    const progress = readProgress();
    progress[task] = { ...progress[task], ...changes };
    try {
      localStorage.setItem(STORE, JSON.stringify(progress));
    } catch {
      // a browser that keeps nothing forgets the answer with the page
    }
  }

  /** An exercise: a field that begins with the starter, and the findings on what it has now. */
  class Exercise {
    constructor(mount, bar, say) {
      this.task = mount.dataset.task;
      this.python = new Python(say);
      this.say = say;
      const block = mount.closest("article").querySelector(".highlight pre");
      this.starter = block.textContent.replace(/\n+$/, "");
      this.field = editorOf(block, "Your answer, Python", () => this.check());
      this.field.value = readProgress()[this.task]?.text ?? this.starter;
      this.field.addEventListener("input", () => store(this.task, { text: this.field.value }));
      this.numbers = element("pre", { className: "line-numbers", "aria-hidden": "true" });
      this.field.addEventListener("input", () => this.count());
      const frame = element("div", { className: "answer" });
      block.replaceWith(frame);
      frame.append(this.numbers, this.field);
      this.field.dispatchEvent(new Event("input"));
      this.checkButton = button("Check", () => this.press(), { className: "run" });
      this.findings = element("div", { className: "findings", role: "status" });
      const again = button("Start again", () => this.reset());
      mount.append(element("div", { className: "cell-bar" }, this.checkButton, again), bar, this.findings);
      if (readProgress()[this.task]?.solved) say("You have solved this one.");
    }

    count() {
      const lines = this.field.value.split("\n").length;
      this.numbers.textContent = Array.from({ length: lines }, (_, i) => i + 1).join("\n");
    }

    reset() {
      this.field.value = this.starter;
      this.field.dispatchEvent(new Event("input"));
      this.findings.replaceChildren();
      this.field.focus();
    }

    press() {
      if (this.running) this.python.end("Python was ended. Check to begin again.");
      else this.check();
    }

    async check() {
      if (this.running) return;
      this.running = true;
      this.checkButton.textContent = "Stop";
      this.findings.replaceChildren();
      let timer;
      const begun = () => {
        const late = `It did not end within ${SECONDS} seconds: is there an endless loop?`;
        timer = setTimeout(() => this.python.end(late), SECONDS * 1000);
      };
      try {
        this.show(await this.python.ask("check", [this.task, this.field.value + "\n"], { begun }));
      } catch (error) {
        if (!(error instanceof Ended)) throw error;
        this.findings.replaceChildren(element("p", { className: "run-error" }, error.message));
      } finally {
        clearTimeout(timer);
        this.running = false;
        this.checkButton.textContent = "Check";
      }
    }

    show({ findings, printed, after }) {
      const list = element("ul");
      for (const { what, wrong } of findings) {
        const line = element("li", { className: wrong ? "wrong" : "right" });
        line.append(`${wrong ? "✗" : "✓"} ${what}`);
        if (wrong) line.append(element("br"), wrong);
        list.append(line);
      }
      this.findings.append(list);
      if (printed) this.findings.append(textOf("printed", printed));
      const solved = !findings.some(({ wrong }) => wrong);
      if (solved) this.findings.prepend(element("p", { className: "solved" }, "Solved."));
      if (after.remark) this.findings.append(element("p", {}, after.remark));
      if (after.another)
        this.findings.append(element("p", {}, "Another way to do it:"), textOf("another", after.another.trim()));
      store(this.task, { solved });
      this.say(solved ? "Solved. It is kept in this browser." : "Not solved yet.");
    }
  }

  /** Mark the exercises in a list of links that are solved. */
  function markSolved() {
    const progress = readProgress();
    for (const link of document.querySelectorAll("article a[href]")) {
      const [, name] = /(?:^|exercises\/)\d+_\d+_(\w+)\.html$/.exec(link.getAttribute("href")) ?? [];
      if (progress[name]?.solved) link.after(" ✓ solved");
    }
  }

  // --------------------------------------------------------------------------------- the page

  function start() {
    markSolved();
    const mount = document.querySelector("article [data-task]");
    const boxes = document.querySelectorAll("article div.cell:has(.cell_input pre)");
    if (!mount && !boxes.length) return;
    const status = element("p", { className: "python-status", role: "status" });
    const bar = element("div", { className: "python-bar" }, status);
    const say = (text) => (status.textContent = text);
    if (!mount) document.querySelector("article h1").after(bar);
    if (reasonNotTo(boxes)) {
      mount?.after(bar);
      say(reasonNotTo(boxes));
    } else if (mount) {
      new Exercise(mount, bar, say);
    } else {
      new Lesson(boxes, bar, say);
      say(invitation(boxes));
    }
  }

  function invitation(boxes) {
    if ([...boxes].some((box) => /\bfit\(/.test(box.textContent)))
      return "The cells run in this page, but fit() trains many times slower here than on your computer. Stop ends it.";
    return `The cells run in this page: the first time, ${megabytes(BYTES)} MB of Python are loaded.`;
  }

  /** Return why nothing can be run in this page; "" if it can. */
  function reasonNotTo(boxes) {
    if (location.protocol === "file:")
      return "Cells run where a web server shows this page: python -m http.server --directory build/site";
    if (!BYTES) return "This site was built without Python for browsers, so nothing runs in its pages.";
    if ([...boxes].some((box) => /^import torch$/m.test(box.textContent)))
      return "This lesson compares with PyTorch, which does not run in a browser: run it on your computer.";
    return "";
  }

  start();
})();

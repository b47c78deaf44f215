// Python in a worker: it runs cells and checks answers, until the page ends the worker.
//
// Rule: everything is loaded from this site. A message {id, kind, values} is answered by {id, begun}
// when the code begins, {id, printed} for each text that it prints, and then by {id, result} or
// {id, failure}; {loaded} tells how many bytes of Python's files have come, and {ready} that it runs.
const folder = new URL(new URL(import.meta.url).searchParams.get("python"), import.meta.url);

let loaded = 0; // bytes, without the small file that is imported first
const load = globalThis.fetch;
globalThis.fetch = async (resource, options) => {
  const response = await load(resource, options);
  if (response.ok) count(response.clone().body); // the browser keeps the code of what it got itself
  return response;
};

async function count(body) {
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    loaded += value.length;
    postMessage({ loaded });
  }
}

const bytesOf = async (name) => (await fetch(new URL(name, folder))).arrayBuffer();

async function start() {
  const archive = bytesOf("micrograd.zip");
  await bytesOf("pyodide.asm.mjs"); // so that it is counted: Pyodide then imports it from the cache
  const { loadPyodide } = await import(new URL("pyodide.mjs", folder));
  const python = await loadPyodide({ indexURL: folder.href });
  python.unpackArchive(await archive, "zip", { extractDir: "/site" });
  python.runPython("import sys; sys.path.insert(0, '/site')");
  const { Notebook, check_answer } = python.pyimport("micrograd.course.in_browser");
  const notebook = Notebook();
  postMessage({ ready: true });
  return {
    run: (tell, code, number) => notebook.run(code, number, tell),
    check: (tell, name, source) => check_answer(name, source),
  };
}

const python = start();
python.catch(() => {}); // each request reports it

onmessage = async ({ data: { id, kind, values } }) => {
  try {
    const actions = await python;
    postMessage({ id, begun: true });
    const tell = (printed) => postMessage({ id, printed });
    postMessage({ id, result: JSON.parse(actions[kind](tell, ...values)) });
  } catch (error) {
    postMessage({ id, failure: String(error) });
  }
};

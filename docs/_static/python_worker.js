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

// Python's guard against calls that go too deep knows its own stack, and not the browser's, which is
// smaller and whose end would end Python. With 48 kilobytes a graph of any depth is freed, and what
// calls itself without end is a RecursionError; with 56 a chain of 10,000 Values used it up. Modules
// that import each other go deeper than that, and have more room.
const STACK_BYTES = 48 * 1024;
const STACK_BYTES_OF_IMPORTS = 1024 * 1024;
const GUARD = `
import builtins, ctypes, gc

api = ctypes.pythonapi
api.PyThreadState_Get.restype = ctypes.c_void_p
load, depth = builtins.__import__, 0

def guard(size):
    thread = ctypes.c_void_p(api.PyThreadState_Get())
    start = ctypes.c_void_p(stack - size)
    api.PyUnstable_ThreadState_SetStackProtection(thread, start, ctypes.c_size_t(size))

def load_with_room(*arguments, **options):
    global depth
    depth += 1
    if depth == 1:
        gc.disable()  # a deep graph is freed below the narrow guard alone
        guard(size_of_imports)
    try:
        return load(*arguments, **options)
    finally:
        depth -= 1
        if depth == 0:
            guard(size)
            gc.enable()

builtins.__import__ = load_with_room
guard(size)
`;

function guardStack(python) {
  const stack = python._module._emscripten_stack_get_base();
  const sizes = { size: STACK_BYTES, size_of_imports: STACK_BYTES_OF_IMPORTS };
  python.runPython(GUARD, { globals: python.toPy({ stack, ...sizes }) });
}

async function start() {
  const archive = bytesOf("micrograd.zip");
  await bytesOf("pyodide.asm.mjs"); // so that it is counted: Pyodide then imports it from the cache
  const { loadPyodide } = await import(new URL("pyodide.mjs", folder));
  const python = await loadPyodide({ indexURL: folder.href });
  guardStack(python);
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

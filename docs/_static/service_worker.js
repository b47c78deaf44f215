// Keeps what the site has shown, so that it works without a network once it was loaded.
//
// Rule: the network comes first, so that nobody sees an old page; Python's files, whose folder has
// another name for another content, come from the cache.
const NAME = "micrograd-site";
const PYTHON = /\/_static\/python-\w+\//;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const own = url.startsWith(self.registration.scope);
  if (method === "GET" && own) event.respondWith(answer(event.request));
});

async function answer(request) {
  const cache = await caches.open(NAME);
  const python = PYTHON.exec(request.url);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (python && kept) return kept;
  try {
    const response = await fetch(request);
    if (response.ok) {
      await cache.put(request, response.clone());
      if (python) await forgetOthers(cache, python[0]);
    }
    return response;
  } catch {
    return kept ?? Response.error();
  }
}

/** Remove Python's files of an earlier version. */
async function forgetOthers(cache, folder) {
  for (const request of await cache.keys()) {
    const other = PYTHON.exec(request.url);
    if (other && other[0] !== folder) await cache.delete(request);
  }
}

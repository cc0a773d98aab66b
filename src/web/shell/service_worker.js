// Keeps the static site's parts, so that the page opens without a network. `VERSION` and `FILES` stand above:
// cargo xtask dist writes them, with a hash of all parts.
//
// A version's parts are kept together and served together. A new version waits until no page of the old one is open, or
// a person says in one that it is to be used now; what is not in the list goes to the network as ever.

const NAME = `runsift-${VERSION}`;

self.addEventListener("install", (event) => {
  const whole = FILES.map((file) => new Request(file, { cache: "no-cache" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(whole)));
});

self.addEventListener("activate", (event) => {
  const others = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("runsift-") && name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(others);
});

self.addEventListener("message", ({ data }) => {
  if (data === "use") self.skipWaiting();
});

const known = new Set(FILES.map((file) => new URL(file, self.registration.scope).href));

self.addEventListener("fetch", (event) => {
  const address = event.request.url.split(/[?#]/)[0].replace(/\/index\.html$/, "/");
  if (event.request.method !== "GET" || !known.has(address)) return;
  // What a browser has thrown away is fetched.
  event.respondWith(caches.open(NAME).then(async (cache) => (await cache.match(address)) ?? fetch(event.request)));
});

// Keeps the pay desk's own page, script and style on the device, so that it opens without a network.
// Never the list or the marks: those are kept by the page, encrypted. Served from /post/desk/, which is all it sees.
const KEPT = "paydesk-2";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(clear().then(() => self.clients.claim())));

async function clear() {
  for (const name of await caches.keys()) if (name.startsWith("paydesk-") && name !== KEPT) await caches.delete(name);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const page = event.request.mode === "navigate" && /^\/post\/desk\/\d+\/$/.test(url.pathname);
  if (event.request.method !== "GET" || url.origin !== location.origin || !(page || url.pathname.startsWith("/static/"))) return;
  event.respondWith(fresh(event.request));
});

// From the network where there is one, otherwise what was kept. A redirect (to sign in) is never kept.
async function fresh(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const old = await kept.match(request.url);
    if (old) return old;
    throw error;
  }
}

/* Keeps the visit card openable without a network. It serves two addresses and the files their page names, nothing else.

   What is kept is one page with all it names, put in together: the page goes in last, so a connection that breaks in the
   middle leaves the one before, whole. After a new version of the site the next opening brings the new page and its
   files, and what it no longer names goes. Drafts are not here: the page keeps them (visits.js). */
"use strict";

const CACHE = "visits-card";
const CARD = "/visits/new/";
const PAGES = ["/visits/", CARD];
const PATIENCE = 4000; // milliseconds: a network slower than this is none, for somebody standing in a workshop
const FILE = /(?:href|src)="(\/static\/[^"#?]+)/g;
const NAMED_BY_CONTENT = /\.[0-9a-f]{8,}\.\w+$/;

const keep = async (answer) => {
  if (!answer.ok || answer.redirected) return false;
  const files = new Set([...(await answer.clone().text()).matchAll(FILE)].map((found) => found[1]));
  const cache = await caches.open(CACHE);
  const had = new Set((await cache.keys()).map((one) => new URL(one.url).pathname));
  await Promise.all([...files].filter((file) => !had.has(file) || !NAMED_BY_CONTENT.test(file)).map((file) => cache.add(file)));
  await cache.put(CARD, answer);
  await Promise.all([...had].filter((file) => file !== CARD && !files.has(file)).map((file) => cache.delete(file)));
  return true;
};

const kept = async (path) => (await caches.open(CACHE)).match(path, { ignoreVary: true });

const inTime = (promise) => new Promise((done, failed) => {
  setTimeout(() => failed(new Error("slow")), PATIENCE);
  promise.then(done, failed);
});

const page = async (event) => {
  const asked = fetch(event.request);
  const old = await kept(CARD);
  try {
    const answer = await (old ? inTime(asked) : asked);
    if (old && answer.status >= 500) return old; // the server is being replaced, or is down: as good as away
    if (new URL(event.request.url).pathname === CARD) event.waitUntil(keep(answer.clone()).catch(() => false));
    return answer;
  } catch (why) {
    if (old) return old;
    throw why;
  }
};

const file = async (event, path) => {
  const old = await kept(path);
  if (old && NAMED_BY_CONTENT.test(path)) return old;
  return fetch(event.request).catch((why) => { if (old) return old; throw why; });
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && PAGES.includes(url.pathname)) event.respondWith(page(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event, url.pathname));
});

self.addEventListener("message", (event) => {
  const doing = event.data === "keep"
    ? fetch(CARD, { credentials: "same-origin" }).then(keep).catch(() => false).then((done) => done || kept(CARD).then(Boolean))
    : caches.delete(CACHE).then(() => false);
  event.waitUntil(doing.catch(() => false).then((done) => event.ports[0].postMessage(done)));
});

/* The visit card without a network. What is typed is kept on the device as it is typed; what is sent waits in an outbox
   until the server has said that it landed. Both are bound to the account that wrote them, and shown and written only while
   it is the one that signed in here last. The number of a visit is made here, so that sending it twice lands it once.
   Words come from the page, in its language. */
(() => {
  "use strict";
  const box = document.querySelector("[data-visits]"), form = document.getElementById("need-form");
  if (!box || !form) return;
  const say = box.dataset, account = say.visits;
  /* The page may be a kept one, or a tab left open, and the device somebody else's by now: then it shows nothing, is kept
     no longer, and makes room for his own. The server says whose the device is with every page (devices.py). */
  const isMine = () => document.cookie.split("; ").includes(`device_of=${account}`);
  const makeRoom = () => {
    document.body.hidden = true;
    (window.caches ? caches.delete("visits-card") : Promise.resolve()).finally(() => location.replace(say.send));
  };
  if (!isMine()) { makeRoom(); return; }
  const DRAFT = `visits:${account}:draft`, OUT = `visits:${account}:out`, DONE = `visits:${account}:done`, LAST = "visits:account";
  const SKIPPED = ["csrfmiddlewaretoken", "uuid", "account"];
  const find = (name) => document.querySelector(`[data-${name}]`);
  const problem = find("problem"), saved = find("saved"), clear = find("clear"), state = find("state");
  const MOST_DONE = 100; // numbers of visits that landed: a draft older than so many others is in no open tab
  let landed = [], sending = false, heard = "";

  /* A number nobody else makes; crypto.randomUUID is missing on old phones. */
  const number = () => crypto.randomUUID ? crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const load = (key, otherwise) => { try { return JSON.parse(localStorage.getItem(key)) || otherwise; } catch { return otherwise; } };
  const store = (key, value) => {
    if (!isMine()) return false; // signing out has cleared the device: nothing is put there again
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { saved.textContent = say.sayFull; return false; }
  };
  const out = () => load(OUT, []);
  /* Of one visit two tabs may hold a draft: once one of them has sent it, the other has none of it. */
  const isSent = (uuid) => [...load(DONE, []), ...out().map((one) => one.uuid)].includes(uuid);

  /* The form as pairs of name and value, and back. Fields the page does not have any more are left out. */
  const read = () => [...new FormData(form)].filter(([name]) => !SKIPPED.includes(name));
  const write = (pairs) => [...form.elements].filter((e) => e.name && !SKIPPED.includes(e.name)).forEach((e) => {
    const given = pairs.filter(([name]) => name === e.name).map(([, value]) => value);
    if (e.type === "checkbox" || e.type === "radio") e.checked = given.includes(e.value);
    else if (given.length) e.value = given[0];
  });
  /* The kept page may be of another day. */
  const now = new Date(), today = new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  if (!form.querySelector(".errorlist")) form.elements.visited_on.value = today;
  const EMPTY = read();
  const announce = () => form.dispatchEvent(new Event("change"));

  /* Where the eye is led, the keyboard goes as well. */
  const lead = (place, focused = place) => {
    if (focused === box) box.tabIndex = -1;
    focused.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  };

  const described = (control) => (control.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
  const marks = (fields) => {
    form.querySelectorAll("[data-said]").forEach((one) => {
      form.querySelectorAll(`[aria-describedby~="${one.id}"]`).forEach((control) => {
        control.removeAttribute("aria-invalid");
        control.setAttribute("aria-describedby", described(control).filter((id) => id !== one.id).join(" "));
      });
      one.remove();
    });
    form.querySelectorAll(".field.bad").forEach((one) => one.classList.remove("bad"));
    Object.entries(fields || {}).forEach(([name, words]) => {
      const found = form.elements[name], control = found && (found.length && !found.options ? found[0] : found);
      const field = control && control.closest(".field");
      if (!field) return;
      const line = document.createElement("ul"), item = document.createElement("li");
      line.className = "errorlist"; line.dataset.said = ""; line.id = `${name}_said`; item.textContent = words; line.append(item);
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", [...described(control), line.id].join(" "));
      field.classList.add("bad");
      field.append(line);
    });
  };
  const tell = (words) => { problem.textContent = words || ""; problem.hidden = !words; };

  /* State secrets are kept nowhere. */
  const isSecret = () => { const chosen = form.querySelector("[name=secrecy]:checked"); return Boolean(chosen && chosen.value === "secret"); };

  const fresh = () => {
    if ((load(DRAFT, null) || {}).uuid === form.elements.uuid.value) localStorage.removeItem(DRAFT);
    form.elements.uuid.value = number();
    write(EMPTY); marks({}); tell("");
    saved.textContent = ""; clear.hidden = true;
    announce();
  };
  let timer;
  const save = () => {
    clearTimeout(timer);
    timer = null;
    if (isSecret()) { fresh(); tell(say.saySecret); problem.scrollIntoView({ block: "center" }); return; }
    if (isSent(form.elements.uuid.value)) { fresh(); tell(say.sayElsewhere); return; }
    const now = read();
    if (JSON.stringify(now) === JSON.stringify(EMPTY)) return;
    if (store(DRAFT, { uuid: form.elements.uuid.value, at: Date.now(), values: now })) {
      saved.textContent = say.saySaved.replace("{time}", new Date().toTimeString().slice(0, 5));
      clear.hidden = false;
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 250); });
  form.addEventListener("change", (e) => { if (e.isTrusted) save(); });
  ["pagehide", "visibilitychange"].forEach((name) => window.addEventListener(name, () => { if (timer) save(); }));

  const titleOf = (item) => {
    const of = (name) => (item.values.find(([key]) => key === name) || [])[1] || "";
    return `${of("organisation").replace(/（.*/, "") || say.sayUntitled} · ${of("title") || of("visited_on")}`;
  };
  const button = (words, of, run) => {
    const made = document.createElement("button");
    made.type = "button"; made.className = "button small quiet"; made.textContent = words;
    made.setAttribute("aria-label", `${words} · ${of}`);
    made.addEventListener("click", run);
    return made;
  };
  const line = (title, words, acts) => {
    const row = document.createElement("li"), head = document.createElement("b"), under = document.createElement("div");
    head.textContent = title;
    row.append(head);
    if (words) { const said = document.createElement("p"); said.className = "wrong"; said.textContent = words; row.append(said); }
    under.className = "row"; under.append(...acts);
    row.append(under);
    return row;
  };
  const link = (words, url) => { const made = document.createElement("a"); made.href = url; made.textContent = words; return made; };

  const show = () => {
    const waiting = out();
    box.hidden = !waiting.length && !landed.length;
    box.classList.toggle("done", !waiting.length);
    find("count").textContent = waiting.length ? say.sayWaiting.replace("{n}", waiting.length) : say.saySent;
    find("flush").hidden = !waiting.length;
    find("list").replaceChildren(
      ...waiting.map((item) => line(titleOf(item), item.problem, [
        ...(item.url ? [link(say.sayOpen, item.url)] : [button(say.sayEdit, titleOf(item), () => edit(item.uuid))]),
        button(say.sayDrop, titleOf(item), () => { if (confirm(say.saySure)) { take(item.uuid); show(); lead(box.hidden ? form.elements.organisation : box); } }),
      ])),
      ...landed.map((one) => line(one.title, one.message === say.saySent ? "" : one.message, [link(say.sayOpen, one.url)])));
    const words = box.hidden ? "" : [find("count").textContent, ...waiting.map((item) => item.problem)].filter(Boolean).join(" · ");
    if (words !== heard) document.getElementById("heard").textContent = heard = words;
  };
  const take = (uuid) => { const all = out(), item = all.find((one) => one.uuid === uuid); store(OUT, all.filter((one) => one !== item)); return item; };
  const change = (uuid, more) => store(OUT, out().map((one) => one.uuid === uuid ? { ...one, ...more } : one));
  const edit = (uuid) => {
    if (load(DRAFT, null)) queue(false);
    const item = take(uuid);
    if (!item) return;
    form.elements.uuid.value = item.uuid;
    write(item.values); marks(item.fields); tell(item.problem);
    announce(); save(); show();
    const bad = form.querySelector(".field.bad");
    lead(bad || form, bad ? bad.querySelector("input, select, textarea") : form.elements.organisation);
  };
  const queue = (complete) => {
    const item = { uuid: form.elements.uuid.value, at: Date.now(), values: read() };
    if (!complete && JSON.stringify(item.values) === JSON.stringify(EMPTY)) return true;
    if (!store(OUT, [...out().filter((one) => one.uuid !== item.uuid), item])) return false;
    fresh();
    return true;
  };

  const status = (words, url) => { state.textContent = words || ""; if (url) state.append(" ", link(say.saySignIn, url)); };
  /* One visit to the server. Answers whether to go on with the next one. */
  const send = async (item, csrf) => {
    const body = new URLSearchParams([...item.values, ["uuid", item.uuid], ["account", account]]);
    const answer = await fetch(say.send, {
      method: "POST", body, credentials: "same-origin", redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": csrf },
    });
    if (answer.type === "opaqueredirect" || answer.status === 403) { status(say.saySignedOut, say.send); return false; }
    if ([429, 502, 503, 504].includes(answer.status)) { status(say.sayFailed); return false; }
    /* What the server cannot take says so at itself; those behind it are not kept waiting. */
    if (![200, 201, 409, 422].includes(answer.status)) { change(item.uuid, { problem: say.sayFailed }); return true; }
    const told = await answer.json();
    if (answer.ok) {
      store(DONE, [...load(DONE, []), item.uuid].slice(-MOST_DONE));
      take(item.uuid); landed = [{ ...told, title: told.title || titleOf(item) }, ...landed];
    } else change(item.uuid, { problem: told.message, fields: told.fields, url: told.url });
    return true;
  };
  /* That a device is on a network says little: a workshop's wi-fi may lead nowhere. The server has to answer, and while it
     does not, it is asked again, less and less often. */
  const SOON = 3000, LATEST = 60000;
  let away = false, pause = SOON, later, again = false;
  const net = () => { find("net").textContent = navigator.onLine && !away ? "" : say.sayOffline; };
  const lost = () => {
    away = true;
    clearTimeout(later);
    later = setTimeout(() => flush(), pause);
    pause = Math.min(2 * pause, LATEST);
    if (out().length) status(say.sayOffline);
  };
  const deliver = async () => {
    const ready = await fetch(say.ready, { credentials: "same-origin", cache: "no-store" });
    const who = await ready.json();
    if (ready.ok && who.account !== account) { makeRoom(); return; }
    away = false; pause = SOON;
    net(); status("");
    if (!out().length) return;
    if (ready.status === 401) status(say.saySignedOut, who.login);
    else for (const item of out()) if (!await send(item, who.csrf)) break;
  };
  const flush = async () => {
    if (sending) { again = true; return; }
    sending = true; again = false;
    await deliver().catch(lost);
    sending = false;
    net(); show();
    if (again && !away) flush();
  };

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    setTimeout(() => form.querySelectorAll("button").forEach((b) => { b.disabled = false; b.removeAttribute("aria-busy"); }));
    if (!isMine()) { makeRoom(); return; }
    if (isSecret()) { save(); return; }
    form.noValidate = false;
    const fine = form.reportValidity();
    form.noValidate = true;
    if (!fine || !queue(true)) return;
    show();
    lead(box);
    flush();
  });
  find("flush").addEventListener("click", flush);
  clear.addEventListener("click", fresh);
  find("wipe").addEventListener("click", (e) => {
    if (!confirm(e.target.dataset.sure)) return;
    [DRAFT, OUT, DONE].forEach((key) => localStorage.removeItem(key));
    landed = [];
    fresh(); show();
    ask("forget").then((done) => { find("offline-ready").hidden = !done; });
  });

  window.addEventListener("storage", (e) => {
    if (![DONE, OUT].includes(e.key) || !isMine()) return;
    if (isSent(form.elements.uuid.value)) save();
    show();
  });
  window.addEventListener("offline", net);
  window.addEventListener("online", () => { net(); flush(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { if (isMine()) flush(); else makeRoom(); } });
  window.addEventListener("pageshow", (e) => { if (e.persisted && !isMine()) makeRoom(); });

  /* The page itself is kept by the worker. */
  const ask = (what) => new Promise((done) => {
    if (!("serviceWorker" in navigator)) { done(false); return; }
    navigator.serviceWorker.ready.then((found) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = (e) => done(e.data);
      found.active.postMessage(what, [channel.port2]);
    });
  });
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(say.worker, { scope: say.scope }).then(() => ask("keep"))
      .then((kept) => { find("offline-ready").hidden = !kept; }).catch(() => {});
  }

  localStorage.setItem(LAST, account);
  document.querySelector(".device").hidden = false;
  form.elements.uuid.value = number();
  const old = load(DRAFT, null);
  if (old && isSent(old.uuid)) localStorage.removeItem(DRAFT);
  else if (old && !form.querySelector(".errorlist")) {
    form.elements.uuid.value = old.uuid;
    write(old.values);
    saved.textContent = say.saySaved.replace("{time}", new Date(old.at).toTimeString().slice(0, 5));
    clear.hidden = false;
    announce();
  }
  net();
  show();
  flush();
})();

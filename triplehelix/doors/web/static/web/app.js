/* The little the pages need beyond HTML and htmx. Every page works without it; words come from the page, in its language. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const LONG_QUERY = 600; // characters: longer than this is posted, because an address cannot carry it

  /* Light, dark, or as the system: kept in a cookie so that the server paints the first pixel right. */
  const showTheme = () => all("[data-set-theme]").forEach((b) =>
    b.setAttribute("aria-pressed", String((root.dataset.theme || "auto") === b.dataset.setTheme)));
  const setTheme = (name) => {
    if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name;
    document.cookie = `theme=${name};path=/;max-age=31536000;samesite=lax`;
    showTheme();
  };

  /* How much may still be written. */
  const count = (area) => {
    const out = area.id && document.querySelector(`[data-counts="${area.id}"]`);
    if (!out) return;
    const most = Number(out.dataset.most), now = [...area.value].length;
    out.querySelector("b").textContent = now.toLocaleString();
    out.classList.toggle("near", now > most * 0.9 && now <= most);
    out.classList.toggle("over", now > most);
  };

  /* An amount in the other unit beside it: whoever types 115 for 1,150,000 sees it. A unit typed behind the number holds. */
  const WAN = 10000;
  const echo = (field) => {
    const typed = field.value.replace(/[,，\s￥¥]/g, "").match(/^(\d+(?:\.\d+)?)(万元|万|元)?$/), words = document.body.dataset;
    let out = field.parentElement.querySelector(".echo");
    if (!out) { out = document.createElement("span"); out.className = "note echo"; field.after(out); }
    const inWan = typed && (typed[2] ? typed[2][0] === "万" : field.dataset.unit === "万元");
    const say = (text, n) => text.replace("{n}", n.toLocaleString(undefined, { maximumFractionDigits: 6 }));
    out.textContent = !typed ? "" : inWan ? say(words.inYuan, typed[1] * WAN) : say(words.inWan, typed[1] / WAN);
  };

  /* What is typed is kept in this tab until it has been sent; a crash, a reload or an expired session costs nothing. */
  const KEEP = "kept:";
  const keepable = (form) => all("input:not([type=hidden],[type=password],[type=file]), textarea, select", form).filter((e) => e.name);
  const read = (form) => keepable(form).map((e) => [e.name, e.value, e.checked]);
  const keep = (form) => {
    const key = KEEP + location.pathname, hint = form.querySelector(".kept"), first = JSON.stringify(read(form));
    let timer;
    const save = () => {
      sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), first, now: read(form) }));
      if (hint) hint.textContent = hint.dataset.saved.replace("{time}", new Date().toTimeString().slice(0, 5));
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 600); });
    form.addEventListener("submit", () => { clearTimeout(timer); sessionStorage.setItem(key + ":sent", "1"); });
    const old = JSON.parse(sessionStorage.getItem(key) || "null"), offer = form.querySelector("[data-kept-offer]");
    if (old && offer && JSON.stringify(old.now) !== first && !form.querySelector(".errorlist")) {
      if (sessionStorage.getItem(key + ":sent")) { sessionStorage.removeItem(key); sessionStorage.removeItem(key + ":sent"); return; }
      offer.hidden = false;
      offer.querySelector("[data-restore]").addEventListener("click", () => {
        keepable(form).forEach((e, i) => {
          const was = old.now[i];
          if (!was || was[0] !== e.name) return;
          if (e.type === "checkbox" || e.type === "radio") e.checked = was[2]; else e.value = was[1];
          count(e);
        });
        offer.hidden = true;
      });
      offer.querySelector("[data-forget]").addEventListener("click", () => { sessionStorage.removeItem(key); offer.hidden = true; });
    }
  };

  /* A file dropped on its frame; one that is too large is refused before it travels. */
  const upload = (frame) => {
    const input = frame.querySelector("input[type=file]"), said = frame.querySelector("[data-said]");
    const most = Number(frame.dataset.mostMb) * 1024 * 1024;
    const show = () => {
      const file = input.files[0];
      const tooLarge = Boolean(file && most && file.size > most);
      const size = file ? `${(file.size / 1048576).toFixed(1)} MB` : "";
      if (said) said.textContent = !file ? "" : tooLarge ? `${frame.dataset.tooLarge}（${size}）` : `${file.name}（${size}）`;
      input.setCustomValidity(tooLarge ? frame.dataset.tooLarge : "");
    };
    input.addEventListener("change", show);
    ["dragover", "dragleave", "drop"].forEach((name) => frame.addEventListener(name, (e) => {
      e.preventDefault();
      frame.classList.toggle("over", name === "dragover");
      if (name === "drop" && e.dataTransfer.files.length) { input.files = e.dataTransfer.files; show(); }
    }));
  };

  /* Visits wait on the device (visits.js): signing out clears it, and another account's page does not stay on it. */
  const waiting = (whose = /^visits:.*:(out|draft)$/) => Object.keys(localStorage).filter((key) => whose.test(key))
    .reduce((sum, key) => { const found = JSON.parse(localStorage.getItem(key)); return sum + (Array.isArray(found) ? found.length : 1); }, 0);
  /* Here, and not only by Clear-Site-Data, which browsers obey on https alone. First whose device it is (devices.py): from
     then on no open page keeps anything any more. */
  const clearDevice = () => {
    document.cookie = "device_of=;path=/;max-age=0;samesite=lax";
    Object.keys(localStorage).filter((key) => key.startsWith("visits:")).forEach((key) => localStorage.removeItem(key));
    sessionStorage.clear();
    if (window.caches) caches.delete("visits-card");
  };
  /* Where visits are listed, one's own that are not among them yet. */
  const undelivered = (place) => {
    const count = waiting(new RegExp(`^visits:${document.body.dataset.account}:out$`));
    place.hidden = !count;
    place.querySelector("[data-words]").textContent = place.dataset.undelivered.replace("{n}", count);
  };
  document.addEventListener("submit", (e) => {
    const words = e.target.dataset.leaves;
    if (!words) return;
    if (waiting() && !confirm(words.replace("{n}", waiting()))) { e.preventDefault(); e.stopImmediatePropagation(); } else clearDevice();
  }, true);
  const me = document.body.dataset.account, before = localStorage.getItem("visits:account");
  if (me && before && me !== before) { localStorage.removeItem("visits:account"); if (window.caches) caches.delete("visits-card"); }

  const start = (inside) => {
    all("[data-unit]", inside).forEach((field) => { if (field.value) echo(field); });
    all("[data-counts]", inside).forEach((out) => { const area = document.getElementById(out.dataset.counts); if (area) count(area); });
    all("form[data-keep]", inside).forEach(keep);
    all(".upload", inside).forEach(upload);
    all("[data-undelivered]", inside).forEach(undelivered);
    if (matchMedia("(max-width: 55.99rem)").matches) all("details.facets[open]", inside).forEach((d) => d.removeAttribute("open"));
  };

  const say = (words) => { const toast = document.querySelector(".toast"); if (toast && words) { toast.textContent = words; setTimeout(() => { toast.textContent = ""; }, 6000); } };

  document.addEventListener("click", (e) => {
    const on = e.target.closest("[data-set-theme],[data-folds],[data-opens],[data-closes],[data-example],[data-print]");
    if (!on) { all(".drop details[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; }); return; }
    const d = on.dataset;
    if (d.setTheme) setTheme(d.setTheme);
    if (d.folds) { const open = document.getElementById(d.folds).classList.toggle("open"); on.setAttribute("aria-expanded", String(open)); }
    if (d.opens) document.getElementById(d.opens).showModal();
    if ("closes" in d) on.closest("dialog").close();
    if ("print" in d) window.print();
    if (d.example) { const area = document.getElementById(d.example); area.value = on.textContent.trim(); area.focus(); count(area); }
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") all(".drop details[open]").forEach((d) => { d.open = false; d.querySelector("summary").focus(); });
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.matches(".searchbox textarea")) e.target.form.requestSubmit();
  });
  document.addEventListener("input", (e) => {
    if (e.target.matches("textarea, input")) count(e.target);
    if (e.target.matches("[data-unit]")) echo(e.target);
  });
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-submits]")) e.target.form.requestSubmit();
    const picks = e.target.dataset.picks;
    if (picks) all(`[name="${picks}"]`, e.target.form).forEach((box) => { box.checked = e.target.checked; });
  });

  /* A short question goes into the address, to be kept and sent to a colleague; a pasted page is posted. */
  const long = (form) => (form.elements.q ? form.elements.q.value.length : 0) > LONG_QUERY;
  document.addEventListener("htmx:configRequest", (e) => {
    const form = e.target;
    if (form.matches && form.matches("form.search") && long(form)) {
      e.preventDefault();
      form.method = "post";
      const by = (e.detail.triggeringEvent || {}).submitter; // submit() sends no pressed button
      if (by && by.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: by.name, value: by.value }));
      form.submit();
    }
  });
  document.addEventListener("submit", (e) => { // captured: before htmx reads the form
    const form = e.target;
    if (form.matches("form.search")) {
      form.method = long(form) ? "post" : "get";
      const token = form.querySelector("[name=csrfmiddlewaretoken]");
      if (token) token.disabled = !long(form);
    }
    if (form.method === "dialog" || form.hasAttribute("data-again")) return;
    if (form.matches("[data-saves]")) sendOnce(form, e);
    // Pressed twice, sent once. A tick later, so that the pressed button's own name still travels.
    setTimeout(() => sendersOf(form).forEach((b) => { b.setAttribute("aria-busy", "true"); if (form.method === "post") b.disabled = true; }));
  }, true);
  const sendersOf = (form) => [...form.elements].filter((b) => b.matches("button:not([type=button])"));
  const wake = () => all("[aria-busy=true]").forEach((b) => { b.removeAttribute("aria-busy"); b.disabled = false; });

  /* What a swap brings is said to who does not see it: what bears data-heard, not all that came. A panel that asks by
     itself says only what is new. */
  let heard = "";
  document.addEventListener("htmx:afterSettle", (e) => {
    const one = e.target.matches("[data-heard]") ? e.target : e.target.querySelector("[data-heard]");
    const words = one ? one.textContent.replace(/\s+/g, " ").trim() : "";
    if (!words || (words === heard && e.target.hasAttribute("hx-trigger"))) return;
    const ear = document.getElementById("heard");
    ear.textContent = "";
    heard = words;
    setTimeout(() => { ear.textContent = words; }, 100); // the same words again are said again only when they were away
  });

  /* A form that saves itself is sent after what is under way, and saves nothing any more once it is sent:
     the server would take the other of the two for somebody else's change. */
  let unsent = null;
  const sendOnce = (form, e) => {
    if (document.querySelector("form.htmx-request")) { e.preventDefault(); unsent = () => form.requestSubmit(e.submitter); } else form.dataset.sent = "";
  };
  document.addEventListener("htmx:beforeRequest", (e) => { if (e.target.matches("[data-sent]")) e.preventDefault(); });
  document.addEventListener("htmx:afterRequest", () => {
    const send = unsent;
    unsent = null;
    wake();
    if (send) send();
  });
  window.addEventListener("pageshow", () => { wake(); all("[data-sent]").forEach((form) => delete form.dataset.sent); });
  document.addEventListener("htmx:afterSwap", (e) => { start(e.target); say(e.target.dataset && e.target.dataset.say); });
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => document.addEventListener(name, () => say(document.body.dataset.unreachable)));

  /* What is wrong with a form may stand far below: it is brought into sight, and read out where it stands. */
  const wrong = document.querySelector("main form .alert[role=alert], main .alert.bad[role=alert]");
  if (wrong) { wrong.tabIndex = -1; wrong.focus({ preventScroll: true }); wrong.scrollIntoView({ block: "center" }); }

  /* What the last act came to stands on the page from its first moment, and a live region reads out only what changes:
     it is put in once more, the same. What has the focus is read out already. */
  const done = document.querySelector("[data-done]");
  if (done && !done.contains(wrong)) setTimeout(() => done.replaceChildren(...[...done.children].map((one) => one.cloneNode(true))), 100);

  showTheme();
  start(document);
})();

// The console's only script. Everything works without it; it adds a live page, questions before actions, keys, the
// theme and the progress of an upload. It writes texts and attributes only, never markup.
const page = document.documentElement;
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Theme: as the system has it, light, or dark.
const kept = (name, value) => {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch { /* storage may be forbidden */ }
  return value;
};
if (kept("theme")) page.dataset.theme = kept("theme");
for (const button of all("[data-theme-button]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = page.dataset.theme ? page.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    page.dataset.theme = kept("theme", dark ? "light" : "dark");
  });
}

// A page that is being left, by a link or a form that waits for its answer, is not loaded again: that would end the
// wait. One that stays, as after a download or the browser's own Stop, is loaded again a minute later.
let isLeaving = false;
addEventListener("beforeunload", () => {
  isLeaving = true;
  setTimeout(() => { isLeaving = false; }, 60000);
});
addEventListener("pageshow", () => { isLeaving = false; });
const loadAgain = () => { if (isLeaving) setTimeout(loadAgain, 1000); else location.reload(); };

// Live: texts by the ids of their elements; `id@name` is an attribute. A hidden tab closes its stream.
const live = find("[data-live]");
const show = (texts) => {
  for (const [key, text] of Object.entries(texts)) {
    const [id, name] = key.split("@");
    const element = document.getElementById(id);
    if (!element) continue;
    if (name) element.setAttribute(name, text);
    else if (element.textContent !== text) element.textContent = text;
  }
};
let stream, lastSeen = Date.now();
const setStale = (isStale) => {
  live.classList.toggle("stale", isStale);
  const note = find("[data-stale-note]");
  if (note) note.hidden = !isStale;
  for (const button of all("form[method=post] button", live)) button.disabled = isStale;
};
const receive = (text) => {
  const { texts } = JSON.parse(text);
  show(texts);
  const shape = live.dataset.shape;
  const now = texts.shape;
  // The database is away: only the sentence says so, all other values stay as they were last.
  setStale(now === "away" && shape !== "away");
  if (now === "away") return;
  // Other buttons and tables than those on the page: it is asked for again, unless a question is open.
  if (now && shape && now !== shape && !find("dialog[open]")) loadAgain();
};
const open = () => {
  if (!live || stream || document.hidden) return;
  stream = new EventSource(live.dataset.live);
  lastSeen = Date.now();
  for (const one of ["now", "away", "heartbeat"]) stream.addEventListener(one, () => { lastSeen = Date.now(); });
  stream.addEventListener("now", (event) => receive(event.data));
  stream.addEventListener("away", () => setStale(true));
  stream.addEventListener("bye", () => { close(); setTimeout(open, 1000 + Math.random() * 4000); });
  stream.onerror = () => {
    // Any answer but 200 closes a stream for good: too many viewers, a proxy without its server, an ended sign-in.
    if (stream?.readyState === EventSource.CLOSED) { close(); askLater(); } else setStale(true);
  };
};
// Without a stream the JSON of the page says when the page can be loaded again: its new values, or the form to sign in.
let asking;
const askLater = () => { asking ??= setTimeout(ask, 4000 + Math.random() * 2000); };
const ask = async () => {
  asking = undefined;
  if (stream) return;
  if (document.hidden || find("dialog[open]")) return askLater();
  const status = await fetch(live.dataset.json, { cache: "no-store" }).then((answer) => answer.status, () => 503);
  if (status < 500) return loadAgain();
  setStale(live.dataset.shape !== "away");
  askLater();
};
const close = () => { stream?.close(); stream = undefined; };
if (live) {
  open();
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  // Not even a heartbeat for so long: a proxy keeps the stream back. The page is asked for again instead.
  setInterval(() => {
    if (stream && !document.hidden && Date.now() - lastSeen > 20000) { close(); ask(); }
  }, 5000);
}

// A page about what is still being done looks again by itself.
if (find("[data-follow]")) setTimeout(loadAgain, 2000);

// A question before what cannot be undone; the form is sent when it is answered. A button counts once.
for (const form of all("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    const question = document.getElementById(form.dataset.ask ?? "");
    if (question && !question.returnValue) {
      event.preventDefault();
      question.showModal();
      question.onclose = () => {
        const isSure = question.returnValue === "yes";
        if (isSure) form.requestSubmit();
        question.returnValue = "";
      };
      return;
    }
    if (form.dataset.upload !== undefined && upload(form)) event.preventDefault();
    setTimeout(() => { for (const button of all("button", form)) button.disabled = true; });
  });
}
addEventListener("pageshow", (event) => { if (event.persisted) for (const one of all("form button")) one.disabled = false; });

// Upload: the same request, with a bar.
const upload = (form) => {
  const bar = find("progress", form);
  if (!bar) return false;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  bar.hidden = false;
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) { bar.max = event.total; bar.value = event.loaded; }
  };
  request.onload = () => {
    if (request.responseURL && request.status < 400) location.assign(request.responseURL);
    else refuse(request.responseXML?.querySelector("[data-detail]")?.textContent ?? form.dataset.tooLarge);
  };
  const refuse = (why) => {
    bar.hidden = true;
    const note = find("[data-upload-note]", form);
    note.textContent = why;
    // What was refused is kept under its key: the next try is another one.
    find("[name=key]", form).value = crypto.getRandomValues(new Uint32Array(4)).join("-");
    note.hidden = false;
    for (const button of all("button", form)) button.disabled = false;
  };
  request.onerror = () => refuse(form.dataset.cutOff);
  request.responseType = "document";
  request.send(new FormData(form));
  return true;
};

// Copy: what stands in an element.
for (const button of all("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    const said = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = said; }, 1500);
  });
}

// Keys, never while typing: ? help, g and a letter goes to a page, j and k walk through rows, / goes to the filter.
let isGoing = false;
const rows = () => all("tbody tr").filter((row) => find("a", row));
const walk = (step) => {
  const here = rows().findIndex((row) => row.contains(document.activeElement));
  const next = rows()[Math.max(0, Math.min(rows().length - 1, here + step))];
  if (next) find("a", next).focus();
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || kept("keys") === "off") return;
  if (event.target.closest("input, select, textarea, dialog[open], [contenteditable]")) return;
  const target = isGoing && find(`a[data-key="${CSS.escape(event.key)}"]`);
  isGoing = event.key === "g" && !isGoing;
  if (target) location.assign(target.href);
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "?") find("a[data-help]")?.click();
  else if (event.key === "/") {
    const field = find(".filter input, .filter select");
    if (field) { event.preventDefault(); field.focus(); }
  }
});
const keys = find("[data-keys-button]");
if (keys) {
  const say = () => { keys.setAttribute("aria-pressed", kept("keys") === "off" ? "false" : "true"); };
  keys.hidden = false;
  say();
  keys.addEventListener("click", () => { kept("keys", kept("keys") === "off" ? "on" : "off"); say(); });
}

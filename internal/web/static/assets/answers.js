// Saves answers as one types, cell by cell. Enhancement only: without it the form
// is sent as a whole. What could not be sent stays on the page and, until it is,
// in this browser; the server says what became of each cell.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form || form.querySelector("fieldset.answer-all")?.disabled) return;
  const status = form.querySelector("[data-status]");
  const hidden = form.elements.etat;
  const state = JSON.parse(hidden.value || "{}");
  const store = "jalon:" + form.dataset.backup;
  const queue = new Map(); // key → {value | sheet, reason, confirm, n}
  const clashes = new Map(); // what conflicts and was not chosen yet, kept over a reload
  let count = 0, sending = false, timer = 0, wait = 0, dead = false, leaving = null;
  for (const b of form.querySelectorAll("[data-noscript]")) b.hidden = true;

  const cellOf = (key) => form.querySelector(`[data-cell="${CSS.escape(key)}"]`);
  const controls = (key) => [...form.elements].filter((el) => el.name === key);
  const read = (key) => {
    const cell = cellOf(key);
    if (cell?.hasAttribute("data-fiche")) {
      const sheet = {};
      for (const el of cell.querySelectorAll("[data-sheet]")) sheet[el.dataset.sheet] = el.value;
      return { sheet };
    }
    const all = controls(key).filter((el) => !/^(radio|checkbox)$/.test(el.type) || el.checked);
    return { value: all.map((el) => el.value).filter(Boolean).join(" ") };
  };
  const write = (key, value) => {
    for (const el of controls(key)) {
      if (el.type === "radio") el.checked = el.value === value;
      else if (el.type === "checkbox") el.checked = value.split(" ").includes(el.value);
      else el.value = value;
    }
    controls(key)[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const tell = (text, bad) => {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("answer-lost", !!bad);
  };
  const backup = () => {
    try {
      // With the revision that each was written over: sent again later, it never
      // replaces unseen what somebody else wrote since.
      const all = [...clashes, ...queue];
      if (all.length) localStorage.setItem(store, JSON.stringify(all.map(([key, q]) => [key, { ...q, base: q.base ?? (state[key]?.r || 0) }])));
      else localStorage.removeItem(store);
    } catch {} // private windows: the page still holds them
  };
  const put = (key, more) => {
    clashes.delete(key);
    queue.set(key, { ...(queue.get(key) || {}), ...read(key), ...more, n: ++count });
    backup();
  };
  const soon = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(send, ms);
  };

  const say = (key, kind, text, ...more) => {
    const box = cellOf(key)?.querySelector("[data-say]");
    if (!box) return;
    const p = document.createElement("p");
    p.textContent = text;
    if (kind === "conflict" || kind === "refused") p.setAttribute("role", "alert");
    box.className = "answer-say answer-say-" + kind;
    box.replaceChildren(...(text ? [p] : []), ...more);
    for (const el of controls(key)) {
      if (kind === "refused" || kind === "conflict") el.setAttribute("aria-invalid", "true");
      else el.removeAttribute("aria-invalid");
    }
  };
  const button = (label, act) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "fr-btn fr-btn--secondary";
    b.textContent = label;
    b.addEventListener("click", act);
    return b;
  };
  const reasonBox = (key) => {
    const id = "pq-" + key, label = document.createElement("label"), input = document.createElement("input");
    label.className = "fr-label";
    label.htmlFor = input.id = id;
    label.textContent = "Pourquoi cette correction\u00a0?";
    input.className = "fr-input";
    input.name = "reason." + key;
    input.dataset.reason = "";
    return [label, input];
  };
  const heard = (c) => {
    const box = cellOf(c.key)?.querySelector("[data-say]");
    switch (c.verdict) {
      case "conflict":
        return say(c.key, "conflict", c.message,
          button("Garder la mienne", () => { put(c.key); say(c.key, "", ""); soon(0); }),
          button("Garder l’autre réponse", () => { write(c.key, c.shown); queue.delete(c.key); clashes.delete(c.key); backup(); say(c.key, "", ""); }));
      case "refused":
        return say(c.key, "refused", c.message);
      case "confirm":
        if (!c.confirm) return say(c.key, "corrected", c.message, ...reasonBox(c.key));
        return say(c.key, "confirm", c.message, button(c.confirm, () => { put(c.key, { confirm: true }); soon(0); }));
    }
    if (!box || box.querySelector("[data-reason]")) return;
    const inside = box.contains(document.activeElement);
    say(c.key, "", "");
    if (inside) controls(c.key)[0]?.focus(); // the button that had it is gone
  };

  const send = async () => {
    clearTimeout(timer);
    if (sending || dead || !queue.size) return;
    sending = true;
    const batch = [...queue], cells = batch.map(([key, q]) => ({ key, rev: q.base ?? (state[key]?.r || 0), value: q.value || "", sheet: q.sheet, reason: q.reason, confirm: q.confirm }));
    const slow = setTimeout(() => tell("Enregistrement…"), 1500); // said only when one would wonder
    try {
      const stop = new AbortController(), late = setTimeout(() => stop.abort(), 15000);
      const answer = await fetch(form.dataset.autosave, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ cells }), signal: stop.signal, keepalive: JSON.stringify(cells).length < 60000 });
      clearTimeout(late);
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
      const out = await answer.json();
      clearTimeout(slow);
      wait = 0;
      if (!answer.ok) {
        dead = true;
        return tell(out.message + " " + kept(), true);
      }
      let bad = 0;
      for (const c of out.cells) {
        state[c.key] = { r: c.rev, v: c.value };
        const mine = batch.find(([key]) => key === c.key);
        const left = queue.get(c.key);
        if (mine && left?.n === mine[1].n) queue.delete(c.key);
        else if (left) delete left.base;
        if (c.verdict === "conflict" && mine && !queue.has(c.key)) clashes.set(c.key, { ...mine[1], base: cells.find((x) => x.key === c.key).rev });
        if (c.verdict === "conflict" || c.verdict === "refused") bad++;
        heard(c);
      }
      hidden.value = JSON.stringify(state);
      backup();
      if (bad) leaving = null;
      tell(bad ? "Enregistré à " + out.at + ", sauf " + (bad > 1 ? bad + " réponses" : "une réponse") + "\u00a0: voyez ci-dessus" : "Enregistré à " + out.at, bad);
    } catch {
      wait = Math.min(30, (wait || 1) * 2);
      tell("Connexion perdue, " + kept() + " Nouvel essai dans " + wait + "\u00a0s.", true);
      soon(wait * 1000);
    } finally {
      clearTimeout(slow);
      sending = false;
      if (queue.size && !wait && !dead) soon(200);
      else if (leaving && !queue.size) form.requestSubmit(leaving);
    }
  };
  const kept = () => (queue.size > 1 ? queue.size + " réponses gardées" : "une réponse gardée") + " sur cette page.";

  const changed = (e, ms) => {
    const el = e.target, cell = el.closest?.("[data-cell]");
    if (!cell || el.type === "button" || el.hasAttribute("data-file")) return; // files go with the form
    const key = cell.dataset.cell;
    if (el.hasAttribute("data-confirm")) { if (el.checked) put(key, { confirm: true }); }
    else if (el.hasAttribute("data-reason")) put(key, { reason: el.value });
    else put(key);
    soon(ms);
  };
  form.addEventListener("input", (e) => { if (/^(text|textarea|date)$/.test(e.target.type)) changed(e, 700); });
  form.addEventListener("change", (e) => changed(e, 100));
  form.addEventListener("click", (e) => {
    const b = e.target.closest?.("[data-hint]");
    if (!b) return;
    e.preventDefault();
    write(b.dataset.hint, b.dataset.value);
    b.hidden = true;
  });
  // One leaves the page once all that it holds is saved: a lost line keeps one here.
  form.addEventListener("submit", (e) => {
    if (dead || (!queue.size && !sending)) {
      if (clashes.size) { clashes.clear(); backup(); } // sent again as it stands, it is what one keeps
      return;
    }
    e.preventDefault();
    leaving = e.submitter;
    send();
  });
  window.addEventListener("online", () => soon(0));
  window.addEventListener("pagehide", () => send());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
  window.addEventListener("beforeunload", (e) => { if (queue.size && wait) e.preventDefault(); });

  // What a page that was lost had not sent comes back, and is sent again.
  try {
    const left = JSON.parse(localStorage.getItem(store) || "[]");
    for (const [key, q] of left) {
      if (!cellOf(key)) continue;
      if (q.sheet) for (const el of cellOf(key).querySelectorAll("[data-sheet]")) el.value = q.sheet[el.dataset.sheet] || "";
      else write(key, q.value || "");
      put(key, { confirm: q.confirm, reason: q.reason, base: q.base });
    }
    if (queue.size) soon(0);
  } catch {}
})();

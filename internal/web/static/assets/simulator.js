// The simulator answers as one types. The server does the same from the same
// address (internal/panorama/simulate*.go, internal/web/simulator/text.go):
// same arithmetic, same rounding, same words. Without this file the form works.
(() => {
  "use strict";
  const form = document.querySelector("[data-simulator]");
  if (!form) return;
  const MAX = 1e12, NB = "\u00a0", blank = "blank" in form.dataset;
  const all = (root, sel) => [...root.querySelectorAll(sel)];

  const round = (v, d) => {
    let p = 1;
    for (let i = Math.abs(d); i; i--) p *= 10;
    let a = Math.abs(v);
    a = d < 0 ? Math.floor(a / p + 0.5) * p : Math.floor(a * p + 0.5) / p;
    return v < 0 && a ? -a : a;
  };
  const trim = (s) => s.includes(".") ? s.replace(/\.?0+$/, "") : s;
  const comma = (s) => s.replace(".", ",");
  const queryKt = (kg) => trim((kg / 1e6).toFixed(6));
  const fieldKt = (kg) => comma(queryKt(kg));
  const ktText = (kg) => {
    const kt = kg / 1e6, a = Math.abs(kt), d = a >= 100 ? 0 : a >= 1 ? 1 : 3;
    const r = round(kt, d);
    const [w, f] = trim(Math.abs(r).toFixed(d)).split(".");
    return (r < 0 ? "\u2212" : "") + w.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (f ? "," + f : "");
  };
  const kt = (kg) => ktText(kg) + NB + "kt";

  const number = (typed, decimals) => {
    const s = typed.replace(/[ \u00a0\u202f\t]/g, "").replace("\u2212", "-").replace(/^\+/, "");
    if (/,.*[.,]|\..*,/.test(s)) return NaN;
    const n = s.replace(",", ".");
    return new RegExp("^-?\\d{1,12}(\\.\\d+)?$").test(n) && (!decimals || !/\.\d{6}\d*[1-9]/.test(n)) ? +n : NaN;
  };

  const levers = all(form, "[data-lever]").map((el) => {
    const d = el.dataset;
    return {
      el, code: d.lever, kg: "kg" in d ? +d.kg : null, set: {},
      ratio: +d.ratio || 0, start: +d.start || 0, relative: "start" in d, decimals: +d.decimals || 0,
    };
  });
  const level = (l, kg) => {
    const change = (kg / 1e6) * l.ratio;
    return round(l.relative ? l.start + change : change, l.decimals);
  };
  const mass = (l, v) => {
    const x = (l.relative ? v - l.start : v) / l.ratio;
    const t = Math.abs(x) > 2e6 ? Math.sign(x) * 2e6 : x;
    for (let d = 0; d < 6; d++) {
      const kg = round(round(t, d) * 1e6, 0);
      if (level(l, kg) === v) return kg;
    }
    return round(t * 1e6, 0);
  };
  const value = (l, side) => side in l.set ? l.set[side] : side === "v" && !blank ? l.kg : null;
  const put = (l, side, kg) => {
    if (side === "v" && !blank && kg === l.kg) delete l.set[side];
    else l.set[side] = kg;
  };
  const objective = (kg) => {
    const a = Math.abs(kg / 1e6);
    return fieldKt(round(round(kg / 1e6, a < 1 ? 3 : a < 10 ? 2 : 1) * 1e6, 0));
  };
  const shown = (l, side, unit) => {
    const kg = value(l, side);
    if (kg === null) return "";
    if (unit) return comma(level(l, kg).toFixed(Math.max(l.decimals, 0)));
    return side in l.set ? fieldKt(kg) : objective(kg);
  };
  const input = (l, side, unit) => form.elements[side + (unit ? "u-" : "k-") + l.code];

  const query = () => {
    const out = levers.flatMap((l) => Object.keys(l.set).map((s) => s + "-" + l.code + "=" + queryKt(l.set[s])));
    if (blank) out.push("depart=zero");
    return out.sort().join("&");
  };

  const tally = (el) => {
    const box = el.closest("[data-sector]");
    let aim = 0, done = 0, known = 0, target = 0, n = 0;
    for (const l of levers) {
      if (box && !box.contains(l.el)) continue;
      n++;
      target += l.kg ?? 0;
      aim += value(l, "v") ?? 0;
      if ("f" in l.set) { done += l.set.f; known++; }
    }
    const text = (sel, s) => {
      const e = el.querySelector(sel);
      if (e && e.textContent !== s) e.textContent = s;
    };
    const rest = target - aim;
    text("[data-gauge-assigned]", ktText(aim));
    text("[data-gauge-rest]", rest >= 500 ? "reste à assigner" + NB + ": " + kt(rest)
      : rest <= -500 ? "dépasse l’objectif de " + kt(-rest) : "objectif entièrement assigné");
    text("[data-done]", "Déjà fait" + NB + ": " + (known ? kt(done) + " (" + known + NB +
      (known < 2 ? "levier renseigné" : "leviers renseignés") + " sur " + n + ")" : "non renseigné"));
    const a = Math.max(aim, 0), o = Math.max(target, 0), top = Math.max(a, o) || 1;
    const at = (v) => Math.round((v / 2) / (top / 2) * 1000) / 10;
    const within = at(Math.min(a, o));
    const bar = (sel, attrs) => {
      const e = el.querySelector(sel);
      if (e) for (const k in attrs) e.setAttribute(k, attrs[k] + "%");
    };
    bar("[data-gauge-within]", { width: within });
    bar("[data-gauge-beyond]", { x: at(o), width: round(at(a) - within, 1) });
    bar("[data-gauge-target]", { x1: at(o), x2: at(o) });
  };

  const warn = (l) => {
    const aim = value(l, "v");
    const shownIf = { "under-done": aim !== null && "f" in l.set && aim < l.set.f, "under-zero": aim !== null && l.relative && level(l, aim) < 0 };
    for (const e of all(l.el, "[data-warn]")) e.hidden = !shownIf[e.dataset.warn];
  };

  const state = form.elements.etat;
  for (const [k, v] of new URLSearchParams(state.value)) {
    const l = levers.find((x) => x.code === k.slice(2));
    if (l) l.set[k[0]] = Math.round(v * 1e6);
  }

  const refuse = (field, message) => {
    const id = field.id + "-erreur";
    document.getElementById(id)?.remove();
    field.parentElement.classList.toggle("fr-input-group--error", !!message);
    if (!message) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
      return;
    }
    const p = document.createElement("p");
    p.className = "fr-error-text";
    p.id = id;
    p.textContent = message;
    field.parentElement.append(p);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
  };

  // Reads the field that was changed; true when it holds something readable.
  const read = (l, side, unit, typed) => {
    if (!typed) { delete l.set[side]; return true; }
    let kg;
    if (unit) {
      let v = number(typed);
      if (isNaN(v)) return false;
      v = round(v, l.decimals);
      kg = side === "v" && !blank && l.kg !== null && level(l, l.kg) === v ? l.kg : mass(l, v);
    } else kg = Math.round(number(typed, true) * 1e6);
    if (isNaN(kg) || Math.abs(kg) > MAX) return false;
    put(l, side, kg);
    return true;
  };

  const update = (e) => {
    const m = /^([fv])([ku])-(.+)$/.exec(e.target.name);
    const l = m && levers.find((x) => x.code === m[3]);
    if (!l) return;
    const side = m[1], unit = m[2] === "u", other = input(l, side, !unit);
    const typed = e.target.value.trim();
    const was = shown(l, side, unit), n = number(typed, !unit);
    const same = typed === was || (was && (unit ? round(n, l.decimals) : n) === number(was));
    const ok = same || read(l, side, unit, typed);
    if (ok) {
      refuse(e.target);
      if (other) { refuse(other); other.value = shown(l, side, !unit); }
      warn(l);
      all(document, "[data-tally]").forEach(tally);
    }
    if (e.type !== "change") return;
    if (!ok) return refuse(e.target, "«" + NB + typed.slice(0, 24) + NB + "» ne peut pas être lu" + NB + ": écrivez par exemple 120 ou 120,5.");
    e.target.value = shown(l, side, unit);
    const q = query(), address = q ? "?" + q : "";
    state.value = q;
    history.replaceState(null, "", location.pathname + address);
    for (const a of all(document, "[data-sim-href]")) a.href = a.dataset.simHref + address;
    for (const b of all(document, "[data-sim-share]")) b.dataset.copy = location.href;
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
})();

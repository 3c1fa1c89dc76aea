// Shows and hides questions as one answers. The server does the same from the
// same document (internal/questionnaire/graph.go): one table of cases holds both.
// Without this file the page shows what the saved answers ask for.
//
// How a page marks itself:
// <form data-questionnaire="…">      the JSON of questionnaire.Form.Spec(answers, sections of the page…)
//   <… data-section="id">            all of a section
//     <… data-question="id">         all of a question, a matrix with its rows
// The server sets «hidden» on those that are not asked; this file adds and
// removes it. A control's «name» is the key of its cell (or its «data-key», when
// the form must send another name): radio buttons and check boxes of one name are
// one cell, the codes that are ticked with a space between; the flag that skips a
// section («id.sans-objet») is a check box of value «oui», outside any question.
// No control that may be hidden is «required» (say it in words and on the server):
// a browser would refuse to send it. What is hidden is sent as it was, never
// emptied. After each change the form gets the event «questionnaire», of which
// detail is {key, shown, hidden, evaluated}: ids, and how many conditions ran.
(() => {
  "use strict";
  const codes = (v) => v.split(/\s+/).filter(Boolean);

  // engine holds one form: nodes are its sections and questions, ordered so that
  // each comes after all that its condition reads.
  const engine = (spec, answers) => {
    const nodes = [], owner = new Map(), matrices = new Map(), values = new Map(Object.entries(answers || {}));
    const add = (n) => (nodes.push(n), n.deps = new Set(), n.next = [], n.shown = false, n);
    for (const s of spec.sections) {
      const section = add({ id: s.id, part: true, when: s.when, skip: s.skip });
      if (s.skip) owner.set(s.skip, section);
      for (const q of s.questions || []) {
        const node = add({ id: q.id, when: q.when, section });
        node.deps.add(section);
        node.keys = q.rows ? q.rows.flatMap((r) => q.columns.map((c) => r + "." + c)) : [q.id];
        if (q.rows) matrices.set(q.id, node);
        for (const k of node.keys) owner.set(k, node);
      }
    }
    const reads = (c, on) => {
      if (!c) return;
      for (const x of [...(c.all || []), ...(c.any || []), ...(c.not ? [c.not] : [])]) reads(x, on);
      const n = c.key ? owner.get(c.key) : c.rated ? matrices.get(c.rated) : null;
      if (n) on.add(n);
    };
    for (const n of nodes) reads(n.when, n.deps);
    for (const n of nodes) for (const d of n.deps) d.next.push(n);
    const order = [], left = new Map(nodes.map((n) => [n, n.deps.size])), ready = nodes.filter((n) => !n.deps.size);
    for (let n; (n = ready.shift()); ) {
      order.push(n);
      for (const m of n.next) {
        left.set(m, left.get(m) - 1);
        if (!left.get(m)) ready.push(m);
      }
    }

    const value = (key) => {
      const n = owner.get(key);
      return n && n.shown ? values.get(key) || "" : "";
    };
    let evaluated = 0;
    const holds = (c) => {
      if (!c) return true;
      if (c.all?.length) return c.all.every(holds);
      if (c.any?.length) return c.any.some(holds);
      if (c.not) return !holds(c.not);
      if (c.key) {
        const v = value(c.key);
        return v !== "" && (!c.in?.length || codes(v).some((x) => c.in.includes(x)));
      }
      const n = matrices.get(c.rated);
      return !!n && n.shown && n.keys.some((k) => values.get(k));
    };
    const judge = (n) => {
      const open = n.part || (n.section.shown && values.get(n.section.skip) !== "oui");
      if (!open) return false;
      if (n.when) evaluated++;
      return holds(n.when);
    };
    // spread judges again what depends on some nodes, in order, and no more.
    const spread = (from) => {
      const due = new Set(), shown = [], hidden = [];
      for (const n of from) for (const m of n.next) due.add(m);
      for (let i = 0; due.size && i < order.length; i++) {
        const n = order[i];
        if (!due.delete(n)) continue;
        const now = judge(n);
        if (now === n.shown) continue;
        n.shown = now;
        (now ? shown : hidden).push(n.id);
        for (const m of n.next) due.add(m);
      }
      return { shown, hidden };
    };
    for (const n of order) n.shown = judge(n);
    return {
      nodes,
      visible: () => nodes.filter((n) => n.shown).map((n) => n.id),
      shown: (id) => nodes.some((n) => n.id === id && n.shown),
      get evaluated() { return evaluated; },
      set(key, v) {
        const before = evaluated, n = owner.get(key), was = values.get(key) || "";
        values.set(key, v);
        const out = n && was !== v ? spread([n]) : { shown: [], hidden: [] };
        return { key, ...out, evaluated: evaluated - before };
      },
    };
  };
  globalThis.questionnaire = engine;
  if (typeof document === "undefined") return;

  const keyOf = (el) => el.dataset?.key || el.name;
  const read = (form, key, groups) => {
    const all = groups.get(key) || [];
    return all.filter((el) => !/^(radio|checkbox)$/.test(el.type) || el.checked).map((el) => el.value.trim()).filter(Boolean).join(" ");
  };
  const start = (form) => {
    if (form.questionnaire) return;
    const spec = JSON.parse(form.dataset.questionnaire), groups = new Map();
    for (const el of form.elements) {
      const key = keyOf(el);
      if (key && el.type !== "hidden" && el.tagName !== "FIELDSET" && el.tagName !== "BUTTON") groups.set(key, [...(groups.get(key) || []), el]);
    }
    const answers = { ...spec.answers };
    for (const key of groups.keys()) answers[key] = read(form, key, groups);
    const run = (form.questionnaire = engine(spec, answers));
    const parts = new Map();
    for (const el of form.querySelectorAll("[data-question],[data-section]")) {
      const id = (el.dataset.question ? "q " + el.dataset.question : "s " + el.dataset.section);
      parts.set(id, [...(parts.get(id) || []), el]);
    }
    const show = (id, on) => {
      for (const kind of ["q ", "s "]) for (const el of parts.get(kind + id) || []) el.hidden = !on;
    };
    for (const n of run.nodes) show(n.id, n.shown);
    const changed = (e) => {
      const key = keyOf(e.target);
      if (!groups.has(key)) return;
      const detail = run.set(key, read(form, key, groups));
      for (const id of detail.shown) show(id, true);
      for (const id of detail.hidden) show(id, false);
      form.dispatchEvent(new CustomEvent("questionnaire", { detail, bubbles: true }));
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
  };
  const all = () => document.querySelectorAll("form[data-questionnaire]").forEach(start);
  document.addEventListener("htmx:after:swap", all);
  all();
})();

package e2e

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed axe/axe.min.js
var axeScript string

// Axe fails on each breach that axe-core finds of WCAG 2.2 A and AA and of its
// good practices. Call it after each interaction, not only on arrival. A page that
// was found good, and comes again as it was, is not looked at twice: a journey that
// is walked on two engines shows each page on both.
func (p *Page) Axe() {
	p.t.Helper()
	look := Eval[string](p, appearance)
	if _, good := clean.Load(look); good {
		return
	}
	found := p.violations()
	for _, v := range found {
		p.t.Errorf("%s: %s", p.Path(), v)
	}
	if len(found) == 0 {
		clean.Store(look, true)
	}
}

// AxeInTheDark looks at a page that Axe just found good as who prefers dark pages
// sees it. Where no box came, went or moved with the scheme, only a rule of colour
// can say something else than it just did, and those alone are run: the whole where
// one did.
func (p *Page) AxeInTheDark() {
	p.t.Helper()
	before := Eval[string](p, boxes)
	p.Dark()
	which := everyRule
	if Eval[string](p, boxes) == before {
		which = coloursOnly
	}
	for _, v := range p.breaches(which) {
		p.t.Errorf("%s, in the dark: %s", p.Path(), v)
	}
}

// boxes is where each element stands and whether it is shown, which is all that a rule
// that reads no colour takes from the style.
const boxes = `(async () => {
	const text = [...document.querySelectorAll("*")].map(e => {
		const r = e.getBoundingClientRect(), s = getComputedStyle(e);
		return [r.x + scrollX, r.y + scrollY, r.width, r.height, s.display, s.visibility, s.opacity, s.clip, s.clipPath, s.overflow, s.fontSize, s.fontWeight].join();
	}).join("\n");
	const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return [...new Uint8Array(sum)].map(b => b.toString(16).padStart(2, "0")).join("");
})()`

// clean holds the appearances that axe-core found nothing in.
var clean sync.Map

// appearance is all that axe-core judges of a page: its marks and words, but for the
// numbers and the ids that change from one base to the next, what its fields hold,
// where the focus is, how wide it stands and what the reader prefers.
const appearance = `(async () => {
	const fields = [...document.querySelectorAll("input, select, textarea, details")].map(e => [e.value, e.checked, e.open, e.disabled, e.matches(":invalid")].join());
	const at = [...document.querySelectorAll("*")].indexOf(document.activeElement);
	const how = [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("print").matches, at, ...fields].join("\n");
	const text = how + document.documentElement.outerHTML.replace(/[0-9a-f]{8}[0-9a-f-]*|\d+/g, "0");
	const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return [...new Uint8Array(sum)].map(b => b.toString(16).padStart(2, "0")).join("");
})()`

type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		Target         []any
		HTML           string
		FailureSummary string
	}
}

// What axe-core is asked for: every rule of WCAG 2.2 A and AA and its good practices,
// or those of them that it files under colour itself.
const (
	standard    = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	everyRule   = `{type: "tag", values: ` + standard + `}`
	coloursOnly = `{type: "rule", values: axe.getRules(["cat.color"]).filter(r => r.tags.some(t => ` + standard + `.includes(t))).map(r => r.ruleId)}`
)

func (p *Page) violations() []string {
	p.t.Helper()
	return p.breaches(everyRule)
}

func (p *Page) breaches(which string) []string {
	p.t.Helper()
	if !Eval[bool](p, `typeof window.axe?.run === "function"`) {
		// A page may hold an id «axe», which is then a name of the window too. By the
		// debugger: the content policy forbids it to the page, rightly.
		get(p, "axe", chromedp.Evaluate[chromedp.Void](axeScript))
	}
	found := Eval[[]violation](p, `axe.run(document, {
		runOnly: `+which+`,
		resultTypes: ["violations"],
	}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact || "", Help: v.help,
		Nodes: v.nodes.map(n => ({Target: n.target, HTML: n.html, FailureSummary: n.failureSummary || ""}))})))`)
	var list []string
	for _, v := range found {
		for _, n := range v.Nodes {
			html := n.HTML
			if len(html) > 200 {
				html = html[:200] + "…"
			}
			list = append(list, fmt.Sprintf("axe %s (%s): %s\n\tat %v\n\t%s\n\t%s", v.ID, v.Impact, v.Help, n.Target, html,
				strings.ReplaceAll(n.FailureSummary, "\n", "\n\t")))
		}
	}
	return list
}

// Narrow shows the page 320 pixels wide and fails when it scrolls sideways,
// naming what sticks out. Tables and charts may scroll inside a frame of their
// own.
func (p *Page) Narrow() {
	p.t.Helper()
	p.Resize(320, 640)
	for _, what := range p.overflows() {
		p.t.Errorf("%s at 320 px: %s", p.Path(), what)
	}
}

func (p *Page) overflows() []string {
	p.t.Helper()
	return Eval[[]string](p, `(() => {
		const root = document.documentElement, width = root.clientWidth;
		if (root.scrollWidth <= width) return [];
		const inFrame = e => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement)
			if (getComputedStyle(e).overflowX !== "visible") return true; return false; };
		const out = [];
		for (const e of document.body.querySelectorAll("*")) {
			const r = e.getBoundingClientRect();
			if (r.width > 0 && r.right > width + 1 && !inFrame(e))
				out.push("sticks out to " + Math.round(r.right) + " px: " + e.outerHTML.slice(0, 120));
		}
		return out.length ? out.slice(-5) : ["the page is " + root.scrollWidth + " px wide"];
	})()`)
}

// stop is where the keyboard's focus is.
type stop struct {
	Place, Name string
	Visible     bool
}

const focused = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement) return {Place: "", Name: "", Visible: true};
	const s = getComputedStyle(e), r = e.getBoundingClientRect();
	const ring = (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none";
	const name = (e.getAttribute("aria-label") || e.textContent || e.value || e.id || "").trim().replace(/\s+/g, " ").slice(0, 60);
	let n = 0; for (let i = e; i; i = i.previousElementSibling) n++;
	return {Place: e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + ":" + n + "@" + Math.round(r.left + scrollX) + "," + Math.round(r.top + scrollY),
		Name: name, Visible: ring && r.width > 0 && r.height > 0};
})()`

// Keyboard goes through the page with Tab, at most limit stops, and returns the
// names of where it stopped. It fails when the focus cannot be seen, or when it
// is caught in one place.
func (p *Page) Keyboard(limit int) []string {
	p.t.Helper()
	var names []string
	last := ""
	for range limit {
		p.Press(kb.Tab)
		at := Eval[stop](p, focused)
		if at.Place == "" {
			return names // through the page, and out
		}
		if at.Place == last {
			p.t.Errorf("%s: the keyboard is caught at %s («%s»)", p.Path(), at.Place, at.Name)
			return names
		}
		if !at.Visible {
			p.t.Errorf("%s: the focus cannot be seen at %s («%s»)", p.Path(), at.Place, at.Name)
		}
		last = at.Place
		names = append(names, at.Name)
	}
	return names
}

// Package internal_test holds the house to its plan: which package may import
// which, and how long a file may grow.
package internal_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// house is the order of the packages: one imports only those of the floors
// before its own, or of its own floor when it stands there before. Pure floors
// hold packages that know nothing of one another.
//
// A package that is not listed fails the test: its place is a decision.
var house = []floor{
	{name: "embedded tables", pure: true, packages: []string{"data", "data/geo"}},
	{name: "errors", packages: []string{"internal/apperr"}},
	{name: "foundations", packages: []string{"internal/config", "internal/db", "internal/jobs", "internal/mail", "internal/blob", "internal/journal"}},
	{name: "leaves", pure: true, reach: []string{"internal/apperr", "internal/french"}, packages: []string{
		"internal/french", "internal/office", "internal/chart", "internal/textmining", "internal/form", "internal/policy", "internal/questionnaire", "internal/opinion"}},
	{name: "tree, referential, ledger", packages: []string{
		"internal/territory", "internal/framework", "internal/figure", "internal/series", "internal/panorama"}},
	{name: "shared by rooms", packages: []string{"internal/link", "internal/intake", "internal/document", "internal/search"}},
	{name: "rooms", packages: []string{
		"internal/account", "internal/apikey", "internal/cop", "internal/composition", "internal/plan", "internal/objective", "internal/knowledge", "internal/action", "internal/action/coverage",
		"internal/survey", "internal/restitution", "internal/support", "internal/support/aid",
		"internal/debate", "internal/debate/moderation", "internal/debate/group", "internal/debate/meeting", "internal/debate/ballot", "internal/debate/minutes", "internal/debate/contribution", "internal/debate/question", "internal/debate/ambition", "internal/debate/consultation", "internal/debate/follow",
		"internal/diagnosis", "internal/roadmap", "internal/followup", "internal/followup/outcome", "internal/adaptation", "internal/renewal", "internal/national", "internal/report",
		"internal/diagnosis/live", "internal/followup/live", "internal/roadmap/live"}}, // the blocks of documents: they read every room, and draw as reports do
	{name: "foreign formats", packages: []string{"internal/exchange", "internal/hub"}},
	// Components and the frame of a page know no room.
	{name: "components", pure: true, reach: []string{"data", "data/geo", "internal/apperr", "internal/french", "internal/chart", "internal/form",
		"internal/policy", "internal/web/static", "internal/web/ui"}, packages: []string{"internal/web/static", "internal/web/ui", "internal/web/shell"}},
	{name: "what rooms say on pages", packages: []string{"internal/web/wording", "internal/web/sections", "internal/web/preview", "internal/web/paper"}},
	{name: "pages of a room", pure: true, reach: below("internal/web/paper"), packages: []string{"internal/web/*"}},
	{name: "web and API", packages: []string{"internal/api", "internal/web"}},
	{name: "program", packages: []string{"internal/demo", "internal/app", "cmd/jalon"}},
	{name: "tests", packages: []string{"internal/testkit", "internal/testkit/answered", "internal/testkit/debated", "internal/testkit/registered", "e2e", "internal"}},
	{name: "tools and benchmarks", packages: []string{"bench", "bench/*", "tools/*"}},
}

type floor struct {
	name     string
	packages []string
	pure     bool     // its packages do not import one another…
	reach    []string // …and import only these, when given
}

// below is the reach of every package before one, itself included.
func below(last string) []string {
	return []string{"<=" + last}
}

// place is where a package stands.
type place struct{ floor, room int }

func find(pkg string) (place, bool) {
	for i, f := range house {
		if j := slices.Index(f.packages, pkg); j >= 0 {
			return place{i, j}, true
		}
	}
	for i, f := range house {
		for j, pattern := range f.packages {
			if ok, err := path.Match(pattern, pkg); err == nil && ok {
				return place{i, j}, true
			}
		}
	}
	return place{}, false
}

func (p place) before(q place) bool {
	return p.floor < q.floor || p.floor == q.floor && p.room < q.room
}

// arrow says why from may not import to, "" when it may.
func arrow(from, to string) string {
	a, ok := find(from)
	if !ok {
		return from + " has no place in the house: give it one in house_test.go"
	}
	b, ok := find(to)
	if !ok {
		return to + " has no place in the house: give it one in house_test.go"
	}
	f := house[a.floor]
	switch {
	case f.pure && len(f.reach) > 0:
		for _, r := range f.reach {
			if last, ok := strings.CutPrefix(r, "<="); ok {
				if limit, known := find(last); known && !limit.before(b) {
					return ""
				}
			} else if r == to {
				return ""
			}
		}
		return fmt.Sprintf("%s (%s) may not import %s (%s)", from, f.name, to, house[b.floor].name)
	case f.pure && a.floor == b.floor:
		return fmt.Sprintf("%s may not import %s: the %s know nothing of one another", from, to, f.name)
	case !b.before(a):
		return fmt.Sprintf("%s (%s) may not import %s (%s): it comes after", from, f.name, to, house[b.floor].name)
	}
	return ""
}

func TestArrow(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"internal/panorama", "internal/territory", true},
		{"internal/territory", "internal/panorama", false},
		{"internal/db", "internal/territory", false},
		{"internal/chart", "internal/form", false},
		{"internal/policy", "internal/apperr", true},
		{"internal/action", "internal/cop", true},
		{"internal/cop", "internal/action", false},
		{"internal/web/levers", "internal/panorama", true},
		{"internal/web/levers", "internal/web/ui", true},
		{"internal/web/levers", "internal/web/places", false},
		{"internal/web/levers", "internal/web", false},
		{"internal/web/ui", "internal/panorama", false},
		{"internal/web", "internal/web/levers", true},
		{"internal/exchange", "internal/panorama", true},
		{"internal/panorama", "internal/exchange", false},
		{"internal/novelty", "internal/apperr", false},
	} {
		if why := arrow(c.from, c.to); (why == "") != c.ok {
			t.Errorf("arrow(%s, %s) = %q", c.from, c.to, why)
		}
	}
}

// source is one Go file of the project, its path from the root.
type source struct {
	file string
	text []byte
}

func sources(t *testing.T) []source {
	t.Helper()
	root := os.DirFS("..")
	var list []source
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := fs.ReadFile(root, p)
		list = append(list, source{p, text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Fatalf("only %d files found: is this the root?", len(list))
	}
	return list
}

func (s source) generated() bool {
	head, _, _ := bytes.Cut(s.text, []byte("\npackage "))
	return bytes.Contains(head, []byte("// Code generated ")) && bytes.Contains(head, []byte("DO NOT EDIT."))
}

// Tests may look further: they open databases, files and browsers.
func TestNoArrowPointsUp(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), s.file, s.text, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			continue
		}
		from := path.Dir(s.file)
		if _, ok := find(from); !ok && !said[from] {
			said[from] = true
			t.Errorf("%s has no place in the house: give it one in house_test.go", from)
		}
		for _, spec := range f.Imports {
			to, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), "jalon/")
			if why := arrow(from, to); ours && why != "" && !said[why] {
				said[why] = true
				t.Error(why)
			}
		}
	}
}

// A file that a person cannot hold in mind is two.
func TestFilesStayShort(t *testing.T) {
	const most = 450
	for _, s := range sources(t) {
		if n := bytes.Count(s.text, []byte("\n")); n > most && !s.generated() {
			t.Errorf("%s has %d lines, more than %d", s.file, n, most)
		}
	}
}

// What the house leaves out of every file, tests included.
func TestHabits(t *testing.T) {
	for _, s := range sources(t) {
		if s.file == "internal/house_test.go" || s.generated() {
			continue
		}
		for n, line := range strings.Split(string(s.text), "\n") {
			for _, c := range []struct{ word, why string }{
				{"time." + "Sleep(", "nothing sleeps: wait for what is waited for"},
				{"TO" + "DO", "say it in an issue, or do it"},
				{"FIX" + "ME", "say it in an issue, or do it"},
			} {
				if strings.Contains(line, c.word) && !strings.HasPrefix(s.file, "bench/") { // a load generator keeps a pace
					t.Errorf("%s:%d: %s (%s)", s.file, n+1, c.word, c.why)
				}
			}
		}
	}
}

// Package docs_test holds the written documents to the code: what they list is
// what exists, what they point to is there, and what users read is typeset in
// French.
package docs_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/config"
)

const root = "../.."

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// required lists the modules of a module file.
func required(text string) []string {
	var modules []string
	for _, found := range regexp.MustCompile(`(?m)^\s*(?:require\s+)?([a-z0-9][^\s()]*\.[a-z]+/\S+|[a-z]+\.[a-z]+/\S+)\s+v\d`).FindAllStringSubmatch(text, -1) {
		modules = append(modules, found[1])
	}
	return modules
}

// imported lists the modules of go.mod that a file of the project imports.
func imported(t *testing.T) []string {
	t.Helper()
	modules := required(read(t, "go.mod"))
	used := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && len(d.Name()) > 2 && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if m := moduleOf(name, modules); m != "" {
				used[m] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(used))
}

// moduleOf is the longest module whose path begins that of a package.
func moduleOf(pkg string, modules []string) (best string) {
	for _, m := range modules {
		if (pkg == m || strings.HasPrefix(pkg, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	return best
}

// section is the part of a Markdown text under a heading of level 2.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("no section «%s»", heading)
	}
	body, _, _ := strings.Cut(rest, "\n## ")
	return body
}

var firstCell = regexp.MustCompile("(?m)^\\| `([^`]+)`(?:, with `([^`]+)`)? \\|")

// rows lists the names in the first cells of the tables of a text.
func rows(text string) []string {
	var names []string
	for _, found := range firstCell.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
		if found[2] != "" {
			names = append(names, found[2])
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryDirectDependencyHasItsReason(t *testing.T) {
	text := read(t, "docs/dependencies.md")
	said := append(rows(section(t, text, "In the program")), rows(section(t, text, "In the tests"))...)
	slices.Sort(said)
	if diff := cmp.Diff(imported(t), said); diff != "" {
		t.Errorf("docs/dependencies.md (+) and what the code imports (-) differ:\n%s", diff)
	}
	tools := read(t, "tools/tool.mod") + read(t, "tools/mailpit.mod")
	for _, name := range rows(section(t, text, "Tools")) {
		if !strings.Contains(tools, name) {
			t.Errorf("no module file of tools/ holds %s", name)
		}
	}
}

func TestRequiredReadsAModuleFile(t *testing.T) {
	got := required("module jalon\n\ngo 1.26.0\n\nrequire (\n\tgithub.com/a/b/v5 v5.1.0\n\tpgregory.net/rapid v1.3.0 // indirect\n)\nrequire golang.org/x/text v0.43.0\n")
	if diff := cmp.Diff([]string{"github.com/a/b/v5", "pgregory.net/rapid", "golang.org/x/text"}, got); diff != "" {
		t.Error(diff)
	}
	if m := moduleOf("github.com/a/b/v5/c", []string{"github.com/a/b", "github.com/a/b/v5"}); m != "github.com/a/b/v5" {
		t.Error(m)
	}
}

func TestEveryVariableIsDocumented(t *testing.T) {
	for _, name := range []string{"README.md", "docs/guide/installer.md"} {
		text := read(t, name)
		known := map[string]bool{}
		for _, o := range config.Options() {
			known[o.Name] = true
			if !strings.Contains(text, "| `"+o.Name+"` |") {
				t.Errorf("%s: %s has no line", name, o.Name)
			}
		}
		for _, line := range rows(text) {
			if strings.HasPrefix(line, "JALON_") && !known[line] {
				t.Errorf("%s: no code reads %s", name, line)
			}
		}
	}
}

func TestEveryCommandIsInTheReadme(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "cmd/jalon/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	readme, found := read(t, "README.md"), 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`name: "([a-z]+)", args:`).FindAllStringSubmatch(string(b), -1) {
			found++
			if !strings.Contains(readme, "`jalon "+m[1]) {
				t.Errorf("README.md: the command %s has no line", m[1])
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d commands found in cmd/jalon", found)
	}
}

func TestPicturesAreLight(t *testing.T) {
	const heaviest = 150_000
	files, err := filepath.Glob(filepath.Join(root, "docs/screenshots/*"))
	if err != nil {
		t.Fatal(err)
	}
	readme := read(t, "README.md")
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > heaviest {
			t.Errorf("%s weighs %d kB: run make screenshots", filepath.Base(f), info.Size()/1000)
		}
		if !strings.Contains(readme, "docs/screenshots/"+filepath.Base(f)) {
			t.Errorf("%s is shown nowhere", filepath.Base(f))
		}
	}
}

// documents lists every Markdown file of the project.
func documents(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "data/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			rel, err := filepath.Rel(root, f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, rel)
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d documents found: %q", len(all), all)
	}
	return all
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	for _, name := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(read(t, name), -1) {
			target, err := url.Parse(found[1])
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if target.Scheme != "" || target.Path == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), target.Path)); err != nil {
				t.Errorf("%s: %s leads nowhere", name, found[1])
			}
		}
	}
}

var (
	code     = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	untypset = []struct {
		what string
		re   *regexp.Regexp
	}{
		{"a straight apostrophe", regexp.MustCompile(`\pL'\pL`)},
		{"straight quotes", regexp.MustCompile(`"`)},
		{"no no-break space before : ; ? !", regexp.MustCompile(`[\pL\pN)»\x60\]*] ?[;?!:]([\s*]|$)`)},
		{"an ordinary space within « »", regexp.MustCompile(`« | »|«[^\x{00a0}\x{202f}]|[^\x{00a0}\x{202f}]»`)},
		{"three points", regexp.MustCompile(`\.\.\.`)},
		{"an ordinary space in a number", regexp.MustCompile(`\d \d{3}`)},
	}
)

func TestTheGuideIsTypesetInFrench(t *testing.T) {
	for _, name := range documents(t) {
		if !strings.HasPrefix(name, filepath.Join("docs", "guide")) {
			continue
		}
		// Code keeps its place as a word, so that what stands around it is judged.
		text := code.ReplaceAllStringFunc(read(t, name), func(s string) string {
			return "`" + strings.Repeat("\n", strings.Count(s, "\n"))
		})
		for i, line := range strings.Split(text, "\n") {
			line = link.ReplaceAllString(line, "]")
			line = strings.TrimPrefix(line, "> ")
			if strings.HasPrefix(line, "|--") || strings.HasPrefix(line, "|:") {
				continue
			}
			for _, rule := range untypset {
				if at := rule.re.FindString(line); at != "" {
					t.Errorf("%s:%d: %s: %q in %q", name, i+1, rule.what, at, line)
				}
			}
		}
	}
}

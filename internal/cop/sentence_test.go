package cop

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/journal"
)

// computed are the verbs that a room does not write as a constant, by folder and kind.
var computed = map[string][]string{
	"../debate post":            {"waiting", "published", "refused", "hidden", "merged", "withdrawn"}, // the state it comes to
	"../debate/minutes minutes": {"proposed", "draft"},                                                // the state it comes to
}

// TestEveryActOfTheJournalHasASentence reads the source: what a room records, by a
// constant or through a function of its own, is said in French, and its kind has a name.
// The debate spells all that it records, or lists it above.
func TestEveryActOfTheJournalHasASentence(t *testing.T) {
	folders := map[string][]*ast.File{}
	set := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		folders[filepath.Dir(path)] = append(folders[filepath.Dir(path)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		s := newSource(folders[dir])
		for _, act := range s.acts() {
			verbs, kinds := act[0], act[1]
			if len(verbs) == 0 && len(kinds) == 1 {
				verbs = computed[dir+" "+kinds[0]]
			}
			if (len(verbs) == 0 || len(kinds) == 0) && strings.HasPrefix(dir, "../debate") {
				t.Errorf("%s records %q of %q, and the source does not spell which: list them in computed", dir, verbs, kinds)
			}
			for _, verb := range verbs {
				for _, kind := range kinds {
					found++
					if Sentence(journal.Entry{Verb: verb, Kind: kind}) == unknown {
						t.Errorf("%s: no sentence for %q", dir, verb+" "+kind)
					}
					if kindNames[kind] == "" {
						t.Errorf("%s: kind %q has no name", dir, kind)
					}
				}
			}
		}
	}
	if found < 150 {
		t.Errorf("%d acts were found: the source is no longer read", found)
	}
}

// source is what a folder declares: its functions, and its constants of text.
type source struct {
	funcs []*ast.FuncDecl
	texts map[string]string
	// through are the functions that record what they are given: where each of the
	// verb and the kind is among their parameters, or what it is.
	through map[string][2]operand
}

// operand is a parameter of a function, by its place, or else texts.
type operand struct {
	place int
	texts []string
}

func newSource(files []*ast.File) *source {
	s := &source{texts: map[string]string{}, through: map[string][2]operand{}}
	for _, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Body != nil {
					s.funcs = append(s.funcs, d)
				}
			case *ast.GenDecl:
				for _, x := range d.Specs {
					if v, ok := x.(*ast.ValueSpec); ok && d.Tok == token.CONST {
						for i, name := range v.Names {
							if i < len(v.Values) {
								if b, ok := v.Values[i].(*ast.BasicLit); ok && b.Kind == token.STRING {
									s.texts[name.Name], _ = strconv.Unquote(b.Value)
								}
							}
						}
					}
				}
			}
		}
	}
	return s
}

// acts are the verbs and the kinds of each place that records something.
func (s *source) acts() [][2][]string {
	var out [][2][]string
	for {
		before := len(s.through)
		out = nil
		for _, f := range s.funcs {
			ast.Inspect(f, func(n ast.Node) bool {
				said, ok := s.recorded(f, n)
				switch {
				case !ok:
				case said[0].place >= 0 || said[1].place >= 0:
					s.through[f.Name.Name] = said
				default:
					out = append(out, [2][]string{said[0].texts, said[1].texts})
				}
				return true
			})
		}
		if len(s.through) == before {
			return out
		}
	}
}

// recorded is what a piece of source records: an entry, or a call of what records one.
func (s *source) recorded(f *ast.FuncDecl, n ast.Node) (out [2]operand, ok bool) {
	out[0].place, out[1].place = -1, -1
	switch n := n.(type) {
	case *ast.CompositeLit:
		if name(n.Type) != "journal.Entry" || len(n.Elts) == 0 {
			return out, false
		}
		for _, e := range n.Elts {
			pair, keyed := e.(*ast.KeyValueExpr)
			for i, key := range []string{"Verb", "Kind"} {
				if keyed && name(pair.Key) == key {
					out[i], ok = s.operand(f, pair.Value), true
				}
			}
		}
	case *ast.CallExpr:
		called := name(n.Fun)
		was, known := s.through[called[strings.LastIndex(called, ".")+1:]]
		if ok = known; !ok {
			return out, false
		}
		for i, o := range was {
			if out[i] = o; o.place >= 0 {
				if o.place >= len(n.Args) {
					return out, false // a namesake
				}
				out[i] = s.operand(f, n.Args[o.place])
			}
		}
	}
	return out, ok
}

// operand is what an expression of f stands for: a text, a constant, a parameter, or
// the texts that a variable is given.
func (s *source) operand(f *ast.FuncDecl, e ast.Expr) operand {
	if b, ok := e.(*ast.BasicLit); ok {
		text, _ := strconv.Unquote(b.Value)
		return operand{-1, []string{text}}
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return operand{place: -1}
	}
	if text, ok := s.texts[id.Name]; ok {
		return operand{-1, []string{text}}
	}
	out := operand{place: -1}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i := range a.Lhs {
				if name(a.Lhs[i]) == id.Name {
					if b, ok := a.Rhs[i].(*ast.BasicLit); ok {
						text, _ := strconv.Unquote(b.Value)
						out.texts = append(out.texts, text)
					}
				}
			}
		}
		return true
	})
	if len(out.texts) > 0 {
		return out
	}
	n := 0
	for _, p := range f.Type.Params.List {
		for _, x := range p.Names {
			if x.Name == id.Name {
				return operand{place: n}
			}
			n++
		}
	}
	return out
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return name(e.X) + "." + e.Sel.Name
	}
	return ""
}

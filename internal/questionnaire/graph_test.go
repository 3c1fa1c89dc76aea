package questionnaire

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// conditionCase is a line of the table that the server and the page both pass.
type conditionCase struct {
	Name    string
	Form    Form
	Answers Answers
	Steps   []struct {
		Set   Answers
		Shown []string
	}
}

func conditionCases(t testing.TB) []conditionCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/conditions.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []conditionCase
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestConditions(t *testing.T) {
	for _, c := range conditionCases(t) {
		a := Answers{}
		for k, v := range c.Answers {
			a[k] = v
		}
		g := c.Form.Graph()
		for i, step := range c.Steps {
			for k, v := range step.Set {
				a[k] = v
			}
			if d := cmp.Diff(step.Shown, g.Given(a).Shown()); d != "" {
				t.Errorf("%s, step %d:\n%s", c.Name, i, d)
			}
		}
	}
}

const script = "../web/static/assets/questionnaire.js"

// runNode runs the engine of the page on some forms, and gives what it printed.
func runNode(t *testing.T, program string, input any) []byte {
	t.Helper()
	bin, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here: the browser test of e2e runs the same table")
	}
	in, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, "-e", `require("vm").runInThisContext(require("fs").readFileSync("`+script+`", "utf8"));
		const input = JSON.parse(require("fs").readFileSync(0, "utf8"));`+program)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Logf("%s", exit.Stderr)
		}
		t.Fatalf("node: %v", err)
	}
	return out
}

type scripted struct {
	Spec  Spec
	Steps []Answers
}

const play = `console.log(JSON.stringify(input.map(({Spec, Steps}) => {
	const e = questionnaire(Spec, Spec.answers);
	return Steps.map((step) => { for (const [k, v] of Object.entries(step || {})) e.set(k, v); return e.visible(); });
})));`

// The page evaluates as the server does, one change at a time.
func TestConditionsInThePage(t *testing.T) {
	var in []scripted
	for _, c := range conditionCases(t) {
		x := scripted{Spec: c.Form.Spec(nil)}
		x.Spec.Answers = c.Answers
		for _, s := range c.Steps {
			x.Steps = append(x.Steps, s.Set)
		}
		in = append(in, x)
	}
	var got [][][]string
	if err := json.Unmarshal(runNode(t, play, in), &got); err != nil {
		t.Fatal(err)
	}
	for i, c := range conditionCases(t) {
		for k, s := range c.Steps {
			if d := cmp.Diff(s.Shown, got[i][k]); d != "" {
				t.Errorf("%s, step %d:\n%s", c.Name, k, d)
			}
		}
	}
}

// anyForm draws a form whose conditions read any question, itself and cycles
// included.
func anyForm(t *rapid.T) Form {
	f := Form{Code: "x", Scales: []Scale{{Code: "p", Options: []Option{{Code: "a"}, {Code: "b"}}}}}
	n := rapid.IntRange(1, 12).Draw(t, "questions")
	key := rapid.Custom(func(t *rapid.T) string {
		i := strconv.Itoa(rapid.IntRange(0, n).Draw(t, "of"))
		return rapid.SampledFrom([]string{"q" + i, "r" + i + ".p", "s" + strconv.Itoa(n/4) + ".sans-objet"}).Draw(t, "key")
	})
	var condition func(deep int) *rapid.Generator[*Condition]
	condition = func(deep int) *rapid.Generator[*Condition] {
		return rapid.Custom(func(t *rapid.T) *Condition {
			switch k := rapid.IntRange(0, 5).Draw(t, "shape"); {
			case k == 0 && deep > 0:
				return &Condition{All: []Condition{*condition(deep-1).Draw(t, "x"), *condition(deep-1).Draw(t, "y")}}
			case k == 1 && deep > 0:
				return &Condition{Any: []Condition{*condition(deep-1).Draw(t, "x"), *condition(deep-1).Draw(t, "y")}}
			case k == 2 && deep > 0:
				return &Condition{Not: condition(deep-1).Draw(t, "x")}
			case k == 3:
				return &Condition{Rated: "q" + strconv.Itoa(rapid.IntRange(0, n).Draw(t, "rated"))}
			case k == 4:
				return &Condition{Key: key.Draw(t, "key")}
			}
			return &Condition{Key: key.Draw(t, "key"), In: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "oui"}), 1, 2).Draw(t, "in")}
		})
	}
	maybe := func(label string) *Condition {
		if rapid.IntRange(0, 2).Draw(t, label) == 0 {
			return condition(2).Draw(t, label+" is")
		}
		return nil
	}
	for i := range n {
		if i%4 == 0 {
			f.Sections = append(f.Sections, Section{ID: "s" + strconv.Itoa(i/4), Skippable: rapid.Bool().Draw(t, "skippable"), When: maybe("section when")})
		}
		q := Question{ID: "q" + strconv.Itoa(i), Type: Choice, Options: []Option{{Code: "a"}, {Code: "b"}}, When: maybe("when"), Required: rapid.Bool().Draw(t, "required")}
		if rapid.Bool().Draw(t, "matrix") {
			q.Type, q.Options, q.Columns, q.Rows = Matrix, nil, []string{"p"}, []Row{{ID: "r" + strconv.Itoa(i)}, {ID: "t" + strconv.Itoa(i)}}
		}
		s := &f.Sections[len(f.Sections)-1]
		s.Questions = append(s.Questions, q)
	}
	return f
}

func anyAnswers(t *rapid.T, f Form, label string) Answers {
	a := Answers{}
	for _, c := range f.Cells() {
		if rapid.Bool().Draw(t, label+" "+c.Key) {
			a[c.Key] = c.Options[rapid.IntRange(0, len(c.Options)-1).Draw(t, label+" value")].Code
		}
	}
	return a
}

// What is shown is the same however the answers came, and each thing that is
// shown is so because its own condition holds on what is asked.
func TestShownIsAFixedPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyForm(t)
		g := f.Graph()
		a := anyAnswers(t, f, "a")
		s := g.Given(a)
		asked := Answers{}
		for _, c := range s.Visible() {
			if v := a[c.Key]; v != "" {
				asked[c.Key] = v
			}
		}
		if d := cmp.Diff(s.Shown(), g.Given(asked).Shown()); d != "" {
			t.Fatalf("answers to what is not asked counted:\n%s", d)
		}
		cycle := g.Cycle()
		for _, sec := range f.Sections {
			open := sec.When.Holds(f, asked) && !slices.Contains(cycle, sec.ID)
			if s.Shows(sec.ID) != open {
				t.Fatalf("section %s: shown %v, want %v", sec.ID, s.Shows(sec.ID), open)
			}
			for _, q := range sec.Questions {
				want := open && asked[sec.Skip()] != Skipped && q.When.Holds(f, asked) && !slices.Contains(cycle, q.ID)
				if s.Shows(q.ID) != want {
					t.Fatalf("question %s: shown %v, want %v", q.ID, s.Shows(q.ID), want)
				}
			}
		}
		if most := len(f.Sections) + len(g.nodes); s.Evaluated > most {
			t.Fatalf("%d conditions evaluated of %d things", s.Evaluated, most)
		}
		p := s.Progress()
		if p.Done > p.Total || p.Rated > p.Rows || p.Done == p.Total && p.Minutes > 0 {
			t.Fatalf("progress %+v", p)
		}
	})
}

// The page, change after change, shows what the server shows from the start.
func TestPageFollowsTheServer(t *testing.T) {
	var in []scripted
	var want [][][]string
	for seed := range 300 {
		f := rapid.Custom(anyForm).Example(seed)
		g := f.Graph()
		if len(g.Cycle()) > 0 {
			continue
		}
		a := rapid.Custom(func(t *rapid.T) Answers { return anyAnswers(t, f, "a") }).Example(seed)
		x := scripted{Spec: f.Spec(nil)}
		x.Spec.Answers = Answers{}
		for k, v := range a {
			x.Spec.Answers[k] = v
		}
		var shown [][]string
		for step := range 6 {
			set := rapid.Custom(func(t *rapid.T) Answers { return anyAnswers(t, f, "step") }).Example(seed*7 + step)
			for k := range a {
				if step%2 == 1 && set[k] == "" {
					set[k] = ""
				}
			}
			for k, v := range set {
				a[k] = v
			}
			x.Steps = append(x.Steps, set)
			shown = append(shown, g.Given(a).Shown())
		}
		in, want = append(in, x), append(want, shown)
	}
	if len(in) < 50 {
		t.Fatalf("only %d forms without cycle", len(in))
	}
	var got [][][]string
	if err := json.Unmarshal(runNode(t, play, in), &got); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if d := cmp.Diff(want[i], got[i]); d != "" {
			t.Fatalf("form %d:\n%s", i, d)
		}
	}
}

// A page of some sections is fed with what their conditions read elsewhere.
func TestSpecOfAPage(t *testing.T) {
	f := Form{Sections: []Section{
		{ID: "s1", Questions: []Question{{ID: "a", Type: Choice, Options: []Option{{Code: "oui"}}}, {ID: "far", Type: Text}}},
		{ID: "s2", Skippable: true, Questions: []Question{{ID: "b", Type: Text, When: &Condition{Key: "a"}}}},
		{ID: "s3", Questions: []Question{{ID: "c", Type: Text, When: &Condition{Key: "b"}}}},
	}}
	got := f.Spec(Answers{"a": "oui", "b": "x", "c": "y", "far": "z"}, "s3")
	want := Spec{Answers: Answers{"a": "oui", "b": "x"}, Sections: []SpecSection{
		{ID: "s1", Questions: []SpecQuestion{{ID: "a"}}}, {ID: "s2", Skip: "s2.sans-objet", Questions: []SpecQuestion{{ID: "b", When: &Condition{Key: "a"}}}},
		{ID: "s3", Questions: []SpecQuestion{{ID: "c", When: &Condition{Key: "b"}}}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestProgressRule(t *testing.T) {
	f := Form{Scales: []Scale{{Code: "p", Options: []Option{{Code: "0"}}}}, Sections: []Section{
		{ID: "mx", Skippable: true, Questions: []Question{{ID: "m", Type: Matrix, Columns: []string{"p"}, Rows: []Row{{ID: "r1"}, {ID: "r2"}, {ID: "r3"}}}}},
		{ID: "need", Questions: []Question{{ID: "n", Type: Text, Required: true}, {ID: "o", Type: Text}}},
		{ID: "free", Questions: []Question{{ID: "w", Type: Text}}},
		{ID: "never", When: &Condition{Key: "n", In: []string{"jamais"}}, Questions: []Question{{ID: "v", Type: Text}}},
	}}
	for _, c := range []struct {
		a    Answers
		want Progress
	}{
		{nil, Progress{0, 3, 3, 0, 2}}, // 3 × 20 + 2 × 12 = 84 s
		{Answers{"r1.p": "0"}, Progress{0, 3, 3, 1, 2}},
		{Answers{"mx.sans-objet": "oui"}, Progress{1, 3, 0, 0, 1}},
		{Answers{"r1.p": "0", "r2.p": "0", "r3.p": "0", "n": "x"}, Progress{2, 3, 3, 3, 1}},
		{Answers{"free.vu": "oui"}, Progress{1, 3, 3, 0, 2}},
		{Answers{"w": "mot"}, Progress{1, 3, 3, 0, 2}},
		{Answers{"mx.sans-objet": "oui", "n": "x", "free.vu": "oui"}, Progress{3, 3, 0, 0, 0}},
		{Answers{"need.vu": "oui"}, Progress{0, 3, 3, 0, 2}}, // going through is not answering what is required
	} {
		if got := f.Progress(c.a); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.a, got, c.want)
		}
	}
	f.Pace = &Pace{Row: 60}
	if got := f.Progress(nil).Minutes; got != 4 {
		t.Errorf("at a minute a row: %d minutes, want 4", got)
	}
	if least, most := f.Duration(); least != 4 || most != 4 {
		t.Errorf("from %d to %d minutes, want 4", least, most)
	}
	if c, ok := f.Cell("free.vu"); !ok || !c.Flag {
		t.Error("the mark of a section is not found")
	}
	if slices.ContainsFunc(f.Cells(), func(c Cell) bool { return c.Key == "free.vu" }) || slices.Contains(f.Keys(), "free.vu") {
		t.Error("the mark of a section is an answer")
	}
}

// big is a form of 800 questions, 3 500 of whose rows are in matrices, each with
// a condition on the one before.
func big() Form {
	f := Form{Code: "grand", Version: 1, Title: "Grand", Framework: "x", Scales: []Scale{{Code: "p", Label: "p", Options: []Option{{Code: "0", Label: "0"}}}, {Code: "m", Label: "m", Options: []Option{{Code: "0", Label: "0"}}}}}
	row := 0
	for i := range 800 {
		id := "q" + strconv.Itoa(i)
		if i%20 == 0 {
			f.Sections = append(f.Sections, Section{ID: "s" + strconv.Itoa(i/20), Title: "Section", Skippable: true})
		}
		s := &f.Sections[len(f.Sections)-1]
		q := Question{ID: id, Label: "Question", Type: Text}
		if i%8 == 0 {
			q.Type, q.Columns = Matrix, []string{"p", "m"}
			for range 35 {
				q.Rows = append(q.Rows, Row{ID: "r" + strconv.Itoa(row), Label: "Action", Step: Study})
				row++
			}
		} else {
			q.When = &Condition{Rated: "q" + strconv.Itoa(i/8*8)}
		}
		s.Questions = append(s.Questions, q)
	}
	return f
}

func BenchmarkBigForm(b *testing.B) {
	f := big()
	a := Answers{}
	for i, c := range f.Cells() {
		if i%3 == 0 && !c.Flag {
			a[c.Key] = "0"
		}
	}
	b.Run("graph", func(b *testing.B) {
		for b.Loop() {
			f.Graph()
		}
	})
	g := f.Graph()
	b.Run("given", func(b *testing.B) {
		for b.Loop() {
			g.Given(a).Progress()
		}
	})
}

// Each condition is evaluated once, whatever the size of the form.
func TestBigFormEvaluatesEachConditionOnce(t *testing.T) {
	f := big()
	if f.Rows() != 3500 {
		t.Fatalf("%d rows", f.Rows())
	}
	if s := f.Graph().Given(Answers{"r0.p": "0"}); s.Evaluated != 700 {
		t.Errorf("%d conditions evaluated of 700", s.Evaluated)
	}
}

package questionnaire_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jalon/data"
	"jalon/internal/framework"
	"jalon/internal/knowledge"
	"jalon/internal/questionnaire"
)

// national reads the template that comes with the program, refusing a field that
// the program would not read.
func national(t *testing.T) questionnaire.Form {
	t.Helper()
	f, err := data.FS.Open("questionnaire-national.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	var form questionnaire.Form
	if err := d.Decode(&form); err != nil {
		t.Fatal(err)
	}
	return form
}

// notAsked are the levers of March 2025 that no row of the national template
// bears on, and why: no decision of a local council moves them.
var notAsked = map[string]string{
	"l25-nucleaire":                "decided by the State and the operator of the plants",
	"l25-biocarburants":            "the shares blended into fuels are set by the nation and Europe",
	"l25-efficacite-aeronefs":      "decided by makers of aircraft and airlines",
	"l25-carburants-aviation":      "the shares of sustainable fuels are set by Europe",
	"l25-top-50-sites-industriels": "each of the fifty sites has its contract with the State; what a council does around (heat, water, rail) is asked under l25-industrie-diffuse, l25-reseaux-chaleur and l25-fret-decarbone-multimodalite",
}

func TestEachLeverThatACouncilMovesIsAsked(t *testing.T) {
	form := national(t)
	book, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	if form.Framework != framework.March2025 {
		t.Errorf("framework %q", form.Framework)
	}
	asked := map[string]questionnaire.Section{}
	for _, s := range form.Sections {
		if s.Lever == "" {
			continue
		}
		if _, twice := asked[s.Lever]; twice {
			t.Errorf("%s has two sections", s.Lever)
		}
		asked[s.Lever] = s
	}
	for _, l := range book.Levers(framework.March2025) {
		s, ok := asked[l.Code]
		delete(asked, l.Code)
		if _, left := notAsked[l.Code]; left == ok {
			t.Errorf("%s is asked: %v, listed as not asked: %v", l.Code, ok, left)
		}
		if !ok {
			continue
		}
		if s.Theme != string(l.Theme) {
			t.Errorf("%s is under %q, its lever under %q", s.ID, s.Theme, l.Theme)
		}
		if n := rowsOf(s); n < 2 || n > 3 {
			t.Errorf("%s has %d rows, not 2 or 3", s.ID, n)
		}
	}
	for code := range asked {
		t.Errorf("%s is not a lever of March 2025", code)
	}
	if n := form.Rows(); n < 90 || n > 110 {
		t.Errorf("%d rows, not 90 to 110", n)
	}
	var order []string
	for _, x := range book.Themes() {
		order = append(order, string(x.Code))
	}
	last := -1
	for _, s := range form.Sections[1 : len(form.Sections)-1] {
		if i := slices.Index(order, s.Theme); i < last {
			t.Errorf("%s is out of the order of themes", s.ID)
		} else {
			last = i
		}
	}
}

func rowsOf(s questionnaire.Section) int {
	n := 0
	for _, q := range s.Questions {
		n += len(q.Rows)
	}
	return n
}

// A path is short enough to be answered, and says something of each kind of act.
func TestPaths(t *testing.T) {
	form := national(t)
	for _, c := range []struct {
		kind                 questionnaire.Kind
		least, most, minutes int
	}{{questionnaire.Commune, 20, 25, 10}, {questionnaire.Group, 45, 60, 30}, {questionnaire.Department, 45, 60, 30}, {questionnaire.Region, 45, 60, 30}} {
		path := form.Path(c.kind)
		if n := path.Rows(); n < c.least || n > c.most {
			t.Errorf("%s: %d rows, not %d to %d", c.kind, n, c.least, c.most)
		}
		if m := path.Progress(nil).Minutes; m > c.minutes {
			t.Errorf("%s: %d minutes, over %d", c.kind, m, c.minutes)
		}
		steps := map[questionnaire.Step]int{}
		themes := map[string]bool{}
		for _, s := range path.Sections {
			if s.Theme != "" {
				themes[s.Theme] = true
			}
			for _, q := range s.Questions {
				for _, r := range q.Rows {
					steps[r.Step]++
				}
			}
		}
		for _, s := range questionnaire.Steps() {
			if steps[s] == 0 {
				t.Errorf("%s: no row is tagged %s", c.kind, s)
			}
		}
		if len(themes) != 6 {
			t.Errorf("%s sees %d themes, not 6", c.kind, len(themes))
		}
	}
}

// mustSee holds rows that each kind must or must not be asked, by what the law
// puts in its hands.
var mustSee = []struct {
	kind questionnaire.Kind
	row  string
	sees bool
}{
	{questionnaire.Commune, "batiments-eclairage", true}, {questionnaire.Commune, "cantines-produits", true}, {questionnaire.Commune, "foncier-urbanisme", true},
	{questionnaire.Commune, "transports-offre", false}, {questionnaire.Commune, "tri-dechetterie", false}, {questionnaire.Commune, "velo-plan", false},
	{questionnaire.Group, "tri-dechetterie", true}, {questionnaire.Group, "transports-offre", true}, {questionnaire.Group, "captages-plan", true}, {questionnaire.Group, "velo-plan", true},
	{questionnaire.Group, "enfouissement-plan", false},
	{questionnaire.Department, "gestes-precarite", true}, {questionnaire.Department, "aires-creer", true}, {questionnaire.Department, "cantines-produits", true}, {questionnaire.Department, "velo-plan", true},
	{questionnaire.Department, "transports-offre", false}, {questionnaire.Department, "haies-inventaire", false},
	{questionnaire.Region, "transports-offre", true}, {questionnaire.Region, "enfouissement-plan", true}, {questionnaire.Region, "elevage-aides", true}, {questionnaire.Region, "industrie-aides", true},
	{questionnaire.Region, "batiments-eclairage", false}, {questionnaire.Region, "velo-plan", false},
	{questionnaire.Commune, "haies-inventaire", true}, {questionnaire.Group, "haies-inventaire", true}, {questionnaire.Region, "velo-stationnement", true}, {questionnaire.Region, "haies-plantation", true},
}

func TestACouncilSeesItsOwnBusiness(t *testing.T) {
	form := national(t)
	for _, c := range mustSee {
		if _, ok := form.Path(c.kind).Cell(c.row + "." + questionnaire.Mobilisation); ok != c.sees {
			t.Errorf("%s is asked %s: %v", c.kind, c.row, ok)
		}
	}
}

var idShape = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Keys name answers for ever: they are short, plain, and one thing each.
func TestKeysAreUnique(t *testing.T) {
	form := national(t)
	seen := map[string]bool{}
	once := func(kind, id string) {
		t.Helper()
		if !idShape.MatchString(id) || len(id) > 40 {
			t.Errorf("%s %q: not a short id", kind, id)
		}
		if seen[id] && kind != "option" {
			t.Errorf("%s %q is there twice", kind, id)
		}
		seen[id] = true
	}
	for _, s := range form.Sections {
		once("section", s.ID)
		for _, q := range s.Questions {
			once("question", q.ID)
			for _, r := range q.Rows {
				once("row", r.ID)
				if !slices.Contains(questionnaire.Steps(), r.Step) {
					t.Errorf("row %s: step %q", r.ID, r.Step)
				}
				for _, k := range r.For {
					if !slices.Contains(questionnaire.Kinds(), k) {
						t.Errorf("row %s: for %q", r.ID, k)
					}
				}
			}
			codes := map[string]bool{}
			for _, o := range q.Options {
				if codes[o.Code] || !idShape.MatchString(o.Code) {
					t.Errorf("%s: option %q", q.ID, o.Code)
				}
				codes[o.Code] = true
			}
		}
	}
}

// Each lever is asked alike: rows rated on both scales, then what blocks and what
// is needed only where something is rated, a strong point and a free comment.
func TestEachLeverIsAskedAlike(t *testing.T) {
	form := national(t)
	for _, s := range form.Sections {
		if s.Lever == "" {
			if s.Skippable {
				t.Errorf("%s is skippable and no lever", s.ID)
			}
			continue
		}
		if !s.Skippable || len(s.Questions) != 5 {
			t.Fatalf("%s: skippable %v, %d questions", s.ID, s.Skippable, len(s.Questions))
		}
		m := s.Questions[0]
		if m.Type != questionnaire.Matrix || !slices.Equal(m.Columns, []string{questionnaire.Relevance, questionnaire.Mobilisation}) {
			t.Errorf("%s: %s %v", m.ID, m.Type, m.Columns)
		}
		for i, role := range []string{questionnaire.RoleObstacles, questionnaire.RoleNeeds, questionnaire.RoleStrength, questionnaire.RoleComment} {
			q := s.Questions[i+1]
			if q.Role != role {
				t.Errorf("%s: role %q", q.ID, q.Role)
			}
			if i < 2 && (q.Type != questionnaire.Choices || q.When == nil || q.When.Rated != m.ID) {
				t.Errorf("%s is not asked only where %s is rated", q.ID, m.ID)
			}
		}
		var natures [][2]string
		for _, o := range s.Questions[1].Options {
			natures = append(natures, [2]string{o.Code, o.Label})
		}
		if !slices.Equal(natures, knowledge.Natures()) {
			t.Errorf("%s: obstacles %v are not those of the bank", s.ID, natures)
		}
	}
}

func TestScalesAreOurProposal(t *testing.T) {
	form := national(t)
	for _, code := range []string{questionnaire.Relevance, questionnaire.Mobilisation} {
		s := form.Scale(code)
		if !strings.Contains(s.Help, "Échelle proposée par Jalon") {
			t.Errorf("%s does not say whose scale it is", code)
		}
		var scores []float64
		for _, o := range s.Options {
			if o.Score != nil {
				scores = append(scores, *o.Score)
			}
		}
		if !slices.Equal(scores, []float64{0, 1. / 3, 2. / 3, 1}) {
			t.Errorf("%s scores %v", code, scores)
		}
	}
	if o := form.Scale(questionnaire.Mobilisation).Options[0]; o.Code != "non-concerne" || o.Score != nil {
		t.Errorf("«non concerné» is %q with a score: %v", o.Code, o.Score != nil)
	}
}

// badSpace is a sign that French sets after a no-break space, or a straight
// apostrophe.
var badSpace = regexp.MustCompile(`[^\x{a0}\x{202f}][;?!»]|[^\x{a0}:][:](?:\s|$)|«[^\x{a0}]|'|\.\.\.| {2}`)

// forbidden are words that the project's pages never say, or that a mayor of 400
// inhabitants should not have to look up.
var forbidden = []string{"obligat", "obligé", "gouvernance", "décarbon", "résilien", "levier", "territorialis", "trajectoire", "mitigation", "atténuation", "AOM", "PRPGD", "FEADER", "SRADDET", "ISDND", "désimperméab"}

func TestTextIsShortPlainFrench(t *testing.T) {
	form := national(t)
	check := func(where, text string, most int) {
		t.Helper()
		if utf8.RuneCountInString(text) > most {
			t.Errorf("%s: %d characters, over %d: %s", where, utf8.RuneCountInString(text), most, text)
		}
		if bad := badSpace.FindString(text); bad != "" {
			t.Errorf("%s: %q in %s", where, bad, text)
		}
		for _, w := range forbidden {
			if strings.Contains(text, w) {
				t.Errorf("%s says %q: %s", where, w, text)
			}
		}
	}
	labels := map[string]string{}
	check("intro", form.Intro, 400)
	for _, s := range form.Scales {
		check(s.Code, s.Help, 200)
	}
	for _, s := range form.Sections {
		check(s.ID, s.Title, 50)
		check(s.ID, s.Help, 160)
		for _, q := range s.Questions {
			check(q.ID, q.Label, 90)
			check(q.ID, q.Help, 160)
			for _, o := range q.Options {
				check(q.ID, o.Label, 60)
			}
			for _, r := range q.Rows {
				check(r.ID, r.Label, 90)
				check(r.ID, r.Help, 100)
				if r.Label == "" || strings.HasSuffix(r.Label, ".") {
					t.Errorf("%s: label %q", r.ID, r.Label)
				}
				if labels[r.Label] != "" {
					t.Errorf("%s and %s say the same", r.ID, labels[r.Label])
				}
				labels[r.Label] = r.ID
				if r.Help != "" && !strings.HasSuffix(r.Help, ".") {
					t.Errorf("%s: help without its full stop: %s", r.ID, r.Help)
				}
			}
		}
	}
}

// The first section holds what is known already, the last what an authority
// brings to the COP.
func TestFirstAndLastSections(t *testing.T) {
	form := national(t)
	first, last := form.Sections[0], form.Sections[len(form.Sections)-1]
	if first.ID != "collectivite" || last.ID != "pour-finir" {
		t.Fatalf("first %q, last %q", first.ID, last.ID)
	}
	for _, k := range questionnaire.Kinds() {
		path := form.Path(k)
		c, ok := path.Cell("population-" + string(k))
		if !ok || c.Type != questionnaire.Number {
			t.Errorf("%s is not asked its population", k)
		}
		sheets := 0
		for _, c := range path.Cells() {
			if c.Type == questionnaire.Sheet {
				sheets++
			}
		}
		if sheets != 2 {
			t.Errorf("%s: %d action sheets", k, sheets)
		}
	}
	for _, q := range first.Questions {
		if q.Type == questionnaire.Number && (q.Min == nil || q.Max == nil || q.UsualMax == nil || q.Unit == "") {
			t.Errorf("%s: a number without its bounds or unit", q.ID)
		}
	}
}

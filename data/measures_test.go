package data_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"jalon/data"
)

var stepCodes = []string{"decision", "study", "infrastructure", "awareness", "own"}

// asked are the levers that the questionnaire asks about.
func asked(t *testing.T) map[string]bool {
	t.Helper()
	b, err := fs.ReadFile(data.FS, "questionnaire-national.json")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`"lever": "([^"]+)"`).FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = true
	}
	if len(out) != 45 {
		t.Fatalf("the questionnaire asks about %d levers, want 45", len(out))
	}
	return out
}

func TestEveryLeverAskedAboutHasItsFiveSteps(t *testing.T) {
	levers, treated, codes, texts := map[string]bool{}, map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, r := range table(t, "levers.csv") {
		levers[r["code"]] = true
	}
	read, err := os.ReadFile("../docs/sources/ressources.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table(t, "measures.csv") {
		at := r["lever"] + " " + r["step"]
		switch {
		case codes[r["code"]] || !strings.HasPrefix(r["code"], r["lever"]+"."+r["step"]+"."):
			t.Errorf("code %q of %s", r["code"], at)
		case !levers[r["lever"]]:
			t.Errorf("%s: no such lever", r["code"])
		case r["kind"] == "none" && r["text"] != "", r["kind"] != "none" && r["text"] == "":
			t.Errorf("%s: %q for %s", r["code"], r["text"], r["kind"])
		case texts[r["text"]] && r["text"] != "":
			t.Errorf("%s: the same text twice", r["code"])
		}
		if n := utf8.RuneCountInString(r["text"]); r["kind"] == "action" && n < 25 || r["kind"] == "aim" && n < 7 || n > 170 {
			t.Errorf("%s: %d characters", r["code"], n)
		}
		if strings.ContainsFunc(r["text"], unicode.IsNumber) || strings.ContainsAny(r["text"], "'%€") || strings.HasSuffix(r["text"], ".") || strings.Contains(r["text"], " :") {
			t.Errorf("%s: %q holds a figure or is not written as the others", r["code"], r["text"])
		}
		if (r["kind"] == "action") != (r["audience"] != "") {
			t.Errorf("%s: audience %q", r["code"], r["audience"])
		}
		if _, err := time.Parse(time.DateOnly, r["reviewed"]); err != nil {
			t.Errorf("%s: read again on %q", r["code"], r["reviewed"])
		}
		if (r["kind"] == "resource") != (r["publisher"] != "") || r["link"] != "" && (r["kind"] != "resource" || !strings.HasPrefix(r["link"], "http")) {
			t.Errorf("%s: publisher %q, link %q", r["code"], r["publisher"], r["link"])
		}
		if r["kind"] == "resource" && !strings.Contains(string(read), r["text"]) {
			t.Errorf("%s: docs/sources/ressources.md does not say what was read", r["code"])
		}
		codes[r["code"]], texts[r["text"]] = true, true
		treated[at] += " " + r["kind"]
	}
	for l := range levers {
		if !asked(t)[l] && treated[l+" decision"] == "" {
			continue
		}
		for _, s := range stepCodes {
			kinds := treated[l+" "+s]
			if kinds != " none" && !(strings.Contains(kinds, "aim") && strings.Contains(kinds, "action")) {
				t.Errorf("%s, %s: %q, want an aim and actions, or none", l, s, kinds)
			}
		}
	}
	for l := range asked(t) {
		if treated[l+" decision"] == "" {
			t.Errorf("%s has nothing", l)
		}
	}
}

func TestMeasuresAreInOurWords(t *testing.T) {
	b, err := os.ReadFile("../../shared/data/mesures/voiture-electrique.json")
	if err != nil {
		if b, err = os.ReadFile("../../../shared/data/mesures/voiture-electrique.json"); err != nil {
			t.Skip("shared/data/mesures is not beside this checkout: the model's sentences cannot be compared")
		}
	}
	var model any
	if err := json.Unmarshal(b, &model); err != nil {
		t.Fatal(err)
	}
	theirs := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			theirs[strings.ToLower(strings.TrimSpace(v))] = true
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(model)
	if len(theirs) < 15 {
		t.Fatalf("%d sentences in the model", len(theirs))
	}
	for _, r := range table(t, "measures.csv") {
		if theirs[strings.ToLower(r["text"])] {
			t.Errorf("%s: a sentence of the model", r["code"])
		}
	}
}

func TestAidsThatShip(t *testing.T) {
	types := " grant loan recoverable-advance cee other technical-engineering financial-engineering legal-engineering "
	audiences := " commune epci department region association private-person farmer private-sector "
	levers, codes := map[string]bool{}, map[string]bool{}
	for _, r := range table(t, "levers.csv") {
		levers[r["code"]] = true
	}
	said, err := os.ReadFile("../docs/sources/aides.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := table(t, "aids.csv")
	if len(rows) < 25 {
		t.Errorf("%d aids", len(rows))
	}
	for _, r := range rows {
		if codes[r["code"]] || r["name"] == "" || r["holder"] == "" || !strings.Contains(string(said), "`"+r["code"]+"`") {
			t.Errorf("%s: a code twice, no name, no holder, or nothing said of what was read", r["code"])
		}
		codes[r["code"]] = true
		for column, known := range map[string]string{"types": types, "audiences": audiences, "steps": " " + strings.Join(stepCodes, " ") + " "} {
			for _, x := range strings.Split(r[column], " ") {
				if x == "" || !strings.Contains(known, " "+x+" ") {
					t.Errorf("%s, %s: %q", r["code"], column, x)
				}
			}
		}
		for _, l := range strings.Fields(r["levers"]) {
			if !levers[l] {
				t.Errorf("%s: no lever %q", r["code"], l)
			}
		}
		if r["address"] != "" && !strings.HasPrefix(r["address"], "https://") {
			t.Errorf("%s: address %q", r["code"], r["address"])
		}
		if _, err := time.Parse(time.DateOnly, r["read_on"]); err != nil || r["source"] == "" {
			t.Errorf("%s: read on %q in %q", r["code"], r["read_on"], r["source"])
		}
	}
}

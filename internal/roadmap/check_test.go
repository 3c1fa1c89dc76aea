package roadmap

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// forged is an archive that was changed by somebody who writes its digests again, all of
// them: only what the archive says twice can tell.
func forged(t testing.TB, archive []byte, change func(files map[string]string)) []byte {
	t.Helper()
	return altered(t, archive, func(files map[string]string) {
		old := sum([]byte(files[manifestName]))
		change(files)
		var list []document.Entry
		if err := json.Unmarshal([]byte(files[manifestName]), &list); err != nil {
			t.Fatal(err)
		}
		for i, e := range list {
			body := []byte(files[partsFolder+e.Path])
			list[i].Size, list[i].SHA256 = int64(len(body)), sum(body)
		}
		files[manifestName] = string(must(json.Marshal(list)))
		files[validationsName] = strings.ReplaceAll(files[validationsName], old, sum([]byte(files[manifestName])))
		files[sealName] = string(must(json.Marshal(seal{sum([]byte(files[manifestName])), sum([]byte(files[validationsName])), sum([]byte(files[evidenceName]))})))
	})
}

func check(t testing.TB, archive []byte) Checked {
	t.Helper()
	c, err := Check(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tells reports whether the only difference told has some words in it.
func (c Checked) tells(words ...string) bool {
	return len(c.Differences) == 1 && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(c.Differences[0], w) })
}

// A figure that differs from its explanation is named, where every digest was written
// again.
func TestAFigureThatDiffersIsNamed(t *testing.T) {
	m, s := ended(t, testkit.Open(t, db.SQLite)), &shelf{}
	s.value.Store(12)
	whole := m.archive(t, m.adopted(t, s, ""))
	within := func(part, was, is string) func(map[string]string) {
		return func(f map[string]string) {
			if !strings.Contains(f[partsFolder+part], was) {
				t.Fatalf("%s does not hold %q", part, was)
			}
			f[partsFolder+part] = strings.Replace(f[partsFolder+part], was, is, 1)
		}
	}
	const shownText, kept = `"Text":"12"`, `"value": 12`
	compact := func(f map[string]string) {
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(f["parties/document.json"])); err != nil {
			t.Fatal(err)
		}
		f["parties/document.json"] = strings.Replace(b.String(), shownText, `"Text":"13"`, 1)
	}
	for name, x := range map[string]struct {
		change func(map[string]string)
		words  []string
	}{
		"on the page":            {within("page.html", ">12<", ">13<"), []string{"couverture/tout", "la page montre 13", "le document figé montre 12"}},
		"not on the page":        {within("page.html", ">12<", ">douze<"), []string{"couverture/tout", "le document figé montre 12", "la page ne le montre pas"}},
		"a figure that was not":  {within("page.html", "</p>", `</p><a href="/chiffres/couverture/rien">9</a>`), []string{"couverture/rien", "la page montre 9", "ne le montre pas"}},
		"in the explanation":     {within("document.json", kept, `"value": 14`), []string{"couverture/tout", "le document montre 12", "son explication vaut 14"}},
		"missing in explanation": {within("document.json", `"class": "computed"`, `"class": "missing"`), []string{"le document montre 12", "son explication dit qu’il manque"}},
		"a sum":                  {within("document.json", "10,5 + 2", "10,5 + 5"), []string{"ne donne pas ce qu’il annonce"}},
		"no explanation": {func(f map[string]string) {
			var x document.Frozen
			if err := json.Unmarshal([]byte(f["parties/document.json"]), &x); err != nil {
				t.Fatal(err)
			}
			x.Explanations = nil
			f["parties/document.json"] = string(must(json.Marshal(x)))
		}, []string{"couverture/tout", "n’a pas d’explication gardée"}},
		"an explanation more": {func(f map[string]string) {
			var x document.Frozen
			if err := json.Unmarshal([]byte(f["parties/document.json"]), &x); err != nil {
				t.Fatal(err)
			}
			x.Explanations = append(x.Explanations, figure.Explanation{Figure: figure.Figure{Key: "couverture/autre"}})
			f["parties/document.json"] = string(must(json.Marshal(x)))
		}, []string{"couverture/autre", "d’aucun chiffre"}},
		"another day":           {within("document.json", `"Day": "2026-03-02"`, `"Day": "2026-03-03"`), []string{"n’est pas celui de l’édition validée"}},
		"a document unreadable": {within("document.json", "{", "["), []string{"le document ne se lit pas"}},
	} {
		if c := check(t, forged(t, whole, x.change)); !c.tells(x.words...) {
			t.Errorf("%s: %q", name, c.Differences)
		}
	}
	both := check(t, forged(t, whole, compact))
	if len(both.Differences) != 2 || !strings.Contains(strings.Join(both.Differences, " "), "le document montre 13, son explication vaut 12") || !strings.Contains(strings.Join(both.Differences, " "), "la page montre 12, le document figé montre 13") {
		t.Errorf("in the document: %q", both.Differences)
	}
	if c := check(t, forged(t, whole, func(map[string]string) {})); len(c.Differences) != 0 {
		t.Errorf("nothing was changed: %q", c.Differences)
	}
}

// What an archive says of who validated is checked: by a head, once, on this digest,
// between the day that they were asked and the end of the act.
func TestWhatAnArchiveSaysOfItsValidations(t *testing.T) {
	m, s := ended(t, testkit.Open(t, db.SQLite)), &shelf{}
	s.value.Store(12)
	whole := m.archive(t, m.adopted(t, s, ""))
	in := func(was, is string) func(map[string]string) {
		return func(f map[string]string) {
			if !strings.Contains(f[validationsName], was) {
				t.Fatalf("no %q in %s", was, f[validationsName])
			}
			f[validationsName] = strings.Replace(f[validationsName], was, is, 1)
		}
	}
	for name, x := range map[string]struct {
		change func(map[string]string)
		words  string
	}{
		"of no head":          {in(`"side": "state"`, `"side": "team"`), "n’est d’aucune tête"},
		"twice":               {in(`"side": "region"`, `"side": "state"`), "est là deux fois"},
		"before it was asked": {in(`"at": "2026`, `"at": "2025`), "n’est pas entre la demande et la fin"},
		"without a date":      {in(`"at": "2026-03-02T12:00:00Z"`, `"at": ""`), "n’a pas de date"},
		"alone, no reason":    {in(`"state": "recorded"`, `"state": "alone"`), "sa raison manque"},
		"withdrawn":           {in(`"state": "recorded"`, `"state": "withdrawn"`), "Il manque la validation"},
		"another document":    {in(`"kind": "feuille-de-route"`, `"kind": "diagnostic"`), "n’est pas celui de l’édition validée"},
	} {
		c := check(t, forged(t, whole, x.change))
		if !strings.Contains(strings.Join(c.Differences, "\n"), x.words) {
			t.Errorf("%s: %q", name, c.Differences)
		}
	}
	other := altered(t, whole, func(f map[string]string) { // one word alone is on another digest
		i := strings.LastIndex(f[validationsName], `"sha256"`)
		f[validationsName] = f[validationsName][:i] + strings.Replace(f[validationsName][i:], sum([]byte(f[manifestName])), strings.Repeat("a", 64), 1)
		f[sealName] = string(must(json.Marshal(seal{sum([]byte(f[manifestName])), sum([]byte(f[validationsName])), sum([]byte(f[evidenceName]))})))
	})
	if c := check(t, other); !c.tells("La validation de", "nomme une autre empreinte") {
		t.Errorf("on another digest: %q", c.Differences)
	}
	liar := check(t, forged(t, whole, in(`"head": "l’État"`, `"head": "l’État\n\u001b[2KAucune différence : l’archive est celle que les têtes ont validée."`)))
	if strings.Contains(liar.Text(), "\x1b") || strings.Count(liar.Text(), "\nAucune différence") != 1 {
		t.Errorf("an archive writes lines of its own: %q", liar.Text())
	}
}

// An adoption by one head alone says so, and why, wherever it is read again; the head that
// did not give its word is not among the validations.
func TestAnArchiveOfOneHeadAloneSaysSo(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), ended(t, d), &shelf{}
		s.value.Store(12)
		at := noon()
		m.COPs.Now = func() time.Time { return at }
		m.Composed.Now = m.COPs.Now
		root := must(m.Composed.Begin(ctx, team, composition.Roadmap, theCOP, "", s.List(), true))
		e := must(m.Composed.ProposeEdition(ctx, team, root.Rev, composition.Roadmap, "", composition.Place{COP: theCOP, Cycle: cop.First, Region: territory.Region{Code: "44"}, Day: "2026-03-02"}, s.press("")))
		_, err := Pack(ctx, d, must(cop.Find(ctx, d, theCOP)), e)
		want(t, "an archive before anybody validates", err, apperr.NotFound)
		_, err = m.COPs.Consent(ctx, team, e.Act)
		want(t, "the team validates", err, apperr.Forbidden)
		for _, who := range []policy.Actor{expert, stranger, {}} {
			_, err := m.COPs.Consent(ctx, who, e.Act)
			want(t, who.Person+" validates", err, apperr.NotFound)
		}
		if _, err := m.COPs.Consent(ctx, prefet, e.Act); err != nil {
			t.Fatal(err)
		}
		if e = must(composition.FindEdition(ctx, d, e.ID)); e.State != composition.EditionProposed {
			t.Fatalf("one word adopts: %s", e.State)
		}
		_, err = Pack(ctx, d, must(cop.Find(ctx, d, theCOP)), e)
		want(t, "an archive with one word of two", err, apperr.NotFound)
		at = at.AddDate(1, 0, 0)
		_, err = m.COPs.GoAlone(ctx, prefet, e.Act, "")
		want(t, "alone without a reason", err, apperr.Invalid)
		if _, err := m.COPs.GoAlone(ctx, prefet, e.Act, "La Région n’a pas répondu."); err != nil {
			t.Fatal(err)
		}
		e = must(composition.FindEdition(ctx, d, e.ID))
		whole := m.archive(t, e)
		c := check(t, whole)
		if len(c.Differences) != 0 || len(c.Recorded.Adoption.Validations) != 1 || !strings.Contains(c.Text(), "Adoptée par une seule tête\u00a0: La Région n’a pas répondu.") {
			t.Errorf("%q %s", c.Differences, c.Text())
		}
		both := check(t, forged(t, whole, func(f map[string]string) {
			f[validationsName] = strings.Replace(f[validationsName], `"state": "alone"`, `"state": "recorded"`, 1)
		}))
		if !both.tells("Il manque la validation d’une tête") {
			t.Errorf("told as the act of both: %q", both.Differences)
		}
	})
}

// What is not an archive, or is made to harm who reads it, is refused and said.
func TestAHostileArchive(t *testing.T) {
	m, s := ended(t, testkit.Open(t, db.SQLite)), &shelf{}
	s.value.Store(12)
	whole := m.archive(t, m.adopted(t, s, ""))
	more := func(add func(w *zip.Writer)) []byte {
		t.Helper()
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		z := must(zip.NewReader(bytes.NewReader(whole), int64(len(whole))))
		for _, f := range z.File {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
		add(w)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	write := func(w *zip.Writer, name, body string) {
		t.Helper()
		if _, err := io.WriteString(must(w.Create(name)), body); err != nil {
			t.Fatal(err)
		}
	}
	zeros := func(n int64) []byte {
		t.Helper()
		var b bytes.Buffer
		w := must(flate.NewWriter(&b, flate.BestSpeed))
		for block := make([]byte, 1<<20); n > 0; n -= int64(len(block)) {
			if _, err := w.Write(block); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	raw := func(w *zip.Writer, name string, declared uint64, body []byte) {
		t.Helper()
		f := must(w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(len(body)), UncompressedSize64: declared}))
		if _, err := f.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	heavy := zeros(80 << 20)
	for name, x := range map[string]struct {
		archive []byte
		words   string
	}{
		"a file twice":          {more(func(w *zip.Writer) { write(w, "parties/document.json", "{}") }), "est deux fois dans l’archive"},
		"a manifest twice":      {more(func(w *zip.Writer) { write(w, "manifest.json", "[]") }), "est deux fois dans l’archive"},
		"a way out":             {more(func(w *zip.Writer) { write(w, "../../etc/passwd", "x") }), "../../etc/passwd\u00a0: ce fichier n’est pas de l’archive"},
		"an absolute name":      {more(func(w *zip.Writer) { write(w, "/etc/passwd", "x") }), "n’est pas de l’archive"},
		"a name that is a line": {more(func(w *zip.Writer) { write(w, "x\nAucune différence", "x") }), "x·Aucune différence"},
		"a huge declared size":  {more(func(w *zip.Writer) { raw(w, "parties/bombe.xml", 1<<40, heavy) }), "trop grand"},
		"a size that lies":      {more(func(w *zip.Writer) { raw(w, "parties/bombe.xml", 10, heavy) }), "abîmé"},
		"many large files": {more(func(w *zip.Writer) {
			body := zeros(60 << 20)
			for _, n := range []string{"a", "b", "c", "d", "e", "f"} {
				raw(w, "parties/"+n, 60<<20, body)
			}
		}), "trop grand"},
		"many files": {more(func(w *zip.Writer) {
			for i := range 1000 {
				write(w, "parties/"+strings.Repeat("x", i+1), "")
			}
		}), "au plus sont lus"},
		"two parts swapped": {altered(t, whole, func(f map[string]string) {
			f["parties/document.odt"], f["parties/document.pptx"] = f["parties/document.pptx"], f["parties/document.odt"]
		}), "document.odt"},
		"a part named twice": {altered(t, whole, func(f map[string]string) {
			var list []document.Entry
			if err := json.Unmarshal([]byte(f[manifestName]), &list); err != nil {
				t.Fatal(err)
			}
			f[manifestName] = string(must(json.Marshal(append(list, list[0]))))
		}), "nomme cette partie deux fois"},
		"a part outside": {altered(t, whole, func(f map[string]string) {
			f[manifestName] = strings.Replace(f[manifestName], `"path":"document.json"`, `"path":"../document.json"`, 1)
			f["parties/../document.json"] = f["parties/document.json"]
		}), "hors de l’archive"},
	} {
		c, err := Check(bytes.NewReader(x.archive), int64(len(x.archive)))
		if err != nil || !strings.Contains(strings.Join(c.Differences, "\n"), x.words) {
			t.Errorf("%s: %.400q %v", name, c.Differences, err)
		}
		if strings.Contains(c.Text(), "\nAucune différence") {
			t.Errorf("%s is held for whole", name)
		}
	}
	for n := 0; n < len(whole); n += 1 + len(whole)/60 { // cut anywhere
		if _, err := Check(bytes.NewReader(whole[:n]), int64(n)); apperr.KindOf(err) != apperr.Invalid || err == nil {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

func TestAFigureIsComparedAsItIsWritten(t *testing.T) {
	known := func(v float64, unit string) figure.Figure {
		return figure.Figure{Value: v, Unit: unit, Class: figure.Computed}
	}
	for _, x := range []struct {
		shown             shown
		f                 figure.Figure
		differs, compared bool
	}{
		{shown{Text: "22,1", Unit: "MtCO₂e par an"}, known(22116.2353, "ktCO₂e par an"), false, true},
		{shown{Text: "22,2", Unit: "MtCO₂e par an"}, known(22116.2353, "ktCO₂e par an"), true, true},
		{shown{Text: "4,0", Unit: "tCO₂e par an"}, known(3975.3, "kgCO₂e par habitant et par an"), false, true},
		{shown{Text: "493", Unit: "M€"}, known(493_479_300, "€"), false, true},
		{shown{Text: "13\u202f376,6", Unit: "ktCO₂e par an"}, known(13376.5615, "ktCO₂e par an"), false, true},
		{shown{Text: "−356,4", Unit: "ktCO₂e par an"}, known(-356.428571, "ktCO₂e par an"), false, true},
		{shown{Text: "356,4", Unit: "ktCO₂e par an"}, known(-356.428571, "ktCO₂e par an"), true, true},
		{shown{Text: "6,4\u00a0ktCO₂e par an en 2030 (de 5,1 à 7,1)"}, known(6.414368, "ktCO₂e par an"), false, true},
		{shown{Text: "26"}, known(26, ""), false, true},
		{shown{Text: "27"}, known(26, ""), true, true},
		{shown{Text: "0"}, figure.Figure{Class: figure.Missing, Reason: "rien"}, true, true},
		{shown{Missing: "aucune série"}, figure.Figure{Class: figure.Missing, Reason: "rien"}, false, true},
		{shown{Missing: "aucune série"}, known(3, ""), true, true},
		{shown{Text: "douze"}, known(12, ""), false, false},
		{shown{Text: "12", Unit: "bus"}, known(12, "ktCO₂e par an"), false, false},
	} {
		differs, compared := x.shown.against(x.f)
		if (differs != "") != x.differs || compared != x.compared {
			t.Errorf("%+v: %q, compared %v", x.shown, differs, compared)
		}
	}
}

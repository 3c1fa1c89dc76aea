package roadmap

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/french"
)

// Bounds of what is read of an archive: no part is larger when frozen, and no edition has
// as many.
const (
	mostPart    = 64 << 20
	mostArchive = 256 << 20
	mostFiles   = 200
)

// Checked is what an archive says of itself, read again off line.
type Checked struct {
	Recorded    Recorded
	Manifest    string // digest of its bytes: what the heads validated
	Seal        string // digest of sceau.json, as the page of the edition shows it
	Parts       int
	Figures     int // shown by the document
	Compared    int // times that one is shown, and says what its explanation does
	Words       int // times that one is shown in words, or in a unit that does not convert
	OnPage      int // numbers of the page that were compared with those of the document
	Explained   int
	Unexplained int // said, when it was frozen, to have no explanation
	Sums        int // written out in an explanation, and computed again
	Evidence    int
	Differences []string // French, one each
}

// Check reads an archive again: nothing but its bytes is asked. What cannot be read at
// all is an invalid input; what differs is told, all of it.
func Check(r io.ReaderAt, size int64) (c Checked, err error) {
	defer apperr.Wrap(&err, "roadmap.Check")
	z, err := zip.NewReader(r, size)
	if err != nil {
		return c, apperr.New(apperr.Invalid, err, "Ce fichier n’est pas une archive de feuille de route (.zip), ou elle est abîmée.")
	}
	bad := func(format string, args ...any) {
		c.Differences = append(c.Differences, plain(fmt.Sprintf(format, args...)))
	}
	files := c.unpack(z, bad)
	manifest, ok := files[manifestName]
	if !ok {
		return c, apperr.Invalidf("Cette archive n’a pas de manifeste (%s)\u00a0: ce n’est pas celle d’une feuille de route, ou elle est incomplète.", manifestName)
	}
	c.Manifest = sum(manifest)
	c.parts(manifest, files, bad)
	c.validations(files, bad)
	c.sealed(files, bad)
	c.document(files, bad)
	return c, nil
}

// unpack reads the files of an archive, one by one and within bounds: an archive comes
// from anywhere. Nothing is written anywhere, whatever names say.
func (c *Checked) unpack(z *zip.Reader, bad func(string, ...any)) map[string][]byte {
	files, left := map[string][]byte{}, int64(mostArchive)
	for i, f := range z.File {
		if i == mostFiles {
			bad("L’archive compte %s fichiers, %s au plus sont lus.", french.Integer(len(z.File)), french.Integer(mostFiles))
			break
		}
		if _, dup := files[f.Name]; dup {
			bad("%s\u00a0: ce fichier est deux fois dans l’archive.", named(f.Name))
			continue
		}
		body, err := unpack(f, min(left, mostPart))
		switch {
		case errors.Is(err, errLarge):
			bad("%s\u00a0: ce fichier est trop grand pour être celui d’une archive, il n’est pas lu.", named(f.Name))
		case err != nil:
			bad("%s\u00a0: ce fichier est abîmé, il ne se lit pas en entier.", named(f.Name))
		}
		left -= int64(len(body))
		files[f.Name] = body
	}
	return files
}

// plain is a text of an archive as a terminal may show it: on one line, without what
// would move its cursor or turn its writing round.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r != '\u00a0' && r != '\u202f' && !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, text)
}

func named(name string) string { return french.Short(plain(name), 200) }

var errLarge = errors.New("roadmap: a file of an archive is too large")

// unpack reads a file of at most so many bytes, whatever its head says that it has.
func unpack(f *zip.File, most int64) ([]byte, error) {
	if f.UncompressedSize64 > uint64(max(0, most)) {
		return nil, errLarge
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r, most+1))
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if int64(len(body)) > most {
		return nil, errLarge
	}
	return body, err
}

// parts compares each part with the manifest, and finds those that are missing or extra.
func (c *Checked) parts(manifest []byte, files map[string][]byte, bad func(string, ...any)) {
	var list []document.Entry
	if err := json.Unmarshal(manifest, &list); err != nil {
		bad("%s\u00a0: le manifeste ne se lit pas.", manifestName)
		return
	}
	known := []string{manifestName, validationsName, evidenceName, sealName, readmeName}
	for _, e := range list {
		c.Parts++
		name := partsFolder + e.Path
		if slices.Contains(known, name) {
			bad("%s\u00a0: le manifeste nomme cette partie deux fois.", named(e.Path))
			continue
		}
		known = append(known, name)
		body, ok := files[name]
		switch {
		case !fs.ValidPath(e.Path):
			bad("%s\u00a0: le manifeste nomme une partie hors de l’archive.", named(e.Path))
		case !ok:
			bad("%s\u00a0: cette partie manque.", named(e.Path))
		case int64(len(body)) != e.Size:
			bad("%s\u00a0: cette partie a %s octets, le manifeste en dit %s.", e.Path, french.Integer(len(body)), french.Integer(e.Size))
		case sum(body) != e.SHA256:
			bad("%s\u00a0: l’empreinte de cette partie n’est pas celle du manifeste.", e.Path)
		}
	}
	if !slices.ContainsFunc(list, func(e document.Entry) bool { return e.Path == document.DocumentPart }) {
		bad("%s\u00a0: le document figé n’est pas dans le manifeste\u00a0: ses chiffres ne peuvent pas être relus.", document.DocumentPart)
	}
	if c.Parts == 0 {
		bad("%s\u00a0: le manifeste ne nomme aucune partie.", manifestName)
	}
	var extra []string
	for name := range files {
		if !slices.Contains(known, name) {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	for _, name := range extra {
		bad("%s\u00a0: ce fichier n’est pas de l’archive, le manifeste ne le nomme pas.", named(name))
	}
}

// validations checks that what was recorded names this manifest, and that both heads gave
// their word, or that one went on alone with its reason.
func (c *Checked) validations(files map[string][]byte, bad func(string, ...any)) {
	body, ok := files[validationsName]
	if !ok {
		bad("%s\u00a0: ce fichier manque, rien ne dit qui a validé.", validationsName)
		return
	}
	if err := json.Unmarshal(body, &c.Recorded); err != nil {
		bad("%s\u00a0: ce fichier ne se lit pas.", validationsName)
		return
	}
	r := c.Recorded
	a := r.Adoption
	for _, x := range [][2]string{{"l’édition", r.SHA256}, {"l’acte des deux têtes", a.SHA256}} {
		if x[1] != c.Manifest {
			bad("L’empreinte que nomme %s n’est pas celle du manifeste.", x[0])
		}
	}
	sides := map[string]bool{}
	for _, v := range a.Validations {
		if v.SHA256 != c.Manifest {
			bad("La validation de %s nomme une autre empreinte.", v.Head)
		}
		switch {
		case v.Side != "state" && v.Side != "region":
			bad("Une validation n’est d’aucune tête de la COP\u00a0: %s.", named(strings.TrimSpace(v.Name+" "+v.Office)))
		case sides[v.Side]:
			bad("La validation de %s est là deux fois.", v.Head)
		}
		if !dated(a.Asked, v.At, a.Ended) {
			bad("La validation de %s n’a pas de date, ou n’est pas entre la demande et la fin de l’acte.", v.Head)
		}
		sides[v.Side] = true
	}
	switch {
	case a.State == "recorded" && sides["state"] && (sides["region"] || !a.Both):
	case a.State == "alone" && len(a.Validations) > 0 && strings.TrimSpace(a.Reason) != "":
	case a.State == "alone":
		bad("Une tête a poursuivi seule, et sa validation ou sa raison manque.")
	default:
		bad("Il manque la validation d’une tête de la COP.")
	}
	for _, x := range r.Commitments {
		if x.SHA256 != c.Manifest {
			bad("L’engagement de «\u00a0%s\u00a0» porte sur une autre empreinte.", x.OrgName)
		}
	}
}

// dated reports whether a word was given between the day that it was asked for and the
// end of the act.
func dated(asked, at, ended string) bool {
	var times [3]time.Time
	for i, text := range []string{asked, at, ended} {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return false
		}
		times[i] = t
	}
	return !times[1].Before(times[0]) && !times[1].After(times[2])
}

// document reads the frozen document: that it is of the edition that was validated, and
// that its figures are those of their explanations.
func (c *Checked) document(files map[string][]byte, bad func(string, ...any)) {
	body, ok := files[partsFolder+document.DocumentPart]
	if !ok {
		return // told by parts
	}
	var f document.Frozen
	if err := json.Unmarshal(body, &f); err != nil {
		bad("%s\u00a0: le document ne se lit pas.", document.DocumentPart)
		return
	}
	if r := c.Recorded; r.SHA256 != "" && (f.Document.Day != r.Day || f.Document.Kind != r.Kind) {
		bad("%s\u00a0: ce document n’est pas celui de l’édition validée (%s, situation au %s).", document.DocumentPart, named(f.Document.Kind), named(f.Document.Day))
	}
	c.figures(f, files[partsFolder+document.PagePart], bad)
}

// sealed checks the lists that came after freezing against their seal.
func (c *Checked) sealed(files map[string][]byte, bad func(string, ...any)) {
	var s seal
	body, ok := files[sealName]
	if !ok || json.Unmarshal(body, &s) != nil {
		bad("%s\u00a0: ce fichier manque ou ne se lit pas.", sealName)
		return
	}
	c.Seal = sum(body)
	for _, x := range [][2]string{{manifestName, s.Manifest}, {validationsName, s.Validations}, {evidenceName, s.Evidence}} {
		if sum(files[x[0]]) != x[1] {
			bad("%s\u00a0: ce fichier n’est plus celui de la date de l’archive.", x[0])
		}
	}
	var list []Evidence
	if err := json.Unmarshal(files[evidenceName], &list); err != nil {
		bad("%s\u00a0: ce fichier ne se lit pas.", evidenceName)
	}
	c.Evidence = len(list)
	if string(files[readmeName]) != readme {
		bad("%s\u00a0: ce fichier n’est pas celui que Jalon écrit.", readmeName)
	}
}

var term = regexp.MustCompile(`^([+−-]?)(\d[\d\x{202f}\x{a0}]*(?:,\d+)?)`)

// addsUp reads «12,5 + 3 − 1,25 = 14,25 kt (de 13 à 15)», and tells whether it does,
// within the rounding of what is written. Anything else is not checked.
func addsUp(text string) (ok, checked bool) {
	left, right, found := strings.Cut(text, "=")
	if !found || strings.Contains(right, "=") {
		return false, false
	}
	want, slack, _, number := number(right)
	got, more, terms := sumOf(left)
	if !number || terms < 2 {
		return false, false
	}
	return math.Abs(got-want) <= slack+more+1e-9, true
}

// sumOf adds the terms of a text and the half of their last decimals; no term when it is
// anything but a sum.
func sumOf(text string) (total, slack float64, terms int) {
	rest := strings.TrimSpace(text)
	for rest != "" {
		m := term.FindStringSubmatch(strings.Replace(strings.Replace(rest, "+ ", "+", 1), "− ", "−", 1))
		if m == nil || terms > 0 && m[1] == "" {
			return 0, 0, 0
		}
		digits := strings.NewReplacer("\u202f", "", "\u00a0", "", ",", ".").Replace(m[2])
		v, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			return 0, 0, 0
		}
		decimals := 0
		if _, after, ok := strings.Cut(digits, "."); ok {
			decimals = len(after)
		}
		if m[1] == "−" || m[1] == "-" {
			v = -v
		}
		total, slack, terms = total+v, slack+math.Pow10(-decimals)/2, terms+1
		_, rest, _ = strings.Cut(rest, strings.TrimRight(m[2], "\u202f\u00a0"))
		rest = strings.TrimSpace(strings.Trim(rest, "\u202f\u00a0"))
	}
	return total, slack, terms
}

// Text is the verdict, in French.
func (c Checked) Text() string {
	var b strings.Builder
	say := func(format string, args ...any) { b.WriteString(plain(fmt.Sprintf(format, args...)) + "\n") }
	r := c.Recorded
	say("Feuille de route de la COP %s, édition n°\u00a0%d, situation au %s", r.COP, r.Edition, french.Day(r.Day))
	say("Manifeste\u00a0: %s partie(s), SHA-256 %s", french.Integer(c.Parts), c.Manifest)
	for _, v := range r.Adoption.Validations {
		who := strings.Join(slices.DeleteFunc([]string{v.Name, v.Office}, func(s string) bool { return s == "" }), ", ")
		if v.Delegation != "" {
			who += ", par délégation (" + v.Delegation + ")"
		}
		say("Validation enregistrée pour %s, le %s\u00a0: %s", v.Head, v.At, who)
	}
	if r.Adoption.State == "alone" {
		say("Adoptée par une seule tête\u00a0: %s", r.Adoption.Reason)
	}
	if r.EndedOn != "" {
		say("Cette édition est retirée depuis le %s\u00a0: %s", french.Day(r.EndedOn), r.EndedWhy)
	}
	say("Chiffres\u00a0: %s montré(s), %s expliqué(s), %s sans explication et dits tels\u00a0; %s\u00a0; %s somme(s) refaite(s).", french.Integer(c.Figures), french.Integer(c.Explained), french.Integer(c.Unexplained), c.compared(), french.Integer(c.Sums))
	say("Engagements d’organismes\u00a0: %s. Preuves jointes\u00a0: %s.", french.Integer(len(r.Commitments)), french.Integer(c.Evidence))
	say("Sceau de l’archive\u00a0: %s (à comparer à celui de la page de l’édition)", c.Seal)
	for _, d := range c.Differences {
		say("– %s", d)
	}
	if len(c.Differences) == 0 {
		say("Aucune différence\u00a0: l’archive est celle que les têtes de la COP ont validée.")
	}
	return b.String()
}

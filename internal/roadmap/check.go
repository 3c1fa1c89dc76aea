package roadmap

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/french"
)

// mostPart is the most that a file of an archive weighs: no part is larger when frozen.
const mostPart = 64 << 20

// Checked is what an archive says of itself, read again off line.
type Checked struct {
	Recorded    Recorded
	Manifest    string // digest of its bytes: what the heads validated
	Seal        string // digest of sceau.json, as the page of the edition shows it
	Parts       int
	Figures     int // shown by the document
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
	bad := func(format string, args ...any) { c.Differences = append(c.Differences, fmt.Sprintf(format, args...)) }
	files := map[string][]byte{}
	for _, f := range z.File {
		if _, dup := files[f.Name]; dup {
			bad("%s\u00a0: ce fichier est deux fois dans l’archive.", f.Name)
			continue
		}
		body, err := unpack(f)
		if err != nil {
			bad("%s\u00a0: ce fichier est abîmé, il ne se lit pas en entier.", f.Name)
		}
		files[f.Name] = body
	}
	manifest, ok := files[manifestName]
	if !ok {
		return c, apperr.Invalidf("Cette archive n’a pas de manifeste (%s)\u00a0: ce n’est pas celle d’une feuille de route, ou elle est incomplète.", manifestName)
	}
	c.Manifest = sum(manifest)
	c.parts(manifest, files, bad)
	c.validations(files, bad)
	c.sealed(files, bad)
	if body, ok := files[partsFolder+document.DocumentPart]; ok {
		c.figures(body, bad)
	}
	return c, nil
}

func unpack(f *zip.File) ([]byte, error) {
	if f.UncompressedSize64 > mostPart {
		return nil, apperr.Invalidf("trop grand")
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r, mostPart+1))
	if cerr := r.Close(); err == nil {
		err = cerr
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
		known = append(known, name)
		body, ok := files[name]
		switch {
		case !ok:
			bad("%s\u00a0: cette partie manque.", e.Path)
		case int64(len(body)) != e.Size:
			bad("%s\u00a0: cette partie a %s octets, le manifeste en dit %s.", e.Path, french.Integer(len(body)), french.Integer(e.Size))
		case sum(body) != e.SHA256:
			bad("%s\u00a0: l’empreinte de cette partie n’est pas celle du manifeste.", e.Path)
		}
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
		bad("%s\u00a0: ce fichier n’est pas de l’archive, le manifeste ne le nomme pas.", name)
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
		if v.Side != "state" && v.Side != "region" || sides[v.Side] || v.At == "" {
			bad("Une validation n’est d’aucune tête, est là deux fois, ou n’a pas de date.")
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

// figures checks that each figure that is shown has its kept explanation, and that sums
// that are written out come to what they say.
func (c *Checked) figures(body []byte, bad func(string, ...any)) {
	var f document.Frozen
	if err := json.Unmarshal(body, &f); err != nil {
		bad("%s\u00a0: le document ne se lit pas.", document.DocumentPart)
		return
	}
	shown := f.Document.Figures()
	c.Figures, c.Explained, c.Unexplained = len(shown), len(f.Explanations), len(f.Unexplained)
	bare := map[string]bool{}
	for _, u := range f.Unexplained {
		bare[u.Key] = true
	}
	i, values := 0, map[string]float64{}
	for _, key := range shown {
		switch {
		case bare[key]:
		case i >= len(f.Explanations):
			bad("Le chiffre «\u00a0%s\u00a0» n’a pas d’explication gardée.", key)
		default:
			e := f.Explanations[i]
			i++
			if was, ok := values[e.Figure.Key]; ok && was != e.Figure.Value {
				bad("Le chiffre «\u00a0%s\u00a0» a deux valeurs.", e.Figure.Key)
			}
			values[e.Figure.Key] = e.Figure.Value
			if ok, checked := addsUp(e.Numbers); checked {
				c.Sums++
				if !ok {
					bad("Le calcul du chiffre «\u00a0%s\u00a0» ne donne pas ce qu’il annonce\u00a0: %s.", e.Figure.Key, e.Numbers)
				}
			}
		}
	}
	if i < len(f.Explanations) {
		bad("%s explications gardées ne sont celles d’aucun chiffre du document.", french.Integer(len(f.Explanations)-i))
	}
}

var term = regexp.MustCompile(`^([+−-]?)(\d[\d\x{202f}\x{a0}]*(?:,\d+)?)`)

// addsUp reads «12,5 + 3 − 1,25 = 14,25», and tells whether it does, within the rounding
// of what is written. Anything else is not checked.
func addsUp(text string) (ok, checked bool) {
	left, right, found := strings.Cut(text, "=")
	if !found || strings.Contains(right, "=") {
		return false, false
	}
	want, slack, n := sumOf(right)
	got, more, terms := sumOf(left)
	if n != 1 || terms < 2 {
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
	r := c.Recorded
	fmt.Fprintf(&b, "Feuille de route de la COP %s, édition n°\u00a0%d, situation au %s\n", r.COP, r.Edition, french.Day(r.Day))
	fmt.Fprintf(&b, "Manifeste\u00a0: %s partie(s), SHA-256 %s\n", french.Integer(c.Parts), c.Manifest)
	for _, v := range r.Adoption.Validations {
		who := strings.Join(slices.DeleteFunc([]string{v.Name, v.Office}, func(s string) bool { return s == "" }), ", ")
		if v.Delegation != "" {
			who += ", par délégation (" + v.Delegation + ")"
		}
		fmt.Fprintf(&b, "Validation enregistrée pour %s, le %s\u00a0: %s\n", v.Head, v.At, who)
	}
	if r.Adoption.State == "alone" {
		fmt.Fprintf(&b, "Adoptée par une seule tête\u00a0: %s\n", r.Adoption.Reason)
	}
	if r.EndedOn != "" {
		fmt.Fprintf(&b, "Cette édition est retirée depuis le %s\u00a0: %s\n", french.Day(r.EndedOn), r.EndedWhy)
	}
	fmt.Fprintf(&b, "Chiffres\u00a0: %s montré(s), %s expliqué(s), %s sans explication et dits tels\u00a0; %s somme(s) refaite(s).\n", french.Integer(c.Figures), french.Integer(c.Explained), french.Integer(c.Unexplained), french.Integer(c.Sums))
	fmt.Fprintf(&b, "Engagements d’organismes\u00a0: %s. Preuves jointes\u00a0: %s.\nSceau de l’archive\u00a0: %s (à comparer à celui de la page de l’édition)\n", french.Integer(len(r.Commitments)), french.Integer(c.Evidence), c.Seal)
	for _, d := range c.Differences {
		b.WriteString("– " + d + "\n")
	}
	if len(c.Differences) == 0 {
		b.WriteString("Aucune différence\u00a0: l’archive est celle que les têtes de la COP ont validée.\n")
	}
	return b.String()
}

package panorama

import (
	"net/url"
	"slices"
	"strings"

	"jalon/internal/apperr"
)

// Limits of an address: a simulation that sets every lever twice is under 3 kB.
const (
	maxQueryBytes  = 16 << 10
	maxQueryParams = 400
	maxRemarks     = 40
)

// The parameter that makes aims start from nothing.
const (
	startParam = "depart"
	startBlank = "zero"
)

// The parameters of the State's public simulator: what is done, and what is
// still aimed at beyond it, in kt. docs/decisions/0020-simulator.md says where
// they were read.
const (
	publicDone = "c-"
	publicRest = "t-"
)

// Remark is what the reader is told of what could not be read. A remark with a
// lever belongs beside its field, which keeps what was typed.
type Remark struct {
	Entry   Entry
	Unit    bool // the field in the physical unit, not in kt
	Typed   string
	Message string
}

// Query is the canonical form of what the reader set: sorted, minimal, the
// same for the same simulation. NewSimulation and Read give it back exactly.
func (s *Simulation) Query() string {
	pairs := make([]string, 0, len(s.set)+1)
	for e, kg := range s.set {
		pairs = append(pairs, string(e.Side)+"-"+url.QueryEscape(e.Lever)+"="+queryKt(kg))
	}
	if s.blank {
		pairs = append(pairs, startParam+"="+startBlank)
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// Read sets what an address says: Jalon's own parameters, f-<lever> for what
// is done and v-<lever> for what is aimed at, and those of the State's public
// simulator. What cannot be read is a remark and leaves its starting value;
// foreign parameters are ignored. It fails with apperr.TooLarge on an address
// longer than any simulation.
func (s *Simulation) Read(rawQuery string) ([]Remark, error) {
	q, remarks, err := parseQuery(rawQuery)
	if err != nil {
		return nil, err
	}
	return append(remarks, s.read(q)...), nil
}

func parseQuery(rawQuery string) (url.Values, []Remark, error) {
	if len(rawQuery) > maxQueryBytes || strings.Count(rawQuery, "&") > maxQueryParams {
		return nil, nil, apperr.New(apperr.TooLarge, nil, "Cette adresse est trop longue pour une simulation. Repartez de la page de la région.")
	}
	q, damage := url.ParseQuery(rawQuery) // q holds the parts that could be read
	if damage != nil {
		return q, []Remark{{Message: "L’adresse est abîmée\u00a0: une partie n’a pas pu être lue. Vérifiez qu’elle a été copiée en entier."}}, nil
	}
	return q, nil, nil
}

func (s *Simulation) read(q url.Values) []Remark {
	if q.Get(startParam) == startBlank {
		s.StartBlank()
	}
	remarks := s.readPublic(q)
	for _, name := range sortedNames(q) {
		side, code, ok := ownName(name)
		if !ok {
			continue
		}
		e := Entry{code, side}
		if _, ok := s.lines[code]; !ok {
			remarks = append(remarks, Remark{Typed: shown(code), Message: "Le levier « " + shown(code) + " » n’existe pas dans cette région\u00a0: sa valeur est laissée de côté."})
			continue
		}
		if len(q[name]) > 1 {
			remarks = append(remarks, Remark{Entry: e, Typed: shown(q[name][0]), Message: "L’adresse donne ce levier plusieurs fois\u00a0: la première valeur est gardée."})
		}
		kg, err := ReadKt(q[name][0])
		if err == nil {
			err = s.Set(e, kg)
		}
		if err != nil {
			remarks = append(remarks, Remark{Entry: e, Typed: q[name][0], Message: apperr.Message(err)})
		}
	}
	return remarks[:min(len(remarks), maxRemarks)]
}

// readPublic reads the State's parameters. Its site writes c-<id> for a done
// that is not zero and t-<id> for the rest when it differs from objective −
// done; its absent t- is therefore our starting value.
func (s *Simulation) readPublic(q url.Values) []Remark {
	var remarks []Remark
	done := map[string]Kg{}
	for _, prefix := range []string{publicDone, publicRest} {
		for _, name := range sortedNames(q) {
			id, ok := strings.CutPrefix(name, prefix)
			if !ok || id == "" {
				continue
			}
			lever, ok := s.publicLever(id)
			if !ok {
				remarks = append(remarks, Remark{Typed: shown(id), Message: "L’identifiant « " + shown(id) + " » du simulateur de l’État ne désigne aucun levier de cette région\u00a0: sa valeur est laissée de côté."})
				continue
			}
			e := Entry{lever, Done}
			if prefix == publicRest {
				e.Side = Aim
			}
			kg, err := ReadKt(q.Get(name))
			if err == nil && prefix == publicRest {
				kg += done[lever]
			}
			if err == nil {
				err = s.Set(e, kg)
			}
			if err != nil {
				remarks = append(remarks, Remark{Entry: e, Typed: q.Get(name), Message: apperr.Message(err)})
				continue
			}
			if prefix == publicDone {
				done[lever] = kg
			}
		}
	}
	return remarks
}

// publicLever finds the lever that the State's id designates in this region.
// One id, co2_enr, names two levers: the region's context decides, for no
// region has an objective for both. An accent may be composed or not.
func (s *Simulation) publicLever(id string) (string, bool) {
	id = strings.ReplaceAll(id, "e\u0301", "é")
	found := ""
	for _, l := range s.region.Lines {
		if l.Lever.SourceID != id {
			continue
		}
		if l.Objective.Known {
			return l.Lever.Code, true
		}
		if found == "" {
			found = l.Lever.Code
		}
	}
	return found, found != ""
}

// ownName splits «v-voitures-electriques».
func ownName(name string) (Side, string, bool) {
	for _, side := range Sides() {
		if code, ok := strings.CutPrefix(name, string(side)+"-"); ok && code != "" {
			return side, code, true
		}
	}
	return "", "", false
}

func sortedNames(q url.Values) []string {
	names := make([]string, 0, len(q))
	for n := range q {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// PublicLink takes an address apart, as pasted: the slug of its region and its
// query. It reads those of the State's public simulator
// (…/territoire/{région}/…?c-…&t-…) and those of Jalon.
func PublicLink(link string) (slug, rawQuery string, err error) {
	if len(link) > maxQueryBytes {
		return "", "", apperr.New(apperr.TooLarge, nil, "Ce lien est trop long pour une simulation.")
	}
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil {
		return "", "", apperr.New(apperr.Invalid, err, "Ce lien ne peut pas être lu. Copiez l’adresse entière depuis la barre de votre navigateur.")
	}
	segments := strings.Split(u.Path, "/")
	for i, seg := range segments[:len(segments)-1] {
		if (seg == "territoire" || seg == "regions" || seg == "simulateur") && segments[i+1] != "" {
			return strings.ToLower(segments[i+1]), u.RawQuery, nil
		}
	}
	return "", "", apperr.Invalidf("Ce lien ne nomme pas de région. Un lien du simulateur de l’État contient « /territoire/ » suivi de la région.")
}

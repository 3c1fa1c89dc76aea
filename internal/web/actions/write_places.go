package actions

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// placeLine writes a place as its line of the form, so that it is read back as itself:
// by its name when one territory alone has it, else by its reference.
func (w writing) placeLine(p action.Place) string {
	text := p.Territory
	if at, err := territory.ParseRef(p.Territory); err == nil && at.Scale != territory.Perimeter {
		if t, err := w.tree().Lookup(at); err == nil {
			if back, err := w.onePlace(t.Name); err == nil && back == p.Territory {
				text = t.Name
			}
		}
	}
	if p.Share != nil {
		v := float64(*p.Share) / 100
		text += " ; " + french.Number(v, french.Decimals(v, 4)) + " %"
	}
	return text
}

func (w writing) placeLines(all []action.Place) string {
	lines := make([]string, len(all))
	for i, p := range all {
		lines[i] = w.placeLine(p)
	}
	return strings.Join(lines, "\n")
}

// scales are those of the territories of an action, the smallest last.
var scales = []territory.Scale{territory.RegionS, territory.Department, territory.EPCI, territory.EPT, territory.CommuneS}

// onePlace reads a reference, a code, a SIREN or a name of a territory of the region.
func (w writing) onePlace(text string) (string, error) {
	if at, err := territory.ParseRef(text); err == nil {
		return w.inside(at, text)
	}
	code := strings.ReplaceAll(text, " ", "")
	if len(code) == 4 && strings.Trim(code, "0123456789") == "" {
		code = "0" + code // a spreadsheet took the zero of 08105 for nothing
	}
	if _, err := w.tree().Commune(code); err == nil {
		return w.inside(territory.Ref{Scale: territory.CommuneS, Code: code}, text)
	}
	if c, ok := w.tree().Successor(code); ok {
		return w.inside(territory.Ref{Scale: territory.CommuneS, Code: c.Code}, text)
	}
	for _, s := range []territory.Scale{territory.EPCI, territory.EPT, territory.Department} {
		if at := (territory.Ref{Scale: s, Code: code}); code != "" {
			if _, err := w.tree().Lookup(at); err == nil {
				return w.inside(at, text)
			}
		}
	}
	if french.Fold(text) == "" {
		return "", apperr.Invalidf("Une ligne n’a pas de territoire\u00a0: écrivez un nom, un code INSEE ou un SIREN.")
	}
	return w.named(text)
}

// named reads the name of a territory of the region; when several have it, the widest
// kinds are told apart by their references.
func (w writing) named(text string) (string, error) {
	var same, near []territory.Hit
	for _, h := range w.tree().SearchScale(text, 40, scales...) {
		if _, err := w.inside(h.Territory.Ref, text); err != nil {
			continue
		}
		if french.Fold(h.Territory.Name) == french.Fold(text) || french.Fold(h.Matched) == french.Fold(text) {
			same = append(same, h)
		}
		near = append(near, h)
	}
	list := func(hits []territory.Hit) string {
		var out []string
		for i, h := range hits {
			if i == 6 {
				break
			}
			at := cmp.Or(h.Territory.Kind, h.Territory.Ref.Scale.Label())
			if h.Place != "" {
				at += ", " + h.Place
			}
			out = append(out, h.Territory.Name+" ("+at+")\u00a0: «\u00a0"+h.Territory.Ref.String()+"\u00a0»")
		}
		return strings.Join(out, "\u00a0; ")
	}
	switch {
	case len(same) == 1:
		return same[0].Territory.Ref.String(), nil
	case len(same) > 1:
		return "", apperr.Invalidf("Plusieurs territoires de la région s’appellent «\u00a0%s\u00a0»\u00a0: remplacez ce nom par l’un de ces codes\u00a0: %s.", text, list(same))
	case len(near) > 0:
		return "", apperr.Invalidf("Aucun territoire de la région ne s’appelle exactement «\u00a0%s\u00a0». Vouliez-vous dire\u00a0: %s\u00a0?", text, list(near))
	}
	return "", apperr.Invalidf("Aucun territoire de la région ne s’appelle «\u00a0%s\u00a0»\u00a0: écrivez un nom, un code INSEE ou un SIREN.", text)
}

// inside keeps a territory that has a part in the region.
func (w writing) inside(at territory.Ref, text string) (string, error) {
	if at.Scale == territory.Perimeter { // one is never typed: those that the action has stay
		if slices.ContainsFunc(w.x.Places, func(p action.Place) bool { return p.Territory == at.String() }) {
			return at.String(), nil
		}
		return "", apperr.Invalidf("Le périmètre «\u00a0%s\u00a0» n’est pas de ceux de l’action.", text)
	}
	if _, err := w.tree().Lookup(at); err != nil {
		return "", apperr.Invalidf("Le territoire «\u00a0%s\u00a0» n’existe pas\u00a0: écrivez un nom, un code INSEE ou un SIREN.", text)
	}
	parts, err := w.tree().Parts(at)
	if err == nil {
		for _, p := range parts {
			if p.Region == w.region.Code {
				return at.String(), nil
			}
		}
	}
	return "", apperr.Invalidf("Le territoire «\u00a0%s\u00a0» n’est pas dans la région %s.", text, w.region.Name)
}

// readPlaces reads one territory a line: «nom ou code ; part %».
func (w writing) readPlaces(text string) (out []action.Place, err error) {
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, share, given := strings.Cut(line, ";")
		p := action.Place{}
		if p.Territory, err = w.onePlace(strings.TrimSpace(name)); err != nil {
			return nil, err
		}
		if share = strings.TrimSpace(share); given && share != "" {
			v, err := exchange.ParseNumber(strings.TrimSpace(strings.TrimSuffix(share, "%")), exchange.CommaDecimal)
			if err != nil || math.Abs(v) > 1000 {
				return nil, apperr.Invalidf("La part de «\u00a0%s\u00a0» se lit mal\u00a0: écrivez un nom, un point-virgule, puis un pourcentage, comme «\u00a0Metz\u00a0; 25\u00a0%%\u00a0».", strings.TrimSpace(name))
			}
			n := int64(math.Round(v * 100))
			p.Share = &n
		}
		out = append(out, p)
	}
	return out, nil
}

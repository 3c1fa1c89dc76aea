package panorama

import (
	"net/url"
	"strings"

	"jalon/internal/apperr"
)

// FormState is the field that carries what the form showed: the canonical
// query it was drawn from. Comparing with it tells which fields were changed.
const FormState = "etat"

// FieldName is the name of the field of e, in kt or in the physical unit.
func FieldName(e Entry, unit bool) string {
	kind := "k-"
	if unit {
		kind = "u-"
	}
	return string(e.Side) + kind + e.Lever
}

// Field is what the field of e shows, empty when there is nothing to show.
func (s *Simulation) Field(e Entry, unit bool) string {
	l, ok := s.lines[e.Lever]
	if !ok {
		return ""
	}
	kg, known := s.Value(e)
	switch {
	case !known, unit && !HasUnit(l.Equiv):
		return ""
	case unit:
		return FieldLevel(l.Equiv, kg)
	case s.IsSet(e):
		return FieldKt(kg)
	}
	return FieldObjective(kg)
}

// IsForm says whether an address comes from the form rather than from a link.
func IsForm(rawQuery string) bool {
	return strings.HasPrefix(rawQuery, FormState+"=") || strings.Contains(rawQuery, "&"+FormState+"=")
}

// ReadForm applies a form to the simulation it was drawn from. For each entry
// the field that was changed drives the other; when both were, the physical
// unit does, unless the two say the same. An emptied field goes back to its
// starting value. What cannot be read keeps the value it had, with a remark.
func (s *Simulation) ReadForm(rawQuery string) ([]Remark, error) {
	q, remarks, err := parseQuery(rawQuery)
	if err != nil {
		return nil, err
	}
	state, more, err := parseQuery(q.Get(FormState))
	if err != nil {
		return nil, err
	}
	remarks = append(append(remarks, more...), s.read(state)...)
	for i := range s.region.Lines {
		for _, side := range Sides() {
			e := Entry{s.region.Lines[i].Lever.Code, side}
			if r := s.readEntry(e, q); r != nil && len(remarks) < maxRemarks {
				remarks = append(remarks, *r)
			}
		}
	}
	return remarks, nil
}

// readEntry applies the two fields of one entry.
func (s *Simulation) readEntry(e Entry, q url.Values) *Remark {
	kt, ktChanged := s.changed(e, false, q)
	level, levelChanged := s.changed(e, true, q)
	if levelChanged && level != "" && ktChanged && kt != "" && s.agree(e, kt, level) {
		levelChanged = false
	}
	var err error
	switch {
	case levelChanged && level != "":
		var v float64
		if v, err = ReadLevel(level); err == nil {
			err = s.SetLevel(e, v)
		}
		if err != nil {
			return &Remark{Entry: e, Unit: true, Typed: level, Message: apperr.Message(err)}
		}
	case ktChanged && kt != "":
		var kg Kg
		if kg, err = ReadKt(kt); err == nil {
			err = s.Set(e, kg)
		}
		if err != nil {
			return &Remark{Entry: e, Typed: kt, Message: apperr.Message(err)}
		}
	case ktChanged || levelChanged:
		s.Clear(e)
	}
	return nil
}

// changed returns what a field holds and whether it says another number than
// the form showed; a field that was not sent was not changed.
func (s *Simulation) changed(e Entry, unit bool, q url.Values) (string, bool) {
	name, eq := FieldName(e, unit), s.lines[e.Lever].Equiv
	if !q.Has(name) || unit && !HasUnit(eq) {
		return "", false
	}
	typed, shown := strings.TrimSpace(q.Get(name)), s.Field(e, unit)
	if typed == shown || typed == "" || shown == "" {
		return typed, typed != shown
	}
	if unit {
		v, err := ReadLevel(typed)
		kg, _ := s.Value(e)
		return typed, err != nil || RoundTo(v, eq.Decimals) != Level(eq, kg)
	}
	now, err := ReadKt(typed)
	was, _ := ReadKt(shown) // written by Field, so it reads
	return typed, err != nil || now != was
}

// agree says whether the two fields give the same value: the script fills one
// from the other, and then the exact mass is the one to keep.
func (s *Simulation) agree(e Entry, kt, level string) bool {
	kg, err := ReadKt(kt)
	if err != nil {
		return false
	}
	v, err := ReadLevel(level)
	eq := s.lines[e.Lever].Equiv
	return err == nil && RoundTo(v, eq.Decimals) == Level(eq, kg)
}

package simulator

import (
	"bytes"
	stdcsv "encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// csvHead is the head of the export; kt are a year in 2030 against 2019.
var csvHead = [...]string{
	"levier", "nom", "secteur", "objectif_kt", "fait_kt", "vise_kt", "reste_kt",
	"unite", "niveau_2019", "niveau_fait", "niveau_vise", "niveau_objectif", "origine_du_vise", "version",
}

// csv serves GET /simulateur/{territoire}/simulation.csv: the simulation that
// the address says, one row a lever. What cannot be read is refused: a file
// has no room for remarks.
func (h *handlers) csv(w http.ResponseWriter, r *http.Request) error {
	src, region, done, err := h.resolve(w, r)
	if err != nil || done {
		return err
	}
	s, remarks, err := read(src, region, r.URL.RawQuery)
	if err != nil {
		return err
	}
	if len(remarks) > 0 {
		return shell.SeeOther(w, r, withQuery(path(region), r.URL.RawQuery))
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := stdcsv.NewWriter(&b)
	out.Comma = ';'
	if err := out.Write(csvHead[:]); err != nil {
		return err
	}
	for _, l := range s.Panorama().Lines {
		if err := out.Write(csvRow(s, l)); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="simulation-`+region.Slug+`.csv"`)
	head.Set("Content-Length", strconv.Itoa(b.Len()))
	head.Set("X-Robots-Tag", "noindex")
	_, err = b.WriteTo(w)
	return err
}

// csvRow writes one lever. An unknown value is an empty cell, never a zero.
func csvRow(s *panorama.Simulation, l panorama.Line) []string {
	mass := func(kg panorama.Kg, known bool) string {
		if !known {
			return ""
		}
		return panorama.FieldKt(kg)
	}
	level := func(kg panorama.Kg, known bool) string {
		if !known || !panorama.HasUnit(l.Equiv) {
			return ""
		}
		return panorama.FieldLevel(l.Equiv, kg)
	}
	done, told := s.Value(panorama.Entry{Lever: l.Lever.Code, Side: panorama.Done})
	aim, aimed := s.Value(panorama.Entry{Lever: l.Lever.Code, Side: panorama.Aim})
	unit := ""
	if panorama.HasUnit(l.Equiv) {
		unit = l.Equiv.Unit
	}
	origin := "objectif de la région"
	switch {
	case s.IsSet(panorama.Entry{Lever: l.Lever.Code, Side: panorama.Aim}):
		origin = "simulation"
	case !aimed:
		origin = "non assigné"
	}
	return []string{
		inert(l.Lever.Code), inert(l.Lever.Name), inert(l.Lever.Sector),
		mass(l.Objective.Kg, l.Objective.Known), mass(done, told), mass(aim, aimed),
		mass(l.Objective.Kg-aim, l.Objective.Known && aimed),
		inert(unit), level(0, l.Equiv.Relative), level(done, told), level(aim, aimed), level(l.Objective.Kg, l.Objective.Known),
		origin, inert(s.Panorama().Version),
	}
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jalon/data"
	"jalon/internal/exchange"
	"jalon/internal/framework"
	"jalon/internal/french"
)

// sources gives our id of whoever set a target, by the name that the State's
// list gives.
var sources = map[string]string{
	"3e stratégie nationale bas-carbone":                                             "snbc-3",
	"SNBC 3 (provisoire) LOSARGA":                                                    "snbc-3",
	"Stratégie nationale biodiversité 2030":                                          "snb-2030",
	"Programmation pluriannuelle de l'énergie 2026-2035":                             "ppe-3",
	"Plan national de réduction des émissions de polluants atmosphériques 2022-2025": "prepa",
	"Loi anti-gaspillage pour une économie circulaire":                               "loi-agec",
	"Règlement sur la restauration de la nature":                                     "restauration-nature",
	"Loi sur l'eau et les milieux aquatiques":                                        "loi-eau",
	"Plan d’action pour une gestion résiliente et concertée de l’eau":                "plan-eau",
	"Directive relative à la qualité des eaux destinées à la consommation humaine":   "directive-eau-potable",
	"Loi de transition énergétique pour la croissance verte":                         "ltecv",
}

// Nationals is the table of the indicators that have a target for 2030 or are
// tied to a lever.
func Nationals(path string) (_ []byte, err error) {
	fw, err := framework.Load(data.FS)
	if err != nil {
		return nil, err
	}
	byName := map[string]string{}
	for _, l := range fw.Levers("2026") {
		byName[french.Fold(l.Name)] = l.Code
		byName[french.Fold(l.SourceID)] = l.Code
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	t, err := exchange.ReadTable(filepath.Base(path), f, exchange.Limits{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	rows, err := exchange.ReadNational(t, nil)
	if err != nil {
		return nil, err
	}
	out := [][]string{{"code", "source_id", "name", "part", "unit", "scope", "axes", "levers", "hub_ids", "values", "target_2030", "target_source", "target_source_text", "measured_by", "source"}}
	seen := map[string]int{}
	for r, err := range rows {
		if err := errors.Join(err, r.Err); err != nil {
			return nil, err
		}
		if r.Name == "" {
			continue
		}
		levers := []string{}
		for _, name := range r.Levers {
			if code, ok := byName[french.Fold(name)]; ok && !slices.Contains(levers, code) {
				levers = append(levers, code)
			}
		}
		target, aimed := r.Targets[2030]
		if !aimed && len(levers) == 0 {
			continue
		}
		code := slug(r.Name + " " + r.Part)
		if seen[code]++; seen[code] > 1 {
			code += "-" + strconv.Itoa(seen[code])
		}
		value, by, words := "", "", typo(r.Aim)
		if aimed {
			value, by = number(target.Value), cmpSource(r.Aim)
		}
		out = append(out, []string{code, r.ID, typo(r.Name), typo(r.Part), typo(r.Unit), typo(r.Scope), strings.Join(axes(r.Axes), "|"), strings.Join(levers, "|"),
			ids(r.HubIDs), values(r.Values), value, by, words, typo(r.Source), "referentiel-2026"})
	}
	var b bytes.Buffer
	err = csv.NewWriter(&b).WriteAll(out)
	return b.Bytes(), err
}

func cmpSource(aim string) string {
	if id := sources[aim]; id != "" {
		return id
	}
	return "referentiel-2026"
}

func values(all map[int]exchange.NationalValue) string {
	years := make([]int, 0, len(all))
	for y := range all {
		years = append(years, y)
	}
	slices.Sort(years)
	var out []string
	for _, y := range years {
		out = append(out, fmt.Sprintf("%d:%s", y, number(all[y].Value)))
	}
	return strings.Join(out, "|")
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func ids(all []int) string {
	var out []string
	for _, id := range all {
		out = append(out, strconv.Itoa(id))
	}
	return strings.Join(out, "|")
}

func axes(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, slug(n))
	}
	return out
}

// typo writes the State's label with our apostrophes and spaces.
func typo(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "'", "’") }

// slug makes a readable code of at most 80 letters.
func slug(s string) string {
	var b strings.Builder
	dash := false
	for _, r := range french.Fold(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			dash = false
		default:
			dash = true
		}
		if b.Len() >= 80 {
			break
		}
	}
	return b.String()
}

package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/wording"
)

// Formats of what goes out.
const (
	TableFormat = "table"
	CSV         = "csv"
	JSON        = "json"
	XLSX        = "xlsx"
)

// PanoramaRequest is one territory in one format. Decimal is ',' or '.', for CSV
// only.
type PanoramaRequest struct {
	Territory string
	Format    string
	Decimal   rune
}

// WritePanorama writes the levers of a territory to w. What is not a lever,
// totals and reasons of absence, goes to the foot of a table and to notes in the
// other formats: a row of total would be summed again.
func (c *Core) WritePanorama(ctx context.Context, w, notes io.Writer, r PanoramaRequest) (err error) {
	defer apperr.Wrap(&err, "app.WritePanorama(%q)", r.Territory)
	m, err := c.Model(ctx)
	if err != nil {
		return err
	}
	p, err := c.panoramaOf(ctx, m, r.Territory)
	if err != nil {
		return err
	}
	d := exchange.Panorama(m, p)
	switch r.Format {
	case TableFormat:
		return tablePanorama(w, m, p)
	case CSV:
		_, err = exchange.WriteCSV(w, d, r.Decimal)
	case JSON:
		_, err = exchange.WriteJSON(w, d)
	case XLSX:
		_, err = exchange.WriteXLSX(w, d)
	default:
		return apperr.Invalidf("Format inconnu\u00a0: «\u00a0%s\u00a0». Écrivez table, csv, json ou xlsx.", r.Format)
	}
	if err != nil {
		return err
	}
	return foot(notes, p)
}

func (c *Core) panoramaOf(ctx context.Context, m *panorama.Model, text string) (panorama.Panorama, error) {
	ref, err := territory.ParseRef(text)
	if err != nil {
		return panorama.Panorama{}, err
	}
	if ref.Scale != territory.Perimeter || c.DB == nil {
		return m.Of(ref)
	}
	free, err := territory.FindPerimeter(ctx, c.DB, ref.Code)
	if err != nil {
		return panorama.Panorama{}, err
	}
	idx, err := territory.MembersOf(ctx, c.DB, m.Tree(), ref.Code)
	if err != nil {
		return panorama.Panorama{}, err
	}
	return m.OfCommunes(free.Territory(m.Tree()), idx), nil
}

// tablePanorama is the table that a person reads in a terminal.
func tablePanorama(w io.Writer, m *panorama.Model, p panorama.Panorama) error {
	t := &textTable{head: []string{"lever", "name", "objective_kt", "share", "key", "provenance", "equivalent_2019", "equivalent_2030", "equivalent_change", "equivalent_unit"}, right: map[int]bool{2: true, 3: true, 6: true, 7: true, 8: true}}
	for i := range p.Lines {
		l := &p.Lines[i]
		kt, share := "–", "–"
		if l.Objective.Known {
			kt = french.Number(l.Objective.Kg.Kt(), 2)
		}
		if l.Share.Known {
			share = french.Number(l.Share.V*100, 2) + french.NoBreak + "%"
		}
		e := l.Equiv
		t.add(l.Lever.Code, l.Lever.ShortName, kt, share, exchange.KeyCode(m, l), string(l.Class), shown(e, e.Start), shown(e, e.Target), shown(e, e.Change), e.UnitShort)
	}
	if _, err := fmt.Fprintf(w, "%s (%s)\n\n%s\n", p.Territory.Name, p.Territory.Ref, t); err != nil {
		return err
	}
	return foot(w, p)
}

func shown(e panorama.Equivalent, v panorama.Value) string {
	if !v.Known {
		return "–"
	}
	return wording.Reading(e, v, false)
}

// foot tells the totals with their scope, then why values are absent.
func foot(w io.Writer, p panorama.Panorama) error {
	var b strings.Builder
	total := func(label string, t panorama.Total) {
		scope := t.Scope
		if scope == "" {
			scope = fmt.Sprintf("%d\u00a0%s", t.Known, french.Plural(t.Known, "levier", "leviers"))
		}
		if t.Missing > 0 {
			scope += fmt.Sprintf("\u00a0; %d sans valeur", t.Missing)
		}
		fmt.Fprintf(&b, "%s\u00a0: %s\u00a0kt (%s)\n", label, french.Number(t.Kg.Kt(), 2), scope)
	}
	total("Total affiché", p.Total)
	total("Hors forêts", p.WithoutForest)
	if p.Divided.Known > 0 && p.Territory.Ref.Scale != territory.RegionS {
		total("Objectif de la région", p.RegionTotal)
		total("Part de cet objectif qui est répartie à cette échelle", p.Divided)
	}
	b.WriteString("Objectif indicatif, non contraignant. Version " + p.Version + "\n")
	reasons, order := map[string][]string{}, []string{}
	for _, l := range p.Lines {
		if l.Objective.Known {
			continue
		}
		if reasons[l.Objective.Reason] == nil {
			order = append(order, l.Objective.Reason)
		}
		reasons[l.Objective.Reason] = append(reasons[l.Objective.Reason], l.Lever.Code)
	}
	for _, reason := range order {
		fmt.Fprintf(&b, "– %s\n    %s\n", strings.Join(reasons[reason], ", "), reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

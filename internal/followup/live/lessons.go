package live

import (
	"context"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
	"jalon/internal/knowledge"
)

// finished are the actions that ended in the period, then those of which nobody said when.
func finished(ctx context.Context, r *reading) (composition.Made, error) {
	var before int64
	t, n, err := r.list(ctx, "terminees", "Les actions terminées dans l’année", []document.Column{{Label: "Terminée le"}, {Label: "Dernier point"}}, func(x outcome.Item) ([]document.Cell, bool) {
		when := document.Cell{Missing: "personne n’a dit quand"}
		if x.Since != "" {
			when = document.Cell{Text: french.Day(x.Since)}
		}
		if x.Status == "done" && !r.inPeriod(x) {
			before++
		}
		return []document.Cell{when, r.last(x)}, r.inPeriod(x)
	})
	if err != nil {
		return composition.Made{}, err
	}
	earlier := ""
	if before > 0 {
		earlier = french.Upper(howMany(before, "autre action était terminée", "autres actions étaient terminées")) + " avant le " + french.Day(r.from) + "."
	}
	if n == 0 {
		return lacking("Aucune action ne s’est terminée dans l’année", strings.TrimSpace("Aucune action retenue ne s’est terminée "+r.inYear()+". "+earlier)), nil
	}
	m := composition.Made{Title: howMany(n, "action s’est terminée", "actions se sont terminées") + " dans l’année\u00a0: de quoi apprendre", Blocks: []document.Block{t}, Notes: []string{r.until()}}
	if earlier != "" {
		m.Notes = append(m.Notes, earlier)
	}
	return m, nil
}

// inPeriod reports whether an action ended in the period, or nobody said when it did.
func (r *reading) inPeriod(x outcome.Item) bool {
	return x.Status == "done" && (x.Since == "" || x.Since >= r.from)
}

// practices are the good practices that were drawn from the actions that ended in the
// period: they are written after, so that they are those of the day of the document.
func practices(ctx context.Context, r *reading) (composition.Made, error) {
	all, err := r.named(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	var over []outcome.Item
	var ids []string
	for _, x := range all {
		if r.inPeriod(x) {
			over, ids = append(over, x), append(ids, x.ID)
		}
	}
	drawn, err := knowledge.DrawnFrom(ctx, r.DB, ids)
	if err != nil {
		return composition.Made{}, err
	}
	t := document.Table{ID: "pratiques", Caption: "Les bonnes pratiques tirées des actions terminées dans l’année", Columns: []document.Column{{Label: "Bonne pratique"}, {Label: "Tirée de l’action"}, {Label: "Qui"}, {Label: "Ce qui a été obtenu"}, {Label: "Partagée"}}}
	for _, x := range over {
		p, ok := drawn[x.ID]
		if !ok || p.State != knowledge.Retained { // what the team has not retained is not public
			continue
		}
		href, shared := "/regions/"+r.Region.Slug+"/points-forts/"+p.ID, "non"
		if p.Shared {
			href, shared = "/bonnes-pratiques/"+p.ID, "oui, avec les autres régions"
		}
		result := document.Cell{Text: cut(plainly(p.Result))}
		if p.Result == "" {
			result = document.Cell{Missing: "le résultat n’est pas encore dit"}
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: p.Title, Href: href}, {Text: "n°" + nb + french.Integer(x.Seq) + ", " + x.Title, Href: "/actions/" + x.ID}, {Text: p.Organisation}, result, {Text: shared}})
	}
	n := int64(len(t.Rows))
	if n == 0 {
		why := "Aucune action retenue ne s’est terminée " + r.inYear() + "."
		if len(over) > 0 {
			why = "L’équipe n’a encore retenu aucune bonne pratique tirée de " + french.Plural(len(over), "l’action terminée", "l’une des "+french.Integer(len(over))+" actions terminées") + " dans l’année. La fiche d’une action terminée permet d’en faire une."
		}
		return lacking("Aucune bonne pratique n’est encore tirée des actions de l’année", why), nil
	}
	return composition.Made{Title: howMany(n, "bonne pratique tirée", "bonnes pratiques tirées") + french.Plural(len(over), " de la seule action terminée", " des "+french.Integer(len(over))+nb+"actions terminées") + " dans l’année", Blocks: []document.Block{t},
		Notes: []string{"Actions terminées " + r.inYear() + ". Bonnes pratiques retenues par l’équipe au " + french.Day(r.Day) + ", jour où cette revue est établie\u00a0: elles s’écrivent une fois l’action finie."}}, nil
}

// plainly is a short text of a form in one line.
func plainly(text string) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "- ")); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\u00a0; ")
}

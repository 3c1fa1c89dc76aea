package report

import (
	"context"

	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/territory"
)

// shared is what a region had shared by the day: the day of the diagnosis that it
// published last, empty for none, and how many levers have an objective.
type shared struct {
	diagnosis string
	editions  int
	levers    int
}

// readShared reads what each region had published and shared by the day.
func (b *builder) readShared(ctx context.Context, q db.Q) error {
	editions, err := composition.PublishedBy(ctx, q, composition.Diagnosis, b.Cycle, b.Day)
	if err != nil {
		return err
	}
	objectives, err := objective.SharedBy(ctx, q, b.Cycle, national.EndOf(b.Day))
	if err != nil {
		return err
	}
	b.shared = map[string]shared{}
	for _, e := range editions { // in their order: the last one is kept
		s := b.shared[e.Region]
		s.diagnosis, s.editions = e.PublishedOn, s.editions+1
		b.shared[e.Region] = s
	}
	for _, o := range objectives {
		s := b.shared[o.Region]
		s.levers++
		b.shared[o.Region] = s
	}
	return nil
}

// sharing counts the regions that had published a diagnosis, those that had shared
// objectives, and how many objectives.
func (b *builder) sharing() (published, regions, objectives int) {
	for _, s := range b.shared {
		if s.diagnosis != "" {
			published++
		}
		if s.levers > 0 {
			regions++
		}
		objectives += s.levers
	}
	return published, regions, objectives
}

// sharedFigures are those counts as key figures.
func (b *builder) sharedFigures() document.KeyFigures {
	published, regions, objectives := b.sharing()
	of := "sur " + french.Integer(len(b.cops))
	return document.KeyFigures{Figures: []document.KeyFigure{
		{Label: "Diagnostics publiés", Value: french.Integer(published), Unit: of, Meaning: "validés par les deux têtes de la COP", Class: computed},
		{Label: "Régions qui partagent des objectifs", Value: french.Integer(regions), Unit: of, Meaning: "pour un levier au moins, validés par les deux têtes", Class: computed},
		{Label: "Objectifs partagés", Value: french.Integer(objectives), Meaning: "un par levier et par région\u00a0; indicatifs", Class: computed},
	}}
}

// sharedTable is a row for each region that had published or shared something.
func (b *builder) sharedTable() document.Table {
	t := document.Table{ID: "diagnostics", Caption: "Diagnostics publiés et objectifs partagés, par région",
		Columns: []document.Column{{Label: "Région"}, {Label: "Diagnostic publié"}, {Label: "Leviers dont l’objectif est partagé"}}}
	silent := 0
	for _, c := range b.cops {
		s, ok := b.shared[c.Region.Code]
		if !ok {
			silent++
			continue
		}
		day := blank("la région n’a pas publié de diagnostic à cette date")
		if s.diagnosis != "" {
			day = cell(french.Day(s.diagnosis))
			if s.editions > 1 {
				day.Text += " (" + french.Integer(s.editions) + "ᵉ" + nb + "édition)"
			}
		}
		levers := blank("aucun objectif partagé à cette date")
		if s.levers > 0 {
			levers = cell(french.Integer(s.levers))
			if p, err := b.m.Of(territory.Ref{Scale: territory.RegionS, Code: c.Region.Code}); err == nil {
				levers.Text += " sur " + french.Integer(max(len(p.Lines), s.levers))
			}
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: c.Region.Name, Href: "/regions/" + c.Region.Slug}, day, levers})
	}
	if silent > 0 {
		t.Note = counted(silent, "région n’a encore rien publié ni partagé", "régions n’ont encore rien publié ni partagé") + " à cette date."
	}
	return t
}

// reached says for each result of a COP how many regions had it by the day.
func (b *builder) reached(adopted int) document.Table {
	published, regions, objectives := b.sharing()
	line := func(result string, n int, more string) []document.Cell {
		return []document.Cell{cell(result), cell(more), cell(french.Integer(n))}
	}
	t := document.Table{ID: "resultats", Caption: "Ce que Jalon vérifie à cette date", Columns: []document.Column{{Label: "Résultat"}, {Label: "Ce qui le prouve"}, {Label: "Régions", Number: true}}}
	t.Rows = [][]document.Cell{
		line("Des objectifs discutés", regions, counted(objectives, "objectif partagé", "objectifs partagés")+", chacun validé par les deux têtes"),
		line("Un état des lieux partagé", published, "un diagnostic publié par les deux têtes\u00a0; Jalon ne dit pas encore si la majorité des collectivités y a contribué"),
		line("Une feuille de route", adopted, "son adoption, par un événement daté et validé par les deux têtes"),
		{cell("La suite"), cell("rien encore\u00a0: le suivi de la feuille de route le dira"), blank("Jalon ne sait pas encore le vérifier")},
	}
	t.Note = "Sur " + counted(len(b.cops), "région", "régions") + " dont la COP est ouverte dans Jalon."
	return t
}

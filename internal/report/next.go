package report

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/french"
)

// announcement is something that somebody said would happen.
type announcement struct {
	copAt
	Event cop.Event
}

// announcements are what was announced by the day and had not happened.
func (b *builder) announcements() (coming, overdue []announcement) {
	for _, c := range b.cops {
		gone := cop.Corrected(c.Events)
		for _, e := range c.Events {
			if e.Mark != cop.Announced || e.State != cop.Recorded || gone[e.ID] || e.KnownOn > b.Day {
				continue
			}
			if _, done := c.State.Reached[e.Stage]; done {
				continue
			}
			if e.Day >= b.Day {
				coming = append(coming, announcement{c, e})
			} else {
				overdue = append(overdue, announcement{c, e})
			}
		}
	}
	order := func(x, y announcement) int {
		return cmp.Or(cmp.Compare(x.Event.Day, y.Event.Day), cmp.Compare(x.Region.Slug, y.Region.Slug), cmp.Compare(x.Event.ID, y.Event.ID))
	}
	slices.SortFunc(coming, order)
	slices.SortFunc(overdue, order)
	return coming, overdue
}

// next is what is announced, by whom, and what was and has not been heard of.
func (b *builder) next() document.Part {
	coming, overdue := b.announcements()
	p := document.Part{ID: "suites", Notes: []string{"Événements annoncés et connus au " + french.Day(b.Day) + ", avec qui les annonce. Une annonce ne vaut pas un événement\u00a0: elle ne change l’étape d’aucune COP."}}
	switch {
	case len(coming) > 0:
		p.Title = "Et maintenant\u00a0: " + counted(len(coming), "rendez-vous est annoncé", "rendez-vous sont annoncés")
	case len(overdue) > 0:
		p.Title = "Et maintenant\u00a0: aucun rendez-vous annoncé, et " + counted(len(overdue), "annonce", "annonces") + " sans suite connue"
	default:
		p.Title = "Et maintenant\u00a0: aucun rendez-vous n’est annoncé dans Jalon"
		p.Missing = "Les rendez-vous apparaîtront ici dès qu’une équipe, ou l’État, annonce une étape avec sa date."
		return p
	}
	if len(coming) > 0 {
		p.Blocks = append(p.Blocks, announced("annonces", "Ce qui est annoncé", coming))
	}
	if len(overdue) > 0 {
		p.Blocks = append(p.Blocks, announced("sans-suite", "Ce qui était annoncé, et dont Jalon ne connaît pas la suite", overdue),
			document.Para("Une suite inconnue n’est pas une suite absente\u00a0: l’équipe de la région peut l’enregistrer avec sa preuve."))
	}
	return p
}

func announced(id, caption string, all []announcement) document.Table {
	t := document.Table{ID: id, Caption: caption, Columns: []document.Column{{Label: "Région"}, {Label: "Étape"}, {Label: "Date annoncée"}, {Label: "Annoncé par"}}}
	for _, a := range all {
		by := a.Event.Source
		if by == "" {
			by = "l’équipe de la COP"
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: a.Region.Name, Href: "/regions/" + a.Region.Slug}, cell(strings.ToLower(a.Event.Stage.Name())), cell(a.Event.Date()), cell(by)})
	}
	return t
}

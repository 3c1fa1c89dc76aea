package objectives

import (
	"github.com/a-h/templ"

	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
)

// step is one of the three that a value goes through: proposed, discussed, shared.
type step struct {
	Name, Text string
	Class      string // of app.css, which draws it done, open or to come
	Current    bool
}

const stepDone, stepOpen, stepAhead = "step-done", "step-open", "step-announced"

// next is what the reader does now, and where.
type next struct {
	Text string
	Link ui.Link
}

// standing is the finding of the page.
func standing(x lever) string {
	reading, ok := x.o.Now(true)
	before, held := x.earlierHolds()
	switch {
	case ok && x.found:
		return short(reading.Value) + ", " + reading.State.Name()
	case held:
		return short(before.SharedValue) + ", toujours en vigueur depuis la COP " + before.Cycle
	case objective.Subject(x.line.Lever.Code):
		return "rien n’est encore sur la table"
	case x.line.Objective.Known:
		return short(objective.Value{Kg: x.line.Objective}) + ", proposé par l’État"
	}
	return "aucune valeur proposée ici, et rien n’est encore sur la table"
}

// steps say how far a lever is on its way. A shared value stays in force while
// another is discussed: both are then said.
func (x lever) steps() []step {
	offered := step{Name: "Proposé", Text: "l’État n’a pas proposé de valeur ici", Class: stepAhead}
	if x.line.Objective.Known {
		offered.Text, offered.Class = "par l’État"+nb+": "+x.line.Objective.Kg.Less(), stepDone
	}
	discussed := step{Name: "Discuté", Text: "personne n’a encore mis de valeur sur la table", Class: stepAhead}
	shared := step{Name: "Partagé", Text: "quand les deux têtes de la COP l’auront validé", Class: stepAhead}
	if x.o.SharedRev > 0 {
		shared.Text, shared.Class = amountText(x.o.SharedValue)+", en vigueur depuis le"+nb+french.Day(x.o.SharedOn), stepDone
	}
	before, held := x.earlierHolds()
	if held {
		shared.Text, shared.Class = amountText(before.SharedValue)+", par la COP "+before.Cycle+", toujours en vigueur", stepDone
	}
	switch {
	case !x.stands():
		shared.Current = held || x.o.SharedRev > 0
		offered.Current = !shared.Current
	case x.o.State == objective.Shared:
		discussed.Text, discussed.Class, shared.Current = "la discussion a abouti", stepDone, true
	case x.o.State == objective.Sharing:
		discussed.Text, discussed.Class = amountText(x.o.Value), stepDone
		shared.Text, shared.Class, shared.Current = "attend la validation des deux têtes", stepOpen, true
	default:
		discussed.Text, discussed.Class, discussed.Current = amountText(x.o.Value)+", depuis le"+nb+french.Date(x.o.At), stepOpen, true
	}
	return []step{offered, discussed, shared}
}

// here marks the step of today.
func here(s step) templ.Attributes {
	if !s.Current {
		return nil
	}
	return templ.Attributes{"aria-current": "step"}
}

func amountText(v objective.Value) string {
	if !v.Kg.Known {
		return v.LevelText()
	}
	return v.Kg.Kg.Less()
}

// next says what is to be done with a lever, to who may do it.
func (x lever) next(a policy.Actor) next {
	switch {
	case x.o.State == objective.Sharing:
		return next{} // the notice of the list says it
	case !x.may(a, policy.Edit):
		return next{Text: "Vous lisez ce qui se discute\u00a0; l’équipe de la COP écrit les valeurs et note les désaccords. Dites-lui le vôtre."}
	case !x.stands() && x.heldBefore():
		return next{"Rien n’est à faire\u00a0: l’objectif de la COP d’avant reste en vigueur. Pour en changer, mettez une autre valeur sur la table, avec sa raison.", ui.Link{Label: "Écrire une valeur", Href: "#valeur"}}
	case !x.stands():
		return next{"Mettez sur la table ce que la COP veut en discuter, avec sa raison.", ui.Link{Label: "Écrire une valeur", Href: "#valeur"}}
	case x.o.State == objective.Shared:
		return next{"Rien n’est à faire. Écrire une autre valeur rouvre la discussion\u00a0; celle qui est partagée reste en vigueur tant que les deux têtes n’en ont pas validé une autre.", ui.Link{}}
	case x.may(a, policy.Propose):
		return next{"Notez les désaccords\u00a0; quand la discussion a abouti, cochez ce levier dans la table pour le proposer aux deux têtes.", ui.Link{Label: "Aller à la table", Href: x.desk() + "#leviers"}}
	}
	return next{"Notez les désaccords\u00a0; l’équipe de la COP propose au partage ce qui a abouti.", ui.Link{Label: "Revenir à la table", Href: x.desk()}}
}

// deskNext says what is to be done with a table.
func deskNext(g objective.Gauge, share bool, ready int) next {
	switch {
	case !share:
		return next{Text: "Ouvrez un levier pour lire ce qui s’en dit, les désaccords et l’histoire de sa valeur."}
	case ready > 0:
		return next{french.Integer(ready) + nb + french.Plural(ready, "objectif discuté peut être proposé", "objectifs discutés peuvent être proposés") + " aux deux têtes, qui le valident ensemble.", ui.Link{Label: "Proposer au partage", Href: "#partager"}}
	case g.SharingLevers > 0:
		return next{Text: "Une liste attend la validation des deux têtes. Les autres leviers se discutent\u00a0: ouvrez-en un pour y mettre une valeur."}
	}
	return next{Text: "Ouvrez un levier pour y mettre une valeur avec sa raison, ou cochez les propositions de l’État que la COP reprend telles quelles."}
}

// nonePut reports whether nothing of some lines is on the table.
func nonePut(lines []objective.Line) bool {
	for _, l := range lines {
		if l.Put() {
			return false
		}
	}
	return true
}

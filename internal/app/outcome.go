package app

import (
	"fmt"
	"strings"

	"jalon/internal/french"
	"jalon/internal/intake"
)

// String is what a person reads of an import, before and after it is applied.
func (o Outcome) String() string {
	var b strings.Builder
	if f := o.Format; f != nil && o.Run.ID != "" {
		fmt.Fprintf(&b, "%s\nColonnes lues d’après\u00a0: %s\n", f.Label, f.Document)
		for _, n := range f.Notes {
			b.WriteString("Remarque\u00a0: " + n + "\n")
		}
	}
	for _, s := range o.Summary {
		b.WriteString(s + "\n")
	}
	for _, l := range o.Lines {
		b.WriteString(o.line(l))
	}
	if o.More > 0 {
		fmt.Fprintf(&b, "… et %s autres lignes refusées.\n", french.Integer(o.More))
	}
	for _, w := range o.Warnings {
		b.WriteString("Attention\u00a0: " + w + "\n")
	}
	if o.Run.ID != "" {
		fmt.Fprintf(&b, "%s\u00a0: %s ligne(s) lue(s), %s acceptée(s), %s refusée(s).\n", o.File, french.Integer(o.Run.Rows), french.Integer(o.Accepted), french.Integer(o.Run.Errors))
	}
	switch {
	case o.Applied:
		fmt.Fprintf(&b, "Import appliqué (%s).\n", o.Run.ID)
	case o.Run.State == intake.Staged:
		b.WriteString("Essai à blanc\u00a0: rien n’a été enregistré. Ajoutez --apply pour appliquer.\n")
	}
	return b.String()
}

func (o Outcome) line(l intake.Line) string {
	if o.located && l.Reason != "" { // a row of several files says its own
		return map[intake.Verdict]string{intake.Error: "Refusée", intake.Warning: "Remarque"}[l.Verdict] + "\u00a0: " + l.Reason + "\n"
	}
	place := fmt.Sprintf("%s, ligne\u00a0%d", o.File, l.Line)
	if l.Col > 0 {
		place += fmt.Sprintf(", colonne\u00a0%d", l.Col)
	}
	switch l.Verdict {
	case intake.Error:
		return place + "\u00a0: refusée\u00a0: " + l.Reason + "\n"
	case intake.Warning:
		return place + "\u00a0: acceptée avec une remarque\u00a0: " + l.Reason + "\n"
	}
	return place + "\u00a0: acceptée\n"
}

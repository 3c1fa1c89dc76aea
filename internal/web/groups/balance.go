package groups

import (
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/debate/group"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

// balance shows who sits: by college, by département, and who is missing, in a
// sentence first. Whose département nobody said is apart: it is zero nowhere.
func balance(id, title string, members []group.Member, today string, departments [][2]string, narrowed bool) sections.Part {
	b := group.BalanceOf(members, today, departments)
	p := sections.Part{ID: id, Title: title}
	if b.Members == 0 {
		p.Empty = ui.Empty{Title: "Personne ne siège encore en titre", Text: "L’équilibre des collèges et des territoires se lira ici."}
		return p
	}
	p.List = append(p.List, colleges(b))
	p.List = append(p.List, places(b, narrowed)...)
	if b.Substitutes > 0 {
		p.List = append(p.List, french.Integer(b.Substitutes)+nb+french.Plural(b.Substitutes, "personne suppléante n’est pas comptée\u00a0: elle siège", "personnes suppléantes ne sont pas comptées\u00a0: elles siègent")+" à la place d’une autre.")
	}
	p.Bodies = []templ.Component{ui.BarChart(bars(id+"-colleges", "Par collège", b.Colleges, b.Members))}
	p.Tables = []ui.Table{shares(id+"-colleges-tableau", "Sièges par collège", b.Colleges, b)}
	if b.Members > b.Unknown && len(departments) > 1 {
		p.Bodies = append(p.Bodies, ui.BarChart(bars(id+"-departements", "Par département", b.Departments, b.Members)))
		t := shares(id+"-departements-tableau", "Sièges par département", b.Departments, b)
		if b.Elsewhere > 0 {
			t.Rows = append(t.Rows, share(group.Share{Name: "un autre département", Members: b.Elsewhere}, b.Members))
		}
		if b.Unknown > 0 {
			t.Rows = append(t.Rows, share(group.Share{Name: "département non renseigné", Members: b.Unknown}, b.Members))
		}
		p.Tables = append(p.Tables, t)
	}
	return p
}

func colleges(b group.Balance) string {
	none := group.Nobody(b.Colleges)
	seats := french.Integer(b.Members) + nb + french.Plural(b.Members, "siège", "sièges")
	if len(none) == 0 {
		return seats + "\u00a0: les six collèges y sont."
	}
	return seats + "\u00a0: " + french.Plural(len(none), "un collège n’a personne", french.Integer(len(none))+nb+"collèges n’ont personne") + " (" + strings.Join(none, ", ") + ")."
}

func places(b group.Balance, narrowed bool) []string {
	var out []string
	known := b.Members - b.Unknown
	if known == 0 {
		return []string{"Le département d’aucun membre n’est renseigné\u00a0: l’équilibre des territoires ne se lit pas encore."}
	}
	if none := group.Nobody(b.Departments); len(none) > 0 {
		said := french.Plural(len(none), "Un département n’a personne", french.Integer(len(none))+nb+"départements n’ont personne") + " (" + strings.Join(none, ", ") + ")"
		if b.Unknown > 0 {
			said += ", parmi les sièges dont le département est renseigné"
		}
		out = append(out, said+".")
	} else if len(b.Departments) > 1 {
		what := "Chaque département de la région a au moins un siège."
		if narrowed {
			what = "Chaque département du groupe a au moins un siège."
		}
		out = append(out, what)
	}
	if b.Unknown > 0 {
		out = append(out, french.Integer(b.Unknown)+nb+french.Plural(b.Unknown, "siège est sans département renseigné.", "sièges sont sans département renseigné."))
	}
	return out
}

func bars(id, title string, list []group.Share, total int) ui.Bars {
	b := ui.Bars{ID: id, Title: title, Description: "Part des " + french.Integer(total) + nb + french.Plural(total, "siège", "sièges") + " en titre.", TableHref: "#" + id + "-tableau", Most: 100}
	for _, s := range list {
		b.Rows = append(b.Rows, ui.Stat{Name: s.Name, Text: partOf(s.Members, total), Amount: 100 * float64(s.Members) / float64(total)})
	}
	return b
}

func shares(id, caption string, list []group.Share, b group.Balance) ui.Table {
	t := ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Label: "Qui", Wide: true}, {Label: "Sièges", Number: true}, {Label: "Part", Number: true}}}
	for _, s := range list {
		t.Rows = append(t.Rows, share(s, b.Members))
	}
	return t
}

func share(s group.Share, total int) ui.Row {
	return ui.Row{Cells: []ui.Cell{{Text: s.Name}, {Text: french.Integer(s.Members)}, {Text: partOf(s.Members, total)}}}
}

// partOf writes a part of all seats in whole percents; nobody is «personne».
func partOf(n, total int) string {
	if n == 0 {
		return "personne"
	}
	return french.Number(100*float64(n)/float64(total), 0) + nb + "%"
}

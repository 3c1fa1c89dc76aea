package themes

import (
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// fields are the form of a theme.
func (x where) fields(t diagnosis.ThemeInput, lines []panorama.Line) []ui.Field {
	subject := ui.Field{ID: "subject", Label: "Sujet, pour un thème transversal", Type: "select", Help: "Laissez «\u00a0aucun\u00a0» pour un ensemble de leviers.", Options: []ui.Option{{Label: "aucun"}}}
	for _, s := range diagnosis.Subjects() {
		subject.Options = append(subject.Options, ui.Option{Value: s[0], Label: s[1], Selected: s[0] == t.Subject})
	}
	maps := ui.Field{ID: "maps", Label: "Répond à", Type: "checkbox", Help: "Un au moins des six thèmes du plan."}
	for _, m := range x.fw.Themes() {
		maps.Options = append(maps.Options, ui.Option{Value: string(m.Code), Label: m.Name, Selected: slices.Contains(t.Maps, string(m.Code))})
	}
	return []ui.Field{
		{ID: "name", Label: "Nom du thème", Required: true, Value: t.Name, Help: "Comme la région le nomme."},
		{ID: "text", Label: "Ce que recouvre le thème", Type: "textarea", Rows: 4, Value: t.Text},
		{ID: "kind", Label: "Ce que c’est", Type: "radio", Options: []ui.Option{{Value: string(diagnosis.OfLevers), Label: "Un ensemble de leviers", Selected: t.Kind == diagnosis.OfLevers},
			{Value: string(diagnosis.Cross), Label: "Un sujet qui traverse les leviers", Help: "Emploi et compétences, transition juste, santé… Il peut nommer des leviers, ou aucun.", Selected: t.Kind == diagnosis.Cross}}},
		subject, maps, x.leverField(t.Levers, lines),
	}
}

func (x where) leverField(chosen []string, lines []panorama.Line) ui.Field {
	f := ui.Field{ID: "levers", Label: "Leviers", Type: "checkbox", Help: "Ceux du panorama de la région, avec l’objectif indicatif proposé pour 2030. Un ensemble de leviers en coche un au moins."}
	known := map[string]bool{}
	for _, theme := range x.fw.Themes() {
		for _, l := range lines {
			if l.Lever.Theme != theme.Code {
				continue
			}
			known[l.Lever.Code] = true
			help := theme.Name
			if l.Objective.Known {
				help += ", " + l.Objective.Kg.Less()
			}
			f.Options = append(f.Options, ui.Option{Value: l.Lever.Code, Label: x.leverName(l.Lever.Code), Help: help, Selected: slices.Contains(chosen, l.Lever.Code)})
		}
	}
	for _, l := range lines {
		if !known[l.Lever.Code] {
			f.Options = append(f.Options, ui.Option{Value: l.Lever.Code, Label: x.leverName(l.Lever.Code), Selected: slices.Contains(chosen, l.Lever.Code)})
			known[l.Lever.Code] = true
		}
	}
	for _, code := range chosen {
		if !known[code] {
			f.Options = append(f.Options, ui.Option{Value: code, Label: x.leverName(code), Help: "n’est plus dans le panorama de la région\u00a0: décochez-le", Selected: true})
		}
	}
	return f
}

func readTheme(r *http.Request) diagnosis.ThemeInput {
	return diagnosis.ThemeInput{Name: shell.Typed(r, "name"), Text: shell.Typed(r, "text"), Kind: diagnosis.ThemeKind(shell.Typed(r, "kind")), Subject: shell.Typed(r, "subject"), Maps: list(r, "maps"), Levers: list(r, "levers")}
}

func inputOf(t diagnosis.Theme) diagnosis.ThemeInput {
	return diagnosis.ThemeInput{Name: t.Name, Text: t.Text, Kind: t.Kind, Subject: t.Subject, Maps: t.Maps, Levers: t.Levers}
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	x, err := d.reading(r)
	if err != nil {
		return err
	}
	t, err := d.theirs(r, x)
	if err != nil {
		return err
	}
	return d.showOne(w, r, http.StatusOK, x, t, inputOf(t), nil, "")
}

// showOne draws a theme; typed is the form that came back, on which form wrong was
// refused.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, x where, t diagnosis.Theme, typed diagnosis.ThemeInput, wrong error, on string) error {
	past, err := diagnosis.ThemeHistory(r.Context(), d.Q, t.ID)
	if err != nil {
		return err
	}
	lines, err := d.Room.Lines(r.Context(), x.Code)
	if err != nil {
		return err
	}
	exist, err := d.Room.Exist(r.Context(), x.Code)
	if err != nil {
		return err
	}
	here := x.desk() + "/" + t.ID
	v := view{Heading: ui.Heading{Overline: "Thème de la COP, " + x.Name, Title: t.Name, Scope: []string{kindOf(t), "rattaché à" + nb + ": " + x.mapNames(t.Maps)}}, Tabs: deskTabs(x, here)}
	if t.State == diagnosis.ThemeWithdrawn {
		v.Heading.Scope = append(v.Heading.Scope, "retiré de la liste")
		if len(past) > 0 {
			v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ce thème est retiré de la liste", Text: past[0].Reason})
		}
	}
	c := x.cards([]diagnosis.Theme{t}, exist)[0]
	c.Name = ""
	v.Parts = append(v.Parts, part{ID: "theme", Title: "Ce qu’il recouvre", Body: themeCards([]card{c})})
	if d.may(r, x, policy.Edit) {
		v.Parts = append(v.Parts, x.editing(&v, status, here, t, typed, lines, wrong, on, shell.Typed(r, "reason"), shell.Typed(r, "why"))...)
	}
	h := ui.Table{ID: "versions", Caption: "Chaque version, la dernière d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Nom", Wide: true}, {Label: "De quoi"}, {Label: "Pourquoi", Wide: true}}}
	for _, y := range past {
		h.Rows = append(h.Rows, ui.Row{Cells: []ui.Cell{{Text: versionText(y.Rev)}, {Text: french.Date(y.At)}, {Text: y.Body.Name}, {Text: kindOf(y.Body)}, {Text: y.Reason}}})
	}
	v.Parts = append(v.Parts, part{ID: "histoire", Title: "Son histoire", Tables: []ui.Table{h}})
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: wording.TabThemes, Href: x.desk()}, ui.Link{Label: t.Name})...)
}

// editing are the forms of who may change a theme.
func (x where) editing(v *view, status int, here string, t diagnosis.Theme, typed diagnosis.ThemeInput, lines []panorama.Line, wrong error, on, reason, why string) []part {
	turn := formView{Action: here + "/retrait", Rev: versionText(t.Rev), Submit: "Retirer de la liste", Hidden: [][2]string{{"do", "withdraw"}}, Fields: []ui.Field{{ID: "why", Label: "Pourquoi", Type: "textarea", Rows: 3, Required: true, Value: why}}}
	p := part{ID: "retirer", Title: "Retirer ce thème de la liste", Lead: "Le thème est gardé avec son histoire, et peut revenir. Un choix de priorités déjà figé ne change pas."}
	p.Fold, p.Open = "Le retirer, en disant pourquoi", on == "turn"
	if t.State == diagnosis.ThemeWithdrawn {
		p.Fold = ""
		turn.Submit, turn.Hidden = "Remettre dans la liste", [][2]string{{"do", "restore"}}
		p.Title, p.Lead = "Remettre ce thème dans la liste", ""
	}
	if on == "turn" {
		p.Notices = wrongIn(turn.Fields, wrong)
	}
	p.Forms = []formView{turn}
	if t.State == diagnosis.ThemeWithdrawn {
		return []part{p}
	}
	f := formView{Action: here, Rev: versionText(t.Rev), Submit: "Enregistrer", Fields: append(x.fields(typed, lines), ui.Field{ID: "reason", Label: "Pourquoi ce changement", Value: reason})}
	edit := part{ID: "modifier", Title: "Modifier"}
	if on == "save" {
		if status == http.StatusConflict {
			v.Conflict = ui.TwoVersions(x.fields(inputOf(t), lines), f.Fields)
		}
		if notices := wrongIn(f.Fields, wrong); len(v.Conflict.Rows) == 0 {
			edit.Notices = notices
		}
	}
	edit.Forms = []formView{f}
	return []part{edit, p}
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	x, t, n, err := d.changing(r)
	if err != nil {
		return err
	}
	in := readTheme(r)
	_, err = d.Room.SaveTheme(r.Context(), shell.Actor(r), t.ID, n, in, shell.Typed(r, "reason"))
	return d.after(w, r, x, t, in, err, "save")
}

func (d Deps) turn(w http.ResponseWriter, r *http.Request) error {
	x, t, n, err := d.changing(r)
	if err != nil {
		return err
	}
	do := d.Room.WithdrawTheme
	if shell.Typed(r, "do") == "restore" {
		do = d.Room.RestoreTheme
	}
	_, err = do(r.Context(), shell.Actor(r), t.ID, n, shell.Typed(r, "why"))
	return d.after(w, r, x, t, inputOf(t), err, "turn")
}

// changing is the theme that somebody changes, and the revision that they read.
func (d Deps) changing(r *http.Request) (x where, t diagnosis.Theme, n int64, err error) {
	if x, err = d.doing(r, policy.Edit); err != nil {
		return x, t, 0, err
	}
	if t, err = d.theirs(r, x); err != nil {
		return x, t, 0, err
	}
	n, err = shell.Rev(r)
	return x, t, n, err
}

// after goes back to a theme, with the form filled when something was refused.
func (d Deps) after(w http.ResponseWriter, r *http.Request, x where, t diagnosis.Theme, typed diagnosis.ThemeInput, err error, on string) error {
	if err != nil && shell.Beside(err) {
		now, ferr := diagnosis.FindTheme(r.Context(), d.Q, t.ID)
		if ferr != nil {
			return ferr
		}
		if on == "turn" {
			typed = inputOf(now)
		}
		return d.showOne(w, r, apperr.Status(err), x, now, typed, err, on)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"/"+t.ID+"?fait=1")
}

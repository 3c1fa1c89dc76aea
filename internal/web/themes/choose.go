package themes

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// candidate is a theme that may be put first, in the form of the heads.
type candidate struct {
	ID, Name, Href, Rev string
	Facts               []string
	Emptied             bool
	Chosen              bool
	Departs             string // which themes left aside are scored above it
	Error               string // of the box
	Why, Against        ui.Field
}

// choosing is that form.
type choosing struct {
	Action string
	Error  string // of the whole: nothing is ticked
	Faults []ui.Field
	All    []candidate
}

func (d Deps) choice(w http.ResponseWriter, r *http.Request) error {
	x, err := d.reading(r)
	if err != nil {
		return err
	}
	return d.showChoice(w, r, http.StatusOK, x, diagnosis.ChoiceInput{}, nil)
}

func (d Deps) showChoice(w http.ResponseWriter, r *http.Request, status int, x where, typed diagnosis.ChoiceInput, wrong error) error {
	ctx := r.Context()
	themes, err := diagnosis.Themes(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	waiting, waits, err := diagnosis.WaitingChoice(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	last, chosen, err := diagnosis.LastChoice(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Choix des thèmes prioritaires", Title: x.Name + nb + ": " + choiceFinding(waits, chosen, last), Scope: []string{"les deux têtes choisissent, avec leur raison", "les scores éclairent, ils ne choisissent pas"}}, Tabs: deskTabs(x, x.desk()+"/choix")}
	var faults diagnosis.ThemeFaults
	if wrong != nil && !errors.As(wrong, &faults) {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été proposé", Text: apperr.Message(wrong)})
	}
	if waits {
		v.Parts = append(v.Parts, d.frozen(x, "attente", "Un choix attend la validation des deux têtes", waiting, themes))
	}
	if typed.Chosen == nil {
		typed = today(themes, last)
	}
	if d.may(r, x, policy.Propose) && (!waits || wrong != nil) {
		p, err := d.form(r, x, themes, typed, faults)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, p)
	}
	if chosen {
		v.Parts = append(v.Parts, d.frozen(x, "en-vigueur", "Le choix en vigueur", last, themes))
	}
	all, err := diagnosis.Choices(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		t := ui.Table{ID: "choix", Caption: "Chaque choix proposé, le dernier d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Choix"}, {Label: "Proposé le"}, {Label: "Où il en est"}, {Label: "Empreinte SHA-256"}}}
		for _, c := range all {
			state := map[diagnosis.ChoiceState]string{diagnosis.ChoiceProposed: "attend les deux têtes", diagnosis.ChoiceWithdrawn: "retiré"}[c.State]
			if c.State == diagnosis.ChoiceRecorded {
				state = "validé le " + french.Day(c.EndedOn)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: "n°" + nb + french.Integer(c.Seq)}, {Text: french.Date(c.At)}, {Text: state}, {Text: c.SHA256[:16] + "…"}}})
		}
		v.Parts = append(v.Parts, part{ID: "histoire", Title: "Les choix proposés jusqu’ici", Tables: []ui.Table{t}})
	}
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: wording.TabThemes, Href: x.desk()}, ui.Link{Label: "Choix des priorités"})...)
}

// today is the form as it opens: what is first today stays so until it is unticked.
func today(themes []diagnosis.Theme, last diagnosis.Choice) diagnosis.ChoiceInput {
	in := diagnosis.ChoiceInput{Chosen: map[string]bool{}, Why: map[string]string{}, Against: map[string]string{}}
	for _, t := range themes {
		in.Chosen[t.ID], in.Why[t.ID] = t.Priority, t.Why
	}
	for _, t := range last.Body.Chosen() {
		in.Against[t.Theme.ID] = t.Against
	}
	return in
}

func choiceFinding(waits, chosen bool, last diagnosis.Choice) string {
	switch n := len(last.Body.Chosen()); {
	case waits:
		return "un choix de priorités attend les deux têtes"
	case !chosen:
		return "aucun thème n’est encore prioritaire"
	default:
		return french.Integer(n) + nb + french.Plural(n, "thème prioritaire, choisi", "thèmes prioritaires, choisis") + " le " + french.Day(last.EndedOn)
	}
}

// frozen is a choice as it was proposed, with what changed since.
func (d Deps) frozen(x where, id, title string, c diagnosis.Choice, now []diagnosis.Theme) part {
	p := part{ID: id, Title: title, Lead: "Proposé le " + french.Date(c.At) + ". Tout est figé depuis\u00a0: les thèmes, les raisons, les poids et les scores de ce jour (empreinte " + c.SHA256[:16] + "…)."}
	if c.State == diagnosis.ChoiceProposed {
		p.Links = []ui.Link{{Label: "Valider ou retirer ce choix, au bureau", Href: x.base() + "/bureau#acte-" + c.Act}}
	}
	if since := x.changed(c, now); len(since) > 0 {
		p.Notices = append(p.Notices, ui.Alert{State: "warning", Title: "La liste a changé depuis", Text: strings.Join(since, " ") + " Le choix garde la version d’alors."})
	}
	p.Body = themeCards(frozenCards(x, c.Body))
	themes, scores := themesOf(c.Body)
	p.Tables = []ui.Table{themeTable(themes, scores, "")}
	p.Tables[0].ID += "-" + id
	return p
}

func themesOf(b diagnosis.ChoiceBody) (themes []diagnosis.Theme, scores []diagnosis.ThemeScore) {
	for _, t := range b.Themes {
		themes, scores = append(themes, t.Theme), append(scores, t.Score)
	}
	return themes, scores
}

// changed says what the themes of a choice have become.
func (x where) changed(c diagnosis.Choice, now []diagnosis.Theme) []string {
	kept := map[string]diagnosis.Theme{}
	for _, t := range now {
		kept[t.ID] = t
	}
	var out []string
	for _, was := range c.Body.Themes {
		t, ok := kept[was.Theme.ID]
		delete(kept, was.Theme.ID)
		switch {
		case !ok:
			out = append(out, quoted(was.Theme.Name)+" a été retiré de la liste.")
		case !t.Same(was.Theme):
			text := quoted(was.Theme.Name) + " a été modifié"
			if t.Name != was.Theme.Name {
				text += ", et s’appelle maintenant " + quoted(t.Name)
			}
			out = append(out, text+".")
		}
	}
	for _, t := range now {
		if _, added := kept[t.ID]; added {
			out = append(out, quoted(t.Name)+" a été ajouté.")
		}
	}
	return out
}

// frozenCards are the themes that a choice put first, as it froze them.
func frozenCards(x where, b diagnosis.ChoiceBody) []card {
	var out []card
	for _, t := range b.Chosen() {
		c := card{ID: t.Theme.ID, Name: t.Theme.Name, Priority: true, Why: t.Why, Text: t.Theme.Text, Facts: []string{kindOf(t.Theme), "rattaché à" + nb + ": " + x.mapNames(t.Theme.Maps), scoreText(t.Score, "ce jour-là")}}
		if len(t.Above) > 0 {
			c.Alerts = append(c.Alerts, departed(t))
		}
		for _, code := range t.Theme.Levers {
			c.Levers = append(c.Levers, leverLine{Name: x.leverName(code), Href: wording.LeverPath(code)})
		}
		out = append(out, c)
	}
	return out
}

// departed says that a theme was chosen below others, and the reason given.
func departed(t diagnosis.ChosenTheme) ui.Alert {
	return ui.Alert{State: "info", Title: "Ce choix s’écarte des scores", Text: french.List(quotedAll(t.Above)) + french.Plural(len(t.Above), ", laissé de côté, avait un score plus haut. ", ", laissés de côté, avaient un score plus haut. ") + "Raison donnée\u00a0: " + t.Against}
}

func quotedAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoted(n)
	}
	return out
}

func scoreText(s diagnosis.ThemeScore, when string) string {
	if !s.Known {
		return "sans score\u00a0: " + s.Reason
	}
	out := "score " + decimal(s.Score) + " sur 1, " + ordinal(s.Rank) + " score de la liste"
	if when != "" {
		out += " " + when
	}
	return out
}

// form is that of the heads: every theme, its score, and the reason to put it first.
func (d Deps) form(r *http.Request, x where, themes []diagnosis.Theme, typed diagnosis.ChoiceInput, faults diagnosis.ThemeFaults) (p part, err error) {
	p = part{ID: "choisir", Title: "Choisir les thèmes à mettre en priorité", Lead: "Cochez les thèmes, et dites pour chacun pourquoi. Proposer fige le choix et demande la validation des deux têtes\u00a0; il remplace alors le précédent.", Fold: "Comment un thème reçoit son score", Rules: []string{diagnosis.ThemeRule}}
	if len(themes) == 0 {
		p.Empty = ui.Empty{Title: "La liste des thèmes est vide", Text: "Il faut d’abord une liste de thèmes.", Action: ui.Link{Label: "Faire la liste", Href: x.desk()}}
		return p, nil
	}
	s, err := d.Room.ScoresOf(r.Context(), x.cop.ID, true)
	if err != nil {
		return p, err
	}
	exist, err := d.Room.Exist(r.Context(), x.Code)
	if err != nil {
		return p, err
	}
	scores := diagnosis.ScoreThemes(themes, s.Levers)
	boxes := make([]bool, len(themes))
	for i, t := range themes {
		boxes[i] = typed.Chosen[t.ID]
	}
	departs := diagnosis.Departs(boxes, scores)
	said := map[string]string{}
	for _, f := range faults {
		said[f.Field] = f.Message
	}
	form := choosing{Action: x.desk() + "/choix", Error: said["chosen"]}
	for i, t := range themes {
		c := candidate{ID: t.ID, Name: t.Name, Href: x.desk() + "/" + t.ID, Rev: versionText(t.Rev), Facts: []string{kindOf(t), scoreText(scores[i], "")}, Emptied: t.Emptied(exist), Chosen: boxes[i], Error: said["chosen-"+t.ID],
			Why: ui.Field{ID: "why-" + t.ID, Label: "Pourquoi ce thème", Type: "textarea", Rows: 3, Value: typed.Why[t.ID], Error: said["why-"+t.ID], Help: "Demandé pour un thème coché\u00a0: cette raison est publiée."}}
		if t.Priority {
			c.Facts = append(c.Facts, "prioritaire aujourd’hui")
		}
		var above []string
		for _, j := range departs[i] {
			above = append(above, quoted(themes[j].Name)+" ("+decimal(scores[j].Score)+")")
		}
		if len(above) > 0 && (len(faults) > 0 || typed.Against[t.ID] != "") {
			c.Departs = french.List(above) + french.Plural(len(above), ", que vous laissez de côté, a un score plus haut", ", que vous laissez de côté, ont un score plus haut") + " que celui-ci (" + decimal(scores[i].Score) + "). C’est votre droit\u00a0: dites pourquoi."
			c.Against = ui.Field{ID: "against-" + t.ID, Label: "Pourquoi s’écarter des scores", Type: "textarea", Rows: 3, Required: true, Value: typed.Against[t.ID], Error: said["against-"+t.ID]}
		}
		for _, f := range []ui.Field{{ID: "chosen-" + t.ID, Label: t.Name, Error: c.Error}, {ID: c.Why.ID, Label: "Pourquoi " + quoted(t.Name), Error: c.Why.Error}, {ID: c.Against.ID, Label: "Pourquoi s’écarter des scores, " + quoted(t.Name), Error: c.Against.Error}} {
			if f.Error != "" {
				form.Faults = append(form.Faults, f)
			}
		}
		form.All = append(form.All, c)
	}
	if form.Error != "" {
		form.Faults = append([]ui.Field{{ID: "chosen", Label: "Thèmes prioritaires", Error: form.Error}}, form.Faults...)
	}
	p.Body = choosingForm(form)
	p.Links = []ui.Link{{Label: "Les scores des leviers, et ce qu’ils deviennent quand les poids bougent", Href: x.desk() + "/notes?vue=publique"}}
	return p, nil
}

// propose freezes a choice and asks both heads.
func (d Deps) propose(w http.ResponseWriter, r *http.Request) error {
	x, err := d.doing(r, policy.Propose)
	if err != nil {
		return err
	}
	in := diagnosis.ChoiceInput{Revs: map[string]int64{}, Chosen: map[string]bool{}, Why: map[string]string{}, Against: map[string]string{}}
	for _, id := range list(r, "chosen") {
		in.Chosen[id] = true
	}
	for _, pair := range list(r, "theme") {
		id, text, _ := strings.Cut(pair, ":")
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
		}
		in.Revs[id], in.Why[id], in.Against[id] = n, shell.Typed(r, "why-"+id), shell.Typed(r, "against-"+id)
	}
	_, err = d.Room.ProposeChoice(r.Context(), shell.Actor(r), x.cop.ID, in)
	if err != nil && shell.Beside(err) {
		return d.showChoice(w, r, apperr.Status(err), x, in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"/choix?fait=1")
}

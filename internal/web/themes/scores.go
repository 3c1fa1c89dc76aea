package themes

import (
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

func (d Deps) scores(w http.ResponseWriter, r *http.Request) error {
	x, err := d.reading(r)
	if err != nil {
		return err
	}
	return d.showScores(w, r, http.StatusOK, x, nil, nil)
}

// showScores draws the scores of levers; typed are weights that came back.
func (d Deps) showScores(w http.ResponseWriter, r *http.Request, status int, x where, typed *weightsForm, wrong error) error {
	// Who reads the region's answers before they are published reads the scores made
	// from them; the others, and the public view, what anyone may read.
	private := policy.Can(shell.Actor(r), policy.Read, x.cop.Thing(policy.Restitution))
	public := !private || r.URL.Query().Get("vue") == "publique"
	s, err := d.Room.ScoresOf(r.Context(), x.cop.ID, public)
	if err != nil {
		return err
	}
	themes, err := diagnosis.Themes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	here, live := x.desk()+"/notes", ""
	if s.Public {
		live = x.cop.Cycle
	}
	v := view{Heading: ui.Heading{Overline: "Scores des leviers", Title: x.Name + nb + ": " + scoresFinding(s), Scope: []string{"un éclairage, pas un choix", "au " + french.Day(s.Day), s.Weights.Name()},
		Lead: "Le score d’un levier est une moyenne de six critères, chacun ramené de 0 à 1 par une règle écrite, avec les poids que donne l’équipe. Plus il est haut, plus ces critères plaident pour en débattre d’abord. Les deux têtes choisissent, et peuvent s’en écarter avec leur raison."},
		Tabs: deskTabs(x, here)}
	if private {
		v.Views = []ui.Link{{Label: "Ce que lit l’équipe", Href: here, Current: !public}, {Label: "Ce que tout le monde peut lire", Href: here + "?vue=publique", Current: public}}
	}
	if s.Public {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ces scores ne lisent que ce qui est public", Text: "Questionnaire\u00a0: " + s.Answers + ". Ce sont ces scores que fige un choix de priorités."})
	} else {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Ces scores lisent les réponses telles qu’elles sont maintenant", Text: "Questionnaire\u00a0: " + s.Answers + ". Cette page est réservée à ceux qui travaillent pour la COP. Un choix de priorités fige les scores que tout le monde peut lire."})
	}
	if len(themes) > 0 {
		v.Parts = append(v.Parts, part{ID: "themes", Title: "Les thèmes", Lead: diagnosis.ThemeRule, Tables: []ui.Table{themeTable(themes, diagnosis.ScoreThemes(themes, s.Levers), x.desk()+"/")}})
	}
	v.Parts = append(v.Parts,
		part{ID: "leviers", Title: "Le classement, et ce qu’il devient quand les poids bougent", Lead: "Le point est le rang de chaque levier, la barre les rangs qu’il prend dans neuf tirages sur dix quand on tire d’autres poids au sort.", Body: rankChart(s), Fold: "Le classement complet en tableau, et comment il se lit", Rules: []string{diagnosis.DrawsRule, possibleRule}, Tables: []ui.Table{rankTable("classement", s, live)}},
		part{ID: "faits", Title: "Ce que l’on sait de chaque levier", Lead: "La note de 0 à 1, et sous elle le fait d’où elle vient. Un critère inconnu n’est pas un zéro\u00a0: il est laissé de côté pour ce levier, et son poids est partagé entre les autres.", Fold: "Les notes et les faits, levier par levier", Tables: []ui.Table{factTable(s)}},
		part{ID: "un-poids-a-la-fois", Title: "Un poids à la fois", Lead: "Chaque poids est supprimé, divisé par deux, puis doublé, les autres inchangés\u00a0: ce qui entre parmi les cinq premiers leviers, et ce qui en sort.", Fold: "Ce que change chaque poids", Tables: []ui.Table{moveTable(diagnosis.Moves(s.Levers, s.Weights))}},
		part{ID: "regles", Title: "Les règles", Fold: "Les six critères, leur règle et leur poids", Rules: rulesOf(s.Weights)})
	more, err := d.weightParts(r, x, s.Weights, typed, wrong, &v)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, more...)
	v.Foot = ui.Source{Text: "panorama de l’État, plans enregistrés, séries, réponses au questionnaire, points forts et freins retenus" + nb + "; calculs de Jalon.", Print: true}
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: wording.TabThemes, Href: x.desk()}, ui.Link{Label: "Scores des leviers"})...)
}

const possibleRule = "Un score qui repose sur peu de critères est fragile d’une autre façon : une colonne dit entre quoi il serait si ce que l’on ignore valait 0, ou 1."

func scoresFinding(s diagnosis.Scoring) string {
	if len(s.Levers) == 0 || !s.Levers[0].Known {
		return "aucun levier n’a de score"
	}
	sure := 0
	for _, l := range s.Levers {
		if l.Known && l.High <= diagnosis.TopOf {
			sure++
		}
	}
	out := quoted(s.Levers[0].Name) + " vient en tête"
	if s.Levers[0].Standing < 0.5 {
		// A score that stands on little is no finding: the title says on how little.
		return out + ", mais son score ne repose que sur " + percent(s.Levers[0].Standing) + " des poids"
	}
	if sure == 0 {
		return out + ", mais aucun levier n’est toujours parmi les cinq premiers quand les poids bougent"
	}
	return out + nb + "; " + french.Integer(sure) + nb + french.Plural(sure, "levier reste", "leviers restent") + " parmi les cinq premiers quels que soient les poids tirés"
}

// themeTable is the scores of themes, each leading to its page under base; without
// one the names alone.
func themeTable(themes []diagnosis.Theme, scores []diagnosis.ThemeScore, base string) ui.Table {
	t := ui.Table{ID: "scores-themes", Caption: "Score de chaque thème", CaptionHidden: true, Columns: []ui.Column{{Label: "Thème", Wide: true}, {Label: "Score", Unit: "de 0 à 1", Number: true}, {Label: "Rang", Number: true}, {Label: "Leviers comptés", Number: true}, {Label: "Laissés de côté"}}}
	for i, x := range themes {
		s := scores[i]
		name := ui.Cell{Text: x.Name}
		if base != "" {
			name.Href = base + x.ID
		}
		row := []ui.Cell{name, {Missing: s.Reason}, {Missing: s.Reason}, {Text: french.Integer(s.Counted)}, {Text: orNobody(s.Left)}}
		if s.Known {
			row[1], row[2] = ui.Cell{Text: decimal(s.Score)}, ui.Cell{Text: french.Integer(s.Rank)}
			if s.Plain {
				row[1].Sub = "moyenne simple"
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

// rankTable is the ranking of levers; each score of a live cycle leads to its explanation,
// those that were frozen to none.
func rankTable(id string, s diagnosis.Scoring, live string) ui.Table {
	t := ui.Table{ID: id, Caption: "Leviers par score", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Score", Unit: "de 0 à 1", Number: true}, {Label: "Repose sur", Unit: "% des poids", Number: true}, {Label: "Si tout était connu", Unit: "score possible"}, {Label: "Rang", Number: true}, {Label: "Rangs possibles", Unit: "9 tirages sur 10"}, {Label: "Parmi les 5 premiers", Unit: "% des tirages", Number: true}}}
	for _, l := range s.Levers {
		name := ui.Cell{Text: l.Name, Href: wording.LeverPath(l.Lever)}
		if !l.Known {
			why := ui.Cell{Missing: "aucun critère pondéré n’est connu pour ce levier"}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, why, why, why, why, why, why}})
			continue
		}
		score := ui.Cell{Text: decimal(l.Score)}
		if live != "" {
			score.Explain, score.Name = wording.FigurePath(diagnosis.ScoreKey(l.Lever, s.Region, live)), "score du levier "+l.Name
		}
		between := french.Integer(l.Low)
		if l.High > l.Low {
			between = "de " + french.Integer(l.Low) + " à " + french.Integer(l.High)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, score, {Text: french.Number(l.Standing*100, 0)}, {Text: possible(l)}, {Text: french.Integer(l.Rank)}, {Text: between}, {Text: french.Number(l.Top*100, 0)}}})
	}
	return t
}

// possible is how far what is unknown could move a score.
func possible(l diagnosis.Scored) string {
	if l.Most-l.Least < 0.005 {
		return decimal(l.Score)
	}
	return "de " + decimal(l.Least) + " à " + decimal(l.Most)
}

// factTable is the note of each lever on each criterion, with its fact under it.
func factTable(s diagnosis.Scoring) ui.Table {
	t := ui.Table{ID: "criteres", Caption: "Notes et faits, levier par levier", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier"}}}
	for _, c := range diagnosis.Criteria() {
		t.Columns = append(t.Columns, ui.Column{Label: c.Name, Unit: "poids " + french.Number(s.Weights.Share(c.Code)*100, 0) + nb + "%"})
	}
	for _, l := range s.Levers {
		row := []ui.Cell{{Text: l.Name, Href: wording.LeverPath(l.Lever)}}
		for i, c := range diagnosis.Criteria() {
			f := l.Facts[i]
			if !f.Known {
				row = append(row, ui.Cell{Missing: f.Reason})
				continue
			}
			cell := ui.Cell{Text: decimal(l.Notes[i]), Sub: f.Text, Exact: f.Numbers, Name: c.Name + ", " + l.Name}
			if f.Beside != "" {
				cell.Sub += ". " + f.Beside
			}
			if f.Key != "" {
				cell.Explain = wording.FigurePath(f.Key)
			} else {
				cell.Href = f.Page
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

func moveTable(moves []diagnosis.Move) ui.Table {
	t := ui.Table{ID: "sensibilite", Caption: "Ce que change un poids à la fois", CaptionHidden: true, Columns: []ui.Column{{Label: "Critère"}, {Label: "Son poids"}, {Label: "Entrent parmi les cinq premiers", Wide: true}, {Label: "En sortent", Wide: true}, {Label: "Le plus grand changement de rang", Wide: true}}}
	said := map[float64]string{0: "supprimé", 0.5: "divisé par deux", 2: "doublé"}
	for _, m := range moves {
		c, _ := m.Criterion.Rule()
		most := "aucun rang ne change"
		if m.Most != "" {
			most = m.Most + nb + ": " + ordinal(m.From) + " → " + ordinal(m.To)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Name}, {Text: said[m.Factor]}, {Text: orNobody(m.In)}, {Text: orNobody(m.Out)}, {Text: most}}})
	}
	return t
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "aucun"
	}
	return strings.Join(names, ", ")
}

func rulesOf(w diagnosis.Weights) []string {
	var out []string
	for _, c := range diagnosis.Criteria() {
		text := c.Name + " (poids " + w.Text(c.Code) + ", soit " + percent(w.Share(c.Code)) + ")" + nb + ": " + c.Rule
		if w.Turned[c.Code] {
			text += " L’équipe en a retourné le sens\u00a0: la note est 1 moins celle-ci."
		}
		out = append(out, text)
	}
	return out
}

// weightsForm is what somebody typed of weights.
type weightsForm struct {
	by     map[diagnosis.Criterion]string
	turned map[diagnosis.Criterion]bool
	reason string
}

func formOf(w diagnosis.Weights) weightsForm {
	f := weightsForm{by: map[diagnosis.Criterion]string{}, turned: w.Turned}
	for c := range w.By {
		f.by[c] = w.Text(c)
	}
	return f
}

func (f weightsForm) fields() []ui.Field {
	var out []ui.Field
	for _, c := range diagnosis.Criteria() {
		out = append(out, ui.Field{ID: string(c.Code), Label: c.Name, Type: "number", Required: true, Value: f.by[c.Code], Help: "De 0 (ne compte pas) à 10."})
	}
	turned := ui.Field{ID: "turned", Label: "Sens retourné", Type: "checkbox", Help: "Coché, plus il y en a, moins le levier passe devant."}
	for _, c := range diagnosis.Criteria() {
		if c.Turns {
			turned.Options = append(turned.Options, ui.Option{Value: string(c.Code), Label: c.Name, Selected: f.turned[c.Code]})
		}
	}
	return append(out, turned, ui.Field{ID: "reason", Label: "Pourquoi ces poids", Type: "textarea", Rows: 3, Required: true, Value: f.reason, Help: "Cette raison reste dans l’histoire des poids."})
}

// weightParts are the form of the weights, for the team, and their history.
func (d Deps) weightParts(r *http.Request, x where, w diagnosis.Weights, typed *weightsForm, wrong error, v *view) ([]part, error) {
	var out []part
	if d.may(r, x, policy.Edit) {
		f := formOf(w)
		if typed != nil {
			f = *typed
		}
		form := formView{Action: x.desk() + "/notes#ponderation", Rev: versionText(w.Rev), Submit: "Enregistrer les poids", Fields: f.fields()}
		p := part{ID: "ponderation", Title: "Les poids", Lead: "Seules leurs proportions comptent. Changer les poids change les scores à venir, pas ceux qu’un choix a figés."}
		if typed != nil {
			if apperr.KindOf(wrong) == apperr.Conflict {
				v.Conflict = ui.TwoVersions(formOf(w).fields(), form.Fields)
			}
			if notices := wrongIn(form.Fields, wrong); len(v.Conflict.Rows) == 0 {
				p.Notices = notices
			}
		}
		p.Forms = []formView{form}
		out = append(out, p)
	}
	if w.ID == "" {
		return out, nil
	}
	past, err := diagnosis.WeightsHistory(r.Context(), d.Q, w.ID)
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "poids-versions", Caption: "Chaque version, la dernière d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Version"}, {Label: "Le"}, {Label: "Poids", Wide: true}, {Label: "Pourquoi", Wide: true}}}
	for _, y := range past {
		var all []string
		for _, c := range diagnosis.Criteria() {
			text := c.Name + " " + formOf(y.Body).by[c.Code]
			if y.Body.Turned[c.Code] {
				text += " (sens retourné)"
			}
			all = append(all, text)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: versionText(y.Rev)}, {Text: french.Date(y.At)}, {Text: strings.Join(all, ", ")}, {Text: y.Reason}}})
	}
	return append(out, part{ID: "poids-histoire", Title: "L’histoire des poids", Tables: []ui.Table{t}}), nil
}

func (d Deps) weights(w http.ResponseWriter, r *http.Request) error {
	x, err := d.doing(r, policy.Edit)
	if err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	typed := weightsForm{by: map[diagnosis.Criterion]string{}, turned: map[diagnosis.Criterion]bool{}, reason: shell.Typed(r, "reason")}
	in := diagnosis.Weights{Rev: n, By: map[diagnosis.Criterion]float64{}, Turned: map[diagnosis.Criterion]bool{}}
	var faults diagnosis.ThemeFaults
	for _, c := range diagnosis.Criteria() {
		text := shell.Typed(r, string(c.Code))
		typed.by[c.Code] = text
		value, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
		if err != nil {
			faults = append(faults, diagnosis.ThemeFault{Field: string(c.Code), Message: "Écrivez un nombre de 0 à 10, par exemple 2 ou 1,5."})
		}
		in.By[c.Code] = value
	}
	for _, c := range list(r, "turned") {
		in.Turned[diagnosis.Criterion(c)], typed.turned[diagnosis.Criterion(c)] = true, true
	}
	if len(faults) > 0 {
		err = faults
	} else {
		_, err = d.Room.SaveWeights(r.Context(), shell.Actor(r), x.cop.ID, in, typed.reason)
	}
	if err != nil && shell.Beside(err) {
		return d.showScores(w, r, apperr.Status(err), x, &typed, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"/notes?fait=1#ponderation")
}

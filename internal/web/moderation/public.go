package moderation

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/moderation"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// rules shows what anyone may count on who writes in the debate of a region.
func (d Deps) rules(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	set, err := moderation.SettingOf(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	v := view{Tabs: wording.RegionTabs(x.Region, wording.TabDebate), Heading: ui.Heading{Overline: "Débat", Title: x.Name + nb + ": votre texte est lu en " + set.Delay() + ", et un refus se conteste", Scope: []string{"contributions, commentaires, affirmations, amendements", "mêmes règles pour tous"},
		Lead: "Tout texte est lu par une personne de l’équipe de la COP avant d’être publié. Elle ne juge pas l’idée\u00a0: elle vérifie que le texte respecte ces règles."},
		Foot: ui.Source{Text: "règles de modération de la COP de la région.", Print: true}}
	terms := part{ID: "raisons", Title: "Pourquoi un texte peut être refusé", Lead: "Aucune autre raison ne vaut. Être contre un projet, ou contre l’avis de l’État ou de la Région, n’en est pas une."}
	for _, y := range moderation.Reasons() {
		terms.Terms = append(terms.Terms, [2]string{y.Name, y.Text})
	}
	delay := part{ID: "delai", Title: "En combien de temps", List: []string{"L’équipe s’engage à lire chaque texte en " + set.Delay() + ".", "Vous recevez un message à chaque décision, avec la raison quand c’est un refus.", "Les statistiques publiées disent si ce délai est tenu."},
		Links: []ui.Link{{Label: "Ce qui a été lu, publié, refusé", Href: x.base() + "/contributions/moderation"}}}
	appeal := part{ID: "recours", Title: "Si vous n’êtes pas d’accord", List: []string{"Le message qui vous dit un refus porte un lien pour faire un recours\u00a0: écrivez pourquoi votre texte devrait être publié.",
		"Une autre personne que celle qui a refusé le relit, quand l’équipe en compte plusieurs. Sa décision est définitive, et les deux raisons sont gardées."}}
	report := part{ID: "signaler", Title: "Si un texte publié vous paraît contraire aux règles", List: []string{"Chaque texte porte un lien «\u00a0Signaler\u00a0». Aucun compte n’est demandé.",
		"Quand " + french.Integer(set.Reports) + nb + "personnes le signalent, le texte est masqué jusqu’à ce qu’un modérateur le relise. Un texte déjà relu ne se masque plus pour les mêmes raisons."}}
	data := part{ID: "donnees", Title: "Ce que deviennent vos données", List: []string{"Votre adresse électronique n’est jamais publiée. Elle sert à vous dire ce que devient votre texte.",
		"Si votre texte nomme une personne ou donne une adresse ou un téléphone, ces passages peuvent être remplacés par " + moderation.Masked + ".",
		"Vous pouvez tout faire effacer depuis le lien qui termine chaque message\u00a0: un texte publié reste alors, signé «\u00a0" + debate.Erased + "\u00a0», parce que d’autres l’ont soutenu ou commenté. Les textes jamais publiés sont vidés."},
		Links: []ui.Link{{Label: "Données personnelles", Href: "/donnees-personnelles"}}}
	v.Parts = []part{terms, delay, appeal, report, data}
	return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: "Contributions", Href: x.base() + "/contributions"}, ui.Link{Label: "Règles"})...)
}

// span is a delay in words, with the unit that it is read in.
func span(t time.Duration) string {
	if t < 48*time.Hour {
		h := max(1, int(t.Round(time.Hour).Hours()))
		return french.Integer(h) + nb + french.Plural(h, "heure", "heures")
	}
	return french.Number(t.Hours()/24, 1) + nb + "jours"
}

const tooFew = "moins de 5\u00a0textes lus\u00a0: un délai médian parlerait de l’un ou de l’autre"

// stats shows what moderators did, for everybody: no text, no person.
func (d Deps) stats(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	s, err := d.Room.StatsOf(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	v := view{Tabs: wording.RegionTabs(x.Region, wording.TabDebate), Heading: ui.Heading{Overline: "Modération du débat", Title: x.Name + nb + ": " + statsFinding(s), Scope: []string{"délai annoncé" + nb + ": " + s.Setting.Delay(), "comptes exacts, à l’instant"}}}
	if s.Received() == 0 {
		v.Parts = []part{{ID: "rien", Title: "Ce qui a été lu", Empty: ui.Empty{Title: "Aucun texte n’a encore été déposé", Text: "Les comptes paraîtront ici dès le premier."}, Links: []ui.Link{{Label: "Les règles de modération", Href: x.base() + "/contributions/regles"}}}}
		return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: "Contributions", Href: x.base() + "/contributions"}, ui.Link{Label: "Modération"})...)
	}
	months := ui.Table{ID: "mois", Caption: "Ce qui a été lu, mois par mois", Columns: []ui.Column{{Label: "Mois de la décision"}, {Label: "Lus", Number: true}, {Label: "Publiés", Number: true}, {Label: "Refusés", Number: true}, {Label: "Attente médiane", Number: true}, {Label: "Au-delà du délai", Number: true}}}
	for _, m := range append(s.Months, s.Total) {
		if m.Read == 0 {
			continue
		}
		median := ui.Cell{Text: span(m.Median)}
		if m.Median == 0 {
			median = ui.Cell{Missing: tooFew}
		}
		name := "Tous les mois"
		if m.Month != "" {
			name = wording.Upper(french.Month(m.Month))
		}
		row := ui.Row{Cells: []ui.Cell{{Text: name}, {Text: french.Integer(m.Read)}, {Text: french.Integer(m.Published)}, {Text: french.Integer(m.Refused)}, median, {Text: french.Integer(m.Late)}}}
		if m.Month == "" {
			months.Foot = []ui.Row{row}
			continue
		}
		months.Rows = append(months.Rows, row)
	}
	reasons := ui.Table{ID: "raisons", Caption: "Textes refusés, par raison", Columns: []ui.Column{{Label: "Raison", Wide: true}, {Label: "Textes", Number: true}}}
	for _, y := range moderation.Reasons() {
		if n := s.Reasons[y.Code]; n > 0 {
			reasons.Rows = append(reasons.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Name}, {Text: french.Integer(n)}}})
		}
	}
	kinds := ui.Table{ID: "natures", Caption: "Textes lus, par nature", Columns: []ui.Column{{Label: "Nature", Wide: true}, {Label: "Textes", Number: true}}}
	for _, k := range []debate.Kind{debate.Contribution, debate.Comment, debate.Statement, debate.Amendment} {
		if n := s.Kinds[k]; n > 0 {
			kinds.Rows = append(kinds.Rows, ui.Row{Cells: []ui.Cell{{Text: wording.Upper(k.Name())}, {Text: french.Integer(n)}}})
		}
	}
	read := part{ID: "lus", Title: "Ce qui a été lu", Lead: counted(s.Received(), "texte déposé", "textes déposés") + ", dont " + french.Integer(s.Waiting) + nb + "à lire.", Tables: []ui.Table{months, kinds}}
	if len(months.Rows) == 0 {
		read.Tables = nil
	}
	v.Parts = append(v.Parts, read)
	if len(reasons.Rows) > 0 {
		v.Parts = append(v.Parts, part{ID: "refus", Title: "Pourquoi", Lead: "Un texte refusé l’est pour une raison des règles, que son auteur a lue.", Tables: []ui.Table{reasons}})
	}
	after := part{ID: "apres", Title: "Après la décision", Links: []ui.Link{{Label: "Les règles de modération", Href: x.base() + "/contributions/regles"}}}
	appeals := "Aucun recours n’a été déposé."
	if s.Appeals > 0 {
		appeals = counted(s.Appeals, "recours déposé", "recours déposés") + nb + ": " + counted(s.Reversed, "texte publié ensuite", "textes publiés ensuite") + ", " + counted(s.Upheld, "refus maintenu", "refus maintenus") + ", " + french.Integer(s.Open) + nb + "en attente."
	}
	reports := "Aucun lecteur n’a signalé de texte."
	if s.Reports > 0 {
		reports = counted(s.Reports, "signalement de lecteurs", "signalements de lecteurs") + nb + "; " + counted(s.Hidden, "texte masqué le temps d’une relecture", "textes masqués le temps d’une relecture") + "."
	}
	after.List = []string{appeals, reports}
	if s.Withdrawn > 0 {
		after.List = append(after.List, counted(s.Withdrawn, "texte masqué par un modérateur après publication", "textes masqués par un modérateur après publication")+".")
	}
	if s.Masked > 0 {
		after.List = append(after.List, counted(s.Masked, "texte publié avec des passages masqués", "textes publiés avec des passages masqués")+".")
	}
	v.Parts = append(v.Parts, after)
	v.Foot = ui.Source{Text: "décisions enregistrées dans Jalon, comptées à l’instant. L’attente va du dépôt, ou de la confirmation de l’adresse, à la première décision.", Print: true,
		Downloads: []ui.Link{{Label: "Ces comptes (CSV)", Href: x.base() + "/contributions/moderation.csv"}}}
	return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: "Contributions", Href: x.base() + "/contributions"}, ui.Link{Label: "Modération"})...)
}

func counted(n int64, one, many string) string {
	return french.Integer(n) + nb + french.Plural(n, one, many)
}

func statsFinding(s moderation.Stats) string {
	switch {
	case s.Received() == 0:
		return "aucun texte n’attend encore les modérateurs"
	case s.Total.Read == 0:
		return counted(s.Waiting, "texte à lire", "textes à lire") + ", aucun lu pour l’instant"
	}
	text := counted(s.Total.Read, "texte lu", "textes lus") + ", " + french.Integer(s.Total.Published) + nb + french.Plural(s.Total.Published, "publié", "publiés")
	if s.Total.Median > 0 {
		text += ", en " + span(s.Total.Median) + " d’attente médiane"
	}
	return text
}

// statsCSV gives the same counts to a spreadsheet.
func (d Deps) statsCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	s, err := d.Room.StatsOf(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "moderation-" + x.Slug, Fields: []exchange.Field{{Name: "mois"}, {Name: "mesure"}, {Name: "detail"}, {Name: "valeur", Number: true}, {Name: "raison_absence"}}}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		row := func(month, what, detail, n, why string) bool {
			return yield([]exchange.Datum{exchange.Text(month), exchange.Text(what), exchange.Text(detail), exchange.Number(n), exchange.Text(why)}, nil)
		}
		number := func(n int64) string { return strconv.FormatInt(n, 10) }
		for _, m := range append(s.Months, s.Total) {
			if m.Read == 0 && m.Month != "" {
				continue
			}
			median, why := strconv.FormatFloat(m.Median.Hours(), 'f', 1, 64), ""
			if m.Median == 0 {
				median, why = "", tooFew
			}
			if !row(m.Month, "lus", "", number(m.Read), "") || !row(m.Month, "publies", "", number(m.Published), "") || !row(m.Month, "refuses", "", number(m.Refused), "") || !row(m.Month, "au_dela_du_delai", "", number(m.Late), "") || !row(m.Month, "attente_mediane_heures", "", median, why) {
				return
			}
		}
		for _, y := range moderation.Reasons() {
			if !row("", "refus", y.Name, number(s.Reasons[y.Code]), "") {
				return
			}
		}
		for _, y := range [][2]string{{"a_lire", number(s.Waiting)}, {"delai_annonce_jours", number(s.Setting.Days)}, {"recours", number(s.Appeals)}, {"recours_texte_publie", number(s.Reversed)}, {"recours_refus_maintenu", number(s.Upheld)}, {"recours_en_attente", number(s.Open)},
			{"signalements", number(s.Reports)}, {"masques_par_signalements", number(s.Hidden)}, {"masques_par_moderateur", number(s.Withdrawn)}, {"passages_masques", number(s.Masked)}} {
			if !row("", y[0], "", y[1], "") {
				return
			}
		}
	}
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, data, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+data.Name+`.csv"`)
	_, err = w.Write(body.Bytes())
	return err
}

// reportable is a published text that an address names, in the COP that it says.
func (d Deps) reportable(r *http.Request) (p debate.Post, c cop.COP, path string, err error) {
	path = "/signaler/" + r.PathValue("id")
	if slug := r.PathValue("slug"); slug != "" {
		path = "/regions/" + slug + "/contributions/" + r.PathValue("id") + "/signaler"
	}
	if p, err = debate.FindPost(r.Context(), d.Q, r.PathValue("id")); err != nil {
		return p, c, path, err
	}
	if c, err = cop.Find(r.Context(), d.Q, p.COP); err != nil {
		return p, c, path, err
	}
	if slug := r.PathValue("slug"); slug != "" && slug != c.Slug || !p.Read() {
		err = apperr.NotFoundf("Ce texte n’existe pas, ou n’est pas publié.")
	}
	return p, c, path, err
}

func (d Deps) report(w http.ResponseWriter, r *http.Request) error {
	return d.showReport(w, r, http.StatusOK, nil)
}

func (d Deps) showReport(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	if r.URL.Query().Get("fait") == "1" {
		return d.reported(w, r)
	}
	p, c, path, err := d.reportable(r)
	if err != nil {
		return err
	}
	reason := ui.Field{ID: "reason", Label: "Ce qui pose problème", Type: "radio", Required: true}
	for _, y := range moderation.Reasons() {
		reason.Options = append(reason.Options, ui.Option{Value: y.Code, Label: y.Name, Help: y.Text, Selected: shell.Typed(r, "reason") == y.Code})
	}
	f := []ui.Field{reason, {ID: "note", Label: "Précision", Type: "textarea", Rows: 3, Value: shell.Typed(r, "note"), Help: "Seuls les modérateurs la lisent."}}
	if !shell.Of(r).SignedIn() && d.voice(r) == "" {
		f = append(f, ui.Field{ID: "email", Label: "Votre adresse électronique", Type: "email", Autocomplete: "email", Value: shell.Typed(r, "email"), Help: "Pour savoir ce qui est décidé\u00a0: vous la confirmerez par un lien. Le signalement compte sans elle."})
	}
	if wrong != nil {
		f[0].Error = apperr.Message(wrong)
		if apperr.KindOf(wrong) == apperr.Invalid && shell.Typed(r, "reason") != "" && len(f) > 2 {
			f[0].Error, f[2].Error = "", apperr.Message(wrong)
		}
	}
	v := view{Heading: ui.Heading{Overline: c.Name, Title: "Signaler " + map[debate.Kind]string{debate.Statement: "une affirmation", debate.Contribution: "une contribution"}[p.Kind], Lead: "Un modérateur relira ce texte au regard des règles. Ne pas être d’accord n’est pas une raison\u00a0: répondez-lui plutôt dans le débat."}}
	if p.Kind == debate.Comment || p.Kind == debate.Amendment {
		v.Heading.Title = "Signaler un " + p.Kind.Name()
	}
	text := part{ID: "texte", Title: "Le texte", Text: p.Text}
	if p.Title != "" {
		text.Title = p.Title
	}
	v.Parts = []part{text, {ID: "signaler", Title: "Votre signalement", Form: &formView{Action: path, Submit: "Envoyer le signalement", Trap: true, Fields: f},
		Links: []ui.Link{{Label: "Les règles de modération", Href: moderation.RulesPath(c)}}}}
	return d.show(w, r, status, v, true, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Signaler"})
}

// reported thanks a reader, whatever became of the text meanwhile.
func (d Deps) reported(w http.ResponseWriter, r *http.Request) error {
	p, err := debate.FindPost(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	c, err := cop.Find(r.Context(), d.Q, p.COP)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: c.Name, Title: "Merci\u00a0: votre signalement est enregistré"}, Parts: []part{{ID: "suite", Title: "Ce qui va se passer", List: []string{"Un modérateur relira le texte.", "Signaler deux fois le même texte compte une fois.",
		"Si vous avez donné une adresse, confirmez-la par le lien reçu pour savoir ce qui est décidé."}, Links: []ui.Link{{Label: "Retour au débat de la région", Href: c.Path()}, {Label: "Les règles de modération", Href: moderation.RulesPath(c)}}}}}
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Title, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Signaler"})
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.Render(w, r, page, onePage(v))
}

// voice is the voice that this browser confirmed, "" for none.
func (d Deps) voice(r *http.Request) string {
	c, err := r.Cookie(shell.VoiceCookie)
	if err != nil {
		return ""
	}
	return d.Room.VoiceIn(c.Value)
}

func (d Deps) sendReport(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, _, path, err := d.reportable(r)
	if err != nil {
		return err
	}
	if shell.Typed(r, "site") == "" { // what fills this field is no reader: it is thanked, and nothing is kept
		_, _, err = d.Room.Report(r.Context(), shell.Actor(r), p.ID, moderation.ReportIn{Reason: shell.Typed(r, "reason"), Note: shell.Typed(r, "note"), Email: shell.Typed(r, "email"), Voice: d.voice(r), Machine: shell.Machine(r, d.TrustedProxies)})
	}
	if err != nil && shell.Beside(err) {
		return d.showReport(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, path+"?fait=1")
}

func (d Deps) ownAppeal(w http.ResponseWriter, r *http.Request) error {
	return d.showOwnAppeal(w, r, http.StatusOK, nil)
}

// showOwnAppeal is where the author of a refused text says why it should be read.
func (d Deps) showOwnAppeal(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	token := r.PathValue("jeton")
	act, p, c, err := d.Room.Appealable(r.Context(), d.Q, token)
	if err != nil {
		return err
	}
	l, filed, err := moderation.AppealOf(r.Context(), d.Q, act.ID)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: c.Name, Title: "Faire un recours contre un refus", Scope: []string{"décision du " + french.Date(act.At.In(c.Location()))}}}
	decision := part{ID: "decision", Title: "La décision", List: []string{"Raison" + nb + ": " + moderation.ReasonName(act.Reason) + "."}, Links: []ui.Link{{Label: "Les règles de modération", Href: moderation.RulesPath(c)}}}
	if act.Note != "" {
		decision.List = append(decision.List, "Mot du modérateur"+nb+": «"+nb+act.Note+nb+"».")
	}
	v.Parts = []part{{ID: "texte", Title: "Votre texte", Text: p.Text}, decision}
	switch {
	case filed:
		own := part{ID: "recours", Title: "Votre recours", Text: l.Text}
		v.Heading.Title = "Votre recours attend une réponse"
		own.Lead = "Déposé le " + french.Date(l.At.In(c.Location())) + ". Vous recevrez un message dès qu’il sera examiné."
		if l.State != moderation.AppealOpen {
			v.Heading.Title = "Votre recours a abouti\u00a0: le texte est publié"
			if l.State == moderation.AppealUpheld {
				v.Heading.Title = "Votre recours a été examiné\u00a0: la décision est maintenue"
			}
			own.Lead = "Déposé le " + french.Date(l.At.In(c.Location())) + ", examiné le " + french.Date(l.EndedAt.In(c.Location())) + "."
			v.Parts = append(v.Parts, part{ID: "reponse", Title: "La réponse, définitive", Text: l.Note})
		}
		v.Parts = append(v.Parts, own)
	case p.State != debate.PostRefused && p.State != debate.PostHidden:
		v.Heading.Title = "Il n’y a plus lieu de faire un recours"
		v.Parts = append(v.Parts, part{ID: "etat", Title: "Où en est votre texte", Lead: "Il est maintenant" + nb + ": " + p.State.Name() + "."})
	default:
		f := ui.Field{ID: "text", Label: "Pourquoi votre texte devrait être publié", Type: "textarea", Rows: 6, Required: true, Value: shell.Typed(r, "text"), Help: "Une autre personne que celle qui a refusé le lira, quand l’équipe en compte plusieurs. Sa décision sera définitive."}
		if wrong != nil {
			f.Error = apperr.Message(wrong)
		}
		v.Parts = append(v.Parts, part{ID: "recours", Title: "Votre recours", Form: &formView{Action: "/recours/" + token, Submit: "Envoyer le recours", Fields: []ui.Field{f}}})
	}
	return d.show(w, r, status, v, true, ui.Link{Label: c.Name, Href: c.Path()}, ui.Link{Label: "Recours"})
}

func (d Deps) sendAppeal(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	token := r.PathValue("jeton")
	if _, err := d.Room.Appeal(r.Context(), token, shell.Typed(r, "text")); err != nil {
		if shell.Beside(err) {
			return d.showOwnAppeal(w, r, apperr.Status(err), err)
		}
		return err
	}
	return shell.SeeOther(w, r, "/recours/"+token+"?fait=1")
}

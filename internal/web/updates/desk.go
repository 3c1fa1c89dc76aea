package updates

import (
	"net/http"
	"net/url"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

var roundStates = map[string]string{followup.Draft: "en préparation", followup.Open: "ouvert", followup.Closed: "clos"}

var askStates = map[string]string{ //nolint:gosec // words for states, no credential
	"waiting": "le courriel va partir", "sent": "sans réponse", "answered": "a répondu", "refused": "n’est pas la bonne personne", "bounced": "adresse qui n’existe plus", "passed": "sans réponse, la suivante est interrogée", "closed": "clos",
}

func (x where) path() string { return followup.DeskPath(x.cop) }

// desk lists the rounds, says how fresh the news of each action are, and leads to what
// the team does.
func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.of(r, policy.Edit)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, d.newRound(x), nil)
}

// newRound is a round as its form proposes it.
func (d Deps) newRound(x where) followup.Round {
	now := d.Now().In(x.cop.Location())
	return followup.Round{Name: wording.Upper(french.When(now.Format("2006-01"))), Period: now.Format("2006-01-02"), ClosesOn: now.AddDate(0, 1, 0).Format("2006-01-02"), Fallback: followup.Fallback{Days: 7}}
}

func roundFields(in followup.Round, draft bool) []ui.Field {
	out := []ui.Field{{ID: "name", Label: "Nom du tour", Required: true, Value: in.Name, Help: "Par exemple «" + nb + "Printemps 2026" + nb + "»."}}
	if draft {
		out = append(out, ui.Field{ID: "period", Label: "Les réponses comptent depuis le", Type: "date", Required: true, Value: in.Period, Help: "Une action dont on a dit où elle en est depuis ce jour n’est pas demandée."})
	}
	return append(out, ui.Field{ID: "closes_on", Label: "Dernier jour pour répondre", Type: "date", Required: true, Value: in.ClosesOn},
		ui.Field{ID: "days", Label: "Sans réponse, interroger la personne suivante après", Unit: "jours", Required: true, Value: strconv.FormatInt(in.Fallback.Days, 10), Help: "Dans l’ordre" + nb + ": le contact de l’action, qui l’a écrite, les contacts de son organisme, le référent du département, l’équipe."},
		ui.Field{ID: "note", Label: "Mot de l’équipe", Type: "textarea", Rows: 3, Value: in.Note, Help: "Il est dans le courriel, dans un cadre à votre nom."})
}

func readRound(r *http.Request) followup.Round {
	n, err := strconv.ParseInt(shell.Typed(r, "days"), 10, 64)
	if err != nil {
		n = 0
	}
	return followup.Round{Name: shell.Typed(r, "name"), Period: shell.Typed(r, "period"), ClosesOn: shell.Typed(r, "closes_on"), Note: shell.Typed(r, "note"), Fallback: followup.Fallback{Days: n}}
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, in followup.Round, wrong error) error {
	ctx := r.Context()
	rounds, err := followup.Rounds(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	live, _, err := followup.Alerts(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	unanswered := 0
	for _, a := range live {
		if a.State == "raised" {
			unanswered++
		}
	}
	v := sections.View{Heading: ui.Heading{Overline: "Bureau, " + x.cop.SenderName(), Title: "Suivi des actions retenues", Scope: []string{"réservé à l’équipe de la COP"}}, Tabs: x.tabs(shell.Actor(r), "")}
	alerts := "Aucune alerte sans réponse."
	if unanswered > 0 {
		alerts = french.Integer(unanswered) + nb + french.Plural(unanswered, "alerte attend", "alertes attendent") + " une réponse."
	}
	v.Parts = append(v.Parts, sections.Part{ID: "aller", Title: "En ce moment", Tiles: []sections.Tile{{Title: "Alertes", Text: alerts, Href: x.path() + "/alertes"}, {Title: "Réglages du suivi", Text: "Délais, règles des alertes, lettre à l’équipe.", Href: x.path() + "/reglages"}}})
	list := sections.Part{ID: "tours", Title: "Tours de suivi", Lead: "Un tour écrit une fois à chaque porteur" + nb + ": un courriel, un lien, deux minutes, sans compte."}
	if len(rounds) == 0 {
		list.Empty = ui.Empty{Title: "Aucun tour n’a encore eu lieu", Text: "Préparez le premier ci-dessous. Rien ne part avant que vous l’ouvriez."}
	} else {
		t := ui.Table{ID: "liste-tours", Caption: "Tours de suivi", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Tour", Wide: true}, {Label: "État"}, {Label: "Depuis le"}, {Label: "Jusqu’au"}}}
		for _, o := range rounds {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: o.Name, Href: o.Path(x.cop)}, {Text: roundStates[o.State]}, {Text: french.Day(o.Period)}, {Text: french.Day(o.ClosesOn)}}})
		}
		list.Tables = []ui.Table{t}
	}
	fresh, err := d.freshness(r, x)
	if err != nil {
		return err
	}
	fields := roundFields(in, true)
	v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
	add := sections.Part{ID: "preparer", Title: "Ouvrir un tour de suivi", Lead: "Vous le relisez avant que les courriels partent.", Fold: "Préparer un tour", Open: wrong != nil || len(rounds) == 0, Forms: []sections.Form{{ID: "tour", Action: x.path(), Submit: "Préparer ce tour", Fields: fields}}}
	v.Parts = append(v.Parts, list, add, fresh)
	return sections.Show(d.Shell, w, r, status, v, true, x.trail()...)
}

// freshness lists the retained actions, those without news first.
func (d Deps) freshness(r *http.Request, x where) (p sections.Part, err error) {
	ctx := r.Context()
	rules, err := followup.RulesOf(ctx, d.Q, x.cop.ID)
	if err != nil {
		return p, err
	}
	list, err := followup.RetainedOf(ctx, d.Q, x.cop.ID)
	if err != nil {
		return p, err
	}
	last, err := followup.LastOf(ctx, d.Q, x.cop.ID)
	if err != nil {
		return p, err
	}
	today := x.cop.DayAt(d.Now())
	p = sections.Part{ID: "fraicheur", Title: "De quand sont les nouvelles"}
	if len(list) == 0 {
		p.Empty = ui.Empty{Title: "Aucune action n’est encore retenue", Text: "Le suivi commence quand les deux têtes ont retenu une première liste d’actions."}
		p.Links = []ui.Link{{Label: "Les actions du bureau", Href: wording.RegisterPath(x.cop)}}
		return p, nil
	}
	counts := map[followup.Age]int{}
	rows := map[followup.Age][]ui.Row{}
	going := 0
	for _, a := range list {
		if followup.Ended(a) != "" || a.Status == "done" {
			continue // nothing more is expected of it
		}
		going++
		u, spoken := last[a.ID]
		age := followup.Silent
		said := ui.Cell{Missing: "Personne n’a encore dit où elle en est."}
		if spoken {
			var n int64
			age, n = rules.AgeOf(u.Day, today)
			said = ui.Cell{Text: french.Day(u.Day), Sub: "il y a " + french.Integer(n) + nb + french.Plural(n, "jour", "jours")}
		}
		counts[age]++
		state := ui.Cell{Text: action.Named(action.Statuses(), a.Status)}
		if a.Status == "" {
			state = ui.Cell{Missing: "Le statut n’est pas dit."}
		}
		rows[age] = append(rows[age], ui.Row{Cells: []ui.Cell{{Text: named(a), Href: wording.ActionPath(a.ID), Sub: a.Holder.Name}, said, state, {Text: "Dire où elle en est", Href: wording.ActionPath(a.ID) + "/point"}}})
	}
	p.Lead = french.Integer(going) + nb + french.Plural(going, "action retenue suit son cours", "actions retenues suivent leur cours") + nb + ": " + french.Integer(counts[followup.Fresh]) + nb + "avec des nouvelles de moins de " + french.Integer(rules.Fresh) + nb + "jours, " +
		french.Integer(counts[followup.Aging]) + nb + "de moins de " + french.Integer(rules.Aging) + nb + "jours, " + french.Integer(counts[followup.Old]) + nb + "plus anciennes, " + french.Integer(counts[followup.Silent]) + nb + "sans nouvelles depuis " + french.Integer(rules.Silent) + nb + "jours ou jamais dites."
	t := ui.Table{ID: "actions-suivies", Caption: "Actions retenues, les plus silencieuses d’abord", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Dernières nouvelles"}, {Label: "Statut"}, {Label: "Pour l’équipe"}}}
	for _, age := range []followup.Age{followup.Silent, followup.Old, followup.Aging, followup.Fresh} {
		t.Rows = append(t.Rows, rows[age]...)
	}
	const most = 200
	if len(t.Rows) > most {
		t.Rows = t.Rows[:most]
		p.Lead += " Les " + french.Integer(most) + " plus silencieuses sont ci-dessous."
	}
	p.Tables = []ui.Table{t}
	return p, nil
}

func wrongIn(fields []ui.Field, err error) []ui.Alert {
	f := sections.Form{Fields: fields}
	if err == nil {
		return nil
	}
	return refuse(&f, "", err)
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.of(r, policy.Create)
	if err != nil {
		return err
	}
	in := readRound(r)
	o, err := d.Room.AddRound(r.Context(), shell.Actor(r), x.cop, in)
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, o.Path(x.cop)+"?fait=1")
}

// oneRound is the round of an address, of the region that it says.
func (d Deps) oneRound(r *http.Request) (x where, o followup.Round, err error) {
	if x, err = d.of(r, policy.Edit); err != nil {
		return x, o, err
	}
	o, c, err := followup.FindRound(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err == nil && c.ID != x.cop.ID {
		err = apperr.NotFoundf("Ce tour de suivi n’est pas de cette région.")
	}
	return x, o, err
}

func (d Deps) round(w http.ResponseWriter, r *http.Request) error {
	x, o, err := d.oneRound(r)
	if err != nil {
		return err
	}
	return d.showRound(w, r, http.StatusOK, x, o, o, nil)
}

func (d Deps) showRound(w http.ResponseWriter, r *http.Request, status int, x where, o, in followup.Round, wrong error) error {
	v := sections.View{Heading: ui.Heading{Overline: "Tour de suivi, " + x.cop.SenderName(), Title: o.Name, Scope: []string{roundStates[o.State], "réponses depuis le " + french.Day(o.Period), "jusqu’au " + french.Day(o.ClosesOn)}}, Tabs: x.tabs(shell.Actor(r), "")}
	fields := roundFields(in, o.State == followup.Draft)
	v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
	rev := strconv.FormatInt(o.Rev, 10)
	if n := r.URL.Query().Get("relances"); n != "" {
		if k, err := strconv.Atoi(n); err == nil && k > 0 {
			v.Notices = append(v.Notices, ui.Alert{State: "success", Title: french.Integer(k) + nb + french.Plural(k, "personne relancée", "personnes relancées"), Text: "Les courriels partent dans la minute."})
		}
	}
	var err error
	switch o.State {
	case followup.Draft:
		var p sections.Part
		if p, err = d.before(r, x, o, rev); err == nil {
			v.Parts = append(v.Parts, p)
		}
	default:
		var ps []sections.Part
		if ps, err = d.during(r, x, o, rev); err == nil {
			v.Parts = append(v.Parts, ps...)
		}
	}
	if err != nil {
		return err
	}
	if o.State != followup.Closed {
		v.Parts = append(v.Parts, sections.Part{ID: "modifier", Title: "Modifier ce tour", Fold: "Changer le nom, les dates, le mot de l’équipe", Open: wrong != nil, Forms: []sections.Form{{ID: "tour", Action: o.Path(x.cop), Rev: rev, Do: "edit", Submit: "Enregistrer", Secondary: true, Fields: fields}}})
	}
	return sections.Show(d.Shell, w, r, status, v, true, x.trail(ui.Link{Label: o.Name})...)
}

// before says what opening a round would do.
func (d Deps) before(r *http.Request, x where, o followup.Round, rev string) (p sections.Part, err error) {
	list, err := followup.RetainedOf(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return p, err
	}
	last, err := followup.LastOf(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return p, err
	}
	asked, mute, people := 0, 0, map[string]bool{}
	for _, a := range list {
		u, spoken := last[a.ID]
		if !followup.Asked(o, a, u, spoken) {
			continue
		}
		asked++
		if a.Email == "" {
			mute++
		} else {
			people[a.Email] = true
		}
	}
	p = sections.Part{ID: "ouvrir", Title: "Ouvrir ce tour"}
	if asked == 0 {
		p.Lead = "Aucune action n’est à demander" + nb + ": toutes sont terminées, abandonnées, ou ont des nouvelles depuis le " + french.Day(o.Period) + "."
		return p, nil
	}
	p.Lead = french.Integer(asked) + nb + french.Plural(asked, "action sera demandée", "actions seront demandées") + " à " + french.Integer(len(people)) + nb + french.Plural(len(people), "contact", "contacts") + ", un courriel chacun."
	if mute > 0 {
		p.Lead += " " + french.Integer(mute) + nb + french.Plural(mute, "action n’a pas", "actions n’ont pas") + " de contact" + nb + ": la personne suivante sera interrogée, ou vous."
	}
	p.Forms = []sections.Form{{ID: "ouverture", Action: o.Path(x.cop), Rev: rev, Do: "open", Submit: "Ouvrir le tour et écrire aux porteurs"}}
	return p, nil
}

// during says who answered and who did not, and lets the team write again.
func (d Deps) during(r *http.Request, x where, o followup.Round, rev string) (out []sections.Part, err error) {
	ctx := r.Context()
	asks, err := followup.Asks(ctx, d.Q, o.ID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(asks))
	for _, k := range asks {
		ids = append(ids, k.Action)
	}
	found, err := action.ByIDs(ctx, d.Q, ids)
	if err != nil {
		return nil, err
	}
	steps := followup.Steps()
	var yes, no []ui.Row
	for i := 0; i < len(asks); {
		j := i
		var answered, current followup.Ask
		for ; j < len(asks) && asks[j].Action == asks[i].Action; j++ {
			current = asks[j]
			if asks[j].State == "answered" {
				answered = asks[j]
			}
		}
		a := found[asks[i].Action]
		shown := current
		if answered.ID != "" {
			shown = answered
		}
		who := ui.Cell{Text: action.Named(steps, shown.Role)}
		if shown.Role != "team" {
			who = ui.Cell{Text: shown.Name, Sub: action.Named(steps, shown.Role)}
			if shown.Name == "" {
				who.Text = shown.Email
			}
			if who.Text == "" {
				who.Text = "personne effacée"
			}
		}
		state := ui.Cell{Text: askStates[shown.State], Sub: shown.Reason}
		if !shown.EndedAt.IsZero() && shown.State == "answered" {
			state.Sub = "le " + french.Date(shown.EndedAt.In(x.cop.Location()))
		} else if !shown.RemindedAt.IsZero() {
			state.Sub = "relance le " + french.Date(shown.RemindedAt.In(x.cop.Location()))
		} else if !shown.SentAt.IsZero() && shown.State == "sent" {
			state.Sub = "demandé le " + french.Date(shown.SentAt.In(x.cop.Location()))
		}
		row := ui.Row{Cells: []ui.Cell{{Text: named(a), Href: wording.ActionPath(a.ID), Sub: a.Holder.Name}, who, state}}
		if answered.ID != "" {
			yes = append(yes, row)
		} else {
			row.Cells = append(row.Cells, ui.Cell{Text: "Dire où elle en est", Href: wording.ActionPath(a.ID) + "/point"})
			no = append(no, row)
		}
		i = j
	}
	total := len(yes) + len(no)
	head := sections.Part{ID: "reponses", Title: french.Integer(len(yes)) + nb + french.Plural(len(yes), "réponse", "réponses") + " sur " + french.Integer(total) + nb + french.Plural(total, "action demandée", "actions demandées")}
	due, spared, err := d.Room.Due(ctx, d.Q, o)
	if err != nil {
		return nil, err
	}
	if o.State == followup.Open {
		head.Lead = "Après " + french.Integer(o.Fallback.Days) + nb + "jours sans réponse, la personne suivante est interrogée chaque matin."
		if len(due) > 0 && r.URL.Query().Get("relancer") == "1" {
			lead := "Relancer " + french.Integer(len(due)) + nb + french.Plural(len(due), "personne", "personnes")
			for _, g := range due {
				head.List = append(head.List, g[0].Name+" ("+g[0].Email+")"+nb+": "+french.Integer(len(g))+nb+french.Plural(len(g), "action", "actions"))
			}
			head.Forms = append(head.Forms, sections.Form{ID: "relance", Action: o.Path(x.cop), Rev: rev, Do: "remind", Submit: lead})
		} else if len(due) > 0 {
			head.Links = append(head.Links, ui.Link{Label: "Relancer " + french.Integer(len(due)) + nb + french.Plural(len(due), "personne", "personnes") + " sans réponse", Href: o.Path(x.cop) + "?relancer=1#reponses"})
		}
		if spared > 0 {
			head.Lead += " " + french.Integer(spared) + nb + french.Plural(spared, "personne a reçu", "personnes ont reçu") + " un courriel il y a moins de trois jours et " + french.Plural(spared, "n’est pas relancée.", "ne sont pas relancées.")
		}
	}
	out = append(out, head)
	if len(no) > 0 {
		out = append(out, sections.Part{ID: "sans-reponse", Title: "Pas encore de réponse", Tables: []ui.Table{{ID: "attendues", Caption: "Actions sans réponse", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Interrogé"}, {Label: "Réponse"}, {Label: "Pour l’équipe"}}, Rows: no}}})
	}
	if len(yes) > 0 {
		out = append(out, sections.Part{ID: "repondu", Title: "Ont répondu", Tables: []ui.Table{{ID: "dites", Caption: "Actions dont on a des nouvelles", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Par"}, {Label: "Réponse"}}, Rows: yes}}})
	}
	if total == 0 {
		out[0].Empty = ui.Empty{Title: "Les courriels partent", Text: "Rechargez la page dans une minute."}
	}
	if o.State == followup.Open {
		out = append(out, sections.Part{ID: "fermer", Title: "Fermer ce tour", Lead: "Il se ferme seul après le " + french.Day(o.ClosesOn) + ". Une fois fermé, les liens montrent ce qui a été dit et n’enregistrent plus rien.", Forms: []sections.Form{{ID: "fermeture", Action: o.Path(x.cop), Rev: rev, Do: "close", Submit: "Fermer maintenant", Secondary: true}}})
	}
	return out, nil
}

// act opens, changes, closes a round, or writes again.
func (d Deps) act(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, o, err := d.oneRound(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	in, query, who := o, "?fait=1", shell.Actor(r)
	switch shell.Typed(r, "do") {
	case "open":
		_, err = d.Room.OpenRound(r.Context(), who, o.ID, rev)
	case "close":
		_, err = d.Room.CloseRound(r.Context(), who, o.ID, rev)
	case "remind":
		var n int
		n, err = d.Room.Remind(r.Context(), who, o.ID)
		query = "?relances=" + url.QueryEscape(strconv.Itoa(n))
	default:
		in = readRound(r)
		in.ID, in.Rev = o.ID, rev
		if o.State != followup.Draft {
			in.Period = o.Period
		}
		_, err = d.Room.EditRound(r.Context(), who, in)
	}
	if err != nil && shell.Beside(err) {
		return d.showRound(w, r, apperr.Status(err), x, o, in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, o.Path(x.cop)+query)
}

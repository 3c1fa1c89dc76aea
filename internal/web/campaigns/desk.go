package campaigns

import (
	"net/http"
	"net/url"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// listView is the list of recipients, each with a box to choose it.
type listView struct {
	Title, Lead string
	Rows        []listRow
	Pager       ui.Pager
	Action      string
	Hidden      [][2]string
	May         bool // choose and remind
	All         string
}

type listRow struct {
	ID, Name, Href, Type, Department string
	State, Since                     string
	Progress                         string
	Reminders                        string
	Contacts                         string
	Notes                            []string
}

// filterOf reads the filter of a request.
func filterOf(q url.Values) survey.Follow {
	return survey.Follow{State: shell.Clean(q.Get("etat")), Department: shell.Clean(q.Get("departement")), Type: shell.Clean(q.Get("type")), Words: shell.Clean(q.Get("nom"))}
}

// hiddenOf keeps a filter in a form.
func hiddenOf(f survey.Follow) [][2]string {
	return [][2]string{{"etat", f.State}, {"departement", f.Department}, {"type", f.Type}, {"nom", f.Words}}
}

func addressOf(base string, f survey.Follow) string {
	q := url.Values{}
	for _, x := range hiddenOf(f) {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	if len(q) == 0 {
		return base
	}
	return base + "?" + q.Encode()
}

// filterFields are the filters of the list.
func (x place) filterFields(f survey.Follow) []ui.Field {
	states := [][2]string{{survey.Unfinished, "à relancer (invitées, pas validées)"}, {survey.NoAddress, "sans adresse qui fonctionne"}, {survey.Mute, "à ne pas contacter"}}
	for _, s := range survey.States() {
		states = append(states, [2]string{string(s), s.Name()})
	}
	var depts, types [][2]string
	for _, d := range x.tree.Departments() {
		if d.Region == x.Code {
			depts = append(depts, [2]string{d.Code, d.Name})
		}
	}
	depts = append(depts, [2]string{survey.NoDepartment, "sans département (région)"})
	for _, t := range survey.Types() {
		types = append(types, [2]string{t.Code, t.Many})
	}
	return []ui.Field{choose("etat", "État", f.State, "Tous les états", states), choose("departement", "Département", f.Department, "Tous les départements", depts),
		choose("type", "Type", f.Type, "Tous les types", types), {ID: "nom", Label: "Nom", Value: f.Words, Type: "search"}}
}

// desk is the team's campaign: where it stands, who has not answered.
func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.followed(r)
	if err != nil {
		return err
	}
	if !x.has {
		return d.show(w, r, http.StatusOK, x.without(r), true, x.trail(ui.Link{Label: "Bureau", Href: x.page() + "/bureau"}, ui.Link{Label: "Questionnaire"})...)
	}
	return d.showDesk(w, r, http.StatusOK, x, nil)
}

// without is the page of a COP that has no campaign yet.
func (x place) without(r *http.Request) view {
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: x.Name + nb + ": la campagne n’est pas encore préparée", Scope: []string{"réservé à la COP"}}, Tabs: x.tabs(r, x.base()),
		Empty: ui.Empty{Title: "Une réponse par collectivité", Text: "Choisissez le questionnaire, les dates et le message de l’équipe" + nb + ": Jalon dresse la liste des collectivités de la région. Rien ne part avant que vous ouvriez la campagne."}}
	if x.mayEdit(shell.Actor(r)) {
		v.Empty.Action = ui.Link{Label: "Préparer la campagne", Href: x.base() + "/reglages"}
	}
	return v
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x place, wrong error) error {
	ctx, a, c := r.Context(), shell.Actor(r), x.campaign
	rows, err := survey.RateRows(ctx, d.Q, c.Cycle, c.ID)
	if err != nil {
		return err
	}
	f := filterOf(r.URL.Query())
	list, err := d.Room.List(ctx, d.Q, a, c.ID, f, r.URL.Query().Get("suite"))
	if err != nil {
		return err
	}
	rates := survey.RatesOf(rows)
	set := rates.Regions[x.Code]
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: x.Name + nb + ": " + finding(set), Scope: []string{"campagne " + c.State.Name(), until(c), "réservé à la COP"}}, Tabs: x.tabs(r, x.base()),
		Keys: keys(set, c, x.Code), Live: x.base() + "/chiffres"}
	if wrong != nil {
		v.Notices = append(v.Notices, problem(wrong))
	}
	if n := waiting(rows); n > 0 && c.State.Takes() {
		v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: french.Integer(n) + nb + french.Plural(n, "destinataire n’est pas encore invité", "destinataires ne sont pas encore invités"),
			Text:  "Juste après l’ouverture, les invitations partent encore. Ensuite, c’est qu’aucune adresse ne fonctionne\u00a0: importez des contacts, ou imprimez leurs lettres.",
			Links: []ui.Link{{Label: "Voir lesquels", Href: x.base() + "?etat=" + survey.NoAddress + "#liste"}}})
	}
	if x.mayEdit(a) && c.State == survey.CampaignDraft {
		v.Acts = turns(x) // what comes next; afterwards the morning begins with who has not answered
	}
	v.Links = []ui.Link{{Label: "Télécharger le suivi (CSV)", Href: addressOf(x.base()+"/suivi.csv", f)}, {Label: "Ce que disent les réponses", Href: x.page() + "/restitution"}}
	if x.mayEdit(a) {
		v.Links = append(v.Links, ui.Link{Label: "Formulaires hors ligne", Href: x.base() + "/formulaires"}, ui.Link{Label: "Réponses à télécharger", Href: x.base() + "/exports"},
			ui.Link{Label: "Textes à relire", Href: x.base() + "/textes"}, ui.Link{Label: "Données ouvertes", Href: x.base() + "/donnees"}, ui.Link{Label: "Variante de la région", Href: x.base() + "/modele"})
	}
	v.Maps = []ui.Map{x.departmentMap(rates)}
	v.Before = []part{x.departmentTable(rows, rates)}
	v.Parts = []part{typeTable(set, c, "region:"+x.Code)}
	v.Filters, v.FilterTo = x.filterFields(f), x.base()+"#liste"
	v.List = listView{Title: "Les destinataires", Action: x.base() + "/relances", Hidden: hiddenOf(f), May: !policy.Where(a, policy.Edit, policy.Response).None() && c.State.Takes(),
		Pager: ui.Pager{Next: next(r, list.Next), Summary: counted(list.Total, list.More)}}
	for _, y := range list.Rows {
		v.List.Rows = append(v.List.Rows, x.rowOf(y))
	}
	if len(list.Rows) == 0 {
		v.Empty = ui.Empty{Title: "Aucun destinataire ne correspond", Text: "Élargissez le filtre, ou cherchez un autre nom.", Action: ui.Link{Label: "Voir tous les destinataires", Href: x.base()}}
	}
	elsewhere, err := survey.AnsweringElsewhere(ctx, d.Q, c)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, x.elsewhere(elsewhere))
	if x.mayEdit(a) && c.State != survey.CampaignClosed {
		v.Forms = x.recipientForms(nil, "", "")
		v.Forms = append(v.Forms, lettersForm(x, f))
	}
	if x.mayEdit(a) && c.State != survey.CampaignDraft {
		v.Forms = append(v.Forms, turns(x)...)
	}
	return d.show(w, r, status, v, true, x.trail(ui.Link{Label: "Bureau", Href: x.page() + "/bureau"}, ui.Link{Label: "Questionnaire"})...)
}

func problem(err error) ui.Alert {
	return ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}
}

// finding says first how far the campaign is.
func finding(set survey.RateSet) string {
	done, all := set.States[survey.Done], set.All()
	return french.Integer(done) + nb + french.Plural(done, "réponse validée", "réponses validées") + " sur " + french.Integer(all) + nb + french.Plural(all, "destinataire", "destinataires")
}

func until(c survey.Campaign) string {
	switch {
	case c.MarkedOn != "":
		return "depuis le " + french.Day(c.MarkedOn)
	case c.ClosesOn != "":
		return "jusqu’au " + french.Day(c.ClosesOn)
	case c.OpensOn != "":
		return "ouverture le " + french.Day(c.OpensOn)
	}
	return "sans date de clôture"
}

// waiting counts those who are still to be invited in a campaign that runs.
func waiting(rows []survey.RateRow) (n int64) {
	for _, x := range rows {
		if x.State == survey.Listed && !x.Silent {
			n += x.N
		}
	}
	return n
}

// keys are the figures that the page opens with, asked again while it is read.
func keys(set survey.RateSet, c survey.Campaign, region string) []ui.KeyFigure {
	total := ui.KeyFigure{Label: "Régions, départements et EPCI", Value: ui.Value{Text: percent(set.Total), Provenance: "computed", ProvenanceLabel: "calculé par Jalon",
		Explain: "/chiffres/" + survey.RateKey(c.Cycle, "region:"+region, "total"), Name: "Taux de réponse"}, Meaning: outOf(set.Total) + " ont validé leur réponse. Hors communes."}
	if !set.Total.Known() {
		total.Value = ui.Value{Missing: noneOfThem}
	}
	if c.State == survey.CampaignDraft {
		total.Value, total.Meaning = ui.Value{Missing: "la campagne n’est pas encore ouverte"}, ""
	}
	n := func(states ...survey.State) string {
		t := int64(0)
		for _, s := range states {
			t += set.States[s]
		}
		return french.Integer(t)
	}
	writing := ui.KeyFigure{Label: "Répondent en ce moment", Value: ui.Value{Text: n(survey.Opened, survey.Started)}, Meaning: n(survey.Started) + " ont commencé, " + n(survey.Opened) + " ont seulement ouvert."}
	quiet := ui.KeyFigure{Label: "Invitées, sans ouverture", Value: ui.Value{Text: n(survey.Invited)},
		Meaning: n(survey.Submitted) + " à valider par leur élu, " + n(survey.Refused) + " en refus, " + n(survey.Listed) + " à inviter encore."}
	return []ui.KeyFigure{total, writing, quiet}
}

// live is the key figures alone, for a page that stays open.
func (d Deps) live(w http.ResponseWriter, r *http.Request) error {
	x, err := d.running(r)
	if err != nil {
		return err
	}
	rows, err := survey.RateRows(r.Context(), d.Q, x.campaign.Cycle, x.campaign.ID)
	if err != nil {
		return err
	}
	set := survey.RatesOf(rows).Regions[x.Code]
	if fresh(w, r, "private, no-cache", set, x.campaign.State) {
		return nil
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return ui.KeyFigures(keys(set, x.campaign, x.Code)).Render(r.Context(), w)
}

// classes are the ranges of the maps of rates.
func classes() []string {
	return []string{"moins de 20" + nb + "%", "20 à 40" + nb + "%", "40 à 60" + nb + "%", "60 à 80" + nb + "%", "80" + nb + "% et plus"}
}

func classOf(r survey.Rate) int {
	if !r.Known() {
		return 0
	}
	return min(int(r.Ratio()*5), 4) + 1
}

// departmentMap colours the départements by the rate of those who count there.
func (x place) departmentMap(rates survey.Rates) ui.Map {
	m := ui.Map{ID: "carte", Title: "Taux de réponse par département", Description: "Départements et EPCI dont le siège y est" + nb + "; communes à part.", Departments: true, Legend: classes(), ListTitle: "Les départements", TableHref: "#departements"}
	for _, d := range x.tree.Departments() {
		if d.Region != x.Code {
			continue
		}
		r := rates.Departments[d.Code].Total
		p := ui.Place{Code: d.Code, Name: d.Name, Href: x.base() + "?departement=" + d.Code + "&etat=" + survey.Unfinished + "#liste", Class: classOf(r), Text: percent(r)}
		if !r.Known() {
			p.Text, p.Missing = "", noneOfThem
		}
		m.Places = append(m.Places, p)
	}
	return m
}

// departmentTable says who has answered where, and leads to those who have not.
func (x place) departmentTable(rows []survey.RateRow, rates survey.Rates) part {
	t := ui.Table{ID: "departements", Caption: "Où en sont les réponses, par département", CaptionHidden: true, Columns: []ui.Column{{Label: "Département"}, {Label: "Départements et EPCI", Number: true}, {Label: "Communes", Number: true},
		{Label: "À relancer", Number: true}, {Label: "En cours", Number: true}, {Label: "À valider", Number: true}, {Label: "Validées", Number: true}}}
	todo := map[string]int64{}
	for _, y := range rows {
		switch y.State {
		case survey.Invited, survey.Opened, survey.Started, survey.Submitted:
			if !y.Silent {
				todo[y.Department] += y.N
			}
		}
	}
	line := func(code, name string) {
		set, cycle := rates.Departments[code], x.campaign.Cycle
		filter := code
		cells := []ui.Cell{{}, rateCell(set.Total, survey.RateKey(cycle, "department:"+code, "total"), "Taux de réponse, "+name, noneOfThem),
			rateCell(set.Communes, survey.RateKey(cycle, "department:"+code, "communes"), "Taux des communes, "+name, "les communes ne sont pas invitées, ou ce département n’en a pas")}
		if code == "" {
			filter = survey.NoDepartment
			for i := range cells {
				cells[i].Explain = ""
			}
		}
		to := x.base() + "?departement=" + filter
		cells[0] = ui.Cell{Text: name, Href: to + "#liste"}
		cells = append(cells, ui.Cell{Text: french.Integer(todo[code]), Href: to + "&etat=" + survey.Unfinished + "#liste"}, ui.Cell{Text: french.Integer(set.States[survey.Opened] + set.States[survey.Started])},
			ui.Cell{Text: french.Integer(set.States[survey.Submitted])}, ui.Cell{Text: french.Integer(set.States[survey.Done])})
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	for _, d := range x.tree.Departments() {
		if d.Region == x.Code {
			line(d.Code, d.Name)
		}
	}
	if rates.Departments[""].All() > 0 {
		line("", "Sans département (région)")
	}
	return part{ID: "par-departement", Title: "Par département", Table: t, Lead: []string{"Chaque collectivité compte dans le département de son siège. «\u00a0À relancer\u00a0» mène à celles qui sont invitées et n’ont pas validé."}}
}

// typeTable is the rates by type, with the definition of each under its name.
func typeTable(set survey.RateSet, c survey.Campaign, territory string) part {
	t := ui.Table{ID: "types", Caption: "Taux de réponse par type de collectivité", CaptionHidden: true, Columns: []ui.Column{{Label: "Type"}, {Label: "Taux", Number: true}, {Label: "Validées", Number: true}, {Label: "Collectivités", Number: true}, {Label: "Ce que dit ce taux", Wide: true}}}
	for _, k := range survey.RateKinds() {
		r := k.Of(set)
		if !r.Known() && k.Code == "ept" {
			continue // they exist in one region alone
		}
		missing := noneOfThem
		if k.Code == "communes" {
			missing = "cette campagne n’invite pas les communes"
		}
		rate := ui.Cell{Missing: missing}
		if r.Known() {
			rate = ui.Cell{Text: percent(r), Explain: "/chiffres/" + survey.RateKey(c.Cycle, territory, k.Code), Name: k.Name}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: k.Name}, rate, {Text: french.Integer(r.Answers)}, {Text: french.Integer(r.Authorities)}, {Text: k.Definition}}})
	}
	p := part{ID: "par-type", Title: "Par type de collectivité", Table: t}
	if set.Outside.Known() {
		p.Lead = []string{"S’y ajoutent, hors de tout taux, les organismes que l’équipe a invités" + nb + ": " + outOf(set.Outside) + " ont répondu."}
	}
	return p
}

// elsewhere writes the rule of the EPCI over two regions, and lists those of this
// one that answer in another.
func (x place) elsewhere(list []survey.Elsewhere) part {
	p := part{ID: "ailleurs", Title: "À cheval sur deux régions", Lead: []string{"Une intercommunalité à cheval sur deux régions répond une seule fois, à la COP de la région de son siège, et y compte. L’autre région lit où elle en est, sans la relancer."}}
	if len(list) == 0 {
		p.Lead = append(p.Lead, "Aucune collectivité dont le siège est ailleurs n’agit dans cette région.")
		return p
	}
	p.Table = ui.Table{ID: "collectivites-ailleurs", Caption: "Collectivités qui agissent ici et répondent ailleurs", Columns: []ui.Column{{Label: "Collectivité"}, {Label: "Répond à la COP de"}, {Label: "Où elle en est"}}}
	for _, e := range list {
		name := e.Region
		if r, err := x.tree.Region(e.Region); err == nil {
			name = r.Name
		}
		state := ui.Cell{Text: e.State.Name()}
		if e.State == "" {
			state = ui.Cell{Missing: "cette région n’a pas encore de campagne, ou ne l’y a pas inscrite"}
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: e.Name}, {Text: name}, state}})
	}
	return p
}

func counted(total int64, more bool) string {
	if more {
		return "plus de " + french.Integer(total) + nb + "destinataires"
	}
	return french.Integer(total) + nb + french.Plural(total, "destinataire", "destinataires")
}

// rowOf is a recipient in the list.
func (x place) rowOf(y survey.Followed) listRow {
	out := listRow{ID: y.ID, Name: y.Name, Href: x.base() + "/" + y.ID, Type: survey.TypeName(y.Response), State: y.State.Name(), Since: since(y.Response), Contacts: french.Integer(y.Contacts)}
	if d, err := x.tree.Dept(y.Department); err == nil {
		out.Department = d.Name
	}
	if y.Asked > 0 && y.State != survey.Done {
		out.Progress = french.Integer(y.Rated) + " sur " + french.Integer(y.Asked)
	}
	if y.Reminders > 0 {
		out.Reminders = french.Integer(y.Reminders) + ", " + dayOf(y.RemindedAt)
	}
	if y.Silent {
		out.Notes = append(out.Notes, "à ne pas contacter")
	}
	if !y.Counted {
		out.Notes = append(out.Notes, "hors du taux")
	}
	return out
}

// since is the day of the last thing that moved.
func since(r survey.Response) string {
	for _, t := range []struct {
		state survey.State
		day   string
	}{{survey.Done, dayOf(r.ValidatedAt)}, {survey.Submitted, dayOf(r.SubmittedAt)}, {survey.Started, dayOf(r.StartedAt)}, {survey.Opened, dayOf(r.OpenedAt)}, {survey.Invited, dayOf(r.InvitedAt)}} {
		if r.State == t.state {
			return t.day
		}
	}
	return ""
}

// csv is the follow-up as a file: the recipients that the filter chooses.
func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	x, err := d.running(r)
	if err != nil {
		return err
	}
	set := exchange.Dataset{Name: "questionnaire-" + x.Slug}
	for _, name := range []string{"code", "collectivité", "type", "département", "taille", "compte dans le taux", "état", "invitée le", "ouverte le", "commencée le", "soumise le", "validée le", "actions posées", "actions renseignées", "relances", "dernière relance", "à ne pas contacter", "remarque"} {
		set.Fields = append(set.Fields, exchange.Field{Name: name})
	}
	var rows [][]exchange.Datum
	yes := map[bool]string{true: "oui", false: "non"}
	err = d.Room.EachFollowed(r.Context(), d.Q, shell.Actor(r), x.campaign.ID, filterOf(r.URL.Query()), func(y survey.Response) error {
		cells := []string{y.Authority, y.Name, survey.TypeName(y), y.Department, sizeName(y.Size), yes[y.Counted], y.State.Name()}
		for _, t := range []time.Time{y.InvitedAt, y.OpenedAt, y.StartedAt, y.SubmittedAt, y.ValidatedAt} {
			cells = append(cells, isoDay(t))
		}
		cells = append(cells, revText(y.Asked), revText(y.Rated), revText(y.Reminders), isoDay(y.RemindedAt), yes[y.Silent], y.Reason)
		var row []exchange.Datum
		for _, c := range cells {
			row = append(row, exchange.Text(c))
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	set.Rows = exchange.Slice(rows)
	return preview.SendCSV(w, set)
}

func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func sizeName(code string) string {
	for _, s := range survey.Sizes() {
		if s.Code == code {
			return s.Name
		}
	}
	return ""
}

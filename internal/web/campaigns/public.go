package campaigns

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// shared says who may keep a page that anyone reads, and for how long.
const shared = "public, max-age=30, must-revalidate"

// public is the campaign of a region as anyone reads it.
func (d Deps) public(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	var rows []survey.RateRow
	var days []survey.DayCount
	if x.has {
		if rows, err = survey.RateRows(r.Context(), d.Q, x.campaign.Cycle, x.campaign.ID); err != nil {
			return err
		}
		if days, err = survey.Curve(r.Context(), d.Q, x.campaign.Cycle, []string{x.campaign.ID}); err != nil {
			return err
		}
	}
	rates := survey.RatesOf(rows)
	if fresh(w, r, shared, rates, days, x.campaign.Rev, d.Now().Format("2006-01-02")) {
		return nil
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaire aux collectivités", Title: x.Name + nb + ": pas encore de questionnaire", Scope: []string{"cycle " + x.cop.Cycle}}, Pages: wording.RegionTabs(x.Region, wording.TabQuestionnaire),
		Foot: ui.Source{Text: "Réponses validées au questionnaire de la COP, comptées par Jalon.", Print: true}}
	if !x.has || x.campaign.State == survey.CampaignDraft {
		v.Empty = ui.Empty{Title: "La campagne n’est pas encore ouverte", Text: "L’équipe de la COP demandera à chaque collectivité ce qu’elle fait déjà et ce qui la freine. Le taux de réponse sera suivi ici, jour après jour.", Action: ui.Link{Label: "Ce qui sera demandé", Href: "/questionnaires/" + survey.National}}
		return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: "Questionnaire"})...)
	}
	c, set := x.campaign, rates.Regions[x.Code]
	v.Heading.Title = x.Name + nb + ": " + percent(set.Total) + " des régions, départements et EPCI ont répondu"
	v.Heading.Scope = []string{"campagne " + c.State.Name(), until(c), outOf(set.Total)}
	v.Heading.Explain = "/chiffres/" + survey.RateKey(c.Cycle, "region:"+x.Code, "total")
	if !set.Total.Known() {
		v.Heading.Title, v.Heading.Explain = x.Name+nb+": campagne "+c.State.Name(), ""
	}
	v.Links = []ui.Link{{Label: "Ce qui est demandé", Href: "/questionnaires/" + c.Form}, {Label: "Toutes les régions", Href: "/national/questionnaire"}}
	how := part{ID: "repondre", Title: "Votre collectivité n’a pas répondu" + nb + "?", Lead: []string{"Le lien de votre collectivité est dans le courriel que l’équipe de la COP lui a envoyé, à son adresse générale ou à la personne qu’elle a désignée. Avec l’adresse qui l’a reçu et le code à huit chiffres, le questionnaire s’ouvre aussi depuis la page «\u00a0Répondre au questionnaire\u00a0».",
		"Vous ne le trouvez pas" + nb + "? Demandez-le à l’équipe" + nb + ": " + cmp.Or(c.Contact, x.cop.Contact, "ses coordonnées sont sur la page de la COP") + "."}, Links: []ui.Link{{Label: "Répondre au questionnaire", Href: "/questionnaire"}, {Label: "La page de la COP", Href: x.page()}}}
	if !c.State.Takes() {
		how = part{ID: "repondre", Title: "Votre collectivité n’a pas répondu" + nb + "?", Lead: []string{"La campagne est close. Écrivez à l’équipe de la COP, qui peut la rouvrir" + nb + ": " + cmp.Or(c.Contact, x.cop.Contact, "ses coordonnées sont sur la page de la COP") + "."}}
	}
	m := x.departmentMap(rates)
	for i := range m.Places {
		m.Places[i].Href = "/departements/" + m.Places[i].Code
	}
	v.Maps = []ui.Map{m}
	v.Curve = curveOf(days, "Réponses validées, jour après jour")
	v.Parts = []part{typeTable(set, c, "region:"+x.Code), x.publicDepartments(rates), daysTable(days), how}
	return d.show(w, r, http.StatusOK, v, false, x.trail(ui.Link{Label: "Questionnaire"})...)
}

// publicDepartments is the rates by département: no list of who has not answered.
func (x place) publicDepartments(rates survey.Rates) part {
	t := ui.Table{ID: "departements", Caption: "Taux de réponse par département", CaptionHidden: true, Columns: []ui.Column{{Label: "Département"}, {Label: "Départements et EPCI", Number: true}, {Label: "Communes", Number: true}}}
	for _, d := range x.tree.Departments() {
		if d.Region != x.Code {
			continue
		}
		set := rates.Departments[d.Code]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: d.Name, Href: "/departements/" + d.Code}, rateCell(set.Total, survey.RateKey(x.cop.Cycle, "department:"+d.Code, "total"), "Taux de réponse, "+d.Name, noneOfThem),
			rateCell(set.Communes, survey.RateKey(x.cop.Cycle, "department:"+d.Code, "communes"), "Taux des communes, "+d.Name, "les communes ne sont pas invitées, ou ce département n’en a pas")}})
	}
	return part{ID: "par-departement", Title: "Par département", Table: t, Lead: []string{"Chaque collectivité compte dans le département de son siège."}}
}

// nationLine is a region in the national table.
type nationLine struct {
	territory.Region
	campaign survey.Campaign
	has      bool
	set      survey.RateSet
}

// national reads the rates of the eighteen regions: two statements.
func (d Deps) national(r *http.Request) (lines []nationLine, rates survey.Rates, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return nil, rates, err
	}
	rows, err := survey.RateRows(r.Context(), d.Q, cop.First, "")
	if err != nil {
		return nil, rates, err
	}
	campaigns, err := survey.Campaigns(r.Context(), d.Q, cop.First)
	if err != nil {
		return nil, rates, err
	}
	rates = survey.RatesOf(rows)
	for _, region := range m.Tree().Regions() {
		l := nationLine{Region: region, set: rates.Regions[region.Code]}
		for _, c := range campaigns {
			if c.Region == region.Code {
				l.campaign, l.has = c, true
				if c.State == survey.CampaignDraft {
					l.set = survey.RateSet{} // nobody was asked yet: that is no rate of zero
				}
			}
		}
		lines = append(lines, l)
	}
	return lines, rates, nil
}

// state is where the campaign of a region is, in words.
func (l nationLine) state() string {
	switch {
	case !l.has:
		return "pas préparée"
	case l.campaign.MarkedOn != "":
		return l.campaign.State.Name() + ", " + french.Day(l.campaign.MarkedOn)
	}
	return l.campaign.State.Name()
}

func (l nationLine) ratio() float64 {
	if !l.set.Total.Known() {
		return -1
	}
	return l.set.Total.Ratio()
}

// sorts are the columns that order the national table.
var sorts = map[string]func(a, b nationLine) int{
	"taux":     func(a, b nationLine) int { return cmp.Compare(b.ratio(), a.ratio()) },
	"reponses": func(a, b nationLine) int { return cmp.Compare(b.set.Total.Answers, a.set.Total.Answers) },
	"etat": func(a, b nationLine) int {
		at := func(l nationLine) int { return slices.Index(survey.CampaignStates(), l.campaign.State) }
		return cmp.Compare(at(b), at(a))
	},
}

// nation is the rates of the regions, and that of the nation with what it holds.
func (d Deps) nation(w http.ResponseWriter, r *http.Request) error {
	lines, rates, err := d.national(r)
	if err != nil {
		return err
	}
	days, err := survey.Curve(r.Context(), d.Q, cop.First, nil)
	if err != nil {
		return err
	}
	var revs []int64
	for _, l := range lines {
		revs = append(revs, l.campaign.Rev)
	}
	if fresh(w, r, shared, rates, days, revs, d.Now().Format("2006-01-02")) {
		return nil
	}
	order := r.URL.Query().Get("tri")
	if by := sorts[order]; by != nil {
		slices.SortStableFunc(lines, by)
	}
	set, here := rates.Nation, "/national/questionnaire"
	v := view{Heading: ui.Heading{Overline: "Questionnaire aux collectivités", Title: "Aucune région n’a encore marqué sa campagne presque finalisée", Scope: []string{"cycle " + cop.First, "hors communes"}, Lead: survey.NationRule},
		Foot: ui.Source{Text: "Réponses validées au questionnaire des COP régionales, comptées par Jalon.", Downloads: []ui.Link{{Label: "Ces taux (CSV)", Href: here + ".csv"}}, Print: true}}
	if set.Total.Known() {
		v.Heading.Title = percent(set.Total) + " des régions, départements et EPCI ont répondu, dans " + french.Integer(len(rates.Marked)) + nb + french.Plural(len(rates.Marked), "région", "régions")
		v.Heading.Explain = "/chiffres/" + survey.RateKey(cop.First, "nation", "total")
		v.Heading.Scope = append(v.Heading.Scope, outOf(set.Total))
	}
	m := ui.Map{ID: "carte", Title: "Taux de réponse des régions", Description: "Régions, départements et EPCI" + nb + "; communes à part.", Legend: classes(), ListTitle: "Les régions", TableHref: "#regions"}
	t := ui.Table{ID: "regions", Caption: "Taux de réponse des 18 régions", CaptionHidden: true, Columns: []ui.Column{{Label: "Région", SortHref: here + "#regions"}, {Label: "Campagne", SortHref: here + "?tri=etat#regions"}, {Label: "Taux", Number: true, SortHref: here + "?tri=taux#regions"},
		{Label: "Validées", Number: true, SortHref: here + "?tri=reponses#regions"}, {Label: "Collectivités", Number: true}, {Label: "Départements", Number: true}, {Label: "EPCI", Number: true}, {Label: "Communes", Number: true}}}
	for i, key := range map[int]string{0: "", 1: "etat", 2: "taux", 3: "reponses"} {
		if order == key {
			t.Columns[i].Sorted = map[bool]string{true: "ascending", false: "descending"}[key == ""]
		}
	}
	for _, l := range lines {
		page := "/regions/" + l.Slug + "/questionnaire"
		missing := "la campagne de cette région n’est pas encore préparée"
		if l.has && l.campaign.State == survey.CampaignDraft {
			missing = "la campagne de cette région n’est pas encore ouverte"
		}
		p := ui.Place{Code: l.Code, Name: l.Name, Href: page, Class: classOf(l.set.Total), Text: percent(l.set.Total) + ", " + l.state()}
		if !l.set.Total.Known() {
			p.Text, p.Missing = "", missing
		}
		m.Places = append(m.Places, p)
		cells := []ui.Cell{{Text: l.Name, Href: page}, {Text: l.state()}}
		for i, rate := range []survey.Rate{l.set.Total, l.set.Departments, l.set.Groups, l.set.Communes} {
			kind, why := []string{"total", "departements", "epci", "communes"}[i], missing
			if l.set.Total.Known() && kind == "communes" {
				why = "cette campagne n’invite pas les communes"
			}
			cell := rateCell(rate, survey.RateKey(cop.First, "region:"+l.Code, kind), l.Name+", taux de réponse", why)
			if i == 0 {
				cell.Sub = ""
				cells = append(cells, cell)
				if rate.Known() {
					cells = append(cells, ui.Cell{Text: french.Integer(rate.Answers)}, ui.Cell{Text: french.Integer(rate.Authorities)})
				} else {
					cells = append(cells, ui.Cell{Missing: missing}, ui.Cell{Missing: missing})
				}
				continue
			}
			cells = append(cells, cell)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	v.Maps = []ui.Map{m}
	v.Curve = curveOf(days, "Réponses validées dans le pays, jour après jour")
	nation := typeTable(set, survey.Campaign{Cycle: cop.First}, "nation")
	nation.ID, nation.Title = "nation", "Le pays"
	nation.Lead = append([]string{survey.NationRule, d.marked(lines)}, nation.Lead...)
	v.Parts = []part{{ID: "les-regions", Title: "Les régions", Table: t, Lead: []string{"Une région sans campagne n’a pas de taux" + nb + ": elle n’y compte pas pour zéro."}}, nation, daysTable(days)}
	return d.show(w, r, http.StatusOK, v, false, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: "Questionnaire"})
}

// marked names the regions that the rate of the nation holds.
func (d Deps) marked(lines []nationLine) string {
	var names []string
	for _, l := range lines {
		if l.campaign.State.Marked() {
			names = append(names, l.Name+" ("+l.state()+")")
		}
	}
	if len(names) == 0 {
		return "Aucune région n’y est encore."
	}
	slices.Sort(names)
	return "Y sont aujourd’hui" + nb + ": " + french.List(names) + "."
}

// nationCSV is the same as a file.
func (d Deps) nationCSV(w http.ResponseWriter, r *http.Request) error {
	lines, rates, err := d.national(r)
	if err != nil {
		return err
	}
	if fresh(w, r, shared, rates, d.Now().Format("2006-01-02")) {
		return nil
	}
	set := exchange.Dataset{Name: "questionnaire-taux"}
	for _, name := range []string{"région", "code", "état de la campagne", "marquée le", "compte dans le taux national"} {
		set.Fields = append(set.Fields, exchange.Field{Name: name})
	}
	for _, k := range survey.RateKinds() {
		set.Fields = append(set.Fields, exchange.Field{Name: k.Name + ", réponses"}, exchange.Field{Name: k.Name + ", collectivités"}, exchange.Field{Name: k.Name + ", taux en %"})
	}
	var rows [][]exchange.Datum
	line := func(cells []string, s survey.RateSet) {
		for _, k := range survey.RateKinds() {
			rate := k.Of(s)
			if !rate.Known() {
				cells = append(cells, "", "", "")
				continue
			}
			cells = append(cells, strconv.FormatInt(rate.Answers, 10), strconv.FormatInt(rate.Authorities, 10), french.Number(100*rate.Ratio(), 2))
		}
		var row []exchange.Datum
		for _, c := range cells {
			row = append(row, exchange.Text(c))
		}
		rows = append(rows, row)
	}
	for _, l := range lines {
		counts := "non"
		if l.campaign.State.Marked() {
			counts = "oui"
		}
		state := l.campaign.State.Name()
		if !l.has {
			state = "pas préparée"
		}
		line([]string{l.Name, l.Code, state, l.campaign.MarkedOn, counts}, l.set)
	}
	line([]string{"France, régions marquées", "", "", "", ""}, rates.Nation)
	set.Rows = exchange.Slice(rows)
	return preview.SendCSV(w, set)
}

// stop asks whoever follows the link of a mail whether they want no more of them:
// gateways that read mails change nothing.
func (d Deps) stop(w http.ResponseWriter, r *http.Request) error {
	y, email, err := d.Room.NoMailFor(r.Context(), d.Q, r.PathValue("word"))
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: "Ne plus recevoir ces courriels" + nb + "?", Scope: []string{y.Name}},
		Forms: []formView{{ID: "arreter", Title: "Pour " + email, Action: r.URL.EscapedPath(), Submit: "Ne plus m’écrire à ce sujet",
			Lead: "Plus aucune invitation ni relance sur ce questionnaire ne viendra à cette adresse. Le lien que vous avez reçu continue de servir" + nb + ": votre collectivité peut toujours répondre."}}}
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "private, no-store")
	return d.show(w, r, http.StatusOK, v, true)
}

// stopNow is that wish. A mail reader sends it alone, with one press.
func (d Deps) stopNow(w http.ResponseWriter, r *http.Request) error {
	if err := d.Room.StopMail(r.Context(), r.PathValue("word")); err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Questionnaire", Title: "C’est noté" + nb + ": nous ne vous écrirons plus à ce sujet"},
		Empty: ui.Empty{Title: "Votre collectivité peut toujours répondre", Text: "Le lien et le code que vous avez reçus restent valables. Transmettez-les à la personne qui répondra, si ce n’est pas vous.", Action: ui.Link{Label: "L’accueil de Jalon", Href: "/"}}}
	w.Header().Set("Cache-Control", "private, no-store")
	return d.show(w, r, http.StatusOK, v, true)
}

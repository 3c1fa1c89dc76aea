package knowledge

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/web/paper"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// diagnosisView leads to the parts of what is known of a region.
type diagnosisView struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Shared  *shared
	Parts   []part
	Foot    ui.Source
}

// shared is the diagnosis that both heads published: what it comes to, and where it
// is read.
type shared struct {
	Title, About string
	Said         []string // who validated it
	Doc          document.Document
	Findings     []ui.Link     // what its synthesis comes to
	Piece        document.Part // what the page shows of it, without blocks when there is nothing short
	Read         ui.Link
	Others       []ui.Link
}

type part struct{ Title, Text, Href string }

// diagnosis says what Jalon already knows of a region before anyone is asked, and
// leads to each part.
func (d Deps) diagnosis(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	asked, told, err := d.asked(r, x)
	if err != nil {
		return err
	}
	plans, err := plan.OfRegion(ctx, d.Q, x.Code)
	if err != nil {
		return err
	}
	notes, err := knowledge.PublishedNotes(ctx, d.Q, x.Code)
	if err != nil {
		return err
	}
	kept := map[knowledge.Kind]string{}
	for kind, words := range map[knowledge.Kind][2]string{knowledge.Strength: {"point fort retenu", "points forts retenus"}, knowledge.Obstacle: {"frein retenu", "freins retenus"}} {
		list, err := d.Room.List(ctx, d.Q, policy.Actor{}, knowledge.Filter{Kind: kind, Region: x.Code, State: knowledge.Retained}, "", 1)
		if err != nil {
			return err
		}
		if kept[kind] = counted(list.Total, list.More, words[0], words[1]); list.Total == 0 {
			kept[kind] = "Aucun " + words[0] + " pour l’instant"
		}
	}
	base := x.base()
	v := diagnosisView{Heading: ui.Heading{Overline: "Diagnostic", Title: x.Name + nb + ": ce que l’on sait déjà, et ce que disent les collectivités",
		Scope: []string{"objectifs indicatifs, proposés à la discussion", "chaque chiffre avec sa source"},
		Lead:  "Ce que visent les plans, ce qui se passe, ce qui marche, ce qui bloque, et ce qu’en disent les experts. Le diagnostic partagé s’écrira à partir de ces pages."},
		Tabs: wording.RegionTabs(x.Region, wording.TabDiagnosis), Foot: ui.Source{Text: "chaque page nomme ses sources.", Print: true}}
	v.Parts = []part{
		{wording.TabObjectives, "Ce que l’État propose, ce que la COP a partagé, levier par levier, et qui ne le tient pas.", base + "/objectifs"},
		{wording.TabPlans, orNone(len(plans), "Aucun plan enregistré pour l’instant", "plan enregistré", "plans enregistrés") + ", face au panorama de l’État, levier par levier.", base + "/plans"},
		{wording.TabTrends, "Ce qui se passe, levier par levier, et si le rythme suffit pour 2030.", base + "/tendances"},
		{wording.TabNature, "Les axes qui ne se comptent pas en tonnes de CO₂" + nb + ": eau, sols, espèces, déchets, alimentation.", base + "/biodiversite-ressources"},
		{wording.TabStrengths, kept[knowledge.Strength] + " par l’équipe de la COP.", base + "/points-forts"},
		{wording.TabObstacles, kept[knowledge.Obstacle] + ", et ce que l’échelon national en dit.", base + "/freins"},
		{wording.TabNotes, orNone(len(notes), "Aucune note pour l’instant", "note", "notes") + nb + ": des constats datés et signés par des services et des observatoires.", base + "/notes"},
		{wording.TabQuestionnaire, asked, base + "/questionnaire"},
		{wording.TabAnswers, told, base + "/restitution"},
		{wording.TabThemes, "La liste des thèmes de la région, et ceux que les deux têtes de la COP mettent en priorité, avec leur raison.", base + "/themes"},
		{"Bonnes pratiques", "Ce que d’autres régions ont retenu, et dont celle-ci peut s’inspirer.", practicesPath},
	}
	if v.Shared, err = d.shared(r, x); err != nil {
		return err
	}
	if v.Shared != nil {
		v.Heading.Title = x.Name + nb + ": un diagnostic partagé par les deux têtes de la COP, et ce que l’on sait depuis"
		v.Heading.Lead = "Le diagnostic validé par les deux têtes de la COP, puis les pages tenues à jour dont il est fait."
	}
	page := d.Shell.Page(r, v.Heading.Title, "Ce que Jalon sait déjà de la région"+nb+": plans, tendances, points forts, freins et notes d’expertise.", trail(x, ui.Link{Label: "Diagnostic"})...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, diagnosisPage(v))
}

// shared is the last diagnosis that a region published, nil for none.
func (d Deps) shared(r *http.Request, x where) (*shared, error) {
	ctx := r.Context()
	c, err := cop.OfRegion(ctx, d.Q, x.Code)
	if err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return nil, nil // a region without a COP has no diagnosis either
		}
		return nil, err
	}
	list, err := composition.PublishedEditions(ctx, d.Q, composition.Diagnosis, c.ID, "")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	e := list[0]
	p, err := document.Find(ctx, d.Q, e.Publication)
	if err != nil {
		return nil, err
	}
	f, err := document.Load(ctx, d.Q, p)
	if err != nil {
		return nil, err
	}
	act, err := cop.FindAct(ctx, d.Q, e.Act)
	if err != nil {
		return nil, err
	}
	zone := c.Location()
	base := x.base() + "/diagnostic/editions"
	here := base + "/" + strconv.FormatInt(e.Seq, 10)
	out := &shared{Title: p.Title, About: "Édition n°" + nb + french.Integer(e.Seq) + ", situation au " + french.Day(e.Day) + ", publiée le " + french.Day(e.PublishedOn) + ".", Doc: f.Document,
		Read: ui.Link{Label: "Lire le diagnostic partagé", Href: here}}
	gist := composition.GistOf(f.Document)
	out.Piece = gist.Part
	for _, x := range gist.Findings {
		out.Findings = append(out.Findings, ui.Link{Label: x[0], Href: here + "#" + x[1]})
	}
	for _, w := range act.Consents {
		out.Said = append(out.Said, c.Head(w.Side)+nb+": validation enregistrée le "+french.Date(w.At.In(zone)))
	}
	for _, m := range p.Manifest {
		if name := map[string]string{document.PDFPart: "PDF", document.TextPart: "Texte (ODT)", document.SlidesPart: "Diaporama (PPTX)"}[m.Path]; name != "" {
			out.Others = append(out.Others, ui.Link{Label: name, Href: here + "/" + m.Path})
		}
	}
	out.Others = append(out.Others, ui.Link{Label: "Toutes les éditions", Href: base})
	return out, nil
}

// asked says where the questionnaire of a region stands, and what is published of
// its answers: two statements.
func (d Deps) asked(r *http.Request, x where) (asked, told string, err error) {
	asked, told = "La campagne n’est pas encore ouverte"+nb+": ce qui sera demandé aux collectivités se lit déjà.", "Ce que répondent les collectivités, levier par levier\u00a0; rien n’est encore publié."
	campaigns, err := survey.Campaigns(r.Context(), d.Q, cop.First)
	if err != nil {
		return asked, told, err
	}
	for _, c := range campaigns {
		if c.Region != x.Code || c.State == survey.CampaignDraft {
			continue
		}
		rows, err := survey.RateRows(r.Context(), d.Q, c.Cycle, c.ID)
		if err != nil {
			return asked, told, err
		}
		asked = "Campagne " + c.State.Name() + "."
		if rate := survey.RatesOf(rows).Regions[x.Code].Total; rate.Known() {
			asked = "Campagne " + c.State.Name() + nb + ": " + french.Percent(rate.Ratio(), 3) + " des régions, départements et EPCI ont répondu."
		}
		if c.PublishedOn != "" {
			told = "Ce que répondent les collectivités, levier par levier, publié le " + french.Day(c.PublishedOn) + "."
		}
	}
	return asked, told, nil
}

// orNone counts things, and says so in words when there is none.
func orNone(n int, none, one, many string) string {
	if n == 0 {
		return none
	}
	return counted(int64(n), false, one, many)
}

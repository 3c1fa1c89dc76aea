// Package sheets serves the own sheet of an authority: what it answered beside
// similar ones, the panorama of its levers, the strong points that its neighbours
// share.
package sheets

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell     *shell.Shell
	Model     func(ctx context.Context) (*panorama.Model, error)
	Q         db.Q
	Room      *survey.Room
	Knowledge *knowledge.Room
	// Actions are those that are linked to a response, as far as a reader may read them;
	// nil where no room has any.
	Actions func(ctx context.Context, a policy.Actor, to ...link.End) ([]ui.Link, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"sheet": d.sheet}
}

const nb = french.NoBreak

// cookieName is where a browser keeps the seats that it took, as the pages of
// answers write it.
const cookieName = "jalon_sieges"

// sheet is what is drawn from.
type sheet struct {
	survey.Response
	form    questionnaire.Form // of its path
	answers questionnaire.Answers
	cycle   string
	version int64 // 0 for answers that are not validated yet
	day     string
	open    bool // a correction is being written
	seated  bool
}

// find reads the response of an address for whoever sits at its table, or may read
// it by their own roles: the team of its COP, the nation.
func (d Deps) find(r *http.Request) (x sheet, err error) {
	ctx := r.Context()
	if x.Response, err = survey.FindResponse(ctx, d.Q, r.PathValue("id")); err != nil {
		return x, err
	}
	cookie := ""
	if c, err := r.Cookie(cookieName); err == nil {
		cookie = c.Value
	}
	who := shell.Of(r)
	_, err = d.Room.SeatAt(ctx, d.Q, cookie, who.Actor, who.Name, x.Response)
	if x.seated = err == nil; err != nil {
		if err := policy.Check(who.Actor, policy.Read, x.Thing()); err != nil {
			return x, err
		}
	}
	c, err := survey.FindCampaign(ctx, d.Q, x.Campaign)
	if err != nil {
		return x, err
	}
	x.cycle = c.Cycle
	code, number := c.Form, x.FormVersion
	if x.Seq > 0 {
		v, err := survey.VersionAt(ctx, d.Q, x.ID, x.Seq)
		if err != nil {
			return x, err
		}
		x.answers, x.version, x.day, code, number = v.Map(), v.Seq, french.Date(v.At), v.Form, v.FormVersion
		x.open = x.State != survey.Done
	} else {
		drafts, err := survey.Drafts(ctx, d.Q, x.ID)
		if err != nil {
			return x, err
		}
		x.answers = survey.AnswersOf(drafts)
	}
	p, err := d.Room.PathOf(ctx, d.Q, code, number, x.Kind)
	if err != nil {
		return x, err
	}
	x.form = p.Form
	return x, nil
}

type view struct {
	Heading  ui.Heading
	Notices  []ui.Alert
	Beside   string // who the similar ones are
	Findings []finding
	Table    ui.Table
	Scale    string
	Lines    ui.Table
	LineLead string
	LineLink ui.Link
	Shared   []ui.Link
	NoShared string
	SharedTo ui.Link
	Actions  []ui.Link
	Back     ui.Link
	Foot     ui.Source
}

type finding struct {
	Title string
	Items []string
}

func (d Deps) sheet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	x, err := d.find(r)
	if err != nil {
		return err
	}
	m, err := d.Model(ctx)
	if err != nil {
		return err
	}
	beside, err := restitution.SheetOf(ctx, d.Q, x.cycle, x.Response, x.form, x.answers)
	if err != nil {
		return err
	}
	v := view{Heading: heading(x, beside), Beside: besideWhom(x, beside, m.Tree()), Scale: "De 0 à 1" + nb + ": moyenne des actions notées du levier. Pertinence" + nb + ": 0 pas pertinente, 1 très pertinente. Mobilisation" + nb + ": 0 rien d’engagé, 1 déployé" + nb + "; «" + nb + "non concerné" + nb + "» n’y entre pas.",
		Foot: ui.Source{Text: "réponses au questionnaire de la COP" + nb + "; panorama territorial de la planification écologique. Objectifs indicatifs, proposés à la discussion.", Print: true}}
	if x.seated {
		v.Back = ui.Link{Label: "Revenir à votre réponse", Href: "/reponses/" + x.ID}
	}
	switch {
	case x.version == 0:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Réponse pas encore validée", Text: "Cette fiche est faite de ce qui est saisi à cet instant. Elle change avec vos réponses, et personne d’autre que vous et l’équipe de la COP ne la voit."})
	case x.open:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Une correction est en cours", Text: "Cette fiche est faite de la version " + strconv.FormatInt(x.version, 10) + ", validée le " + x.day + ". La correction y viendra une fois validée."})
	}
	v.Table, v.Findings = compared(beside)
	if err := d.panorama(&v, x, m); err != nil {
		return err
	}
	if err := d.shared(ctx, &v, x, m.Tree()); err != nil {
		return err
	}
	if d.Actions != nil {
		if v.Actions, err = d.Actions(ctx, shell.Actor(r), link.End{Kind: link.Response, ID: x.ID}); err != nil {
			return err
		}
	}
	page := d.Shell.Page(r, v.Heading.Title, "", ui.Link{Label: x.Name, Href: v.Back.Href}, ui.Link{Label: "Fiche"})
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.Render(w, r, page, sheetPage(v))
}

func heading(x sheet, b restitution.Beside) ui.Heading {
	h := ui.Heading{Overline: "Fiche de la collectivité", Title: x.Name + nb + ": vos réponses, et le panorama de vos leviers"}
	if b.Others > 0 {
		h.Title = x.Name + nb + ": vos réponses, à côté de " + french.Integer(b.Others) + " collectivités semblables"
	}
	h.Scope = []string{"ce qui est saisi, pas encore validé"}
	if x.version > 0 {
		h.Scope = []string{"version " + strconv.FormatInt(x.version, 10) + ", validée le " + x.day}
	}
	h.Scope = append(h.Scope, "réservée à la collectivité et à l’équipe de la COP")
	return h
}

func plural(k questionnaire.Kind) string {
	return map[questionnaire.Kind]string{questionnaire.Commune: "communes", questionnaire.Group: "intercommunalités", questionnaire.Department: "départements", questionnaire.Region: "régions"}[k]
}

// besideWhom says who the similar authorities are, and why they are widened.
func besideWhom(x sheet, b restitution.Beside, tree *territory.Tree) string {
	size := ""
	for _, s := range survey.Sizes() {
		if s.Code == x.Size {
			size = " de la même taille (" + s.Name + ")"
		}
	}
	department := x.Department
	if d, err := tree.Dept(x.Department); err == nil {
		department = d.Name
	}
	region := x.Region
	if r, err := tree.Region(x.Region); err == nil {
		region = r.Name
	}
	n := french.Integer(b.Others) + " " + plural(x.Kind)
	wider := "Moins de cinq du même département ont répondu" + nb + ": la comparaison est élargie. "
	switch b.Near {
	case restitution.NearDepartment:
		return n + size + " du même département, " + department + ", ont validé leur réponse."
	case restitution.NearSize:
		return wider + n + size + " de la région " + region + " ont validé leur réponse."
	case restitution.NearRegion:
		return "Moins de cinq de la même taille ont répondu" + nb + ": la comparaison est élargie. " + n + " de la région " + region + ", de toutes tailles, ont validé leur réponse."
	case restitution.NearNation:
		return "Moins de cinq ont répondu dans la région" + nb + ": la comparaison est élargie. " + n + size + " de toute la France ont validé leur réponse."
	case restitution.NearKind:
		return "Moins de cinq de la même taille ont répondu" + nb + ": la comparaison est élargie. " + n + " de toute la France, de toutes tailles, ont validé leur réponse."
	}
	return "Moins de cinq collectivités semblables ont validé leur réponse, dans la région et en France" + nb + ": la comparaison viendra quand elles seront cinq, pour que personne ne soit reconnu."
}

func note(v float64) string { return french.Number(v, 1) }

// far is from what difference one says more, or less, than others do.
const far = 0.15

// compared is the table of levers, and what stands out of it.
func compared(b restitution.Beside) (ui.Table, []finding) {
	t := ui.Table{ID: "leviers-compares", Caption: "Pertinence et mobilisation par levier, la vôtre et celle des collectivités semblables", Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Actions notées"}, {Label: "Votre pertinence", Number: true}, {Label: "Pertinence des autres", Number: true}, {Label: "Votre mobilisation", Number: true}, {Label: "Mobilisation des autres", Number: true}}}
	type gap struct {
		title string
		by    float64
	}
	var ahead, behind []gap
	for _, l := range b.Levers {
		row := []ui.Cell{{Text: l.Section.Title}, {Text: french.Integer(l.Rated) + " sur " + french.Integer(l.Asked)}}
		for axis := range 2 {
			own, others := ui.Cell{Text: note(l.Own[axis])}, ui.Cell{Text: note(l.Mean[axis])}
			switch {
			case l.Skipped:
				own = ui.Cell{Missing: "levier passé" + nb + ": pas notre compétence"}
			case !l.HasOwn[axis]:
				own = ui.Cell{Missing: "aucune action notée"}
			}
			switch {
			case b.Others == 0:
				others = ui.Cell{Missing: "moins de cinq collectivités semblables ont répondu"}
			case !l.Known[axis]:
				others = ui.Cell{Missing: "moins de cinq collectivités semblables ont noté ce levier"}
			}
			row = append(row, own, others)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
		if l.HasOwn[1] && l.Known[1] && !l.Skipped {
			switch by := l.Own[1] - l.Mean[1]; {
			case by >= far:
				ahead = append(ahead, gap{l.Section.Title, by})
			case by <= -far:
				behind = append(behind, gap{l.Section.Title, -by})
			}
		}
	}
	say := func(title string, gaps []gap) (out finding) {
		out.Title = title
		slices.SortStableFunc(gaps, func(a, b gap) int {
			switch {
			case a.by > b.by:
				return -1
			case a.by < b.by:
				return 1
			}
			return 0
		})
		for _, g := range gaps[:min(5, len(gaps))] {
			out.Items = append(out.Items, g.title)
		}
		return out
	}
	var found []finding
	if len(ahead) > 0 {
		found = append(found, say("Là où vous dites en faire plus que les autres", ahead))
	}
	if len(behind) > 0 {
		found = append(found, say("Là où les autres disent en faire plus", behind))
	}
	return t, found
}

// panorama adds the objectives of the authority's territory, the largest first,
// beside what it says of each lever.
func (d Deps) panorama(v *view, x sheet, m *panorama.Model) error {
	at := survey.PlaceOf(x.Response)
	p, err := m.Of(at)
	if apperr.KindOf(err) == apperr.NotFound {
		v.LineLead = "Le panorama de ce territoire n’est pas connu de Jalon."
		return nil
	}
	if err != nil {
		return err
	}
	place, err := m.Tree().Lookup(at)
	if err != nil {
		return err
	}
	v.LineLead = "Ce que l’État propose à la discussion pour " + place.Name + ", en 2030 par rapport à 2019, levier par levier" + nb + ": les douze plus grands."
	if at.Scale == territory.RegionS && x.Kind != questionnaire.Region {
		v.LineLead = "Votre collectivité sert plusieurs territoires, ou n’en a pas dans le panorama" + nb + ": voici celui de sa région, " + place.Name + "."
	}
	v.LineLink = ui.Link{Label: "Tout le panorama de " + place.Name, Href: panoramaPath(at, m.Tree())}
	said := map[string][]string{} // by lever of 2023-24
	for _, s := range x.form.Sections {
		if s.Lever == "" {
			continue
		}
		via, err := m.Framework().ObjectiveVia(s.Lever)
		if err != nil {
			continue
		}
		for _, l := range via {
			said[l.Code] = append(said[l.Code], s.Title)
		}
		if len(via) > 0 {
			continue
		}
		// A part of a wider lever of 2023-24: that one is asked about, by its parts.
		for _, k := range m.Framework().Crosswalk(s.Lever) {
			if k.Kind == framework.PartOf && k.From == s.Lever {
				said[k.To] = append(said[k.To], s.Title)
			}
		}
	}
	v.Lines = ui.Table{ID: "panorama", Caption: "Objectifs indicatifs du territoire, les plus grands d’abord", Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Objectif", Number: true, Unit: "ktCO₂e par an"}, {Label: "Dans le questionnaire", Wide: true}}}
	for _, l := range p.Lines {
		if !l.Objective.Known || len(v.Lines.Rows) == 12 {
			continue
		}
		in := ui.Cell{Missing: "ce levier n’est pas demandé à votre type de collectivité"}
		if s := said[l.Lever.Code]; len(s) > 0 {
			in = ui.Cell{Text: strings.Join(s, ", ")}
		}
		name := ui.Cell{Text: l.Lever.Name, Href: "/leviers/" + l.Lever.Code}
		if sector, err := m.Framework().Sector(l.Lever.Sector); err == nil {
			name.Sub = sector.Name // two levers bear one name, in two sectors
		}
		v.Lines.Rows = append(v.Lines.Rows, ui.Row{Cells: []ui.Cell{name, {Text: french.Significant(float64(l.Objective.Kg)/1e6, 3), Explain: "/chiffres/" + l.FigureKey}, in}})
	}
	return nil
}

func panoramaPath(at territory.Ref, tree *territory.Tree) string {
	switch at.Scale {
	case territory.RegionS:
		if r, err := tree.Region(at.Code); err == nil {
			return "/regions/" + r.Slug + "/panorama"
		}
	case territory.Department:
		return "/departements/" + at.Code + "/panorama"
	case territory.CommuneS:
		return "/communes/" + at.Code + "/panorama"
	}
	return "/epci/" + at.Code + "/panorama"
}

// shared adds the strong points of others that the team of the region retained:
// those of the département first, then those of the levers that it is asked about.
func (d Deps) shared(ctx context.Context, v *view, x sheet, tree *territory.Tree) error {
	region, err := tree.Region(x.Region)
	if err != nil {
		return err
	}
	base := "/regions/" + region.Slug + "/points-forts"
	v.SharedTo = ui.Link{Label: "Tous les points forts de la région", Href: base}
	v.NoShared = "L’équipe de la COP n’a pas encore retenu de point fort d’autres collectivités de la région."
	list, err := d.Knowledge.List(ctx, d.Q, policy.Actor{}, knowledge.Filter{Kind: knowledge.Strength, Region: x.Region, State: knowledge.Retained}, "", 200)
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	for _, s := range x.form.Sections {
		asked[s.Lever] = s.Lever != ""
	}
	near := func(t knowledge.Item) int {
		n := 0
		if t.Department != "" && t.Department == x.Department {
			n += 2
		}
		if slices.ContainsFunc(t.Levers, func(l string) bool { return asked[l] }) {
			n++
		}
		return n
	}
	kept := slices.DeleteFunc(list.Rows, func(t knowledge.Item) bool { return t.Org == x.Authority })
	slices.SortStableFunc(kept, func(a, b knowledge.Item) int { return near(b) - near(a) })
	for _, t := range kept[:min(8, len(kept))] {
		v.Shared = append(v.Shared, ui.Link{Label: t.Organisation + nb + ": " + t.Title, Href: base + "/" + t.ID})
	}
	return nil
}

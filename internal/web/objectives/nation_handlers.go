package objectives

import (
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// NationPath is the address of what the COPs aim at together, for those who read
// the board; SharedPath that of what they shared, for anyone.
const (
	NationPath = "/national/objectifs"
	SharedPath = "/objectifs"
)

// nationReading is the consolidation as whoever asks may read it.
type nationReading struct {
	objective.Consolidation
	m     *panorama.Model
	asked string
	board bool // the pages of the board, for those who read it
}

func (d Deps) consolidation(r *http.Request, a policy.Actor, board bool) (x nationReading, err error) {
	x = nationReading{asked: r.URL.Query().Get("cycle"), board: board}
	if x.m, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	cycle := x.asked
	if cycle == "" {
		if cycle, err = objective.LatestCycle(r.Context(), d.Q); err != nil {
			return x, err
		}
	} else if _, err = cop.FindCycle(r.Context(), d.Q, cycle); err != nil {
		return x, err
	}
	x.Consolidation, err = objective.ReadConsolidation(r.Context(), d.Q, x.m, cycle, a)
	return x, err
}

func (x nationReading) base() string {
	if x.board {
		return NationPath
	}
	return SharedPath
}

func (x nationReading) query() string {
	if x.asked == "" {
		return ""
	}
	return "?cycle=" + x.asked
}

// sees tells that the reader reads something that is only discussed.
func (x nationReading) sees() bool {
	return slices.ContainsFunc(slices.Concat(x.Lines, x.Corse, x.Overseas), func(l objective.NationLine) bool { return l.Discussed > 0 })
}

func (d Deps) nation(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayRead(shell.Actor(r)); err != nil {
		return err
	}
	x, err := d.consolidation(r, shell.Actor(r), true)
	if err != nil {
		return err
	}
	v := x.page()
	v.Heading.Overline = "Tableau national, objectifs des COP"
	v.Notices = notices(x.sees())
	return d.acrossPage(w, r, v, true, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: "Objectifs"})
}

// shared is what anyone reads of the nation: no session is asked for, so that the
// page is the same for everybody.
func (d Deps) shared(w http.ResponseWriter, r *http.Request) error {
	x, err := d.consolidation(r, policy.Actor{}, false)
	if err != nil {
		return err
	}
	v := x.page()
	v.Heading.Overline = "Objectifs partagés par les COP"
	return d.acrossPage(w, r, v, false, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Objectifs partagés"})
}

func (d Deps) nationCSV(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayExport(shell.Actor(r)); err != nil {
		return err
	}
	return d.sendNation(w, r, shell.Actor(r), true)
}

func (d Deps) sharedCSV(w http.ResponseWriter, r *http.Request) error {
	return d.sendNation(w, r, policy.Actor{}, false)
}

// sendNation gives every region and lever to a spreadsheet.
func (d Deps) sendNation(w http.ResponseWriter, r *http.Request, a policy.Actor, board bool) error {
	x, err := d.consolidation(r, a, board)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "objectifs-regions", Fields: []exchange.Field{{Name: "code_levier"}, {Name: "levier"}, {Name: "code_region"}, {Name: "region"}, {Name: "propose_kt", Number: true}, {Name: "lu_kt", Number: true}, {Name: "raison"},
		{Name: "etat"}, {Name: "partage_le"}, {Name: "ecart_kt", Number: true}, {Name: "dissensus", Number: true}, {Name: "objectif_national_kt", Number: true}, {Name: "cle"}}}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, l := range slices.Concat(x.Lines, x.Corse, x.Overseas) {
			for _, c := range l.Regions {
				key := "" // an explanation tells what anyone may read alone
				if public(c.Cell) {
					key = objective.Key(l.Lever.Code, "region:"+c.Region.Code, x.Cycle)
				}
				if !yield([]exchange.Datum{exchange.Text(l.Lever.Code), exchange.Text(l.Lever.Name), exchange.Text(c.Region.Code), exchange.Text(c.Region.Name), kilotonnes(c.Offered), kilotonnes(c.Read), exchange.Text(c.Read.Reason),
					exchange.Text(c.State.Name()), exchange.Text(c.On), kilotonnes(gapOf(c)), exchange.Integer(c.Dissent), kilotonnes(l.National), exchange.Text(key)}, nil) {
					return
				}
			}
		}
	}
	return preview.SendCSV(w, data)
}

// gapOf is what is read for a region less what is offered to it.
func gapOf(c objective.RegionCell) panorama.Amount { return less(c.Read, c.Offered) }

// less is a mass less another, unknown for the reason of the one that is.
func less(read, offered panorama.Amount) panorama.Amount {
	switch {
	case !read.Known:
		return panorama.Amount{Reason: read.Reason}
	case !offered.Known:
		return panorama.Amount{Reason: offered.Reason}
	}
	return panorama.Amount{Kg: read.Kg - offered.Kg, Known: true}
}

// nationLever is one lever in the 18 regions.
func (d Deps) nationLever(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayRead(shell.Actor(r)); err != nil {
		return err
	}
	x, err := d.consolidation(r, shell.Actor(r), true)
	if err != nil {
		return err
	}
	lever, err := x.m.Framework().Lever(r.PathValue("lever"))
	if err != nil {
		return err
	}
	var lines []objective.NationLine
	for _, list := range [][]objective.NationLine{x.Lines, x.Corse, x.Overseas} {
		for _, l := range list {
			if l.Lever.Code == lever.Code {
				lines = append(lines, l)
			}
		}
	}
	if len(lines) == 0 {
		return apperr.NotFoundf("Ce levier n’est pas de ceux que le panorama propose aux régions.")
	}
	v := across{Notices: notices(slices.ContainsFunc(lines, func(l objective.NationLine) bool { return l.Discussed > 0 }))}
	v.Heading = ui.Heading{Overline: "Objectifs des COP", Title: lever.Name + sp + ": " + shares(lines), Scope: x.scope()}
	s := acrossSection{ID: "regions", Title: "Les 18 régions", Table: ui.Table{ID: "par-region", Caption: "Où en est chaque région", Columns: []ui.Column{{Label: "Région", Wide: true}, {Label: "À ce jour", Unit: wording.Kilotonnes, Number: true}, {Label: "État"},
		{Label: "Proposé par le panorama", Unit: "kt", Number: true}, {Label: "Écart à ce qui est proposé", Unit: "kt", Number: true}, {Label: "Désaccords", Unit: "parties", Number: true}}}}
	by := map[string]objective.RegionCell{}
	for _, l := range lines {
		for _, c := range l.Regions {
			by[c.Region.Code] = c
		}
	}
	decimals := wording.TableDecimals(lines[0].Offered.Kg)
	var all []spread
	for _, region := range x.m.Tree().Regions() {
		href := "/regions/" + region.Slug + "/objectifs"
		c, ok := by[region.Code]
		if !ok {
			why := panorama.Amount{Reason: "ce levier n’est pas de ceux de cette région\u00a0: l’outre-mer et la Corse ont les leurs"}
			missing := ui.Cell{Missing: why.Reason}
			s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: region.Name, Href: href}, missing, missing, missing, missing, missing}})
			all = append(all, spread{Code: region.Code, Name: region.Name, Href: href, Amount: why})
			continue
		}
		read := explained(amount(c.Read, decimals), objective.Key(lever.Code, "region:"+region.Code, x.Cycle), region.Name, public(c.Cell))
		if o := c.Objective; o != nil {
			v := o.Value
			if c.State == objective.Shared {
				v = o.SharedValue
			}
			if v.Level.Known {
				read.Sub = v.LevelText()
			}
		}
		offered := explained(amount(c.Offered, decimals), panorama.FigureKey(panorama.July, lever.Code, c.Territory.Ref), region.Name+", proposé", true)
		s.Table.Rows = append(s.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: region.Name, Href: href}, read, stateText(c.Cell, true), offered, difference(gapOf(c), decimals), {Text: french.Integer(c.Dissent)}}})
		all = append(all, spread{Code: region.Code, Name: region.Name, Href: href, Amount: c.Read})
	}
	s.Map = mapOf("carte", lever.Name+sp+": à ce jour, dans chaque région", "par-region", false, all)
	for _, l := range lines {
		s.Lead = append(s.Lead, x.sentence(l))
		s.List = append(s.List, l.Why...)
	}
	if len(s.List) > 0 {
		s.ListTitle = "Ce qui sépare l’objectif national de ce qui est proposé aux régions"
	}
	v.Sections = []acrossSection{s}
	v.Foot = ui.Source{Text: "panorama de l’État, juillet 2024" + sp + "; objectifs des COP, lus à l’instant.", Sources: []ui.Link{{Label: "Le levier", Href: wording.LeverPath(lever.Code)}}, Print: true}
	return d.acrossPage(w, r, v, true, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: "Objectifs", Href: NationPath + x.query()}, ui.Link{Label: lever.ShortName})
}

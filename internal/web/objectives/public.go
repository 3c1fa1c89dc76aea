package objectives

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/web/preview"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// shared is what anyone reads of the objectives of a region.
type shared struct {
	where
	lines []objective.Line
	// subjects are those of biodiversity and resources that both heads shared.
	subjects []objective.Line
	held     map[string][]objective.Dissent
	lists    []objective.SharingList // both heads shared, the newest first
}

// sharedOf reads what both heads of a region shared: nothing of what is discussed.
func (d Deps) sharedOf(r *http.Request) (x shared, err error) {
	if x.where, err = d.which(r); err != nil {
		return x, err
	}
	ctx := r.Context()
	rows, err := objective.OfTerritory(ctx, d.Q, x.cop.ID, x.place.Ref().String())
	if err != nil {
		return x, err
	}
	x.lines = x.place.Lines(rows, false)
	for _, l := range x.place.SubjectLines(rows, false) {
		if l.Put() {
			x.subjects = append(x.subjects, l)
		}
	}
	if x.held, err = objective.Dissents(ctx, d.Q, x.cop.ID, false); err != nil {
		return x, err
	}
	all, err := objective.Sharings(ctx, d.Q, x.cop.ID)
	for _, s := range all {
		if s.State == objective.SharingShared && territoryIsRegion(s) {
			x.lists = append(x.lists, s)
		}
	}
	return x, err
}

// list is the list that shared the value in force of an objective, empty when its
// page is not to be read.
func (x shared) list(o objective.Objective) (objective.SharingList, bool) {
	for _, s := range x.lists {
		for _, l := range s.Frozen.Lines {
			if l.Objective == o.ID {
				return s, true
			}
		}
	}
	return objective.SharingList{}, false
}

func (d Deps) public(w http.ResponseWriter, r *http.Request) error {
	x, err := d.sharedOf(r)
	if err != nil {
		return err
	}
	base := x.cop.Path()
	g := objective.GaugeOf(x.lines)
	v := view{Heading: ui.Heading{Overline: "Objectifs de la COP", Title: x.name() + nb + ": " + x.finding(g), Scope: x.scope()}, Pages: x.pages(),
		Gauge: gauge(g), Facts: x.facts(x.lines, g, false), Intro: "Le panorama propose, la COP discute, ses deux têtes partagent. Cette page montre ce qui est partagé\u00a0; pour les autres leviers, ce que l’État propose à la discussion. Un levier est une famille d’actions (voitures électriques, isolation des logements…)\u00a0; 1 ktCO₂e, ce sont mille tonnes de gaz à effet de serre. Ces objectifs sont indicatifs."}
	v.Gauge.Label = "Somme des objectifs partagés, face à ce que le panorama propose"
	v.Next = next{"Chaque département et chaque CRTE (contrat local de transition écologique) a sa part, à titre indicatif.", ui.Link{Label: "Voir si leur somme redonne la région", Href: base + "/objectifs/bouclage"}}
	if g.SharedLevers > 0 {
		v.Gauge.AssignedWhy = wording.FigurePath(objective.TotalKey(objective.SharedTotal, x.region.Code, x.cop.Cycle))
	}
	v.Gauge.ObjectiveWhy = offeredWhy(x.where)
	v.Table, v.Subjects = x.table(), x.subjectTable()
	v.Sections = append(v.Sections, x.dissents(), x.sharings(base))
	v.Foot = ui.Source{Text: "panorama de l’État, juillet 2024" + nb + "; listes validées par les deux têtes de la COP.", Sources: []ui.Link{{Label: "Ce que donnent les départements et les CRTE, face à la région (bouclage)", Href: base + "/objectifs/bouclage"}, {Label: "Ce que les actions retenues en couvrent", Href: "/regions/" + x.region.Slug + "/couverture"}, {Label: "Les autres régions", Href: SharedPath}}, Downloads: []ui.Link{{Label: "Ces objectifs (CSV)", Href: base + "/objectifs.csv"}}, Print: true}
	page := d.Shell.Page(r, v.Heading.Title, "Les objectifs que la COP de la région a partagés, levier par levier, à côté de ce que le panorama de l’État propose, avec les désaccords.", d.trail(x.where, ui.Link{Label: "Objectifs"})...)
	return d.Shell.Render(w, r, page, tablePage(v))
}

// scope says what the page is of; that of a later COP says its cycle.
func (x shared) scope() []string {
	if x.cop.Cycle == cop.First {
		return wording.Scope(x.place.Panorama)
	}
	return append([]string{"cycle " + x.cop.Cycle}, wording.Scope(x.place.Panorama)...)
}

func publicFinding(g objective.Gauge, levers int) string {
	if g.SharedLevers == 0 {
		return "la COP n’a pas encore partagé d’objectif"
	}
	text := french.Integer(g.SharedLevers) + nb + french.Plural(g.SharedLevers, "objectif partagé", "objectifs partagés") + " sur " + french.Integer(levers) + nb + "leviers"
	if g.Offered > 0 && g.Put > 0 {
		text += ", soit " + percentText(g.Put, g.Offered) + " de ce que le panorama propose"
	}
	return text
}

func (x shared) table() ui.Table {
	decimals := wording.TableDecimals(x.place.Panorama.Total.Kg)
	t := ui.Table{ID: "leviers", Caption: "Chaque levier" + nb + ": ce qui est proposé, ce que la COP a partagé", Columns: []ui.Column{{Label: "Levier"}, {Label: "Proposé", Unit: wording.Kilotonnes, Number: true}}}
	t.Columns = append(append(t.Columns, x.beforeColumn()...), ui.Column{Label: "Partagé", Unit: wording.Kilotonnes, Number: true}, ui.Column{Label: "Écart au proposé", Unit: "kt", Number: true}, ui.Column{Label: "Où il en est"}, ui.Column{Label: "Désaccords"})
	const nothing = "La COP n’a pas encore partagé d’objectif pour ce levier\u00a0: ce que propose l’État tient lieu de départ."
	for _, l := range x.lines {
		put := []ui.Cell{{Missing: nothing}, {Missing: nothing}}
		if o, ok := x.holds(l); ok {
			why := "La COP " + x.cop.Cycle + " n’a pas partagé d’objectif pour ce levier\u00a0: celui de la COP " + o.Cycle + " reste en vigueur."
			put = []ui.Cell{{Missing: why}, {Missing: why}}
		}
		if l.Put() {
			put = []ui.Cell{explained(valueCell(l.Reading.Value, decimals), objective.Key(l.Lever.Code, l.Objective.Territory, l.Objective.Cycle), l.Lever.ShortName+", partagé", true), difference(beyond(l), decimals)}
		}
		cells := append([]ui.Cell{{Text: l.Lever.ShortName, Href: wording.LeverPath(l.Lever.Code)}, offeredCell(l, decimals)}, x.beforeCell(l, decimals)...)
		cells = append(cells, put...)
		t.Rows = append(t.Rows, ui.Row{Cells: append(cells, x.standing(l)...)})
	}
	return t
}

// standing is where a lever stands for anyone, and who does not hold its value.
func (x shared) standing(l objective.Line) []ui.Cell {
	if o, ok := x.holds(l); ok {
		return []ui.Cell{heldState(o), {}}
	}
	if !l.Put() {
		return []ui.Cell{{Text: objective.Offered.Name()}, {}}
	}
	state, dissent := ui.Cell{Text: l.Reading.State.Name(), Sub: "le" + nb + french.Day(l.Reading.On)}, ui.Cell{Text: "aucun"}
	if s, ok := x.list(l.Objective); ok {
		state.Href = x.public() + "/partages/" + strconv.FormatInt(s.Seq, 10)
	}
	if held := x.held[l.Objective.ID]; len(held) > 0 {
		dissent = ui.Cell{Text: french.Integer(len(held)) + nb + french.Plural(len(held), "partie", "parties"), Href: "#desaccords"}
	}
	return []ui.Cell{state, dissent}
}

// subjectTable is what was shared of biodiversity and resources.
func (x shared) subjectTable() ui.Table {
	t := ui.Table{ID: "sujets", Caption: "Biodiversité et ressources" + nb + ": des niveaux, hors de toute somme", Columns: []ui.Column{{Label: "Sujet", Wide: true}, {Label: "Cible nationale", Wide: true}, {Label: "Partagé", Number: true}, {Label: "Où il en est"}, {Label: "Désaccords"}}}
	for _, l := range x.subjects {
		t.Rows = append(t.Rows, ui.Row{Cells: append([]ui.Cell{{Text: l.Lever.Name}, {Text: x.place.Aim(l.Lever.Code)}, levelCell(l.Reading.Value)}, x.standing(l)...)})
	}
	return t
}

func (x shared) dissents() section {
	s := section{ID: "desaccords", Title: "Qui ne tient pas un objectif partagé"}
	for _, l := range slices.Concat(x.lines, x.subjects) {
		if !l.Put() {
			continue
		}
		for _, y := range x.held[l.Objective.ID] {
			s.Texts = append(s.Texts, l.Lever.ShortName+nb+": "+y.Who()+", le "+french.Day(y.Day)+", "+holds(y.Holds())+". «\u00a0"+y.Text+"\u00a0»")
		}
	}
	if len(s.Texts) == 0 {
		s.Texts = []string{"Aucun désaccord n’est noté sur un objectif partagé."}
	}
	return s
}

func (x shared) sharings(base string) section {
	s := section{ID: "partages", Title: "Ce que les deux têtes ont partagé"}
	if len(x.lists) == 0 {
		s.Texts = []string{"Rien encore. Quand la COP partage des objectifs, le préfet de région et la présidente ou le président de Région valident ensemble une liste, qui paraît ici telle qu’ils l’ont validée."}
		return s
	}
	t := ui.Table{ID: "listes", Caption: "Les listes partagées, la dernière d’abord", Columns: []ui.Column{{Label: "Liste"}, {Label: "Partagée le"}, {Label: "Objectifs", Number: true}, {Label: "Empreinte", Wide: true}}}
	for _, y := range x.lists {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: listName(y), Href: base + "/objectifs/partages/" + strconv.FormatInt(y.Seq, 10)}, {Text: french.Day(y.EndedOn)}, {Text: french.Integer(len(y.Frozen.Lines))}, {Text: "SHA-256 " + y.SHA256[:16] + "…"}}})
	}
	s.Table = t
	return s
}

// publicCSV gives the page to a spreadsheet, each missing figure with its reason.
func (d Deps) publicCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := d.sharedOf(r)
	if err != nil {
		return err
	}
	later := x.cop.Cycle != cop.First
	data := exchange.Dataset{Name: "objectifs-" + x.region.Slug, Fields: []exchange.Field{{Name: "code_levier"}, {Name: "levier"}, {Name: "propose_kt", Number: true}, {Name: "propose_raison"}, {Name: "unite"}, {Name: "propose_niveau", Number: true},
		{Name: "etat"}, {Name: "partage_kt", Number: true}, {Name: "partage_niveau", Number: true}, {Name: "partage_unite"}, {Name: "partage_le"}, {Name: "liste", Number: true}, {Name: "desaccords"}, {Name: "cle_propose"}, {Name: "cle_partage"}}}
	if later { // the file of the first COP keeps its columns
		data.Name += "-" + x.cop.Cycle
		data.Fields = append(data.Fields, exchange.Field{Name: "avant_cycle"}, exchange.Field{Name: "avant_kt", Number: true}, exchange.Field{Name: "avant_niveau", Number: true}, exchange.Field{Name: "avant_partage_le"}, exchange.Field{Name: "en_vigueur"}, exchange.Field{Name: "cle_avant"})
	}
	data.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, l := range slices.Concat(x.lines, x.subjects) {
			kt := func(v objective.Value) exchange.Datum {
				if !v.Kg.Known {
					return exchange.Number("")
				}
				return exchange.Number(exchange.Plain(v.Kg.Kg.Kt()))
			}
			level := func(v objective.Value) exchange.Datum {
				if !v.Level.Known {
					return exchange.Number("")
				}
				return exchange.Number(exchange.Plain(v.Level.V))
			}
			var in objective.Value
			list, key, against := "", "", []string{}
			if l.Put() {
				if !objective.Subject(l.Lever.Code) {
					key = objective.Key(l.Lever.Code, l.Objective.Territory, l.Objective.Cycle)
				}
				in = l.Reading.Value
				if s, ok := x.list(l.Objective); ok {
					list = strconv.FormatInt(s.Seq, 10)
				}
				for _, y := range x.held[l.Objective.ID] {
					against = append(against, y.Who()+nb+": "+y.Holds()+". "+y.Text)
				}
			}
			row := []exchange.Datum{exchange.Text(l.Lever.Code), exchange.Text(l.Lever.Name), kt(l.Offered), exchange.Text(l.Offered.Kg.Reason), exchange.Text(l.Offered.Unit), level(l.Offered),
				exchange.Text(l.Reading.State.Name()), kt(in), level(in), exchange.Text(in.Unit), exchange.Text(l.Reading.On), exchange.Number(list), exchange.Text(strings.Join(against, " ; ")), exchange.Text(l.FigureKey), exchange.Text(key)}
			if later {
				o, ok := x.before[l.Lever.Code]
				holds, was := "", ""
				switch {
				case l.Put():
					holds = x.cop.Cycle
				case ok:
					holds = o.Cycle
				}
				if ok && !objective.Subject(l.Lever.Code) {
					was = objective.Key(o.Lever, o.Territory, o.Cycle)
				}
				row = append(row, exchange.Text(o.Cycle), kt(o.SharedValue), level(o.SharedValue), exchange.Text(o.SharedOn), exchange.Text(holds), exchange.Text(was))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return preview.SendCSV(w, data)
}

package actions

import (
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// line is that of a lever in the region, without a ratio when the panorama has none.
func (w writing) line(lever string) (panorama.Line, error) {
	return coverage.LineOf(w.model, w.region.Code, lever)
}

// against is what an impact on a lever is held against.
func (w writing) against(line panorama.Line, x action.Action) (a action.Against, err error) {
	held, err := coverage.Held(w.r.Context(), w.d.Q, w.model, w.region.Code, x.Places)
	if err != nil {
		return a, err
	}
	return held(line), nil
}

// quantified are the levers that the form of impacts has a row for.
func (w writing) quantified(x action.Action) []string {
	out := slices.Clone(x.Levers)
	for _, p := range x.Impacts {
		if !slices.Contains(out, p.Lever) {
			out = append(out, p.Lever)
		}
	}
	return out
}

func classes() [][2]string {
	return [][2]string{{string(action.Quantified), "Chiffré"}, {string(action.Qualitative), "Qualitatif\u00a0: décrit en mots, sans chiffre"}, {string(action.Unassessed), "Non évalué\u00a0: personne ne l’a encore estimé"}}
}

func impactsPart() part {
	return part{code: "apports", name: "Ce que l’action apporte", fills: []string{"ce qu’elle apporte"},
		lead:   "Pour chaque levier, ce que l’action change en 2030, par rapport à 2019. Un apport inconnu n’est pas un zéro\u00a0: dites-le «\u00a0qualitatif\u00a0» ou «\u00a0non évalué\u00a0».",
		values: impactValues, groups: impactGroups, read: readImpacts, more: impactNotes}
}

func impactValues(_ writing, x action.Action) url.Values {
	v := url.Values{}
	for _, p := range x.Impacts {
		set := func(name, s string) { v.Set("impacts."+p.Lever+"."+name, s) }
		set("class", string(p.Class))
		set("quantity", plain(p.Quantity))
		set("low", plain(p.Low))
		set("high", plain(p.High))
		set("unit", p.Unit)
		if p.Gross {
			set("gross", "1")
		}
		if p.Own {
			set("factor", plain(&p.Factor))
		}
		if p.Above {
			set("confirmed", "1")
		}
		var ramp []string
		for _, r := range p.Ramp {
			part := float64(r.Part) / 100
			ramp = append(ramp, strconv.Itoa(r.Year)+" ; "+french.Number(part, french.Decimals(part, 4))+" %")
		}
		set("ramp", strings.Join(ramp, "\n"))
		for name, s := range map[string]string{"source": p.Source, "outside": p.Outside, "object": p.Object, "by": p.By, "how": p.How} {
			set(name, s)
		}
	}
	return v
}

func impactGroups(w writing, v url.Values) (out []sections.Group) {
	if w.x.Kind == action.CrossCutting {
		return nil
	}
	for _, lever := range w.quantified(w.x) {
		at := func(name string) string { return "impacts." + lever + "." + name }
		line, err := w.line(lever)
		if err != nil {
			continue // the lever is of another edition: saving says so
		}
		units, example := units(line)
		class := pick(v, at("class"), "Ce que l’on sait de l’apport", "pas encore dit", classes())
		unit := text(v, at("unit"), "Unité", "Ce levier se compte en\u00a0: "+units+". Pour une autre unité, donnez plus bas le facteur de l’action.")
		if unit.Value == "" && v.Get(at("class")) == "" {
			unit.Value = example
		}
		gross := ui.Field{ID: at("gross"), Label: "Quantité brute", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "Ce qui disparaît pendant ce temps n’en est pas retiré", Selected: v.Get(at("gross")) != ""}}}
		g := sections.Group{Title: w.leverName(lever), Fields: []ui.Field{class,
			numeric(v, at("quantity"), "Quantité, valeur centrale", "", "Le changement qu’apporte l’action. Un nombre négatif pour ce qui diminue."),
			numeric(v, at("low"), "Valeur basse", "", ""), numeric(v, at("high"), "Valeur haute", "", ""), unit, gross,
			numeric(v, at("factor"), "Facteur propre à l’action", "kg de CO₂e par an et par unité", "À laisser vide pour le ratio du panorama, quand ce levier en a un."),
			text(v, at("source"), "Source", "Qui a publié ce facteur ou cette quantité, où on les lit. Demandée avec un facteur propre."),
			area(v, at("ramp"), "Montée en charge", "Facultatif, une année par ligne\u00a0: «\u00a02027\u00a0; 30\u00a0%\u00a0». La part de ce qui sera là en 2030. Sans elle\u00a0: régulière, du début à la fin.", 3),
			area(v, at("outside"), "Si l’action a commencé avant la dernière année observée", "Pourquoi ce qu’elle apporte n’est pas déjà dans les données observées.", 2),
			text(v, at("object"), "Ce qui est fait, en quelques mots", "«\u00a0Haies plantées en bord de parcelle\u00a0»\u00a0: deux actions qui déclarent la même chose se reconnaissent ainsi."),
			text(v, at("by"), "Qui l’a calculé", ""), area(v, at("how"), "Comment", "Hypothèses, méthode, périmètre. Demandé pour un apport qualitatif, ou donné en CO₂e.", 3)}}
		if v.Get(at("confirmed")) != "" || v.Get(at("ask")) != "" {
			g.Fields = slices.Insert(g.Fields, 2, ui.Field{ID: at("confirmed"), Label: "Un apport au-dessus de l’objectif", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "J’ai vérifié l’unité et la quantité\u00a0: c’est bien cela", Selected: v.Get(at("confirmed")) != ""}}})
		}
		out = append(out, g)
	}
	return out
}

// units names those that a lever is counted in, and the first of them.
func units(line panorama.Line) (names, first string) {
	var all []string
	if line.Equiv.Reason == "" && line.Equiv.Ratio != 0 && line.Lever.UnitShort != "" {
		first = line.Lever.UnitShort
		all = append(all, plan.Alike(first)...)
	}
	return strings.Join(append(all, plan.Alike("ktCO₂e")...), ", "), first
}

// ramp reads one year a line.
func ramp(text string) (out []action.Ramp, ok bool) {
	for _, l := range lines(text) {
		c := cells(strings.ReplaceAll(l, ":", ";"), 2)
		year, err := strconv.Atoi(c[0])
		part, bad := exchange.ParseNumber(strings.TrimSpace(strings.TrimSuffix(c[1], "%")), exchange.CommaDecimal)
		if err != nil || bad != nil || math.Abs(part) > 10_000 {
			return nil, false
		}
		out = append(out, action.Ramp{Year: year, Part: int64(math.Round(part * 100))})
	}
	return out, true
}

func readImpacts(w writing, v url.Values, x *action.Action, bad faults) error {
	var out []action.Impact
	for _, lever := range w.quantified(*x) {
		at := func(name string) string { return "impacts." + lever + "." + name }
		in := action.Impact{Lever: lever, Class: action.Class(v.Get(at("class"))), Quantity: readDecimal(v, at("quantity"), bad), Low: readDecimal(v, at("low"), bad), High: readDecimal(v, at("high"), bad), Unit: v.Get(at("unit")), Gross: v.Get(at("gross")) != "",
			Source: v.Get(at("source")), Outside: v.Get(at("outside")), Object: v.Get(at("object")), By: v.Get(at("by")), How: v.Get(at("how"))}
		if in.Class == "" {
			if in.Quantity != nil || in.How != "" || in.Object != "" || in.Outside != "" || v.Get(at("factor")) != "" || v.Get(at("ramp")) != "" {
				bad.add(at("class"), "Dites si l’apport est chiffré, qualitatif ou non évalué.")
			}
			continue
		}
		if f := readDecimal(v, at("factor"), bad); f != nil {
			in.Own, in.Factor = true, *f
		}
		var ok bool
		if in.Ramp, ok = ramp(v.Get(at("ramp"))); !ok {
			bad.add(at("ramp"), "Une ligne de la montée en charge se lit mal\u00a0: écrivez «\u00a02027\u00a0; 30\u00a0%\u00a0».")
		}
		line, err := w.line(lever)
		if err != nil {
			return err
		}
		against, err := w.against(line, *x)
		if err != nil {
			return err
		}
		against.Confirmed = v.Get(at("confirmed")) != ""
		was := slices.IndexFunc(x.Impacts, func(p action.Impact) bool { return p.Lever == lever })
		p, _, err := action.Compute(in, line, against)
		var fault *action.Fault
		var above *action.Unconfirmed
		switch {
		case errors.As(err, &fault):
			bad.add(at(fault.Field), fault.Message)
		case errors.As(err, &above):
			v.Set(at("ask"), "1")
			bad.add(at("confirmed"), above.Error())
		case err != nil:
			return err
		}
		p.On = w.d.Now().UTC().Format(time.DateOnly)
		if p.By == "" {
			p.By = shell.Of(w.r).Name
		}
		if was >= 0 { // what did not change keeps its day
			same := p
			if same.On = x.Impacts[was].On; told(same) == told(x.Impacts[was]) {
				p = x.Impacts[was]
			}
		}
		out = append(out, p)
	}
	x.Impacts = out
	return nil
}

// told is all of an impact but its address in memory.
func told(p action.Impact) string {
	return impactValues(writing{}, action.Action{Impacts: []action.Impact{p}}).Encode() + p.On
}

// impactNotes say what the register makes of the impacts, and what readers should know.
func impactNotes(w writing) ([]sections.Part, error) {
	switch {
	case w.x.Kind == action.CrossCutting:
		return []sections.Part{{Empty: ui.Empty{Title: "Aucune tonne n’est attribuée à une action transversale", Text: "Elle sert plusieurs leviers\u00a0: elle est comptée à part, et jamais dans la couverture."}}}, nil
	case len(w.x.Levers) == 0:
		return []sections.Part{{Empty: ui.Empty{Title: "L’action n’a pas encore de levier", Text: "Choisissez d’abord son levier central.", Action: ui.Link{Label: "Choisir le levier", Href: w.base() + "/presentation"}}}}, nil
	case len(w.x.Impacts) == 0:
		return nil, nil
	}
	p := sections.Part{ID: "calcul", Title: "Ce que Jalon en calcule", Lead: "En 2030, par an, par rapport à 2019. Tout objectif est indicatif."}
	t := ui.Table{ID: "apports", Caption: "Apport par levier", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Apport"}}}
	for _, x := range w.x.Impacts {
		c := ui.Cell{Missing: "apport " + x.Class.Name()}
		if x.Kg != nil {
			c = ui.Cell{Text: x.Kg.Text(), Name: w.leverName(x.Lever)}
			if x.KgLow != nil && x.KgHigh != nil {
				c.Sub = "de " + x.KgLow.Text() + " à " + x.KgHigh.Text()
			}
			if w.x.State.Public() {
				c.Explain = wording.FigurePath(coverage.ActionKey(w.x.ID, x.Lever))
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: w.leverName(x.Lever)}, c}})
		line, err := w.line(x.Lever)
		if err != nil {
			return nil, err
		}
		against, err := w.against(line, w.x)
		if err != nil {
			return nil, err
		}
		against.Confirmed = true
		_, remarks, err := action.Compute(x, line, against)
		if err != nil {
			p.List = append(p.List, w.leverName(x.Lever)+french.NoBreak+": cet apport ne se calcule plus ainsi aujourd’hui ("+strings.TrimSuffix(wording.Lower(sentence(err)), ".")+"). Il reste comme il a été enregistré.")
		}
		for _, m := range remarks {
			p.List = append(p.List, w.leverName(x.Lever)+french.NoBreak+": "+m.Text)
		}
	}
	p.Tables = []ui.Table{t}
	return []sections.Part{p}, nil
}

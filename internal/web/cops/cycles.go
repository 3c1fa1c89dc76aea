package cops

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// cyclesView lists the cycles for the national administration.
type cyclesView struct {
	workView
	Cycles []cycleLine
}

type cycleLine struct {
	Code, Name, Subject, Framework, State, Open string
	MayOpen                                     bool
}

// cycleView is a cycle, its COPs and its template.
type cycleView struct {
	workView
	Line     cycleLine
	Rev      string
	COPs     ui.Table
	Editor   editor
	Template string // revision of the template
	Conflict ui.Table
	Moved    ui.Table
	Versions ui.Table
}

// mayCycle admits the national administration alone: the public face of cycles
// is the pages of the COPs.
func mayCycle(r *http.Request) error {
	if policy.Can(shell.Actor(r), policy.Edit, policy.Thing{Kind: policy.Cycle}) {
		return nil
	}
	return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}

func cyclesTrail(more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Tableau national", Href: "/national"}, {Label: "Cycles", Href: "/national/cycles"}}, more...)
}

func (d Deps) cycles(w http.ResponseWriter, r *http.Request) error {
	return d.showCycles(w, r, http.StatusOK, "")
}

func (d Deps) showCycles(w http.ResponseWriter, r *http.Request, status int, wrong string) error {
	if err := mayCycle(r); err != nil {
		return err
	}
	all, err := cop.Cycles(r.Context(), d.Q)
	if err != nil {
		return err
	}
	v := cyclesView{workView: workView{Heading: ui.Heading{Overline: "Cycles", Title: "Les cycles de COP", Scope: []string{"chacun a son référentiel et son modèle, que les régions adaptent"}}, Action: "/national/cycles", Done: r.URL.Query().Get("fait") == "1", MayAdd: true}}
	like := ui.Field{ID: "like", Label: "D’après le modèle du cycle", Type: "select", Required: true}
	for _, c := range all {
		line, _, err := d.cycleLine(r, c)
		if err != nil {
			return err
		}
		v.Cycles = append(v.Cycles, line)
		like.Options = append(like.Options, ui.Option{Value: c.Code, Label: c.Name, Selected: r.PostForm.Get("like") == c.Code})
	}
	fields, err := d.cycleFields(r, typedCycle(r), wrong)
	if err != nil {
		return err
	}
	code := ui.Field{ID: "code", Label: "Code", Required: true, Value: r.PostForm.Get("code"), Help: "L’année, comme 2027, ou deux, comme 2027-28."}
	v.Fields = append([]ui.Field{fields[0], code}, append(fields[1:], like)...)
	return d.private(w, r, status, v.Heading, cyclesPage(v), cyclesTrail()[:2:2]...)
}

// cycleLine says what a cycle is, and in how many regions it is open.
func (d Deps) cycleLine(r *http.Request, c cop.Cycle) (line cycleLine, open []cop.COP, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return line, nil, err
	}
	if open, err = cop.InCycle(r.Context(), d.Q, c.Code); err != nil {
		return line, nil, err
	}
	line = cycleLine{Code: c.Code, Name: c.Name, Subject: c.Subject, Framework: c.Framework, State: "ouvert"}
	for _, v := range m.Framework().Versions() {
		if v.ID == c.Framework {
			line.Framework = v.Title
		}
	}
	if c.State == cop.CycleClosed {
		line.State = "clos"
	}
	regions := len(m.Tree().Regions())
	if line.Open = "aucune COP n’y est encore ouverte"; len(open) > 0 {
		line.Open = french.Integer(len(open)) + nb + "COP " + french.Plural(len(open), "régionale ouverte", "régionales ouvertes") + " sur" + nb + french.Integer(regions)
	}
	line.MayOpen = c.State == cop.CycleOpen && len(open) < regions
	return line, open, nil
}

func typedCycle(r *http.Request) cop.Cycle {
	f := r.PostForm
	get := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	return cop.Cycle{Code: get("code"), Name: get("name"), Subject: get("subject"), Framework: get("framework"), Axes: strings.Join(f["axes"], "|"), State: get("state")}
}

func (d Deps) cycleFields(r *http.Request, c cop.Cycle, wrong string) ([]ui.Field, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return nil, err
	}
	framework := ui.Field{ID: "framework", Label: "Référentiel des leviers", Type: "select", Required: true}
	for _, v := range m.Framework().Versions() {
		framework.Options = append(framework.Options, ui.Option{Value: v.ID, Label: v.Title, Selected: v.ID == c.Framework})
	}
	axes := ui.Field{ID: "axes", Label: "Axes", Type: "checkbox"}
	chosen := strings.Split(c.Axes, "|")
	for _, x := range m.Framework().Axes() {
		axes.Options = append(axes.Options, ui.Option{Value: x.Code, Label: x.Name, Selected: slices.Contains(chosen, x.Code)})
	}
	return []ui.Field{{ID: "name", Label: "Nom", Required: true, Value: c.Name, Error: wrong}, {ID: "subject", Label: "Sur quoi porte le cycle", Required: true, Value: c.Subject}, framework, axes}, nil
}

// knownFramework refuses a referential or an axis that Jalon does not have: the
// room keeps codes, and knows no list of them.
func (d Deps) knownFramework(r *http.Request, c cop.Cycle) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	known := false
	for _, v := range m.Framework().Versions() {
		known = known || v.ID == c.Framework
	}
	if !known {
		return apperr.Invalidf("Choisissez le référentiel de leviers dans la liste.")
	}
	var axes []string
	for _, x := range m.Framework().Axes() {
		axes = append(axes, x.Code)
	}
	for _, code := range strings.Split(c.Axes, "|") {
		if !slices.Contains(axes, code) {
			return apperr.Invalidf("Choisissez au moins un axe dans la liste.")
		}
	}
	return nil
}

func (d Deps) addCycle(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	if err := mayCycle(r); err != nil {
		return err
	}
	in := typedCycle(r)
	err := d.knownFramework(r, in)
	if err == nil {
		_, err = d.Room.AddCycle(r.Context(), shell.Actor(r), in, r.PostForm.Get("like"))
	}
	if err != nil && (beside(err) || apperr.KindOf(err) == apperr.NotFound) {
		return d.showCycles(w, r, apperr.Status(err), apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/national/cycles/"+in.Code+"?fait=1")
}

func (d Deps) cycle(w http.ResponseWriter, r *http.Request) error {
	return d.showCycle(w, r, http.StatusOK, nil, nil, "", "")
}

// showCycle draws a cycle; c and t are what came back from its forms, on says
// which of them an error is about: cycle, template or open.
func (d Deps) showCycle(w http.ResponseWriter, r *http.Request, status int, typed *cop.Cycle, t *cop.Template, on, wrong string) error {
	if err := mayCycle(r); err != nil {
		return err
	}
	c, err := cop.FindCycle(r.Context(), d.Q, r.PathValue("cycle"))
	if err != nil {
		return err
	}
	v := cycleView{Rev: strconv.FormatInt(c.Rev, 10)}
	line, open, err := d.cycleLine(r, c)
	if err != nil {
		return err
	}
	v.Line = line
	v.workView = workView{Heading: ui.Heading{Overline: "Cycle " + c.Code, Title: c.Name, Scope: []string{line.State, line.Open}}, Action: "/national/cycles/" + c.Code, Done: r.URL.Query().Get("fait") == "1"}
	if on == "open" {
		v.Error = wrong
	}
	show := c
	if typed != nil {
		show = *typed
		if status == http.StatusConflict {
			v.Conflict = both("Ce qui est enregistré, et ce que vous avez écrit", [][3]string{{"Nom", c.Name, show.Name}, {"Sujet", c.Subject, show.Subject}, {"Référentiel", c.Framework, show.Framework},
				{"Axes", strings.ReplaceAll(c.Axes, "|", ", "), strings.ReplaceAll(show.Axes, "|", ", ")}, {"État", c.State, show.State}})
		}
	}
	if v.Fields, err = d.cycleFields(r, show, only(on == "cycle", wrong)); err != nil {
		return err
	}
	v.Fields = append(v.Fields, ui.Field{ID: "state", Label: "État", Type: "radio", Required: true, Options: []ui.Option{
		{Value: cop.CycleOpen, Label: "Ouvert", Selected: show.State != cop.CycleClosed}, {Value: cop.CycleClosed, Label: "Clos", Help: "Aucune COP n’y ouvre plus\u00a0; celles qui y sont restent.", Selected: show.State == cop.CycleClosed}}})
	v.COPs = ui.Table{ID: "cop-ouvertes", Caption: "Les COP régionales du cycle", Columns: []ui.Column{{Label: "COP", Wide: true}, {Label: "Bureau"}}}
	for _, x := range open {
		v.COPs.Rows = append(v.COPs.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Name, Href: x.Path()}, {Text: "Ouvrir le bureau", Href: x.Path() + "/bureau"}}})
	}
	return d.withTemplate(w, r, status, c, v, t, only(on == "template", wrong))
}

func (d Deps) withTemplate(w http.ResponseWriter, r *http.Request, status int, c cop.Cycle, v cycleView, t *cop.Template, wrong string) error {
	kept, err := cop.CycleTemplate(r.Context(), d.Q, c.Code)
	if err != nil {
		return err
	}
	v.Template = strconv.FormatInt(kept.Rev, 10)
	show := kept.Template
	if t != nil {
		show = *t
		if status == http.StatusConflict {
			v.Moved = differenceTable("deux-versions", "De ce qui est enregistré à ce que vous avez écrit", cop.Differences(kept.Template, show), nil)
		}
	}
	if v.Editor, err = d.editorOf(r, show, wrong); err != nil {
		return err
	}
	all, err := cop.CycleTemplateVersions(r.Context(), d.Q, c.Code)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, x := range all {
		if x.By == cop.Seed || names[x.By] != "" {
			continue
		}
		who, err := account.Find(r.Context(), d.Q, x.By)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
		names[x.By] = who.Name
	}
	v.Versions = versionTable(all, func(id string) string { return whoIs(names, id) })
	return d.private(w, r, status, v.Heading, cyclePage(v), cyclesTrail(ui.Link{Label: c.Name})...)
}

func (d Deps) saveCycle(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	if err := mayCycle(r); err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	in := typedCycle(r)
	in.Code = r.PathValue("cycle")
	if err = d.knownFramework(r, in); err == nil {
		_, err = d.Room.SaveCycle(r.Context(), shell.Actor(r), rev, in, strings.TrimSpace(r.PostForm.Get("reason")))
	}
	if err != nil && beside(err) {
		return d.showCycle(w, r, apperr.Status(err), &in, nil, "cycle", apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/national/cycles/"+in.Code+"?fait=1")
}

// openCycle opens the cycle in the regions where it is not yet.
func (d Deps) openCycle(w http.ResponseWriter, r *http.Request) error {
	if err := mayCycle(r); err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	code := r.PathValue("cycle")
	if _, err := d.Room.OpenCycle(r.Context(), shell.Actor(r), code, m.Tree()); err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/national/cycles/"+code+"?fait=1")
}

func (d Deps) saveCycleTemplate(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	if err := mayCycle(r); err != nil {
		return err
	}
	rev, err := revOf(r)
	if err != nil {
		return err
	}
	code, t := r.PathValue("cycle"), typedTemplate(r.PostForm)
	if err := d.Room.SaveCycleTemplate(r.Context(), shell.Actor(r), code, rev, t, strings.TrimSpace(r.PostForm.Get("reason"))); err != nil {
		if beside(err) {
			return d.showCycle(w, r, apperr.Status(err), nil, &t, "template", apperr.Message(err))
		}
		return err
	}
	return shell.SeeOther(w, r, "/national/cycles/"+code+"?fait=1")
}

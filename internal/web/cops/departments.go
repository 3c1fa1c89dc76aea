package cops

import (
	"maps"
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// departmentsView lists the départements of a region, with their COP.
type departmentsView struct {
	workView
	Table ui.Table
	Why   string // why none may be opened here
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func (d Deps) departments(w http.ResponseWriter, r *http.Request) error {
	return d.showDepartments(w, r, http.StatusOK, "")
}

func (d Deps) showDepartments(w http.ResponseWriter, r *http.Request, status int, wrong string) error {
	c, where, err := d.find(r)
	if err != nil {
		return err
	}
	if c.Parent != "" {
		return apperr.NotFoundf("Les départements se lisent au bureau de la région.")
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	all, err := cop.ListOfRegion(r.Context(), d.Q, c.Region)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	v := departmentsView{workView: workView{Heading: ui.Heading{Overline: "Départements", Title: where + nb + ": les COP des départements", Scope: []string{"cycle " + c.Cycle, "chacune sous la COP de la région"}},
		Tabs: tabs(r, c, "/bureau/departements"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/departements"}}
	v.Table = ui.Table{ID: "departements", Caption: "Les départements de la région", Columns: []ui.Column{{Label: "Département"}, {Label: "COP"}, {Label: "Conduite par", Wide: true}, {Label: "Bureau"}}}
	choose := ui.Field{ID: "department", Label: "Département", Type: "select", Required: true, Error: wrong}
	for _, dept := range m.Tree().Departments() {
		if dept.Region != c.Region {
			continue
		}
		i := slices.IndexFunc(all, func(x cop.COP) bool { return x.Cycle == c.Cycle && x.Department() == dept.Code })
		if i < 0 {
			v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: dept.Name}, {Missing: "aucune COP n’est ouverte dans ce cycle"}, {Missing: "aucune COP n’est ouverte dans ce cycle"}, {Missing: "aucune COP n’est ouverte dans ce cycle"}}})
			choose.Options = append(choose.Options, ui.Option{Value: dept.Code, Label: dept.Name + " (" + dept.Code + ")", Selected: r.PostForm.Get("department") == dept.Code})
			continue
		}
		heads := "le préfet de département"
		if all[i].Both {
			heads = "le préfet et la présidence du conseil départemental"
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: dept.Name}, {Text: all[i].Name, Href: all[i].Path()}, {Text: heads}, {Text: "Ouvrir le bureau", Href: all[i].Path() + "/bureau"}}})
	}
	switch {
	case c.Cycle == cop.First:
		v.Why = "Les COP départementales existent depuis le cycle 2025" + nb + ": elles s’ouvrent au bureau de la COP de ce cycle ou d’un suivant."
	case len(choose.Options) == 0:
		v.Why = "Chaque département a sa COP dans ce cycle."
	case policy.Can(a, policy.Edit, c.Thing(policy.COP)):
		v.MayAdd = true
		heads := ui.Field{ID: "heads", Label: "Qui la conduit", Type: "radio", Required: true, Options: []ui.Option{
			{Value: "one", Label: "Le préfet de département", Selected: r.PostForm.Get("heads") != "two"},
			{Value: "two", Label: "Le préfet et la présidence du conseil départemental, ensemble", Help: "Ce qui engage la COP attend alors les deux.", Selected: r.PostForm.Get("heads") == "two"}}}
		v.Fields = []ui.Field{choose, heads}
	}
	return d.private(w, r, status, v.Heading, departmentsPage(v), trail(c, where, ui.Link{Label: "Départements"})...)
}

func (d Deps) openDepartment(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, _, err := d.find(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	dept, err := m.Tree().Dept(r.PostForm.Get("department"))
	if err != nil {
		err = apperr.New(apperr.Invalid, err, "Choisissez un département de la liste.")
	} else if heads := r.PostForm.Get("heads"); heads != "one" && heads != "two" {
		err = apperr.Invalidf("Dites qui conduit la COP du département.")
	} else {
		_, err = d.Room.OpenDepartment(r.Context(), shell.Actor(r), c.ID, dept, heads == "two")
	}
	if err != nil && beside(err) {
		return d.showDepartments(w, r, apperr.Status(err), apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/departements?fait=1")
}

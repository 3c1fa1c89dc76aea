package themes

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/diagnosis"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// card is a theme in a list.
type card struct {
	ID, Name, Href string
	Priority       bool
	Why, Text      string
	Facts          []string
	Levers         []leverLine
	Alerts         []ui.Alert
	Move           string // where the buttons that order the list go, empty for who may not
	First, Last    bool
}

// leverLine is a lever of a theme, and what must be said of it there.
type leverLine struct{ Name, Href, Note string }

func (d Deps) desk(w http.ResponseWriter, r *http.Request) error {
	x, err := d.reading(r)
	if err != nil {
		return err
	}
	return d.showDesk(w, r, http.StatusOK, x, diagnosis.ThemeInput{Kind: diagnosis.OfLevers}, nil)
}

func (d Deps) showDesk(w http.ResponseWriter, r *http.Request, status int, x where, typed diagnosis.ThemeInput, wrong error) error {
	ctx := r.Context()
	themes, err := diagnosis.Themes(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	gone, err := diagnosis.WithdrawnThemes(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	_, waits, err := diagnosis.WaitingChoice(ctx, d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	lines, err := d.Room.Lines(ctx, x.Code)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Thèmes de la COP", Title: x.Name + nb + ": " + found(themes), Scope: []string{"réservé à ceux qui travaillent pour la COP", "cycle " + x.cop.Cycle},
		Lead: "La liste est celle de la région" + nb + ": des ensembles de leviers, ou des sujets qui les traversent. Chaque thème est rattaché à l’un au moins des six thèmes du plan, pour que la nation lise toutes les régions ensemble."},
		Tabs: deskTabs(x, x.desk())}
	if waits {
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Un choix de priorités attend la validation des deux têtes", Text: "Ce que vous changez ici ne change pas ce choix, qui est figé.", Links: []ui.Link{{Label: "Lire ce choix", Href: x.desk() + "/choix"}}})
	}
	exist, err := d.Room.Exist(ctx, x.Code)
	if err != nil {
		return err
	}
	editable := d.may(r, x, policy.Edit)
	if len(themes) == 0 {
		v.Parts = append(v.Parts, startPart(x, editable && len(gone) == 0))
	} else {
		cards := x.cards(themes, exist)
		for i := range cards {
			cards[i].Href = x.desk() + "/" + themes[i].ID
			if editable {
				cards[i].Move = cards[i].Href + "/ordre"
			}
		}
		v.Parts = append(v.Parts, part{ID: "liste", Title: "La liste, dans son ordre", Body: themeCards(cards)})
		shared, orphans := spread(themes, lines)
		p := part{ID: "leviers", Title: "Les leviers et les thèmes", Lead: "Un levier peut être dans deux thèmes" + nb + ": il compte alors dans le score de chacun. Un levier peut n’être dans aucun."}
		for _, code := range shared {
			p.List = append(p.List, x.leverName(code)+nb+": dans "+french.List(namesWith(themes, code))+".")
		}
		if len(orphans) == 0 {
			p.List = append(p.List, "Chaque levier du panorama est dans un thème au moins.")
		} else {
			var names []string
			for _, code := range orphans {
				names = append(names, x.leverName(code))
			}
			p.List = append(p.List, "Dans aucun thème"+nb+": "+french.List(names)+".")
		}
		v.Parts = append(v.Parts, p)
	}
	asked, err := d.departments(r, x, themes)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, asked...)
	if editable {
		f := formView{Action: x.desk(), Submit: "Ajouter ce thème", Fields: x.fields(typed, lines)}
		p := part{ID: "ajouter", Title: "Ajouter un thème", Notices: wrongIn(f.Fields, wrong)}
		p.Fold, p.Open = "Écrire un nouveau thème", wrong != nil
		p.Forms = []formView{f}
		v.Parts = append(v.Parts, p)
	}
	if len(gone) > 0 {
		t := ui.Table{ID: "retires", Caption: "Thèmes retirés de la liste", CaptionHidden: true, Columns: []ui.Column{{Label: "Thème", Wide: true}, {Label: "De quoi"}}}
		for _, g := range gone {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: g.Name, Href: x.desk() + "/" + g.ID}, {Text: kindOf(g)}}})
		}
		v.Parts = append(v.Parts, part{ID: "thematiques-retirees", Title: "Retirés de la liste", Lead: "Ils sont gardés avec leur raison, et peuvent revenir.", Tables: []ui.Table{t}})
	}
	return d.show(w, r, status, v, true, trail(x, ui.Link{Label: "Bureau", Href: x.base() + "/bureau"}, ui.Link{Label: "Thèmes"})...)
}

func found(themes []diagnosis.Theme) string {
	n := 0
	for _, t := range themes {
		if t.Priority {
			n++
		}
	}
	switch {
	case len(themes) == 0:
		return "aucun thème pour l’instant"
	case n == 0:
		return french.Integer(len(themes)) + nb + french.Plural(len(themes), "thème", "thèmes") + ", aucun n’est encore prioritaire"
	}
	return french.Integer(n) + nb + french.Plural(n, "thème prioritaire", "thèmes prioritaires") + " sur " + french.Integer(len(themes))
}

func startPart(x where, may bool) part {
	p := part{ID: "liste", Title: "La liste", Empty: ui.Empty{Title: "Aucun thème pour l’instant", Text: "Partez des six thèmes du plan, avec les leviers que le panorama de la région range dans chacun, puis renommez-les, séparez-les, réunissez-les. Ou écrivez le premier vous-même, plus bas."}}
	if may {
		p.Forms = []formView{{Action: x.desk() + "/depart", Submit: "Partir des six thèmes du plan"}}
	}
	return p
}

// cards draws themes; what their levers have become is said.
func (x where) cards(themes []diagnosis.Theme, exist map[string]bool) []card {
	out := make([]card, len(themes))
	for i, t := range themes {
		c := card{ID: t.ID, Name: t.Name, Priority: t.Priority, Why: t.Why, Text: t.Text, Facts: []string{kindOf(t), "rattaché à" + nb + ": " + x.mapNames(t.Maps)}, First: i == 0, Last: i == len(themes)-1}
		for _, code := range t.Levers {
			l := leverLine{Name: x.leverName(code), Href: wording.LeverPath(code)}
			var others []string
			for _, name := range namesWith(themes, code) {
				if name != quoted(t.Name) {
					others = append(others, name)
				}
			}
			switch {
			case !exist[code]:
				l.Note = "n’est plus dans le panorama de la région"
			case len(others) > 0:
				l.Note = "aussi dans " + french.List(others)
			}
			c.Levers = append(c.Levers, l)
		}
		if t.Emptied(exist) {
			a := ui.Alert{State: "warning", Title: "Ce thème n’a plus de levier dans le panorama de la région"}
			if t.Priority {
				a.Text = "Il reste prioritaire\u00a0: le choix des deux têtes est figé, et ne change pas."
			}
			c.Alerts = append(c.Alerts, a)
		}
		out[i] = c
	}
	return out
}

// namesWith are the themes that hold a lever, quoted.
func namesWith(themes []diagnosis.Theme, lever string) []string {
	var out []string
	for _, t := range themes {
		if slices.Contains(t.Levers, lever) {
			out = append(out, quoted(t.Name))
		}
	}
	return out
}

// start fills an empty list from the six themes of the plan.
func (d Deps) start(w http.ResponseWriter, r *http.Request) error {
	x, err := d.doing(r, policy.Create)
	if err != nil {
		return err
	}
	_, err = d.Room.StartThemes(r.Context(), shell.Actor(r), x.cop.ID)
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, diagnosis.ThemeInput{Kind: diagnosis.OfLevers}, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?fait=1")
}

func (d Deps) add(w http.ResponseWriter, r *http.Request) error {
	x, err := d.doing(r, policy.Create)
	if err != nil {
		return err
	}
	in := readTheme(r)
	t, err := d.Room.AddTheme(r.Context(), shell.Actor(r), x.cop.ID, in)
	if err != nil && shell.Beside(err) {
		return d.showDesk(w, r, apperr.Status(err), x, in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"?fait=1#theme-"+t.ID)
}

func (d Deps) move(w http.ResponseWriter, r *http.Request) error {
	x, err := d.doing(r, policy.Edit)
	if err != nil {
		return err
	}
	t, err := d.theirs(r, x)
	if err != nil {
		return err
	}
	if err := d.Room.MoveTheme(r.Context(), shell.Actor(r), t.ID, shell.Typed(r, "do") == "down"); err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"#theme-"+t.ID)
}

// theirs finds the theme of an address, which must be of its region.
func (d Deps) theirs(r *http.Request, x where) (diagnosis.Theme, error) {
	t, err := diagnosis.FindTheme(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && t.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce thème n’est pas de cette région.")
	}
	return t, err
}

// departments are the priorities that départements sent up, beside the themes of the
// region that answer to the same theme of the plan, for who may read them.
func (d Deps) departments(r *http.Request, x where, themes []diagnosis.Theme) ([]part, error) {
	a := shell.Actor(r)
	if !policy.Can(a, policy.Read, x.cop.Thing(policy.Priority)) {
		return nil, nil
	}
	sent, err := cop.Priorities(r.Context(), d.Q, a, x.cop)
	if err != nil || len(sent) == 0 {
		return nil, err
	}
	t := ui.Table{ID: "priorites", Caption: "Priorités des départements, et thèmes de la région", CaptionHidden: true, Columns: []ui.Column{{Label: "Priorité", Wide: true}, {Label: "État"}, {Label: "Thèmes de la région"}}}
	for _, p := range sent {
		c := ui.Cell{Missing: "la priorité n’est rattachée à aucun des six thèmes du plan"}
		if p.Theme != "" {
			var names []string
			for _, th := range themes {
				if slices.Contains(th.Maps, p.Theme) {
					names = append(names, th.Name)
				}
			}
			c = ui.Cell{Text: strings.Join(names, ", "), Sub: x.mapNames([]string{p.Theme})}
			if len(names) == 0 {
				c = ui.Cell{Missing: "aucun thème de la région n’est rattaché à " + quoted(x.mapNames([]string{p.Theme}))}
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.Title}, {Text: p.State.Name()}, c}})
	}
	return []part{{ID: "departements", Title: "Ce que les départements demandent", Tables: []ui.Table{t}, Links: []ui.Link{{Label: "Répondre aux départements", Href: x.base() + "/bureau/priorites"}}}}, nil
}

func versionText(n int64) string { return strconv.FormatInt(n, 10) }

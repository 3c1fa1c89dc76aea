package grids

import (
	"net/http"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func (d Deps) cross(w http.ResponseWriter, r *http.Request) error {
	return d.showCross(w, r, http.StatusOK, nil)
}

// showCross lists the cross-cutting themes of a COP, with how many actions each has.
func (d Deps) showCross(w http.ResponseWriter, r *http.Request, status int, bad error) error {
	x, err := d.atDesk(r, policy.Judge)
	if err != nil {
		return err
	}
	themes, err := action.CrossThemes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	counts, err := action.CrossCounts(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Actions transversales", Title: "Les thèmes transversaux de la région", Scope: []string{x.cop.Name}}, Tabs: d.deskTabs(r, x, tabCross),
		Lead: "Une action transversale sert plusieurs leviers par l’un de ces thèmes. Elle n’a pas de levier central, aucune tonne ne lui est comptée, et elle est dénombrée à part."}
	t := ui.Table{ID: "themes", Caption: "Les thèmes et les actions qui les servent", CaptionHidden: true, Columns: []ui.Column{{Label: "Thème", Wide: true}, {Label: "Actions proposées ou au-delà", Number: true}, {Label: "Dont retenues", Number: true}, {Label: "Dans la liste"}}}
	for _, c := range themes {
		state := "oui"
		if c.Withdrawn {
			state = "retiré"
		}
		n := counts[c.Code]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Name}, {Text: french.Integer(n.All)}, {Text: french.Integer(n.Retained)}, {Text: state}}})
	}
	v.Table = t
	came := shell.Typed(r, "code")
	form := func(c action.CrossTheme, title string) formView {
		value := c.Name
		if r.PostForm != nil && came == c.Code {
			value = shell.Typed(r, "name")
		}
		f := formView{ID: "theme-" + c.Code, Title: title, Action: x.desk() + "/transversales", Rev: strconv.FormatInt(c.Rev, 10), Hidden: [][2]string{{"code", c.Code}}, Folded: true, Buttons: [][2]string{{"save", "Enregistrer"}},
			Groups: []group{{Fields: []ui.Field{{ID: "name-" + c.Code, Name: "name", Label: "Nom du thème", Value: value, Required: true}}}}}
		switch {
		case c.Code == "":
			f.Buttons, f.Folded = [][2]string{{"save", "Ajouter ce thème"}}, false
		case c.Withdrawn:
			f.Buttons = [][2]string{{"save", "Remettre dans la liste"}}
		default:
			f.Buttons = append(f.Buttons, [2]string{"withdraw", "Retirer de la liste"})
		}
		if bad != nil && came == c.Code {
			f.Folded = false
			if f.beside(bad) {
				bad = nil
			}
		}
		return f
	}
	v.Forms = append(v.Forms, form(action.CrossTheme{}, "Ajouter un thème"))
	for _, c := range themes {
		v.Forms = append(v.Forms, form(c, "Modifier «\u00a0"+c.Name+"\u00a0»"))
	}
	v.Notices = wrong(bad)
	return d.private(w, r, status, x, v, ui.Link{Label: tabCross})
}

func (d Deps) saveCross(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.atDesk(r, policy.Judge)
	if err != nil {
		return err
	}
	rev, err := strconv.ParseInt(shell.Typed(r, "rev"), 10, 64)
	if err != nil {
		rev = -1
	}
	in := action.CrossTheme{Code: shell.Typed(r, "code"), Name: shell.Typed(r, "name"), Rev: rev, Withdrawn: shell.Typed(r, "do") == "withdraw"}
	if err := d.Room.SaveCross(r.Context(), shell.Actor(r), x.cop, in); err != nil {
		if shell.Beside(err) {
			return d.showCross(w, r, apperr.Status(err), err)
		}
		return err
	}
	return shell.SeeOther(w, r, x.desk()+"/transversales?fait=1")
}

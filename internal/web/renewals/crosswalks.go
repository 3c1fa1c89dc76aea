package renewals

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/renewal"
	"jalon/internal/web/preview"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const crosswalkPath = "/national/correspondances"

// nation refuses whoever does not run the cycles of the nation.
func nation(r *http.Request) error {
	if policy.Can(shell.Actor(r), policy.Edit, policy.Thing{Kind: policy.Cycle}) {
		return nil
	}
	return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}

func crosswalkTrail(more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Tableau national", Href: "/national"}, {Label: "Correspondances", Href: crosswalkPath}}, more...)
}

// crosswalks are those that the nation sent, and the form that sends one.
func (d Deps) crosswalks(w http.ResponseWriter, r *http.Request) error {
	if err := nation(r); err != nil {
		return err
	}
	return d.showCrosswalks(w, r, http.StatusOK, nil)
}

func (d Deps) showCrosswalks(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	all, err := renewal.Crosswalks(r.Context(), d.Q)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: "Administration nationale", Title: "Correspondances entre les référentiels de leviers", Scope: []string{"réservé à l’administration nationale"},
		Lead: "Quand une COP suit une autre, ses leviers passent d’une liste à la suivante par une table de correspondance. Jalon en fournit une\u00a0; téléchargez-la, corrigez-la, puis déposez-la ici."}}
	f := sections.Form{ID: "deposer", Action: crosswalkPath, Submit: "Vérifier le fichier", File: true, Fields: []ui.Field{{ID: "file", Label: "Fichier CSV", Type: "file", Required: true, Accept: ".csv,text/csv", Help: "Rien n’entre en vigueur à ce moment\u00a0: chaque ligne est d’abord vérifiée, puis vous décidez."}}}
	v.Notices = sections.Wrong(f.Fields, "file", wrong)
	v.Parts = append(v.Parts, sections.Part{ID: "nouvelle", Title: "Essayer une table", Forms: []sections.Form{f}, Facts: [][2]string{
		{"from, to", "codes de deux leviers de listes différentes\u00a0; to est vide quand rien ne correspond"}, {"kind", "one-to-one (même levier), part-of (from est une partie de to) ou no-match (sans correspondance)"},
		{"reason", "une phrase, montrée à l’équipe de la COP"}, {"to_version", "la liste de to\u00a0: 2023-24, 2023-24-om, 2025, 2025-adaptation, 2026 ou 2026-larges"}, {"Entre deux listes", "les lignes du fichier remplacent toutes celles de Jalon entre ces deux listes\u00a0; les autres restent"}}})
	part := sections.Part{ID: "tables", Title: "Tables déposées"}
	if len(all) == 0 {
		part.Empty = ui.Empty{Title: "Aucune table n’a été déposée", Text: "Celle de Jalon seule est en vigueur."}
	} else {
		t := ui.Table{ID: "deposees", Caption: part.Title, CaptionHidden: true, Columns: []ui.Column{{Label: "Fichier", Wide: true}, {Label: "Déposé le"}, {Label: "État"}, {Label: "Pourquoi"}}}
		for _, x := range all {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.FileName, Href: crosswalkPath + "/" + x.ID}, {Text: french.Date(x.At)}, {Text: renewal.StateName(x.State)}, {Text: x.Reason}}})
		}
		part.Tables = []ui.Table{t}
	}
	v.Parts = append(v.Parts, part)
	v.Foot = ui.Source{Text: "correspondances en vigueur, celles de Jalon et celles que l’administration nationale a déposées.", Downloads: []ui.Link{{Label: "La table en vigueur (CSV)", Href: crosswalkPath + "/table.csv"}}}
	return sections.Show(d.Shell, w, r, status, v, true, crosswalkTrail()...)
}

// table is the whole crosswalk in force, as a file that may be corrected and sent back.
func (d Deps) table(w http.ResponseWriter, r *http.Request) error {
	if err := nation(r); err != nil {
		return err
	}
	fw, err := d.Room.Framework(r.Context(), d.Q)
	if err != nil {
		return err
	}
	set := exchange.Dataset{Name: "correspondances", Rows: func(yield func([]exchange.Datum, error) bool) {
		for _, l := range fw.Links() {
			if !yield([]exchange.Datum{exchange.Text(l.From), exchange.Text(l.To), exchange.Text(string(l.Kind)), exchange.Text(l.Reason), exchange.Text(l.Source), exchange.Text(l.ToVersion)}, nil) {
				return
			}
		}
	}}
	for _, name := range framework.CrosswalkColumns() {
		set.Fields = append(set.Fields, exchange.Field{Name: name})
	}
	return preview.SendCSV(w, set)
}

// try reads a file that the nation sends.
func (d Deps) try(w http.ResponseWriter, r *http.Request) error {
	if err := nation(r); err != nil {
		return err
	}
	name, body, err := sent(r)
	var x renewal.Crosswalk
	if err == nil {
		x, err = d.Room.Try(r.Context(), shell.Actor(r), name, body)
	}
	if err != nil && shell.Beside(err) {
		return d.showCrosswalks(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, crosswalkPath+"/"+x.ID)
}

// sent is the file of a form.
func sent(r *http.Request) (name string, body []byte, err error) {
	err = r.ParseMultipartForm(1 << 20)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return "", nil, apperr.New(apperr.TooLarge, err, "Ce fichier dépasse 1\u00a0Mo\u00a0: une table de correspondance a quelques centaines de lignes. Rien n’a été enregistré.")
	case errors.Is(err, http.ErrNotMultipart):
		return "", nil, apperr.New(apperr.Invalid, err, "Choisissez un fichier. Rien n’a été enregistré.")
	case err != nil:
		return "", nil, apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	file, header, err := r.FormFile("file")
	if err != nil {
		return "", nil, apperr.New(apperr.Invalid, err, "Choisissez un fichier. Rien n’a été enregistré.")
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	body, err = io.ReadAll(file)
	return shell.Clean(header.Filename), body, err
}

// crosswalk is one table, with what is said of each line.
func (d Deps) crosswalk(w http.ResponseWriter, r *http.Request) error {
	if err := nation(r); err != nil {
		return err
	}
	return d.showCrosswalk(w, r, http.StatusOK, "", nil)
}

// mostVerdicts is how many lines the page shows, those that are refused first.
const mostVerdicts = 300

func (d Deps) showCrosswalk(w http.ResponseWriter, r *http.Request, status int, reason string, wrong error) error {
	x, err := renewal.FindCrosswalk(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	j, err := d.Room.Judge(r.Context(), x)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: "Table de correspondance", Title: french.Integer(len(j.Lines)) + nb + french.Plural(len(j.Lines), "ligne vérifiée", "lignes vérifiées"), Scope: []string{x.FileName, renewal.StateName(x.State), "déposée le " + french.Date(x.At)}}}
	switch {
	case j.Refuse > 0:
		v.Notices = append(v.Notices, ui.Alert{State: "error", Title: french.Integer(j.Refuse) + nb + french.Plural(j.Refuse, "ligne refusée", "lignes refusées"), Text: "Cette table n’entre pas en vigueur ainsi. Corrigez le fichier, puis déposez-le de nouveau\u00a0: rien n’a changé."})
	case x.State == renewal.Waiting:
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Toutes les lignes sont bonnes", Text: "La table n’est pas encore en vigueur."})
	}
	part := sections.Part{ID: "verdicts", Title: "Ligne par ligne"}
	t := ui.Table{ID: "lignes", Caption: part.Title, CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Ligne", Number: true}, {Label: "De", Wide: true}, {Label: "À", Wide: true}, {Label: "Correspondance"}, {Label: "Verdict"}}}
	name := func(code string) ui.Cell {
		if l, err := m.Framework().Lever(code); err == nil {
			return ui.Cell{Text: l.Name, Sub: code}
		}
		if code == "" {
			return ui.Cell{Text: "rien"}
		}
		return ui.Cell{Text: code}
	}
	for _, refused := range []bool{true, false} {
		for _, l := range j.Lines {
			if (l.Reason != "") != refused || len(t.Rows) == mostVerdicts {
				continue
			}
			verdict := ui.Cell{Text: "bonne"}
			if refused {
				verdict = ui.Cell{Text: "refusée\u00a0: " + l.Reason}
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(l.Line)}, name(l.Link.From), name(l.Link.To), {Text: l.Link.Kind.Label()}, verdict}})
		}
	}
	if len(j.Lines) > len(t.Rows) {
		part.Lead = french.Integer(len(t.Rows)) + nb + "lignes sont montrées, celles qui sont refusées d’abord."
	}
	part.Tables = []ui.Table{t}
	v.Parts = append(v.Parts, part, sections.Part{ID: "empreinte", Title: "Le fichier", Facts: [][2]string{{"Empreinte SHA-256", x.SHA256}}})
	if act := turning(x, j); act.Submit != "" {
		act.Fields[0].Value = reason
		v.Notices = append(v.Notices, sections.Wrong(act.Fields, "reason", wrong)...)
		v.Parts = append(v.Parts, sections.Part{ID: "decider", Title: "Décider", Forms: []sections.Form{act}})
	} else {
		v.Notices = append(v.Notices, sections.Wrong(nil, "", wrong)...)
	}
	return sections.Show(d.Shell, w, r, status, v, true, crosswalkTrail(ui.Link{Label: x.FileName})...)
}

// turning is the form of what may be done with a table now.
func turning(x renewal.Crosswalk, j renewal.Judged) sections.Form {
	f := sections.Form{ID: "tourner", Action: crosswalkPath + "/" + x.ID, Rev: strconv.FormatInt(x.Rev, 10), Fields: []ui.Field{{ID: "reason", Label: "Pourquoi", Required: true, Help: "Gardé avec la décision."}}}
	switch {
	case x.State == renewal.Current:
		f.Do, f.Submit, f.Secondary = renewal.Withdrawn, "Retirer cette table", true
	case j.Good:
		f.Do, f.Submit = renewal.Current, "Mettre cette table en vigueur"
	}
	return f
}

func (d Deps) turn(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	if err := nation(r); err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	id, reason := r.PathValue("id"), shell.Typed(r, "reason")
	err = d.Room.Turn(r.Context(), shell.Actor(r), id, rev, shell.Typed(r, "do"), reason)
	if err != nil && shell.Beside(err) {
		return d.showCrosswalk(w, r, apperr.Status(err), reason, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, crosswalkPath+"/"+id+"?fait=1")
}

package transfers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"net/http"
	"os"
	"strconv"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// file is one file that goes out.
type file struct {
	name, title, says string
	media             string
	write             func(x outgoing, w io.Writer, list iter.Seq2[action.Action, error]) (int64, error)
}

// outgoing is what files are written with.
type outgoing struct {
	place
	names exchange.ActionNames
	base  string
	at    time.Time
}

func (x outgoing) set(list iter.Seq2[action.Action, error]) exchange.Dataset {
	return exchange.ActionsDataset("actions", x.title(), "Une ligne par action. Un montant vide n’est pas renseigné, ce n’est pas zéro.", list, x.names)
}

const csvType = "text/csv; charset=utf-8"

func files() []file {
	json := "application/json; charset=utf-8"
	return []file{
		{"actions.xlsx", "Tableur XLSX", "toutes les colonnes, et leur dictionnaire", typeXLSX, func(x outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteXLSX(w, x.set(l))
		}},
		{"actions.ods", "Tableur ODS", "les mêmes colonnes, pour LibreOffice", "application/vnd.oasis.opendocument.spreadsheet", func(x outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteODS(w, x.set(l))
		}},
		{"actions.csv", "CSV", "les mêmes colonnes", csvType, func(x outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteCSV(w, x.set(l), ',')
		}},
		{"actions.json", "JSON complet", "chaque action entière, telle que Jalon la tient", json, func(_ outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteActionsJSON(w, l)
		}},
		{"territoires-en-transitions.xlsx", "Plan de Territoires en Transitions", "28 colonnes, au modèle de son import", typeXLSX, func(x outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteTeT(w, x.title(), l, x.names)
		}},
		{"projets.csv", "Projets de transition écologique (Communs), CSV", "les 22 champs du schéma", csvType, func(x outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteProjects(w, false, "", l, x.names)
		}},
		{"projets.json", "Projets de transition écologique (Communs), JSON", "les champs du schéma que l’action renseigne", json, func(x outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteProjectsJSON(w, l, x.names)
		}},
		{"vivier.csv", "Vivier COP", "les seules actions au vivier, avec leur statut", csvType, func(x outgoing, w io.Writer, l iter.Seq2[action.Action, error]) (int64, error) {
			return exchange.WriteProjects(w, true, x.cop.Cycle[:min(4, len(x.cop.Cycle))], only(l, func(a action.Action) bool { return a.State == action.Pool }), x.names)
		}},
		{"actions.ics", "Agenda (iCalendar)", "débuts, fins et échéances des tâches qui ont un jour", "text/calendar; charset=utf-8", calendar},
	}
}

// only keeps the actions that fit.
func only(list iter.Seq2[action.Action, error], fits func(action.Action) bool) iter.Seq2[action.Action, error] {
	return func(yield func(action.Action, error) bool) {
		for x, err := range list {
			if err == nil && !fits(x) {
				continue
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

// calendar writes what has a day: a month or a year is no day of a calendar.
func calendar(x outgoing, w io.Writer, list iter.Seq2[action.Action, error]) (rows int64, err error) {
	var days []cop.Appointment
	add := func(a action.Action, uid, day, name string) {
		if len(day) == len(time.DateOnly) {
			days = append(days, cop.Appointment{UID: a.ID + "-" + uid, Day: day, Name: name, Path: "/actions/" + a.ID, UpdatedAt: a.Changed, Sequence: a.Rev, Category: "Action", Cancelled: a.Status == "abandoned"})
		}
	}
	for a, err := range list {
		if err != nil {
			return rows, err
		}
		add(a, "debut", a.Starts, "Début"+nb+": "+a.Title)
		add(a, "fin", a.Ends, "Fin"+nb+": "+a.Title)
		for i, t := range a.Tasks {
			if t.Done == "" {
				add(a, "tache-"+cmp.Or(t.ID, strconv.Itoa(i)), t.Due, t.Title+" ("+a.Title+")")
			}
		}
		rows++
	}
	_, err = io.WriteString(w, cop.ICS(x.title(), x.base, days))
	return rows, err
}

// exportView is a page of files.
type exportView struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Files   ui.Table
	Note    string
}

func fileTable(base string, skip func(name string) bool) ui.Table {
	t := ui.Table{ID: "fichiers", Caption: "Fichiers à télécharger", Columns: []ui.Column{{Label: "Fichier", Wide: true}, {Label: "Contenu", Wide: true}, {Label: "Empreinte"}}}
	for _, f := range files() {
		if skip == nil || !skip(f.name) {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: f.title, Href: base + "/" + f.name}, {Text: f.says}, {Text: "SHA-256", Href: base + "/" + f.name + ".sha256"}}})
		}
	}
	return t
}

func (d Deps) exports(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	v := exportView{Heading: ui.Heading{Overline: "Actions", Title: p.region.Name + nb + ": exporter les actions", Scope: []string{"réservé à l’équipe"},
		Lead: "Tout ce que vous pouvez lire, contacts compris. Chaque fichier est écrit d’un seul instant du registre et se réimporte."}, Tabs: p.tabs(shell.Actor(r), "out"), Files: fileTable(p.exports(), nil),
		Note: "Les fichiers publics, sans personne ni partie masquée, sont à l’adresse " + p.public() + "."}
	return d.Shell.Render(w, r, d.page(r, p, v.Heading.Title, ui.Link{Label: "Exporter les actions"}), exportPage(v))
}

func (d Deps) exportFile(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	thing := p.cop.Thing(policy.Action)
	may := policy.Can(a, policy.Export, thing)
	for _, dept := range p.departments {
		of := thing
		of.Department = dept
		may = may || policy.Can(a, policy.Export, of)
	}
	if !may {
		return apperr.NotFoundf(nobody)
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return d.sendFile(w, r, p, a.Person, func(ctx context.Context, q db.Q) iter.Seq2[action.Action, error] {
		return action.Each(ctx, q, a, func(x action.Action) policy.Thing { return x.Thing(p.cop) }, p.cop.ID)
	})
}

func (d Deps) publicFiles(w http.ResponseWriter, r *http.Request) error {
	p, err := d.place(r)
	if err != nil {
		return err
	}
	v := exportView{Heading: ui.Heading{Overline: "Actions", Title: p.region.Name + nb + ": télécharger les actions", Scope: []string{"actions débattues et retenues"},
		Lead: "Les actions publiques de la COP, sous licence ouverte. Aucune personne n’y est nommée."}, Tabs: wording.InCycles(wording.COPTabs(p.cop, p.region, tabActions), policy.Actor{}, p.cop, p.all, "/actions/fichiers"), Files: fileTable(p.public(), inner)}
	page := d.Shell.Page(r, v.Heading.Title, "", wording.COPTrail(p.cop, p.region, ui.Link{Label: tabActions, Href: wording.ActionsPath(p.cop)}, ui.Link{Label: "Télécharger les actions"})...)
	return d.Shell.Render(w, r, page, exportPage(v))
}

// inner files hold what is not public.
func inner(name string) bool { return name == "vivier.csv" }

func (d Deps) publicFile(w http.ResponseWriter, r *http.Request) error {
	p, err := d.place(r)
	if err != nil {
		return err
	}
	if name := r.PathValue("fichier"); inner(name) || inner(name[:max(0, len(name)-len(".sha256"))]) {
		return apperr.NotFoundf("Ce fichier n’existe pas.")
	}
	w.Header().Set("Cache-Control", "public, max-age=60, must-revalidate")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return d.sendFile(w, r, p, "", func(ctx context.Context, q db.Q) iter.Seq2[action.Action, error] {
		all := action.Each(ctx, q, policy.Actor{}, func(x action.Action) policy.Thing { return x.Thing(p.cop) }, p.cop.ID)
		return func(yield func(action.Action, error) bool) {
			for x, err := range only(all, func(x action.Action) bool { return x.State.Public() }) {
				x = x.Public()
				x.Contact, x.Referent = "", "" // a page names them, a file of all actions would be a list of people
				if !yield(x, err) {
					return
				}
			}
		}
	})
}

// sendFile writes a file to a temporary one from one snapshot, then sends it whole with
// its digest, or the digest alone. Each is written down: who, how many, which digest.
func (d Deps) sendFile(w http.ResponseWriter, r *http.Request, p place, by string, list func(ctx context.Context, q db.Q) iter.Seq2[action.Action, error]) (err error) {
	name, digestOnly := r.PathValue("fichier"), false
	if n := len(name) - len(".sha256"); n > 0 && name[n:] == ".sha256" {
		name, digestOnly = name[:n], true
	}
	var f file
	for _, x := range files() {
		if x.name == name {
			f = x
		}
	}
	if f.write == nil {
		return apperr.NotFoundf("Ce fichier n’existe pas.")
	}
	tmp, err := os.CreateTemp("", "jalon-actions-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name())) }()
	h := sha256.New()
	var rows int64
	err = db.Snapshot(r.Context(), d.Q, func(ctx context.Context, q db.Q) (err error) {
		x := outgoing{place: p, base: d.Shell.BaseURL, at: d.Now()}
		if x.names, err = d.names(ctx, q, p); err != nil {
			return err
		}
		rows, err = f.write(x, io.MultiWriter(tmp, h), list(ctx, q))
		return err
	})
	if err != nil {
		return err
	}
	out := name
	if d.Shell.Demo {
		out = shell.DemoName(out)
	}
	digest := hex.EncodeToString(h.Sum(nil))
	head := w.Header()
	if digestOnly {
		head.Set("Content-Type", "text/plain; charset=utf-8")
		_, err = io.WriteString(w, digest+"  "+out+"\n")
		return err
	}
	if err := d.Room.Exported(r.Context(), by, out, p.cop.ID, rows, digest); err != nil {
		return err
	}
	head.Set("Content-Type", f.media)
	head.Set("ETag", `"`+digest+`"`)
	head.Set("Content-Disposition", `attachment; filename="`+out+`"`)
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	http.ServeContent(w, r, "", time.Time{}, tmp)
	return nil
}

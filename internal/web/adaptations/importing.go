package adaptations

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/web/preview"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// importing is at, for who brings priorities in.
func (d Deps) importing(r *http.Request) (place, error) {
	p, err := d.atDesk(r)
	if err != nil {
		return p, err
	}
	return p, adaptation.MayImport(p.actor, p.cop)
}

func (d Deps) importForm(w http.ResponseWriter, r *http.Request) error {
	p, err := d.importing(r)
	if err != nil {
		return err
	}
	return d.showImport(w, r, http.StatusOK, p, nil)
}

func (d Deps) showImport(w http.ResponseWriter, r *http.Request, status int, p place, wrong error) error {
	fields := []ui.Field{
		{ID: "file", Label: "Fichier XLSX ou CSV", Type: "file", Accept: ".csv,.xlsx,text/csv", Required: true, Help: "La table Grist de l’État, exportée, ou un tableur à ses colonnes. 25" + nb + "Mo et 10" + nb + "000 lignes au plus."},
		{ID: "encoding", Label: "Encodage du fichier", Type: "select", Options: []ui.Option{{Label: "UTF-8, ou classeur"}, {Value: string(exchange.Windows1252), Label: "Windows-1252 (ancien Excel)", Selected: shell.Typed(r, "encoding") == string(exchange.Windows1252)}}},
	}
	v := sections.View{Heading: ui.Heading{Overline: "Fiches d’adaptation", Title: p.where + nb + ": importer la table de l’État", Scope: []string{p.cycleWord(), "réservé à l’équipe"},
		Lead: "Une ligne par priorité. Chaque ligne reçoit d’abord son verdict" + nb + ": rien n’est enregistré avant que vous l’ayez relu, et une seule ligne refusée retient tout le fichier. Une priorité déjà là, du même intitulé dans le même département, n’est pas doublée."},
		Tabs: p.tabs("import"), Notices: sections.Wrong(fields, "file", wrong)}
	v.Parts = []sections.Part{{ID: "fichier", Links: []ui.Link{{Label: "La table telle qu’elle est aujourd’hui, à remplir (XLSX)", Href: p.desk() + "/fichiers/priorites.xlsx"}}, Forms: []sections.Form{{ID: "envoyer", Action: p.imports(), Submit: "Voir l’aperçu", File: true, Fields: fields}}}}
	return sections.Show(d.Shell, w, r, status, v, true, p.trail(ui.Link{Label: "Fiches d’adaptation", Href: p.desk()}, ui.Link{Label: "Importer"})...)
}

// send keeps the rows of a file as they are, then judges them, or asks what its columns
// hold.
func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	p, err := d.importing(r)
	if err != nil {
		return err
	}
	to := ""
	if err = shell.ReadUpload(r, shell.TooLongATable); err == nil {
		to, err = d.keep(r, p)
	}
	if err != nil && shell.Beside(err) {
		return d.showImport(w, r, apperr.Status(err), p, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, to)
}

func (d Deps) keep(r *http.Request, p place) (to string, err error) {
	ctx := r.Context()
	file, header, err := r.FormFile("file")
	if err != nil || header.Size == 0 {
		if file != nil {
			err = file.Close()
		}
		return "", errors.Join(apperr.Invalidf("Choisissez un fichier qui contient au moins une ligne."), err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	t, err := exchange.ReadTableWith(header.Filename, file, exchange.Options{Limits: exchange.AdaptationLimits(), Encoding: exchange.Encoding(shell.Typed(r, "encoding"))})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	raw, err := d.Room.Intake.Stage(ctx, d.Q, intake.File{Kind: adaptation.ColumnsKind(p.cop.ID), Name: header.Filename, SHA256: hex.EncodeToString(sum.Sum(nil)), By: p.actor.Person, Again: true}, exchange.AdaptationRows(t), nil)
	if err != nil {
		return "", err
	}
	if raw.Note != "" {
		return "", apperr.Invalidf("%s", raw.Note)
	}
	said, err := action.Remembered(ctx, d.Q, p.cop.ID, remembered(t.Header))
	if err != nil {
		return "", err
	}
	columns := exchange.AdaptationColumns(t.Header, said)
	if exchange.DecidedColumns(columns) != nil {
		return p.imports() + "/" + raw.ID + "/colonnes", nil
	}
	return d.judge(ctx, p, raw, columns)
}

// remembered is the name of a header among those of all files of a COP.
func remembered(header []string) []string {
	return append([]string{"priorités d’adaptation"}, header...)
}

// lines reads back all the rows of a run.
func (d Deps) lines(ctx context.Context, run string) iter.Seq2[intake.Line, error] {
	return func(yield func(intake.Line, error) bool) {
		for after := 0; ; {
			page, err := intake.Verdicts(ctx, d.Q, run, "", after, 1000)
			if err != nil {
				yield(intake.Line{}, err)
				return
			}
			for _, l := range page {
				if after = l.Line; !yield(l, nil) {
					return
				}
			}
			if len(page) < 1000 {
				return
			}
		}
	}
}

func (d Deps) judge(ctx context.Context, p place, raw intake.Run, columns []string) (to string, err error) {
	judge, err := d.Room.Judge(ctx, d.Q, p.actor, p.cop)
	if err != nil {
		return "", err
	}
	run, err := d.Room.Intake.Stage(ctx, d.Q, intake.File{Kind: adaptation.RunKind(p.cop.ID), Name: raw.FileName, SHA256: raw.SHA256, By: p.actor.Person, Again: true}, exchange.JudgeAdaptation(judge, columns, d.lines(ctx, raw.ID)), nil)
	return p.imports() + "/" + run.ID, err
}

// head is the header of a file that waits, with a few values of each column.
func (d Deps) head(r *http.Request, p place) (raw intake.Run, header []string, samples [][]string, err error) {
	if raw, err = adaptation.FindRun(r.Context(), d.Q, p.actor, adaptation.ColumnsKind(p.cop.ID), r.PathValue("run")); err != nil {
		return raw, nil, nil, err
	}
	page, err := intake.Verdicts(r.Context(), d.Q, raw.ID, "", 0, 30)
	if err != nil {
		return raw, nil, nil, err
	}
	for _, l := range page {
		var row exchange.AdaptationRow
		if l.Verdict == intake.Error || json.Unmarshal(l.Data, &row) != nil {
			continue
		}
		if header == nil {
			header, samples = row.Header, make([][]string, len(row.Header))
			continue
		}
		for i, c := range row.Cells {
			if c != "" && i < len(samples) && len(samples[i]) < 3 {
				samples[i] = append(samples[i], clip(c))
			}
		}
	}
	if header == nil {
		err = apperr.NotFoundf("Ce fichier n’est plus là\u00a0: il est gardé un jour. Envoyez-le de nouveau.")
	}
	return raw, header, samples, err
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

func (d Deps) columns(w http.ResponseWriter, r *http.Request) error {
	p, err := d.importing(r)
	if err != nil {
		return err
	}
	return d.showColumns(w, r, http.StatusOK, p, nil)
}

func (d Deps) showColumns(w http.ResponseWriter, r *http.Request, status int, p place, wrong error) error {
	raw, header, samples, err := d.head(r, p)
	if err != nil {
		return err
	}
	said, err := action.Remembered(r.Context(), d.Q, p.cop.ID, remembered(header))
	if err != nil {
		return err
	}
	columns := exchange.AdaptationColumns(header, said)
	options := [][2]string{{exchange.Ignored, "ne pas reprendre"}}
	for _, f := range adaptation.Fields() {
		options = append(options, [2]string{f.Key, f.Label})
	}
	var fields []ui.Field
	for i, h := range header {
		value := columns[i]
		if posted := shell.Typed(r, "c"+strconv.Itoa(i)); posted != "" {
			value = posted
		}
		f := sections.Choose("c"+strconv.Itoa(i), "«"+nb+h+nb+"»", value, "", options)
		if strings.TrimSpace(h) == "" {
			f.Label = "colonne " + strconv.Itoa(i+1)
		}
		if value == "" {
			f.Options = append([]ui.Option{{Label: "À dire", Selected: true}}, f.Options...)
		}
		if f.Help = "Colonne vide sur les premières lignes."; len(samples[i]) > 0 {
			f.Help = "Par exemple" + nb + ": «" + nb + strings.Join(samples[i], nb+"», «"+nb) + nb + "»."
		}
		fields = append(fields, f)
	}
	v := sections.View{Heading: ui.Heading{Overline: "Fiches d’adaptation", Title: "Que contient chaque colonne" + nb + "?", Scope: []string{raw.FileName, p.where}, Lead: "Jalon ne devine pas" + nb + ": il connaît les noms de la table de l’État, vous dites le reste. Votre choix vaudra pour le prochain fichier qui a les mêmes colonnes."},
		Tabs: p.tabs("import"), Notices: sections.Wrong(nil, "", wrong), Parts: []sections.Part{{ID: "colonnes", Forms: []sections.Form{{ID: "sens", Action: p.imports() + "/" + raw.ID + "/colonnes", Submit: "Voir l’aperçu", Fields: fields}}}}}
	return sections.Show(d.Shell, w, r, status, v, true, p.trail(ui.Link{Label: "Fiches d’adaptation", Href: p.desk()}, ui.Link{Label: "Importer", Href: p.imports()}, ui.Link{Label: "Colonnes"})...)
}

func (d Deps) mapColumns(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, err := d.importing(r)
	if err != nil {
		return err
	}
	raw, header, _, err := d.head(r, p)
	if err != nil {
		return err
	}
	var said [][2]string
	columns := make([]string, len(header))
	for i, h := range header {
		columns[i] = shell.Typed(r, "c"+strconv.Itoa(i))
		said = append(said, [2]string{h, columns[i]})
	}
	to := ""
	if err = exchange.DecidedColumns(columns); err == nil {
		if err = d.Register.Remember(r.Context(), p.actor, p.cop.ID, remembered(header), said); err == nil {
			to, err = d.judge(r.Context(), p, raw, columns)
		}
	}
	if err != nil && shell.Beside(err) {
		return d.showColumns(w, r, apperr.Status(err), p, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, to)
}

var does = map[string]string{adaptation.DoAdd: "fiche nouvelle", adaptation.DoUpdate: "mise à jour", adaptation.DoLeave: "laissée"}

func (p place) texts(data json.RawMessage) []string {
	var x adaptation.Incomer
	if json.Unmarshal(data, &x) == nil && x.Do != "" {
		return []string{x.Input.Title, does[x.Do], x.Where, x.Input.EffectName()}
	}
	var row exchange.Refused
	out := make([]string, 4)
	if json.Unmarshal(data, &row) == nil {
		var some []string
		for _, c := range row.Cells {
			if c != "" && len(some) < 3 {
				some = append(some, clip(c))
			}
		}
		out[0] = strings.Join(some, " · ")
	}
	return out
}

func (d Deps) run(r *http.Request, p place, id string, wrong error) (preview.Run, error) {
	run, err := adaptation.FindRun(r.Context(), d.Q, p.actor, adaptation.RunKind(p.cop.ID), id)
	if err != nil {
		return preview.Run{}, err
	}
	return preview.Run{Run: run, Here: p.imports() + "/" + run.ID, Overline: "Fiches d’adaptation", Scope: []string{p.where, p.cycleWord()}, Tabs: p.tabs("import").Tabs, TabsName: "Adaptation",
		Columns: []ui.Column{{Label: "Priorité", Wide: true}, {Label: "Ce qui en sera fait"}, {Label: "Département"}, {Label: "Effet"}}, Fields: []string{"intitule", "effet_de_l_import", "departement", "effet"}, Texts: p.texts,
		Cells: func(data json.RawMessage) []ui.Cell {
			t := p.texts(data)
			return []ui.Cell{{Text: t[0]}, {Text: t[1]}, {Text: t[2]}, {Text: t[3]}}
		},
		Nothing: "Rien n’a été enregistré", Wrong: wrong,
		Staged:  ui.Alert{State: "info", Title: "Rien n’est encore enregistré", Text: "Relisez les lignes, puis enregistrez" + nb + ": toutes ou aucune. Chaque fiche entre en rédaction" + nb + "; l’adoption reste un acte du département."},
		Applied: ui.Alert{State: "success", Title: "Fiches enregistrées", Text: "Enregistrées le " + french.Date(run.AppliedAt) + "."},
		Act:     p.imports() + "/enregistrer", Form: "enregistrer", Button: "Enregistrer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "ligne", "lignes"),
		Links: []ui.Link{{Label: "Importer un autre fichier", Href: p.imports()}, {Label: "Les fiches", Href: p.desk()}}}, nil
}

func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	p, err := d.importing(r)
	if err != nil {
		return err
	}
	return d.showRun(w, r, http.StatusOK, p, r.PathValue("run"), nil)
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, p place, id string, wrong error) error {
	run, err := d.run(r, p, id, wrong)
	if err != nil {
		return err
	}
	v, err := run.Read(r.Context(), d.Q, d.Room.Cursors, r)
	if err != nil {
		return err
	}
	page := d.Shell.Page(r, v.Heading.Title, "", p.trail(ui.Link{Label: "Fiches d’adaptation", Href: p.desk()}, ui.Link{Label: "Importer", Href: p.imports()}, ui.Link{Label: "Aperçu"})...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, preview.Page(v))
}

func (d Deps) verdicts(w http.ResponseWriter, r *http.Request) error {
	p, err := d.importing(r)
	if err != nil {
		return err
	}
	run, err := d.run(r, p, r.PathValue("run"), nil)
	if err != nil {
		return err
	}
	return run.CSV(r.Context(), d.Q, w, "priorites-verdicts")
}

func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, err := d.importing(r)
	if err != nil {
		return err
	}
	id := shell.Typed(r, "run")
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	_, err = d.Room.ApplyRun(r.Context(), p.actor, p.cop, id, rev)
	if err != nil && shell.Beside(err) {
		return d.showRun(w, r, apperr.Status(err), p, id, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, p.imports()+"/"+id)
}

// Package preview is the page of a file that was read and not yet applied: each
// row with its verdict, the file of the verdicts, the act that makes it real. Every
// room that takes files shows the same one.
package preview

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/web/ui"
)

const (
	nb   = french.NoBreak
	size = 100
)

// Run is a file of a room, and the words that this room has for it.
type Run struct {
	intake.Run
	// Here is the address of the page; the file of verdicts is under it.
	Here     string
	Overline string
	Scope    []string
	Tabs     []ui.Link
	TabsName string
	// Columns and Cells show the data of a row, between its verdict and the reason;
	// Fields and Texts write them in the file of verdicts.
	Columns []ui.Column
	Cells   func(data json.RawMessage) []ui.Cell
	Fields  []string
	Texts   func(data json.RawMessage) []string
	// Nothing is what a failure leaves: «Rien n’a été enregistré».
	Nothing string
	// Staged and Applied say where the file stands.
	Staged, Applied ui.Alert
	// Act is where the button sends, Button what it says, Form its anchor.
	Act, Button, Form string
	// Links lead elsewhere: another file, rows to mend by hand.
	Links []ui.Link
	// Wrong is why the act was refused.
	Wrong error
}

// View is the page, drawn by Page.
type View struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	TabsName string
	Notice   ui.Alert
	Act      string
	Button   string
	Form     string
	ID, Rev  string
	Links    []ui.Link
	Filters  []ui.Link
	Table    ui.Table
	Pager    ui.Pager
}

// Read makes a page of the rows of a run, after the cursor of the request.
func (x Run) Read(ctx context.Context, q db.Q, cursors db.Cursors, r *http.Request) (v View, err error) {
	var only intake.Verdict
	if r.URL.Query().Get("voir") == "refusees" {
		only = intake.Error
	}
	list := "preview/" + x.ID + "/" + string(only)
	key, err := cursors.Open(list, r.URL.Query().Get("apres"), 1)
	if err != nil {
		return v, err
	}
	after := 0
	if key != nil {
		if after, err = strconv.Atoi(key[0]); err != nil {
			return v, apperr.New(apperr.Invalid, err, "Cette page de la liste n’existe pas.")
		}
	}
	lines, err := intake.Verdicts(ctx, q, x.ID, only, after, size+1)
	if err != nil {
		return v, err
	}
	v = View{Tabs: x.Tabs, TabsName: x.TabsName, ID: x.ID, Rev: strconv.FormatInt(x.Rev, 10), Act: x.Act, Form: x.Form, Notice: x.notice(),
		Heading: ui.Heading{Overline: x.Overline, Title: "Aperçu" + nb + ": " + french.Integer(x.Rows) + nb + french.Plural(x.Rows, "ligne", "lignes"), Scope: append([]string{x.FileName}, x.Scope...)},
		Filters: []ui.Link{{Label: "Toutes les lignes", Href: x.Here, Current: only == ""}, {Label: "Lignes refusées", Href: x.Here + "?voir=refusees", Current: only != ""}},
		Links:   append(append([]ui.Link(nil), x.Links...), ui.Link{Label: "Télécharger les verdicts (CSV)", Href: x.Here + "/verdicts.csv"})}
	if len(lines) > size {
		lines = lines[:size]
		next := url.Values{"apres": {cursors.Seal(list, strconv.Itoa(lines[size-1].Line))}}
		if only != "" {
			next.Set("voir", "refusees")
		}
		v.Pager.Next = x.Here + "?" + next.Encode()
	}
	v.Table = ui.Table{ID: "lignes", Caption: "Chaque ligne et son verdict", Columns: append(append([]ui.Column{{Label: "Ligne"}, {Label: "Colonne"}, {Label: "Verdict"}}, x.Columns...), ui.Column{Label: "Raison", Wide: true})}
	for _, l := range lines {
		at := place(l)
		cells := append([]ui.Cell{{Text: at[0]}, {Text: at[1]}, {Text: at[2]}}, x.Cells(l.Data)...)
		v.Table.Rows = append(v.Table.Rows, ui.Row{Current: l.Verdict == intake.Error, Cells: append(cells, ui.Cell{Text: l.Reason})})
	}
	if x.State == intake.Staged {
		v.Button = x.Button
	}
	return v, nil
}

// place is the line, the column and the verdict of a row.
func place(l intake.Line) [3]string {
	out := [3]string{strconv.Itoa(l.Line), "", l.Verdict.Name()}
	if l.Col > 0 {
		out[1] = strconv.Itoa(l.Col)
	}
	return out
}

// notice says where a file stands.
func (x Run) notice() ui.Alert {
	switch {
	case x.Wrong != nil:
		return ui.Alert{State: "error", Title: x.Nothing, Text: apperr.Message(x.Wrong)}
	case x.State == intake.Staged:
		return x.Staged
	case x.State == intake.Applied:
		return x.Applied
	case x.State == intake.Refused:
		text := x.Nothing + nb + ": corrigez le fichier, puis envoyez-le de nouveau."
		if x.Note != "" {
			text = x.Note + " " + text
		}
		title := "Le fichier est refusé"
		if x.Errors > 0 {
			title = french.Integer(x.Errors) + nb + french.Plural(x.Errors, "ligne est refusée", "lignes sont refusées")
		}
		return ui.Alert{State: "error", Title: title, Text: text}
	}
	return ui.Alert{State: "warning", Title: "Cet envoi n’est pas allé à son terme", Text: x.Nothing + nb + ": recommencez depuis le fichier."}
}

// CSV sends every verdict as a file.
func (x Run) CSV(ctx context.Context, q db.Q, w http.ResponseWriter, name string) error {
	set := exchange.Dataset{Name: name}
	for _, f := range append(append([]string{"fichier", "ligne", "colonne", "verdict"}, x.Fields...), "raison") {
		set.Fields = append(set.Fields, exchange.Field{Name: f})
	}
	set.Rows = func(yield func([]exchange.Datum, error) bool) {
		for after := 0; ; {
			lines, err := intake.Verdicts(ctx, q, x.ID, "", after, 1000)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, l := range lines {
				after = l.Line
				at := place(l)
				texts := append([]string{x.FileName, at[0], at[1], at[2]}, x.Texts(l.Data)...)
				var row []exchange.Datum
				for _, text := range append(texts, l.Reason) {
					row = append(row, exchange.Text(text))
				}
				if !yield(row, nil) {
					return
				}
			}
			if len(lines) < 1000 {
				return
			}
		}
	}
	return SendCSV(w, set)
}

// SendCSV sends a small table as a file, made whole before anything leaves.
func SendCSV(w http.ResponseWriter, set exchange.Dataset) error {
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, set, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+set.Name+`.csv"`)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, err := w.Write(body.Bytes())
	return err
}

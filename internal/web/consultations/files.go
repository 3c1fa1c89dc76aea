package consultations

import (
	"bytes"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/debate/consultation"
	"jalon/internal/document"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/web/shell"
)

func (d Deps) send(w http.ResponseWriter, kind, name string, body []byte) error {
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever left does not need to hear it
	return nil
}

// text is the file that the seal of a version is taken of.
func (d Deps) text(w http.ResponseWriter, r *http.Request) error {
	_, x, err := d.read(r)
	if err != nil {
		return err
	}
	n := x.Version
	if text := r.URL.Query().Get("version"); text != "" {
		if n, err = strconv.ParseInt(text, 10, 64); err != nil || n < 1 || n > x.Version {
			return apperr.New(apperr.NotFound, err, "Cette version n’existe pas.")
		}
	}
	list, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, n)
	if err != nil {
		return err
	}
	return d.send(w, "text/markdown; charset=utf-8", "consultation-"+x.ID+"-version-"+strconv.FormatInt(n, 10)+".md", []byte(consultation.Markdown(list)))
}

// csv is every published amendment with its answer: what the pages show, and nothing
// of who wrote but the name that is shown.
func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	p, x, err := d.read(r)
	if err != nil {
		return err
	}
	all, err := consultation.Amendments(r.Context(), d.Q, x.ID, "")
	if err != nil {
		return err
	}
	lines, err := d.amendmentLines(r, p, x, all)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "amendements-" + x.ID}
	for _, name := range []string{"id", "article", "version", "forme", "texte_propose", "pourquoi", "signature", "au_nom_de", "publie_le", "soutiens", "decision", "raison", "decide_le"} {
		data.Fields = append(data.Fields, exchange.Field{Name: name})
	}
	var rows [][]exchange.Datum
	for i, a := range all {
		judged := ""
		if !a.JudgedAt.IsZero() {
			judged = p.c.DayAt(a.JudgedAt)
		}
		var row []exchange.Datum
		for _, text := range []string{a.ID, lines[i].Article, strconv.FormatInt(a.Version, 10), a.Form.Name(), a.Proposed, a.Why, a.Signed, a.Speaker, p.c.DayAt(a.PublishedAt), strconv.FormatInt(a.Supports, 10), a.Verdict.Name(), a.Reason, judged} {
			row = append(row, exchange.Text(text))
		}
		rows = append(rows, row)
	}
	data.Rows = exchange.Slice(rows)
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, data, ','); err != nil {
		return err
	}
	return d.send(w, "text/csv; charset=utf-8", data.Name+".csv", body.Bytes())
}

// odt is the same as a document to bring to a meeting.
func (d Deps) odt(w http.ResponseWriter, r *http.Request) error {
	p, x, err := d.read(r)
	if err != nil {
		return err
	}
	articles, err := consultation.ArticlesOf(r.Context(), d.Q, x.ID, x.Version)
	if err != nil {
		return err
	}
	all, err := consultation.Amendments(r.Context(), d.Q, x.ID, "")
	if err != nil {
		return err
	}
	lines, err := d.amendmentLines(r, p, x, all)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, a := range articles {
		here[a.Origin] = true
	}
	for i, m := range all { // those of articles that are gone keep their place, at the end
		if !here[m.Origin] {
			here[m.Origin] = true
			articles = append(articles, consultation.Article{Origin: m.Origin, Title: lines[i].Article + " (article retiré)"})
		}
	}
	doc := document.Document{Kind: "amendements", Title: x.Title, Subtitle: "Amendements et réponses", Day: d.today(p), Version: strconv.FormatInt(x.Version, 10), Scope: []string{phaseText(x, d.today(p)), counted(len(all), "amendement publié", "amendements publiés")},
		Author: p.c.SenderName(), Demo: d.Shell.Demo, Address: d.Shell.Absolute(x.Path(p.c))}
	for i, a := range articles {
		part := document.Part{ID: "article-" + strconv.Itoa(i+1), Title: a.Title, Missing: "Aucun amendement publié sur cet article."}
		for k, m := range all {
			if m.Origin != a.Origin {
				continue
			}
			part.Missing = ""
			part.Blocks = append(part.Blocks, document.Text{Spans: []document.Span{{Text: french.Upper(m.Form.Name()) + ", " + m.Signed + nb + ": ", Bold: true}, {Text: m.Why}}})
			if m.Form == consultation.Rewrite {
				part.Blocks = append(part.Blocks, document.Para("Texte proposé"+nb+": "+marked(lines[k].Diff)))
			}
			answer := "Pas encore de réponse."
			if m.Verdict != "" {
				answer = french.Upper(m.Verdict.Name()) + nb + ": " + m.Reason
			}
			part.Blocks = append(part.Blocks, document.Para("Réponse de l’équipe"+nb+": "+answer))
		}
		doc.Parts = append(doc.Parts, part)
	}
	var body bytes.Buffer
	if err := document.WriteODT(&body, doc); err != nil {
		return err
	}
	return d.send(w, "application/vnd.oasis.opendocument.text", "amendements-"+x.ID+".odt", body.Bytes())
}

// marked is a comparison as plain text.
func marked(list []consultation.Chunk) (out string) {
	for _, c := range list {
		switch c.Mark {
		case consultation.Added:
			out += "[+ " + c.Text + "]"
		case consultation.Removed:
			out += "[− " + c.Text + "]"
		case consultation.Kept:
			out += c.Text
		}
	}
	return out
}

package renewals

import (
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// ArchivePath is the page that lists what a COP leaves.
func ArchivePath(c cop.COP) string { return "/regions/" + c.Slug + "/cycles/" + c.Cycle + "/archive" }

// mostDocuments is how many documents the page lists.
const mostDocuments = 200

// archive lists all that a COP published, each with its digest: it stays when another
// COP follows.
func (d Deps) archive(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return err
	}
	c, err := cop.FindIn(r.Context(), d.Q, r.PathValue("cycle"), "region:"+region.Code)
	if err != nil {
		return err
	}
	editions, err := d.editions(r, c)
	if err != nil {
		return err
	}
	lists, err := action.Listings(r.Context(), d.Q, policy.Actor{}, c)
	if err != nil {
		return err
	}
	files, err := d.Room.COPs.Documents(r.Context(), d.Q, policy.Actor{}, c, "", mostDocuments)
	if err != nil {
		return err
	}
	total := len(editions) + len(lists) + len(files.Rows)
	v := sections.View{Heading: ui.Heading{Overline: "Archives", Title: region.Name + nb + ": ce que laisse la COP " + c.Cycle, Scope: []string{french.Integer(total) + nb + french.Plural(total, "pièce publiée", "pièces publiées")},
		Lead: "Rien de ceci ne change quand une autre COP suit. Chaque pièce garde son adresse et son empreinte\u00a0: le code SHA-256 que donne le fichier exact, et aucun autre."}}
	if v.Notices, err = Told(r.Context(), d.Q, c); err != nil {
		return err
	}
	for i := range v.Notices { // not to itself
		v.Notices[i].Links = slices.DeleteFunc(v.Notices[i].Links, func(l ui.Link) bool { return l.Href == ArchivePath(c) })
	}
	v.Parts = append(v.Parts, table("editions", "Documents validés par les deux têtes", "Aucun document n’a été publié", "Le diagnostic partagé, la feuille de route et les revues annuelles paraîtront ici une fois validés.", editions))
	var rows []ui.Row
	for _, l := range lists {
		rows = append(rows, line(l.Title, wording.ListingPath(c, strconv.FormatInt(l.Seq, 10)), french.Day(l.EndedOn), l.SHA256))
	}
	v.Parts = append(v.Parts, table("releves", "Relevés de décisions", "Aucun relevé n’a été validé", "Les listes d’actions que les deux têtes retiennent paraîtront ici.", rows))
	rows = nil
	for _, x := range files.Rows {
		rows = append(rows, line(x.Title, "/documents/"+x.ID, french.Day(x.Day), x.SHA256))
	}
	docs := table("documents", "Fichiers publiés", "Aucun fichier n’a été publié", "Ce que l’équipe dépose et publie paraîtra ici.", rows)
	if files.Next != "" {
		docs.Lead = "Les " + french.Integer(mostDocuments) + " derniers\u00a0; les autres restent à leurs adresses."
	}
	v.Parts = append(v.Parts, docs, sections.Part{ID: "aussi", Title: "Lire cette COP", Links: []ui.Link{{Label: "La page de la COP " + c.Cycle, Href: c.Path()}, {Label: "Ses actions", Href: wording.ActionsPath(c)}}})
	v.Foot = ui.Source{Text: "Jalon, ce que la " + c.SenderName() + " a publié dans le cycle " + c.Cycle + ".", Print: true}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, wording.RegionTrail(region, ui.Link{Label: "COP " + c.Cycle, Href: c.Path()}, ui.Link{Label: "Archives"})...)
}

// editions are the documents that both heads validated.
func (d Deps) editions(r *http.Request, c cop.COP) (rows []ui.Row, err error) {
	for _, k := range composition.Kinds() {
		all, err := composition.EditionsOf(r.Context(), d.Q, k, c.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			n := strconv.FormatInt(e.Seq, 10)
			title := k.Words().Shared + ", édition " + n
			if e.Term != "" {
				title = k.Words().Shared + " " + e.Term + ", édition " + n
			}
			rows = append(rows, line(title, c.Path()+k.Path(e.Term)+"/editions/"+n, french.Day(e.PublishedOn), e.SHA256))
		}
	}
	return rows, nil
}

func line(title, href, day, digest string) ui.Row {
	cells := []ui.Cell{{Text: title, Href: href}, {Text: day}, {Text: digest}}
	if digest == "" {
		cells[2] = ui.Cell{Missing: "Cette pièce n’a pas d’empreinte."}
	}
	return ui.Row{Cells: cells}
}

func table(id, title, none, why string, rows []ui.Row) sections.Part {
	p := sections.Part{ID: id, Title: title}
	if len(rows) == 0 {
		p.Empty = ui.Empty{Title: none, Text: why}
		return p
	}
	p.Tables = []ui.Table{{ID: "t-" + id, Caption: title, CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Pièce", Wide: true}, {Label: "Du"}, {Label: "Empreinte SHA-256"}}, Rows: rows}}
	return p
}

package live

import (
	"slices"
	"strings"

	"jalon/internal/document"
)

// How much a poster holds: what more there is, it counts.
const (
	posterThemes  = 4
	posterActions = 4
	posterRows    = 7
)

// Poster is an edition on one large sheet: what is essential, the objectives, the first
// themes with their actions, what these cover, what is missing, what follows. It writes
// nothing that the edition does not: each figure leads where it leads there. What the
// edition left out is left out.
func (k *Kept) Poster() document.Document {
	d := k.Document
	d.Parts, d.Poster, d.Version = nil, true, ""
	for _, p := range k.Document.Parts {
		var blocks []document.Block
		switch p.ID {
		case "preface/essentiel", "suivi/modalites":
			blocks = said(p.Blocks)
		case "suivi/prochaine-cop":
			blocks = titles(said(p.Blocks))
		case "cibles/objectifs-partages":
			blocks = firstRows(p.Blocks, "objectifs-partages", 0, 1, 2)
		case "couverture/leviers":
			blocks = firstRows(p.Blocks, "couverture", 0, 1, 3)
		case "besoins/financement":
			blocks = figures(p.Blocks)
		case "plan/themes":
			d.Parts = append(d.Parts, firstThemes(p)...)
		}
		if len(blocks) > 0 {
			d.Parts = append(d.Parts, document.Part{ID: p.ID, Title: p.Title, Blocks: blocks})
		}
	}
	// What is missing stands beside what is essential, for who reads no further.
	if i := slices.IndexFunc(d.Parts, func(p document.Part) bool { return p.ID == "besoins/financement" }); i > 0 {
		p := d.Parts[i]
		d.Parts = slices.Insert(slices.Delete(d.Parts, i, i+1), 1, p)
	}
	return d
}

// figures are the first key figures.
func figures(blocks []document.Block) []document.Block {
	for _, b := range blocks {
		if _, ok := b.(document.KeyFigures); ok {
			return []document.Block{b}
		}
	}
	return nil
}

// firstRows is a table by its id, with its first rows and some of its columns.
func firstRows(blocks []document.Block, id string, columns ...int) []document.Block {
	for _, b := range blocks {
		t, ok := b.(document.Table)
		if !ok || t.ID != id || len(t.Columns) <= slices.Max(columns) {
			continue
		}
		out := document.Table{ID: t.ID, Caption: t.Caption}
		for _, c := range columns {
			out.Columns = append(out.Columns, t.Columns[c])
		}
		for _, row := range t.Rows[:min(posterRows, len(t.Rows))] {
			var cells []document.Cell
			for _, c := range columns {
				cells = append(cells, row[c])
			}
			out.Rows = append(out.Rows, cells)
		}
		more := len(t.Rows) - posterRows
		if more > 0 {
			out.Note = "Et " + howMany(more, "autre ligne", "autres lignes") + ", dans la feuille de route entière."
		}
		return []document.Block{out}
	}
	return nil
}

// said leaves out the remarks, which tell what is not there, and the sources.
func said(blocks []document.Block) []document.Block {
	return slices.DeleteFunc(slices.Clone(blocks), func(b document.Block) bool {
		_, remark := b.(document.Quote)
		return remark
	})
}

// titles are the lists alone, each of their items by its name.
func titles(blocks []document.Block) (out []document.Block) {
	for _, b := range blocks {
		l, ok := b.(document.List)
		if !ok {
			continue
		}
		short := document.List{Ordered: l.Ordered}
		for _, item := range l.Items {
			short.Items = append(short.Items, item[:1])
		}
		out = append(out, short)
	}
	return out
}

// firstThemes are the first themes of the plan, each with its first actions.
func firstThemes(plan document.Part) (out []document.Part) {
	themes := 0
	for _, b := range plan.Blocks {
		t, ok := b.(document.Table)
		if !ok || !strings.HasPrefix(t.ID, "theme-") {
			continue
		}
		if themes++; themes > posterThemes {
			continue
		}
		var l document.List
		for _, row := range t.Rows[:min(posterActions, len(t.Rows))] {
			item := []document.Span{{Text: row[1].Text, Href: row[1].Href}}
			if holder := row[2]; holder.Text != "" {
				item = append(item, document.Span{Text: ", " + holder.Text})
			}
			l.Items = append(l.Items, item)
		}
		if more := len(t.Rows) - posterActions; more > 0 {
			l.Items = append(l.Items, document.Plain("et "+howMany(more, "autre action", "autres actions")))
		}
		out = append(out, document.Part{ID: plan.ID + "/" + t.ID, Title: t.Caption, Blocks: []document.Block{l}})
	}
	if more := themes - posterThemes; more > 0 {
		last := &out[len(out)-1]
		last.Blocks = append(last.Blocks, document.Para("Et "+howMany(more, "autre thème", "autres thèmes")+", dans la feuille de route entière."))
	}
	return out
}

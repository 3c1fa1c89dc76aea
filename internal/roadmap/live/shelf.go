package live

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/document"
)

// Kept is an edition of a roadmap as it was frozen, ready to be read: its document
// leads to the sheets of its own actions.
type Kept struct {
	document.Frozen
	// Short is the document for a page: the sheets of its actions stand each at their own
	// address, and the long lists are left to the whole edition.
	Short document.Document
	// Sheets are its actions in the order of the document.
	Sheets []Sheet
	base   string
	at     map[string]int
}

// Sheet is an action of an edition.
type Sheet struct {
	Action string // id
	Theme  string
	Anchor string // in the page of the whole edition
	Table  document.Table
}

// Sheet is that of an action, and its place among the others; false for an action that
// the edition does not hold.
func (k *Kept) Sheet(action string) (int, bool) {
	i, ok := k.at[action]
	return i, ok
}

// Path is the address of the sheet of an action in an edition.
func (k *Kept) Path(action string) string { return k.base + "/actions/" + action }

// mostKept is how many editions stay in memory: the last of each region, and some of
// those before. An edition never changes.
const mostKept = 24

// Shelf keeps in memory the editions that pages read: what takes time is reading them
// back, and they never change.
type Shelf struct {
	mu   sync.Mutex
	kept map[string]*Kept
	last []string // the least lately read first
}

// Of is an edition ready to be read; base is the address of its page.
func (s *Shelf) Of(ctx context.Context, q db.Q, pub document.Publication, base string) (_ *Kept, err error) {
	defer apperr.Wrap(&err, "roadmap.Shelf.Of(%s)", pub.ID)
	s.mu.Lock()
	if k := s.kept[pub.ID]; k != nil && k.base == base {
		s.last = append(slices.DeleteFunc(s.last, func(id string) bool { return id == pub.ID }), pub.ID)
		s.mu.Unlock()
		return k, nil
	}
	s.mu.Unlock()
	f, err := document.Load(ctx, q, pub)
	if err != nil {
		return nil, err
	}
	k := prepare(f, base)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[string]*Kept{}
	}
	if s.kept[pub.ID] == nil {
		s.last = append(s.last, pub.ID)
	}
	s.kept[pub.ID] = k
	for len(s.last) > mostKept {
		delete(s.kept, s.last[0])
		s.last = s.last[1:]
	}
	return k, nil
}

// prepare finds the sheets of an edition, and leads its lists to them.
func prepare(f document.Frozen, base string) *Kept {
	k := &Kept{Frozen: f, base: base, at: map[string]int{}}
	anchors, theme := f.Document.Anchors(), ""
	for i, p := range f.Document.Parts {
		for n, b := range p.Blocks {
			switch b := b.(type) {
			case document.Text:
				if len(b.Spans) == 1 && b.Spans[0].Bold {
					theme = b.Spans[0].Text
				}
			case document.Table:
				id, ok := strings.CutPrefix(b.ID, SheetPrefix)
				if _, twice := k.at[id]; !ok || twice {
					continue
				}
				k.at[id] = len(k.Sheets)
				k.Sheets = append(k.Sheets, Sheet{Action: id, Theme: theme, Anchor: anchors[i] + "-" + strconv.Itoa(n+1), Table: b})
			}
		}
	}
	k.Document.Parts = k.led(f.Document.Parts)
	k.Short = k.Document
	k.Short.Parts = k.shortened(k.Document.Parts, anchors)
	return k
}

// led leads to the sheets of the edition what leads to the page of an action.
func (k *Kept) led(parts []document.Part) []document.Part {
	const page = "/actions/"
	out := slices.Clone(parts)
	for i := range out {
		out[i].Blocks = slices.Clone(out[i].Blocks)
		for n, b := range out[i].Blocks {
			t, ok := b.(document.Table)
			if !ok || strings.HasPrefix(t.ID, SheetPrefix) {
				continue
			}
			t.Rows = slices.Clone(t.Rows)
			for row := range t.Rows {
				for c, cell := range t.Rows[row] {
					id, ok := strings.CutPrefix(cell.Href, page)
					if _, here := k.at[id]; !ok || !here {
						continue
					}
					t.Rows[row] = slices.Clone(t.Rows[row])
					t.Rows[row][c].Href = k.Path(id)
				}
			}
			out[i].Blocks[n] = t
		}
	}
	return out
}

// shortened leaves out the sheets, and the long lists but for those of themes.
func (k *Kept) shortened(parts []document.Part, anchors []string) []document.Part {
	out := slices.Clone(parts)
	for i, p := range out {
		left, sheets := 0, 0
		var blocks []document.Block
		for _, b := range p.Blocks {
			t, ok := b.(document.Table)
			switch {
			case ok && strings.HasPrefix(t.ID, SheetPrefix):
				sheets++
			case ok && t.Detail && !strings.HasPrefix(t.ID, "theme-"):
				left++
			default:
				blocks = append(blocks, b)
			}
		}
		if sheets+left == 0 {
			continue
		}
		whole := k.base + "#" + anchors[i]
		if sheets > 0 { // the titles of themes stood over them
			blocks = slices.DeleteFunc(blocks, func(b document.Block) bool {
				t, ok := b.(document.Text)
				return ok && len(t.Spans) == 1 && t.Spans[0].Bold
			})
			var items [][]document.Span
			for _, s := range k.Sheets {
				items = append(items, []document.Span{{Text: strings.TrimPrefix(s.Table.Caption, "Action "), Href: k.Path(s.Action)}})
			}
			blocks = append(blocks, document.Para("Chaque action a sa fiche, à son adresse."), document.List{Items: items})
		}
		blocks = append(blocks, document.Text{Spans: []document.Span{{Text: "Tout lire, ligne à ligne", Href: whole}, {Text: ", dans l’édition entière."}}})
		out[i].Blocks = blocks
	}
	return out
}

// Last is the last edition that a COP published, prepared; false when it published none.
func (s *Shelf) Last(ctx context.Context, q db.Q, copID, page string) (_ *Kept, e composition.Edition, ok bool, err error) {
	list, err := composition.PublishedEditions(ctx, q, composition.Roadmap, copID, "")
	if err != nil || len(list) == 0 {
		return nil, e, false, err
	}
	pub, err := document.Find(ctx, q, list[0].Publication)
	if err != nil {
		return nil, e, false, err
	}
	k, err := s.Of(ctx, q, pub, page+"/editions/"+strconv.FormatInt(list[0].Seq, 10))
	return k, list[0], err == nil, err
}

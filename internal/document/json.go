package document

import (
	"encoding/json"
	"fmt"
	"strings"
)

// blockJSON is a block with the word of its type, as JSON.
type blockJSON struct {
	Type  string          `json:"type"`
	Block json.RawMessage `json:"block"`
}

// partJSON is Part as JSON: the same fields, blocks with their types.
type partJSON struct {
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Blocks  []blockJSON `json:"blocks,omitempty"`
	Missing string      `json:"missing,omitempty"`
	Notes   []string    `json:"notes,omitempty"`
	Chapter string      `json:"chapter,omitempty"`
}

func blockType(b Block) string {
	switch b.(type) {
	case Text:
		return "text"
	case List:
		return "list"
	case Quote:
		return "quote"
	case KeyFigures:
		return "key_figures"
	case Table:
		return "table"
	case Chart:
		return "chart"
	}
	return ""
}

// MarshalJSON writes a part with the type of each of its blocks.
func (p Part) MarshalJSON() ([]byte, error) {
	out := partJSON{ID: p.ID, Title: p.Title, Missing: p.Missing, Notes: p.Notes, Chapter: p.Chapter}
	for _, b := range p.Blocks {
		body, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		out.Blocks = append(out.Blocks, blockJSON{blockType(b), body})
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Part) UnmarshalJSON(data []byte) error {
	var in partJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*p = Part{ID: in.ID, Title: in.Title, Missing: in.Missing, Notes: in.Notes, Chapter: in.Chapter}
	for _, x := range in.Blocks {
		b, err := readBlock(x)
		if err != nil {
			return err
		}
		p.Blocks = append(p.Blocks, b)
	}
	return nil
}

func readBlock(x blockJSON) (Block, error) {
	switch x.Type {
	case "text":
		return read[Text](x.Block)
	case "list":
		return read[List](x.Block)
	case "quote":
		return read[Quote](x.Block)
	case "key_figures":
		return read[KeyFigures](x.Block)
	case "table":
		return read[Table](x.Block)
	case "chart":
		return read[Chart](x.Block)
	}
	return nil, fmt.Errorf("document: a block of the unknown type %q", x.Type)
}

func read[B Block](data json.RawMessage) (Block, error) {
	var b B
	err := json.Unmarshal(data, &b)
	return b, err
}

// Figures are the keys of the figures that a document shows, each once, in the
// order of reading.
func (d Document) Figures() []string {
	var out []string
	seen := map[string]bool{}
	add := func(key string) {
		if key != "" && !seen[key] {
			seen[key] = true
			out = append(out, key)
		}
	}
	// A document that keeps its explanations has those of plain addresses too.
	follow := func(href string) {
		if key, ok := strings.CutPrefix(href, figures); ok && d.FigureBase != "" {
			add(key)
		}
	}
	spans := func(list []Span) {
		for _, s := range list {
			add(s.Figure)
			follow(s.Href)
		}
	}
	table := func(t Table) {
		for _, r := range t.Rows {
			for _, c := range r {
				add(c.Figure)
				follow(c.Href)
			}
		}
	}
	for _, p := range d.Parts {
		for _, b := range p.Blocks {
			switch b := b.(type) {
			case Text:
				spans(b.Spans)
			case List:
				for _, it := range b.Items {
					spans(it)
				}
			case Quote:
				spans(b.Spans)
			case KeyFigures:
				for _, k := range b.Figures {
					add(k.Figure)
				}
			case Table:
				table(b)
			case Chart:
				for _, s := range b.Drawing.Shapes {
					follow(s.Href)
				}
				table(b.Table)
			}
		}
	}
	return out
}

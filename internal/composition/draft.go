package composition

import (
	"context"
	"errors"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/french"
)

// DraftMark is what each page of a document that is not published says.
const DraftMark = "Projet, non publié"

// Nothing is what stands in the place of a block that has nothing to show, before
// its reason.
const Nothing = "Pas encore de donnée à montrer ici"

// Sheet is what a document says of itself besides its blocks.
type Sheet struct {
	Author  string
	Address string // public address of its page
	Version string
	Mark    string // DraftMark, or empty for an edition
	// FigureBase is where the explanations kept with an edition are.
	FigureBase string
	Demo       bool
}

// Draft is what a team composes as a document, with what each live block gave and what is
// missing from it.
type Draft struct {
	Document document.Document
	Made     map[string]Made // by the id of the block
	Lacks    []Lack
}

// Lack is a block that shows nothing, and why.
type Lack struct {
	Block  Block
	Name   string
	Reason string
}

// BlockName is how lists name a block: its title, else what it is.
func BlockName(list []Live, b Block) string {
	l, _ := liveOf(list, b.Live)
	switch {
	case b.Title != "":
		return b.Title
	case l.Name != "":
		return l.Name
	case b.Live != "":
		return "Bloc «\u00a0" + b.Live + "\u00a0», qui n’est plus au catalogue"
	}
	return "Texte sans titre"
}

// Kept are the blocks that a document shows.
func Kept(blocks []Block) []Block {
	return slices.DeleteFunc(slices.Clone(blocks), func(b Block) bool { return b.State != BlockKept })
}

// Compose makes a document: its blocks in the order of the parts,
// each live one read now. A block that has nothing to show says why in its place,
// and the rest stands; a text that nobody wrote is left out.
func Compose(ctx context.Context, d Composition, blocks []Block, c Catalogue, at Place, s Sheet) (out Draft, err error) {
	defer apperr.Wrap(&err, "composition.Compose(%s)", d.ID)
	reading, err := c.Open(ctx, at)
	if err != nil {
		return out, err
	}
	from, day := at.Period()
	scope := []string{"cycle " + at.Cycle, "objectifs indicatifs, proposés à la discussion"}
	if from != "" {
		scope = append(scope, "période du "+french.Day(from)+" au "+french.Day(day))
	}
	if day < at.Day {
		scope = append(scope, "établie le "+french.Day(at.Day))
	}
	out = Draft{Made: map[string]Made{}, Document: document.Document{Kind: string(d.Kind), Title: Title(d, at.Region.Name), Subtitle: definitions[d.Kind].subtitle, Day: day, Version: s.Version,
		Scope: scope, Author: s.Author, Demo: s.Demo, Address: s.Address, Mark: s.Mark, FigureBase: s.FigureBase}}
	list, part := c.List(), Part("")
	parts := []document.Part{}
	for _, b := range Kept(blocks) {
		x := document.Part{ID: b.Live, Title: b.Title, Blocks: document.Markdown(b.Text)}
		if b.Live == "" {
			x.ID = "texte"
			if len(x.Blocks) == 0 {
				out.Lacks = append(out.Lacks, Lack{b, BlockName(list, b), "Ce texte n’est pas écrit\u00a0: il n’entre pas dans le document."})
				continue
			}
		} else {
			made, err := reading.Make(ctx, b.Live, b.Params)
			switch {
			case errors.Is(err, ErrUnknown):
				made = Made{Missing: "Ce bloc n’est plus dans le catalogue de Jalon\u00a0: retirez-le, ou écrivez un texte à sa place."}
			case apperr.KindOf(err) == apperr.NotFound:
				made = Made{Missing: apperr.Message(err)}
			case err != nil:
				return out, err
			}
			out.Made[b.ID] = made
			if x.Title == "" {
				x.Title = made.Title
			}
			if x.Title == "" {
				x.Title = BlockName(list, b)
			}
			if made.Missing != "" {
				out.Lacks = append(out.Lacks, Lack{b, BlockName(list, b), made.Missing})
				made.Blocks = []document.Block{document.Quote{Title: Nothing, Spans: document.Plain(made.Missing)}}
			}
			x.Blocks, x.Notes = append(x.Blocks, made.Blocks...), made.Notes
		}
		last := len(parts) - 1
		if b.Part != part {
			part, x.Chapter = b.Part, d.Kind.PartName(b.Part)
		} else if x.Title == "" { // goes on under the title above
			parts[last].Blocks = append(parts[last].Blocks, x.Blocks...)
			continue
		}
		if x.Title == "" {
			x.Title = "En bref"
		}
		parts = append(parts, x)
	}
	out.Document.Parts = parts
	return out, nil
}

// Title is the title of a document, the usual one when its team gave none.
func Title(d Composition, region string) string {
	if d.Title != "" {
		return d.Title
	}
	return definitions[d.Kind].title(region, d.Term)
}

// Gist is what a page shows of a published diagnosis in a few lines.
type Gist struct {
	// Findings are what the synthesis comes to: the title of each of its parts that has
	// something to show, and its anchor.
	Findings [][2]string
	// Part holds a few words and key figures, of the synthesis when it has some, else of
	// what is aimed at, else of any part; without blocks when there is nothing that short.
	Part document.Part
}

// GistOf reads what a diagnosis comes to.
func GistOf(d document.Document) (g Gist) {
	anchors, chapter, best, shown := d.Anchors(), "", 0, ""
	for i, p := range d.Parts {
		if p.Chapter != "" {
			chapter = p.Chapter
		}
		short := document.Part{ID: p.ID, Title: p.Title}
		keys, shows := false, false
		for _, b := range p.Blocks {
			switch b := b.(type) {
			case document.Text, document.List:
				short.Blocks, shows = append(short.Blocks, b), true
			case document.KeyFigures:
				short.Blocks, keys, shows = append(short.Blocks, b), true, true
			case document.Quote:
				shows = shows || b.Title != Nothing
			default:
				shows = true
			}
		}
		short.Blocks = short.Blocks[:min(len(short.Blocks), 4)]
		rank := 0
		switch {
		case len(short.Blocks) == 0:
		case chapter == Diagnosis.PartName(Priorities):
			rank = 3
		case keys && chapter == Diagnosis.PartName(Aims):
			rank = 2
		case keys:
			rank = 1
		}
		if rank > best {
			best, g.Part, shown = rank, short, anchors[i]
		}
		if shows && chapter == Diagnosis.PartName(Priorities) {
			g.Findings = append(g.Findings, [2]string{p.Title, anchors[i]})
		}
	}
	// What is shown whole is no line of the list besides.
	g.Findings = slices.DeleteFunc(g.Findings, func(f [2]string) bool { return f[1] == shown })
	return g
}

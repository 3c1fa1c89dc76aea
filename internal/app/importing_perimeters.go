package app

import (
	"context"
	"fmt"
	"iter"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/territory"
)

// perimeterCells maps a fault of the room to the cell of the file.
func perimeterCells(r exchange.PerimeterRow) map[string]exchange.Cell {
	return map[string]exchange.Cell{"kind": r.Kind, "name": r.Name, "holder": r.Holder, "from": r.From, "to": r.To, "members": r.Member}
}

// perimeters gathers the rows of a file into perimeters, in the order in which
// they first appear.
type perimeters struct {
	tree  *territory.Tree
	order []string
	found map[string]*gathered
}

type gathered struct {
	input territory.PerimeterInput
	line  int
	lines map[string]int // member → its line
}

// importPerimeters creates the perimeters of a file, and updates those that
// already bear the same kind and name: the same file twice changes nothing.
func (c *Core) importPerimeters(ctx context.Context, r ImportRequest, table *exchange.Table, digest string, o Outcome) (Outcome, error) {
	tree, err := c.tree(ctx)
	if err != nil {
		return o, err
	}
	read, err := exchange.ReadPerimeters(table, r.Mapping)
	if err != nil {
		return o, err
	}
	p := &perimeters{tree: tree, found: map[string]*gathered{}}
	run, err := c.Intake.Stage(ctx, c.DB, intake.File{Kind: r.Kind, Name: o.File, SHA256: digest, By: r.By, Again: r.Again}, o.watch(p.rows(read)), nil)
	if err != nil {
		return o, err
	}
	o.Run = run
	for _, key := range p.order {
		g := p.found[key]
		n, _ := g.input.Check(tree)
		o.Summary = append(o.Summary, fmt.Sprintf("%s, %s\u00a0: %s communes", g.input.Kind.Short(), g.input.Name, french.Integer(len(n))))
	}
	return c.conclude(ctx, r, o, func(ctx context.Context, tx db.Q) error { return c.setPerimeters(ctx, tx, p, r.By, o.File) })
}

// rows judges each row by the rules of the room, then against the rows before
// it of the same perimeter.
func (p *perimeters) rows(read iter.Seq2[exchange.PerimeterRow, error]) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for r, err := range read {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			row := intake.Accept(r.Line, nil)
			if err := p.add(r); err != nil {
				row = intake.Refuse(r.Line, err)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (p *perimeters) add(r exchange.PerimeterRow) error {
	if r.Err != nil {
		return r.Err
	}
	kind, err := territory.ParsePerimeterKind(r.Kind.Value)
	if err != nil {
		return r.Kind.Fault("%s", apperr.Message(err))
	}
	in := territory.PerimeterInput{Kind: kind, Name: r.Name.Value, Holder: r.Holder.Value, From: r.From.Value, To: r.To.Value, Members: []string{r.Member.Value}}
	if _, faults := in.Check(p.tree); len(faults) > 0 {
		cell, ok := perimeterCells(r)[faults[0].Field]
		if !ok {
			cell = r.Name
		}
		return cell.Fault("%s", faults[0].Message)
	}
	key := string(kind) + "|" + french.Fold(in.Name)
	g := p.found[key]
	if g == nil {
		p.found[key] = &gathered{input: in, line: r.Line, lines: map[string]int{in.Members[0]: r.Line}}
		p.order = append(p.order, key)
		return nil
	}
	for _, same := range []struct {
		cell        exchange.Cell
		was, is, of string
	}{
		{r.Holder, g.input.Holder, in.Holder, "le SIREN du porteur"},
		{r.From, g.input.From, in.From, "la date de début"},
		{r.To, g.input.To, in.To, "la date de fin"},
	} {
		if same.was != same.is {
			return same.cell.Fault("%s diffère de la ligne\u00a0%d du même périmètre («\u00a0%s\u00a0»)", same.of, g.line, same.was)
		}
	}
	if line, twice := g.lines[in.Members[0]]; twice {
		return r.Member.Fault("membre en double\u00a0: il est déjà à la ligne\u00a0%d de ce périmètre", line)
	}
	g.lines[in.Members[0]] = r.Line
	g.input.Members = append(g.input.Members, in.Members[0])
	return nil
}

func (c *Core) setPerimeters(ctx context.Context, tx db.Q, p *perimeters, by, file string) error {
	act := territory.Act{By: by, Reason: "import du fichier " + file, At: c.now()}
	for _, key := range p.order {
		in := p.found[key].input
		old, err := namesake(ctx, tx, in)
		switch {
		case err != nil:
			return err
		case old.ID != "":
			if _, err := territory.UpdatePerimeter(ctx, tx, p.tree, old.ID, old.Rev, in, act); err != nil {
				return err
			}
			continue
		}
		id, err := c.IDs.New()
		if err != nil {
			return err
		}
		if _, err := territory.CreatePerimeter(ctx, tx, p.tree, id, in, act); err != nil {
			return err
		}
	}
	return nil
}

// namesake finds the perimeter of the same kind and name, the zero value when
// there is none.
func namesake(ctx context.Context, q db.Q, in territory.PerimeterInput) (territory.FreePerimeter, error) {
	f := territory.PerimeterFilter{Kind: in.Kind, Query: in.Name, Limit: 500}
	for {
		page, next, err := territory.ListPerimeters(ctx, q, f)
		if err != nil {
			return territory.FreePerimeter{}, err
		}
		for _, p := range page {
			if french.Fold(p.Name) == french.Fold(in.Name) {
				return p, nil
			}
		}
		if next == (territory.PerimeterKey{}) {
			return territory.FreePerimeter{}, nil
		}
		f.After = next
	}
}

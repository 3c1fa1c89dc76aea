package app

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// fondsVert is the kind of import that brings projects financed by the Fonds
// vert, and their programme as pages name it.
const (
	fondsVert          = "fonds-vert"
	fondsVertProgramme = "Fonds vert"
)

// financed gathers the projects of a file: whose they are, and how many are
// nobody's that Jalon knows.
type financed struct {
	tree    *territory.Tree
	sirens  map[string]bool
	seen    map[string]int
	kept    []survey.Project
	known   int
	unknown int
}

// importProjects keeps the projects of a public export, beside the authority of
// the same SIREN. One of a holder that is no authority is kept and counted: an
// EPCI may be born, a table of SIREN be completed.
func (c *Core) importProjects(ctx context.Context, r ImportRequest, table *exchange.Table, digest string, o Outcome) (Outcome, error) {
	tree, err := c.tree(ctx)
	if err != nil {
		return o, err
	}
	authorities, err := tree.Authorities()
	if err != nil {
		return o, err
	}
	f := &financed{tree: tree, sirens: map[string]bool{}, seen: map[string]int{}}
	for a := range authorities.All() {
		if a.SIREN != "" {
			f.sirens[a.SIREN] = true
		}
	}
	read, err := exchange.ReadFunded(table, r.Mapping, r.Year)
	if err != nil {
		return o, err
	}
	run, err := c.Intake.Stage(ctx, c.DB, intake.File{Kind: r.Kind, Name: o.File, SHA256: digest, By: r.By, Again: r.Again}, o.watch(f.rows(read)), nil)
	if err != nil {
		return o, err
	}
	o.Run = run
	o.Summary = append(o.Summary, fmt.Sprintf("Projets d’une collectivité\u00a0: %s\u00a0; d’un autre bénéficiaire, gardés sans être montrés\u00a0: %s.", french.Integer(f.known), french.Integer(f.unknown)))
	var did survey.Financed
	o, err = c.conclude(ctx, r, o, func(ctx context.Context, tx db.Q) (err error) {
		did, err = survey.KeepProjects(ctx, tx, f.kept, c.now())
		return err
	})
	if o.Applied {
		o.Summary = append(o.Summary, fmt.Sprintf("Projets ajoutés\u00a0: %s\u00a0; modifiés\u00a0: %s\u00a0; inchangés\u00a0: %s.", french.Integer(did.Added), french.Integer(did.Changed), french.Integer(did.Same)))
	}
	return o, err
}

// rows judges each row: refused when it cannot be read, with a remark when its
// holder is no authority.
func (f *financed) rows(read iter.Seq2[exchange.FundedRow, error]) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for r, err := range read {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			if !yield(f.judge(r), nil) {
				return
			}
		}
	}
}

// communeSIREN begins the SIREN of communes.
const communeSIREN = "21"

// successor is the commune of today for a project of one that has merged, or
// changed its number: that where the project is.
func (f *financed) successor(p survey.Project) (territory.Commune, bool) {
	if !strings.HasPrefix(p.SIREN, communeSIREN) || f.sirens[p.SIREN] || p.Commune == "" {
		return territory.Commune{}, false
	}
	if c, err := f.tree.Commune(p.Commune); err == nil {
		return c, c.SIREN != ""
	}
	c, ok := f.tree.Successor(p.Commune)
	return c, ok && c.SIREN != ""
}

func (f *financed) judge(r exchange.FundedRow) intake.Row {
	if r.Err != nil {
		return intake.Refuse(r.Line, r.Err)
	}
	p := survey.Project{SIREN: r.SIREN.Value, Year: r.Year, Programme: fondsVertProgramme, Measure: r.Measure, Name: r.Name, Cents: r.Cents, Commune: r.Commune,
		Source: "Fonds vert, export public " + strconv.Itoa(r.Year)}
	same := survey.ProjectID(p, r.File, 0)
	p.ID = survey.ProjectID(p, r.File, f.seen[same])
	f.seen[same]++
	now, moved := f.successor(p)
	if moved {
		p.SIREN = now.SIREN
	}
	f.kept = append(f.kept, p)
	switch {
	case moved:
		f.known++
		return intake.Warn(r.Line, nil, fmt.Sprintf("le SIREN %s est celui d’une commune qui n’est plus en vigueur\u00a0: projet rattaché à %s, où il a lieu", r.SIREN.Value, now.Name))
	case f.sirens[p.SIREN]:
		f.known++
		return intake.Accept(r.Line, nil)
	case p.SIREN == "":
		f.unknown++
		return intake.Warn(r.Line, nil, "le bénéficiaire n’a pas de SIREN\u00a0: projet gardé, montré à personne")
	}
	f.unknown++
	return intake.Warn(r.Line, nil, fmt.Sprintf("le SIREN %s n’est celui d’aucune collectivité connue (%s)\u00a0: projet gardé, montré à personne", p.SIREN, r.Holder))
}

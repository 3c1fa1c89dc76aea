package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// importActions brings a file of actions to the COP of a region, on the word of whoever
// runs the installation: they enter as proposed, and what is there is left.
func (c *Core) importActions(ctx context.Context, r ImportRequest) (o Outcome, err error) {
	o = Outcome{File: filepath.Base(r.Path)}
	if r.Region == "" {
		return o, apperr.Invalidf("Dites dans quelle COP entrent ces actions, par exemple --region 44.")
	}
	m, err := c.Model(ctx)
	if err != nil {
		return o, err
	}
	if _, err := m.Tree().Region(r.Region); err != nil {
		return o, err
	}
	of, err := cop.OfRegion(ctx, c.DB, r.Region)
	if err != nil {
		return o, err
	}
	file, err := os.Open(r.Path)
	if err != nil {
		return o, apperr.New(apperr.Invalid, err, "%s : le fichier ne s’ouvre pas.", o.File)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	digest, err := fileDigest(file)
	if err != nil {
		return o, err
	}
	info, err := file.Stat()
	if err != nil {
		return o, err
	}
	encoding := exchange.Encoding("")
	if r.Encoding == "windows-1252" {
		encoding = exchange.Windows1252
	}
	var said [][2]string
	for header, key := range r.Mapping {
		said = append(said, [2]string{header, key})
	}
	f, err := exchange.OpenActions(o.File, file, info.Size(), exchange.Options{Limits: exchange.ActionLimits(), Encoding: encoding, Sheet: r.Sheet, SkipRows: r.SkipRows}, said)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Decided(); err != nil {
		return o, err
	}
	room := &action.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: journal.New(c.IDs, c.now, db.Cursors{}), Links: &link.Links{IDs: c.IDs, Now: c.now}, Intake: c.Intake}
	c.actionWords(room)
	by := policy.Actor{Person: r.By, Grants: []policy.Grant{{Role: policy.Team, COP: of.ID}}}
	u := action.Upload{Name: o.File, SHA256: digest, Chosen: action.Chosen{Choices: action.Choices{State: action.Proposed}, Again: r.Again}}
	if o.Run, err = exchange.StageActions(ctx, room, m, by, of, f, u); err != nil {
		return o, err
	}
	if o.Run.State != intake.Staged || !r.Apply {
		return c.conclude(ctx, r, o, nil)
	}
	if err := c.verdicts(ctx, &o); err != nil {
		return o, err
	}
	did, err := room.ApplyRun(ctx, by, of, o.Run.ID, o.Run.Rev)
	if err != nil {
		return o, err
	}
	if o.Run, err = intake.Find(ctx, c.DB, o.Run.ID); err != nil {
		return o, err
	}
	o.Applied = true
	o.Summary = append(o.Summary, fmt.Sprintf("Actions ajoutées : %d ; déjà là ou d’une autre région, laissées : %d.", did.Added, did.Left))
	return o, nil
}

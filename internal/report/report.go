// Package report writes what the national team publishes: the point d’étape and
// the three studies that go with the stages of the COPs. It writes documents;
// internal/document draws and freezes them. A part without data says what will
// come; no sentence of a part says more than what the database holds of that day.
package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/panorama"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// The kinds of documents that the national team publishes.
const (
	KindReport       = "point-etape"
	KindGuide        = "guide-panorama"
	KindSurveyStudy  = "retour-questionnaires"
	KindMeasureStudy = "actions-mesures"
)

// Edition is what a document is asked for: which cycle, on which day, and what
// its first page says of whoever publishes it.
type Edition struct {
	Cycle, Day string
	Author     string
	Address    string // of the page of this edition, for references
	Demo       bool
	Intro      string            // an opening word of the publisher, may be empty
	Remarks    map[string]string // of the publisher, by part
	// Restitution reads what the regions had published of the answers by a day; nil
	// where nothing is read of them.
	Restitution func(ctx context.Context, cycle, day string) (restitution.View, error)
}

// CheckDay reads the day that a document is asked for: today when there is none.
func CheckDay(day, today string) (string, error) {
	switch _, bad := time.Parse(time.DateOnly, day); {
	case day == "":
		return today, nil
	case bad != nil:
		return "", apperr.New(apperr.Invalid, bad, "La date demandée ne se lit pas\u00a0: écrivez-la comme 2024-05-27.")
	case day > today:
		return "", apperr.Invalidf("Cette date est à venir\u00a0: choisissez une date passée ou celle du jour.")
	}
	return day, nil
}

// National is the point d’étape: the state of the COPs of a cycle on a day, in the
// order that its readers know since May 2024. The same data and day give the
// same document.
func National(ctx context.Context, q db.Q, m *panorama.Model, in Edition) (_ document.Document, err error) {
	defer apperr.Wrap(&err, "report.National(%s, %s)", in.Cycle, in.Day)
	b, err := gather(ctx, q, m, in)
	if err != nil {
		return document.Document{}, err
	}
	doc := b.document(KindReport, "Point d’étape des COP régionales au "+french.Day(in.Day), b.cycle.Name+nb+": "+b.cycle.Subject)
	doc.Parts = b.opening()
	for _, make := range []func() document.Part{
		b.purpose, b.state, b.steps, b.pillars,
		b.levers, b.themes, b.regions, b.nature,
		b.diagnosis, b.answers, b.families, b.synthesis,
		b.mobilisation, b.practices, b.action, b.measures,
		b.exits, b.studies, b.success, b.next,
	} {
		doc.Parts = append(doc.Parts, make())
	}
	return b.sign(doc)
}

// copAt is a region and its COP on the day of the document.
type copAt struct {
	cop.COP
	Region territory.Region
	Events []cop.Event
	State  cop.State
}

// builder holds everything that the parts of a document are written from, read
// once.
type builder struct {
	Edition
	m        *panorama.Model
	fw       *framework.Framework
	nation   panorama.Panorama
	scopes   panorama.Scopes
	cycle    cop.Cycle
	cops     []copAt
	meetings []cop.Mobilisation
	template cop.Template
	declared []national.Declared
	asking   []survey.RateRow  // campaigns that were open or closed by the day
	told     *answers          // what was published of the answers by the day, nil for nothing
	shared   map[string]shared // what the regions had published and shared by the day
}

// gather reads the database in one snapshot, in a number of statements that no
// count of rows changes.
func gather(ctx context.Context, q db.Q, m *panorama.Model, in Edition) (*builder, error) {
	b := &builder{Edition: in, m: m, fw: m.Framework(), scopes: m.Scopes()}
	var err error
	if b.nation, err = m.Of(territory.France); err != nil {
		return nil, err
	}
	if err = db.Snapshot(ctx, q, func(ctx context.Context, q db.Q) error { return b.read(ctx, q) }); err != nil {
		return nil, err
	}
	return b, b.readAnswers(ctx)
}

func (b *builder) read(ctx context.Context, q db.Q) error {
	cycles, err := cop.Cycles(ctx, q)
	if err != nil {
		return err
	}
	for _, c := range cycles {
		if c.Code == b.Cycle {
			b.cycle = c
		}
	}
	if b.cycle.Code == "" {
		return apperr.NotFoundf("Aucun cycle de COP ne porte le code «\u00a0%s\u00a0».", b.Cycle)
	}
	all, err := cop.InCycle(ctx, q, b.Cycle)
	if err != nil {
		return err
	}
	events, err := cop.EventsInCycle(ctx, q, b.Cycle)
	if err != nil {
		return err
	}
	if b.meetings, err = cop.MobilisationAt(ctx, q, b.Cycle, b.Day); err != nil {
		return err
	}
	template, err := cop.CycleTemplate(ctx, q, b.Cycle)
	if err != nil {
		return err
	}
	b.template = template.Template
	if b.Cycle == cop.First { // they were all said of it
		if b.declared, err = national.DeclaredAt(ctx, q, b.Day); err != nil {
			return err
		}
	}
	if b.asking, err = survey.RatesAt(ctx, q, b.Cycle, national.EndOf(b.Day)); err != nil {
		return err
	}
	if err := b.readShared(ctx, q); err != nil {
		return err
	}
	b.asking = slices.DeleteFunc(b.asking, func(x survey.RateRow) bool { return x.Mark == survey.CampaignDraft })
	by := map[string][]cop.Event{}
	for _, e := range events {
		by[e.COP] = append(by[e.COP], e)
	}
	for _, r := range b.m.Tree().Regions() {
		for _, c := range all {
			if c.Region == r.Code {
				b.cops = append(b.cops, copAt{COP: c, Region: r, Events: by[c.ID], State: cop.StateAt(by[c.ID], b.Day)})
			}
		}
	}
	return nil
}

func (b *builder) document(kind, title, subtitle string) document.Document {
	return document.Document{
		Kind: kind, Title: title, Subtitle: subtitle, Day: b.Day, Author: b.Author, Address: b.Address, Demo: b.Demo,
		Scope: []string{b.cycle.Name, "objectifs indicatifs, non contraignants"},
	}
}

// opening is the word of whoever publishes, when there is one.
func (b *builder) opening() []document.Part {
	if b.Intro == "" {
		return nil
	}
	return []document.Part{{ID: "mot-d-ouverture", Title: "Le mot de " + b.publisher(), Blocks: paragraphs(b.Intro)}}
}

func (b *builder) publisher() string {
	if b.Author == "" {
		return "l’équipe nationale"
	}
	return b.Author
}

// sign sets the remarks beside their parts, and names the document by its
// content: two documents of one version are the same.
func (b *builder) sign(doc document.Document) (document.Document, error) {
	for i := range doc.Parts {
		p := &doc.Parts[i]
		if text := b.Remarks[p.ID]; text != "" && p.Missing == "" {
			p.Blocks = append(p.Blocks, document.Quote{Title: "Remarque de " + b.publisher(), Spans: document.Plain(text)})
		} else if text != "" {
			p.Missing += " Remarque de " + b.publisher() + nb + ": " + text
		}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return doc, err
	}
	sum := sha256.Sum256(text)
	doc.Version = b.m.Version() + "-" + hex.EncodeToString(sum[:4])
	return doc, nil
}

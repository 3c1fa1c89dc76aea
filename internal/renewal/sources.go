package renewal

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/knowledge"
)

// unreached are the shared objectives of the earlier COP that what is done does not
// reach: to discuss again, never shared by themselves.
func (m *Room) unreached(ctx context.Context, q db.Q, p *Proposal) (out []Item, err error) {
	if p.From.Cycle != cop.First || p.From.Parent != "" || m.Coverage == nil {
		p.NoCoverage = "Les objectifs en tonnes de CO₂e sont ceux de la COP 2023-24 de la région\u00a0: la COP " + p.From.Cycle + " n’en a pas à reprendre."
		return nil, nil
	}
	all, err := m.Coverage.OfRegion(ctx, q, p.From.Region)
	if err != nil {
		return nil, err
	}
	for _, c := range all.Cells {
		if c.Objective.Origin != coverage.Shared || !c.Objective.Known || c.Objective.Kg <= 0 || c.Done.Kg.Known && c.Done.Kg.Kg >= c.Objective.Kg {
			continue
		}
		note := "objectif partagé le " + french.Day(c.Objective.On) + nb + ": " + c.Objective.Kg.Text() + " en moins par an en 2030"
		if c.Done.Kg.Known {
			note += "\u00a0; fait depuis 2019, jusqu’en " + strconv.Itoa(c.Done.Year) + nb + ": " + c.Done.Kg.Kg.Text()
		} else {
			note += "\u00a0; ce qui est fait depuis 2019 n’est pas connu"
		}
		done := Figure{Text: c.Done.Kg.Kg.Text(), Key: c.Done.Key()}
		if !c.Done.Kg.Known {
			done = Figure{Missing: c.Done.Kg.Reason}
		}
		out = append(out, Item{Kind: Objectives, Source: c.Line.Lever.Code, Title: c.Line.Lever.Name, Note: note, Public: true, Figures: []Figure{{Text: c.Objective.Kg.Text(), Key: c.Objective.Key}, done}})
	}
	return out, nil
}

// aim says under which lever an objective would be discussed: one whose lever waits for a
// word, or stays behind, is not carried.
func (p *Proposal) aim(x *Item) {
	l, ok := p.lever(x.Source)
	switch {
	case !ok:
	case l.Open():
		x.Lack = "son levier attend votre choix"
	case l.Settled.Way == Behind:
		x.Lack = "son levier reste dans la COP " + p.From.Cycle + nb + ": " + l.Settled.Reason
	case l.Settled.Way == ToCross:
		x.Note += "\u00a0; sans levier dans le nouveau référentiel"
	case l.Settled.To != x.Source:
		x.Note += "\u00a0; à discuter sous le levier «\u00a0" + p.name(l.Settled.To) + "\u00a0»"
	}
}

// mostObstacles bounds those that are read.
const mostObstacles = 1_000

// obstacles are those of the region that are retained and that nobody lifted.
func (m *Room) obstacles(ctx context.Context, q db.Q, p *Proposal) error {
	list, _, err := knowledge.Public(ctx, q, knowledge.Filter{Kind: knowledge.Obstacle, Region: p.To.Region}, mostObstacles)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(x knowledge.Item) bool { return x.MergedInto != "" })
	answers, err := knowledge.AnswersTo(ctx, q, list)
	if err != nil {
		return err
	}
	for _, x := range list {
		status := answers[x.Group].Status
		if status == "leve" {
			continue
		}
		note := knowledge.Named(knowledge.Natures(), x.Nature)
		if status != "" {
			note += ", réponse de la nation" + nb + ": " + knowledge.Named(knowledge.Statuses(), status)
		}
		p.Items = append(p.Items, Item{Kind: Obstacles, Source: x.ID, Title: x.Title, Note: note, Rev: x.Rev, Public: true})
	}
	return nil
}

func (m *Room) subjects(ctx context.Context, q db.Q, p *Proposal) error {
	if m.Subjects == nil {
		return nil
	}
	list, err := m.Subjects(ctx, q, p.From.ID)
	for _, x := range list {
		p.Items = append(p.Items, Item{Kind: Subjects, Source: x.ID, Title: x.Title, Note: first(x.Text), Public: x.Public})
	}
	return err
}

// first is the beginning of a text, on one line.
func first(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > 200 {
		return strings.TrimSpace(string(r[:199])) + "…"
	}
	return string(r)
}

// contacts are who headed the earlier COP, and its address: to be invited anew.
func (m *Room) contacts(ctx context.Context, q db.Q, p *Proposal) error {
	offices, err := cop.Offices(ctx, q, p.From.ID)
	if err != nil {
		return err
	}
	for _, o := range offices {
		if o.To != "" {
			continue
		}
		title := o.Title
		if o.Name != "" {
			title = o.Name + ", " + o.Title
		}
		p.Items = append(p.Items, Item{Kind: Contacts, Source: o.ID, Title: title, Note: "conduit la COP " + p.From.Cycle + " pour " + p.From.Head(o.Side) + "\u00a0: à inviter de nouveau", Rev: o.Rev})
	}
	if p.From.Contact != "" {
		p.Items = append(p.Items, Item{Kind: Contacts, Source: p.From.ID, Title: p.From.Contact, Note: "adresse de contact de la COP " + p.From.Cycle + "\u00a0: à reprendre dans les réglages de la nouvelle COP", Public: true})
	}
	return nil
}

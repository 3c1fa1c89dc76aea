package renewal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

const nb = french.NoBreak

// Item is one thing that may be carried over.
type Item struct {
	Kind   Kind
	Source string
	Title  string
	Note   string // what it says, what changes on the way
	Rev    int64  // of the thing, when it has one
	Public bool
	Taken  bool   // by default, or as the team chose
	Lack   string // why it waits for a word of the team; it is not carried meanwhile
	Made   string // what it became; Done tells that it was carried already
	Done   bool

	Figures []Figure // of an objective: what was shared, what is done

	made  action.Action    // of an action: what it would become
	sheet adaptation.Input // of a priority
}

// Figure is a mass that an item says, with where it is explained; Text is empty when it is
// missing, and Missing says why.
type Figure struct{ Text, Key, Missing string }

// Key names an item in a form.
func (x Item) Key() string { return string(x.Kind) + "/" + x.Source }

// Goes reports whether applying would carry an item.
func (x Item) Goes() bool { return x.Taken && x.Lack == "" && !x.Done }

// LeverLine is what a lever of the earlier COP becomes, with what depends on it.
type LeverLine struct {
	framework.Passage
	Actions, Aims int
	Settled       Settled // by the team, else what the crosswalk says alone
	ByHand        bool
}

// Open reports whether a lever waits for a word of the team.
func (l LeverLine) Open() bool { return l.Settled.Way == "" }

// Proposal is what a COP may take from an earlier one, as it stands now.
type Proposal struct {
	From, To           cop.COP
	FromCycle, ToCycle cop.Cycle
	Renewal            Renewal
	Levers             []LeverLine
	Items              []Item
	Stays              []Stay // what this COP does not take, and who keeps it
	// NoCoverage says why what is done is not held against objectives, empty when it is.
	NoCoverage string

	framework *framework.Framework
	line      func(lever string) (panorama.Line, bool)
}

// Of lists the items of a kind.
func (p Proposal) Of(k Kind) (out []Item) {
	for _, x := range p.Items {
		if x.Kind == k {
			out = append(out, x)
		}
	}
	return out
}

// Count says how many items of a kind there are, would go, went already, and wait.
func (p Proposal) Count(k Kind) (all, goes, done, waits int) {
	for _, x := range p.Of(k) {
		all++
		switch {
		case x.Done:
			done++
		case x.Taken && x.Lack != "":
			waits++
		case x.Goes():
			goes++
		}
	}
	return all, goes, done, waits
}

// Goes is how many items applying would carry.
func (p Proposal) Goes() (n int) {
	for _, x := range p.Items {
		if x.Goes() {
			n++
		}
	}
	return n
}

// Options are the levers of the new referential that a person may choose.
func (p Proposal) Options() []framework.Lever { return p.framework.Levers(p.ToCycle.Framework) }

// Digest names what would be carried, at the revisions that were read: who applies says
// what they saw.
func (p Proposal) Digest() string {
	h := sha256.New()
	for _, x := range p.Items {
		if x.Goes() {
			_, _ = fmt.Fprintf(h, "%s %d %s%s\n", x.Key(), x.Rev, x.made.Central(), x.sheet.Lever) // a hash never fails
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Propose reads what a COP may take from an earlier one, with what its team chose so
// far: nothing is written. from is that of the renewal when empty, else the last COP
// before.
func (m *Room) Propose(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, from string) (p Proposal, err error) {
	defer apperr.Wrap(&err, "renewal.Propose(%s)", c.ID)
	if err := may(a, c); err != nil {
		return p, err
	}
	x, err := Find(ctx, q, c.ID)
	if err != nil {
		return p, err
	}
	if from != "" && (x.State == Draft || x.From == "") {
		x.From = from
	}
	return m.propose(ctx, q, a, c, x)
}

// Preview is Propose with choices that are not kept: those of a form that came back.
func (m *Room) Preview(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, x Renewal) (p Proposal, err error) {
	defer apperr.Wrap(&err, "renewal.Preview(%s)", c.ID)
	if err := may(a, c); err != nil {
		return p, err
	}
	return m.propose(ctx, q, a, c, x)
}

func (m *Room) propose(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, x Renewal) (p Proposal, err error) {
	p = Proposal{To: c, Renewal: x}
	if err := p.between(ctx, q); err != nil {
		return p, err
	}
	if p.framework, err = m.Framework(ctx, q); err != nil {
		return p, err
	}
	if err := m.lines(ctx, &p); err != nil {
		return p, err
	}
	done, err := CarriedTo(ctx, q, c.ID)
	if err != nil {
		return p, err
	}
	if c.Parent != "" {
		err = m.ofDepartment(ctx, q, a, &p)
	} else {
		err = m.ofRegion(ctx, q, a, &p)
	}
	if err != nil {
		return p, err
	}
	for i := range p.Items {
		y := &p.Items[i]
		y.Taken = !x.Choices.Left[y.Key()]
		if at := slices.IndexFunc(done, func(d Carried) bool { return d.Kind == y.Kind && d.Source == y.Source }); at >= 0 {
			y.Done, y.Made, y.Lack = true, done[at].Made, ""
		}
	}
	order := Kinds()
	slices.SortStableFunc(p.Items, func(a, b Item) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return p, nil
}

// ofRegion reads what the COP of a region may take from its earlier one.
func (m *Room) ofRegion(ctx context.Context, q db.Q, a policy.Actor, p *Proposal) error {
	old, err := action.InStates(ctx, q, p.From.ID, action.Retained)
	if err != nil {
		return err
	}
	old = slices.DeleteFunc(old, func(y action.Action) bool { return y.Status == "done" || y.Status == "abandoned" })
	aims, err := m.unreached(ctx, q, p)
	if err != nil {
		return err
	}
	if err := p.passages(old, aims); err != nil {
		return err
	}
	for _, y := range old {
		p.Items = append(p.Items, p.carry(a, y))
	}
	for i := range aims {
		p.aim(&aims[i])
	}
	for _, read := range []func(context.Context, db.Q, *Proposal) error{m.obstacles, m.subjects, m.contacts} {
		if err := read(ctx, q, p); err != nil {
			return err
		}
	}
	p.Items = append(p.Items, aims...)
	return nil
}

// between finds both COPs and their cycles.
func (p *Proposal) between(ctx context.Context, q db.Q) error {
	all, err := Earlier(ctx, q, p.To)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return apperr.Invalidf("Aucune COP de ce territoire n’a précédé celle-ci\u00a0: il n’y a rien à reprendre.")
	}
	p.From = all[0]
	if id := p.Renewal.From; id != "" {
		at := slices.IndexFunc(all, func(c cop.COP) bool { return c.ID == id })
		if at < 0 {
			return apperr.NotFoundf("Cette COP n’en précède pas une autre du même territoire\u00a0: choisissez dans la liste.")
		}
		p.From = all[at]
	}
	p.Renewal.From = p.From.ID
	if p.FromCycle, err = cop.FindCycle(ctx, q, p.From.Cycle); err != nil {
		return err
	}
	p.ToCycle, err = cop.FindCycle(ctx, q, p.To.Cycle)
	return err
}

// lines reads the panorama of the region, whose ratios turn quantities into kt.
func (m *Room) lines(ctx context.Context, p *Proposal) error {
	model, err := m.Model(ctx)
	if err != nil {
		return err
	}
	pan, err := model.Of(territory.Ref{Scale: territory.RegionS, Code: p.To.Region})
	if err != nil {
		return err
	}
	p.line = func(lever string) (panorama.Line, bool) {
		i := slices.IndexFunc(pan.Lines, func(l panorama.Line) bool { return l.Lever.Code == lever })
		if i < 0 {
			return panorama.Line{}, false
		}
		return pan.Lines[i], true
	}
	return nil
}

// passages says what each lever becomes that an action or an objective is about.
func (p *Proposal) passages(old []action.Action, aims []Item) error {
	at := map[string]int{}
	of := func(code string) (*LeverLine, error) {
		if i, ok := at[code]; ok {
			return &p.Levers[i], nil
		}
		pass, err := p.framework.Passage(code, p.ToCycle.Framework)
		if apperr.KindOf(err) == apperr.NotFound {
			// A lever that the program no longer knows: it maps to nothing.
			pass, err = framework.Passage{From: framework.Lever{Code: code, Name: code}, Way: framework.Unmapped}, nil
		}
		l := LeverLine{Passage: pass}
		// Of a lever that was split, a part is not the whole: a person chooses.
		if to, ok := pass.Only(); ok && pass.Way != framework.Split {
			l.Settled = Settled{Way: ToLever, To: to.Code}
		}
		if s, ok := p.Renewal.Choices.Levers[code]; ok {
			l.Settled, l.ByHand = s, true
		}
		at[code] = len(p.Levers)
		p.Levers = append(p.Levers, l)
		return &p.Levers[len(p.Levers)-1], err
	}
	for _, x := range old {
		for _, code := range x.Levers {
			l, err := of(code)
			if err != nil {
				return err
			}
			if code == x.Central() {
				l.Actions++
			}
		}
	}
	for _, x := range aims {
		l, err := of(x.Source)
		if err != nil {
			return err
		}
		l.Aims++
	}
	order := p.framework.Levers(p.FromCycle.Framework)
	slices.SortStableFunc(p.Levers, func(a, b LeverLine) int {
		place := func(l LeverLine) int {
			return slices.IndexFunc(order, func(o framework.Lever) bool { return o.Code == l.From.Code })
		}
		return place(a) - place(b)
	})
	return nil
}

// lever is the line of a lever of the earlier COP.
func (p *Proposal) lever(code string) (LeverLine, bool) {
	i := slices.IndexFunc(p.Levers, func(l LeverLine) bool { return l.From.Code == code })
	if i < 0 {
		return LeverLine{}, false
	}
	return p.Levers[i], true
}

// Package registered makes up registers of actions of any size, for tests and
// benchmarks of what reads them: the same size and seed make the same ones.
package registered

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Size says how many actions there are, and whose.
type Size struct {
	Actions int
	// COPs have one action each in turn; those of all regions in the first cycle when
	// there are none. They hold no action yet.
	COPs []cop.COP
	// Author wrote them all, nobody when empty.
	Author string
	// At is when the first was written; the others follow, a minute apart.
	At   time.Time
	Seed uint64
}

// Often is a word that one title in five holds.
const Often = "gare"

// Org is the id of the organisation that carries one action in ten.
const Org = "organisme-essai"

var (
	verbs   = []string{"Développer", "Accélérer", "Financer", "Expérimenter", "Généraliser", "Structurer", "Accompagner", "Mutualiser", "Déployer", "Simplifier"}
	objects = []string{"le plan", "la filière", "le réseau", "les équipements", "la formation", "le guichet", "les contrats", "la feuille de route", "les chantiers", "la coopération"}
	holders = []string{"Région", "Département", "Communauté de communes", "Métropole", "Chambre d’agriculture", "Chambre de commerce et d’industrie", "Syndicat d’énergie", "Association", "Agence de l’eau", "Entreprise"}
)

// Fill writes a register: actions of every kind, state and phase, with their levers,
// places, money and impacts. It tells their ids, the oldest first.
func Fill(ctx context.Context, d *db.DB, tree *territory.Tree, s Size) (ids []string, err error) {
	defer apperr.Wrap(&err, "registered.Fill")
	fw, err := framework.Load(data.FS)
	if err != nil {
		return nil, err
	}
	if len(s.COPs) == 0 {
		for _, r := range tree.Regions() {
			c, err := cop.OfRegion(ctx, d, r.Code)
			if err != nil {
				return nil, err
			}
			s.COPs = append(s.COPs, c)
		}
	}
	m := &maker{Size: s, r: rand.New(rand.NewPCG(s.Seed, 2)), levers: fw.Levers(framework.National), near: map[string][]territory.Commune{}} //nolint:gosec // the same each time is what is wanted
	for _, c := range tree.Communes() {
		if c.Region != "" {
			m.near[c.Region] = append(m.near[c.Region], c)
		}
	}
	const chunk = 1000
	for from := 0; from < s.Actions; from += chunk {
		var all []action.Action
		for i := from; i < min(s.Actions, from+chunk); i++ {
			x := m.action(i)
			all, ids = append(all, x), append(ids, x.ID)
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return action.InsertAll(ctx, tx, s.Author, "", all) }); err != nil {
			return nil, err
		}
	}
	if _, err := db.Bump(ctx, d, action.Version, s.At.Add(time.Duration(s.Actions)*time.Minute)); err != nil {
		return nil, err
	}
	if d.Engine() == db.PostgreSQL {
		_, err = d.Exec(ctx, `VACUUM ANALYZE`)
	}
	return ids, err
}

type maker struct {
	Size
	r      *rand.Rand
	levers []framework.Lever
	near   map[string][]territory.Commune // of a region
}

// states spread as in a COP that is well on its way: of twenty actions.
var states = []action.State{action.Draft, action.Proposed, action.Proposed, action.Proposed, action.Proposed, action.Qualified, action.Qualified, action.Qualified, action.Debated, action.Debated, action.Debated, action.Debated,
	action.Retained, action.Retained, action.Retained, action.Retained, action.Retained, action.Pool, action.Pool, action.Withdrawn}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// action makes the i-th one.
func (m *maker) action(i int) action.Action {
	r, c := m.r, m.COPs[i%len(m.COPs)]
	at := m.At.UTC().Truncate(time.Millisecond).Add(time.Duration(i) * time.Minute)
	lever := pick(r, m.levers)
	starts := 2024 + r.IntN(5)
	x := action.Action{ID: fmt.Sprintf("%08x-0000-7000-8000-%012d", uint32(m.Seed), i), Rev: 1, COP: c.ID, Cycle: c.Cycle, Region: c.Region, Seq: int64(i/len(m.COPs) + 1), Kind: action.Sectoral, State: pick(r, states), Author: m.Author,
		Theme: string(lever.Theme), Levers: []string{lever.Code}, Step: pick(r, action.Steps())[0], Phase: pick(r, action.Phases())[0], Status: pick(r, action.Statuses())[0],
		Starts: fmt.Sprintf("%d-%02d", starts, 1+r.IntN(12)), Ends: fmt.Sprint(starts + 1 + r.IntN(6)), At: at, Changed: at}
	communes := m.near[c.Region]
	where := pick(r, communes)
	x.Places = m.places(where, communes)
	x.Title = fmt.Sprintf("%s %s pour %s à %s", pick(r, verbs), pick(r, objects), lever.ShortName, where.Name)
	if r.IntN(5) == 0 {
		x.Title += ", près de la " + Often
	}
	x.Summary = fmt.Sprintf("%s. L’action réunit les acteurs de %s autour d’un calendrier, d’un budget et d’un suivi partagés\u00a0: %s, puis %s.", x.Title, where.Name, pick(r, objects), pick(r, objects))
	holder := r.IntN(len(holders))
	x.Holder = action.Party{Name: fmt.Sprintf("%s de %s", holders[holder], where.Name)}
	if holder == 0 {
		x.Holder.Org = Org
	}
	x.Contact = "Service transition"
	switch x.Status {
	case "late", "paused", "blocked", "abandoned":
		x.StatusReason, x.StatusOn = "Marché infructueux.", "2026-01-15"
	}
	m.state(&x)
	m.money(&x)
	if r.IntN(10) == 0 {
		x.Kind, x.Cross, x.Theme = action.CrossCutting, "education", ""
		x.Levers = append(x.Levers, m.another(x.Levers))
		return x
	}
	m.impacts(&x, lever)
	return x
}

// places are a commune or two, an EPCI, a département or the region; one action in ten
// gives the share of each.
func (m *maker) places(c territory.Commune, near []territory.Commune) []action.Place {
	switch n := m.r.IntN(10); {
	case n < 4:
		return []action.Place{{Territory: "department:" + c.Dept}}
	case n < 7 && c.EPCI != "":
		return []action.Place{{Territory: "epci:" + c.EPCI}}
	case n < 8:
		return []action.Place{{Territory: "region:" + c.Region}}
	case n < 9:
		return []action.Place{{Territory: "commune:" + c.Code}}
	}
	other := pick(m.r, near)
	if other.Code == c.Code {
		return []action.Place{{Territory: "commune:" + c.Code}}
	}
	part := int64(1_000 * (1 + m.r.IntN(9)))
	rest := 10_000 - part
	return []action.Place{{Territory: "commune:" + c.Code, Share: &part}, {Territory: "commune:" + other.Code, Share: &rest}}
}

// another is a lever that is not among these.
func (m *maker) another(not []string) string {
	for {
		if l := pick(m.r, m.levers).Code; !slices.Contains(not, l) {
			return l
		}
	}
}

func (m *maker) state(x *action.Action) {
	switch x.State {
	case action.Pool:
		x.PoolState = pick(m.r, action.PoolStates())[0]
	case action.Retained:
		x.RetainedOn = "2026-02-01"
	}
}

// money gives two actions in three a budget, and half of these a funder.
func (m *maker) money(x *action.Action) {
	if m.r.IntN(3) == 0 {
		return
	}
	invest := int64(1+m.r.IntN(5_000)) * 100_000
	x.Budget.Invest = &invest
	if m.r.IntN(2) == 0 {
		amount := invest / 5
		x.Funding = []action.Funding{{Funder: "État", Amount: &amount, State: pick(m.r, action.FundingStates())[0]}}
	}
}

// impacts quantifies six actions in ten, one of twenty of these as an increase; one in
// five serves a second lever.
func (m *maker) impacts(x *action.Action, lever framework.Lever) {
	switch n := m.r.IntN(10); {
	case n < 6:
		quantity := float64(1 + m.r.IntN(500))
		kg := panorama.Kg(quantity) * 2_000
		low, high := kg/2, kg*2
		if m.r.IntN(20) == 0 {
			kg, low, high = -kg, -high, -low
		}
		x.Impacts = []action.Impact{{Lever: lever.Code, Class: action.Quantified, Quantity: &quantity, Unit: lever.Unit, Own: true, Factor: 2_000, Source: "calcul d’essai", Kg: &kg, KgLow: &low, KgHigh: &high}}
	case n < 8:
		x.Impacts = []action.Impact{{Lever: lever.Code, Class: action.Qualitative}}
	}
	if m.r.IntN(5) == 0 {
		second := m.another(x.Levers)
		x.Levers = append(x.Levers, second)
		x.Impacts = append(x.Impacts, action.Impact{Lever: second, Class: action.Unassessed})
	}
}

package roadmap

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func speaks(org string, role policy.Role) policy.Actor {
	return policy.Actor{Person: "plume-" + org, Grants: []policy.Grant{{Role: role, Org: org}}}
}

// partnered writes an action that both heads retained, held by an organisation with
// another one as its partner, and these organisations.
func (m *Room) partnered(t testing.TB, id string, seq int64, change func(*action.Action)) {
	t.Helper()
	x := action.Action{ID: id, Rev: 3, COP: theCOP, Cycle: cop.First, Region: "44", Seq: seq, Kind: action.Sectoral, State: action.Retained, Title: "Haies " + id, Summary: "Planter.", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:44"}},
		Holder: action.Party{Name: "Chambre", Org: "chambre"}, Partners: []action.Party{{Name: "Parc", Org: "parc"}}, Status: "going", At: noon(), Changed: noon(), RetainedOn: "2026-01-01"}
	if change != nil {
		change(&x)
	}
	if err := db.Tx(t.Context(), m.DB, func(ctx context.Context, tx db.Q) error {
		return action.InsertAll(ctx, tx, "", "", []action.Action{x})
	}); err != nil {
		t.Fatal(err)
	}
}

func (m *Room) organisations(t testing.TB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		m.exec(t, `INSERT INTO organisation (id, rev, name, name_fold, sort_key, kind, label, capacities, territory, siren, region, department, contact, origin, state, at)
			VALUES ($1, 1, $2, $1, $1, 'autre', '', '', '', '', '44', '', '', 'team', 'active', 1)`, id, "Organisme "+id)
	}
}

// An organisation validates its own part, once, of the edition that it read; nobody else
// does it for it, and nothing it did not read is validated.
func TestAnOrganisationValidatesItsOwnPart(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), ended(t, d), &shelf{}
		s.value.Store(12)
		m.organisations(t, "chambre", "parc", "ailleurs")
		m.partnered(t, "a1", 1, nil)
		m.partnered(t, "a2", 2, func(x *action.Action) { x.State = action.Withdrawn })
		m.partnered(t, "a3", 3, func(x *action.Action) { x.Holder.Org, x.Partners = "ailleurs", nil })
		e := m.adopted(t, s, "")
		writer := speaks("chambre", policy.Writer)
		for name, x := range map[string]struct {
			a                 policy.Actor
			org, action, hash string
			words             string
			want              apperr.Kind
		}{
			"another organisation":  {speaks("ailleurs", policy.Validator), "chambre", "a1", e.SHA256, "", apperr.NotFound},
			"nobody":                {policy.Actor{}, "chambre", "a1", e.SHA256, "", apperr.NotFound},
			"the team":              {team, "chambre", "a1", e.SHA256, "", apperr.NotFound},
			"a head":                {prefet, "chambre", "a1", e.SHA256, "", apperr.NotFound},
			"no organisation":       {writer, "", "a1", e.SHA256, "", apperr.NotFound},
			"another digest":        {writer, "chambre", "a1", strings.Repeat("0", 64), "", apperr.Conflict},
			"no digest":             {writer, "chambre", "a1", "", "", apperr.Conflict},
			"an action of others":   {writer, "chambre", "a3", e.SHA256, "", apperr.Invalid},
			"an action withdrawn":   {writer, "chambre", "a2", e.SHA256, "", apperr.Invalid},
			"an action that is not": {writer, "chambre", "a9", e.SHA256, "", apperr.Invalid},
			"words without end":     {writer, "chambre", "a1", e.SHA256, strings.Repeat("é", LongestText+1), apperr.Invalid},
		} {
			_, err := m.Commit(ctx, x.a, e, x.org, x.action, x.hash, x.words)
			want(t, name, err, x.want)
		}
		if list := must(Commitments(ctx, d, e.ID)); len(list) != 0 {
			t.Fatalf("what was refused is kept: %+v", list)
		}

		var won atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				_, err := m.Commit(context.WithoutCancel(ctx), writer, e, "chambre", "a1", e.SHA256, fmt.Sprint("Mots ", i))
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Fatalf("%d validated: %v", won.Load(), err)
		}
		if x, err := m.Commit(ctx, speaks("parc", policy.Validator), e, "parc", "a1", e.SHA256, "Nous y serons."); err != nil || x.Role != "partner" || x.OrgName != "Organisme parc" || x.ActionRev != 3 {
			t.Errorf("%+v %v", x, err)
		}
		list := must(Commitments(ctx, d, e.ID))
		if len(list) != 2 || list[0].Role != "holder" || list[0].SHA256 != e.SHA256 {
			t.Errorf("%+v", list)
		}
		whole := m.archive(t, e)
		c := check(t, whole)
		if len(c.Differences) != 0 || len(c.Recorded.Commitments) != 2 || bytes.Contains(whole, []byte("plume-")) {
			t.Errorf("%q, %d commitments", c.Differences, len(c.Recorded.Commitments))
		}
		other := check(t, altered(t, whole, func(f map[string]string) {
			i := strings.Index(f[validationsName], `"commitments"`)
			f[validationsName] = f[validationsName][:i] + strings.Replace(f[validationsName][i:], e.SHA256, strings.Repeat("b", 64), 1)
		}))
		if !strings.Contains(strings.Join(other.Differences, "\n"), "L’engagement de «\u00a0Organisme chambre\u00a0» porte sur une autre empreinte") {
			t.Errorf("%q", other.Differences)
		}

		// What is withdrawn is validated by nobody, even by who read it before.
		if _, err := m.Composed.Retire(ctx, team, e.ID, "Une erreur."); err != nil {
			t.Fatal(err)
		}
		_, err := m.Commit(ctx, speaks("ailleurs", policy.Writer), e, "ailleurs", "a3", e.SHA256, "")
		want(t, "an edition withdrawn since it was read", err, apperr.Conflict)
		_, err = m.Commit(ctx, speaks("ailleurs", policy.Writer), must(composition.FindEdition(ctx, d, e.ID)), "ailleurs", "a3", e.SHA256, "")
		want(t, "an edition withdrawn", err, apperr.Conflict)
		if len(must(Commitments(ctx, d, e.ID))) != 2 {
			t.Error("a commitment came after the withdrawal, or went with it")
		}
	})
}

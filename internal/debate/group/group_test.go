package group

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func room(t testing.TB, d *db.DB) *Room {
	t.Helper()
	now := func() time.Time { return noon }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, now)
	j := journal.New(ids, now, keys)
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	outbox := mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})
	accounts := &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Outbox: outbox, Cursors: keys, BaseURL: "https://jalon.example", COPsOf: cop.IDsOfRegion, Tables: append(Tables(), debate.Tables()...),
		GroupAt: Placed, Tree: func(context.Context) (*territory.Tree, error) { return tree, nil }}
	m := &Room{Room: &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, Queue: queue, Outbox: outbox, COPs: cops, Accounts: accounts, BaseURL: "https://jalon.example"}}
	accounts.OnErase = append(accounts.OnErase, m.Erase)
	accounts.OnEraseAddress = append(accounts.OnEraseAddress, m.EraseAddress)
	return m
}

func homeID() string { return cop.RegionID(cop.First, "44") }

var team = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: homeID()}}}

func mobility() Group {
	return Group{COP: homeID(), Name: "Mobilité", Mandate: "Dire comment on se déplacera en 2030.", Part: policy.Public}
}

func made(t testing.TB, m *Room, g Group) Group {
	t.Helper()
	g, err := m.Add(t.Context(), team, g)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func kindIs(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestAGroupFromItsMandateToItsEnd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		_, err := m.Add(ctx, policy.Actor{}, mobility())
		kindIs(t, "anybody makes a group", err, apperr.NotFound)
		g := made(t, m, mobility())
		_, err = m.Add(ctx, team, Group{COP: homeID(), Name: "mobilite", Mandate: "x", Part: policy.Public})
		kindIs(t, "a second one of that name", err, apperr.Invalid)
		g.Mandate = "Un autre mandat."
		if g, err = m.Save(ctx, team, g, "précisé"); err != nil || g.Rev != 2 {
			t.Fatal(g, err)
		}
		stale := g
		stale.Rev = 1
		_, err = m.Save(ctx, team, stale, "")
		kindIs(t, "a stale form", err, apperr.Conflict)
		_, err = m.Close(ctx, team, g.ID, g.Rev, "2026-03-01", " ")
		kindIs(t, "closed without a reason", err, apperr.Invalid)
		if g, err = m.Close(ctx, team, g.ID, g.Rev, "2026-03-01", "mandat rempli"); err != nil || g.State != Closed {
			t.Fatal(g, err)
		}
		made(t, m, mobility()) // its name is free again
		_, err = m.Reopen(ctx, team, g.ID, g.Rev)
		kindIs(t, "reopened beside one of its name", err, apperr.Invalid)
		past, err := History(ctx, d, g.ID)
		if err != nil || len(past) != 3 || past[0].Reason != "mandat rempli" {
			t.Errorf("%v %v", past, err)
		}
	})
}

func TestGroupsHoldNoCircle(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		a := made(t, m, mobility())
		inner := mobility()
		inner.Name, inner.Parent = "Vélo", a.ID
		b := made(t, m, inner)
		a.Parent = b.ID
		_, err := m.Save(ctx, team, a, "")
		kindIs(t, "a group within its own part", err, apperr.Invalid)
		all, err := Of(ctx, d, homeID(), "2026-03-02")
		if err != nil {
			t.Fatal(err)
		}
		if tree := Tree(all); len(tree) != 2 || tree[0].Name != "Mobilité" || tree[1].Depth != 1 {
			t.Errorf("%+v", tree)
		}
		// Two who place two groups within one another at once: one is told.
		x, y := mobility(), mobility()
		x.Name, y.Name = "X", "Y"
		x, y = made(t, m, x), made(t, m, y)
		x.Parent, y.Parent = y.ID, x.ID
		var kept atomic.Int64
		var g errgroup.Group
		for _, one := range []Group{x, y} {
			g.Go(func() error {
				_, err := m.Save(ctx, team, one, "")
				if err == nil {
					kept.Add(1)
				} else if apperr.KindOf(err) != apperr.Invalid {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || kept.Load() != 1 {
			t.Errorf("%d circles kept, %v", kept.Load(), err)
		}
	})
}

func TestTwentyWhoEditAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		was := made(t, m, mobility())
		var won atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				in := was
				in.Expected = fmt.Sprintf("une note, %d", i)
				_, err := m.Save(ctx, team, in, "")
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Errorf("%d won, %v", won.Load(), err)
		}
	})
}

func TestAFacilitatorHoldsTheirGroupAlone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		g := made(t, m, mobility())
		other := mobility()
		other.Name = "Énergie"
		other = made(t, m, other)
		r, err := m.Appoint(ctx, team, g.ID, "animatrice@exemple.fr", "Anne Martin")
		if err != nil {
			t.Fatal(err)
		}
		anne, err := m.Accounts.Actor(ctx, r.Account)
		if err != nil {
			t.Fatal(err)
		}
		g.Expected = "Une note de dix pages."
		if g, err = m.Save(ctx, anne, g, ""); err != nil {
			t.Fatal(err)
		}
		_, err = m.Save(ctx, anne, other, "")
		kindIs(t, "another group", err, apperr.NotFound)
		_, err = m.Add(ctx, anne, Group{COP: homeID(), Name: "À moi", Mandate: "x", Part: policy.Public})
		kindIs(t, "a new group", err, apperr.NotFound)
		held, err := Facilitators(ctx, d, g.ID)
		if err != nil || len(held) != 1 || held[0].Name != "Anne Martin" {
			t.Fatal(held, err)
		}
		kindIs(t, "the role of another group", m.Dismiss(ctx, team, other.ID, held[0].ID), apperr.NotFound)
		if err := m.Dismiss(ctx, team, g.ID, held[0].ID); err != nil {
			t.Fatal(err)
		}
		elsewhere := policy.Actor{Person: "x", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "53")}}}
		_, err = m.Appoint(ctx, elsewhere, g.ID, "intrus@exemple.fr", "")
		kindIs(t, "a team of elsewhere", err, apperr.NotFound)
	})
}

func TestMembersSitLeaveAndAreForgotten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		g := made(t, m, mobility())
		list := []Member{{Group: g.ID, OrgName: "Fédération des usagers", Name: "Luc Petit", Email: "luc@exemple.fr", College: debate.Associations, Seat: Holder, Department: "67", Shown: true},
			{Group: g.ID, OrgName: "Fédération des usagers", Name: "Eva", Email: "eva@exemple.fr", College: debate.Associations, Seat: Substitute}, {Group: g.ID, OrgName: "Région", College: debate.Authorities, Seat: Holder}}
		if err := m.AddMembers(ctx, team, slices.Clone(list)); err != nil {
			t.Fatal(err)
		}
		kindIs(t, "the same address twice", m.AddMembers(ctx, team, []Member{{Group: g.ID, Name: "Autre", College: debate.Citizens, Seat: Holder}, list[0]}), apperr.Invalid)
		all, err := Members(ctx, d, g.ID)
		if err != nil || len(all) != 3 {
			t.Fatalf("all or none: %v %v", all, err)
		}
		b := BalanceOf(all, "2026-03-02", [][2]string{{"67", "Bas-Rhin"}, {"68", "Haut-Rhin"}})
		if b.Members != 2 || b.Unknown != 1 || b.Departments[0].Members != 1 || b.Substitutes != 1 || !slices.Contains(Nobody(b.Departments), "Haut-Rhin") || !slices.Contains(Nobody(b.Colleges), debate.State.Name()) {
			t.Errorf("%+v", b)
		}
		i := slices.IndexFunc(all, func(x Member) bool { return x.Email == "luc@exemple.fr" })
		luc, err := m.Leave(ctx, team, all[i].ID, all[i].Rev, "2026-03-01")
		if err != nil || luc.Sits("2026-03-02") || !luc.Sits("2026-03-01") {
			t.Fatal(luc, err)
		}
		_, err = m.Leave(ctx, team, luc.ID, 1, "2026-03-01")
		kindIs(t, "a stale line", err, apperr.Conflict)
		if err := m.AddMembers(ctx, team, list[:1]); err != nil { // who left may come back
			t.Fatal(err)
		}
		// Eva makes an account later, and has it erased: her name goes too.
		if _, err := m.Accounts.Appoint(ctx, "eva@exemple.fr", "Eva", policy.Participant, "group", g.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := m.EraseAddress(ctx, d, "eva@exemple.fr"); err != nil {
			t.Fatal(err)
		}
		all, err = Members(ctx, d, g.ID)
		if err != nil || slices.ContainsFunc(all, func(x Member) bool { return x.Name == "Eva" || x.Email == "eva@exemple.fr" }) || len(all) != 4 {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestAPastedListSaysWhatEachLineBecomes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		g := made(t, m, mobility())
		groups, err := Of(ctx, d, homeID(), "")
		if err != nil {
			t.Fatal(err)
		}
		read := func(text string) []Pasted {
			t.Helper()
			out, err := m.Paste(ctx, d, homeID(), "44", groups, "", text)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		got := read("Groupe;Organisme;Nom;Courriel;Siège;Collège\nmobilité;Alsace Nature;Luc;luc@exemple.fr;;Associations\nMobilité;;Zoé;zoe@exemple.fr;suppléante;\nÉnergie;X;;;;\nMobilité;Y;;pas une adresse;;État et opérateurs\nMobilité;Z;;luc@exemple.fr;;Associations\nMobilité;Sans collège;;;;\n")
		var wrong []bool
		for _, p := range got {
			wrong = append(wrong, p.Wrong != "")
		}
		if want := []bool{false, false, true, true, true, true}; !slices.Equal(wrong, want) {
			t.Errorf("%v %+v", wrong, got)
		}
		if got[1].Member.College != debate.Citizens || got[1].Member.Seat != Substitute || got[0].Member.Group != g.ID {
			t.Errorf("%+v", got[:2])
		}
		if got := read("nom\tgroupe\tcollège\n\u202eLuc\u200b\tMobilité\tHabitants\n"); got[0].Member.Name != "Luc" {
			t.Errorf("%q", got[0].Member.Name)
		}
		var f *Fault
		for _, text := range []string{"", "a;b\n1;2", "nom;groupe\n", "nom\n" + strings.Repeat("x\n", MostPasted+1)} {
			if _, err := m.Paste(ctx, d, homeID(), "44", groups, g.ID, text); err == nil || apperr.KindOf(err) != apperr.Invalid || errors.As(err, &f) {
				t.Errorf("%.20q: %v", text, err)
			}
		}
	})
}

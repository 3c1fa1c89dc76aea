package objective

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// table is the room with its COPs and the panorama, as the program builds them.
func table(t testing.TB, d *db.DB) (*Room, *panorama.Model) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	store := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	m, err := store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	r := &Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops}
	cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.ObjectivesAct: r.End}
	return r, m
}

func place(t *testing.T, d *db.DB, m *panorama.Model, region, ref string) Place {
	t.Helper()
	c, err := cop.Find(t.Context(), d, cop.RegionID(cop.First, region))
	if err != nil {
		t.Fatal(err)
	}
	where, err := territory.ParseRef(ref)
	if err != nil {
		t.Fatal(err)
	}
	p, err := PlaceOf(t.Context(), d, m, c, where)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

func kind(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if apperr.KindOf(err) != want {
		t.Errorf("%s: %v", what, err)
	}
}

var (
	team   = over("équipe", policy.Team, "44")
	state  = over("préfète", policy.StateChair, "44")
	region = over("président", policy.RegionChair, "44")
	lead   = policy.Actor{Person: "sous-préfet", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "67"}}}
)

func kt(lever, typed string, rev int64) NewValue {
	return NewValue{Lever: lever, Rev: rev, Measure: InKt, Typed: typed, Reason: "Décidé en plénière."}
}

// A value is written in one measure and read in both; the second writer of the same
// revision changes nothing; what was is kept, with who, why, and what changed.
func TestAnObjectiveIsPutOnTheTable(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		const lever = "voitures-electriques"
		line, _ := p.Line(lever)
		o, err := m.Put(ctx, team, p, kt(lever, "1 000,5", 0))
		if err != nil || o.State != Discussed || o.Value.Kg.Kg != 1_000_500_000 || !o.Value.Level.Known || o.Rev != 1 || o.Typed != "1 000,5" {
			t.Fatalf("%+v %v", o, err)
		}
		if want := panorama.Level(line.Equiv, 1_000_500_000); o.Value.Level.V != want {
			t.Errorf("level %v, want %v", o.Value.Level.V, want)
		}
		_, err = m.Put(ctx, team, p, kt(lever, "900", 0))
		kind(t, "created twice", err, apperr.Conflict)
		in := kt(lever, "432,1", 1)
		in.Measure = InLevel
		o, err = m.Put(ctx, region, p, in)
		if err != nil || o.Value.Level.V != 432.1 || o.Rev != 2 || panorama.Level(line.Equiv, o.Value.Kg.Kg) != 432.1 {
			t.Fatalf("%+v %v", o, err)
		}
		_, err = m.Put(ctx, team, p, kt(lever, "900", 1))
		kind(t, "an old revision", err, apperr.Conflict)
		for _, wrong := range []NewValue{kt(lever, "beaucoup", 2), kt(lever, "", 2), kt(lever, "9000000", 2), {Lever: lever, Rev: 2, Measure: InKt, Typed: "3"}, {Lever: lever, Rev: 2, Measure: "euros", Typed: "3", Reason: "x"}} {
			_, err := m.Put(ctx, team, p, wrong)
			kind(t, "wrong "+wrong.Typed, err, apperr.Invalid)
			var f *Fault
			if !errors.As(err, &f) {
				t.Errorf("%q says no field: %v", wrong.Typed, err)
			}
		}
		_, err = m.Put(ctx, team, p, kt("om-industrie", "3", 0))
		kind(t, "a lever of overseas", err, apperr.NotFound)
		_, err = m.Put(ctx, over("ailleurs", policy.Team, "53"), p, kt(lever, "3", 2))
		kind(t, "another region", err, apperr.NotFound)
		_, err = m.Put(ctx, lead, p, kt(lever, "3", 2))
		kind(t, "a département on the region", err, apperr.NotFound)
		if o, err = m.Put(ctx, team, p, kt(lever, "−12", 2)); err != nil || o.Value.Kg.Kg != -12_000_000 || !strings.Contains(o.Value.Text(), "hausse des émissions") {
			t.Errorf("an increase: %s %v", o.Value.Text(), err)
		}
		all, err := Versions(ctx, d, o.ID)
		if err != nil || len(all) != 3 || all[1].By != "président" || all[0].Reason == "" {
			t.Fatalf("%+v %v", all, err)
		}
		diff := Diff(all[1], all[0])
		if len(diff) != 1 || diff[0].What != "Valeur" || !strings.Contains(diff[0].From, "432,1") || !strings.Contains(diff[0].To, "-12") && !strings.Contains(diff[0].To, "−12") {
			t.Errorf("%+v", diff)
		}
		if first := Diff(Past{}, all[2]); len(first) != 2 || first[1].From != "proposé" {
			t.Errorf("%+v", first)
		}
		_, err = m.Withdraw(ctx, team, p, lever, 3, "")
		kind(t, "withdrawn without a reason", err, apperr.Invalid)
		if o, err = m.Withdraw(ctx, team, p, lever, 3, "À reprendre."); err != nil || o.State != Withdrawn {
			t.Fatalf("%+v %v", o, err)
		}
		if _, ok := o.Now(true); ok {
			t.Error("a withdrawn value still stands")
		}
		if o, err = m.Put(ctx, team, p, kt(lever, "10", o.Rev)); err != nil || o.State != Discussed {
			t.Errorf("put again: %+v %v", o, err)
		}
	})
}

// A département's lead writes for it and for no other; under the region a quantity is
// written as a change, a rate in kt alone.
func TestUnderTheRegion(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		own, other := place(t, d, model, "44", "department:67"), place(t, d, model, "44", "department:68")
		o, err := m.Put(ctx, lead, own, kt("residentiel-gaz", "40", 0))
		if err != nil || o.Scale != "department" || !strings.HasSuffix(o.Value.Unit, SinceStart) || !o.Value.Level.Known || o.Value.Level.V >= 0 {
			t.Fatalf("%+v %v", o, err)
		}
		_, err = m.Put(ctx, lead, other, kt("residentiel-gaz", "40", 0))
		kind(t, "another département", err, apperr.NotFound)
		if _, err := m.Put(ctx, team, other, kt("residentiel-gaz", "40", 0)); err != nil {
			t.Error(err)
		}
		rate := kt("covoiturage", "12", 0)
		rate.Measure = InLevel
		_, err = m.Put(ctx, lead, own, rate)
		kind(t, "a rate under the region", err, apperr.Invalid)
		if _, err := PlaceOf(ctx, d, model, own.COP, territory.Ref{Scale: territory.Department, Code: "75"}); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a département of another region: %v", err)
		}
		_, err = m.ProposeSharing(ctx, lead, own, []Pick{{Lever: "residentiel-gaz", Rev: 1}})
		if k := apperr.KindOf(err); k != apperr.Forbidden && k != apperr.NotFound {
			t.Errorf("a lead shares: %v", err)
		}
		in := territory.PerimeterInput{Kind: territory.CRTE, Name: "CRTE d’essai", Members: []string{"246700488"}}
		free, err := territory.CreatePerimeter(ctx, d, model.Tree(), "crte-essai", in, territory.Act{By: "équipe", Reason: "essai", At: m.Now()})
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]int{"44": 1, "53": 0, "04": 0} {
			if all, err := territory.PerimetersTouching(ctx, d, model.Tree(), code); err != nil || len(all) != want {
				t.Errorf("perimeters of %s: %+v %v", code, all, err)
			}
		}
		here := place(t, d, model, "44", "perimeter:"+free.ID)
		if o, err := m.Put(ctx, team, here, kt("residentiel-gaz", "4", 0)); err != nil || o.Scale != "perimeter" {
			t.Errorf("%+v %v", o, err)
		}
		_, err = m.Put(ctx, lead, here, kt("residentiel-fioul", "4", 0))
		kind(t, "a lead on a perimeter", err, apperr.NotFound)
		c, err := cop.Find(ctx, d, cop.RegionID(cop.First, "53"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := PlaceOf(ctx, d, model, c, here.Ref()); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a perimeter elsewhere: %v", err)
		}
	})
}

// What is above the whole emissions of a lever is asked to be confirmed, and the
// confirmation is kept.
func TestAboveIsConfirmed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		in := kt("residentiel-fioul", "500000", 0)
		_, err := m.Put(t.Context(), team, p, in)
		var u *Unconfirmed
		if !errors.As(err, &u) || len(u.Ceiling.Beyond) != 2 || !strings.Contains(u.Ceiling.Beyond[0], "sous zéro") {
			t.Fatalf("%v", err)
		}
		if rows, err := OfCOP(t.Context(), d, p.COP.ID); err != nil || len(rows) != 0 {
			t.Errorf("%+v %v", rows, err)
		}
		in.Confirmed = true
		if o, err := m.Put(t.Context(), team, p, in); err != nil || !o.Above {
			t.Errorf("%+v %v", o, err)
		}
	})
}

// Both heads share a list: frozen when proposed, no more changed while it waits, in
// force at the second word; a new value is discussed beside it and a withdrawal gives
// it back.
func TestBothHeadsShareAList(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		const lever, offered = "voitures-electriques", "biogaz"
		if _, err := m.Put(ctx, team, p, kt(lever, "1000", 0)); err != nil {
			t.Fatal(err)
		}
		against, err := m.Dissent(ctx, team, p, NewDissent{Lever: lever, Party: "associations", Name: "Alsace Nature", Measure: InKt, Typed: "1200", Text: "Trop peu."})
		if err != nil || against.Value.Kg.Kg != 1_200_000_000 || against.Day != "2026-03-02" {
			t.Fatalf("%+v %v", against, err)
		}
		line, _ := p.Line(offered)
		asIs := Pick{Lever: offered, AsOffered: true, Kg: line.Objective.Kg}
		_, err = m.ProposeSharing(ctx, team, p, []Pick{{Lever: lever, Rev: 1}, {Lever: offered, AsOffered: true, Kg: line.Objective.Kg + 1}})
		var stale *Stale
		if !errors.As(err, &stale) || len(stale.Moved) != 2 || !strings.Contains(stale.Moved[1].Was, "1 000") && !strings.Contains(stale.Moved[1].Was, "1\u202f000") {
			t.Fatalf("%+v %v", stale, err)
		}
		if rows, _ := OfCOP(ctx, d, p.COP.ID); len(rows) != 1 || rows[0].State != Discussed {
			t.Fatalf("a stale list wrote: %+v", rows)
		}
		s, err := m.ProposeSharing(ctx, team, p, []Pick{asIs, {Lever: lever, Rev: 2}, {Lever: lever, Rev: 2}})
		if err != nil || s.Seq != 1 || s.State != SharingProposed || len(s.Frozen.Lines) != 2 || !s.Intact() || s.Act == "" {
			t.Fatalf("%+v %v", s, err)
		}
		if x := s.Frozen.Lines[1]; x.Lever != lever || len(x.Dissents) != 1 || x.Dissents[0].Name != "Alsace Nature" {
			t.Errorf("%+v", x)
		}
		if strings.Contains(string(s.Body()), "équipe\"") || strings.Contains(string(s.Body()), `"by"`) {
			t.Errorf("a list names a person: %s", s.Body())
		}
		_, err = m.Put(ctx, team, p, kt(lever, "3", 3))
		kind(t, "changed while shared", err, apperr.Conflict)
		_, err = m.Withdraw(ctx, team, p, lever, 3, "non")
		kind(t, "withdrawn while shared", err, apperr.Conflict)
		_, err = m.Dissent(ctx, team, p, NewDissent{Lever: lever, Party: "citoyens", Name: "Assemblée", Text: "Non."})
		kind(t, "dissent while shared", err, apperr.Conflict)
		_, err = m.Lift(ctx, team, p, lever, against.ID, 1, "entendu")
		kind(t, "lifted while shared", err, apperr.Conflict)
		if _, err := m.COPs.Consent(ctx, state, s.Act); err != nil {
			t.Fatal(err)
		}
		o, _, err := Of(ctx, d, p, lever)
		if err != nil || o.State != Sharing || o.SharedRev != 0 {
			t.Fatalf("after one word %+v %v", o, err)
		}
		if _, ok := o.Now(false); ok {
			t.Error("anyone reads what waits")
		}
		if _, err := m.COPs.Consent(ctx, region, s.Act); err != nil {
			t.Fatal(err)
		}
		if o, _, err = Of(ctx, d, p, lever); err != nil || o.State != Shared || o.SharedValue.Kg.Kg != 1_000_000_000 || o.SharedOn != "2026-03-02" || o.SharedRev != o.Rev {
			t.Fatalf("%+v %v", o, err)
		}
		if s, err = SharingNumbered(ctx, d, p.COP.ID, 1); err != nil || s.State != SharingShared || s.EndedOn != "2026-03-02" || !s.Intact() {
			t.Errorf("%+v %v", s, err)
		}
		if x, _, err := Of(ctx, d, p, offered); err != nil || x.SharedValue.Kg.Kg != line.Objective.Kg || x.Reason != asOffered {
			t.Errorf("%+v %v", x, err)
		}
		for side, kg := range map[Side]panorama.Kg{SharedTotal: 1_000_000_000 + line.Objective.Kg, Compared: 1_000_000_000 + line.Objective.Kg} {
			if x, err := m.Explain(ctx, model, TotalKey(side, "44", cop.First)); err != nil || x.Figure.Value != kg.Kt() || len(x.Inputs) != 2 || x.Numbers == "" {
				t.Errorf("%s: %+v %v", side, x, err)
			}
		}
		first, _ := p.Line(lever)
		if x, err := m.Explain(ctx, model, TotalKey(Against, "44", cop.First)); err != nil || x.Figure.Value != (first.Objective.Kg+line.Objective.Kg).Kt() || x.Inputs[0].Key != first.FigureKey && x.Inputs[1].Key != first.FigureKey {
			t.Errorf("%+v %v", x, err)
		}
		if x, err := m.Explain(ctx, model, TotalKey(SharedTotal, "53", cop.First)); err != nil || x.Figure.Known() || x.Figure.Reason == "" {
			t.Errorf("nothing shared: %+v %v", x, err)
		}
		for _, key := range []string{"objectif/jauge/rien/region:44", "objectif/jauge/partage/department:67", "objectif/jauge/partage"} {
			_, err := m.Explain(ctx, model, key)
			kind(t, key, err, apperr.NotFound)
		}
		// Another value is discussed beside the one in force.
		if o, err = m.Put(ctx, team, p, kt(lever, "1100", o.Rev)); err != nil || o.State != Discussed {
			t.Fatal(err)
		}
		if now, _ := o.Now(false); now.Value.Kg.Kg != 1_000_000_000 || now.State != Shared {
			t.Errorf("anyone reads %+v", now)
		}
		if public, err := Dissents(ctx, d, p.COP.ID, false); err != nil || len(public[o.ID]) != 1 {
			t.Errorf("%+v %v", public, err)
		}
		again, err := m.ProposeSharing(ctx, region, p, []Pick{{Lever: lever, Rev: o.Rev}})
		if err != nil || again.Seq != 2 {
			t.Fatalf("%+v %v", again, err)
		}
		if _, err := m.COPs.Withdraw(ctx, region, again.Act, "à revoir"); err != nil {
			t.Fatal(err)
		}
		if o, _, err = Of(ctx, d, p, lever); err != nil || o.State != Discussed || o.Sharing != s.ID || o.SharedValue.Kg.Kg != 1_000_000_000 {
			t.Fatalf("%+v %v", o, err)
		}
		if o, err = m.Withdraw(ctx, team, p, lever, o.Rev, "on en reste là"); err != nil || o.State != Shared || o.Value.Kg.Kg != 1_000_000_000 || o.Typed != "1000" {
			t.Errorf("%+v %v", o, err)
		}
		all, err := Versions(ctx, d, o.ID)
		if err != nil || int64(len(all)) != o.Rev {
			t.Errorf("%d versions at revision %d: %v", len(all), o.Rev, err)
		}
	})
}

// A dissent from what the State offers, where nobody put a value, brings that value on
// the table with it.
func TestADissentFromTheBareProposal(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		in := NewDissent{Lever: "biogaz", Party: "economique", Name: "Chambre d’agriculture", Text: "Trop vite.", OfOffered: true}
		wrong := in
		wrong.Text = ""
		_, err := m.Dissent(ctx, team, p, wrong)
		kind(t, "without words", err, apperr.Invalid)
		if rows, err := OfCOP(ctx, d, p.COP.ID); err != nil || len(rows) != 0 {
			t.Fatalf("what is refused puts nothing on the table: %+v %v", rows, err)
		}
		if _, err := m.Dissent(ctx, team, p, in); err != nil {
			t.Fatal(err)
		}
		line, _ := p.Line("biogaz")
		o, ok, err := Of(ctx, d, p, "biogaz")
		if err != nil || !ok || o.State != Discussed || o.Value.Kg.Kg != line.Objective.Kg || o.Reason != forDissent {
			t.Fatalf("%+v %v", o, err)
		}
		_, err = m.Dissent(ctx, team, p, in)
		kind(t, "of the bare proposal once a value stands", err, apperr.Conflict)
		if o, err = m.Withdraw(ctx, team, p, "biogaz", o.Rev, "on en reste à l’État"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Dissent(ctx, team, p, in); err != nil {
			t.Fatal(err)
		}
		all, err := Versions(ctx, d, o.ID)
		if err != nil || len(all) != 5 {
			t.Errorf("%d versions: %v", len(all), err)
		}
		if kept, err := DissentsOf(ctx, d, o.ID); err != nil || len(kept) != 2 {
			t.Errorf("%+v %v", kept, err)
		}
	})
}

// A dissent is kept beside the value, lifted with a reason, and stays in the history.
func TestDissentIsLiftedNeverErased(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		in := NewDissent{Lever: "biogaz", Party: "syndicats", Name: "Intersyndicale", Text: "Sans les moyens, non.", Day: "2026-02-20"}
		_, err := m.Dissent(ctx, team, p, in)
		kind(t, "without a value", err, apperr.NotFound)
		o, err := m.Put(ctx, team, p, kt("biogaz", "700", 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []NewDissent{{Lever: "biogaz"}, {Lever: "biogaz", Party: "syndicats", Name: "x", Text: "y", Day: "2027-01-01"}, {Lever: "biogaz", Party: "syndicats", Name: "x", Text: "y", Measure: InKt, Typed: "zut"}, {Lever: "biogaz", Party: "syndicats", Name: "x"}} {
			_, err := m.Dissent(ctx, team, p, wrong)
			kind(t, "wrong dissent", err, apperr.Invalid)
		}
		x, err := m.Dissent(ctx, team, p, in)
		if err != nil || x.Value.Kg.Known || x.Holds() != "sans autre valeur" {
			t.Fatalf("%+v %v", x, err)
		}
		if public, err := Dissents(ctx, d, p.COP.ID, false); err != nil || len(public) != 0 {
			t.Errorf("anyone reads the dissent of a value under discussion: %+v %v", public, err)
		}
		_, err = m.Lift(ctx, team, p, "biogaz", x.ID, 1, "")
		kind(t, "lifted without a reason", err, apperr.Invalid)
		if x, err = m.Lift(ctx, team, p, "biogaz", x.ID, 1, "Un fonds est créé."); err != nil || x.State != DissentLifted {
			t.Fatalf("%+v %v", x, err)
		}
		_, err = m.Lift(ctx, team, p, "biogaz", x.ID, 1, "encore")
		kind(t, "lifted twice", err, apperr.Conflict)
		all, err := Versions(ctx, d, o.ID)
		if err != nil || len(all) != 3 {
			t.Fatalf("%+v %v", all, err)
		}
		if diff := Diff(all[1], all[0]); len(diff) != 1 || diff[0].To != "levé" || !strings.Contains(diff[0].What, "Intersyndicale") {
			t.Errorf("%+v", diff)
		}
		if kept, err := DissentsOf(ctx, d, o.ID); err != nil || len(kept) != 1 {
			t.Errorf("%+v %v", kept, err)
		}
	})
}

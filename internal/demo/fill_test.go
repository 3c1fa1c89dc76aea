package demo_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/app"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/demo"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func place(t *testing.T, d *db.DB, now time.Time) demo.Place {
	t.Helper()
	p, err := app.DemoPlace(d, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	p.BaseURL, p.Seeds, p.Sources = "http://jalon.example", few, nil
	return p
}

// few are the organisations of reference without the communes: what is invented
// is the same, and a test that looks elsewhere does not wait for 35 000 rows.
func few(o account.Organisation) bool { return o.Kind != account.OrgCommune }

func fill(t *testing.T, d *db.DB, now time.Time, o demo.Options) demo.Outcome {
	t.Helper()
	return fillAt(t, place(t, d, now), o)
}

func fillAt(t *testing.T, p demo.Place, o demo.Options) demo.Outcome {
	t.Helper()
	if o.Size == "" {
		o.Size = demo.Small
	}
	out, err := demo.Fill(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// content is what an archive of a database would hold, by table.
func content(t *testing.T, d *db.DB, without ...string) map[string]string {
	t.Helper()
	m, err := db.Dump(t.Context(), d, app.Tables(), io.Discard, db.ArchiveMeta{CreatedAt: noon, Version: "essai"})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, x := range m.Tables {
		out[x.Name] = x.SHA256
	}
	for _, name := range without {
		delete(out, name)
	}
	return out
}

// The same day and the same seed make the same demonstration, on either engine;
// another seed makes another one.
func TestTheSameSeedMakesTheSameContent(t *testing.T) {
	lite, pg, other := testkit.Open(t, db.SQLite), testkit.Open(t, db.PostgreSQL), testkit.Open(t, db.SQLite)
	one, two := place(t, lite, noon), place(t, pg, noon.Add(3*time.Hour))
	one.Seeds, two.Seeds = nil, nil // as the program makes it
	if out := fillAt(t, one, demo.Options{}); !out.Made || out.Acts < 500 || out.State != demo.Ready || out.Day != "2026-03-02" {
		t.Errorf("made %+v", out)
	}
	fillAt(t, two, demo.Options{})
	fill(t, other, noon, demo.Options{Seed: 7})
	want := content(t, lite)
	if diff := cmp.Diff(want, content(t, pg)); diff != "" {
		t.Errorf("another engine, later the same day: %s", diff)
	}
	if content(t, other)["account"] == want["account"] {
		t.Error("another seed invents the same people")
	}
}

// What is there is used again as long as it is recent, and what a visitor did
// stays; --reset and time make it anew.
func TestASecondRunUsesItAgain(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, noon, demo.Options{})
		fresh := content(t, d, "data_version")
		if _, err := d.Exec(t.Context(), `UPDATE account SET name = 'Une visiteuse' WHERE id = (SELECT MIN(id) FROM account)`); err != nil {
			t.Fatal(err)
		}
		if out := fill(t, d, noon.AddDate(0, 0, 7), demo.Options{}); out.Made || out.Day != "2026-03-02" {
			t.Errorf("a week later: %+v", out)
		}
		var n int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM account WHERE name = 'Une visiteuse'`).Scan(&n); err != nil || n != 1 {
			t.Errorf("what a visitor did is gone: %d %v", n, err)
		}
		before, err := db.Version(t.Context(), d, cop.Version)
		if err != nil {
			t.Fatal(err)
		}
		if out := fill(t, d, noon, demo.Options{Reset: true}); !out.Made {
			t.Errorf("--reset: %+v", out)
		}
		if diff := cmp.Diff(fresh, content(t, d, "data_version")); diff != "" {
			t.Errorf("made anew: %s", diff)
		}
		if after, err := db.Version(t.Context(), d, cop.Version); err != nil || after <= before {
			t.Errorf("a cache would show what is gone: version %d, then %d (%v)", before, after, err)
		}
		if out := fill(t, d, noon.AddDate(0, 0, 8), demo.Options{}); !out.Made || out.Day != "2026-03-10" {
			t.Errorf("eight days later: %+v", out)
		}
	})
}

// A database that holds one thing of a person, or of the real site, is refused
// and left as it is.
func TestItRefusesWhatIsReal(t *testing.T) {
	event := func(ctx context.Context, d *db.DB) error {
		now := func() time.Time { return noon }
		ids := db.NewIDs(now, zero{})
		room := &cop.Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, db.NewCursors([]byte("essai"))), Cursors: db.NewCursors([]byte("essai")), Random: zero{}}
		tree, err := territory.Embedded()
		if err != nil {
			return err
		}
		if err := room.Load(ctx, data.FS, tree); err != nil {
			return err
		}
		a := policy.Actor{Person: "anne", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
		_, _, err = room.AddEvent(ctx, a, cop.RegionID(cop.First, "44"), cop.NewEvent{Stage: cop.Following, Mark: cop.Held, Day: "2026-02-01"})
		return err
	}
	person := func(ctx context.Context, d *db.DB) error {
		now := func() time.Time { return noon }
		ids := db.NewIDs(now, zero{})
		room := &account.Room{DB: d, IDs: ids, Now: now, Random: zero{}, Key: []byte("essai"), BaseURL: "http://jalon.example", COPsOf: cop.IDsOfRegion,
			Journal: journal.New(ids, now, db.NewCursors([]byte("essai"))), Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: jobs.New(ids, now), Cursors: db.NewCursors([]byte("essai"))})}
		_, err := room.Appoint(ctx, "anne@exemple.fr", "Anne", policy.NationalAdmin, "nation", "", "toute la France")
		return err
	}
	setting := func(ctx context.Context, d *db.DB) error {
		_, err := d.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('operator.secret', '00')`)
		return err
	}
	for name, real := range map[string]func(context.Context, *db.DB) error{"an event": event, "an account": person, "a site that only started": setting} {
		t.Run(name, func(t *testing.T) {
			testkit.Each(t, func(t *testing.T, d *db.DB) {
				if err := real(t.Context(), d); err != nil {
					t.Fatal(err)
				}
				before := content(t, d)
				for _, o := range []demo.Options{{Size: demo.Small}, {Size: demo.Small, Reset: true}} {
					_, err := demo.Fill(t.Context(), place(t, d, noon), o)
					if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "Rien n’y a été touché") || apperr.ExitCode(err) != 2 {
						t.Errorf("%+v: %v", o, err)
					}
				}
				if diff := cmp.Diff(before, content(t, d)); diff != "" {
					t.Errorf("touched: %s", diff)
				}
			})
		})
	}
}

type zero struct{}

func (zero) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Twenty programs that come at once make it once: the others wait, and use it.
func TestTwentyAtOnceMakeItOnce(t *testing.T) {
	d := testkit.Open(t, db.PostgreSQL)
	p := place(t, d, noon)
	made := make(chan bool, 20)
	errs := make(chan error, 20)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			out, err := demo.Fill(t.Context(), p, demo.Options{Size: demo.Small})
			made <- out.Made
			errs <- err
		})
	}
	all.Wait()
	close(made)
	close(errs)
	n := 0
	for m := range made {
		if m {
			n++
		}
	}
	var failed error
	for err := range errs {
		failed = errors.Join(failed, err)
	}
	if n != 1 || failed != nil {
		t.Errorf("made %d times: %v", n, failed)
	}
	other := testkit.Open(t, db.SQLite)
	fill(t, other, noon, demo.Options{})
	if diff := cmp.Diff(content(t, other), content(t, d)); diff != "" {
		t.Errorf("not what one makes: %s", diff)
	}
}

// What filling left half-done when it was killed is begun again; whoever was
// taken for dead and is not learns that somebody else took over.
func TestFillingIsBegunAgain(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(t.Context())
		p := place(t, d, noon)
		ticks := 0
		p.Now = func() time.Time {
			if ticks++; ticks == 12 {
				stop() // in the middle
			}
			return noon
		}
		if _, err := demo.Fill(ctx, p, demo.Options{Size: demo.Small}); !errors.Is(err, context.Canceled) {
			t.Fatalf("not stopped: %v", err)
		}
		m, ok, err := demo.Read(t.Context(), d)
		if err != nil || !ok || m.State != demo.Filling {
			t.Fatalf("stopped, and the mark says %+v %v", m, err)
		}
		var n int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM account`).Scan(&n); err != nil || n == 0 {
			t.Fatalf("nothing was left half-done: %d %v", n, err)
		}
		later := noon.Add(time.Minute)
		if out := fill(t, d, later, demo.Options{}); !out.Made || out.State != demo.Ready {
			t.Errorf("begun again: %+v", out)
		}
		other := testkit.Open(t, db.SQLite)
		fill(t, other, later, demo.Options{})
		if diff := cmp.Diff(content(t, other, "data_version"), content(t, d, "data_version")); diff != "" {
			t.Errorf("not what one makes: %s", diff)
		}
	})
}

// Everybody invented has an address that no mail can reach, nothing that happened is
// to come, and what waits was left waiting on purpose.
func TestWhatIsInventedIsPlausible(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	fill(t, d, noon, demo.Options{})
	for query, want := range map[string]int64{
		`SELECT COUNT(*) FROM account WHERE SUBSTR(email, LENGTH(email) - 12) <> '@demo.invalid'`:                                  0,
		`SELECT COUNT(*) FROM journal WHERE at > 1772409600000`:                                                                    0, // 2 March 2026, midnight
		`SELECT COUNT(*) FROM meeting WHERE state = 'held' AND day >= '2026-03-02'`:                                                0,
		`SELECT COUNT(*) FROM cop WHERE cycle = '2023-24' AND parent IS NULL`:                                                      18,
		`SELECT COUNT(*) FROM (SELECT cop_id FROM office WHERE person <> '' GROUP BY cop_id HAVING COUNT(DISTINCT side) = 2) AS x`: 18,
		// Whoever writes or validates for an organisation belongs to it.
		`SELECT COUNT(*) FROM role_grant g WHERE g.scope_kind = 'organisation' AND NOT EXISTS (SELECT x.id FROM membership x WHERE x.account = g.account AND x.organisation = g.scope)`: 0,
		// A département's COP has its préfet.
		`SELECT COUNT(*) FROM cop c WHERE c.parent IS NOT NULL AND NOT EXISTS (SELECT o.id FROM office o WHERE o.cop_id = c.id AND o.person <> '')`: 0,
		// Nobody of the debate has an address, or signs as an authority, that is real.
		`SELECT COUNT(*) FROM debate_voice WHERE SUBSTR(email, LENGTH(email) - 12) <> '@demo.invalid'`:                                                               0,
		`SELECT COUNT(*) FROM debate_post p JOIN organisation o ON o.name = p.signed`:                                                                                0,
		`SELECT COUNT(*) FROM debate_post WHERE speaker = 'organisme' AND voice_id <> '' AND signed NOT LIKE '%(%inventé%'`:                                          0,
		`SELECT COUNT(*) FROM working_group_member x JOIN organisation o ON o.name = x.org_name`:                                                                     0,
		`SELECT COUNT(*) FROM debate_post p WHERE p.supports <> (SELECT COUNT(*) FROM debate_support s WHERE s.post_id = p.id)`:                                      0,
		`SELECT COUNT(*) FROM debate_post WHERE at > 1772409600000 OR published_at > 1772409600000`:                                                                  0,
		`SELECT COUNT(*) FROM persona WHERE role IN ('authority_writer', 'authority_validator') AND first <> '/questionnaire' AND first NOT LIKE '/organisations/%'`: 0,
	} {
		var n int64
		if err := d.QueryRow(t.Context(), query).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d, want %d (%v)", query, n, want, err)
		}
	}
	for query, want := range map[string]int64{
		// What waits for a head does so on purpose: Normandie's list, La Réunion's diagnosis,
		// Grand Est's second list of actions, the close of Nouvelle-Aquitaine.
		`SELECT COUNT(*) FROM act WHERE state = 'pending' AND kind = 'objectives' AND cop_id = '2023-24-r28'`:                                        1,
		`SELECT COUNT(*) FROM act WHERE state = 'pending' AND kind = 'diagnosis' AND cop_id = '2023-24-r04'`:                                         1,
		`SELECT COUNT(*) FROM act WHERE state = 'pending' AND kind NOT IN ('stage', 'retract')`:                                                      4,
		`SELECT COUNT(*) FROM roadmap_close WHERE cop_id = '2023-24-r75' AND state = 'proposed'`:                                                     1,
		`SELECT COUNT(*) FROM roadmap_arrangement WHERE cop_id = '2023-24-r44'`:                                                                      2,
		`SELECT COUNT(*) FROM composition_edition WHERE region = '44' AND kind = 'revue' AND term = '2026' AND state = 'published'`:                  1,
		`SELECT COUNT(*) FROM knowledge_item WHERE region = '44' AND origin LIKE 'action:%' AND state = 'retained' AND shared`:                       1,
		`SELECT COUNT(*) FROM obstacle_group WHERE status = 'etude' AND answer <> ''`:                                                                1,
		`SELECT COUNT(*) FROM delegation WHERE reach = 'kind' AND target = 'diagnosis' AND side = 'state' AND cop_id = '2023-24-r04'`:                1,
		`SELECT COUNT(*) FROM objective WHERE territory = 'region:44' AND state = 'shared'`:                                                          20,
		`SELECT COUNT(*) FROM objective WHERE territory = 'region:44' AND state = 'discussed'`:                                                       4,
		`SELECT COUNT(*) FROM objective WHERE territory = 'region:53' AND state <> 'discussed'`:                                                      0,
		`SELECT COUNT(*) FROM objective WHERE territory = 'department:67' AND state = 'discussed'`:                                                   1,
		`SELECT COUNT(*) FROM objective WHERE scale = 'perimeter'`:                                                                                   2,
		`SELECT COUNT(*) FROM objective_dissent WHERE cop_id = '2023-24-r44' AND state = 'held'`:                                                     2,
		`SELECT COUNT(*) FROM (SELECT commune FROM perimeter_member GROUP BY commune HAVING COUNT(*) > 1) AS x`:                                      1,
		`SELECT COUNT(*) FROM adaptation_sheet WHERE cop_id = '2025-d67'`:                                                                            4,
		`SELECT COUNT(*) FROM adaptation_sheet WHERE cop_id = '2025-d57'`:                                                                            4,
		`SELECT COUNT(*) FROM diagnosis_theme WHERE region = '44'`:                                                                                   7,
		`SELECT COUNT(*) FROM diagnosis_theme WHERE region = '44' AND priority`:                                                                      4,
		`SELECT COUNT(*) FROM diagnosis_theme WHERE region = '53' AND priority`:                                                                      0,
		`SELECT COUNT(*) FROM composition_edition WHERE region = '44' AND kind = 'diagnostic' AND state = 'published'`:                               1,
		`SELECT COUNT(*) FROM composition_edition WHERE region = '44' AND kind = 'feuille-de-route' AND state = 'published'`:                         1,
		`SELECT COUNT(*) FROM composition_edition WHERE region = '28'`:                                                                               0,
		`SELECT COUNT(*) FROM composition WHERE region = '28' AND kind = 'feuille-de-route'`:                                                         1,
		`SELECT COUNT(*) FROM composition d WHERE d.region = '53' AND NOT EXISTS (SELECT e.id FROM composition_edition e WHERE e.cop_id = d.cop_id)`: 1,
		`SELECT COUNT(*) FROM persona WHERE region = '04' AND first LIKE '%/bureau/diagnostic/publication'`:                                          1,
	} {
		var n int64
		if err := d.QueryRow(t.Context(), query).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d, want %d (%v)", query, n, want, err)
		}
	}
	for _, query := range []string{
		`SELECT COUNT(*) FROM restitution WHERE region = '44' AND state = 'published'`, `SELECT COUNT(*) FROM objective WHERE region = '44' AND above = FALSE AND measure = 'level'`,
		`SELECT COUNT(*) FROM knowledge_item WHERE region = '44' AND kind = 'obstacle' AND state = 'retained'`, `SELECT COUNT(*) FROM note WHERE state = 'published'`,
		`SELECT COUNT(*) FROM meeting WHERE state = 'held' AND counted`, `SELECT COUNT(*) FROM meeting WHERE state = 'held' AND NOT counted AND attendance IS NOT NULL`,
		`SELECT COUNT(*) FROM meeting WHERE state = 'held' AND attendance IS NULL`, `SELECT COUNT(*) FROM meeting WHERE state = 'planned' AND day > '2026-03-02'`,
		`SELECT COUNT(*) FROM act WHERE state = 'pending'`, `SELECT COUNT(*) FROM act WHERE state = 'recorded'`, `SELECT COUNT(*) FROM act WHERE state = 'alone'`,
		`SELECT COUNT(*) FROM act_consent WHERE delegation IS NOT NULL OR person <> ''`, `SELECT COUNT(*) FROM delegation`, `SELECT COUNT(*) FROM news WHERE part = 'public'`,
		`SELECT COUNT(*) FROM news WHERE part = 'draft'`, `SELECT COUNT(*) FROM cop_document`, `SELECT COUNT(*) FROM cop_check`, `SELECT COUNT(*) FROM mail_outbox WHERE state = 'queued'`,
		`SELECT COUNT(*) FROM debate_post WHERE state = 'waiting' AND kind = 'contribution'`, `SELECT COUNT(*) FROM moderation_mark WHERE what = 'personal'`, `SELECT COUNT(*) FROM moderation_appeal WHERE state = 'open'`,
		`SELECT COUNT(*) FROM moderation_report WHERE act_id = ''`, `SELECT COUNT(*) FROM contribution_relation WHERE kind = 'merge'`, `SELECT COUNT(*) FROM meeting_seat WHERE state = 'waiting'`,
		`SELECT COUNT(*) FROM meeting_presence WHERE how = 'door'`, `SELECT COUNT(*) FROM ballot WHERE state = 'closed'`, `SELECT COUNT(*) FROM ballot WHERE state = 'draft'`,
		`SELECT COUNT(*) FROM minutes_edition`, `SELECT COUNT(*) FROM minutes WHERE state = 'proposed'`, `SELECT COUNT(*) FROM meeting_task WHERE account <> ''`, `SELECT COUNT(*) FROM consultation WHERE version = 2`,
		`SELECT COUNT(*) FROM amendment WHERE verdict <> ''`, `SELECT COUNT(*) FROM debate_theme WHERE name <> ''`, `SELECT COUNT(*) FROM persona WHERE first LIKE '%/groupes/%'`, `SELECT COUNT(*) FROM letter WHERE state <> 'draft'`,
		`SELECT COUNT(*) FROM priority WHERE state = 'adopted'`, `SELECT COUNT(*) FROM priority WHERE state = 'taken_up'`,
	} {
		var n int64
		if err := d.QueryRow(t.Context(), query).Scan(&n); err != nil || n == 0 {
			t.Errorf("%s: none (%v)", query, err)
		}
	}
}

// The dates are relative to the day: no day of the week or of the year is in
// their way.
func TestAnyDayWillDo(t *testing.T) {
	for _, day := range []string{"2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2028-02-29", "2027-01-01", "2027-03-28"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		fill(t, testkit.Open(t, db.SQLite), at.Add(9*time.Hour), demo.Options{})
	}
}

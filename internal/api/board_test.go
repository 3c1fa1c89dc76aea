package api_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/api"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/national"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/web/shell"
)

// boardServer serves the board to an actor.
func boardServer(t *testing.T, d *db.DB, a policy.Actor) http.Handler {
	t.Helper()
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids, cursors := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, cursors), Cursors: cursors, Random: rand.Reader}
	room := &national.Room{DB: d, IDs: ids, Now: now, Journal: cops.Journal, Registry: &national.Registry{}, Tree: func(context.Context) (*territory.Tree, error) { return m.Tree(), nil },
		Actor: func(ctx context.Context) policy.Actor { return shell.In(ctx).Actor }}
	for _, s := range []national.Source{national.Events(), national.Meetings(), national.Work(), national.Survey(), national.Debate(), national.FollowUp(nil)} {
		room.Registry.Add(s)
	}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	if err := room.Load(t.Context(), data.FS); err != nil {
		t.Fatal(err)
	}
	var figures figure.Registry
	figures.Register(national.Prefix, room.Explain)
	handlers := api.Handlers(api.Deps{Model: func(context.Context) (*panorama.Model, error) { return m, nil }, Explain: figures.Explain, CursorKey: []byte("essai"), Board: room, Q: d})
	mux := http.NewServeMux()
	for pattern, name := range patterns {
		h := handlers[name]
		mux.Handle("GET "+pattern, serve(func(w http.ResponseWriter, r *http.Request) error {
			return h(w, r.WithContext(shell.With(r.Context(), shell.Who{Account: a.Person, Actor: a})))
		}))
	}
	return mux
}

// The API gives the board to whoever may take it away, the definitions to whoever
// may read it, and to others says that there is no such thing.
func TestTheBoardByTheAPI(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSchemas(t)
		nation := policy.Actor{Person: "n", Grants: []policy.Grant{{Role: policy.NationalReader, Nation: true}}}
		team := policy.Actor{Person: "e", Grants: []policy.Grant{{Role: policy.Team, COP: "2023-24-r44"}}}
		expert := policy.Actor{Person: "x", Grants: []policy.Grant{{Role: policy.Expert, COP: "2023-24-r44"}}}
		for _, who := range []struct {
			name  string
			actor policy.Actor
			want  [3]int // board, metrics, figure
		}{{"nation", nation, [3]int{200, 200, 200}}, {"team", team, [3]int{403, 200, 200}}, {"expert", expert, [3]int{404, 404, 404}}, {"anyone", policy.Actor{}, [3]int{404, 404, 404}}} {
			h := boardServer(t, d, who.actor)
			for i, ask := range []struct{ path, schema string }{{"/board", "Board"}, {"/metrics", "MetricList"}, {"/figures/national/cop/jours-depuis/region:44/2024-05-27", "Figure"}} {
				status, body := get(t, h, ask.path)
				if status != who.want[i] {
					t.Errorf("%s at %s: %d", who.name, ask.path, status)
				}
				schema := ask.schema
				if status != http.StatusOK {
					schema = "Problem"
				}
				s.check(t, schema, body)
			}
		}
		h := boardServer(t, d, nation)
		for path, want := range map[string]int{"/board?day=2024-05-27": 200, "/board?day=2024-05-27&metric=cop/lancement,cop/etape": 200, "/board?day=2999-01-01": 400, "/board?day=x": 400, "/board?metric=cop/rien": 404,
			"/board?cycle=1999": 404, "/board?jour=2024-05-27": 400, "/metrics?x=1": 400, "/figures/national/cop/etape/region:44/2024-05-27": 404} {
			status, body := get(t, h, path)
			if status != want {
				t.Errorf("%s: %d, want %d", path, status, want)
			}
			schema := "Board"
			if want != 200 {
				schema = "Problem"
			}
			s.check(t, schema, body)
		}
		type value struct {
			Value  *json.Number
			Text   string
			Reason string
			COPs   int `json:"cops"`
		}
		got := decode[struct {
			Before  bool `json:"before_first_night"`
			Regions []struct {
				Territory string
				Values    map[string]value
			}
			Nation   map[string]value
			Declared []struct{ Value json.Number }
		}](t, h, "/board?day=2024-05-27")
		if !got.Before || len(got.Regions) != 18 || got.Nation["cop/lancement"].COPs != 16 || len(got.Declared) != 5 {
			t.Errorf("%+v", got.Nation)
		}
		for _, r := range got.Regions {
			if r.Territory == "region:03" && (r.Values["cop/lancement"].Text != "" || r.Values["cop/lancement"].Reason == "") {
				t.Errorf("%+v", r.Values["cop/lancement"])
			}
			if v := r.Values["suivi/points-d-avancement"]; v.Value != nil || !strings.Contains(v.Reason, "aucun relevé de nuit") {
				t.Errorf("nothing to follow, and %+v", v)
			}
		}
	})
}

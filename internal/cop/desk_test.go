package cop

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func TestDesk(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		_, err := r.Desk(ctx, d, policy.Actor{}, grandEst, time.Time{})
		want(t, err, apperr.NotFound, "")
		r.now = r.now.Add(time.Minute)
		last := must[time.Time](t)(r.Visit(ctx, prefet, grandEst))
		if !last.IsZero() {
			t.Errorf("a first visit after %s", last)
		}
		r.now = r.now.Add(time.Minute)
		must[Office](t)(r.SetOffice(ctx, team, Office{COP: grandEst, Side: StateSide, Name: "A. Martin", Title: "préfète de la région Grand Est", From: "2025-01-01"}, ""))
		_, act := r.launch(president)
		must[Meeting](t)(r.AddMeeting(ctx, team, plenary("2026-03-10")))
		must[Meeting](t)(r.AddMeeting(ctx, team, plenary("2026-02-10")))
		must[News](t)(r.AddNews(ctx, team, grandEst, "Bientôt", "texte"))
		if err := r.Tick(ctx, team, grandEst, "preparation/panorama", true, "lu en équipe"); err != nil {
			t.Fatal(err)
		}
		want(t, r.Tick(ctx, team, grandEst, "preparation/rien", true, ""), apperr.NotFound, "liste")
		want(t, r.Tick(ctx, elsewhere, grandEst, "preparation/panorama", false, ""), apperr.Forbidden, "")
		since := must[time.Time](t)(r.Visit(ctx, prefet, grandEst))
		k := must[Desk](t)(r.Desk(ctx, d, prefet, grandEst, since))
		var texts []string
		for _, x := range k.Due {
			texts = append(texts, strings.TrimSpace(x.Day+" "+strings.ReplaceAll(x.Text, "\u00a0", " ")))
		}
		if diff := cmp.Diff([]string{"2026-02-10 Dire si la réunion a été tenue : Plénière de lancement", "2026-03-10 Réunion : Plénière de lancement",
			"Indiquer qui conduit la COP pour la Région", "Valider : " + strings.ReplaceAll(act.Title, "\u00a0", " "), "Actualité à publier : Bientôt"}, texts); diff != "" {
			t.Error(diff)
		}
		if !k.Due[0].Late || k.Due[1].Late {
			t.Errorf("%+v", k.Due[:2])
		}
		if len(k.Waiting) != 1 || !k.Waiting[0].Mine || k.Waiting[0].Who != "A. Martin, préfète de la région Grand Est" {
			t.Errorf("%+v", k.Waiting)
		}
		if len(k.Moved) != 8 || k.Moved[0].Text != "a mis à jour la liste de l’étape" {
			t.Errorf("%d %+v", len(k.Moved), k.Moved)
		}
		for _, x := range k.Moved {
			if x.Text == "a fait une modification" {
				t.Errorf("no sentence for %s %s", x.Verb, x.Kind)
			}
		}
		done := map[string]bool{}
		for _, x := range k.Checklist {
			done[x.Key()] = x.Done
		}
		if !done["preparation/panorama"] || !done["preparation/calendrier"] || done["preparation/tetes"] || done["lancement/evenement"] {
			t.Errorf("%v", done)
		}
		if err := r.Tick(ctx, prefet, grandEst, "preparation/panorama", false, "à relire"); err != nil {
			t.Fatal(err)
		}
		r.now = r.now.AddDate(0, 0, 31)
		k = must[Desk](t)(r.Desk(ctx, d, president, grandEst, time.Time{}))
		alone := false
		for _, x := range k.Due {
			alone = alone || strings.Contains(x.Text, "n’a pas répondu dans le délai")
		}
		if !alone || len(k.Moved) != 0 {
			t.Errorf("%+v", k.Due)
		}
		for _, x := range k.Checklist {
			if x.Key() == "preparation/panorama" && (x.Done || x.By != "prefet") {
				t.Errorf("%+v", x)
			}
		}
	})
}

func TestCalendarAndItsFeed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		x := must[Meeting](t)(r.AddMeeting(ctx, team, plenary("2026-03-10")))
		inside := plenary("2026-03-11")
		inside.Part = Internal
		must[Meeting](t)(r.AddMeeting(ctx, team, inside))
		_, act := r.launch(prefet)
		must[Act](t)(r.Consent(ctx, president, act.ID))
		c, entries, err := Calendar(ctx, d, policy.Actor{}, grandEst, "2026-01-01", "2026-12-31")
		if err != nil || len(entries) != 2 || entries[0].Day != "2026-02-20" || entries[1].UID != "reunion-"+x.ID {
			t.Fatalf("%+v %v", entries, err)
		}
		text := ICS(c.Name, "https://jalon.example.fr/", entries)
		for _, part := range []string{"BEGIN:VCALENDAR\r\n", "UID:reunion-" + x.ID + "@jalon.example.fr\r\n", "DTSTART:20260310T130000Z\r\n", "DTEND:20260310T163000Z\r\n", "DTSTART;VALUE=DATE:20260220\r\n", "STATUS:CONFIRMED\r\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("no %q in\n%s", part, text)
			}
		}
		_, err = r.NewFeed(ctx, policy.Actor{Person: "x"}, grandEst)
		want(t, err, apperr.NotFound, "")
		old := must[string](t)(r.NewFeed(ctx, team, grandEst))
		token := must[string](t)(r.NewFeed(ctx, team, grandEst))
		_, _, err = FeedOf(ctx, d, old)
		want(t, err, apperr.NotFound, "plus valable")
		person, id, err := FeedOf(ctx, d, token)
		if err != nil || person != "equipe" || id != grandEst {
			t.Errorf("%s %s %v", person, id, err)
		}
		if _, entries, err = Calendar(ctx, d, team, id, "2026-01-01", "2026-12-31"); err != nil || len(entries) != 3 {
			t.Errorf("%+v %v", entries, err)
		}
		if err := r.EndFeed(ctx, team, grandEst); err != nil {
			t.Fatal(err)
		}
		_, _, err = FeedOf(ctx, d, token)
		want(t, err, apperr.NotFound, "plus valable")
	})
}

// Whatever people write, a calendar keeps its lines and its properties.
func TestICSKeepsItsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		out := ICS(text, "https://jalon.example.fr", []Appointment{{UID: "a", Name: text, Day: "2026-03-10", Place: text, Note: text}})
		if !strings.HasSuffix(out, "\r\n") || strings.Contains(strings.ReplaceAll(out, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(out, "\r\n", ""), "\r") {
			t.Fatalf("%q", out)
		}
		for _, line := range strings.Split(strings.TrimSuffix(out, "\r\n"), "\r\n") {
			if len(line) > 75 || line == "" {
				t.Fatalf("%d octets: %q", len(line), line)
			}
		}
		whole := strings.ReplaceAll(out, "\r\n ", "")
		if n := strings.Count(whole, "\r\nBEGIN:VEVENT\r\n"); n != 1 {
			t.Fatalf("%d events in %q", n, whole)
		}
		for _, line := range strings.Split(strings.TrimSuffix(whole, "\r\n"), "\r\n") {
			if name, _, ok := strings.Cut(line, ":"); !ok || name == "" || strings.ToUpper(name) != name {
				t.Fatalf("not a property: %q", line)
			}
		}
	})
}

func TestNamesOfStages(t *testing.T) {
	for _, s := range Stages() {
		if s.Name() == "" {
			t.Errorf("%s has no name", s)
		}
	}
	for precision, want := range map[string]string{"day": "27 mai 2024", "month": "mai 2024", "half-year": "premier semestre 2024"} {
		if got := strings.ReplaceAll(Event{Day: "2024-05-27", Precision: precision}.Date(), "\u00a0", " "); got != want {
			t.Error(got)
		}
	}
}

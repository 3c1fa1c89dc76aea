package survey

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/testkit"
)

func contactRows(lines ...[2]string) iter.Seq2[ContactRow, error] {
	return func(yield func(ContactRow, error) bool) {
		for i, l := range lines {
			r := ContactRow{Line: i + 2, Authority: ContactCell{l[0], 1, "collectivité"}, Email: ContactCell{l[1], 2, "email"}, Name: ContactCell{"Anne", 3, "nom"}}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *sending) stage(t testing.TB, c Campaign, sha string, lines ...[2]string) (intake.Run, []intake.Line) {
	t.Helper()
	run, err := s.Intake.Stage(t.Context(), s.d, intake.File{Kind: ContactsRun(c.ID), Name: "contacts.csv", SHA256: sha, By: "equipe"}, s.JudgeContacts(t.Context(), s.d, c.ID, contactRows(lines...)), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := intake.Verdicts(t.Context(), s.d, run.ID, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return run, out
}

func TestAFileOfContactsIsJudgedLineByLine(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94", "44")
		c := s.campaign(t, "94", true)
		run, lines := s.stage(t, c, "1",
			[2]string{"corse", "a@exemple.fr"}, [2]string{"2A004", "MAIRIE@exemple.fr "}, [2]string{"242010056", "epci@exemple.fr"}, [2]string{"Mairie d’Ajaccio", "mairie@exemple.fr"},
			[2]string{"Strasbourg", "b@exemple.fr"}, [2]string{"Bastia", "pas une adresse"}, [2]string{"2b033", "bastia@exemple.fr"})
		want := []string{"ok", "ok", "ok", "warning", "error", "error", "ok"}
		for i, l := range lines {
			if string(l.Verdict) != want[i] {
				t.Errorf("line %d: %s, %s", l.Line, l.Verdict, l.Reason)
			}
		}
		if !strings.Contains(lines[3].Reason, "ligne 3") || !strings.Contains(lines[4].Reason, "n’est pas destinataire") || lines[5].Col != 2 {
			t.Errorf("%+v", lines[3:6])
		}
		_, err := s.ApplyContacts(ctx, teamOf("94"), c.ID, run.ID, run.Rev)
		isKind(t, "a refused row holds the whole", err, apperr.Invalid)
		if n := s.count(t, `SELECT COUNT(*) FROM response_contact`); n != 0 {
			t.Errorf("%d contacts", n)
		}
		if err := s.StopMail(ctx, s.NoMail(s.response(t, c, "corse").ID, "a@exemple.fr")); err != nil {
			t.Fatal(err)
		}
		run, lines = s.stage(t, c, "2", [2]string{"corse", "a@exemple.fr"}, [2]string{"2A004", "mairie@exemple.fr"}, [2]string{"2A004", "mairie@exemple.fr"})
		if lines[0].Verdict != intake.Warning || !strings.Contains(lines[0].Reason, "reste muette") {
			t.Errorf("%+v", lines[0])
		}
		_, err = s.ApplyContacts(ctx, teamOf("44"), c.ID, run.ID, run.Rev)
		isKind(t, "by another region", err, apperr.NotFound)
		n, err := s.ApplyContacts(ctx, teamOf("94"), c.ID, run.ID, run.Rev)
		if err != nil || n != 2 {
			t.Fatal(n, err)
		}
		_, err = s.ApplyContacts(ctx, teamOf("94"), c.ID, run.ID, run.Rev)
		isKind(t, "twice", err, apperr.Conflict)
		list, err := Contacts(ctx, d, s.response(t, c, "corse").ID)
		if err != nil || len(list) != 1 || !list[0].Silent || list[0].Name != "Anne" {
			t.Errorf("%+v, %v", list, err)
		}
		other := s.campaign(t, "44", false)
		_, err = s.FindContactsRun(ctx, teamOf("44"), other.ID, run.ID)
		isKind(t, "the run of another campaign", err, apperr.NotFound)
	})
}

// As many rows as a file may hold are staged and applied.
func TestALargeFileOfContacts(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := sendingRoom(t, d, "94")
		c := s.campaign(t, "94", true)
		lines := make([][2]string, MaxContacts)
		for i := range lines {
			lines[i] = [2]string{"2A004", fmt.Sprintf("agent%d@exemple.fr", i)}
		}
		run, _ := s.stage(t, c, "1", lines...)
		n, err := s.ApplyContacts(t.Context(), teamOf("94"), c.ID, run.ID, run.Rev)
		if err != nil || n != MaxContacts {
			t.Error(n, err)
		}
	})
}

package contribution

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// What its author took back while it was read with another one is not published again
// by whoever separates the two, erased or not.
func TestSeparatingPublishesNothingThatWasTakenBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), studyRoom(t, d)
		m.OnErase = append(m.OnErase, m.EraseVoice)
		stays := m.open("anne", "Des trains la nuit", "bruno")
		for _, name := range []string{"denis", "emma"} {
			p := m.open(name, "Un train de nuit", "chloe")
			if _, err := m.Merge(ctx, inTeam("ines"), p.ID, 1, stays.ID, why); err != nil {
				t.Fatal(err)
			}
			merged, v := must(debate.FindPost(ctx, d, p.ID)), m.voiceOf(name)
			if err := m.Withdraw(ctx, v, p.ID, merged.Rev); err != nil {
				t.Fatal(err)
			}
			if name == "emma" {
				if err := m.EraseSelf(ctx, v, debate.ErasePhrase); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := m.Unmerge(ctx, inTeam("ines"), p.ID, m.study(p.ID).Rev, why); err != nil {
				t.Fatal(err)
			}
			if x := must(debate.FindPost(ctx, d, p.ID)); x.State != debate.PostWithdrawn {
				t.Errorf("%s: what was taken back is %s", name, x.State)
			}
			if x := must(debate.FindPost(ctx, d, stays.ID)); x.Supports != 1 {
				t.Errorf("%s: %d supports once apart", name, x.Supports)
			}
		}
	})
}

// A support that was asked for before the contribution is merged counts for the one
// that it is read with, and says where that is. The page of the merged one says nothing
// of the other while it is hidden.
func TestASupportConfirmedAfterAMerge(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), studyRoom(t, d)
		stays, goes := m.open("anne", "Des trains la nuit"), m.open("denis", "Un train de nuit")
		_, v, err := m.Support(ctx, policy.Actor{}, m.c, goes.ID, debate.Speaker{Email: "tard@exemple.fr"}, "m")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Merge(ctx, inTeam("ines"), goes.ID, 1, stays.ID, why); err != nil {
			t.Fatal(err)
		}
		confirm := func() (path string) {
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) (err error) {
				path, err = m.Supported(ctx, tx, v, goes.ID)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return path
		}
		if path := confirm(); path != Path(m.c, stays.ID) || must(debate.FindPost(ctx, d, stays.ID)).Supports != 1 {
			t.Errorf("read at %q with %d supports", path, must(debate.FindPost(ctx, d, stays.ID)).Supports)
		}
		if w := must(m.Find(ctx, d, policy.Actor{}, m.c, goes.ID, "")); w.Into.Title != stays.Title {
			t.Errorf("read with %+v", w.Into)
		}
		turned(t, m.Room, must(debate.FindPost(ctx, d, stays.ID)), debate.PostHidden)
		if w := must(m.Find(ctx, d, policy.Actor{}, m.c, goes.ID, "")); w.Into.ID != "" || w.Into.Title != "" {
			t.Errorf("a hidden one is told: %+v", w.Into)
		}
		steps := must(m.StepsOf(ctx, d, goes.ID))
		for _, x := range steps {
			if strings.Contains(x.What, "trains") || strings.Contains(x.Href, stays.ID) {
				t.Errorf("a step names a hidden one: %+v", x)
			}
		}
		if steps = must(m.StepsOf(ctx, d, stays.ID)); !strings.Contains(steps[len(steps)-1].What, "«"+nb+"Un train de nuit"+nb+"»") {
			t.Errorf("what is read is named: %+v", steps)
		}
		if path := confirm(); path != "" {
			t.Errorf("a hidden one is supported at %q", path)
		}
	})
}

// The files of what nobody reads go with their author; those of what is published stay.
func TestFilesOfWhoIsErased(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), studyRoom(t, d)
		m.OnErase = append(m.OnErase, m.EraseVoice)
		read, refused := m.open("anne", "Des trains la nuit"), m.open("anne", "Mon adresse personnelle")
		refused = turned(t, m.Room, refused, debate.PostRefused)
		if _, err := d.Exec(ctx, `INSERT INTO blob (sha256, size, type, at) VALUES ('abc', 1, 'application/pdf', 1)`); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{read.ID, refused.ID} {
			if _, err := d.Exec(ctx, `INSERT INTO contribution_file (post_id, n, sha256, file_name, size, type) VALUES ($1, 1, 'abc', 'cv-anne.pdf', 1, 'application/pdf')`, id); err != nil {
				t.Fatal(err)
			}
		}
		kept := draft("À moitié", "")
		for _, email := range []string{"Anne@exemple.fr", "marianne@exemple.fr"} {
			kept.Email = email
			must(m.Keep(ctx, policy.Actor{}, m.c, "", kept))
		}
		if err := m.EraseSelf(ctx, m.voiceOf("anne"), debate.ErasePhrase); err != nil {
			t.Fatal(err)
		}
		var drafts int64
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM contribution_draft`).Scan(&drafts); err != nil || drafts != 1 {
			t.Errorf("%d drafts are left, want that of another address: %v", drafts, err)
		}
		if n := len(must(FilesOf(ctx, d, refused.ID))); n != 0 {
			t.Errorf("%d files of what was refused", n)
		}
		if n := len(must(FilesOf(ctx, d, read.ID))); n != 1 {
			t.Errorf("%d files of what is published", n)
		}
	})
}

// Anybody may send files with the form: those that nobody deposits go after two days,
// those of a contribution, of a draft and of another room stay.
func TestFilesThatNobodyDepositsGo(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), studyRoom(t, d)
		staged := func(text string) *blob.Staged {
			x := must(blob.Stage(ctx, t.TempDir(), strings.NewReader("%PDF-1.4\n"+text+"\n%%EOF"), blob.Claim{Name: text + ".pdf", Type: "application/pdf"}))
			t.Cleanup(func() { _ = x.Close() })
			return x
		}
		up := func(text string) string { return must(m.Upload(ctx, staged(text))).SHA256 }
		another := must(staged("d’une autre salle, avant").Store(ctx, d, m.Now())).SHA256
		up("d’une autre salle, avant")
		nobody, deposited, drafted, later := up("de personne"), up("d’une contribution"), up("d’un brouillon"), up("d’une autre salle, après")
		p := m.open("anne", "Avec un plan")
		if _, err := d.Exec(ctx, `INSERT INTO contribution_file (post_id, n, sha256, file_name, size, type) VALUES ($1, 1, $2, 'plan.pdf', 1, 'application/pdf')`, p.ID, deposited); err != nil {
			t.Fatal(err)
		}
		kept := draft("À moitié", "")
		kept.Files = []File{{SHA256: drafted}}
		must(m.Keep(ctx, policy.Actor{}, m.c, "", kept))
		there := func() (out []string) {
			for _, b := range must(blob.List(ctx, d, "", 100)) {
				out = append(out, b.SHA256)
			}
			return out
		}
		if err := m.SweepUploads(ctx); err != nil || len(there()) != 5 {
			t.Fatalf("at once: %d files, %v", len(there()), err)
		}
		*m.at = m.at.Add(time.Hour)
		must(staged("d’une autre salle, après").Store(ctx, d, m.Now()))
		*m.at = m.at.Add(uploadLife)
		for range 2 {
			if err := m.SweepUploads(ctx); err != nil {
				t.Fatal(err)
			}
		}
		left := there()
		for name, sha := range map[string]string{"of a contribution": deposited, "of a draft": drafted, "brought by another room since": later, "of another room": another} {
			if !slices.Contains(left, sha) {
				t.Errorf("the file %s went", name)
			}
		}
		if slices.Contains(left, nobody) {
			t.Error("a file of nobody stays")
		}
		*m.at = m.at.Add(draftLife)
		if err := m.SweepUploads(ctx); err != nil || len(there()) != 3 {
			t.Errorf("once the draft is too old: %d files, %v", len(there()), err)
		}
	})
}

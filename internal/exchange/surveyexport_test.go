package exchange_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/xuri/excelize/v2"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

var surveyNow = time.Date(2026, 6, 2, 9, 0, 0, 0, time.UTC)

// surveyRoom is the room of a database with a form of every type, and three
// authorities: two of a region, one of another.
func surveyRoom(t *testing.T, d *db.DB) (*survey.Room, questionnaire.Form) {
	t.Helper()
	ctx := context.Background()
	now := func() time.Time { return surveyNow }
	ids := db.NewIDs(now, rand.Reader)
	room := &survey.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Queue: jobs.New(ids, now), Journal: journal.New(ids, now, db.NewCursors([]byte("x"))), Writers: exchange.SurveyWriters(), Temp: t.TempDir()}
	f := surveyForm()
	doc, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := room.Load(ctx, fstest.MapFS{"questionnaire-national.json": {Data: doc}}); err != nil {
		t.Fatal(err)
	}
	return room, f
}

func surveyForm() questionnaire.Form {
	one := 1.0
	return questionnaire.Form{Code: "essai", Version: 1, Title: "Essai", Framework: "2025-03",
		Scales: []questionnaire.Scale{{Code: questionnaire.Relevance, Label: "Pertinence", Options: []questionnaire.Option{{Code: "0", Label: "faible"}, {Code: "3", Label: "forte ; décisive", Score: &one}}}},
		Sections: []questionnaire.Section{{ID: "velo", Title: "Vélo", Lever: "l25-velo", Theme: "se-deplacer", Skippable: true, Questions: []questionnaire.Question{
			{ID: "velo-actions", Type: questionnaire.Matrix, Label: "Actions", Columns: []string{questionnaire.Relevance}, Rows: []questionnaire.Row{{ID: "plan", Label: "Adopter un plan vélo", Step: questionnaire.Decision}, {ID: "piste", Label: "Ouvrir une piste", Step: questionnaire.Infrastructure, For: []questionnaire.Kind{questionnaire.Commune}}}},
			{ID: "freins", Type: questionnaire.Choices, Label: "Freins", Options: []questionnaire.Option{{Code: "cout", Label: "coût"}, {Code: "regles", Label: "règles"}, {Code: "foncier", Label: "foncier"}}},
			{ID: "km", Type: questionnaire.Number, Label: "Kilomètres", Unit: "km"},
			{ID: "mot", Type: questionnaire.Text, Label: "Commentaire", Length: 4000}}}}}
}

func fillSurvey(t *testing.T, d *db.DB, f questionnaire.Form) {
	t.Helper()
	ctx := context.Background()
	slots, err := survey.Slots(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	at := surveyNow.UnixMilli()
	put := func(query string, args ...any) {
		t.Helper()
		if _, err := d.Exec(ctx, query, args...); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range []struct {
		org, name, region, department string
		answers                       []survey.FrozenCell
	}{
		{"commune-67482", "Strasbourg", "44", "67", []survey.FrozenCell{{Key: "plan.pertinence", Value: "3", Class: "declared"}, {Key: "freins", Value: "cout foncier", Class: "declared"}, {Key: "km", Value: "12.5", Class: "declared", Source: "saisie ; papier"}, {Key: "mot", Value: "=1+1\n\"oui\" <b>", Class: "declared"}}},
		{"commune-51454", "Reims", "44", "51", []survey.FrozenCell{{Key: "plan.pertinence", Value: "0", Class: "declared"}, {Key: "km", Value: "0", Class: "confirmed_zero"}}},
		{"commune-21231", "Dijon", "27", "21", []survey.FrozenCell{{Key: "velo.sans-objet", Value: "oui", Class: "declared"}}},
	} {
		id := "r" + string(rune('1'+i))
		put(`INSERT INTO organisation (id, rev, name, name_fold, sort_key, kind, label, capacities, territory, siren, region, department, contact, origin, state, at) VALUES ($1, 1, $2, '', '', 'commune', '', 'commune', $3, '', $4, $5, '', 'tree', 'active', 0)`,
			x.org, x.name, "commune:"+strings.TrimPrefix(x.org, "commune-"), x.region, x.department)
		put(`INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state, form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
			VALUES ($1, 1, $2, $3, $4, $5, $6, 'commune', 's5', 'commune', FALSE, TRUE, $7, '', 'validated', 1, 1, 2, 2, 0, 0, FALSE, 0, '')`, id, "c"+x.region, x.org, "2023-24-r"+x.region, x.region, x.department, x.name)
		answers := questionnaire.Answers{}
		for _, c := range x.answers {
			answers[c.Key] = c.Value
		}
		doc, err := json.Marshal(survey.Frozen{Response: id, Name: `"answers":[{`, Answers: x.answers})
		if err != nil {
			t.Fatal(err)
		}
		packed := f.Pack(slots, answers)
		put(`INSERT INTO response_version (response_id, seq, form, form_version, packed, doc, sha256, by, at, reason) VALUES ($1, 1, 'essai', 1, $2, $3, '', 'account:x', $4, '')`, id, packed, string(doc), at)
		put(`INSERT INTO answer (response_id, cycle, region, department, authority, kind, size, seq, at, packed) VALUES ($1, '2023-24', $2, $3, $4, 'commune', 's5', 1, $5, $6)`, id, x.region, x.department, x.org, at, packed)
	}
}

var surveyTeam = policy.Actor{Person: "anne", Grants: []policy.Grant{{Role: policy.Team, COP: "2023-24-r44"}}}

// taken is the text of an export that was asked for, with its digest held.
func taken(t *testing.T, room *survey.Room, what survey.ExportKind, texts bool) (survey.Export, []byte) {
	t.Helper()
	ctx := context.Background()
	e, err := room.AskExport(ctx, surveyTeam, "2023-24-r44", survey.Scope{Cycle: "2023-24", Region: "44"}, what, texts)
	if err != nil || e.State != survey.ExportReady {
		t.Fatalf("%+v %v", e, err)
	}
	r, err := survey.OpenExport(ctx, room.DB, e)
	if err != nil {
		t.Fatal(err)
	}
	if e.Encoding == "gzip" {
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != e.SHA256 || int64(len(b)) != e.Size {
		t.Errorf("%s: %d bytes and %x, recorded %d and %s", what, len(b), sum, e.Size, e.SHA256)
	}
	return e, b
}

func TestSurveyExports(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		room, f := surveyRoom(t, d)
		fillSurvey(t, d, f)
		e, long := taken(t, room, survey.ExportLong, true)
		want := "\ufeffcollectivite;siren;insee;nom;type;region;departement;taille;questionnaire;version;question;intitule;valeur;libelle;classe;source;date;valide_par\r\n" +
			"commune-67482;;67482;Strasbourg;commune;44;67;50\u00a0000 à 199\u00a0999 habitants;essai;1;plan.pertinence;Adopter un plan vélo\u00a0: pertinence;3;\"forte ; décisive\";declared;;2026-06-02;compte\r\n" +
			"commune-67482;;67482;Strasbourg;commune;44;67;50\u00a0000 à 199\u00a0999 habitants;essai;1;freins;Vélo\u00a0: Freins;cout;coût;declared;;2026-06-02;compte\r\n" +
			"commune-67482;;67482;Strasbourg;commune;44;67;50\u00a0000 à 199\u00a0999 habitants;essai;1;freins;Vélo\u00a0: Freins;foncier;foncier;declared;;2026-06-02;compte\r\n" +
			"commune-67482;;67482;Strasbourg;commune;44;67;50\u00a0000 à 199\u00a0999 habitants;essai;1;km;Vélo\u00a0: Kilomètres;12,5;;declared;\"saisie ; papier\";2026-06-02;compte\r\n" +
			"commune-67482;;67482;Strasbourg;commune;44;67;50\u00a0000 à 199\u00a0999 habitants;essai;1;mot;Vélo\u00a0: Commentaire;\"'=1+1\n\"\"oui\"\" <b>\";;declared;;2026-06-02;compte\r\n" +
			"commune-51454;;51454;Reims;commune;44;51;50\u00a0000 à 199\u00a0999 habitants;essai;1;plan.pertinence;Adopter un plan vélo\u00a0: pertinence;0;faible;declared;;2026-06-02;compte\r\n" +
			"commune-51454;;51454;Reims;commune;44;51;50\u00a0000 à 199\u00a0999 habitants;essai;1;km;Vélo\u00a0: Kilomètres;0;;confirmed_zero;;2026-06-02;compte\r\n"
		if string(long) != want || e.Rows != 7 {
			t.Errorf("%d rows:\n%s\nwant\n%s", e.Rows, long, want)
		}
		if _, without := taken(t, room, survey.ExportLong, false); bytes.Contains(without, []byte("1+1")) || !bytes.Contains(without, []byte("12,5")) {
			t.Errorf("without texts:\n%s", without)
		}

		_, wide := taken(t, room, survey.ExportWide, true)
		x, err := excelize.OpenReader(bytes.NewReader(wide))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := x.GetRows("Réponses")
		if err != nil || len(rows) != 4 {
			t.Fatalf("%v %v", rows, err)
		}
		if got := rows[1][12:]; !slices.Equal(got, []string{"velo.sans-objet", "plan.pertinence", "piste.pertinence", "freins", "km", "mot"}) {
			t.Errorf("columns %q", got)
		}
		if got := rows[2][12:]; !slices.Equal(got, []string{"", "forte ; décisive", "", "coût\u00a0; foncier", "12.5", "=1+1\n\"oui\" <b>"}) {
			t.Errorf("Strasbourg %q", got)
		}
		if formula, err := x.GetCellFormula("Réponses", "R3"); formula != "" || err != nil {
			t.Errorf("a text became the formula %q (%v)", formula, err)
		}
		if book, err := x.GetRows("Dictionnaire"); err != nil || len(book) != 1+1+2*2+3+2 {
			t.Errorf("dictionary %v %v", book, err)
		}

		_, raw := taken(t, room, survey.ExportJSON, true)
		var all struct{ Responses []map[string]any }
		if err := json.Unmarshal(raw, &all); err != nil || len(all.Responses) != 2 {
			t.Fatalf("%v\n%s", err, raw)
		}
		given := all.Responses[0]["reponses"].(map[string]any)
		if given["plan.pertinence"] != "3" || len(given["freins"].([]any)) != 2 || given["km"] != "12.5" || given["mot"] != "=1+1\n\"oui\" <b>" {
			t.Errorf("%v", given)
		}
		_, book := taken(t, room, survey.ExportCodebook, false)
		if !strings.Contains(string(book), "essai;1;Vélo;l25-velo;piste.pertinence;Ouvrir une piste\u00a0: pertinence;un choix;;3;\"forte ; décisive\";1;commune\r\n") {
			t.Errorf("codebook:\n%s", book)
		}

		var n int
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM export WHERE by = 'anne'`).Scan(&n); err != nil || n != 5 {
			t.Errorf("%d records, %v", n, err)
		}
		if _, err := room.AskExport(ctx, surveyTeam, "2023-24-r27", survey.Scope{Cycle: "2023-24", Region: "27"}, survey.ExportLong, false); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("another region: %v", err)
		}
		if _, err := room.AskExport(ctx, surveyTeam, "", survey.Scope{Cycle: "2023-24"}, survey.ExportLong, false); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("the nation: %v", err)
		}
	})
}

// A worker that dies in the middle leaves an export that says so, never one that
// looks made; one that is stopped gives it back to be made again.
func TestSurveyExportThatDies(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		room, f := surveyRoom(t, d)
		fillSurvey(t, d, f)
		for range 501 { // too many to be made within the request
			id, err := room.IDs.New()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Exec(ctx, `INSERT INTO answer (response_id, cycle, region, department, authority, kind, size, seq, at, packed) VALUES ($1, '2023-24', '44', '67', 'x', 'commune', 's1', 1, 0, $2)`, id, []byte{1}); err != nil {
				t.Fatal(err)
			}
		}
		ask := func() survey.Export {
			e, err := room.AskExport(ctx, surveyTeam, "2023-24-r44", survey.Scope{Cycle: "2023-24", Region: "44"}, survey.ExportLong, false)
			if err != nil || e.State != survey.ExportWaiting {
				t.Fatalf("%+v %v", e, err)
			}
			return e
		}
		work := func(ctx context.Context) {
			c := jobs.Config{DB: d, Queue: room.Queue, Handlers: map[string]jobs.Handler{}}
			room.RegisterPapers(&c)
			_, _ = jobs.NewWorker(c).Drain(ctx)
		}
		state := func(id string) survey.Export {
			e, err := survey.FindExport(context.Background(), d, id)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		// The program was killed after it began: the row says running, the job is
		// taken again.
		dead := ask()
		if _, err := d.Exec(ctx, `UPDATE survey_export SET state = 'running', rev = rev + 1 WHERE id = $1`, dead.ID); err != nil {
			t.Fatal(err)
		}
		if e := state(dead.ID); !e.Silent(surveyNow.Add(4*time.Minute)) || e.Silent(surveyNow.Add(time.Minute)) {
			t.Errorf("silent: %+v", e)
		}
		work(ctx)
		if e := state(dead.ID); e.State != survey.ExportFailed || !strings.Contains(e.Reason, "s’est arrêté") {
			t.Errorf("killed: %+v", e)
		}
		// The writer fails half way.
		whole := room.Writers[survey.ExportLong]
		room.Writers[survey.ExportLong] = func(_ context.Context, w io.Writer, _ survey.Extract) (int64, error) {
			_, _ = w.Write(make([]byte, 3<<20))
			return 3, errors.New("disk full")
		}
		broken := ask()
		work(ctx)
		if e := state(broken.ID); e.State != survey.ExportFailed || e.SHA256 != "" {
			t.Errorf("broken: %+v", e)
		}
		// A worker that is asked to stop gives it back.
		stop, cancel := context.WithCancel(ctx)
		room.Writers[survey.ExportLong] = func(ctx context.Context, _ io.Writer, _ survey.Extract) (int64, error) {
			cancel()
			<-ctx.Done()
			return 0, ctx.Err()
		}
		stopped := ask()
		work(stop)
		if e := state(stopped.ID); e.State != survey.ExportWaiting {
			t.Errorf("stopped: %+v", e)
		}
		room.Writers[survey.ExportLong] = whole
		var n int
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM export`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d exports recorded as made, %v", n, err)
		}
		if _, err := survey.OpenExport(ctx, d, state(broken.ID)); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a failed export opens: %v", err)
		}
	})
}

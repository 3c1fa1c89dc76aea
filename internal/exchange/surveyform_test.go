package exchange_test

import (
	"archive/zip"
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/jobs"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// openCampaign makes the campaign of the Grand Est run, with its authorities
// answering.
func openCampaign(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := context.Background()
	for _, region := range []string{"44", "27"} {
		if _, err := d.Exec(ctx, `INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
			VALUES ($1, 1, $2, $3, '2023-24', 'essai', 1, TRUE, '', '', 'open', '', '', '', 3, 14, 0.5, 0.5, '', 0)`, "c"+region, "2023-24-r"+region, region); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Exec(ctx, `UPDATE response SET state = 'started', seq = 0`); err != nil {
		t.Fatal(err)
	}
}

// formOf is the workbook of a response.
func formOf(t *testing.T, room *survey.Room, id string) []byte {
	t.Helper()
	p, err := room.PaperOf(context.Background(), room.DB, id)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := exchange.WriteSurveyForm(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// edited is a workbook as a person gives it back.
func edited(t *testing.T, form []byte, change func(x *excelize.File)) []byte {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	change(x)
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lineOf is the row of a key.
func lineOf(t *testing.T, x *excelize.File, key string) string {
	t.Helper()
	rows, err := x.GetRows("Questionnaire")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if len(r) > 0 && (r[0] == key || strings.HasPrefix(r[0], key+" ")) {
			return strconv.Itoa(i + 1)
		}
	}
	t.Fatalf("no row for %s in %v", key, rows)
	return ""
}

func set(t *testing.T, x *excelize.File, key string, value any) {
	t.Helper()
	if err := x.SetCellValue("Questionnaire", "D"+lineOf(t, x, key), value); err != nil {
		t.Fatal(err)
	}
}

// brought reads files as a team brings them, and gives their verdicts.
func brought(t *testing.T, room *survey.Room, a policy.Actor, only string, files ...[]byte) (survey.Return, []survey.ReturnForm) {
	t.Helper()
	ctx := context.Background()
	ret, err := room.StartReturn(ctx, a, "44", "2023-24-r44", only, "2026-06-01")
	if err != nil {
		t.Fatal(err)
	}
	var list []survey.FormSent
	for i, f := range files {
		list = append(list, survey.FormSent{Name: "f" + strconv.Itoa(i+1) + ".xlsx", Data: f})
	}
	if err := room.AddForms(ctx, &ret, list); err != nil {
		t.Fatal(err)
	}
	if err := room.Reading(ctx, a, ret); err != nil {
		t.Fatal(err)
	}
	drain(t, room)
	if ret, err = survey.FindReturn(ctx, room.DB, ret.ID); err != nil || ret.State != survey.ReturnRead {
		t.Fatalf("%+v %v", ret, err)
	}
	forms, err := survey.FormsOf(ctx, room.DB, ret.ID, false, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return ret, forms
}

func drain(t *testing.T, room *survey.Room) {
	t.Helper()
	c := jobs.Config{DB: room.DB, Queue: room.Queue, Handlers: map[string]jobs.Handler{}}
	room.RegisterPapers(&c)
	if _, err := jobs.NewWorker(c).Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func apply(t *testing.T, room *survey.Room, a policy.Actor, ret survey.Return) survey.Tally {
	t.Helper()
	ctx := context.Background()
	if err := room.Apply(ctx, a, ret.ID, ret.Rev); err != nil {
		t.Fatal(err)
	}
	drain(t, room)
	tally, err := survey.TallyOf(ctx, room.DB, ret.ID)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func draftsOf(t *testing.T, d *db.DB, id string) map[string]survey.Draft {
	t.Helper()
	list, err := survey.Drafts(context.Background(), d, id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]survey.Draft{}
	for _, x := range list {
		out[x.Key] = x
	}
	return out
}

func withForms(t *testing.T, test func(t *testing.T, d *db.DB, room *survey.Room)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		room, f := surveyRoom(t, d)
		room.Cursors, room.ReadForm, room.WriteForm = db.NewCursors([]byte("clef")), exchange.ReadSurveyForm, exchange.WriteSurveyForm
		fillSurvey(t, d, f)
		openCampaign(t, d)
		test(t, d, room)
	})
}

func TestSurveyFormComesBack(t *testing.T) {
	withForms(t, func(t *testing.T, d *db.DB, room *survey.Room) {
		ctx := context.Background()
		whole := survey.TeamSeat(surveyTeam, survey.Response{ID: "r1"})
		if _, err := room.Save(ctx, d, whole, "r1", []survey.Change{{Key: "freins", Value: "cout foncier"}, {Key: "km", Value: "3"}, {Key: "plan.pertinence", Value: "0"}}); err != nil {
			t.Fatal(err)
		}
		form := formOf(t, room, "r1")
		x, err := excelize.OpenReader(bytes.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		if v, err := x.GetCellValue("Questionnaire", "D"+lineOf(t, x, "plan.pertinence")); v != "faible" || err != nil {
			t.Errorf("prefilled with %q (%v)", v, err)
		}
		lists, err := x.GetDataValidations("Questionnaire")
		if err != nil || len(lists) != 3 {
			t.Errorf("%d lists, %v", len(lists), err)
		}
		protected := false
		parts(t, form, func(_ string, b []byte) []byte {
			protected = protected || bytes.Contains(b, []byte(`<sheetProtection sheet="1"`))
			return b
		}, nil)
		if !protected {
			t.Error("the sheet is not protected")
		}
		// Meanwhile a colleague changes a number online.
		if _, err := room.Save(ctx, d, whole, "r1", []survey.Change{{Key: "km", Value: "5", Rev: 1}, {Key: "freins", Value: "cout", Rev: 1}}); err != nil {
			t.Fatal(err)
		}
		back := edited(t, form, func(x *excelize.File) {
			set(t, x, "plan.pertinence", "Forte ; décisive")
			set(t, x, "piste.pertinence", "faible")
			set(t, x, "km", 7.5)
			set(t, x, "mot", "une \U0001f6b2 <b>piste</b>")
		})
		ret, forms := brought(t, room, surveyTeam, "", back)
		if len(forms) != 1 || forms[0].Verdict != "ok" || forms[0].Filled != 4 || forms[0].Name != "Strasbourg" {
			t.Fatalf("%+v", forms)
		}
		if tally := apply(t, room, surveyTeam, ret); tally.Written != 3 || tally.Kept != 1 {
			t.Errorf("%+v", tally)
		}
		got := draftsOf(t, d, "r1")
		if got["plan.pertinence"].Value != "3" || got["piste.pertinence"].Value != "0" || got["mot"].Value != "une \U0001f6b2 <b>piste</b>" || got["km"].Value != "5" || got["freins"].Value != "cout" {
			t.Errorf("%+v", got)
		}
		if s := got["mot"].Source; !strings.Contains(s, "formulaire papier reçu le 1") || got["km"].Source != "" {
			t.Errorf("source %q, %q", s, got["km"].Source)
		}
		forms, err = survey.FormsOf(ctx, d, ret.ID, false, 0, 10)
		if err != nil || len(forms[0].Notes) != 1 || !strings.Contains(forms[0].Notes[0].Reason, "changée en ligne") || forms[0].Notes[0].Value != "7.5" || forms[0].Notes[0].Line == 0 {
			t.Errorf("%+v %v", forms, err)
		}
		if err := room.Apply(ctx, surveyTeam, ret.ID, ret.Rev); err == nil {
			t.Error("applied twice")
		}
	})
}

func TestSurveyFormsThatAreWrong(t *testing.T) {
	withForms(t, func(t *testing.T, d *db.DB, room *survey.Room) {
		form := formOf(t, room, "r1")
		verdict := func(name string, data []byte, only, want, says string) survey.ReturnForm {
			t.Helper()
			_, forms := brought(t, room, surveyTeam, only, data)
			said := ""
			for _, n := range forms[0].Notes {
				said += n.Reason + "\n"
			}
			if forms[0].Verdict != want || !strings.Contains(said, says) {
				t.Errorf("%s: %s, %s", name, forms[0].Verdict, said)
			}
			return forms[0]
		}
		verdict("somebody else's", form, "r2", "error", "autre collectivité (Strasbourg)")
		verdict("of another region", formOf(t, room, "r3"), "", "error", "pas de votre COP")
		verdict("not a workbook", []byte("bonjour"), "", "error", "n’est pas un classeur")
		verdict("an old workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "", "error", "Excel 97-2003")
		verdict("half a workbook", form[:len(form)/2], "", "error", "abîmé")
		verdict("a changed seal", edited(t, form, func(x *excelize.File) { _ = x.SetCellValue("jalon", "B2", "r2") }), "", "error", "signature")
		verdict("wrong sheet", edited(t, form, func(x *excelize.File) { _ = x.SetSheetName("Questionnaire", "Feuille1") }), "", "error", "n’est pas un formulaire")
		verdict("50 000 rows", edited(t, form, func(x *excelize.File) {
			s, err := x.NewStreamWriter("Questionnaire")
			if err != nil {
				t.Fatal(err)
			}
			for i := range 50_000 {
				_ = s.SetRow("A"+strconv.Itoa(i+1), []any{"plan.pertinence", "0~0", "x", "forte"})
			}
			_ = s.Flush()
		}), "", "error", "plus de 5000 lignes")
		verdict("a zip bomb", bomb(t, form), "", "error", "décompressé")
		verdict("macros", withPart(t, form, "xl/vbaProject.bin"), "", "error", "macros")

		f := verdict("formulas", edited(t, form, func(x *excelize.File) {
			_ = x.SetCellFormula("Questionnaire", "D"+lineOf(t, x, "km"), "1+1")
			set(t, x, "plan.pertinence", "forte ; décisive")
		}), "", "warning", "contient une formule")
		if f.Filled != 1 || f.Refused != 1 || f.Notes[0].Line == 0 || f.Notes[0].Col != 4 {
			t.Errorf("formulas: %+v", f)
		}
		f = verdict("1 MB", edited(t, form, func(x *excelize.File) {
			set(t, x, "mot", "court")
			set(t, x, "plan.pertinence", "faible")
		}), "", "ok", "")
		if f.Filled != 2 {
			t.Errorf("%+v", f)
		}
		big := reworded(t, edited(t, form, func(x *excelize.File) {
			set(t, x, "mot", "court")
			set(t, x, "plan.pertinence", "faible")
		}), "court", strings.Repeat("long ", 200_000))
		f = verdict("a comment of 1 MB", big, "", "warning", "ellule de plus de")
		if f.Filled != 1 {
			t.Errorf("1 MB: %+v", f)
		}
		f = verdict("moved rows", edited(t, form, func(x *excelize.File) {
			set(t, x, "km", "4,5")
			if err := x.DuplicateRowTo("Questionnaire", atoi(lineOf(t, x, "km")), 3); err != nil {
				t.Fatal(err)
			}
			if err := x.RemoveRow("Questionnaire", atoi(lastLineOf(t, x, "km"))); err != nil {
				t.Fatal(err)
			}
		}), "", "ok", "")
		if f.Filled != 1 {
			t.Errorf("moved rows: %+v", f)
		}
		verdict("twice the same", edited(t, form, func(x *excelize.File) {
			set(t, x, "km", "4,5")
			_ = x.DuplicateRow("Questionnaire", atoi(lineOf(t, x, "km")))
		}), "", "warning", "déjà remplie")
		verdict("unknown answers", edited(t, form, func(x *excelize.File) {
			set(t, x, "km", "beaucoup")
			set(t, x, "plan.pertinence", "énorme")
		}), "", "warning", "")

		// A form of another version: what is still asked is taken, the rest is listed.
		old, err := room.PaperOf(context.Background(), d, "r1")
		if err != nil {
			t.Fatal(err)
		}
		extra := old.Form.Sections[0].Questions[2]
		extra.ID, extra.Label = "retiree", "Question retirée"
		old.Form.Sections[0].Questions = append(old.Form.Sections[0].Questions, extra)
		var b bytes.Buffer
		if err := exchange.WriteSurveyForm(&b, old); err != nil {
			t.Fatal(err)
		}
		f = verdict("another version", edited(t, b.Bytes(), func(x *excelize.File) {
			set(t, x, "retiree", "12")
			set(t, x, "km", "9")
		}), "", "warning", "n’est plus")
		if f.Filled != 1 || f.Refused != 1 || f.Notes[0].Value != "12" {
			t.Errorf("another version: %+v", f)
		}
	})
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

func lastLineOf(t *testing.T, x *excelize.File, key string) string {
	rows, err := x.GetRows("Questionnaire")
	if err != nil {
		t.Fatal(err)
	}
	for i := len(rows) - 1; i >= 0; i-- {
		if len(rows[i]) > 0 && rows[i][0] == key {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

// parts copies an archive, each part through change.
func parts(t *testing.T, data []byte, change func(name string, body []byte) []byte, more map[string][]byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	put := func(name string, body []byte) {
		w, err := out.Create(name)
		if err == nil {
			_, err = w.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		put(f.Name, change(f.Name, body.Bytes()))
	}
	for name, body := range more {
		put(name, body)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func reworded(t *testing.T, data []byte, from, to string) []byte {
	return parts(t, data, func(_ string, b []byte) []byte { return bytes.ReplaceAll(b, []byte(">"+from+"<"), []byte(">"+to+"<")) }, nil)
}

func withPart(t *testing.T, data []byte, name string) []byte {
	return parts(t, data, func(_ string, b []byte) []byte { return b }, map[string][]byte{name: []byte("x")})
}

func bomb(t *testing.T, data []byte) []byte {
	return parts(t, data, func(_ string, b []byte) []byte { return b }, map[string][]byte{"xl/media/image.png": make([]byte, 70<<20)})
}

package adaptation_test

import (
	"bytes"
	"slices"
	"testing"

	"jalon/internal/adaptation"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/framework"
	"jalon/internal/testkit"
)

// table writes the table of the State as somebody takes it away.
func (k *kit) table(t testing.TB, format string) []byte {
	t.Helper()
	var list []adaptation.Priority
	for _, c := range []cop.COP{k.rhine, k.moselle} {
		all, err := adaptation.Of(t.Context(), k.db, k.team, c)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(all, func(a, b adaptation.Priority) int { return bytes.Compare([]byte(a.Title), []byte(b.Title)) })
		list = append(list, all...)
	}
	set := exchange.WriteAdaptation("priorites", "Priorités", list, k.model.Framework(), func(string) string { return "Grand Est" }, func(code string) string { return map[string]string{"67": "Bas-Rhin", "57": "Moselle"}[code] })
	var out bytes.Buffer
	var err error
	if format == "xlsx" {
		_, err = exchange.WriteXLSX(&out, set)
	} else {
		_, err = exchange.WriteCSV(&out, set, ',')
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What goes out of one installation and into another goes out of that one equal: the
// sixteen fields of each sheet, whatever people wrote in them. (Other words that a list has
// a code for, as «P2», come back as that code: a file means them so.)
func TestTheTableComesBackEqual(t *testing.T) {
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, func(t *testing.T) {
			testkit.Each(t, func(t *testing.T, d *db.DB) {
				k, ctx := newKit(t, d), t.Context()
				full := whole()
				full.Parties, full.Text = "Communes ; « Éducation nationale »\nParents d’élèves", "Trente cours en trois ans.\n\n- à Strasbourg\n- à Haguenau, \"au nord\""
				sheets := []adaptation.Input{full,
					{Title: "=1+1 Digues", Sheet: adaptation.Sheet{Effect: adaptation.Other, EffectOther: "Crues inédites", Level: adaptation.Other, LevelOther: "Selon les crues", Ends: "2031", Budget: "entre 1 et 2 M€"}},
					{Title: "Vide"},
					{Title: "Chiffres", Sheet: adaptation.Sheet{Ends: "2029-04", Budget: "1 250 000", Criteria: "-12 % d’eau", Sensitivity: "0012", Regional: "+33 3 88 00 00 00", National: "@tous"}}}
				for _, x := range adaptation.Effects() {
					if x[0] != adaptation.Other {
						sheets = append(sheets, adaptation.Input{Title: "Effet " + x[0], Sheet: adaptation.Sheet{Effect: x[0]}})
					}
				}
				for _, l := range k.model.Framework().Levers(framework.Adaptation) {
					sheets = append(sheets, adaptation.Input{Title: "Levier " + l.Code, Sheet: adaptation.Sheet{Lever: l.Code}})
				}
				for i, in := range sheets {
					c, who := k.rhine, k.prefect
					if i%3 == 2 {
						c, who = k.moselle, k.other
					}
					if _, err := k.room.Add(ctx, who, c.ID, in); err != nil {
						t.Fatal(in.Title, err)
					}
				}
				sent := k.table(t, format)
				there := newKit(t, testkit.Open(t, db.SQLite))
				run := there.stage(t, there.team, there.east, "table."+format, sent)
				if _, err := there.room.ApplyRun(ctx, there.team, there.east, run.ID, run.Rev); err != nil {
					t.Fatal(err)
				}
				if back := there.table(t, "csv"); !bytes.Equal(back, k.table(t, "csv")) {
					t.Errorf("sent:\n%s\nback:\n%s", k.table(t, "csv"), back)
				}
			})
		})
	}
}

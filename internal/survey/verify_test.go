package survey

import (
	"strings"
	"testing"

	"jalon/internal/questionnaire"
)

// What is kept agrees with itself through drafts, versions and corrections; each
// row that somebody changed behind the room is found, and named.
func TestVerifyFindsWhatWasTampered(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		for _, id := range []string{"r1", "r2"} {
			_, link := b.response(t, id, "EPCI "+id, questionnaire.Group)
			s := b.seated(t, link, "Camille "+id)
			_, err := b.Open(ctx, b.DB, s, id)
			must(t, err)
			b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "3"}, Change{Key: "velo-plan.mobilisation", Value: "engage"}, Change{Key: "velo-freins", Value: "argent norme"},
				Change{Key: "haies-mot", Value: "un"}, Change{Key: "haies.sans-objet", Value: "oui"}, Change{Key: "moi.vu", Value: "oui"})
			v := b.elected(t, s, "Élue "+id)
			_, err = b.Validate(ctx, b.DB, v, id, b.stampOf(t, v))
			must(t, err)
			must(t, b.Correct(ctx, b.DB, s, id, "une erreur"))
			b.save(t, s, Change{Key: "velo-plan.pertinence", Value: "0", Rev: 1}, Change{Key: "haies.sans-objet", Value: "", Rev: 1})
			if id == "r1" {
				_, err = b.Validate(ctx, b.DB, v, id, b.stampOf(t, v))
				must(t, err)
			}
		}
		v, err := Verify(ctx, b.DB)
		must(t, err)
		if len(v.Problems) > 0 || v.Responses != 2 || v.Versions != 3 {
			t.Fatalf("%+v", v)
		}
		for _, c := range []struct{ what, tamper, back, finds string }{
			{"a counter", `UPDATE response SET rows_rated = rows_rated + 1 WHERE id = 'r2'`, `UPDATE response SET rows_rated = rows_rated - 1 WHERE id = 'r2'`, "r2\u00a0: 2 actions évaluées au compteur, 1 dans"},
			{"another", `UPDATE response SET answered = answered + 2 WHERE id = 'r2'`, `UPDATE response SET answered = answered - 2 WHERE id = 'r2'`, "réponses écrites"},
			{"a draft", `UPDATE draft SET question = 'haies-plante.pertinence' WHERE response_id = 'r2' AND question = 'velo-plan.pertinence'`, `UPDATE draft SET question = 'velo-plan.pertinence' WHERE response_id = 'r2' AND question = 'haies-plante.pertinence'`, "r2\u00a0: 1 actions évaluées"},
			{"what restitutions read", `UPDATE answer SET seq = 7 WHERE response_id = 'r1'`, `UPDATE answer SET seq = 2 WHERE response_id = 'r1'`, "r1\u00a0: les restitutions lisent autre chose"},
			{"its group", `UPDATE answer SET department = '01' WHERE response_id = 'r1'`, `UPDATE answer SET department = '67' WHERE response_id = 'r1'`, "r1\u00a0: les restitutions la comptent"},
			{"a number of versions", `UPDATE response SET seq = 3 WHERE id = 'r1'`, `UPDATE response SET seq = 2 WHERE id = 'r1'`, "r1\u00a0: la réponse dit 3 versions, 2"},
			{"packed answers", `UPDATE response_version SET packed = (SELECT packed FROM response_version WHERE response_id = 'r1' AND seq = 2) WHERE response_id = 'r1' AND seq = 1`, "", "r1, version 1\u00a0: ses réponses comptées"},
			{"a document", `UPDATE response_version SET doc = REPLACE(doc, 'EPCI r2', 'EPCI r3') WHERE response_id = 'r2'`, "", "r2, version 1\u00a0: son document ne va pas"},
		} {
			exec(t, b.DB, c.tamper)
			v, err := Verify(ctx, b.DB)
			must(t, err)
			if !strings.Contains(strings.Join(v.Problems, "\n"), c.finds) {
				t.Errorf("%s: %q", c.what, v.Problems)
			}
			if c.back != "" {
				exec(t, b.DB, c.back)
			}
		}
	})
}

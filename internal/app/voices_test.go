package app

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// keptOfVoices are the tables whose rows stay as they were when their voice is erased,
// and why: what is left of the voice says nothing of anybody.
var keptOfVoices = map[string]string{
	"ambition_answer":     "a number, a kind of organisation and the organisation that spoke: no name of a person, and the median holds it",
	"debate_support":      "one more in a count, by a voice that has no name nor address any more",
	"contribution_united": "the same, for contributions that are read together",
}

// Whatever keeps a voice forgets it with the voice, or says why it need not.
func TestEveryTableThatKeepsAVoiceForgetsIt(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, k := t.Context(), someone(t, d)
		c, err := cop.OfRegion(ctx, d, "44")
		k.must(err)
		v, _, err := k.debate.Shared.Speak(ctx, d, policy.Actor{}, c, debate.Speaker{Email: "jeanne@exemple.fr", Name: "Jeanne Martin", College: debate.Citizens})
		k.must(err)
		before := map[string]any{}
		row := func(table string) any {
			columns, err := db.Columns(ctx, d, table)
			k.must(err)
			names := make([]string, len(columns))
			for i, c := range columns {
				names[i] = c.Name
			}
			rows, err := d.Query(ctx, `SELECT `+strings.Join(names, ", ")+` FROM `+table+` WHERE voice_id = $1`, v.ID)
			all, err := db.Collect(rows, err, func(r *db.Rows) (string, error) {
				at, to := make([]any, len(names)), make([]any, len(names))
				for i := range at {
					to[i] = &at[i]
				}
				err := r.Scan(to...)
				return fmt.Sprint(at), err
			})
			k.must(err)
			return all
		}
		for _, table := range Tables() {
			columns, err := db.Columns(ctx, d, table.Name)
			k.must(err)
			var names []string
			var values []any
			has := false
			for _, c := range columns {
				names, has = append(names, c.Name), has || c.Name == "voice_id"
				switch {
				case c.Name == "voice_id":
					values = append(values, v.ID)
				case c.Name == "cop_id":
					values = append(values, v.COP)
				case c.Name == "speaker":
					values = append(values, "personne")
				case c.Type == db.BigInt:
					values = append(values, int64(1))
				case c.Type == db.Bool:
					values = append(values, false)
				case c.Type == db.Double:
					values = append(values, 1.0)
				case c.Type == db.Bytes:
					values = append(values, []byte("x"))
				default:
					values = append(values, "témoin")
				}
			}
			if !has {
				continue
			}
			if _, err := db.Insert(ctx, d, table.Name, names, [][]any{values}, ""); err != nil {
				t.Fatalf("%s: %v", table.Name, err)
			}
			before[table.Name] = row(table.Name)
		}
		if len(before) < 10 {
			t.Fatalf("only %d tables keep a voice", len(before))
		}
		k.must(db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return k.debate.Shared.EraseVoice(ctx, tx, v) }))
		for table, was := range before {
			same := reflect.DeepEqual(row(table), was)
			switch reason := keptOfVoices[table]; {
			case same && reason == "":
				t.Errorf("%s keeps a voice that was erased: let its room forget it (debate.Room.OnErase), or say here why it stays", table)
			case !same && reason != "":
				t.Errorf("%s is said to stay, and did not", table)
			}
		}
	})
}

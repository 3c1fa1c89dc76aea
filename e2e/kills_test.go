package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// kills is how often the program is killed: ten in the CI, a hundred by «make kills».
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("JALON_KILLS")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("JALON_KILLS is %q", text)
	}
	return n
}

// The program is killed as by a power cut, again and again, while people answer and
// validate: each answer and each version that it acknowledged is there afterwards,
// or a later one by the same person, and a version is never half of one.
func TestKilledWhilePeopleAnswer(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "jalon.db")
	program := build(t)
	serve(t, program, file).kill(t) // migrated, with its organisations of reference
	d := opened(t, file)
	const writers, validators = 6, 3
	table(t, d, writers+validators)
	shut(t, d)

	crowd := &people{up: make(chan struct{}), acks: make(chan struct{})}
	var all []*person
	var gone sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range writers + validators {
		p := &person{crowd: crowd, id: "coupure-" + strconv.Itoa(i), validates: i >= writers, acked: map[string]int{}, sent: map[string]int{}, revs: map[string]int64{}}
		all = append(all, p)
		gone.Go(func() { p.live(ctx) })
	}
	answers, versions := 0, 0
	rnd := rand.New(rand.NewPCG(20261126, 5))
	for round := range kills(t) {
		one := serve(t, program, file)
		crowd.open(one.url)
		for range 5 + rnd.IntN(120) { // then at whatever instant the others have come to
			select {
			case <-crowd.acks:
			case <-t.Context().Done():
				t.Fatal("nothing is acknowledged any more")
			}
		}
		crowd.close()
		one.kill(t)
		promised := promises(all)
		d := opened(t, file)
		for i, p := range promised {
			p.kept(t, d, round)
			if i < writers {
				answers += len(p.acked)
			} else {
				versions++
			}
		}
		shut(t, d)
		if t.Failed() {
			break
		}
	}
	stop()
	gone.Wait()
	for _, p := range all {
		if p.failed != "" {
			t.Errorf("%s: %s", p.id, p.failed)
		}
	}
	if !t.Failed() {
		var done, sealed int
		for _, p := range all {
			done, sealed = done+p.count, sealed+p.seq
		}
		t.Logf("%d kills, %d answers and %d versions acknowledged, %d and %d looked for and found", kills(t), done, sealed, answers, versions)
		if done < 20 || sealed < 1 {
			t.Error("too little was acknowledged to prove anything")
		}
	}
}

func opened(t *testing.T, file string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func shut(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// table puts a campaign with so many responses in a database, each with the link of
// one who may do everything.
func table(t *testing.T, d *db.DB, n int) {
	t.Helper()
	exec := func(text string, args ...any) {
		t.Helper()
		if _, err := d.Exec(t.Context(), text, args...); err != nil {
			t.Fatal(err)
		}
	}
	var f questionnaire.Form
	if err := json.Unmarshal([]byte(answered), &f); err != nil {
		t.Fatal(err)
	}
	exec(`INSERT INTO questionnaire_form (code, version, doc, sha256, at, by, reason) VALUES ('essai-e2e', 1, $1, '', 0, '', '')`, answered)
	for i, key := range f.Keys() {
		exec(`INSERT INTO survey_slot (slot_key, n, options) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`, key, 1_000_000+i)
	}
	exec(`INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
		VALUES ('coupures', 1, '2023-24-r44', '44', '2023-24', 'essai-e2e', 1, TRUE, '2026-03-01', '2099-06-01', 'open', '', '', '', 3, 7, 0.5, 0.5, '', 0)`)
	for i := range n {
		id := "coupure-" + strconv.Itoa(i)
		exec(`INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state, form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
			VALUES ($1, 1, 'coupures', $2, '2023-24-r44', '44', '', 'epci', 's3', 'epci', FALSE, TRUE, 'CC des Coupures (inventée)', 'cc', 'invited', 1, 0, 0, 0, 0, 0, FALSE, 0, '')`, id, "org-"+id)
		sum := sha256.Sum256([]byte("survey-seat|lien-" + id))
		exec(`INSERT INTO response_seat (id, response_id, role, name, email, title, account, sections, token_hash, code_hash, by, at) VALUES ($1, $1, 'validator', '', $2, 'maire', '', '', $3, '', 'campaign', 0)`,
			id, id+"@exemple.fr", hex.EncodeToString(sum[:]))
	}
}

// promise is what somebody was told is kept, at one instant.
type promise struct {
	id          string
	acked, sent map[string]int // last number by cell
	seq, sealed int            // last version, and the number that it holds
}

func promises(all []*person) []promise {
	var out []promise
	for _, p := range all {
		p.mu.Lock()
		x := promise{id: p.id, acked: map[string]int{}, sent: map[string]int{}, seq: p.seq, sealed: p.sealed}
		for k, n := range p.acked {
			x.acked[k] = n
		}
		for k, n := range p.sent {
			x.sent[k] = n
		}
		p.mu.Unlock()
		out = append(out, x)
	}
	return out
}

// kept looks for what was promised in the database that the program left.
func (p promise) kept(t *testing.T, d *db.DB, round int) {
	t.Helper()
	drafts, err := survey.Drafts(t.Context(), d, p.id)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, x := range drafts {
		found[x.Key] = x.Value
	}
	for key, n := range p.acked {
		// Cells hold the number of the write, or the option that its parity chooses: a
		// later write that nobody heard of may be there instead.
		if !between(found[key], key, n, p.sent[key]) {
			t.Errorf("kill %d, %s: %s holds %q, write %d was acknowledged and %d was sent", round+1, p.id, key, found[key], n, p.sent[key])
		}
	}
	p.whole(t, d, round)
}

// whole judges the versions: there up to the last that was acknowledged, one after the
// other, each the same in its three places.
func (p promise) whole(t *testing.T, d *db.DB, round int) {
	t.Helper()
	var state string
	var seq int
	if err := d.QueryRow(t.Context(), `SELECT state, seq FROM response WHERE id = $1`, p.id).Scan(&state, &seq); err != nil {
		t.Fatal(err)
	}
	type version struct {
		seq         int
		doc, sha256 string
		packed      []byte
	}
	rows, err := d.Query(t.Context(), `SELECT seq, doc, sha256, packed FROM response_version WHERE response_id = $1 ORDER BY seq`, p.id)
	all, err := db.Collect(rows, err, func(r *db.Rows) (v version, err error) {
		err = r.Scan(&v.seq, &v.doc, &v.sha256, &v.packed)
		return v, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if seq < p.seq || len(all) != seq || state == "validated" && seq == 0 {
		t.Errorf("kill %d, %s: %s at version %d with %d versions kept, %d was acknowledged", round+1, p.id, state, seq, len(all), p.seq)
		return
	}
	for i, v := range all {
		var f survey.Frozen
		sum := sha256.Sum256([]byte(v.doc))
		if err := json.Unmarshal([]byte(v.doc), &f); err != nil || v.seq != i+1 || f.Seq != int64(v.seq) || hex.EncodeToString(sum[:]) != v.sha256 {
			t.Errorf("kill %d, %s: version %d is not what was sealed: %v", round+1, p.id, v.seq, err)
		}
		if v.seq == p.seq && f.Map()["velo-mot"] != text(p.sealed) {
			t.Errorf("kill %d, %s: version %d holds %q, %d was acknowledged", round+1, p.id, v.seq, f.Map()["velo-mot"], p.sealed)
		}
	}
	if seq == 0 {
		return
	}
	var at int
	var packed []byte
	if err := d.QueryRow(t.Context(), `SELECT seq, packed FROM answer WHERE response_id = $1`, p.id).Scan(&at, &packed); err != nil || at != seq || !bytes.Equal(packed, all[seq-1].packed) {
		t.Errorf("kill %d, %s: the answer that counts is version %d, the last is %d: %v", round+1, p.id, at, seq, err)
	}
}

func text(n int) string { return fmt.Sprintf("écriture %06d", n) }

// value is what the nth write of a cell sends.
func value(key string, n int) string {
	switch {
	case strings.HasSuffix(key, ".pertinence"):
		return []string{"0", "3"}[n%2]
	case strings.HasSuffix(key, ".mobilisation"):
		return []string{"rien", "engage"}[n%2]
	}
	return text(n)
}

// between reports whether a cell holds one of the writes from the last acknowledged
// to the last sent.
func between(found, key string, acked, sent int) bool {
	for n := acked; n <= sent; n++ {
		if found == value(key, n) {
			return true
		}
	}
	return false
}

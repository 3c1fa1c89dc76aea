package survey

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/questionnaire"
)

// Verified is what was read again, and what does not agree.
type Verified struct {
	Responses, Versions int
	Problems            []string // French, each names its response
}

func (v *Verified) add(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}

// verifiedAtOnce is how many responses are read together.
const verifiedAtOnce = 200

// Verify reads every response again: the digest of each validated version, its packed
// answers made again from its document, the row that restitutions read, and the
// counters made again from the draft. It changes nothing.
func Verify(ctx context.Context, q db.Q) (v Verified, err error) {
	defer apperr.Wrap(&err, "survey.Verify")
	all, err := Slots(ctx, q)
	if err != nil {
		return v, err
	}
	x := verifying{m: &Room{}, slots: all, found: &v}
	rows, err := q.Query(ctx, `SELECT a.response_id FROM answer a WHERE NOT EXISTS (SELECT 1 FROM response r WHERE r.id = a.response_id) ORDER BY a.response_id`)
	orphans, err := db.Strings(rows, err)
	if err != nil {
		return v, err
	}
	for _, id := range orphans {
		v.add("%s\u00a0: une réponse comptée n’a plus de ligne.", id)
	}
	for after := ""; ; {
		rows, err := q.Query(ctx, `SELECT `+responseColumns+`, c.form, c.cycle FROM response r JOIN campaign c ON c.id = r.campaign_id WHERE r.id > $1 ORDER BY r.id LIMIT $2`, after, verifiedAtOnce)
		list, err := db.Collect(rows, err, func(r *db.Rows) (y verified, err error) {
			y.Response, err = scanResponse(rowWith{r, []any{&y.form, &y.cycle}})
			return y, err
		})
		if err != nil {
			return v, err
		}
		if len(list) == 0 {
			return v, nil
		}
		for _, r := range list {
			if err := x.response(ctx, q, r); err != nil {
				return v, err
			}
		}
		after = list[len(list)-1].ID
	}
}

type verified struct {
	Response
	form, cycle string
}

type verifying struct {
	m     *Room // its forms alone are used
	slots questionnaire.Slots
	found *Verified
}

func (x verifying) response(ctx context.Context, q db.Q, r verified) error {
	x.found.Responses++
	packed, last, err := x.versions(ctx, q, r)
	if err != nil {
		return err
	}
	if err := x.answer(ctx, q, r, packed, last); err != nil {
		return err
	}
	return x.counters(ctx, q, r)
}

// versions are numbered from one, each as it was frozen.
func (x verifying) versions(ctx context.Context, q db.Q, r verified) (packed []byte, last int64, err error) {
	type version struct {
		seq, formVersion int64
		form, doc, sum   string
		packed           []byte
	}
	rows, err := q.Query(ctx, `SELECT seq, form, form_version, packed, doc, sha256 FROM response_version WHERE response_id = $1 ORDER BY seq`, r.ID)
	list, err := db.Collect(rows, err, func(r *db.Rows) (v version, err error) {
		return v, r.Scan(&v.seq, &v.form, &v.formVersion, &v.packed, &v.doc, &v.sum)
	})
	if err != nil {
		return nil, 0, err
	}
	for i, v := range list {
		x.found.Versions++
		say := func(text string) { x.found.add("%s, version %d\u00a0: %s", r.ID, v.seq, text) }
		if v.seq != int64(i)+1 {
			say("une version manque avant elle.")
		}
		if sum := sha256.Sum256([]byte(v.doc)); hex.EncodeToString(sum[:]) != v.sum {
			say("son document ne va pas avec son empreinte.")
		}
		var f Frozen
		if err := json.Unmarshal([]byte(v.doc), &f); err != nil {
			say("son document ne peut pas être lu.")
			continue
		}
		if f.Response != r.ID || f.Seq != v.seq || f.Form != v.form || f.FormVersion != v.formVersion {
			say("son document est celui d’une autre.")
			continue
		}
		p, err := x.m.PathOf(ctx, q, f.Form, f.FormVersion, questionnaire.Kind(f.Kind))
		if apperr.KindOf(err) == apperr.NotFound && err != nil {
			say("son questionnaire n’existe pas.")
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if !bytes.Equal(p.Form.Pack(x.slots, f.Map()), v.packed) {
			say("ses réponses comptées ne sont pas celles de son document.")
		}
		packed, last = v.packed, v.seq
	}
	if last != r.Seq {
		x.found.add("%s\u00a0: la réponse dit %d versions, %d sont gardées.", r.ID, r.Seq, last)
	}
	return packed, last, nil
}

// answer is the last version, where restitutions read it.
func (x verifying) answer(ctx context.Context, q db.Q, r verified, packed []byte, last int64) error {
	type counted struct {
		cycle, region, department, authority, kind, size string
		seq                                              int64
		packed                                           []byte
	}
	rows, err := q.Query(ctx, `SELECT cycle, region, department, authority, kind, size, seq, packed FROM answer WHERE response_id = $1`, r.ID)
	list, err := db.Collect(rows, err, func(r *db.Rows) (c counted, err error) {
		return c, r.Scan(&c.cycle, &c.region, &c.department, &c.authority, &c.kind, &c.size, &c.seq, &c.packed)
	})
	if err != nil {
		return err
	}
	switch {
	case len(list) == 0 && last > 0:
		x.found.add("%s\u00a0: elle est validée, et les restitutions ne la lisent pas.", r.ID)
	case len(list) == 0:
	case last == 0 || list[0].seq != last || !bytes.Equal(list[0].packed, packed):
		x.found.add("%s\u00a0: les restitutions lisent autre chose que sa dernière version.", r.ID)
	case list[0].cycle != r.cycle || list[0].authority != r.Authority || list[0].region != r.Region || list[0].department != r.Department || list[0].kind != string(r.Kind) || list[0].size != r.Size:
		x.found.add("%s\u00a0: les restitutions la comptent dans un autre groupe que le sien.", r.ID)
	}
	return nil
}

// counters are moved by differences as one types: here they are counted again.
func (x verifying) counters(ctx context.Context, q db.Q, r verified) error {
	if r.Asked == 0 {
		return nil // nobody opened it: nothing was counted yet
	}
	p, err := x.m.PathOf(ctx, q, r.form, r.FormVersion, r.Kind)
	if err != nil {
		return err
	}
	drafts, err := Drafts(ctx, q, r.ID)
	if err != nil {
		return err
	}
	g := p.Graph.Given(AnswersOf(drafts)).Progress()
	answered := int64(0)
	for _, d := range drafts {
		// A question of an earlier version is still an answer; a mark is none.
		if c, ok := p.cells[d.Key]; d.Value != "" && !(ok && c.Flag) && (ok || !strings.HasSuffix(d.Key, ".sans-objet") && !strings.HasSuffix(d.Key, ".vu")) {
			answered++
		}
	}
	for _, c := range []struct {
		name      string
		kept, now int64
	}{{"actions demandées", r.Asked, int64(g.Rows)}, {"actions évaluées", r.Rated, int64(g.Rated)}, {"réponses écrites", r.Answered, answered}} {
		if c.kept != c.now {
			x.found.add("%s\u00a0: %d %s au compteur, %d dans la réponse.", r.ID, c.kept, c.name, c.now)
		}
	}
	return nil
}

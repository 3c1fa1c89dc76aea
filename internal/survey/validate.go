package survey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// Frozen is a validated version as it is kept for ever.
type Frozen struct {
	Response    string       `json:"response"`
	Authority   string       `json:"authority"`
	Name        string       `json:"name"`
	Kind        string       `json:"kind"`
	Form        string       `json:"form"`
	FormVersion int64        `json:"form_version"`
	Seq         int64        `json:"seq"`
	At          time.Time    `json:"at"`
	By          string       `json:"by"` // the seat of who validated
	Title       string       `json:"title,omitempty"`
	Reason      string       `json:"reason,omitempty"` // of a correction
	Asked       int          `json:"asked"`            // rows
	Rated       int          `json:"rated"`
	Prefilled   int          `json:"prefilled"` // answers that came filled
	Answers     []FrozenCell `json:"answers"`
}

// FrozenCell is one answer of a version.
type FrozenCell struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Class  string `json:"class"`
	Source string `json:"source,omitempty"`
	Reason string `json:"reason,omitempty"`
	By     string `json:"by,omitempty"`
}

// Map are the answers of a version by their keys.
func (f Frozen) Map() questionnaire.Answers {
	out := make(questionnaire.Answers, len(f.Answers))
	for _, c := range f.Answers {
		out[c.Key] = c.Value
	}
	return out
}

// Sealed is a validated version with what proves it.
type Sealed struct {
	Frozen
	SHA256 string
}

// validatedJob passes on what a version says.
const validatedJob = "survey.validated"

type versionArgs struct {
	Response string
	Seq      int64
}

var errOverseen = apperr.Conflictf("Des réponses ont changé depuis votre relecture. Rien n’est validé, rien n’est perdu\u00a0: relisez ce qui a changé, puis validez.")

// Validate freezes the answers as a version. stamp is that of what the validator
// read: a cell written since is a conflict, never validated unseen. One short
// transaction: what the version says to others is passed on by a job.
func (m *Room) Validate(ctx context.Context, q db.Q, s Seat, response, seen string) (v Sealed, err error) {
	defer apperr.Wrap(&err, "survey.Validate(%s)", response)
	r, p, err := m.at(ctx, q, s, response)
	if err != nil {
		return v, err
	}
	if err := s.may(policy.Consent, r); err != nil {
		return v, err
	}
	slots, err := m.slotsOf(ctx, q, p)
	if err != nil {
		return v, err
	}
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		v, err = m.freeze(ctx, tx, s, r.ID, seen, p, slots)
		return err
	})
	return v, err
}

func (m *Room) freeze(ctx context.Context, tx db.Q, s Seat, response, seen string, p *Path, slots questionnaire.Slots) (v Sealed, err error) {
	at := m.Now().UTC().Truncate(time.Millisecond)
	var form, cycle, correction string
	// The correction's reason is forgotten by the next one, not here: it is read below.
	n, err := tx.Exec(ctx, `UPDATE response SET rev = rev + 1, state = 'validated', seq = seq + 1, validated_at = $2, reason = ''
		WHERE id = $1 AND state IN ('opened', 'started', 'submitted') AND EXISTS (SELECT 1 FROM campaign c WHERE c.id = response.campaign_id AND c.state IN ('open', 'nearly'))`, response, at.UnixMilli())
	if err != nil {
		return v, err
	}
	if n == 0 {
		return v, m.notNow(ctx, tx, response)
	}
	r, err := scanResponse(rowWith{tx.QueryRow(ctx, `SELECT `+responseColumns+`, c.form, c.cycle, r.correction FROM response r JOIN campaign c ON c.id = r.campaign_id WHERE r.id = $1`, response), []any{&form, &cycle, &correction}})
	if err != nil {
		return v, err
	}
	drafts, err := Drafts(ctx, tx, response)
	if err != nil {
		return v, err
	}
	if stamp(drafts) != seen {
		return v, errOverseen
	}
	t := Desk{Seat: s, Response: r, Path: p}
	t.weigh(drafts)
	if blocked := t.Blockers(); len(blocked) > 0 {
		return v, apperr.Conflictf("%d réponses attendent un mot avant la validation. Rien n’est perdu\u00a0: elles sont listées sur la page.", len(blocked))
	}
	v.Frozen = Frozen{Response: r.ID, Authority: r.Authority, Name: r.Name, Kind: string(r.Kind), Form: form, FormVersion: r.FormVersion, Seq: r.Seq, At: at, By: s.ID, Title: s.Title, Reason: correction,
		Asked: t.Progress.Rows, Rated: t.Progress.Rated, Answers: []FrozenCell{}}
	asked := questionnaire.Answers{}
	for _, c := range p.Graph.Given(t.Answers).Visible() {
		d := t.Drafts[c.Key]
		if d.Value == "" {
			continue
		}
		asked[c.Key] = d.Value
		if d.Source != "" && !d.FromPaper() {
			v.Prefilled++
		}
		v.Answers = append(v.Answers, FrozenCell{Key: c.Key, Value: d.Value, Class: d.Class, Source: d.Source, Reason: d.Reason, By: d.By})
	}
	if len(v.Answers) == 0 {
		return v, apperr.Conflictf("Aucune question n’a encore de réponse\u00a0: il n’y a rien à valider. Rien n’a changé.")
	}
	doc, err := json.Marshal(v.Frozen)
	if err != nil {
		return v, err
	}
	sum := sha256.Sum256(doc)
	v.SHA256 = hex.EncodeToString(sum[:])
	packed := p.Form.Pack(slots, asked)
	if packed == nil {
		packed = []byte{}
	}
	if _, err := db.Insert(ctx, tx, "response_version", strings.Fields("response_id seq form form_version packed doc sha256 by at reason"),
		[][]any{{r.ID, r.Seq, form, r.FormVersion, packed, string(doc), v.SHA256, s.ID, at.UnixMilli(), correction}}, ""); err != nil {
		return v, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO answer (response_id, cycle, region, department, authority, kind, size, seq, at, packed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (response_id) DO UPDATE SET region = excluded.region, department = excluded.department, kind = excluded.kind, size = excluded.size, seq = excluded.seq, at = excluded.at, packed = excluded.packed`,
		r.ID, cycle, r.Region, r.Department, r.Authority, string(r.Kind), r.Size, r.Seq, at.UnixMilli(), packed); err != nil {
		return v, err
	}
	if err := m.record(ctx, tx, s, r, "validate", r.Rev); err != nil {
		return v, err
	}
	_, err = m.Queue.Enqueue(ctx, tx, validatedJob, versionArgs{r.ID, r.Seq}, jobs.Opts{Dedup: fmt.Sprintf("%s/%s/%d", validatedJob, r.ID, r.Seq)})
	return v, err
}

// slotsOf reads the places of closed answers once for a path: those of a form that
// was published never change.
func (m *Room) slotsOf(ctx context.Context, q db.Q, p *Path) (questionnaire.Slots, error) {
	if s := p.slots.Load(); s != nil {
		return *s, nil
	}
	all, err := Slots(ctx, q)
	if err != nil {
		return nil, err
	}
	mine := questionnaire.Slots{}
	for _, key := range p.Form.Keys() {
		n, ok := all[key]
		if !ok {
			return nil, fmt.Errorf("survey: %q has no slot", key)
		}
		mine[key] = n
	}
	p.slots.Store(&mine)
	return mine, nil
}

// notNow says why an act on a response finds it in another state.
func (m *Room) notNow(ctx context.Context, q db.Q, response string) error {
	r, err := FindResponse(ctx, q, response)
	if err != nil {
		return err
	}
	c, err := FindCampaign(ctx, q, r.Campaign)
	if err != nil {
		return err
	}
	if !c.State.Takes() {
		return apperr.Conflictf("La campagne n’accepte pas de réponses en ce moment. Rien n’a changé, et ce qui est écrit est gardé\u00a0: écrivez à l’équipe de la COP.")
	}
	switch r.State {
	case Done:
		return apperr.Conflictf("Cette réponse est déjà validée (version %d). Rien n’a changé\u00a0: pour y revenir, ouvrez une correction.", r.Seq)
	case Submitted:
		return apperr.Conflictf("Cette réponse attend déjà sa validation. Rien n’a changé.")
	case Refused:
		return apperr.Conflictf("Votre collectivité a dit qu’elle ne répondrait pas. Reprenez d’abord la réponse depuis le sommaire.")
	}
	return apperr.Conflictf("La réponse est encore en cours d’écriture. Rien n’a changé.")
}

// reasonOf reads a reason that must be given.
func reasonOf(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > 1000 {
		return "", &Fault{Field: "raison", Message: "Dites pourquoi, en quelques mots (1\u00a0000 caractères au plus)."}
	}
	return text, nil
}

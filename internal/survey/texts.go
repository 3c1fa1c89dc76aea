package survey

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
)

// TextTables lists the tables of free texts.
func TextTables() []db.Table {
	return []db.Table{{Name: "survey_text", Order: []string{"id"}, Scope: db.COP, Personal: []string{"words"}, Free: []string{"words"}},
		{Name: "survey_text_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}}}
}

// TextState is what the team made of a free text.
type TextState string

// The states of a free text. Only what somebody read and found publishable may
// ever be shown to anyone else.
const (
	Unread      TextState = "unread"
	Publishable TextState = "publishable"
	Withheld    TextState = "withheld"
	Personal    TextState = "personal" // names a person, or tells where they live
)

// TextStates lists them in the order of the screens.
func TextStates() []TextState { return []TextState{Unread, Publishable, Withheld, Personal} }

// Name is the French name of a state.
func (s TextState) Name() string {
	return map[TextState]string{Unread: "à relire", Publishable: "publiable", Withheld: "à ne pas publier", Personal: "contient une donnée personnelle"}[s]
}

// FreeText is what an authority wrote in one box.
type FreeText struct {
	ID         string
	Rev        int64
	Response   string
	Authority  string // its name
	Kind       string
	Department string
	Question   string
	Seq        int64
	Section    string
	Lever      string
	Theme      string
	Role       string
	Words      string
	State      TextState
	At         time.Time
}

// TextRoles lists the roles of the questions whose texts are read together, with
// their French names.
func TextRoles() [][2]string {
	return [][2]string{{questionnaire.RoleStrength, "point fort"}, {questionnaire.RoleComment, "remarque"}}
}

// keepTexts keeps the free texts of a version in place of those of the one before.
// A text that changed is to be read again; one that is not there any more goes,
// and its history stays.
func (m *Room) keepTexts(ctx context.Context, tx db.Q, v Validated) error {
	rows, err := tx.Query(ctx, `SELECT t.id, t.rev, t.question, t.words FROM survey_text t WHERE t.response_id = $1`, v.Response.ID)
	held, err := db.Collect(rows, err, func(r *db.Rows) (t FreeText, err error) { return t, r.Scan(&t.ID, &t.Rev, &t.Question, &t.Words) })
	if err != nil {
		return err
	}
	at := map[string]FreeText{}
	for _, t := range held {
		at[t.Question] = t
	}
	now := m.Now().UnixMilli()
	for _, s := range v.Form.Sections {
		for _, q := range s.Questions {
			if q.Role != questionnaire.RoleStrength && q.Role != questionnaire.RoleComment {
				continue
			}
			words := strings.TrimSpace(v.Answers[q.ID])
			was, there := at[q.ID]
			delete(at, q.ID)
			switch {
			case words == "" && there:
				at[q.ID] = was // dropped below
			case words == "" || there && was.Words == words:
			case there:
				if _, err := tx.Exec(ctx, `UPDATE survey_text SET rev = rev + 1, seq = $2, words = $3, state = $4, at = $5 WHERE id = $1`, was.ID, v.Seq, words, string(Unread), now); err != nil {
					return err
				}
				if err := m.textVersion(ctx, tx, was.ID, was.Rev+1, "", "corrigé dans la réponse", Unread); err != nil {
					return err
				}
			default:
				id, err := m.IDs.New()
				if err != nil {
					return err
				}
				if _, err := db.Insert(ctx, tx, "survey_text", strings.Fields("id rev campaign_id response_id question seq section lever theme role words state at"),
					[][]any{{id, 1, v.Response.Campaign, v.Response.ID, q.ID, v.Seq, s.ID, s.Lever, s.Theme, q.Role, words, string(Unread), now}}, ""); err != nil {
					return err
				}
				if err := m.textVersion(ctx, tx, id, 1, "", "écrit dans la réponse", Unread); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range at {
		if _, err := tx.Exec(ctx, `DELETE FROM survey_text WHERE id = $1`, t.ID); err != nil {
			return err
		}
		if err := m.textVersion(ctx, tx, t.ID, t.Rev+1, "", "retiré de la réponse", Withheld); err != nil {
			return err
		}
	}
	return nil
}

// textVersion keeps what became of a text. Its words are in the version of the
// response that holds them: they are not copied, so that erasing there erases.
func (m *Room) textVersion(ctx context.Context, tx db.Q, id string, rev int64, by, reason string, state TextState) error {
	body, err := json.Marshal(map[string]string{"state": string(state)})
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "survey_text_version", strings.Fields("id rev at by reason body"), [][]any{{id, rev, m.Now().UnixMilli(), by, reason, string(body)}}, "")
	return err
}

// TextFilter chooses free texts; a zero field chooses all.
type TextFilter struct {
	Lever, Role, Department, Kind string
	State                         TextState
}

// Texts lists the free texts of a campaign that somebody of its team may read, in
// the order in which they came: one statement. They are bounded: those of one
// region.
func Texts(ctx context.Context, q db.Q, a policy.Actor, c Campaign, f TextFilter) (_ []FreeText, err error) {
	defer apperr.Wrap(&err, "survey.Texts(%s)", c.ID)
	if err := policy.Check(a, policy.Edit, c.Thing()); err != nil {
		return nil, err
	}
	if f.State != "" && f.State.Name() == "" {
		return nil, apperr.Invalidf("Ce filtre n’existe pas\u00a0: choisissez dans les listes.")
	}
	rows, err := q.Query(ctx, `SELECT `+textColumns+` FROM survey_text t JOIN response r ON r.id = t.response_id
		WHERE t.campaign_id = $1 AND ($2 = '' OR t.lever = $2) AND ($3 = '' OR t.role = $3) AND ($4 = '' OR r.department = $4) AND ($5 = '' OR r.kind = $5) AND ($6 = '' OR t.state = $6) ORDER BY t.id`,
		c.ID, f.Lever, f.Role, f.Department, f.Kind, string(f.State))
	return db.Collect(rows, err, func(r *db.Rows) (FreeText, error) { return scanText(r) })
}

const textColumns = `t.id, t.rev, t.response_id, r.name, r.kind, r.department, t.question, t.seq, t.section, t.lever, t.theme, t.role, t.words, t.state, t.at`

func scanText(r scanner) (t FreeText, err error) {
	var at int64
	err = r.Scan(&t.ID, &t.Rev, &t.Response, &t.Authority, &t.Kind, &t.Department, &t.Question, &t.Seq, &t.Section, &t.Lever, &t.Theme, &t.Role, &t.Words, &t.State, &at)
	t.At = time.UnixMilli(at).UTC()
	return t, err
}

// PublishableTexts are those that the team found publishable, in the order in
// which they came, without the name of who wrote them: all that may leave the
// team's pages.
func PublishableTexts(ctx context.Context, q db.Q, campaign string) (_ []FreeText, err error) {
	defer apperr.Wrap(&err, "survey.PublishableTexts(%s)", campaign)
	rows, err := q.Query(ctx, `SELECT `+textColumns+` FROM survey_text t JOIN response r ON r.id = t.response_id WHERE t.campaign_id = $1 AND t.state = $2 ORDER BY t.id`, campaign, string(Publishable))
	return db.Collect(rows, err, func(r *db.Rows) (FreeText, error) {
		t, err := scanText(r)
		t.Authority, t.Response = "", ""
		return t, err
	})
}

// TextsStamp changes whenever a text of a campaign does: what is computed from
// them may be kept under it.
func TextsStamp(ctx context.Context, q db.Q, campaign string) (string, error) {
	var n, last, revs int64
	err := q.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MAX(t.at), 0), CAST(COALESCE(SUM(t.seq), 0) AS BIGINT) FROM survey_text t WHERE t.campaign_id = $1`, campaign).Scan(&n, &last, &revs)
	return campaign + "/" + strconv.FormatInt(n, 10) + "/" + strconv.FormatInt(last, 10) + "/" + strconv.FormatInt(revs, 10), err
}

// Reading is what the team says of one text, as it was at a revision.
type Reading struct {
	ID    string
	Rev   int64
	State TextState
}

// Review keeps what somebody of the team says of some texts: all or none, each as
// it was when it was read. A text that its author corrected meanwhile is a
// conflict: nothing is said of words that were not read.
func (m *Room) Review(ctx context.Context, q db.Q, a policy.Actor, campaign string, list []Reading) (err error) {
	defer apperr.Wrap(&err, "survey.Review(%s)", campaign)
	c, err := FindCampaign(ctx, q, campaign)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, c.Thing()); err != nil {
		return err
	}
	if len(list) == 0 || len(list) > 500 {
		return apperr.Invalidf("Choisissez au moins un texte, et cinq cents au plus à la fois. Rien n’a été enregistré.")
	}
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		for _, x := range list {
			if x.State != Publishable && x.State != Withheld && x.State != Personal && x.State != Unread {
				return apperr.Invalidf("Dites de chaque texte s’il est publiable, à ne pas publier, ou s’il contient une donnée personnelle. Rien n’a été enregistré.")
			}
			n, err := tx.Exec(ctx, `UPDATE survey_text SET rev = rev + 1, state = $4 WHERE id = $1 AND campaign_id = $2 AND rev = $3`, x.ID, campaign, x.Rev, string(x.State))
			if err != nil {
				return err
			}
			if n == 0 {
				return apperr.Conflictf("Un de ces textes a changé pendant votre lecture\u00a0: la collectivité l’a corrigé, ou quelqu’un de votre équipe s’est prononcé. Rien n’a été enregistré\u00a0: relisez-le, puis recommencez.")
			}
			if err := m.textVersion(ctx, tx, x.ID, x.Rev+1, a.Person, "relecture", x.State); err != nil {
				return err
			}
			if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "review", Kind: "survey_text", Subject: x.ID, Rev: x.Rev + 1, COP: c.COP}); err != nil {
				return err
			}
		}
		return nil
	})
}

package moderation

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// ReportIn is what a reader says of a text.
type ReportIn struct {
	Reason  string
	Note    string
	Email   string // to be told what was decided, "" for nothing
	Voice   string // the voice that this browser confirmed
	Machine string
}

// Report is what a reader reported.
type Report struct {
	ID, Reason, Note string
	At               time.Time
}

// reportsAnHour is how many reports one machine may send in an hour.
const reportsAnHour = 10

// ConfirmReport is the kind of what a reporter confirms: their address, for the
// report counts already.
const ConfirmReport = "report"

// Report keeps what a reader says of a published text, once for each of them. A text
// that enough of them reported is hidden until a moderator looks at it, but for
// reasons for which one let it stand already. fresh tells that this reader had not
// reported it, hidden that it was hidden now.
func (m *Room) Report(ctx context.Context, a policy.Actor, post string, in ReportIn) (fresh, hidden bool, err error) {
	defer apperr.Wrap(&err, "moderation.Report(%s)", post)
	in.Note = debate.Tidy(in.Note)
	if ReasonName(in.Reason) == "" {
		return false, false, apperr.Invalidf("Choisissez ce qui pose problème dans la liste.")
	}
	if err := debate.Long("la précision", in.Note, 1000); err != nil {
		return false, false, err
	}
	over, err := m.Accounts.Tried(ctx, "report|"+in.Machine, reportsAnHour)
	if err != nil {
		return false, false, err
	}
	if over {
		return false, false, apperr.New(apperr.TooMany, nil, "Beaucoup de signalements sont partis de votre connexion. Rien n’est enregistré\u00a0: réessayez dans une heure.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The text is taken first: those who report it at once are counted one after
		// the other.
		if _, err := tx.Exec(ctx, `UPDATE debate_post SET rev = rev WHERE id = $1`, post); err != nil {
			return err
		}
		p, err := debate.FindPost(ctx, tx, post)
		if err != nil {
			return err
		}
		if !p.Read() && p.State != debate.PostHidden {
			return apperr.NotFoundf("Ce texte n’existe pas, ou n’est pas publié.")
		}
		c, err := cop.Find(ctx, tx, p.COP)
		if err != nil {
			return err
		}
		fresh, hidden, err = m.report(ctx, tx, a, c, p, in)
		return err
	})
	return fresh, hidden, err
}

func (m *Room) report(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, p debate.Post, in ReportIn) (fresh, hidden bool, err error) {
	reporter, voice := "machine:"+m.Cursors.Seal("reporter", in.Machine, p.ID)[:21], debate.Voice{}
	if a.Person != "" || in.Email != "" || in.Voice != "" {
		v, sure, err := m.Speak(ctx, tx, a, c, debate.Speaker{Email: in.Email, Voice: in.Voice})
		switch {
		case err != nil && in.Email == "" && a.Person == "" && apperr.KindOf(err) == apperr.Invalid: // an old cookie
		case err != nil:
			return false, false, err
		default:
			if voice = v; sure {
				reporter = "voice:" + v.ID
			}
		}
	}
	id, err := m.IDs.New()
	if err != nil {
		return false, false, err
	}
	n, err := db.Insert(ctx, tx, "moderation_report", []string{"id", "cop_id", "post_id", "reporter", "voice_id", "reason", "note", "at", "act_id"},
		[][]any{{id, c.ID, p.ID, reporter, voice.ID, in.Reason, in.Note, m.Now().UnixMilli(), ""}}, "ON CONFLICT (post_id, reporter) DO NOTHING")
	if err != nil || n == 0 {
		return false, false, err
	}
	if voice.ID != "" && !voice.Confirmed() {
		if err := m.AskConfirm(ctx, tx, c, voice, ConfirmReport, id, "la réponse à votre signalement"); err != nil {
			return true, false, err
		}
	}
	if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "report", Kind: "post", Subject: p.ID, Rev: p.Rev, COP: c.ID}); err != nil {
		return true, false, err
	}
	if p.State != debate.PostPublished {
		return true, false, nil
	}
	set, err := SettingOf(ctx, tx, c.ID)
	if err != nil {
		return true, false, err
	}
	var open int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM moderation_report r WHERE r.post_id = $1 AND r.act_id = ''
		AND r.reason NOT IN (SELECT o.reason FROM moderation_report o JOIN moderation_act x ON x.id = o.act_id WHERE o.post_id = $1 AND x.verb = 'publish')`, p.ID).Scan(&open); err != nil || open < set.Reports {
		return true, false, err
	}
	was := p.State
	if p, err = m.Turn(ctx, tx, policy.Actor{}, p, debate.PostHidden, "signalements"); err != nil {
		return true, false, err
	}
	x, err := m.act(ctx, tx, policy.Actor{}, c, Act{Post: p.ID, Kind: p.Kind, Rev: p.Rev - 1, Was: was, Verb: Hide})
	if err != nil {
		return true, false, err
	}
	return true, true, m.tellAuthor(ctx, tx, c, p, x)
}

// OpenReports lists the reports on a post that no decision answered, the oldest first.
func OpenReports(ctx context.Context, q db.Q, post string) (_ []Report, err error) {
	defer apperr.Wrap(&err, "moderation.OpenReports(%s)", post)
	rows, err := q.Query(ctx, `SELECT id, reason, note, at FROM moderation_report WHERE post_id = $1 AND act_id = '' ORDER BY at, id LIMIT 100`, post)
	return db.Collect(rows, err, func(r *db.Rows) (x Report, err error) {
		var at int64
		err = r.Scan(&x.ID, &x.Reason, &x.Note, &at)
		x.At = time.UnixMilli(at).UTC()
		return x, err
	})
}

// answerReports takes the reports on a post as answered by a decision, and tells
// those who left an address.
func (m *Room) answerReports(ctx context.Context, tx db.Q, c cop.COP, p debate.Post, x Act) error {
	rows, err := tx.Query(ctx, `SELECT DISTINCT voice_id FROM moderation_report WHERE post_id = $1 AND act_id = '' AND voice_id <> '' ORDER BY voice_id LIMIT 200`, p.ID)
	voices, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE moderation_report SET act_id = $2 WHERE post_id = $1 AND act_id = ''`, p.ID, x.ID); err != nil {
		return err
	}
	done := "Le texte ne se lit plus. Raison" + nb + ": " + ReasonName(x.Reason) + "."
	if p.State == debate.PostPublished {
		if done = "Après relecture, le texte reste publié" + nb + ": il respecte les règles."; x.Masked > 0 {
			done = "Des passages du texte sont maintenant masqués."
		}
	}
	l := mail.Letter{Subject: "Votre signalement a été examiné", Blocks: []mail.Block{mail.Para("Vous avez signalé un texte du débat de «" + nb + c.Name + nb + "». Un modérateur l’a relu."), mail.Para(done),
		mail.Link("Les règles de modération", m.BaseURL+RulesPath(c))}, Reason: "Vous recevez ce message parce que vous avez donné votre adresse en signalant un texte."}
	for _, v := range voices {
		if v == p.Voice {
			continue
		}
		if err := m.Tell(ctx, tx, c, v, "report/"+x.ID, l, true); err != nil {
			return err
		}
	}
	return nil
}

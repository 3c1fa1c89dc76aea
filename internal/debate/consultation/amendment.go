package consultation

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Form is what an amendment asks.
type Form string

// The forms.
const (
	Remark  Form = "remark"
	Rewrite Form = "rewrite"
	Remove  Form = "remove"
)

var formNames = map[Form]string{Remark: "remarque", Rewrite: "autre rédaction", Remove: "suppression de l’article"}

// Name is the French name of a form.
func (f Form) Name() string { return formNames[f] }

// Forms lists the forms in the order of the screens.
func Forms() []Form { return []Form{Rewrite, Remark, Remove} }

// Verdict is what the team decided of an amendment.
type Verdict string

// The verdicts; empty before.
const (
	Retained Verdict = "retenu"
	Partly   Verdict = "partiel"
	Refused  Verdict = "ecarte"
	Outside  Verdict = "hors"
)

var verdictNames = map[Verdict]string{Retained: "retenu", Partly: "partiellement retenu", Refused: "non retenu", Outside: "hors champ"}

// Name is the French name of a verdict.
func (v Verdict) Name() string { return verdictNames[v] }

// Verdicts lists the verdicts in the order of the screens.
func Verdicts() []Verdict { return []Verdict{Retained, Partly, Refused, Outside} }

// Amendment is a post about an article.
type Amendment struct {
	debate.Post
	Rev0     int64 // revision of what is decided of it
	Origin   string
	Version  int64
	Form     Form
	Why      string
	Proposed string
	Verdict  Verdict
	Reason   string
	JudgedAt time.Time
}

// proposed parts why from the wording in the text of a post, so that who moderates it
// reads both, and both go when it is erased.
const proposed = "\n\n— Texte proposé —\n\n"

func joined(why, text string) string {
	if text == "" {
		return why
	}
	return strings.ReplaceAll(why, strings.TrimSpace(proposed), "Texte proposé") + proposed + text
}

func parted(text string) (why, wording string) {
	why, wording, _ = strings.Cut(text, proposed)
	return why, wording
}

// Proposal is what somebody writes about an article.
type Proposal struct {
	Origin   string // of the article
	Version  int64  // that they read
	Form     Form
	Why      string
	Proposed string
	Speaker  string // in whose name
	Who      debate.Speaker
}

// Amend leaves an amendment: it waits for a moderator, or for its address. One who
// writes after the last day is told so, and keeps what they wrote.
func (m *Room) Amend(ctx context.Context, a policy.Actor, c cop.COP, id string, in Proposal) (p debate.Post, v debate.Voice, err error) {
	defer apperr.Wrap(&err, "consultation.Amend(%s)", id)
	in.Why, in.Proposed = debate.Tidy(in.Why), debate.Tidy(in.Proposed)
	x, err := Find(ctx, m.DB, policy.Actor{}, c, id)
	if err != nil {
		return p, v, err
	}
	articles, err := ArticlesOf(ctx, m.DB, id, x.Version)
	if err != nil {
		return p, v, err
	}
	var at Article
	for _, b := range articles {
		if b.Origin == in.Origin {
			at = b
		}
	}
	if at.Origin == "" {
		return p, v, apperr.NotFoundf("Cet article n’est plus dans le texte.")
	}
	if err := in.check(at); err != nil {
		return p, v, err
	}
	post := debate.Post{Kind: debate.Amendment, Parent: at.Origin, Title: "Article «\u00a0" + at.Title + "\u00a0»", Text: joined(in.Why, in.Proposed), Speaker: in.Speaker, Signed: signature(in)}
	return m.Deposit(ctx, a, c, post, in.Who, "votre "+in.Form.Name()+" sur l’article «\u00a0"+at.Title+"\u00a0»", func(ctx context.Context, tx db.Q, p debate.Post, _ debate.Voice) error {
		x, err := Find(ctx, tx, policy.Actor{}, c, id)
		if err != nil {
			return err
		}
		switch x.Phase(c.DayAt(m.Now())) {
		case Closed:
			return apperr.Invalidf("La consultation est close depuis le soir du %s\u00a0: votre texte n’est pas enregistré. Il est encore dans le formulaire ci-dessous, copiez-le pour l’adresser à l’équipe de la COP.", french.Day(x.ClosesOn))
		case Coming:
			return apperr.Invalidf("La consultation ouvre le %s\u00a0: gardez votre texte jusque-là.", french.Day(x.OpensOn))
		case Draft, Open:
		}
		_, err = db.Insert(ctx, tx, "amendment", []string{"post_id", "rev", "cop_id", "consultation_id", "origin", "version", "form", "verdict", "reason", "judged_at"},
			[][]any{{p.ID, int64(1), c.ID, id, at.Origin, x.Version, string(in.Form), "", "", int64(0)}}, "")
		return err
	})
}

func (in Proposal) check(at Article) error {
	switch {
	case in.Form.Name() == "":
		return apperr.Invalidf("Choisissez ce que vous proposez\u00a0: une autre rédaction, une remarque, ou la suppression.")
	case debate.SpeakerName(in.Speaker) == "":
		return apperr.Invalidf("Choisissez au nom de qui vous écrivez.")
	case in.Speaker != debate.Person && debate.Line(in.Who.OrgName) == "":
		return apperr.Invalidf("Donnez le nom de l’organisme au nom duquel vous écrivez.")
	case in.Why == "":
		return apperr.Invalidf("Dites pourquoi, en une phrase au moins.")
	case in.Form == Rewrite && (in.Proposed == "" || in.Proposed == at.Text):
		return apperr.Invalidf("Changez le texte de l’article\u00a0: il est encore celui du projet.")
	}
	if err := debate.Long("votre explication", in.Why, 5000); err != nil {
		return err
	}
	return debate.Long("le texte proposé", in.Proposed, mostText)
}

// signature is the name that is shown.
func signature(in Proposal) string {
	name := debate.Line(in.Who.Name)
	if in.Speaker != debate.Person {
		return debate.Line(in.Who.OrgName)
	}
	if name == "" {
		return "anonyme"
	}
	return name
}

const amendmentColumns = debate.PostColumns + `, a.rev, a.origin, a.version, a.form, a.verdict, a.reason, a.judged_at`

func scanAmendment(r interface{ Scan(...any) error }) (x Amendment, err error) {
	var judged int64
	x.Post, err = debate.ScanPost(r, &x.Rev0, &x.Origin, &x.Version, &x.Form, &x.Verdict, &x.Reason, &judged)
	x.Why, x.Proposed = parted(x.Text)
	if judged > 0 {
		x.JudgedAt = time.UnixMilli(judged).UTC()
	}
	return x, err
}

// Amendments lists what everybody reads about a consultation, or about one of its
// articles, the most supported first.
func Amendments(ctx context.Context, q db.Q, id, origin string) (_ []Amendment, err error) {
	defer apperr.Wrap(&err, "consultation.Amendments")
	rows, err := q.Query(ctx, `SELECT `+amendmentColumns+`
		  FROM amendment a JOIN debate_post p ON p.id = a.post_id
		 WHERE a.consultation_id = $1 AND ($2 = '' OR a.origin = $2) AND p.state IN ('published', 'merged')
		 ORDER BY p.supports DESC, p.published_at, p.id LIMIT 5000`, id, origin)
	return db.Collect(rows, err, func(r *db.Rows) (Amendment, error) { return scanAmendment(r) })
}

// Count is how many published amendments an article has, and how many are answered.
type Count struct{ All, Answered int }

// Counts counts the published amendments of a consultation, by origin of their article.
func Counts(ctx context.Context, q db.Q, id string) (_ map[string]Count, err error) {
	defer apperr.Wrap(&err, "consultation.Counts")
	out := map[string]Count{}
	rows, err := q.Query(ctx, `SELECT a.origin, COUNT(*), CAST(SUM(CASE WHEN a.verdict = '' THEN 0 ELSE 1 END) AS BIGINT)
		  FROM amendment a JOIN debate_post p ON p.id = a.post_id
		 WHERE a.consultation_id = $1 AND p.cop_id = (SELECT cop_id FROM consultation WHERE id = $1) AND p.kind = 'amendment' AND p.state IN ('published', 'merged') GROUP BY a.origin`, id)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var origin string
		var n Count
		err := r.Scan(&origin, &n.All, &n.Answered)
		out[origin] = n
		return struct{}{}, err
	})
	return out, err
}

// ToAnswer lists some published amendments of a consultation, those that wait for an
// answer first, the most supported first among them.
func ToAnswer(ctx context.Context, q db.Q, id string, after, limit int) (_ []Amendment, err error) {
	defer apperr.Wrap(&err, "consultation.ToAnswer")
	rows, err := q.Query(ctx, `SELECT `+amendmentColumns+`
		  FROM amendment a JOIN debate_post p ON p.id = a.post_id
		 WHERE p.id IN (SELECT y.id FROM amendment x JOIN debate_post y ON y.id = x.post_id
		                 WHERE x.consultation_id = $1 AND y.cop_id = (SELECT cop_id FROM consultation WHERE id = $1) AND y.kind = 'amendment' AND y.state IN ('published', 'merged')
		                 ORDER BY CASE WHEN x.verdict = '' THEN 0 ELSE 1 END, y.supports DESC, y.published_at, y.id LIMIT $2 OFFSET $3)
		 ORDER BY CASE WHEN a.verdict = '' THEN 0 ELSE 1 END, p.supports DESC, p.published_at, p.id`, id, int64(limit), int64(after))
	return db.Collect(rows, err, func(r *db.Rows) (Amendment, error) { return scanAmendment(r) })
}

// FindAmendment returns an amendment of a consultation, whatever its state.
func FindAmendment(ctx context.Context, q db.Q, id, post string) (Amendment, error) {
	x, err := scanAmendment(q.QueryRow(ctx, `SELECT `+amendmentColumns+` FROM amendment a JOIN debate_post p ON p.id = a.post_id WHERE a.consultation_id = $1 AND a.post_id = $2`, id, post))
	return x, db.OrNotFound(err, "Cet amendement n’existe pas dans cette consultation.")
}

// Judge decides of an amendment, as it was decided at revision rev, and says why: its
// author is told.
func (m *Room) Judge(ctx context.Context, a policy.Actor, c cop.COP, id, post string, rev int64, v Verdict, reason string) (x Amendment, err error) {
	defer apperr.Wrap(&err, "consultation.Judge(%s)", post)
	reason = debate.Tidy(reason)
	if v.Name() == "" {
		return x, apperr.Invalidf("Choisissez ce que l’équipe décide.")
	}
	if reason == "" {
		return x, apperr.Invalidf("Dites pourquoi\u00a0: la raison est publiée avec la décision.")
	}
	if err := debate.Long("la raison", reason, 3000); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		of, err := Find(ctx, tx, a, c, id)
		if err != nil {
			return err
		}
		if err := policy.Check(a, policy.Judge, of.Thing(c)); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE amendment SET rev = rev + 1, verdict = $3, reason = $4, judged_at = $5 WHERE post_id = $1 AND rev = $2 AND consultation_id = $6`, post, rev, string(v), reason, m.Now().UnixMilli(), id)
		if err != nil {
			return err
		}
		if x, err = FindAmendment(ctx, tx, id, post); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre vient de décider de cet amendement. Votre décision n’est pas enregistrée\u00a0: relisez la sienne ci-dessous.")
		}
		if !x.Read() {
			return apperr.Invalidf("Cet amendement n’est pas publié\u00a0: la modération le lit d’abord.")
		}
		body, err := json.Marshal(map[string]any{"verdict": v, "reason": reason})
		if err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "amendment_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{post, x.Rev0, m.Now().UnixMilli(), a.Person, "verdict", string(body)}}, ""); err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "judge", Kind: "amendment", Subject: post, Rev: x.Rev0, COP: c.ID}); err != nil {
			return err
		}
		if x.Voice != "" {
			l := mail.Letter{Subject: "Votre amendement est " + v.Name() + "\u00a0: " + of.Title, Blocks: []mail.Block{mail.Para(x.Title + "\u00a0: l’équipe de la COP a décidé «\u00a0" + v.Name() + "\u00a0»."),
				mail.Quote("L’équipe de la COP", reason), mail.Link("Lire la réponse", m.BaseURL+PathOf(of, c, x))}}
			if err := m.Tell(ctx, tx, c, x.Voice, "amendment/"+post+"/"+strconv.FormatInt(x.Rev0, 10), l, false); err != nil {
				return err
			}
		}
		_, err = db.Bump(ctx, tx, Version, m.Now())
		return err
	})
	return x, err
}

// PathOf is where an amendment is read.
func PathOf(x Consultation, c cop.COP, a Amendment) string {
	return x.Path(c) + "/articles/" + a.Origin + "#amendement-" + a.ID
}

// Fates say what became of amendments, for their authors.
func (m *Room) Fates(ctx context.Context, q db.Q, posts []debate.Post) (_ map[string]debate.Fate, err error) {
	defer apperr.Wrap(&err, "consultation.Fates")
	out := map[string]debate.Fate{}
	for _, p := range posts {
		var id string
		err := q.QueryRow(ctx, `SELECT consultation_id FROM amendment WHERE post_id = $1`, p.ID).Scan(&id)
		if db.OrNotFound(err, "x") != nil && apperr.KindOf(db.OrNotFound(err, "x")) == apperr.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		a, err := FindAmendment(ctx, q, id, p.ID)
		if err != nil {
			return nil, err
		}
		c, err := cop.Find(ctx, q, p.COP)
		if err != nil {
			return nil, err
		}
		f := debate.Fate{Path: PathOf(Consultation{ID: id}, c, a)}
		if a.Verdict != "" {
			f.Verdict = a.Verdict.Name() + "\u00a0: " + a.Reason
		}
		out[p.ID] = f
	}
	return out, nil
}

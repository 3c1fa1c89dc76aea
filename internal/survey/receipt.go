package survey

import (
	"context"
	"encoding/json"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/mail"
)

// RegisterJobs gives a worker what follows a validation.
func (m *Room) RegisterJobs(c *jobs.Config) {
	c.Handlers[validatedJob] = jobs.Handler{Do: func(ctx context.Context, j jobs.Job) error {
		var a versionArgs
		if err := json.Unmarshal(j.Args, &a); err != nil {
			return jobs.Permanent(err)
		}
		return m.passOn(ctx, j, a)
	}}
}

// passOn tells the rooms that come before what a version says, and sends its
// receipt. It ends the job in the transaction of its effects: a worker that dies
// and another that takes over do them once.
func (m *Room) passOn(ctx context.Context, j jobs.Job, a versionArgs) (err error) {
	defer apperr.Wrap(&err, "survey.passOn(%s, %d)", a.Response, a.Seq)
	v, err := VersionAt(ctx, m.DB, a.Response, a.Seq)
	if err != nil {
		return err
	}
	r, err := FindResponse(ctx, m.DB, a.Response)
	if err != nil {
		return err
	}
	p, err := m.PathOf(ctx, m.DB, v.Form, v.FormVersion, r.Kind)
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// A correction that came meanwhile has a job of its own: the older version
		// must not come after it.
		var last int64
		if err := tx.QueryRow(ctx, `SELECT seq FROM response WHERE id = $1`, r.ID).Scan(&last); err != nil {
			return err
		}
		if m.Pass != nil && last == a.Seq {
			if err := m.Pass(ctx, tx, Validated{Response: r, Form: p.Form, Answers: v.Map(), Seq: a.Seq}); err != nil {
				return err
			}
		}
		seats, err := Seats(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		from, err := m.senderOf(ctx, tx, r)
		if err != nil {
			return err
		}
		for _, s := range seats {
			if s.Role == Colleague || !s.EndedAt.IsZero() || s.OpenedAt.IsZero() || s.Email == "" {
				continue
			}
			if _, err := m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: mailPrefix + r.ID + "/receipt/" + itoa(a.Seq) + "/" + s.ID, To: mail.Address{Name: s.Name, Email: s.Email},
				Person: "seat:" + s.ID, FromName: from.name, ReplyTo: from.reply, Letter: m.receiptLetter(r, s, v, seats), Secret: true, COP: r.COP}); err != nil {
				return err
			}
		}
		if _, err := db.Bump(ctx, tx, Version, m.Now()); err != nil {
			return err
		}
		err = j.Done(ctx, tx)
		return err
	})
}

// WhoIs finds the seat that an id names, among those of a response.
func WhoIs(seats []Seat, id string) (Seat, bool) {
	for _, s := range seats {
		if s.ID == id {
			return s, true
		}
	}
	return Seat{}, false
}

func (m *Room) receiptLetter(r Response, to Seat, v Sealed, seats []Seat) mail.Letter {
	page := m.BaseURL + "/reponses/" + r.ID + "/versions/" + strconv.FormatInt(v.Seq, 10)
	l := mail.Letter{Subject: "Réponse validée\u00a0: votre reçu", Greeting: hello(to),
		Blocks: []mail.Block{mail.Para("La réponse de votre collectivité est validée. Elle compte désormais dans les résultats de la COP\u00a0:"), mail.Quote("Collectivité", r.Name),
			mail.List("version "+strconv.FormatInt(v.Seq, 10)+", validée le "+french.Date(v.At), strconv.Itoa(v.Rated)+" actions évaluées sur "+strconv.Itoa(v.Asked),
				strconv.Itoa(v.Prefilled)+" réponses venues préremplies sur "+strconv.Itoa(len(v.Answers)), "empreinte\u00a0: "+v.SHA256)},
		Reason: "Vous recevez ce reçu parce que vous avez répondu au questionnaire, ou l’avez validé, au nom de votre collectivité."}
	if by, ok := WhoIs(seats, v.By); ok {
		l.Blocks = append(l.Blocks, mail.Quote("Validée par", by.Known()))
	}
	l.Blocks = append(l.Blocks, mail.Link("Lire et imprimer le reçu (PDF sur la page)", page),
		mail.Para("Une erreur\u00a0? Ouvrez une correction depuis le sommaire\u00a0: elle fera une nouvelle version, et celle-ci restera lisible."))
	return m.door(l, "Revenir à la réponse", to)
}

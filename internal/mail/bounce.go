package mail

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// MarkBounce notes that an address does not exist, as a server or a report
// says.
func (o *Outbox) MarkBounce(ctx context.Context, q db.Q, email, code, detail string) (err error) {
	defer apperr.Wrap(&err, "mail.MarkBounce")
	_, err = q.Exec(ctx, `
		INSERT INTO mail_bounce (email, at, times, code, detail)
		VALUES ($1, $2, 1, $3, $4)
		ON CONFLICT (email) DO UPDATE
		SET at = excluded.at, times = mail_bounce.times + 1, code = excluded.code, detail = excluded.detail`,
		strings.ToLower(email), o.Now().UnixMilli(), short(clean(code), 20), short(clean(detail), 500))
	return err
}

// ClearBounce forgets that an address did not exist: it was corrected, or a
// mail arrived there.
func ClearBounce(ctx context.Context, q db.Q, email string) (err error) {
	defer apperr.Wrap(&err, "mail.ClearBounce")
	_, err = q.Exec(ctx, `DELETE FROM mail_bounce WHERE email = $1`, strings.ToLower(email))
	return err
}

func (o *Outbox) bounced(ctx context.Context, tx db.Q, m Kept, code, detail string) error {
	if err := o.MarkBounce(ctx, tx, m.To.Email, code, detail); err != nil {
		return err
	}
	if o.OnBounce == nil {
		return nil
	}
	told, err := HeldIn(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	if len(told) == 0 {
		told = []Kept{m}
	}
	for _, k := range told {
		if err := o.OnBounce(ctx, tx, k); err != nil {
			return err
		}
	}
	return nil
}

// Step finds the addresses of one link of a chain: a person, then the
// organisation, then the team.
type Step func(ctx context.Context, q db.Q) ([]Address, error)

// Reach returns the addresses of the first step that has any that can be
// written to, and which step it was: what is written to an organisation in the
// stead of a person says so. An address that is wrong or has bounced is none.
func Reach(ctx context.Context, q db.Q, chain ...Step) (to []Address, step int, err error) {
	defer apperr.Wrap(&err, "mail.Reach")
	for i, find := range chain {
		found, err := find(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		for _, a := range found {
			email, err := ParseAddress(a.Email)
			if err != nil {
				continue
			}
			var n int64
			if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM mail_bounce WHERE email = $1`, email).Scan(&n); err != nil {
				return nil, 0, err
			}
			if n == 0 {
				to = append(to, Address{Name: a.Name, Email: email})
			}
		}
		if len(to) > 0 {
			return to, i, nil
		}
	}
	return nil, len(chain), apperr.NotFoundf("Aucune adresse électronique ne permet d’écrire à ce destinataire. Complétez ses coordonnées, ou celles de son organisme.")
}

// Report is what a server said, after it had accepted a mail, of one address.
type Report struct {
	Email  string
	Code   string // "5.1.1"
	Detail string
	MailID string // id in the outbox, "" when the report does not show it
}

const maxReport = 1 << 20

// ParseReport reads a delivery report (RFC 3464) as it arrives at the sender's
// address, and returns the addresses that do not exist; a report of a delay, or
// a mail that is no report, holds none.
func ParseReport(r io.Reader) (_ []Report, err error) {
	defer apperr.Wrap(&err, "mail.ParseReport")
	bad := func(err error) error {
		return apperr.New(apperr.Invalid, err, "Ce message ne se lit pas comme un avis de non-remise. Rien n’a été modifié.")
	}
	m, err := mail.ReadMessage(io.LimitReader(r, maxReport))
	if err != nil {
		return nil, bad(err)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/report" || params["boundary"] == "" {
		return nil, nil
	}
	var list []Report
	id := ""
	parts := multipart.NewReader(m.Body, params["boundary"])
	for n := 0; n < 10; n++ {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, bad(err)
		}
		media, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")) // an unreadable type is none of these
		lines := textproto.NewReader(bufio.NewReader(p))
		switch media {
		case "message/delivery-status":
			for {
				h, err := lines.ReadMIMEHeader()
				if found, ok := failed(h); ok {
					list = append(list, found)
				}
				if err != nil || len(h) == 0 {
					break
				}
			}
		case "message/rfc822", "text/rfc822-headers":
			h, _ := lines.ReadMIMEHeader() // cut headers are read as far as they go
			id = idOf(h.Get("Message-Id"))
		}
	}
	for i := range list {
		list[i].MailID = id
	}
	return list, nil
}

func failed(h textproto.MIMEHeader) (Report, bool) {
	_, email, ok := strings.Cut(h.Get("Final-Recipient"), ";")
	if !ok || !strings.EqualFold(strings.TrimSpace(h.Get("Action")), "failed") {
		return Report{}, false
	}
	address, err := ParseAddress(email)
	status := strings.TrimSpace(h.Get("Status"))
	return Report{Email: address, Code: status, Detail: h.Get("Diagnostic-Code")}, err == nil && noSuchAddress(0, status)
}

// Receive reads a report and marks what it says, with the mail it speaks of
// when that went to the same address.
func (o *Outbox) Receive(ctx context.Context, q db.Q, r io.Reader) (n int, err error) {
	list, err := ParseReport(r)
	if err != nil {
		return 0, err
	}
	for _, report := range list {
		err := db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
			// Anyone may send a report: one that does not name a mail of ours to
			// that address is not believed.
			touched, err := tx.Exec(ctx, `
				UPDATE mail_outbox
				SET state = 'bounced', error = $1
				WHERE id = $2 AND to_email = $3 AND state = 'sent'`, short(clean(report.Code+" "+report.Detail), 500), report.MailID, report.Email)
			if err != nil || touched == 0 {
				return err
			}
			n++
			m, err := Find(ctx, tx, report.MailID)
			if err != nil {
				return err
			}
			return o.bounced(ctx, tx, m, report.Code, report.Detail)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

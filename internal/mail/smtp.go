package mail

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"jalon/internal/apperr"
	"jalon/internal/config"
)

// SMTP sends mails through one server. It is safe for concurrent use.
type SMTP struct {
	host  string
	from  string
	opts  []gomail.Option
	now   func() time.Time
	lines chan struct{} // at most so many connections at once
}

const maxConnections = 4

// NewSMTP prepares to send through a server. from is the address that mails
// come from.
func NewSMTP(server config.SMTP, from string, now func() time.Time) (*SMTP, error) {
	sender, err := ParseAddress(from)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "JALON_MAIL_FROM n’est pas une adresse électronique\u00a0: «\u00a0%s\u00a0».", from)
	}
	s := &SMTP{host: server.Host, from: sender, now: now, lines: make(chan struct{}, maxConnections)}
	s.opts = []gomail.Option{gomail.WithTimeout(30 * time.Second), gomail.WithoutNoop()}
	switch server.TLS {
	case config.FullTLS:
		s.opts = append(s.opts, gomail.WithSSL())
	case config.Plain:
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	s.opts = append(s.opts, gomail.WithPort(server.Port))
	if server.User != "" {
		s.opts = append(s.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(server.User), gomail.WithPassword(server.Password))
	}
	return s, nil
}

// Send gives one mail to the server, over a connection of its own.
func (s *SMTP) Send(ctx context.Context, m Kept) error {
	msg, err := message(m, s.from, s.now())
	if err != nil {
		return &Failure{Code: "–", Permanent: true, Cause: err}
	}
	select {
	case s.lines <- struct{}{}:
		defer func() { <-s.lines }()
	case <-ctx.Done():
		return ctx.Err()
	}
	c, err := gomail.NewClient(s.host, s.opts...)
	if err != nil {
		return err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return err // no server, no TLS, a wrong password: the operator's to mend, not this mail's fault
	}
	err = refusal(c.Send(msg))
	if cerr := c.Close(); err != nil || msg.IsDelivered() {
		return err // a server that hangs up after it accepted has accepted
	} else if cerr != nil {
		return cerr
	}
	return errors.New("mail: not delivered, and no reason given")
}

// Raw is a mail as it leaves, headers and all, for a mail reader to open
// (.eml): what the demonstration shows instead of sending.
func Raw(m Kept, from string, at time.Time) (_ []byte, err error) {
	defer apperr.Wrap(&err, "mail.Raw")
	msg, err := message(m, from, at)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = msg.WriteTo(&b)
	return b.Bytes(), err
}

// message is a mail as it leaves. Its Message-ID is the same at each try.
func message(m Kept, from string, at time.Time) (*gomail.Msg, error) {
	_, domain, _ := strings.Cut(from, "@")
	name := m.FromName
	if name == "" {
		name = "Jalon"
	}
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent(), gomail.WithBoundary("jalon-"+m.ID))
	if err := errors.Join(msg.FromFormat(name, from), msg.EnvelopeFrom(from), msg.AddToFormat(m.To.Name, m.To.Email)); err != nil {
		return nil, err
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(m.ReplyTo); err != nil {
			return nil, err
		}
	}
	msg.Subject(short(clean(m.Letter.Subject), 150))
	msg.SetDateWithValue(at)
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.Unsubscribe != "" {
		if err := msg.SetListUnsubscribeOneClick(m.Unsubscribe); err != nil {
			return nil, err
		}
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Letter.Text())
	msg.AddAlternativeString(gomail.TypeTextHTML, m.Letter.HTML())
	return msg, nil
}

// idOf is the outbox's id in a Message-ID of ours.
func idOf(messageID string) string {
	id, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(messageID), "<>"), "@")
	return id
}

// refusal tells what a server refused for good from what may pass later.
func refusal(err error) error {
	var e *gomail.SendError
	if !errors.As(err, &e) || e.ErrorCode() == 0 {
		return err
	}
	code := strconv.Itoa(e.ErrorCode())
	enhanced := e.EnhancedStatusCode()
	return &Failure{
		Code:      strings.TrimSpace(code + " " + enhanced),
		Permanent: e.ErrorCode() >= 500,
		Address:   e.Reason == gomail.ErrSMTPRcptTo && e.ErrorCode() >= 500 && noSuchAddress(e.ErrorCode(), enhanced),
		Cause:     err,
	}
}

// noSuchAddress reads codes of RFC 3463: x.1.* and x.2.1 are about the address;
// a policy, a full box or the sender's fault is not. Without such a code, 550,
// 551 and 553 at RCPT are.
func noSuchAddress(code int, enhanced string) bool {
	if enhanced == "" {
		return code == 550 || code == 551 || code == 553
	}
	switch {
	case strings.HasPrefix(enhanced, "5.1.7"), strings.HasPrefix(enhanced, "5.1.8"): // the sender's address
		return false
	}
	return strings.HasPrefix(enhanced, "5.1.") || enhanced == "5.2.1" || enhanced == "5.4.4"
}

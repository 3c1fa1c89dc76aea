package app

import (
	"context"
	"log/slog"

	"jalon/internal/jobs"
	"jalon/internal/mail"
)

// newWorker makes what works in the background of serve: mails, and what each
// room does from time to time. Without a mail server mails wait, which the log
// says at start; in a demonstration none leaves, even with one.
func (a *App) newWorker() (*jobs.Worker, error) {
	c := jobs.Config{DB: a.DB, Queue: a.queue, Handlers: map[string]jobs.Handler{}, Log: a.Log}
	a.queue.Housekeeping(&c)
	a.national.Register(&c)
	a.knowledge.Register(&c)
	a.survey.RegisterJobs(&c)
	a.survey.RegisterCampaigns(&c)
	a.survey.RegisterPapers(&c)
	a.debateJobs(&c)
	a.action.Aid.RegisterJobs(&c, a.Config.CheckLinks)
	a.follow.FollowUp.RegisterJobs(&c)
	var send mail.Send
	switch {
	case a.demo:
		a.Log.LogAttrs(context.Background(), slog.LevelInfo, "demonstration: no mail leaves")
	case a.Config.SMTP != nil:
		smtp, err := mail.NewSMTP(*a.Config.SMTP, a.Config.MailFrom, a.now)
		if err != nil {
			return nil, err
		}
		send = smtp.Send
	default:
		a.Log.LogAttrs(context.Background(), slog.LevelWarn, "no mail server: mails wait (JALON_SMTP_URL)")
	}
	a.outbox.Register(&c, send)
	a.accounts.Register(&c)
	return jobs.NewWorker(c), nil
}

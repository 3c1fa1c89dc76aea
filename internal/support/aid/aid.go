// Package aid is the catalogue of aids: who helps whom, with what, at which step of a
// project, where and until when; which of them fit an action and why; and what nobody
// helps yet.
package aid

import (
	"context"
	"io"
	"time"

	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/territory"
)

// Tables lists the tables of this room.
func Tables() []db.Table { return nil }

// Version is the name of the version of what the public pages of aids show.
const Version = "aids"

// Room does what people do to aids. Time, ids and randomness are given.
type Room struct {
	DB       *db.DB
	IDs      *db.IDs
	Now      func() time.Time
	Random   io.Reader
	Journal  *journal.Journal
	Cursors  db.Cursors
	Queue    *jobs.Queue
	Outbox   *mail.Outbox
	Accounts *account.Room
	COPs     *cop.Room
	Links    *link.Links
	Intake   *intake.Intake
	Tree     func(ctx context.Context) (*territory.Tree, error)
	// BaseURL is what links in mails begin with.
	BaseURL string
}

// Package debate holds what the rooms of the debate share: who speaks, with an account
// or by an address that they confirmed, what they write, which is moderated before it
// is read, and how they are told what became of it. Working groups, meetings, votes,
// contributions, debates and consultations are the rooms below it.
package debate

import (
	"context"
	"io"
	"time"

	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/territory"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "debate_voice", Order: []string{"id"}, Scope: db.COP, Personal: []string{"email", "name", "account"}, Owner: []string{"email", "account"}, Free: []string{"email", "name"}},
		{Name: "debate_confirmation", Order: []string{"hash"}, Scope: db.Local, Secret: []string{"hash"}},
		{Name: "debate_post", Order: []string{"id"}, Scope: db.COP, Personal: []string{"signed"}, Free: []string{"signed"}},
		{Name: "debate_post_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by", "body"}, Free: []string{"body"}},
	}
}

// Room does what everybody does in the debate. Time, ids and randomness are given.
// The rooms below embed it.
type Room struct {
	DB       *db.DB
	IDs      *db.IDs
	Now      func() time.Time
	Random   io.Reader
	Journal  *journal.Journal
	Cursors  db.Cursors // of lists, and of the addresses that people get by mail
	Queue    *jobs.Queue
	Outbox   *mail.Outbox
	COPs     *cop.Room
	Accounts *account.Room
	Links    *link.Links
	Tree     func(ctx context.Context) (*territory.Tree, error)
	// BaseURL is what links in mails begin with.
	BaseURL string
	// OnConfirm is what a room does once the address under which a thing was left is
	// confirmed, by kind of thing: it says where the thing is read, "" when it is not
	// yet.
	OnConfirm map[string]func(ctx context.Context, tx db.Q, v Voice, thing string) (path string, err error)
	// OnState is what a room does when the state of a post of its kind changes: from
	// says which it was.
	OnState map[Kind]func(ctx context.Context, tx db.Q, p Post, from PostState) error
	// Names says what a link confirms, with its article («votre abonnement à …»), by
	// kind of thing; posts say it themselves.
	Names map[string]func(ctx context.Context, q db.Q, thing string) (string, error)
	// Fates say where posts of a kind are read and what became of them, by their ids.
	Fates map[Kind]func(ctx context.Context, q db.Q, posts []Post) (map[string]Fate, error)
	// Sections are what the rooms show of a voice on its own page, in order.
	Sections []func(ctx context.Context, q db.Q, v Voice) (Section, error)
	// OnErase are what the rooms forget of a voice that is erased, in its transaction;
	// v is the voice as it was.
	OnErase []func(ctx context.Context, tx db.Q, v Voice) error
}

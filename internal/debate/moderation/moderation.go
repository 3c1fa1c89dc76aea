// Package moderation reads what people write before everybody does: the queue, the
// decisions and their reasons, what readers report, appeals, and what is published
// of it all.
package moderation

import (
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "moderation_setting", Order: []string{"cop_id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "moderation_act", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by", "note"}, Free: []string{"note"}},
		{Name: "moderation_mark", Order: []string{"post_id", "what"}, Scope: db.COP},
		{Name: "moderation_appeal", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by", "text", "note"}, Free: []string{"text", "note"}},
		{Name: "moderation_report", Order: []string{"id"}, Scope: db.COP, Personal: []string{"note", "reporter"}, Free: []string{"note", "reporter"}},
	}
}

// Room does what people do here.
type Room struct {
	*debate.Room
}

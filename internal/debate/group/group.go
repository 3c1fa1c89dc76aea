// Package group keeps the working groups of a COP: their mandate, their members by
// college, the bodies that existed before them.
package group

import (
	"strings"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "working_group", Order: []string{"id"}, Scope: db.COP},
		{Name: "working_group_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "working_group_member", Order: []string{"id"}, Scope: db.COP, Personal: []string{"email", "name", "account", "title"}, Owner: []string{"email", "account"}, Free: []string{"name", "title"}},
	}
}

// Version is the name of the version of all that the public pages of groups show.
const Version = "groups"

// Room does what people do here.
type Room struct {
	*debate.Room
}

// Body is what existed before the COP and sits in it as a group, empty for a group
// made for the COP.
type Body string

// body says what such a body is, and which text gives it its mandate.
type body struct {
	code        Body
	short, full string
	rule        string
}

var bodies = []body{
	{"crb", "CRB", "comité régional de la biodiversité", "article L.\u00a0371-3 du code de l’environnement"},
	{"cre", "CRE", "comité régional de l’énergie", "article L.\u00a0141-5-2 du code de l’énergie"},
	{"coreamr", "COREAMR", "commission régionale de l’économie agricole et du monde rural", ""},
	{"crfb", "CRFB", "commission régionale de la forêt et du bois", "article L.\u00a0113-2 du code forestier"},
	{"crhh", "CRHH", "comité régional de l’habitat et de l’hébergement", "article L.\u00a0364-1 du code de la construction et de l’habitation"},
	{"bassin", "comité de bassin", "comité de bassin, qui réunit les usagers de l’eau d’un grand bassin", "article L.\u00a0213-8 du code de l’environnement"},
	{"ctap", "CTAP", "conférence territoriale de l’action publique", "article L.\u00a01111-9-1 du code général des collectivités territoriales"},
	{"ceser", "CESER", "conseil économique, social et environnemental régional", "article L.\u00a04134-1 du code général des collectivités territoriales"},
	{"autre", "autre instance", "autre instance qui existait avant la COP", ""},
}

// Bodies lists the kinds of bodies that existed before, in the order of forms.
func Bodies() []Body {
	out := make([]Body, len(bodies))
	for i, b := range bodies {
		out[i] = b.code
	}
	return out
}

func (b Body) find() body {
	for _, x := range bodies {
		if x.code == b {
			return x
		}
	}
	return body{}
}

// Short is how a body is called, Full what its letters say, Rule the text that
// usually gives it its mandate. All are empty for a group made for the COP.
func (b Body) Short() string { return b.find().short }

// Full is the whole name of a kind of body, in French.
func (b Body) Full() string { return b.find().full }

// Rule is the text of law that such bodies come from, empty when none is known.
func (b Body) Rule() string { return b.find().rule }

// The states of a group.
const (
	Active = "active"
	Closed = "closed"
)

// Group is a working group, or a body that sits as one.
type Group struct {
	ID           string    `json:"id"`
	Rev          int64     `json:"-"`
	COP          string    `json:"cop"`
	Parent       string    `json:"parent"` // the group that it is within, empty for none
	Body         Body      `json:"kind"`
	Name         string    `json:"name"`
	Mandate      string    `json:"mandate"`     // what it is asked; markdown
	Expected     string    `json:"expected"`    // what it must hand in
	Until        string    `json:"until"`       // day, empty when not set
	Rule         string    `json:"rule"`        // the text that gives a body its mandate
	Themes       []string  `json:"themes"`      // ids of the themes of the region
	Levers       []string  `json:"levers"`      // codes
	Departments  []string  `json:"departments"` // codes
	Perimeters   []string  `json:"perimeters"`  // ids
	Secretariat  string    `json:"secretariat"` // the organisation that keeps it
	Contact      string    `json:"contact"`     // generic address
	Part         string    `json:"part"`        // public, internal
	State        string    `json:"state"`
	ClosedOn     string    `json:"closed_on"`
	ClosedReason string    `json:"closed_reason"`
	At           time.Time `json:"-"`
	Members      int64     `json:"-"` // who sits there on the day of the listing
}

// Thing is what a group does and who is in it, as policy sees it: its facilitator
// edits it, whoever leads the only département that it is about too. What everybody
// may read of any group (that it exists, its mandate) asks nothing.
func (g Group) Thing(c cop.COP) policy.Thing {
	t := c.Thing(policy.Group)
	t.Group = g.ID
	if len(g.Departments) == 1 {
		t.Department = g.Departments[0]
	}
	if g.Part == policy.Public {
		t.Part = policy.Public
	}
	return t
}

// desk is Thing for who works there: nobody reads a desk because its group is public.
func (g Group) desk(c cop.COP) policy.Thing {
	t := g.Thing(c)
	t.Part = ""
	return t
}

// Seat is how somebody sits.
const (
	Holder     = "member"
	Substitute = "substitute"
)

// SeatName is the French name of a seat.
func SeatName(s string) string {
	if s == Substitute {
		return "suppléant ou suppléante"
	}
	return "titulaire"
}

// Member is who sits in a group: a person, an organisation, or both.
type Member struct {
	ID         string
	Rev        int64
	COP        string
	Group      string
	Account    string
	Email      string
	Name       string // empty for an organisation whose person is not known yet
	Org        string
	OrgName    string // empty for a person alone
	College    debate.College
	Title      string
	Seat       string
	Department string // code, empty when not known
	Shown      bool   // they agreed that their name be public
	From       string // day
	Until      string // day, empty while it lasts
	At         time.Time
}

// Sits reports whether somebody sits on a day.
func (x Member) Sits(day string) bool {
	return (x.From == "" || x.From <= day) && (x.Until == "" || x.Until >= day)
}

func words(list []string) string { return strings.Join(list, " ") }

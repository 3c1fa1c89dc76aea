// Package knowledge holds what is known of a region before anyone is asked:
// strong points and the good practices made of them, obstacles and what the
// nation answers, notes of expertise. Anyone who works for a region proposes,
// its team retains; an obstacle that the region cannot lift goes up to the
// nation, whose answer comes back down to who raised it.
package knowledge

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	var all []db.Table
	for _, name := range []string{"knowledge_item", "practice_uptake", "obstacle_group", "note"} {
		root := db.Table{Name: name, Order: []string{"id"}, Scope: db.Nation}
		switch name {
		case "knowledge_item":
			root.Personal = []string{"author", "escalated_by"}
		case "note":
			root.Personal = []string{"author", "asked_by", "signature"}
		}
		all = append(all, root, db.Table{Name: name + "_version", Order: []string{"id", "rev"}, Scope: db.Nation, Personal: []string{"by"}})
	}
	return append(all, db.Table{Name: "knowledge_lever", Order: []string{"lever", "item"}, Scope: db.Nation},
		db.Table{Name: "knowledge_word", Order: []string{"word", "at", "item"}, Scope: db.Nation},
		db.Table{Name: "note_file", Order: []string{"note", "n"}, Scope: db.Nation, Personal: []string{"by"}})
}

// Version is the name of the version of all that the public pages of this room
// show.
const Version = "knowledge"

// Room does what people do to what is known. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	Cursors db.Cursors
	Queue   *jobs.Queue
	Outbox  *mail.Outbox
	// BaseURL is what links in mails begin with.
	BaseURL string
	// Slug is the word of a region in addresses.
	Slug func(ctx context.Context, region string) (string, error)
}

// Kind is what an item is.
type Kind string

// The two kinds of items.
const (
	Strength Kind = "strength"
	Obstacle Kind = "obstacle"
)

// Policy is the kind as the table of rights names it.
func (k Kind) Policy() policy.Kind {
	if k == Obstacle {
		return policy.Obstacle
	}
	return policy.Strength
}

// Name is the French name of a kind.
func (k Kind) Name() string {
	if k == Obstacle {
		return "frein"
	}
	return "point fort"
}

// State is where an item, or a note, stands.
type State string

// The states. A merged obstacle stays retained: MergedInto says where it counts.
const (
	Proposed   State = "proposed"
	Incomplete State = "incomplete" // its author was asked to complete it
	Retained   State = "retained"   // public
	SetAside   State = "set_aside"
)

// States lists the states in the order of the team's page.
func States() []State { return []State{Proposed, Incomplete, Retained, SetAside} }

// Name is the French name of a state.
func (s State) Name() string {
	return map[State]string{Proposed: "à examiner", Incomplete: "à compléter", Retained: "retenu", SetAside: "écarté"}[s]
}

// Nature is what sort of thing blocks.
type Nature string

// Natures lists the natures of obstacles with their French names, in the order
// of forms.
func Natures() [][2]string {
	return [][2]string{{"norme", "norme ou procédure"}, {"financement", "financement"}, {"ingenierie", "ingénierie"}, {"foncier", "foncier"},
		{"competences", "compétences et métiers"}, {"donnees", "données"}, {"acceptabilite", "acceptabilité"}}
}

// Levels lists the levels at which an obstacle can be lifted.
func Levels() [][2]string {
	return [][2]string{{"local", "local"}, {"regional", "régional"}, {"national", "national"}}
}

// Conduct is the theme of what is about running a COP rather than a lever.
const Conduct = "conduite"

// Themes lists the themes of items: the six of the plan, and the running of a COP.
func Themes() [][2]string {
	return [][2]string{{"se-deplacer", "Mieux se déplacer"}, {"se-loger", "Mieux se loger"}, {"produire", "Mieux produire"}, {"se-nourrir", "Mieux se nourrir"},
		{"preserver", "Mieux préserver"}, {"consommer", "Mieux consommer"}, {Conduct, "Conduite de la COP"}}
}

// Scales lists the kinds of territory that items are of.
func Scales() [][2]string {
	return [][2]string{{"region", "région"}, {"department", "département"}, {"epci", "intercommunalité"}, {"ept", "établissement public territorial"}, {"commune", "commune"}, {"perimeter", "périmètre de projet"}}
}

// Statuses lists what the nation may answer to an obstacle.
func Statuses() [][2]string {
	return [][2]string{{"attente", "sans réponse"}, {"etude", "à l’étude"}, {"cours", "en cours"}, {"leve", "levé"}, {"partiel", "levé en partie"}, {"regional", "du ressort de la région"}, {"non", "ne sera pas levé"}}
}

// Waiting is the status of an obstacle that nobody answered yet.
const Waiting = "attente"

// Named is the French name of a code of one of the lists above, the code itself
// when it is not there.
func Named(list [][2]string, code string) string {
	for _, x := range list {
		if x[0] == code {
			return x[1]
		}
	}
	return code
}

func known(list [][2]string, code string) bool {
	return slices.ContainsFunc(list, func(x [2]string) bool { return x[0] == code })
}

// Item is a strong point or an obstacle.
type Item struct {
	ID           string    `json:"id"`
	Rev          int64     `json:"-"`
	Kind         Kind      `json:"kind"`
	Region       string    `json:"region"`
	Department   string    `json:"department"` // of its territory, empty for a region or several
	Org          string    `json:"org"`        // authority for which its author wrote
	Author       string    `json:"author"`     // account, empty for what came otherwise
	Origin       string    `json:"origin"`     // what it was made from, empty for a person's own word
	Organisation string    `json:"organisation"`
	Raiser       string    `json:"-"` // who counts as having raised it: see raiserOf
	Territory    string    `json:"territory"`
	Scale        string    `json:"scale"`
	Theme        string    `json:"theme"`
	Levers       []string  `json:"levers"`
	Title        string    `json:"title"`
	Text         string    `json:"text"`   // markdown: what
	Result       string    `json:"result"` // strong points
	Contact      string    `json:"contact"`
	Replicable   string    `json:"replicable"`
	Evidence     string    `json:"evidence"` // obstacles
	Nature       string    `json:"nature"`
	Level        string    `json:"level"`
	Source       string    `json:"source"`
	Link         string    `json:"link"`
	Day          string    `json:"day"`
	State        State     `json:"state"`
	Said         string    `json:"said"`   // what the team last said of it
	Shared       bool      `json:"shared"` // with the other regions: a good practice
	MergedInto   string    `json:"merged_into"`
	Group        string    `json:"group"`
	Home         string    `json:"home"`
	EscalatedBy  string    `json:"-"` // account of who sent it up
	At           time.Time `json:"-"` // first said
	Ticked       bool      `json:"-"` // from boxes ticked in a questionnaire, that nobody took up
}

// Escalated reports whether an obstacle went up to the nation.
func (x Item) Escalated() bool { return x.Home != "" }

// raiserOf is who counts as having raised an item: the organisation that says
// so, else the person; a job's origin when it names neither.
func raiserOf(x Item, fold func(string) string) string {
	switch {
	case x.Org != "":
		return "org:" + x.Org
	case x.Organisation != "":
		return "nom:" + x.Region + ":" + fold(x.Organisation) // two regions may have a «service instructeur» each
	case x.Author != "":
		return "personne:" + x.Author
	}
	return "origine:" + x.Origin
}

// Thing is an item as policy sees it, in the COPs of its region.
func (x Item) Thing(cops []string) policy.Thing {
	t := policy.Thing{Kind: x.Kind.Policy(), COPs: cops, Department: x.Department, Org: x.Org, Author: x.Author}
	if x.State == Retained {
		t.Part = policy.Public
	}
	return t
}

// split reads codes that a column holds side by side.
func split(text string) []string { return strings.Fields(text) }

// Package action is the register of the actions of a COP: who carries what, where,
// when, with which money; whether it is new and structuring, as the grid of the COP
// asks; what it brings to each lever; and how it goes from a proposal to the list that
// both heads retain. What is said of an action is one document, read whole, changed
// whole, each version kept; the columns and tables beside it are made from it again at
// each change, so that lists and sums are read in one statement.
package action

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return append([]db.Table{
		{Name: "action", Order: []string{"id"}, Scope: db.COP, Personal: []string{"author", "body"}, Free: []string{"body"}},
		{Name: "action_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by", "body"}, Free: []string{"body"}},
		{Name: "action_lever", Order: []string{"action_id", "lever"}, Scope: db.COP},
		{Name: "action_place", Order: []string{"action_id", "territory"}, Scope: db.COP},
		{Name: "action_impact", Order: []string{"action_id", "lever"}, Scope: db.COP},
		{Name: "action_relation", Order: []string{"action_id", "other", "kind"}, Scope: db.COP},
		{Name: "action_word", Order: []string{"word", "action_id"}, Scope: db.COP},
		{Name: "action_view", Order: []string{"id"}, Scope: db.COP, Personal: []string{"person"}, Owner: []string{"person"}},
		{Name: "action_listing", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "action_pair", Order: []string{"a", "b"}, Scope: db.COP, Personal: []string{"by", "reason", "body"}, Free: []string{"reason", "body"}},
		{Name: "action_cross", Order: []string{"cop_id", "code"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "action_overlap", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "action_overlap_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "action_file", Order: []string{"action_id", "sha256"}, Scope: db.COP},
	}, importing()...)
}

// Version is the name of the version of all that the public pages of actions show.
const Version = "actions"

// Room does what people do to actions. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	Cursors db.Cursors
	COPs    *cop.Room
	Links   *link.Links
	// Intake stages the files that teams send; Held reads a person's rights again,
	// and holds them until the transaction ends.
	Intake *intake.Intake
	Held   func(ctx context.Context, tx db.Q, person string) (policy.Actor, error)
	// Parties finds organisations of the accounts by their SIREN; Suggest reads a
	// financed project as a lever, by the measure that pays it. Both may be nil.
	Parties func(ctx context.Context, q db.Q) (func(siren string) (Party, bool), error)
	Suggest func(programme, measure, title string) (lever string, ok bool)
	// SIREN gives the number of an organisation by its id, empty for none.
	SIREN func(ctx context.Context, q db.Q) (func(org string) string, error)
	// OnState is what other rooms do when an action moves, in its transaction.
	OnState []func(ctx context.Context, tx db.Q, x Action, from State) error

	alike alike
}

// Kind says whether an action serves a lever or a cross-cutting theme.
type Kind string

// The kinds. A cross-cutting action (transversale) has no kt and is never counted in coverage.
const (
	Sectoral     Kind = "sectoral"
	CrossCutting Kind = "cross"
)

// Name is the French name of a kind.
func (k Kind) Name() string {
	if k == CrossCutting {
		return "transversale"
	}
	return "sectorielle"
}

// State is how far an action is on its way to the list of the COP.
type State string

// The states. Draft is read by its authors alone. Retaining waits for both heads, on a
// list. Pool is the vivier: what the grid does not let in, kept. Merged actions point to
// the one that stands for them.
const (
	Draft     State = "draft"
	Proposed  State = "proposed"
	Qualified State = "qualified"
	Debated   State = "debated"
	Retaining State = "retaining"
	Retained  State = "retained"
	Pool      State = "pool"
	Merged    State = "merged"
	Withdrawn State = "withdrawn"
)

// States lists them in the order of the screens.
func States() []State {
	return []State{Draft, Proposed, Qualified, Debated, Retaining, Retained, Pool, Merged, Withdrawn}
}

var stateNames = map[State]string{Draft: "brouillon", Proposed: "proposée", Qualified: "qualifiée", Debated: "débattue", Retaining: "en attente de validation",
	Retained: "retenue", Pool: "au vivier", Merged: "fusionnée", Withdrawn: "retirée"}

// Name is the French name of a state.
func (s State) Name() string { return stateNames[s] }

// Public reports whether anyone reads an action in this state.
func (s State) Public() bool { return s == Debated || s == Retaining || s == Retained }

// PoolStates are the statuses of the vivier, with their French names.
func PoolStates() [][2]string {
	return [][2]string{{"a_remonter", "à remonter"}, {"a_travailler", "à travailler"}, {"hors_cop_mais_crte", "hors COP mais CRTE"}, {"non_remonte", "non remontée"}}
}

// Phases are those of the project, whatever the COP decides, with their French names.
func Phases() [][2]string {
	return [][2]string{{"idea", "idée"}, {"study", "étude"}, {"operation", "opération"}}
}

// Statuses say how the project goes, with their French names.
func Statuses() [][2]string {
	return [][2]string{{"coming", "à venir"}, {"going", "en cours"}, {"late", "en retard"}, {"paused", "en pause"}, {"blocked", "bloqué"}, {"abandoned", "abandonné"}, {"done", "terminé"}}
}

// Steps are the five step types of an action, with their French names. The last is what
// an authority holds in its own hand: its buildings, fleet, land, purchases.
func Steps() [][2]string {
	return [][2]string{{"decision", "décision stratégique et règles"}, {"study", "étude"}, {"infrastructure", "infrastructure et équipement"},
		{"awareness", "sensibilisation et suivi"}, {"own", "directement à la main de la collectivité"}}
}

// FundingStates say how sure money is, with their French names.
func FundingStates() [][2]string {
	return [][2]string{{"considered", "envisagé"}, {"asked", "demandé"}, {"granted", "accordé"}, {"paid", "versé"}, {"refused", "refusé"}}
}

// Relations are how an action stands to another one, with their French names as read
// from it.
func Relations() [][2]string {
	return [][2]string{{"depends", "dépend de"}, {"part", "fait partie de"}, {"overlaps", "recoupe"}}
}

// Named is the French name of a code in one of these lists, the code when it is not
// there.
func Named(list [][2]string, code string) string {
	if i := slices.IndexFunc(list, func(x [2]string) bool { return x[0] == code }); i >= 0 {
		return list[i][1]
	}
	return code
}

// Party is an organisation that carries or helps an action. Org is its id in the
// accounts, empty when it is not there.
type Party struct {
	Org  string `json:"org,omitempty"`
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"` // of holder, as aids name audiences
	Role string `json:"role,omitempty"` // what a partner does, in words
}

// Place is a territory where an action takes place. Share is its part of the action in
// ten-thousandths; either all places have one and they sum to 10 000, or none has.
type Place struct {
	Territory string `json:"territory"` // department:67, epci:246700488…
	Share     *int64 `json:"share,omitempty"`
}

// Task is something to do.
type Task struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Who   string `json:"who,omitempty"`
	Due   string `json:"due,omitempty"`
	Done  string `json:"done,omitempty"` // the day, empty when it is not
}

// Budget is what an action costs. Missing is nil, never zero. Cents and hundredths of
// full-time people.
type Budget struct {
	Invest    *int64 `json:"invest,omitempty"`
	Operation *int64 `json:"operation,omitempty"` // a year
	FTE       *int64 `json:"fte,omitempty"`
	Note      string `json:"note,omitempty"`
}

// Funding is what one funder brings.
type Funding struct {
	Funder string `json:"funder"`
	Org    string `json:"org,omitempty"`
	Aid    string `json:"aid,omitempty"` // id of an aid of the catalogue
	Amount *int64 `json:"amount,omitempty"`
	State  string `json:"state"`
	Note   string `json:"note,omitempty"`
}

// Indicator is what an action is measured by.
type Indicator struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Unit   string   `json:"unit"`
	Start  *float64 `json:"start,omitempty"`
	Target *float64 `json:"target,omitempty"`
	Year   int      `json:"year,omitempty"` // of the target
	Values []Value  `json:"values,omitempty"`
}

// Value is one value of an indicator.
type Value struct {
	Day    string  `json:"day"`
	V      float64 `json:"v"`
	Class  string  `json:"class"` // of figure.Class: declared, provider, estimated
	Source string  `json:"source,omitempty"`
}

// Met is an obstacle that an action met: in words, or one of the register of obstacles.
type Met struct {
	Text string `json:"text,omitempty"`
	Item string `json:"item,omitempty"`
}

// File is a document joined to an action.
type File struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
	Name   string `json:"name"`
	Title  string `json:"title"`
	Size   int64  `json:"size"`
}

// Relation ties an action to another one.
type Relation struct {
	Kind  string `json:"kind"`
	Other string `json:"other"`
}

// Class says how far what an action brings to a lever is known.
type Class string

// The classes. What is qualitative or not assessed is counted, never as zero kt.
const (
	Quantified  Class = "quantified"
	Qualitative Class = "qualitative"
	Unassessed  Class = "unassessed"
)

// Name is the French name of a class.
func (c Class) Name() string {
	switch c {
	case Quantified:
		return "chiffré"
	case Qualitative:
		return "qualitatif"
	}
	return "non évalué"
}

// Impact is what an action brings to one lever, in kg of CO₂e per year in 2030 against
// 2019, more being better; a negative one is an increase of emissions. Quantity is the
// change in Unit; kg are made from it by the lever's ratio (units per kt), or by the
// action's own factor (kg per unit) with its source.
type Impact struct {
	Lever    string   `json:"lever"`
	Class    Class    `json:"class"`
	Quantity *float64 `json:"quantity,omitempty"`
	Low      *float64 `json:"low,omitempty"` // of Quantity
	High     *float64 `json:"high,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	// Gross is a quantity that does not take off what disappears meanwhile: hedges
	// planted, where the objective counts hedges won.
	Gross bool `json:"gross,omitempty"`
	// Own tells that Factor is the action's, not the lever's ratio.
	Own    bool         `json:"own,omitempty"`
	Factor float64      `json:"factor,omitempty"` // own: kg per unit; else units per kt as read that day
	Source string       `json:"source,omitempty"`
	Kg     *panorama.Kg `json:"kg,omitempty"`
	KgLow  *panorama.Kg `json:"kg_low,omitempty"`
	KgHigh *panorama.Kg `json:"kg_high,omitempty"`
	// Ramp is the part in place at the end of each year, in ten-thousandths of what is
	// there in 2030; empty is a straight line from Starts to Ends.
	Ramp []Ramp `json:"ramp,omitempty"`
	// Outside says why an action that began before the last observed year is not in
	// the observed series; empty when nobody showed it.
	Outside string `json:"outside,omitempty"`
	Object  string `json:"object,omitempty"` // what is made, in words: the same one declared twice is found by it
	By      string `json:"by,omitempty"`     // who computed it, in words
	How     string `json:"how,omitempty"`
	On      string `json:"on,omitempty"`    // the day
	Above   bool   `json:"above,omitempty"` // confirmed above the whole objective
}

// Ramp is one year of it.
type Ramp struct {
	Year int   `json:"year"`
	Part int64 `json:"part"`
}

// Action is one action, as its last version says it.
type Action struct {
	ID     string `json:"id"`
	Rev    int64  `json:"-"`
	COP    string `json:"cop"`
	Cycle  string `json:"cycle"`
	Region string `json:"region"` // code
	Seq    int64  `json:"seq"`    // its number in its COP
	Kind   Kind   `json:"kind"`
	State  State  `json:"state"`
	Author string `json:"author"` // account
	Origin string `json:"origin"` // what it was made from by an import, empty otherwise

	Title   string   `json:"title"`
	Summary string   `json:"summary"`
	Theme   string   `json:"theme"`
	Cross   string   `json:"cross,omitempty"` // of the region's list of cross-cutting themes
	Levers  []string `json:"levers"`          // the first is central
	Places  []Place  `json:"places"`

	Holder    Party   `json:"holder"`
	CoHolders []Party `json:"co_holders,omitempty"`
	Partners  []Party `json:"partners,omitempty"`
	Contact   string  `json:"contact,omitempty"`
	Email     string  `json:"email,omitempty"`
	Referent  string  `json:"referent,omitempty"` // elected

	Step         string `json:"step,omitempty"`
	Starts       string `json:"starts,omitempty"` // 2025, 2025-03 or 2025-03-14
	Ends         string `json:"ends,omitempty"`
	Phase        string `json:"phase,omitempty"`
	Status       string `json:"status,omitempty"`
	StatusReason string `json:"status_reason,omitempty"`
	StatusOn     string `json:"status_on,omitempty"`

	Tasks      []Task      `json:"tasks,omitempty"`
	Budget     Budget      `json:"budget"`
	Funding    []Funding   `json:"funding,omitempty"`
	Indicators []Indicator `json:"indicators,omitempty"`
	Met        []Met       `json:"met,omitempty"`
	Files      []File      `json:"files,omitempty"`
	Relations  []Relation  `json:"relations,omitempty"`
	Impacts    []Impact    `json:"impacts,omitempty"`
	Grid       Grid        `json:"grid"`
	Debate     Debate      `json:"debate,omitzero"`
	// Hidden lists the groups of fields that the public page does not show.
	Hidden []string `json:"hidden,omitempty"`

	PoolState  string    `json:"pool_state,omitempty"` // of the vivier
	MergedInto string    `json:"merged_into,omitempty"`
	List       string    `json:"list,omitempty"` // the list that retained it, or waits to
	RetainedOn string    `json:"retained_on,omitempty"`
	At         time.Time `json:"at"` // written first
	Changed    time.Time `json:"changed"`
}

// Central is the lever that the action is about, empty for a cross-cutting one.
func (x Action) Central() string {
	if x.Kind == CrossCutting || len(x.Levers) == 0 {
		return ""
	}
	return x.Levers[0]
}

// Department is the département where all of the action takes place, empty when it is
// not in one alone or its places are not départements.
func (x Action) Department() string {
	out := ""
	for _, p := range x.Places {
		const prefix = "department:"
		if len(p.Territory) <= len(prefix) || p.Territory[:len(prefix)] != prefix {
			return ""
		}
		d := p.Territory[len(prefix):]
		if out != "" && out != d {
			return ""
		}
		out = cmp.Or(out, d)
	}
	return out
}

// Thing is an action of a COP for the table of rights.
func (x Action) Thing(c cop.COP) policy.Thing {
	t := c.Thing(policy.Action)
	if d := x.Department(); d != "" {
		t.Department = d
	}
	t.Org, t.Author = x.Holder.Org, x.Author
	if x.State.Public() {
		t.Part = policy.Public
	}
	return t
}

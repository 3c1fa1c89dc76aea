package policy

// Role is what a grant lets its holder be.
type Role string

// The roles. An operator keeps this installation; the others are those of a
// COP and of the national team.
const (
	Operator       Role = "operator"
	NationalAdmin  Role = "national_admin"
	NationalReader Role = "national_reader"
	StateChair     Role = "state_chair"
	RegionChair    Role = "region_chair"
	Team           Role = "team"
	DepartmentLead Role = "department_lead"
	Expert         Role = "expert"
	Facilitator    Role = "facilitator"
	Writer         Role = "authority_writer"
	Validator      Role = "authority_validator"
	Participant    Role = "participant"
)

// Who a rule may speak of besides roles.
const (
	anyone     Role = ""
	public     Role = "(public)" // anyone, for what is published
	themselves Role = "(self)"   // the person whom the thing is about
)

// Roles lists the roles in the order of the screens.
func Roles() []Role {
	return []Role{Operator, NationalAdmin, NationalReader, StateChair, RegionChair, Team, DepartmentLead, Expert, Facilitator, Writer, Validator, Participant}
}

// names are the French names of roles.
var names = map[Role]string{
	anyone: "toute personne", public: "toute personne, pour ce qui est publié", themselves: "la personne elle-même",
	Operator: "opérateur", NationalAdmin: "administration nationale", NationalReader: "lecture nationale",
	StateChair: "co-animation, État", RegionChair: "co-animation, Région", Team: "équipe de la COP",
	DepartmentLead: "pilotage départemental", Expert: "expertise", Facilitator: "animation d’un groupe",
	Writer: "rédaction pour une collectivité", Validator: "validation pour une collectivité", Participant: "participation",
}

// Name is the French name of a role.
func (r Role) Name() string { return names[r] }

// Valid reports whether r is one of Roles.
func (r Role) Valid() bool {
	switch r {
	case anyone, public, themselves:
		return false
	}
	return names[r] != ""
}

// Kind is the kind of a thing.
type Kind string

// The kinds of things.
const (
	Reference    Kind = "reference"    // territories, levers, panoramas, figures, exports
	Perimeter    Kind = "perimeter"    // free perimeters
	Cycle        Kind = "cycle"        // a season of COPs and its template
	COP          Kind = "cop"          // the public face of a COP: presentation, stage, contact
	Desk         Kind = "desk"         // the team's desk: what is due, checklist, private calendar
	StageEvent   Kind = "stage_event"  // a dated change of stage
	Validation   Kind = "validation"   // an act that needs both heads
	Delegation   Kind = "delegation"   // who may act for a head
	Document     Kind = "document"     // files of a COP
	Meeting      Kind = "meeting"      // meetings and their attendance
	News         Kind = "news"         // what the team publishes
	Priority     Kind = "priority"     // what a département proposes to its region
	Organisation Kind = "organisation" // authorities, services, companies, associations
	Membership   Kind = "membership"   // a person in an organisation
	Person       Kind = "person"       // somebody's name and address, seen by others
	RoleGrant    Kind = "role_grant"   // a role that somebody holds
	Invitation   Kind = "invitation"   // files of invitations
	Journal      Kind = "journal"      // who did what
	Mail         Kind = "mail"         // letters that leave
	Job          Kind = "job"          // work in the background that failed
	Board        Kind = "board"        // the national board
	Report       Kind = "report"       // points d'étape and national studies
	Metric       Kind = "metric"       // figures declared from before Jalon
	Self         Kind = "self"         // one's own profile, sessions, data
	Plan         Kind = "plan"         // plans of territories and what they aim at
	Strength     Kind = "strength"     // strong points of a region, good practices
	Obstacle     Kind = "obstacle"     // what blocks, and what the nation answers
	Note         Kind = "note"         // notes of expertise

	Questionnaire Kind = "questionnaire" // what is asked: templates, variants
	Campaign      Kind = "campaign"      // sending it to the authorities of a COP, and following them
	Response      Kind = "response"      // the answer of one authority
	Restitution   Kind = "restitution"   // what answers say together

	Objective Kind = "objective" // what a COP puts on the table for a lever, and shares
	Theme     Kind = "theme"     // the themes of a region, those that it puts first, the scores of levers
	Diagnosis Kind = "diagnosis" // the shared diagnosis: its draft and its editions

	Roadmap    Kind = "roadmap"    // the roadmap of a COP: its draft, its editions, its exit points
	FollowUp   Kind = "followup"   // updates of actions, alerts, the review of a year
	Adaptation Kind = "adaptation" // the priorities of adaptation of a département

	Group       Kind = "group"       // working groups, their members and what they do
	Post        Kind = "post"        // what people write in the debate, and its moderation
	Instruction Kind = "instruction" // what becomes of a contribution: who studies it, the verdict
	Debate      Kind = "debate"      // what is put in debate: a question, a lever, a draft

	Action  Kind = "action"  // the register of actions
	Measure Kind = "measure" // what helps a lever, step by step: typical actions, resources
	Aid     Kind = "aid"     // the catalogue of aids
	Need    Kind = "need"    // what nobody helps yet
	Key     Kind = "key"     // what lets a program read and write in somebody's name
)

// Kinds lists every kind, for the tests that walk the table.
func Kinds() []Kind {
	return []Kind{Reference, Perimeter, Cycle, COP, Desk, StageEvent, Validation, Delegation, Document, Meeting, News, Priority,
		Organisation, Membership, Person, RoleGrant, Invitation, Journal, Mail, Job, Board, Report, Metric, Self, Plan, Strength, Obstacle, Note,
		Questionnaire, Campaign, Response, Restitution, Objective, Theme, Diagnosis, Group, Post, Instruction, Debate, Action, Measure, Aid, Need, Key, Roadmap, FollowUp, Adaptation}
}

// Verb is what is done to a thing.
type Verb string

// The verbs. Nothing is ever deleted: what is decided is superseded.
const (
	Read     Verb = "read"
	Create   Verb = "create"
	Edit     Verb = "edit"
	Propose  Verb = "propose"  // an act that needs both heads
	Consent  Verb = "consent"  // to such an act
	Export   Verb = "export"   // a whole list, to a file
	Transfer Verb = "transfer" // somebody's role to somebody else
	Judge    Verb = "judge"    // what others proposed: retain it, set it aside, answer it
)

// Verbs lists every verb, for the tests that walk the table.
func Verbs() []Verb { return []Verb{Read, Create, Edit, Propose, Consent, Export, Transfer, Judge} }

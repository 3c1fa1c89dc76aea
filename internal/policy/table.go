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

// rule lets those who hold a role do some verbs to a kind, within their scope.
type rule struct {
	who   Role
	kind  Kind
	verbs []Verb
}

func v(verbs ...Verb) []Verb { return verbs }

// rules is the whole table; Can, Where and the documentation read it, so they
// cannot differ.
var rules = []rule{
	{anyone, Reference, v(Read, Export)},
	{anyone, Perimeter, v(Read)},
	{anyone, Cycle, v(Read)},
	{anyone, COP, v(Read)},
	{anyone, StageEvent, v(Read)},
	{public, Document, v(Read)},
	{public, Meeting, v(Read)},
	{public, News, v(Read)},
	{themselves, Self, v(Read, Edit, Export)},
	{anyone, Plan, v(Read, Export)},
	{public, Strength, v(Read)},
	{public, Obstacle, v(Read)},
	{public, Note, v(Read)},
	{themselves, Strength, v(Read, Edit)},
	{themselves, Obstacle, v(Read, Edit)},
	{themselves, Note, v(Read, Edit)},
	{anyone, Questionnaire, v(Read)},
	{public, Restitution, v(Read)},
	{public, Objective, v(Read)},
	{public, Theme, v(Read)},
	{public, Diagnosis, v(Read)},
	{public, Roadmap, v(Read)},
	{public, FollowUp, v(Read)},
	{public, Adaptation, v(Read, Export)},
	{public, Group, v(Read)},
	{public, Post, v(Read)},
	{themselves, Post, v(Read, Edit)},
	{public, Debate, v(Read)},
	{public, Action, v(Read, Export)},
	{themselves, Action, v(Read, Edit)},
	{anyone, Measure, v(Read)},
	{anyone, Aid, v(Read, Export)},
	{themselves, Key, v(Read, Create, Edit)},

	{Operator, Perimeter, v(Create, Edit)},
	{Operator, Job, v(Read, Edit)},
	{Operator, Mail, v(Read)},

	{NationalAdmin, Plan, v(Create, Edit)},
	{NationalAdmin, Strength, v(Read, Create, Edit, Judge)},
	{NationalAdmin, Obstacle, v(Read, Create, Edit, Judge, Export)},
	{NationalAdmin, Note, v(Read, Create, Edit, Judge)},
	{NationalAdmin, Perimeter, v(Create, Edit)},
	{NationalAdmin, Cycle, v(Create, Edit)},
	{NationalAdmin, COP, v(Create, Edit)},
	{NationalAdmin, Desk, v(Read)},
	{NationalAdmin, StageEvent, v(Create)},
	{NationalAdmin, Validation, v(Read)},
	{NationalAdmin, Delegation, v(Read)},
	{NationalAdmin, Document, v(Read)},
	{NationalAdmin, Meeting, v(Read)},
	{NationalAdmin, News, v(Read)},
	{NationalAdmin, Priority, v(Read)},
	{NationalAdmin, Organisation, v(Read, Create, Edit, Export)},
	{NationalAdmin, Membership, v(Read, Create, Edit)},
	{NationalAdmin, Person, v(Read)},
	{NationalAdmin, RoleGrant, v(Read, Create, Edit, Transfer)},
	{NationalAdmin, Invitation, v(Read, Create)},
	{NationalAdmin, Journal, v(Read, Export)},
	{NationalAdmin, Mail, v(Read)},
	{NationalAdmin, Board, v(Read, Export)},
	{NationalAdmin, Report, v(Read, Create, Export)},
	{NationalAdmin, Metric, v(Read, Create, Edit)},
	{NationalAdmin, Questionnaire, v(Create, Edit)},
	{NationalAdmin, Campaign, v(Read, Export)},
	{NationalAdmin, Response, v(Read, Export)},
	{NationalAdmin, Restitution, v(Read, Export)},
	{NationalAdmin, Objective, v(Read, Export)},
	{NationalAdmin, Theme, v(Read)},
	{NationalAdmin, Diagnosis, v(Read, Export)},
	{NationalAdmin, Roadmap, v(Read, Export)},
	{NationalAdmin, FollowUp, v(Read, Export)},
	{NationalAdmin, Adaptation, v(Read, Export)},
	{NationalAdmin, Group, v(Read)},
	{NationalAdmin, Post, v(Read, Export)},
	{NationalAdmin, Instruction, v(Read)},
	{NationalAdmin, Debate, v(Read, Export)},
	{NationalAdmin, Action, v(Read, Export)},
	{NationalAdmin, Measure, v(Create, Edit)},
	{NationalAdmin, Aid, v(Create, Edit, Judge)},
	{NationalAdmin, Need, v(Read, Export)},

	{NationalReader, Board, v(Read, Export)},
	{NationalReader, Report, v(Read, Export)},
	{NationalReader, Metric, v(Read)},
	{NationalReader, Organisation, v(Read)},
	{NationalReader, Obstacle, v(Read, Export)},
	{NationalReader, Campaign, v(Read)},
	{NationalReader, Restitution, v(Read, Export)},
	{NationalReader, Objective, v(Read, Export)},
	{NationalReader, Theme, v(Read)},
	{NationalReader, Diagnosis, v(Read, Export)},
	{NationalReader, Roadmap, v(Read, Export)},
	{NationalReader, FollowUp, v(Read, Export)},
	{NationalReader, Adaptation, v(Read, Export)},
	{NationalReader, Action, v(Read, Export)},
	{NationalReader, Need, v(Read, Export)},

	{StateChair, Plan, v(Create, Edit)},
	{StateChair, Strength, v(Read, Create, Edit, Judge)},
	{StateChair, Obstacle, v(Read, Create, Edit, Judge)},
	{StateChair, Note, v(Read, Create, Edit, Judge)},
	{StateChair, COP, v(Edit)},
	{StateChair, Desk, v(Read)},
	{StateChair, StageEvent, v(Create)},
	{StateChair, Validation, v(Read, Propose, Consent)},
	{StateChair, Delegation, v(Read, Create, Edit)},
	{StateChair, Document, v(Read, Create, Edit)},
	{StateChair, Meeting, v(Read, Create, Edit)},
	{StateChair, News, v(Read, Create, Edit)},
	{StateChair, Priority, v(Read, Create, Edit)},
	{StateChair, Organisation, v(Read, Create, Edit)},
	{StateChair, Membership, v(Read, Create, Edit)},
	{StateChair, Person, v(Read)},
	{StateChair, RoleGrant, v(Read, Create, Edit, Transfer)},
	{StateChair, Invitation, v(Read, Create)},
	{StateChair, Journal, v(Read, Export)},
	{StateChair, Board, v(Read)},
	{StateChair, Report, v(Read)},
	{StateChair, Questionnaire, v(Create, Edit)},
	{StateChair, Campaign, v(Read, Create, Edit, Export)},
	{StateChair, Response, v(Read, Create, Edit, Export)},
	{StateChair, Restitution, v(Read, Export)},
	{StateChair, Objective, v(Read, Create, Edit, Propose, Export)},
	{StateChair, Theme, v(Read, Create, Edit, Propose, Export)},
	{StateChair, Diagnosis, v(Read, Create, Edit, Propose, Export)},
	{StateChair, Roadmap, v(Read, Create, Edit, Propose, Export)},
	{StateChair, FollowUp, v(Read, Create, Edit, Propose, Judge, Export)},
	{StateChair, Adaptation, v(Read, Create, Edit, Propose, Export)},
	{StateChair, Group, v(Read, Create, Edit, Export)},
	{StateChair, Post, v(Read, Create, Judge, Export)},
	{StateChair, Instruction, v(Read, Edit, Judge)},
	{StateChair, Debate, v(Read, Create, Edit, Judge, Export)},
	{StateChair, Action, v(Read, Create, Edit, Propose, Judge, Export)},
	{StateChair, Measure, v(Create, Edit)},
	{StateChair, Aid, v(Create, Edit)},
	{StateChair, Need, v(Read, Create, Edit, Export)},

	{RegionChair, Plan, v(Create, Edit)},
	{RegionChair, Strength, v(Read, Create, Edit, Judge)},
	{RegionChair, Obstacle, v(Read, Create, Edit, Judge)},
	{RegionChair, Note, v(Read, Create, Edit, Judge)},
	{RegionChair, COP, v(Edit)},
	{RegionChair, Desk, v(Read)},
	{RegionChair, StageEvent, v(Create)},
	{RegionChair, Validation, v(Read, Propose, Consent)},
	{RegionChair, Delegation, v(Read, Create, Edit)},
	{RegionChair, Document, v(Read, Create, Edit)},
	{RegionChair, Meeting, v(Read, Create, Edit)},
	{RegionChair, News, v(Read, Create, Edit)},
	{RegionChair, Priority, v(Read, Create, Edit)},
	{RegionChair, Organisation, v(Read, Create, Edit)},
	{RegionChair, Membership, v(Read, Create, Edit)},
	{RegionChair, Person, v(Read)},
	{RegionChair, RoleGrant, v(Read, Create, Edit, Transfer)},
	{RegionChair, Invitation, v(Read, Create)},
	{RegionChair, Journal, v(Read, Export)},
	{RegionChair, Board, v(Read)},
	{RegionChair, Report, v(Read)},
	{RegionChair, Questionnaire, v(Create, Edit)},
	{RegionChair, Campaign, v(Read, Create, Edit, Export)},
	{RegionChair, Response, v(Read, Create, Edit, Export)},
	{RegionChair, Restitution, v(Read, Export)},
	{RegionChair, Objective, v(Read, Create, Edit, Propose, Export)},
	{RegionChair, Theme, v(Read, Create, Edit, Propose, Export)},
	{RegionChair, Diagnosis, v(Read, Create, Edit, Propose, Export)},
	{RegionChair, Roadmap, v(Read, Create, Edit, Propose, Export)},
	{RegionChair, FollowUp, v(Read, Create, Edit, Propose, Judge, Export)},
	{RegionChair, Adaptation, v(Read, Create, Edit, Propose, Export)},
	{RegionChair, Group, v(Read, Create, Edit, Export)},
	{RegionChair, Post, v(Read, Create, Judge, Export)},
	{RegionChair, Instruction, v(Read, Edit, Judge)},
	{RegionChair, Debate, v(Read, Create, Edit, Judge, Export)},
	{RegionChair, Action, v(Read, Create, Edit, Propose, Judge, Export)},
	{RegionChair, Measure, v(Create, Edit)},
	{RegionChair, Aid, v(Create, Edit)},
	{RegionChair, Need, v(Read, Create, Edit, Export)},

	{Team, Plan, v(Create, Edit)},
	{Team, Strength, v(Read, Create, Edit, Judge)},
	{Team, Obstacle, v(Read, Create, Edit, Judge)},
	{Team, Note, v(Read, Create, Edit, Judge)},
	{Team, COP, v(Edit)},
	{Team, Desk, v(Read)},
	{Team, StageEvent, v(Create)},
	{Team, Validation, v(Read)},
	{Team, Delegation, v(Read)},
	{Team, Document, v(Read, Create, Edit)},
	{Team, Meeting, v(Read, Create, Edit)},
	{Team, News, v(Read, Create, Edit)},
	{Team, Priority, v(Read, Create, Edit)},
	{Team, Organisation, v(Read, Create, Edit)},
	{Team, Membership, v(Read, Create, Edit)},
	{Team, Person, v(Read)},
	{Team, RoleGrant, v(Read, Create, Edit, Transfer)},
	{Team, Invitation, v(Read, Create)},
	{Team, Journal, v(Read, Export)},
	{Team, Board, v(Read)},
	{Team, Report, v(Read)},
	{Team, Questionnaire, v(Create, Edit)},
	{Team, Campaign, v(Read, Create, Edit, Export)},
	{Team, Response, v(Read, Create, Edit, Export)},
	{Team, Restitution, v(Read, Export)},
	{Team, Objective, v(Read, Create, Edit, Propose, Export)},
	{Team, Theme, v(Read, Create, Edit, Propose, Export)},
	{Team, Diagnosis, v(Read, Create, Edit, Propose, Export)},
	{Team, Roadmap, v(Read, Create, Edit, Propose, Export)},
	{Team, FollowUp, v(Read, Create, Edit, Propose, Judge, Export)},
	{Team, Adaptation, v(Read, Create, Edit, Propose, Export)},
	{Team, Group, v(Read, Create, Edit, Export)},
	{Team, Post, v(Read, Create, Judge, Export)},
	{Team, Instruction, v(Read, Edit, Judge)},
	{Team, Debate, v(Read, Create, Edit, Judge, Export)},
	{Team, Action, v(Read, Create, Edit, Propose, Judge, Export)},
	{Team, Measure, v(Create, Edit)},
	{Team, Aid, v(Create, Edit)},
	{Team, Need, v(Read, Create, Edit, Export)},

	{DepartmentLead, Plan, v(Create, Edit)},
	{DepartmentLead, Strength, v(Read, Create, Edit, Judge)},
	{DepartmentLead, Obstacle, v(Read, Create, Edit, Judge)},
	{DepartmentLead, Note, v(Read, Create, Edit, Judge)},
	{DepartmentLead, COP, v(Edit)},
	{DepartmentLead, Desk, v(Read)},
	{DepartmentLead, StageEvent, v(Create)},
	{DepartmentLead, Validation, v(Read, Propose, Consent)},
	{DepartmentLead, Delegation, v(Read, Create, Edit)},
	{DepartmentLead, Document, v(Read, Create, Edit)},
	{DepartmentLead, Meeting, v(Read, Create, Edit)},
	{DepartmentLead, News, v(Read, Create, Edit)},
	{DepartmentLead, Priority, v(Read, Create, Edit)},
	{DepartmentLead, Organisation, v(Read, Create, Edit)},
	{DepartmentLead, Membership, v(Read, Create, Edit)},
	{DepartmentLead, Person, v(Read)},
	{DepartmentLead, RoleGrant, v(Read, Create, Edit, Transfer)},
	{DepartmentLead, Invitation, v(Read, Create)},
	{DepartmentLead, Journal, v(Read)},
	{DepartmentLead, Campaign, v(Read, Export)},
	{DepartmentLead, Response, v(Read, Create, Edit, Export)},
	{DepartmentLead, Restitution, v(Read, Export)},
	{DepartmentLead, Objective, v(Read, Create, Edit)},
	{DepartmentLead, Theme, v(Read)},
	{DepartmentLead, Diagnosis, v(Read)},
	{DepartmentLead, Roadmap, v(Read)},
	{DepartmentLead, FollowUp, v(Read, Create, Edit, Judge, Export)},
	{DepartmentLead, Adaptation, v(Read, Create, Edit, Propose, Export)},
	{DepartmentLead, Group, v(Read, Create, Edit)},
	{DepartmentLead, Post, v(Read, Judge)},
	{DepartmentLead, Instruction, v(Read, Edit)},
	{DepartmentLead, Debate, v(Read, Create, Edit)},
	{DepartmentLead, Action, v(Read, Create, Edit, Judge, Export)},
	{DepartmentLead, Need, v(Read, Create)},

	{Expert, Desk, v(Read)},
	{Expert, Document, v(Read, Create)},
	{Expert, Meeting, v(Read)},
	{Expert, Strength, v(Read, Create)},
	{Expert, Obstacle, v(Read, Create)},
	{Expert, Note, v(Read, Create)},
	{Expert, Restitution, v(Read)},
	{Expert, Objective, v(Read)},
	{Expert, Theme, v(Read)},
	{Expert, Diagnosis, v(Read)},
	{Expert, Roadmap, v(Read)},
	{Expert, FollowUp, v(Read)},
	{Expert, Adaptation, v(Read)},
	{Expert, Group, v(Read)},
	{Expert, Instruction, v(Read, Edit)},
	{Expert, Debate, v(Read)},
	{Expert, Action, v(Read)},
	{Expert, Need, v(Read)},

	{Facilitator, Document, v(Read, Create)},
	{Facilitator, Meeting, v(Read, Create, Edit)},
	{Facilitator, RoleGrant, v(Read, Create)},
	{Facilitator, Strength, v(Create)},
	{Facilitator, Objective, v(Read)},
	{Facilitator, Theme, v(Read)},
	{Facilitator, Obstacle, v(Create)},
	{Facilitator, Group, v(Read, Edit)},
	{Facilitator, Instruction, v(Read, Edit)},
	{Facilitator, Debate, v(Read, Edit)},

	{Writer, Organisation, v(Read)},
	{Writer, Membership, v(Read)},
	{Writer, Strength, v(Read, Create)},
	{Writer, Obstacle, v(Read, Create)},
	{Writer, Note, v(Read, Create)},
	{Writer, Response, v(Read, Edit)},
	{Writer, Action, v(Read, Create, Edit)},
	{Writer, Need, v(Read, Create)},

	{Validator, Organisation, v(Read, Edit)},
	{Validator, Membership, v(Read, Create, Edit)},
	{Validator, RoleGrant, v(Read, Create, Edit, Transfer)},
	{Validator, Strength, v(Read, Create)},
	{Validator, Obstacle, v(Read, Create)},
	{Validator, Note, v(Read, Create)},
	{Validator, Response, v(Read, Edit, Consent)},
	{Validator, Action, v(Read, Create, Edit)},
	{Validator, Need, v(Read, Create)},

	{Participant, Document, v(Read)},
	{Participant, Meeting, v(Read)},
	{Participant, Group, v(Read)},
	{Participant, Debate, v(Read)},
}

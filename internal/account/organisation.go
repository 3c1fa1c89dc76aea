package account

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// OrgKind is what an organisation is.
type OrgKind string

// The kinds of organisations.
const (
	OrgRegion      OrgKind = "region"
	OrgDepartment  OrgKind = "department"
	OrgMetropole   OrgKind = "metropole"
	OrgCU          OrgKind = "cu"
	OrgCA          OrgKind = "ca"
	OrgCC          OrgKind = "cc"
	OrgEPT         OrgKind = "ept"
	OrgCommune     OrgKind = "commune"
	OrgSyndicat    OrgKind = "syndicat"
	OrgCRTE        OrgKind = "crte"
	OrgMinistry    OrgKind = "ministry"
	OrgPrefecture  OrgKind = "prefecture"
	OrgState       OrgKind = "state"
	OrgOperator    OrgKind = "operator"
	OrgObservatory OrgKind = "observatory"
	OrgMayors      OrgKind = "mayors"
	OrgChamber     OrgKind = "chamber"
	OrgCompany     OrgKind = "company"
	OrgAssociation OrgKind = "association"
	OrgCitizens    OrgKind = "citizens"
)

var orgKindNames = map[OrgKind]string{
	OrgRegion: "région", OrgDepartment: "département", OrgMetropole: "métropole", OrgCU: "communauté urbaine", OrgCA: "communauté d’agglomération",
	OrgCC: "communauté de communes", OrgEPT: "établissement public territorial", OrgCommune: "commune", OrgSyndicat: "syndicat", OrgCRTE: "porteur d’un CRTE",
	OrgMinistry: "ministère ou service national", OrgPrefecture: "préfecture ou sous-préfecture", OrgState: "service de l’État", OrgOperator: "opérateur ou agence",
	OrgObservatory: "observatoire régional", OrgMayors: "association de maires", OrgChamber: "chambre consulaire", OrgCompany: "entreprise",
	OrgAssociation: "association", OrgCitizens: "groupe d’habitants",
}

// OrgKinds lists the kinds in the order of the screens.
func OrgKinds() []OrgKind {
	return []OrgKind{OrgRegion, OrgDepartment, OrgMetropole, OrgCU, OrgCA, OrgCC, OrgEPT, OrgCommune, OrgSyndicat, OrgCRTE, OrgMinistry, OrgPrefecture,
		OrgState, OrgOperator, OrgObservatory, OrgMayors, OrgChamber, OrgCompany, OrgAssociation, OrgCitizens}
}

// Name is the French name of a kind, empty for an unknown one.
func (k OrgKind) Name() string { return orgKindNames[k] }

// Made reports whether teams add organisations of this kind: the others are
// those of the tree of territories.
func (k OrgKind) Made() bool {
	switch k {
	case OrgRegion, OrgDepartment, OrgMetropole, OrgCU, OrgCA, OrgCC, OrgEPT, OrgCommune:
		return false
	}
	return k.Name() != ""
}

// Where an organisation comes from.
const (
	FromTree  = "tree"  // an authority of the tree of territories
	FromTable = "table" // data/organisations.csv
	FromTeam  = "team"  // added by a person
)

// The states of an organisation. What is gone keeps its page, its people and
// its history.
const (
	OrgActive = "active"
	OrgGone   = "gone"
)

// Organisation is an authority, a service of the State, a company, an
// association: who people work for.
type Organisation struct {
	ID         string    `json:"id"` // «commune-67482», «epci-246700488»; made for those of teams
	Rev        int64     `json:"-"`
	Name       string    `json:"name"`
	Kind       OrgKind   `json:"kind"`
	Label      string    `json:"label"` // in the words of its own law: «collectivité territoriale unique»
	Capacities []string  `json:"capacities,omitempty"`
	Territory  string    `json:"territory,omitempty"` // commune:67482, when it decides on one
	SIREN      string    `json:"siren,omitempty"`
	Region     string    `json:"region"`     // of its seat; empty for the nation
	Department string    `json:"department"` // of its seat; empty when it is not of one
	Contact    string    `json:"contact"`    // generic address
	Origin     string    `json:"origin"`
	State      string    `json:"state"`
	At         time.Time `json:"-"`
	GoneAt     time.Time `json:"-"`
	// Reach lists where else it decides, as scale:code, when it is seeded.
	Reach []string `json:"-"`
}

const orgColumns = `o.id, o.rev, o.name, o.kind, o.label, o.capacities, o.territory, o.siren, o.region, o.department, o.contact, o.origin, o.state, o.at, COALESCE(o.gone_at, 0)`

func scanOrg(r interface{ Scan(...any) error }) (o Organisation, err error) {
	var at, gone int64
	var capacities string
	err = r.Scan(&o.ID, &o.Rev, &o.Name, &o.Kind, &o.Label, &capacities, &o.Territory, &o.SIREN, &o.Region, &o.Department, &o.Contact, &o.Origin, &o.State, &at, &gone)
	if capacities != "" {
		o.Capacities = strings.Split(capacities, "|")
	}
	o.At = time.UnixMilli(at).UTC()
	if gone > 0 {
		o.GoneAt = time.UnixMilli(gone).UTC()
	}
	return o, err
}

// FindOrganisation returns an organisation by its id, whoever asks.
func FindOrganisation(ctx context.Context, q db.Q, id string) (Organisation, error) {
	o, err := scanOrg(q.QueryRow(ctx, `SELECT `+orgColumns+` FROM organisation o WHERE o.id = $1`, id))
	return o, db.OrNotFound(err, "Cet organisme n’existe pas, ou il est réservé à d’autres rôles que les vôtres.")
}

// Thing is an organisation as policy sees it, for one kind of thing of it: in
// the COPs of its home, where it answers and counts.
func (m *Room) Thing(ctx context.Context, q db.Q, o Organisation, kind policy.Kind) (policy.Thing, error) {
	t := policy.Thing{Kind: kind, Department: o.Department, Org: o.ID}
	if o.Region == "" {
		return t, nil
	}
	var err error
	t.COPs, err = m.COPsOf(ctx, q, o.Region)
	return t, err
}

// OrgRights judges an actor over one organisation.
type OrgRights struct {
	home policy.Thing
	read []policy.Thing // home, then wherever else it decides
	by   policy.Actor
}

// Rights reads what an organisation is to an actor. An authority that decides
// beyond its home is read there too, and changed at home alone.
func (m *Room) Rights(ctx context.Context, q db.Q, by policy.Actor, o Organisation) (r OrgRights, err error) {
	r.by = by
	if r.home, err = m.Thing(ctx, q, o, policy.Organisation); err != nil {
		return r, err
	}
	r.read = []policy.Thing{r.home}
	rows, err := q.Query(ctx, `SELECT scale, code FROM organisation_reach WHERE organisation = $1 ORDER BY scale, code`, o.ID)
	reach, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) {
		err = r.Scan(&x[0], &x[1])
		return x, err
	})
	if err != nil {
		return r, err
	}
	for _, x := range reach {
		t := policy.Thing{Org: o.ID}
		if x[0] == "department" {
			t.Department = x[1]
		} else if t.COPs, err = m.COPsOf(ctx, q, x[1]); err != nil {
			return r, err
		}
		r.read = append(r.read, t)
	}
	return r, nil
}

// Can reports whether the actor may do a verb to a kind of thing of the
// organisation.
func (r OrgRights) Can(v policy.Verb, kind policy.Kind) bool {
	if v != policy.Read {
		t := r.home
		t.Kind = kind
		return policy.Can(r.by, v, t)
	}
	for _, t := range r.read {
		t.Kind = kind
		if policy.Can(r.by, v, t) {
			return true
		}
	}
	return false
}

// Check is Can as an error.
func (r OrgRights) Check(v policy.Verb, kind policy.Kind) error {
	if r.Can(v, kind) {
		return nil
	}
	t := policy.Thing{Kind: kind}
	if v != policy.Read && r.Can(policy.Read, kind) {
		return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire ceci, pas de le changer. Rien n’a été enregistré. Adressez-vous à l’équipe de la COP.")
	}
	return policy.Check(policy.Actor{}, policy.Read, t)
}

// Open returns an organisation that an actor may read, with their rights over it.
func (m *Room) Open(ctx context.Context, q db.Q, by policy.Actor, id string) (o Organisation, r OrgRights, err error) {
	defer apperr.Wrap(&err, "account.Open(%s)", id)
	if o, err = FindOrganisation(ctx, q, id); err != nil {
		return o, r, err
	}
	if r, err = m.Rights(ctx, q, by, o); err != nil {
		return o, r, err
	}
	return o, r, r.Check(policy.Read, policy.Organisation)
}

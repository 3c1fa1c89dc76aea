package roadmap

import (
	"context"
	"slices"
	"time"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Commitment is what an organisation validates of an adopted roadmap: its own part in an
// action. It is a word given, never a signature, and it binds no other action.
type Commitment struct {
	ID        string    `json:"id"`
	COP       string    `json:"-"`
	Edition   string    `json:"-"`
	Action    string    `json:"action"`
	ActionRev int64     `json:"action_rev"`
	Title     string    `json:"title"` // of the action, as read
	Org       string    `json:"organisation"`
	OrgName   string    `json:"name"`
	Role      string    `json:"role"`
	SHA256    string    `json:"sha256"` // of the edition
	Words     string    `json:"words,omitempty"`
	By        string    `json:"-"`
	At        time.Time `json:"at"`
}

// Roles are those of an organisation in an action, with their French names.
func Roles() [][2]string {
	return [][2]string{{"holder", "porteur"}, {"co_holder", "co-porteur"}, {"partner", "partenaire"}}
}

const commitmentColumns = `x.id, x.cop_id, x.edition_id, x.action_id, x.action_rev, x.action, x.org, x.org_name, x.role, x.sha256, x.words, x.by, x.at`

func scanCommitment(r interface{ Scan(...any) error }) (x Commitment, err error) {
	var at int64
	err = r.Scan(&x.ID, &x.COP, &x.Edition, &x.Action, &x.ActionRev, &x.Title, &x.Org, &x.OrgName, &x.Role, &x.SHA256, &x.Words, &x.By, &at)
	x.At = time.UnixMilli(at).UTC()
	return x, err
}

// Commitments lists what organisations validated of an edition, by name.
func Commitments(ctx context.Context, q db.Q, edition string) (_ []Commitment, err error) {
	defer apperr.Wrap(&err, "roadmap.Commitments(%s)", edition)
	rows, err := q.Query(ctx, `SELECT `+commitmentColumns+` FROM roadmap_commitment x WHERE x.edition_id = $1 ORDER BY x.org_name, x.action, x.id`, edition)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Commitment, error) { return scanCommitment(r) })
	if list == nil {
		list = []Commitment{}
	}
	return list, err
}

// Part is an action of which an organisation may validate its own part.
type Part struct {
	ID, Title, Role string
	Rev             int64
}

// PartsOf lists the retained actions of a COP where an organisation holds or helps.
func PartsOf(ctx context.Context, q db.Q, copID, org string) (out []Part, err error) {
	defer apperr.Wrap(&err, "roadmap.PartsOf(%s, %s)", copID, org)
	everything := func(action.Action) policy.Thing {
		return policy.Thing{Kind: policy.Action, COPs: []string{copID}, Org: org, Part: policy.Public}
	}
	for x, err := range action.Each(ctx, q, policy.Actor{}, everything, copID) {
		if err != nil {
			return nil, err
		}
		if role := roleOf(x, org); role != "" && x.State == action.Retained {
			out = append(out, Part{x.ID, x.Title, role, x.Rev})
		}
	}
	return out, nil
}

func roleOf(x action.Action, org string) string {
	is := func(p action.Party) bool { return p.Org == org }
	switch {
	case org == "":
		return ""
	case x.Holder.Org == org:
		return "holder"
	case slices.ContainsFunc(x.CoHolders, is):
		return "co_holder"
	case slices.ContainsFunc(x.Partners, is):
		return "partner"
	}
	return ""
}

// MayCommit reports whether somebody speaks for an organisation here: its writers and its
// validators, and nobody for another one.
func MayCommit(a policy.Actor, org string) bool {
	return org != "" && a.Holds(policy.Thing{Kind: policy.Roadmap, Org: org}, policy.Writer, policy.Validator)
}

var errNotInForce = apperr.Conflictf("Cette édition n’est pas en vigueur\u00a0: elle n’est pas adoptée, ou elle est retirée. Rien n’a été enregistré.")

// Commit records that an organisation validates its own part in an action of an adopted
// edition, once. digest is the one that the page showed: another one is a conflict.
func (m *Room) Commit(ctx context.Context, a policy.Actor, e composition.Edition, org, actionID, digest, words string) (x Commitment, err error) {
	defer apperr.Wrap(&err, "roadmap.Commit(%s)", e.ID)
	if !MayCommit(a, org) {
		return x, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	if err := long("words", "Vos mots", words, LongestText, false); err != nil {
		return x, err
	}
	switch {
	case e.State != composition.EditionPublished:
		return x, errNotInForce
	case digest != e.SHA256:
		return x, apperr.Conflictf("L’édition que vous avez lue n’est pas celle-ci\u00a0: son empreinte est autre. Rien n’a été enregistré\u00a0: rechargez la page.")
	}
	o, err := account.FindOrganisation(ctx, m.DB, org)
	if err != nil {
		return x, err
	}
	parts, err := PartsOf(ctx, m.DB, e.COP, org)
	if err != nil {
		return x, err
	}
	i := slices.IndexFunc(parts, func(p Part) bool { return p.ID == actionID })
	if i < 0 {
		return x, apperr.Invalidf("Votre organisme n’est ni porteur ni partenaire de cette action, ou elle n’est plus retenue. Rien n’a été enregistré.")
	}
	x = Commitment{COP: e.COP, Edition: e.ID, Action: actionID, ActionRev: parts[i].Rev, Title: parts[i].Title, Org: org, OrgName: o.Name, Role: parts[i].Role, SHA256: e.SHA256, Words: words, By: a.Person, At: m.Now()}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The edition may be withdrawn while this is read.
		held, err := tx.Exec(ctx, `UPDATE composition_edition SET state = state WHERE id = $1 AND state = 'published' AND sha256 = $2`, e.ID, e.SHA256)
		if err != nil {
			return err
		}
		if held == 0 {
			return errNotInForce
		}
		n, err := db.Insert(ctx, tx, "roadmap_commitment", []string{"id", "cop_id", "edition_id", "action_id", "action_rev", "action", "org", "org_name", "role", "sha256", "words", "by", "at"},
			[][]any{{x.ID, x.COP, x.Edition, x.Action, x.ActionRev, x.Title, x.Org, x.OrgName, x.Role, x.SHA256, x.Words, x.By, x.At.UnixMilli()}}, "ON CONFLICT (edition_id, action_id, org) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Votre organisme a déjà validé sa part dans cette action\u00a0: rien n’a été ajouté.")
		}
		return m.record(ctx, tx, a.Person, "create", "roadmap_commitment", x.ID, x.ActionRev, x.COP)
	})
	return x, err
}

package account

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// OrgInput is what a person gives of an organisation: all that they see in the
// form. Of one that the tree or a table brings, only Contact is theirs.
type OrgInput struct {
	Name       string
	Kind       OrgKind
	SIREN      string
	Region     string
	Department string
	Contact    string
	Gone       bool
	Reason     string
}

// OrgFault is what is wrong in one field of the form.
type OrgFault struct{ Field, Message string }

// OrgFaults are all that is wrong in a form.
type OrgFaults []OrgFault

// Error is the sentence of the first fault.
func (f OrgFaults) Error() string { return f[0].Message }

// Unwrap makes faults an invalid input.
func (f OrgFaults) Unwrap() error { return apperr.Invalidf("%s", f.Error()) }

func (in *OrgInput) clean() {
	for _, s := range []*string{&in.Name, &in.SIREN, &in.Region, &in.Department, &in.Contact, &in.Reason} {
		*s = strings.TrimSpace(*s)
	}
	in.SIREN = strings.Join(strings.Fields(in.SIREN), "")
}

// judge tells all that is wrong; whole also judges what only teams' own have.
func (m *Room) judge(ctx context.Context, in *OrgInput, whole bool) error {
	in.clean()
	var faults OrgFaults
	fault := func(field, format string, args ...any) {
		faults = append(faults, OrgFault{field, apperr.Message(apperr.Invalidf(format, args...))})
	}
	if in.Contact != "" {
		email, err := Address(in.Contact)
		if err != nil {
			fault("contact", "«\u00a0%s\u00a0» n’est pas une adresse électronique.", in.Contact)
		} else {
			in.Contact = email
		}
	}
	if utf8.RuneCountInString(in.Reason) > 500 {
		fault("reason", "Dites-le en 500 caractères au plus.")
	}
	if !whole {
		return asError(faults)
	}
	switch {
	case in.Name == "":
		fault("name", "Écrivez le nom de l’organisme.")
	case utf8.RuneCountInString(in.Name) > 200 || french.Fold(in.Name) == "":
		fault("name", "Le nom s’écrit en lettres, 200 caractères au plus.")
	}
	if !in.Kind.Made() {
		fault("kind", "Choisissez le type dans la liste\u00a0: les collectivités viennent du découpage officiel et ne se créent pas ici.")
	}
	if in.SIREN != "" && !french.ValidSIREN(in.SIREN) {
		fault("siren", "Un SIREN a neuf chiffres, dont le dernier vérifie les autres\u00a0: celui-ci contient une erreur.")
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return err
	}
	if in.Region != "" {
		if _, err := tree.Region(in.Region); err != nil {
			fault("region", "Cette région n’existe pas.")
		}
	}
	if in.Department != "" {
		d, err := tree.Dept(in.Department)
		switch {
		case err != nil:
			fault("department", "Ce département n’existe pas.")
		case in.Region == "":
			in.Region = d.Region
		case d.Region != in.Region:
			fault("department", "%s n’est pas dans la région choisie.", d.Name)
		}
	}
	return asError(faults)
}

func asError(f OrgFaults) error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func (m *Room) orgVersion(ctx context.Context, tx db.Q, o Organisation, by, reason string) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = db.Insert(ctx, tx, "organisation_version", []string{"id", "rev", "at", "by", "reason", "body"},
		[][]any{{o.ID, o.Rev, m.Now().UnixMilli(), by, reason, string(body)}}, "ON CONFLICT (id, rev) DO NOTHING")
	return err
}

// Home is what a region's COP, that of the newest cycle, is to its organisations:
// whose journal shows an act, who answers, in whose name mails leave.
type Home struct {
	COP     string // id; empty for what is of the nation
	Name    string // «COP régionale, Grand Est»
	Contact string // as the COP shows it: an address or a service
}

func (m *Room) homeOf(ctx context.Context, q db.Q, region string) (Home, error) {
	if region == "" {
		return Home{Name: "Jalon"}, nil
	}
	return m.HomeOf(ctx, q, region)
}

// recordAt writes an act in the journal of the COP where an organisation counts.
func (m *Room) recordAt(ctx context.Context, tx db.Q, by, verb, kind, subject string, rev int64, region string) error {
	home, err := m.homeOf(ctx, tx, region)
	if err != nil {
		return err
	}
	return m.record(ctx, tx, by, verb, kind, subject, rev, home.COP)
}

// CreateOrganisation adds an organisation that no table brings.
func (m *Room) CreateOrganisation(ctx context.Context, by policy.Actor, in OrgInput) (o Organisation, err error) {
	defer apperr.Wrap(&err, "account.CreateOrganisation")
	if policy.Where(by, policy.Create, policy.Organisation).None() {
		return o, policy.Check(by, policy.Create, policy.Thing{Kind: policy.Organisation})
	}
	if err := m.judge(ctx, &in, true); err != nil {
		return o, err
	}
	o = Organisation{Rev: 1, Name: in.Name, Kind: in.Kind, Label: in.Kind.Name(), SIREN: in.SIREN, Region: in.Region, Department: in.Department,
		Contact: in.Contact, Origin: FromTeam, State: OrgActive, At: m.Now()}
	if o.ID, err = m.IDs.New(); err != nil {
		return o, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := m.mayPlace(ctx, tx, by, policy.Create, o); err != nil {
			return err
		}
		if err := m.sameSIREN(ctx, tx, o); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "organisation", orgWritten, [][]any{orgValues(o)}, ""); err != nil {
			return err
		}
		if err := m.orgVersion(ctx, tx, o, by.Person, or(in.Reason, "création")); err != nil {
			return err
		}
		return m.recordAt(ctx, tx, by.Person, "create", "organisation", o.ID, 1, o.Region)
	})
	if db.IsConflict(err) && o.SIREN != "" {
		return o, apperr.New(apperr.Conflict, err, "Un organisme de ce SIREN (%s) vient d’être ajouté. Rien n’a été enregistré\u00a0: cherchez-le dans la liste.", o.SIREN)
	}
	return o, err
}

// mayPlace judges who puts an organisation in a place.
func (m *Room) mayPlace(ctx context.Context, q db.Q, by policy.Actor, v policy.Verb, o Organisation) error {
	t, err := m.Thing(ctx, q, o, policy.Organisation)
	if err != nil || policy.Can(by, v, t) {
		return err
	}
	return apperr.New(apperr.Forbidden, nil, "Votre rôle ne permet pas d’enregistrer un organisme de ce territoire\u00a0: choisissez une région ou un département de votre périmètre. Rien n’a été enregistré.")
}

// sameSIREN refuses a second organisation of one SIREN, and names the first.
func (m *Room) sameSIREN(ctx context.Context, q db.Q, o Organisation) error {
	if o.SIREN == "" {
		return nil
	}
	rows, err := q.Query(ctx, `SELECT `+orgColumns+` FROM organisation o WHERE o.siren = $1 AND o.id <> $2 AND o.state = 'active' ORDER BY o.id`, o.SIREN, o.ID)
	same, err := db.Collect(rows, err, func(r *db.Rows) (Organisation, error) { return scanOrg(r) })
	if err != nil || len(same) == 0 {
		return err
	}
	return OrgFaults{{"siren", "Un organisme de ce SIREN existe déjà\u00a0: " + same[0].Name + " (" + same[0].Label + "). Cherchez-le dans la liste."}}
}

// SaveOrganisation edits an organisation as it was at a revision. One that moved
// since is a conflict: nothing is saved, and the caller shows both versions.
func (m *Room) SaveOrganisation(ctx context.Context, by policy.Actor, id string, rev int64, in OrgInput) (o Organisation, err error) {
	defer apperr.Wrap(&err, "account.SaveOrganisation(%s)", id)
	kept, rights, err := m.Open(ctx, m.DB, by, id)
	if err != nil {
		return o, err
	}
	if err := rights.Check(policy.Edit, policy.Organisation); err != nil {
		return o, err
	}
	if err := m.judge(ctx, &in, kept.Origin == FromTeam); err != nil {
		return o, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE organisation SET rev = rev + 1 WHERE id = $1 AND rev = $2`, id, rev)
		if err != nil {
			return err
		}
		if o, err = FindOrganisation(ctx, tx, id); err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a modifié cet organisme pendant votre saisie. Rien n’a été enregistré\u00a0: comparez les deux versions, puis recommencez.")
		}
		if err := m.mayPlace(ctx, tx, by, policy.Edit, o); err != nil {
			return err
		}
		before := o
		before.Rev--
		if err := m.orgVersion(ctx, tx, before, "", "version reprise"); err != nil { // what was seeded has none
			return err
		}
		if err := m.rewrite(ctx, tx, by, &o, in); err != nil {
			return err
		}
		var gone any
		if !o.GoneAt.IsZero() {
			gone = o.GoneAt.UnixMilli()
		}
		if _, err := tx.Exec(ctx, `
			UPDATE organisation SET name = $2, name_fold = $3, sort_key = $4, kind = $5, label = $6, siren = $7, region = $8, department = $9, contact = $10, state = $11, gone_at = $12
			 WHERE id = $1`, o.ID, o.Name, french.Fold(o.Name), french.SortKey(o.Name), string(o.Kind), o.Label, o.SIREN, o.Region, o.Department, o.Contact, o.State, gone); err != nil {
			return err
		}
		if err := m.orgVersion(ctx, tx, o, by.Person, in.Reason); err != nil {
			return err
		}
		return m.recordAt(ctx, tx, by.Person, "edit", "organisation", o.ID, o.Rev, o.Region)
	})
	return o, err
}

// rewrite puts the form in the row. Who moves an organisation elsewhere must be
// allowed there too.
func (m *Room) rewrite(ctx context.Context, tx db.Q, by policy.Actor, o *Organisation, in OrgInput) error {
	o.Contact = in.Contact
	if o.Origin != FromTeam {
		return nil
	}
	moved := o.Region != in.Region || o.Department != in.Department
	o.Name, o.Kind, o.Label, o.SIREN, o.Region, o.Department = in.Name, in.Kind, in.Kind.Name(), in.SIREN, in.Region, in.Department
	switch {
	case in.Gone && o.State == OrgActive:
		o.State, o.GoneAt = OrgGone, m.Now()
	case !in.Gone && o.State == OrgGone:
		o.State, o.GoneAt = OrgActive, time.Time{}
	}
	if moved {
		if err := m.mayPlace(ctx, tx, by, policy.Create, *o); err != nil {
			return err
		}
	}
	return m.sameSIREN(ctx, tx, *o)
}

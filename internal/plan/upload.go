package plan

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// MaxRows is how many objectives a file that is sent on a page may hold: the
// plans of a large region, several times over.
const MaxRows = 10_000

// RunKind is the kind of the files sent for a region, for intake.
func RunKind(region string) string { return "plans:" + region }

// Place says where the plan of a territory is read: the region and département
// of most of its people, no département when it lies in several.
func Place(ctx context.Context, q db.Q, tree *territory.Tree) func(territory.Ref) (region, department string, err error) {
	return func(ref territory.Ref) (string, string, error) {
		var parts []territory.Part
		if ref.Scale == territory.Perimeter {
			communes, err := territory.MembersOf(ctx, q, tree, ref.Code)
			if err != nil {
				return "", "", err
			}
			parts = tree.PartsOf(communes)
		} else {
			var err error
			if parts, err = tree.Parts(ref); err != nil {
				return "", "", err
			}
		}
		return PlaceOf(ref, parts)
	}
}

// Referee judges whether somebody may bring the plan of a row from the page of a
// region: only its own, and within their rights.
func Referee(ctx context.Context, q db.Q, a policy.Actor, region string) (func(Plan) error, error) {
	cops, err := cop.IDsOfRegion(ctx, q, region)
	if err != nil {
		return nil, err
	}
	return func(p Plan) error {
		switch {
		case p.Region != region:
			return fault("territory", "ce territoire est d’une autre région\u00a0: c’est à elle d’enregistrer son plan")
		case !policy.Can(a, policy.Create, policy.Thing{Kind: policy.Plan, COPs: cops, Department: p.Department}):
			return fault("territory", "vos droits ne vont pas jusqu’aux plans de ce territoire\u00a0: ils s’arrêtent à votre département")
		}
		return nil
	}, nil
}

// FindRun returns a file sent for a region to whoever sent it.
func FindRun(ctx context.Context, q db.Q, a policy.Actor, region, id string) (run intake.Run, err error) {
	defer apperr.Wrap(&err, "plan.FindRun(%s)", id)
	run, err = intake.Find(ctx, q, id)
	if err == nil && (run.Kind != RunKind(region) || a.Person == "" || run.By != a.Person) {
		err = apperr.NotFoundf("Cet import n’existe pas, ou il est à quelqu’un d’autre.")
	}
	return run, err
}

// ApplyRun makes a file real as its sender saw it, all of it or nothing. Rights
// are judged again, row by row, and held until the end.
func (m *Room) ApplyRun(ctx context.Context, a policy.Actor, region, id string, rev int64) (out Applied, err error) {
	defer apperr.Wrap(&err, "plan.ApplyRun(%s)", id)
	run, err := FindRun(ctx, m.DB, a, region, id)
	if err != nil {
		return out, err
	}
	run.Rev = rev
	var rows []Row
	for r, err := range intake.Each[Row](ctx, m.DB, id) {
		if err != nil {
			return out, err
		}
		rows = append(rows, r)
	}
	_, err = m.Intake.Apply(ctx, m.DB, run, true, func(ctx context.Context, tx db.Q) error {
		now, err := m.Held(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		may, err := Referee(ctx, tx, now, region)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := may(r.Plan); err != nil {
				return apperr.New(apperr.Forbidden, err, "%s\u00a0: vos droits ont changé depuis la préparation. Rien n’a été enregistré.", r.Plan.Name)
			}
		}
		out, err = m.Apply(ctx, tx, now, rows, "import du fichier "+run.FileName)
		return err
	})
	return out, err
}

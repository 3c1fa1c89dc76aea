package aid

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
)

// audienceOf is how aids name a kind of organisation; empty for those that they do not.
func audienceOf(k account.OrgKind) string {
	switch k {
	case account.OrgRegion:
		return "region"
	case account.OrgDepartment:
		return "department"
	case account.OrgMetropole, account.OrgCU, account.OrgCA, account.OrgCC, account.OrgEPT:
		return "epci"
	case account.OrgCommune:
		return "commune"
	case account.OrgSyndicat, account.OrgCRTE, account.OrgMinistry, account.OrgPrefecture, account.OrgState, account.OrgOperator, account.OrgChamber:
		return "public-org"
	case account.OrgCompany:
		return "private-sector"
	case account.OrgAssociation, account.OrgObservatory, account.OrgMayors, account.OrgCitizens:
		return "association"
	}
	return ""
}

// WantIn is WantOf, with the kind of who carries the action as the accounts say it, when
// the action does not.
func WantIn(ctx context.Context, q db.Q, x action.Action) (w Want, err error) {
	defer apperr.Wrap(&err, "aid.WantIn(%q)", x.ID)
	w = WantOf(x)
	if w.Holder != "" || x.Holder.Org == "" {
		return w, nil
	}
	o, err := account.FindOrganisation(ctx, q, x.Holder.Org)
	if err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return w, nil
		}
		return w, err
	}
	w.Holder = audienceOf(o.Kind)
	return w, nil
}

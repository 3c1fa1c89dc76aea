package meetings

import (
	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// orgFields are the questions of an invitation to the organisations of a département.
func (d Deps) orgFields(all []territory.Dept, c cop.COP, chosen, wrong string) []ui.Field {
	dept := ui.Field{ID: "of", Label: "Département de leur siège", Type: "select", Required: true, Error: wrong}
	for _, x := range all {
		if x.Region == c.Region && (c.Department() == "" || c.Department() == x.Code) {
			dept.Options = append(dept.Options, ui.Option{Value: x.Code, Label: x.Name, Selected: x.Code == chosen})
		}
	}
	kinds := ui.Field{ID: "invite_kind", Name: "kind", Label: "Lesquels", Type: "checkbox", Help: "Aucun coché\u00a0: tous. Chacun est joint par ses contacts, sinon par son adresse générique."}
	for _, k := range account.OrgKinds() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Label: french.Upper(k.Name())})
	}
	return []ui.Field{dept, kinds}
}

package national

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// Work are the metrics of what the teams do in Jalon.
func Work() Source {
	m := func(key, name, unit string, past Past, rows, definition, leaves string) Metric {
		return Metric{Key: key, Name: name, Unit: unit, Kind: Count, Total: Sum, Past: past, Class: figure.Computed, Rows: rows, Version: 1, Definition: definition, LeavesOut: leaves}
	}
	const outside = "Ce qui s’est fait hors de Jalon n’y est pas."
	return Source{
		Metrics: []Metric{
			m(NewsKey, "Actualités publiées", "actualités", FromRecords, regionPage, "Les actualités que la COP de la région et celles de ses départements ont publiées jusqu’à cette date, et qui le sont encore.", outside),
			m(DocumentsKey, "Documents publics", "documents", FromNights, deskPage, "Les documents publics que la COP de la région et celles de ses départements donnent à lire.", outside),
			m(PendingKey, "Actes en attente", "actes", FromRecords, deskPage, "Les actes proposés qui attendaient encore la validation d’une tête à la fin de ce jour.", outside),
			m("cop/delegations", "Délégations en cours", "délégations", FromRecords, deskPage, "Les délégations données dans Jalon et en vigueur ce jour.", outside),
			m("cop/cop-departementales", "COP départementales", "COP", FromRecords, regionPage, "Les COP de départements ouvertes dans Jalon sous celle de la région.",
				"Celles qui se tiennent sans être ouvertes dans Jalon n’y sont pas\u00a0: plus de 80 se sont tenues en 2025."),
			m("cop/priorites-adoptees", "Priorités adoptées", "priorités", FromNights, regionPage, "Les priorités que les COP départementales ont adoptées, quelle que soit la réponse de la région.", outside),
			{Key: "cop/priorites-reprises", Name: "Priorités reprises", Kind: Rate, Total: RateOfSums, Past: FromNights, Class: figure.Computed, Rows: regionPage, Version: 1,
				Definition: "La part des priorités adoptées par les départements que la région a reprises ou fusionnées.",
				LeavesOut:  "Les priorités qui attendent la réponse de la région comptent au dénominateur. " + outside},
		},
		Read: readWork,
	}
}

func readWork(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
	all, err := cop.InCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	lines, err := cop.ActivityAt(ctx, q, cycle, day, EndOf(day))
	if err != nil {
		return nil, err
	}
	by := map[string]cop.Activity{}
	for _, x := range lines {
		by[x.COP] = x
	}
	const none = "aucune COP départementale n’est ouverte dans Jalon"
	v := Values{}
	for _, c := range all {
		x := by[c.ID] // none of them is a true zero: Jalon holds all there is
		v.Set(NewsKey, c.ID, Counted(x.News))
		v.Set(DocumentsKey, c.ID, Counted(x.Documents))
		v.Set(PendingKey, c.ID, Counted(x.Pending))
		v.Set("cop/delegations", c.ID, Counted(x.Delegations))
		if x.Departments == 0 {
			for _, k := range []string{"cop/cop-departementales", "cop/priorites-adoptees", "cop/priorites-reprises"} {
				v.Set(k, c.ID, Missing(none))
			}
			continue
		}
		v.Set("cop/cop-departementales", c.ID, Counted(x.Departments))
		v.Set("cop/priorites-adoptees", c.ID, Counted(x.Adopted))
		v.Set("cop/priorites-reprises", c.ID, Ratio(x.TakenUp, x.Adopted, "aucune priorité n’est adoptée"))
	}
	return v, nil
}

// People is the metric of who holds a role. region tells the region of a
// département.
func People(region func(ctx context.Context, department string) (string, error)) Source {
	return Source{
		Metrics: []Metric{{Key: PeopleKey, Name: "Personnes à l’œuvre", Unit: "personnes", Kind: Count, Total: Sum, Past: FromRecords, Class: figure.Computed,
			Rows: "/roles", Version: 1, Definition: "Les personnes qui tiennent un rôle sur la région ou l’un de ses départements\u00a0: têtes, équipe, pilotage départemental, expertise, animation.",
			LeavesOut: "Les participants n’y sont pas, ni les rôles donnés pour une collectivité, une organisation ou un groupe. Une personne qui travaille dans deux régions compte dans chacune."}},
		Read: func(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			people, err := account.WorkersAt(ctx, q, EndOf(day))
			if err != nil {
				return nil, err
			}
			by := map[string]map[string]bool{} // region → who, each once
			for _, p := range people {
				code := p.Scope
				if p.ScopeKind == "department" {
					if code, err = region(ctx, p.Scope); err != nil {
						return nil, err
					}
				}
				if by[code] == nil {
					by[code] = map[string]bool{}
				}
				by[code][p.Account] = true
			}
			v := Values{}
			for _, c := range all {
				v.Set(PeopleKey, c.ID, Counted(int64(len(by[c.Region]))))
			}
			return v, nil
		},
	}
}

package plans

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/plan"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// typedAim is an objective as a form gives it, numbers still text.
type typedAim struct {
	plan.Objective
	baseYear, base, targetYear, target string
}

func fromAim(o plan.Objective) typedAim {
	t := typedAim{Objective: o, baseYear: yearText(o.BaseYear), targetYear: yearText(o.TargetYear), target: o.Written}
	if o.Base.Known {
		t.base = plan.Exact(o.Base.V)
	}
	return t
}

func aimFields(fw *framework.Framework, t typedAim) []ui.Field {
	levers := [][2]string{{"", "aucun\u00a0: un indicateur propre au plan"}}
	for _, version := range []string{framework.National, framework.Overseas, framework.March2025} {
		for _, l := range fw.Levers(version) {
			levers = append(levers, [2]string{l.Code, l.Name + unitOf(l) + versionOf(version)})
		}
	}
	lever := choose("lever", "Levier", t.Lever, levers)
	lever.Required = false
	units := [][2]string{}
	found := t.Unit == ""
	for _, u := range plan.Units() {
		units = append(units, [2]string{u, u})
		found = found || u == t.Unit
	}
	if !found {
		units = append(units, [2]string{t.Unit, t.Unit + " (ne se compare pas)"})
	}
	gain := "level"
	if t.Gain {
		gain = "gain"
	}
	return []ui.Field{lever, {ID: "indicator", Label: "Ce que le plan mesure", Value: t.Indicator, Help: "Nécessaire quand l’objectif ne concerne aucun levier."},
		choose("measure", "L’objectif donne", gain, [][2]string{{"level", "le niveau à atteindre"}, {"gain", "ce qui est gagné depuis l’année de départ"}}),
		{ID: "base_year", Label: "Année de départ", Required: true, Value: t.baseYear, Help: "Par exemple 2019."},
		{ID: "base", Label: "Valeur de départ", Type: "number", Value: t.base, Help: "Telle que le plan la donne\u00a0; vide s’il ne la donne pas. Un zéro est une valeur."},
		{ID: "target_year", Label: "Année visée", Required: true, Value: t.targetYear, Help: "Par exemple 2030."},
		{ID: "target", Label: "Valeur visée", Type: "number", Required: true, Value: t.target},
		choose("unit", "Unité", t.Unit, units), {ID: "page", Label: "Page citée", Value: t.Page}}
}

func unitOf(l framework.Lever) string {
	if l.UnitShort == "" {
		return ""
	}
	return " (" + l.UnitShort + ")"
}

func versionOf(version string) string {
	if version == framework.National {
		return ""
	}
	return ", référentiel " + map[string]string{framework.Overseas: "outre-mer", framework.March2025: "de mars 2025"}[version]
}

// aimForm is the form of a new objective, or of the one that the address names.
func (d Deps) aimForm(r *http.Request, fw *framework.Framework, here string, aims []plan.Objective, typed *typedAim, wrong error) (formView, error) {
	f := formView{ID: "objectif", Title: "Ajouter un objectif", Action: here + "/objectifs", Submit: "Ajouter l’objectif"}
	t := typedAim{Objective: plan.Objective{Unit: "ktCO₂e"}}
	id := r.URL.Query().Get("objectif")
	if typed != nil {
		id = typed.ID
	}
	if id != "" {
		found := false
		for _, o := range aims {
			if o.ID == id {
				t, found = fromAim(o), true
			}
		}
		if !found {
			return f, apperr.NotFoundf("Cet objectif n’existe pas, ou il a été retiré.")
		}
		f = formView{ID: "objectif", Title: "Corriger un objectif", Action: here + "/objectifs/" + id, Rev: strconv.FormatInt(t.Rev, 10), Submit: "Enregistrer", Withdraw: true}
	}
	if typed != nil {
		t = *typed
	}
	f.Fields = aimFields(fw, t)
	if typed != nil {
		wrongIn(f.Fields, wrong)
	}
	return f, nil
}

func readAim(r *http.Request, planID string) (t typedAim, err error) {
	unit, _ := plan.ParseUnit(get(r, "unit"))
	t = typedAim{Objective: plan.Objective{Plan: planID, Lever: get(r, "lever"), Indicator: get(r, "indicator"), Gain: get(r, "measure") == "gain", Unit: unit, Page: get(r, "page"), State: "active"},
		baseYear: get(r, "base_year"), base: get(r, "base"), targetYear: get(r, "target_year"), target: get(r, "target")}
	t.Written = t.target
	if t.BaseYear, err = strconv.Atoi(t.baseYear); err != nil {
		return t, &plan.Fault{Field: "base_year", Message: "Écrivez une année en quatre chiffres."}
	}
	if t.TargetYear, err = strconv.Atoi(t.targetYear); err != nil {
		return t, &plan.Fault{Field: "target_year", Message: "Écrivez une année en quatre chiffres."}
	}
	if t.Base.Known = t.base != ""; t.Base.Known {
		if t.Base.V, err = number(t.base); err != nil {
			return t, &plan.Fault{Field: "base", Message: "Écrivez un nombre, comme 1\u202f234,5."}
		}
	}
	if t.Target, err = number(t.target); err != nil {
		return t, &plan.Fault{Field: "target", Message: "Écrivez un nombre, comme 1\u202f234,5."}
	}
	return t, nil
}

func (d Deps) aim(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	region, p, err := d.find(r)
	if err != nil {
		return err
	}
	t, err := readAim(r, p.ID)
	if err == nil {
		err = d.knownLever(r, t.Lever)
	}
	if err == nil {
		_, err = d.Room.AddObjective(r.Context(), d.Q, shell.Actor(r), t.Objective)
	}
	if err != nil && beside(err) {
		return d.showOne(w, r, apperr.Status(err), region, p, nil, &t, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, base(region)+"/"+p.ID+"?fait=1")
}

// knownLever refuses a code that no lever bears: what comes in a form may have
// been written by anybody.
func (d Deps) knownLever(r *http.Request, code string) error {
	if code == "" {
		return nil
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	if _, err := m.Framework().Lever(code); err != nil {
		return &plan.Fault{Field: "lever", Message: "Choisissez un levier de la liste."}
	}
	return nil
}

func (d Deps) aimSave(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	region, p, err := d.find(r)
	if err != nil {
		return err
	}
	was, of, err := plan.FindObjective(r.Context(), d.Q, r.PathValue("objectif"))
	if err == nil && of.ID != p.ID {
		err = apperr.NotFoundf("Cet objectif n’est pas de ce plan.")
	}
	if err != nil {
		return err
	}
	rev, err := strconv.ParseInt(get(r, "rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	t, err := fromAim(was), error(nil)
	if get(r, "do") == "withdraw" {
		t.State = "withdrawn"
	} else if t, err = readAim(r, p.ID); err == nil {
		err = d.knownLever(r, t.Lever)
	}
	t.ID, t.Rev = was.ID, rev
	if err == nil {
		_, err = d.Room.SaveObjective(r.Context(), d.Q, shell.Actor(r), t.Objective, "saisie")
	}
	if err != nil && beside(err) {
		return d.showOne(w, r, apperr.Status(err), region, p, nil, &t, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, base(region)+"/"+p.ID+"?fait=1")
}

package adaptation

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// What applying a row does.
const (
	DoAdd    = "add"
	DoUpdate = "update"
	DoLeave  = "leave"
)

// Incomer is a row of a file as it was judged: what a staged run holds of it.
type Incomer struct {
	Do    string `json:"do"`
	COP   string `json:"cop,omitempty"`
	ID    string `json:"id,omitempty"` // of the draft that it updates
	Rev   int64  `json:"rev,omitempty"`
	Theme string `json:"theme,omitempty"`
	Where string `json:"where,omitempty"` // name of the département
	Input Input  `json:"input"`
}

// RunKind is the kind of the files of priorities of a COP, ColumnsKind that of files
// whose columns wait for a person, for intake.
func RunKind(copID string) string { return "adaptation:" + copID }

// ColumnsKind is the kind of files whose rows are kept as they are until somebody says
// what their columns hold.
func ColumnsKind(copID string) string { return "adaptation-columns:" + copID }

// FindRun returns a file sent for a COP to whoever sent it.
func FindRun(ctx context.Context, q db.Q, a policy.Actor, kind, id string) (run intake.Run, err error) {
	defer apperr.Wrap(&err, "adaptation.FindRun(%s)", id)
	run, err = intake.Find(ctx, q, id)
	if err == nil && (run.Kind != kind || a.Person == "" || run.By != a.Person) {
		err = apperr.NotFoundf("Cet import n’existe pas, ou il est à quelqu’un d’autre.")
	}
	return run, err
}

// MayImport refuses whoever writes no priority in the COP of a département, or, for that
// of a region, in none of its départements.
func MayImport(a policy.Actor, c cop.COP) error { return mayAdd(a, c) }

// Incoming judges the rows of a file for a COP: that of a département, or that of a
// region, whose file goes to each of its départements.
type Incoming struct {
	cop    cop.COP
	tree   *territory.Tree
	frame  *framework.Framework
	cops   map[string]cop.COP // by code of département
	actor  policy.Actor
	known  map[string]Priority // by COP and folded title
	seen   map[string]int      // line of the file, by the same
	levers map[string]string   // by folded name
}

// Judge starts the judgement of a file: what its COPs hold is read now, and read again
// when it is applied.
func (m *Room) Judge(ctx context.Context, q db.Q, a policy.Actor, c cop.COP) (in *Incoming, err error) {
	defer apperr.Wrap(&err, "adaptation.Judge(%s)", c.ID)
	if err := MayImport(a, c); err != nil {
		return nil, err
	}
	model, err := m.Model(ctx)
	if err != nil {
		return nil, err
	}
	in = &Incoming{cop: c, actor: a, tree: model.Tree(), frame: model.Framework(), cops: map[string]cop.COP{}, seen: map[string]int{}, levers: leversOf(model)}
	if c.Department() != "" {
		in.cops[c.Department()] = c
	} else {
		all, err := cop.ListOfRegion(ctx, q, c.Region)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			if x.Parent == c.ID {
				in.cops[x.Department()] = x
			}
		}
	}
	in.known, err = known(ctx, q, c)
	return in, err
}

func leversOf(model *panorama.Model) map[string]string {
	out := map[string]string{}
	for _, l := range model.Framework().Levers(framework.Adaptation) {
		for _, name := range []string{l.Code, l.Name, l.ShortName, l.SourceID} {
			out[french.Fold(name)] = l.Code
		}
	}
	return out
}

// known reads what the COPs of a file hold, by COP and title.
func known(ctx context.Context, q db.Q, c cop.COP) (map[string]Priority, error) {
	rows, err := q.Query(ctx, selected+`WHERE c.id = $1 OR c.parent = $1 ORDER BY p.id`, c.ID)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Priority, error) { return scan(r) })
	out := map[string]Priority{}
	for _, p := range all {
		if key := keyOf(p.COP, p.Title); out[key].ID == "" || out[key].Adopted() {
			out[key] = p
		}
	}
	return out, err
}

func keyOf(copID, title string) string { return copID + "\x1f" + french.Fold(title) }

// Row judges a row by the words of its fields, by their keys: what it would do, and a
// remark, empty for none.
func (in *Incoming) Row(line int, values map[string]string) (x Incomer, remark string, err error) {
	dept, err := in.department(values["department"], values["region"])
	if err != nil {
		return x, "", err
	}
	x.Where = dept.Name
	c, ok := in.cops[dept.Code]
	x.Input.Title = strings.TrimSpace(values["title"])
	switch {
	case !ok && in.cop.Department() != "":
		x.Do = DoLeave
		return x, "laissée\u00a0: elle est du département " + dept.Name + ", pas du vôtre", nil
	case !ok && dept.Region != in.cop.Region:
		x.Do = DoLeave
		return x, "laissée\u00a0: elle est d’une autre région", nil
	case !ok:
		return x, "", fault("department", "Le département "+dept.Name+" n’a pas encore de COP dans ce cycle\u00a0: ouvrez-la d’abord.")
	case mayAdd(in.actor, c) != nil:
		return x, "", fault("department", "Vos droits ne vont pas jusqu’à la COP de ce département.")
	}
	x.COP = c.ID
	remarks := in.read(&x.Input, values)
	if x.Input, x.Theme, err = x.Input.check(in.frame); err != nil {
		return x, "", err
	}
	key := keyOf(c.ID, x.Input.Title)
	if at := in.seen[key]; at > 0 {
		return x, "", fault("title", "Cet intitulé est déjà à la ligne\u00a0"+french.Integer(at)+" du même département\u00a0: gardez-en une, ou distinguez-les.")
	}
	in.seen[key] = line
	x.Do = DoAdd
	if p, ok := in.known[key]; ok {
		x.ID, x.Rev, x.Do = p.ID, p.Rev, DoUpdate
		switch {
		case p.State != cop.PriorityDraft:
			x.Do = DoLeave
			remarks = append(remarks, "laissée\u00a0: cette priorité n’est plus en rédaction ("+p.State.Name()+")")
		case same(p.Input(), x.Input):
			x.Do = DoLeave
		}
	}
	return x, strings.Join(remarks, "\u00a0; "), nil
}

// same reports whether two sheets say the same.
func same(a, b Input) bool {
	ca, cb := a.Cents, b.Cents
	a.Cents, b.Cents = nil, nil
	return a == b && (ca == nil) == (cb == nil) && (ca == nil || *ca == *cb)
}

// read brings words to fields: what no list says stays in words, beside «autre».
func (in *Incoming) read(to *Input, values map[string]string) (remarks []string) {
	to.Text, to.Budget, to.Ends = values["text"], values["budget"], values["ends"]
	for _, f := range Fields() {
		if p := to.words(f.Key); p != nil {
			*p = values[f.Key]
		}
	}
	to.Effect, to.EffectOther = coded(Effects(), effectWords, values["effect"])
	to.Level, to.LevelOther = coded(Levels(), levelWords, values["level"])
	if words := strings.TrimSpace(values["lever"]); words != "" {
		if to.Lever = in.levers[french.Fold(words)]; to.Lever == "" {
			remarks = append(remarks, "le levier «\u00a0"+clip(words)+"\u00a0» n’est pas un des 22\u00a0leviers d’adaptation\u00a0: il est gardé à la fin de la description")
			to.Text = strings.TrimSpace(to.Text + "\n\nLevier, tel que le fichier le dit\u00a0: " + words)
		}
	}
	return remarks
}

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}

// effectWords and levelWords are what files say for a code, folded.
var (
	effectWords = map[string]string{"chaleur": "chaleur", "canicule": "chaleur", "canicules": "chaleur", "vague de chaleur": "chaleur", "hausse des temperatures": "chaleur", "secheresse": "secheresse", "secheresses": "secheresse",
		"inondation": "inondation", "inondations": "inondation", "crues": "inondation", "ruissellement": "ruissellement", "rga": "argiles", "retrait gonflement des argiles": "argiles", "feux de foret": "feux", "feu de foret": "feux", "incendies": "feux",
		"mouvements de terrain": "mouvements", "submersion": "littoral", "submersion marine": "littoral", "erosion": "littoral", "recul du trait de cote": "littoral", "tempetes": "tempetes", "enneigement": "neige"}
	levelWords = map[string]string{"1": "1", "haut": "1", "haute": "1", "elevee": "1", "eleve": "1", "fort": "1", "forte": "1", "priorite 1": "1", "niveau 1": "1", "p1": "1", "2": "2", "moyen": "2", "moyenne": "2", "priorite 2": "2", "niveau 2": "2", "p2": "2",
		"3": "3", "faible": "3", "basse": "3", "priorite 3": "3", "niveau 3": "3", "p3": "3"}
)

// coded finds the code of words: by the list, by what files say, else «autre».
func coded(list [][2]string, said map[string]string, words string) (code, other string) {
	words = strings.TrimSpace(words)
	folded := french.Fold(words)
	if folded == "" {
		return "", ""
	}
	for _, x := range list {
		if x[0] != Other && (french.Fold(x[1]) == folded || x[0] == folded) {
			return x[0], ""
		}
	}
	if c, ok := said[folded]; ok {
		return c, ""
	}
	if r := []rune(words); len(r) > longestShort {
		words = string(r[:longestShort-1]) + "…"
	}
	return Other, words
}

// department finds the département of a row by its code or its name; a file sent for one
// département need not say it.
func (in *Incoming) department(text, region string) (territory.Dept, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		if own := in.cop.Department(); own != "" && (strings.TrimSpace(region) == "" || in.ofRegion(region)) {
			return in.tree.Dept(own)
		}
		return territory.Dept{}, fault("department", "Cette ligne ne dit pas son département.")
	}
	folded := french.Fold(text)
	code := strings.ToUpper(strings.TrimSpace(text))
	if head, _, ok := strings.Cut(code, " "); ok { // «67 – Bas-Rhin»
		code = head
	}
	for _, d := range in.tree.Departments() {
		if french.Fold(d.Name) == folded || d.Code == code || len(code) == 1 && d.Code == "0"+code {
			return d, nil
		}
	}
	return territory.Dept{}, fault("department", "«\u00a0"+clip(text)+"\u00a0» n’est pas un département\u00a0: écrivez son nom ou son numéro.")
}

func (in *Incoming) ofRegion(name string) bool {
	r, err := in.tree.Region(in.cop.Region)
	return err == nil && french.Fold(r.Name) == french.Fold(name)
}

// Applied says what applying a file changed.
type Applied struct{ Added, Changed, Left int }

// ApplyRun makes a file real as its sender saw it, all of it or nothing: new drafts, and
// changes of those that were drafts, at the revision that was judged. What somebody added
// or adopted since is a conflict, so that a file that comes again never makes doubles.
func (m *Room) ApplyRun(ctx context.Context, a policy.Actor, c cop.COP, id string, rev int64) (out Applied, err error) {
	defer apperr.Wrap(&err, "adaptation.ApplyRun(%s)", id)
	run, err := FindRun(ctx, m.DB, a, RunKind(c.ID), id)
	if err != nil {
		return out, err
	}
	if err := MayImport(a, c); err != nil {
		return out, err
	}
	run.Rev = rev
	var rows []Incomer
	for x, err := range intake.Each[Incomer](ctx, m.DB, id) {
		if err != nil {
			return out, err
		}
		rows = append(rows, x)
	}
	reason := "import du fichier " + run.FileName
	_, err = m.Intake.Apply(ctx, m.DB, run, true, func(ctx context.Context, tx db.Q) error {
		now, err := known(ctx, tx, c)
		if err != nil {
			return err
		}
		cops := map[string]cop.COP{}
		for _, x := range rows {
			p, there := now[keyOf(x.COP, x.Input.Title)]
			switch x.Do {
			case DoLeave:
				out.Left++
			case DoAdd:
				if there {
					return apperr.Conflictf("«\u00a0%s\u00a0» a été ajoutée depuis la lecture du fichier\u00a0: rien n’a été enregistré. Envoyez-le de nouveau.", clip(x.Input.Title))
				}
				of, ok := cops[x.COP]
				if !ok {
					if of, err = cop.Find(ctx, tx, x.COP); err != nil {
						return err
					}
					cops[x.COP] = of
				}
				if _, err := m.add(ctx, tx, a, of, x.Input, x.Theme, reason); err != nil {
					return err
				}
				out.Added++
			case DoUpdate:
				if !there || p.ID != x.ID {
					return apperr.Conflictf("«\u00a0%s\u00a0» a changé depuis la lecture du fichier\u00a0: rien n’a été enregistré. Envoyez-le de nouveau.", clip(x.Input.Title))
				}
				if _, err := m.save(ctx, tx, a, x.ID, x.Rev, x.Input, x.Theme, reason); err != nil {
					return err
				}
				out.Changed++
			}
		}
		return nil
	})
	return out, err
}

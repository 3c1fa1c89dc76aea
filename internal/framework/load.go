package framework

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// Load reads the referential from the tables of data/ and checks that it holds
// together: codes are unique, what a row names exists, every lever is known by
// its source. An error names the table and its line.
func Load(fsys fs.FS) (_ *Framework, err error) {
	defer apperr.Wrap(&err, "framework.Load")
	f := &Framework{
		index: map[string]int{}, links: map[string][]Link{},
		targets: map[string][]Target{}, sourceIndex: map[string]int{},
	}
	for _, t := range []struct {
		name string
		row  func(row) error
	}{
		{"sources.csv", f.addSource}, {"sectors.csv", f.addSector}, {"themes.csv", f.addTheme},
		{"workstreams.csv", f.addWorkstream}, {"levers.csv", f.addLever},
		{"crosswalks.csv", f.addLink}, {"targets-national.csv", f.addTarget}, {"glossary.csv", f.addTerm},
	} {
		if err := readTable(fsys, t.name, t.row); err != nil {
			return nil, err
		}
	}
	if err := f.checkWider(); err != nil {
		return nil, err
	}
	for _, check := range []func() error{f.checkTwins, f.checkLoops} {
		if err := check(); err != nil {
			return nil, invalid("crosswalks.csv\u00a0: %s.", apperr.Message(err))
		}
	}
	f.count()
	return f, nil
}

func (f *Framework) addSource(r row) error {
	s := Source{r.get("id"), r.get("title"), r.get("publisher"), r.get("date"), r.get("licence"), r.get("address")}
	if _, dup := f.sourceIndex[s.ID]; dup || s.ID == "" || s.Title == "" {
		return invalid("source «\u00a0%s\u00a0» vide ou en double", s.ID)
	}
	f.sourceIndex[s.ID] = len(f.sources)
	f.sources = append(f.sources, s)
	return nil
}

func (f *Framework) addSector(r row) error {
	s := Sector{Code: r.get("code"), Name: r.get("name")}
	if _, err := f.Sector(s.Code); err == nil || s.Code == "" || s.Name == "" {
		return invalid("secteur «\u00a0%s\u00a0» vide ou en double", s.Code)
	}
	var err error
	if s.Color, err = strconv.Atoi(r.get("color_index")); err != nil {
		return invalid("color_index n’est pas un entier")
	}
	if s.Order, err = strconv.Atoi(r.get("order")); err != nil {
		return invalid("order n’est pas un entier")
	}
	f.sectors = append(f.sectors, s)
	return nil
}

func (f *Framework) addTheme(r row) error {
	t := ThemeInfo{Code: Theme(r.get("code")), Name: r.get("name")}
	if f.hasTheme(t.Code) || t.Code == "" || t.Name == "" {
		return invalid("thématique «\u00a0%s\u00a0» vide ou en double", t.Code)
	}
	var err error
	if t.Order, err = strconv.Atoi(r.get("order")); err != nil {
		return invalid("order n’est pas un entier")
	}
	f.themes = append(f.themes, t)
	return nil
}

func (f *Framework) hasTheme(t Theme) bool {
	return slices.ContainsFunc(f.themes, func(i ThemeInfo) bool { return i.Code == t })
}

func (f *Framework) addWorkstream(r row) (err error) {
	w := Workstream{
		Code: r.get("code"), Name: r.get("name"), Theme: Theme(r.get("theme")),
		Note: r.get("note"), Source: r.get("source"),
	}
	if w.Axes, err = readAxes(r.get("axes")); err != nil {
		return err
	}
	if w.Order, err = strconv.Atoi(r.get("order")); err != nil {
		return invalid("order n’est pas un entier")
	}
	switch {
	case w.Code == "" || w.Name == "" || f.hasWorkstream(w.Code):
		return invalid("chantier «\u00a0%s\u00a0» vide ou en double", w.Code)
	case !f.hasTheme(w.Theme):
		return invalid("thématique «\u00a0%s\u00a0» inconnue", w.Theme)
	}
	f.workstreams = append(f.workstreams, w)
	return f.needSource(w.Source)
}

func (f *Framework) hasWorkstream(code string) bool {
	return slices.ContainsFunc(f.workstreams, func(w Workstream) bool { return w.Code == code })
}

func (f *Framework) addLever(r row) (err error) {
	l := Lever{
		Code: r.get("code"), Version: r.get("version"), SourceID: r.get("source_id"), Name: r.get("name"),
		ShortName: r.get("short_name"), Sector: r.get("sector"), Theme: Theme(r.get("theme")),
		Direction: r.get("direction"), Scope: r.get("scope"), Unit: r.get("unit"), UnitShort: r.get("unit_short"),
		UnitKind: UnitKind(r.get("unit_kind")), Gloss: r.get("gloss"), Workstream: r.get("workstream"),
		Wider: r.get("wider"), Source: r.get("source"),
	}
	if l.Axes, err = readAxes(r.get("axes")); err != nil {
		return err
	}
	if l.Regional, err = readBool(r.get("regional")); err != nil {
		return err
	}
	if l.Territorial, err = readBool(r.get("territorial")); err != nil {
		return err
	}
	if err = f.checkLever(l); err != nil {
		return err
	}
	f.index[l.Code] = len(f.levers)
	f.levers = append(f.levers, l)
	return f.needSource(l.Source)
}

func (f *Framework) checkLever(l Lever) error {
	_, dup := f.index[l.Code]
	_, sectorErr := f.Sector(l.Sector)
	switch {
	case l.Code == "" || l.Name == "" || l.ShortName == "":
		return invalid("levier sans code ou sans nom")
	case dup:
		return invalid("code de levier «\u00a0%s\u00a0» en double", l.Code)
	case !slices.Contains(versionIDs(), l.Version):
		return invalid("référentiel «\u00a0%s\u00a0» inconnu", l.Version)
	case sectorErr != nil && (l.Sector != "" || kilotonnes(l.Version)):
		return invalid("secteur «\u00a0%s\u00a0» inconnu", l.Sector)
	case !f.hasTheme(l.Theme):
		return invalid("thématique «\u00a0%s\u00a0» inconnue", l.Theme)
	case !slices.Contains([]string{"", "up", "down"}, l.Direction):
		return invalid("sens «\u00a0%s\u00a0» inconnu", l.Direction)
	case !slices.Contains([]UnitKind{Quantity, Rate, NoUnit}, l.UnitKind),
		(l.UnitKind == NoUnit) != (l.Unit == ""), (l.Unit == "") != (l.UnitShort == ""), (l.Unit == "") != (l.Direction == ""):
		return invalid("unité, sens et nature de l’unité ne s’accordent pas")
	case l.Workstream != "" && !f.hasWorkstream(l.Workstream):
		return invalid("chantier «\u00a0%s\u00a0» inconnu", l.Workstream)
	}
	for _, o := range f.levers {
		if o.Version == l.Version && o.ShortName == l.ShortName {
			return invalid("nom court «\u00a0%s\u00a0» en double", l.ShortName)
		}
	}
	return nil
}

// checkWider comes after the whole table: a wider lever is below its parts.
func (f *Framework) checkWider() error {
	for _, l := range f.levers {
		if i, ok := f.index[l.Wider]; l.Wider != "" && (!ok || f.levers[i].Version != Wide2026) {
			return invalid("levers.csv : levier élargi «\u00a0%s\u00a0» inconnu", l.Wider)
		}
	}
	return nil
}

func (f *Framework) addLink(r row) error {
	l := Link{
		From: r.get("from"), To: r.get("to"), Kind: LinkKind(r.get("kind")),
		Reason: r.get("reason"), Source: r.get("source"), ToVersion: r.get("to_version"),
	}
	if err := f.checkLink(l); err != nil {
		return err
	}
	f.keepLink(l)
	return nil
}

// checkLink refuses a line of a crosswalk that does not hold by itself.
func (f *Framework) checkLink(l Link) error {
	from, okFrom := f.index[l.From]
	to, okTo := f.index[l.To]
	switch {
	case !slices.Contains([]LinkKind{OneToOne, PartOf, NoMatch}, l.Kind):
		return invalid("sorte de correspondance «\u00a0%s\u00a0» inconnue", l.Kind)
	case !okFrom || (l.Kind == NoMatch) != (l.To == "") || (l.Kind != NoMatch && !okTo):
		return invalid("correspondance de «\u00a0%s\u00a0» à «\u00a0%s\u00a0»\u00a0: levier inconnu", l.From, l.To)
	case l.Reason == "":
		return invalid("correspondance sans raison")
	case !slices.Contains(versionIDs(), l.ToVersion):
		return invalid("référentiel «\u00a0%s\u00a0» inconnu", l.ToVersion)
	case l.Kind != NoMatch && f.levers[to].Version != l.ToVersion,
		f.levers[from].Version == l.ToVersion:
		return invalid("une correspondance relie deux référentiels")
	case slices.ContainsFunc(f.links[l.From], func(o Link) bool {
		return l.To != "" && o.Other(l.From) == l.To || l.To == "" && o.From == l.From && o.To == "" && o.ToVersion == l.ToVersion
	}):
		return invalid("correspondance en double")
	}
	return f.needSource(l.Source)
}

func (f *Framework) addTarget(r row) error {
	t := Target{
		Lever: r.get("lever"), Target: r.get("target"), Value: r.get("value"), Unit: r.get("unit"),
		Year: r.get("year"), BaseYear: r.get("base_year"), Source: r.get("source"), Text: r.get("text"),
	}
	if _, ok := f.index[t.Lever]; !ok {
		return invalid("levier «\u00a0%s\u00a0» inconnu", t.Lever)
	}
	if _, err := strconv.ParseFloat(t.Value, 64); t.Value != "" && err != nil {
		return invalid("valeur «\u00a0%s\u00a0» illisible", t.Value)
	}
	if t.Target == "" || t.Text == "" || (t.Value == "") != (t.Unit == "") {
		return invalid("cible sans nom, sans phrase ou sans unité")
	}
	f.targets[t.Lever] = append(f.targets[t.Lever], t)
	return f.needSource(t.Source)
}

func (f *Framework) addTerm(r row) error {
	t := Term{r.get("term"), r.get("gloss")}
	if _, err := f.Define(t.Term); err == nil || t.Term == "" || t.Gloss == "" {
		return invalid("entrée «\u00a0%s\u00a0» vide ou en double", t.Term)
	}
	f.glossary = append(f.glossary, t)
	return nil
}

func (f *Framework) needSource(id string) error {
	if _, ok := f.sourceIndex[id]; !ok {
		return invalid("source «\u00a0%s\u00a0» inconnue", id)
	}
	return nil
}

func readAxes(s string) ([]string, error) {
	codes := strings.Split(s, "|")
	for i, c := range codes {
		known := slices.ContainsFunc(axes(), func(a Axis) bool { return a.Code == c })
		if !known || slices.Contains(codes[:i], c) {
			return nil, invalid("axe «\u00a0%s\u00a0» inconnu ou en double", c)
		}
	}
	return codes, nil
}

func readBool(s string) (bool, error) {
	switch s {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	return false, invalid("«\u00a0%s\u00a0» n’est ni true ni false", s)
}

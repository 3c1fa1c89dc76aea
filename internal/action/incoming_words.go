package action

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// readLevers makes the names of levers one table: those of the panorama first, then
// those of other lists, brought to the panorama where one lever stands for one.
func (in *Incoming) readLevers() {
	national := framework.National
	if r, err := in.tree.Region(in.Region); err == nil && slices.Contains([]string{"01", "02", "03", "04", "06"}, r.Code) {
		national = framework.Overseas
	}
	versions := []string{national}
	for _, v := range in.frame.Versions() {
		if v.ID != national && v.ID != framework.National && v.ID != framework.Overseas {
			versions = append(versions, v.ID)
		}
	}
	for _, version := range versions {
		added := map[string][]string{}
		for _, l := range in.frame.Levers(version) {
			code := in.ours(l.Code, national)
			for _, name := range []string{l.Name, l.ShortName} {
				if f := french.Fold(name); f != "" && !slices.Contains(added[f], code) {
					added[f] = append(added[f], code)
				}
			}
		}
		for f, codes := range added {
			if _, there := in.levers[f]; !there {
				in.levers[f] = codes
			}
		}
	}
}

// ours is the lever of the panorama that a lever of another list is, one for one; else
// itself.
func (in *Incoming) ours(code, national string) string {
	for _, k := range in.frame.Crosswalk(code) {
		if k.Kind != framework.OneToOne {
			continue
		}
		if l, err := in.frame.Lever(k.Other(code)); err == nil && l.Version == national {
			return l.Code
		}
	}
	return code
}

// readPlaces makes the names of the territories of the region one table.
func (in *Incoming) readPlaces() {
	add := func(name, ref string) {
		if f := french.Fold(name); !slices.Contains(in.places[f], ref) {
			in.places[f] = append(in.places[f], ref)
		}
	}
	if r, err := in.tree.Region(in.Region); err == nil {
		add(r.Name, "region:"+r.Code)
	}
	departments := map[string]bool{}
	for _, d := range in.tree.Departments() {
		if d.Region == in.Region {
			add(d.Name, "department:"+d.Code)
			departments[d.Code] = true
		}
	}
	groups := map[string]bool{}
	for _, c := range in.tree.Communes() {
		if c.Region == in.Region {
			groups[c.EPCI] = true
		}
	}
	for _, g := range in.tree.Groups() {
		if groups[g.SIREN] {
			add(g.Name, "epci:"+g.SIREN)
		}
	}
	for _, c := range in.tree.Communes() {
		if f := french.Fold(c.Name); c.Region == in.Region && len(in.places[f]) == 0 || c.Region == in.Region && !strings.HasPrefix(in.places[f][0], "department:") {
			add(c.Name, "commune:"+c.Code)
		}
	}
}

// open reports whether an import may still change an action in this state.
func (s State) open() bool {
	return s == Draft || s == Proposed || s == Qualified || s == Debated || s == Pool
}

// poolOf reads a status of the vivier, by its code or its name.
func (x Action) poolOf(text string) string { return coded(PoolStates(), text) }

// coded is the code of a word in one of the lists, empty when it is not there.
func coded(list [][2]string, text string) string {
	f := french.Fold(text)
	i := slices.IndexFunc(list, func(x [2]string) bool { return french.Fold(x[0]) == f || french.Fold(x[1]) == f })
	if f == "" || i < 0 {
		return ""
	}
	return list[i][0]
}

// words reads what is chosen in a list: levers, step, phase, status.
func (in *Incoming) words(x *Action, r Received) error {
	for _, t := range []struct {
		field, label, text string
		list               [][2]string
		to                 *string
	}{{"step", "étape-type inconnue", r.Step, Steps(), &x.Step}, {"phase", "phase inconnue", r.Phase, Phases(), &x.Phase}, {"status", "statut inconnu", r.Status, Statuses(), &x.Status}, {"pool", "statut au vivier inconnu", r.Pool, PoolStates(), new(string)}} {
		if strings.TrimSpace(t.text) == "" {
			continue
		}
		if *t.to = coded(t.list, t.text); *t.to != "" {
			continue
		}
		names := make([]string, len(t.list))
		for i, n := range t.list {
			names[i] = n[1]
		}
		return fault(t.field, t.label+"\u00a0: "+strings.Join(names, ", ")+" sont attendus")
	}
	if x.Email != "" {
		if a, err := mail.ParseAddress(x.Email); err != nil || a.Address != x.Email {
			return fault("email", "ce n’est pas une adresse électronique")
		}
	}
	for _, text := range r.Levers {
		codes, err := in.lever(text)
		if err != nil {
			return err
		}
		for _, c := range codes {
			if !slices.Contains(x.Levers, c) {
				x.Levers = append(x.Levers, c)
			}
		}
	}
	return nil
}

// lever reads a code, a name, or several names cut by commas, some of which hold one.
func (in *Incoming) lever(text string) ([]string, error) {
	parts := strings.Split(text, ",")
	var out []string
	for i := 0; i < len(parts); {
		found := ""
		for j := len(parts); j > i && found == ""; j-- {
			name := strings.TrimSpace(strings.Join(parts[i:j], ","))
			codes := in.levers[french.Fold(name)]
			if _, err := in.frame.Lever(name); err == nil {
				codes = []string{name}
			}
			switch len(codes) {
			case 0:
			case 1:
				found, i = codes[0], j
			default:
				return nil, fault("levers", "plusieurs leviers s’appellent «\u00a0"+name+"\u00a0»\u00a0: écrivez le code ("+strings.Join(codes, ", ")+")")
			}
		}
		if found == "" {
			return nil, fault("levers", "levier inconnu\u00a0: «\u00a0"+strings.TrimSpace(parts[i])+"\u00a0». Écrivez son code, ou son nom tel que la page «\u00a0Leviers\u00a0» le donne")
		}
		out = append(out, found)
	}
	return out, nil
}

// where reads the places of an action; elsewhere is true when all of them are in
// another region.
func (in *Incoming) where(x *Action, texts []string) (elsewhere bool, err error) {
	outside := 0
	for _, text := range texts {
		ref, region, err := in.territory(text)
		if err != nil {
			return false, err
		}
		if region != in.Region {
			outside++
			continue
		}
		if !slices.ContainsFunc(x.Places, func(p Place) bool { return p.Territory == ref }) {
			x.Places = append(x.Places, Place{Territory: ref})
		}
	}
	return outside > 0 && len(x.Places) == 0, nil
}

// territory reads a reference, a code, a SIREN or a name of the region.
func (in *Incoming) territory(text string) (ref, region string, err error) {
	text = strings.TrimSpace(text)
	if refs := in.places[french.Fold(text)]; len(refs) == 1 {
		return refs[0], in.Region, nil
	} else if len(refs) > 1 {
		return "", "", fault("places", "plusieurs territoires s’appellent «\u00a0"+text+"\u00a0»\u00a0: écrivez le code INSEE ou le SIREN")
	}
	if parsed, err := territory.ParseRef(text); err == nil {
		return in.inRegion(parsed)
	}
	if c, err := in.tree.Commune(text); err == nil {
		return "commune:" + c.Code, c.Region, nil
	}
	if c, ok := in.tree.Successor(text); ok {
		return "commune:" + c.Code, c.Region, nil
	}
	if len(text) == 4 { // a spreadsheet took the zero of 08105 for nothing
		if c, err := in.tree.Commune("0" + text); err == nil {
			return "commune:" + c.Code, c.Region, nil
		}
	}
	for _, scale := range []territory.Scale{territory.EPCI, territory.EPT, territory.Department} {
		if out, region, err := in.inRegion(territory.Ref{Scale: scale, Code: text}); err == nil {
			return out, region, nil
		}
	}
	return "", "", fault("places", "territoire inconnu dans la région\u00a0: «\u00a0"+text+"\u00a0». Écrivez un code INSEE, un SIREN, ou un nom exact")
}

func (in *Incoming) inRegion(ref territory.Ref) (string, string, error) {
	if _, err := in.tree.Lookup(ref); err != nil {
		return "", "", fault("places", "territoire inconnu\u00a0: «\u00a0"+ref.String()+"\u00a0»")
	}
	parts, err := in.tree.Parts(ref)
	if err != nil || len(parts) == 0 {
		return "", "", fault("places", "ce territoire n’est dans aucune région")
	}
	region := parts[0].Region
	for _, p := range parts {
		if p.Region == in.Region {
			region = in.Region
		}
	}
	return ref.String(), region, nil
}

// holder finds who carries an action by its number, else keeps the name as written.
func (in *Incoming) holder(x *Action, r Received) error {
	x.Holder.Name = strings.Join(strings.Fields(r.Holder), " ")
	if r.SIREN == "" {
		return nil
	}
	if p, ok := in.Party(r.SIREN); ok {
		name := cmp.Or(x.Holder.Name, p.Name)
		x.Holder = p
		if r.Format != "fonds-vert" { // the export writes names in capitals
			x.Holder.Name = name
		}
		return nil
	}
	if x.Holder.Name == "" {
		x.Holder.Name = "SIREN " + r.SIREN
	}
	return nil
}

// origin names what an action was made from: the number of its source, else what
// tells it from others.
func (x Action) origin(r Received) string {
	if r.ID != "" {
		return r.Prefix + ":" + r.ID
	}
	places := make([]string, len(x.Places))
	for i, p := range x.Places {
		places[i] = p.Territory
	}
	slices.Sort(places)
	return r.Prefix + ":#" + digest(x.Title, cmp.Or(r.SIREN, x.Holder.Name), strings.Join(places, " "))
}

func digest(parts ...string) string {
	for i, p := range parts {
		parts[i] = french.Fold(p)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return hex.EncodeToString(sum[:12])
}

func parties(names []string) (out []Party) {
	for _, n := range names {
		if n = strings.Join(strings.Fields(n), " "); n != "" && !slices.ContainsFunc(out, func(p Party) bool { return p.Name == n }) {
			out = append(out, Party{Name: clipped(n, LongestTitle)})
		}
	}
	return out
}

// clipped keeps the beginning of a text, with what says that it goes on.
func clipped(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

// firstDay makes a year, a month or a day comparable: the first day of it, or the
// last.
func firstDay(when string, last bool) string {
	fill := "-01-01"
	if last {
		fill = "-12-31"
	}
	return when + fill[min(len(when)-4, len(fill)):]
}

package panoramas

import (
	"strconv"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const electric = "voitures-electriques"

// title states the finding.
func (b *builder) title() string {
	name := b.p.Territory.Name
	if b.p.Territory.Ref.Scale == territory.Department && !b.below {
		name += " (département)" // overseas, its region bears the same name and the same figures
	}
	if b.p.Total.Known == 0 {
		return name + "\u00a0: aucun levier ne se répartit encore à cette échelle"
	}
	t := name + "\u00a0: " + wording.Less(b.p.Total.Kg) + " par an en 2030 qu’en 2019"
	if b.below {
		return t + ", pour " + leversOf(b.p.Total.Known) + " sur " + strconv.Itoa(len(b.p.Lines))
	}
	if sector, part, ok := b.largestSector(); ok {
		t += ", dont " + wording.Fraction(part) + " dans " + wording.Where(b.sectors[sector])
	}
	return t
}

func leversOf(n int) string { return strconv.Itoa(n) + french.Plural(n, " levier", " leviers") }

// largestSector is the sector that holds most of the total.
func (b *builder) largestSector() (code string, part float64, ok bool) {
	sums := map[string]panorama.Kg{}
	for _, l := range b.p.Lines {
		if l.Objective.Known {
			sums[l.Lever.Sector] += l.Objective.Kg
		}
	}
	for _, s := range b.fw.Sectors() {
		if sums[s.Code] > sums[code] {
			code = s.Code
		}
	}
	if code == "" || b.p.Total.Kg <= 0 {
		return "", 0, false
	}
	return code, float64(sums[code]) / float64(b.p.Total.Kg), true
}

// lead opens the page of a territory under the region with what its region is
// invited to do, and the part of it that is divided.
func (b *builder) lead() string {
	if !b.below {
		return ""
	}
	what, aims := "La région "+b.regionNames(), " est invitée"
	if len(b.p.Regions) > 1 {
		what, aims = "Les régions "+b.regionNames(), " sont invitées"
	}
	s := what + aims + " à émettre " + wording.Less(b.p.RegionTotal.Kg) + " par an en 2030 qu’en 2019. "
	if b.p.Divided.Known == 0 {
		return s + "Rien ne s’en répartit encore à cette échelle."
	}
	return s + "Jalon en répartit " + wording.Mass(b.p.Divided.Kg) + " entre ses territoires, soit " + leversOf(b.p.Divided.Known) +
		" sur " + strconv.Itoa(len(b.p.Lines)) + "\u00a0: " + b.share() + " reviennent ici."
}

func (b *builder) share() string { return wording.Mass(b.p.Total.Kg) }

func (b *builder) regionNames() string {
	var names []string
	for _, r := range b.p.Regions {
		if x, err := b.m.Tree().Region(r.Code); err == nil {
			names = append(names, x.Name)
		}
	}
	return french.List(names)
}

// description is what search engines show.
func (b *builder) description() string {
	return "Ce que " + b.p.Territory.Name + " est invité à faire, levier par levier, pour réduire les émissions de gaz à effet de serre d’ici 2030" +
		"\u00a0: objectifs en kilotonnes, ordres de grandeur et sources."
}

// notices say plainly what a reader must know before the numbers.
func (b *builder) notices() []ui.Alert {
	var out []ui.Alert
	if b.p.SameAs != "" {
		out = append(out, ui.Alert{State: "info", Title: "Un seul territoire, deux collectivités",
			Text: "Ce département et la région " + b.p.SameAs + " couvrent le même territoire\u00a0: leurs chiffres sont les mêmes."})
	}
	if b.p.Overseas {
		out = append(out, ui.Alert{State: "info", Title: "Des leviers propres à l’outre-mer",
			Text: "Les cinq régions d’outre-mer ont 13\u00a0leviers à elles, qui s’ajoutent à l’objectif national sans en faire partie. La publication ne leur donne pas d’ordre de grandeur."})
	}
	if b.below && b.byPopulation() {
		out = append(out, ui.Alert{State: "info", Title: "Ces parts ne disent encore rien de propre à ce territoire",
			Text: "Elles sont calculées selon la population\u00a0: elles sont donc les mêmes pour chaque habitant de la région, quels que soient les trajets, les logements ou les entreprises d’ici. " +
				"Une donnée locale (parc de véhicules, chauffage des logements, émissions…) les remplace dès qu’elle est importée.",
			Links: []ui.Link{{Label: "Comment ajouter vos données", Href: "/methode#vos-donnees"}}})
	}
	return out
}

// byPopulation reports whether some value was divided by population.
func (b *builder) byPopulation() bool {
	for _, l := range b.p.Lines {
		if l.Key != nil && (l.Key.Code == "population" || l.State == panorama.Substitute) {
			return true
		}
	}
	return false
}

// oneKt pictures one kilotonne by the region's own ratio, once a page.
func (b *builder) oneKt() string {
	if len(b.p.Regions) != 1 {
		return ""
	}
	c, ok := b.m.Reference().Cell(b.p.Edition, b.p.Regions[0].Code, electric)
	if !ok || c.Ratio <= 0 {
		return ""
	}
	return french.Significant(c.Ratio*1000, 2)
}

func (b *builder) nearby() []nearby {
	tree := b.m.Tree()
	var out []nearby
	add := func(title string, open bool, refs []territory.Ref) {
		n := nearby{Title: title, Open: open}
		for _, ref := range refs {
			if x, err := tree.Lookup(ref); err == nil {
				n.Links = append(n.Links, ui.Link{Label: x.Name, Href: wording.PanoramaPath(x)})
			}
		}
		if len(n.Links) > 0 {
			out = append(out, n)
		}
	}
	switch b.p.Territory.Ref.Scale {
	case territory.RegionS:
		add("Ses départements", true, b.departments())
	case territory.Department, territory.Perimeter:
		add("Ses intercommunalités", b.p.Territory.Ref.Scale == territory.Department, b.groups())
	case territory.EPCI, territory.EPT:
		add("Ses communes", len(b.idx) <= 12, b.communes())
	}
	if b.below {
		add("Ce qui l’entoure", true, b.p.Territory.Parents)
	}
	return out
}

func (b *builder) departments() []territory.Ref {
	var out []territory.Ref
	for _, d := range b.m.Tree().Departments() {
		if d.Region == b.p.Territory.Ref.Code {
			out = append(out, territory.Ref{Scale: territory.Department, Code: d.Code})
		}
	}
	return out
}

func (b *builder) groups() []territory.Ref {
	seen := map[string]bool{"": true}
	var out []territory.Ref
	all := b.m.Tree().Communes()
	for _, i := range b.idx {
		if code := all[i].EPCI; !seen[code] {
			seen[code] = true
			out = append(out, territory.Ref{Scale: territory.EPCI, Code: code})
		}
	}
	return out
}

func (b *builder) communes() []territory.Ref {
	all := b.m.Tree().Communes()
	out := make([]territory.Ref, 0, len(b.idx))
	for _, i := range b.idx {
		out = append(out, territory.Ref{Scale: territory.CommuneS, Code: all[i].Code})
	}
	return out
}

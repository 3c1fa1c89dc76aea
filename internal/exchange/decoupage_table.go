package exchange

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/french"
)

// WriteTable writes the reduced table that territory.Parse reads and that the
// program embeds: one row a line, cells separated by tabs, the first cell says
// what the row is, so that 13 MB of JSON become 2 MB that load without a parser.
//
//	E version year population-year note source
//	R code name zone           region (metro or drom)
//	O code name                overseas collectivity, outside the 18 regions
//	D code name region
//	G siren kind name          EPCI
//	T siren name               EPT
//	C code name department epci ept population siren postcodes
//	F code kind commune name   former commune or arrondissement
//
// In C, an overseas collectivity takes the place of the département, «-» stands
// for a population that is not published, and «=» for the SIREN that the code
// of the commune gives. Same package, same bytes.
func (d *Decoupage) WriteTable(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# Découpage administratif, réduit de @etalab/decoupage-administratif %s (Licence Ouverte 2.0).\n", d.Version)
	fmt.Fprintf(b, "# Sources\u00a0: Insee (code officiel géographique, populations de référence), DGCL (EPCI), La Poste (codes postaux).\n")
	row := func(cells ...string) { b.WriteString(strings.Join(cells, "\t") + "\n") }
	row("E", d.Version, strconv.Itoa(d.Year), strconv.Itoa(d.PopulationYear), d.populationNote(),
		fmt.Sprintf("Insee, DGCL et La Poste, d’après @etalab/decoupage-administratif %s, Licence Ouverte 2.0", d.Version))

	byCode := func(a, b DecoupageArea) int { return cmp.Compare(a.Code, b.Code) }
	for _, r := range slices.SortedFunc(slices.Values(d.Regions), byCode) {
		if r.Zone == "com" {
			row("O", r.Code, r.Name)
		} else {
			row("R", r.Code, r.Name, r.Zone)
		}
	}
	for _, p := range slices.SortedFunc(slices.Values(d.Departments), byCode) {
		if p.Zone != "com" {
			row("D", p.Code, p.Name, p.Region)
		}
	}
	bySIREN := func(a, b DecoupageGroup) int { return cmp.Compare(a.SIREN, b.SIREN) }
	for _, g := range slices.SortedFunc(slices.Values(d.Groups), bySIREN) {
		row("G", g.SIREN, g.Kind, g.Name)
	}
	for _, g := range slices.SortedFunc(slices.Values(d.EPTs), bySIREN) {
		row("T", g.SIREN, g.Name)
	}
	for _, c := range slices.SortedFunc(slices.Values(d.Communes), func(a, b DecoupageCommune) int { return cmp.Compare(a.Code, b.Code) }) {
		population := "-"
		if c.Population >= 0 {
			population = strconv.FormatInt(c.Population, 10)
		}
		siren := c.SIREN
		if siren != "" && siren == french.CommuneSIREN(c.Code) {
			siren = "="
		}
		row("C", c.Code, c.Name, c.Department, c.Group, c.EPT, population, siren, strings.Join(c.Postcodes, ","))
	}
	for _, f := range slices.SortedFunc(slices.Values(d.Former), func(a, b DecoupageFormer) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	}) {
		row("F", f.Code, f.Kind, f.Commune, f.Name)
	}
	return b.Flush()
}

// populationNote says what the year of the populations does not.
func (d *Decoupage) populationNote() string {
	if d.PopulationYear > 2017 && slices.ContainsFunc(d.Departments, func(a DecoupageArea) bool { return a.Code == "976" }) {
		return "Mayotte\u00a0: population du recensement de 2017"
	}
	return ""
}

package exchange

import (
	"slices"

	"jalon/internal/action"
	"jalon/internal/french"
)

// funders reads the three funders; the money of the Fonds vert was granted.
func (r *ActionRow) funders(f ActionFormat) error {
	for _, n := range []string{"1", "2", "3"} {
		amount, err := r.euros("amount" + n)
		if err != nil {
			return err
		}
		x := action.Funding{Funder: r.one("funder" + n).Value, Amount: amount, State: "considered"}
		if f.ID == FundedActions {
			x.Funder, x.State, r.Programme = "Fonds vert", "granted", "Fonds vert"
			x.Note = r.Measure
		}
		if state := r.one("granted" + n); state.Value != "" {
			i := slices.IndexFunc(action.FundingStates(), func(s [2]string) bool { return french.Fold(s[1]) == french.Fold(state.Value) })
			if i < 0 {
				return state.Fault("écrivez envisagé, demandé, accordé, versé ou refusé")
			}
			x.State = action.FundingStates()[i][0]
		}
		switch {
		case f.ID == FundedActions && n != "1":
		case x.Funder == "" && amount != nil:
			return r.one("amount" + n).Fault("ce montant n’a pas de financeur")
		case x.Funder != "":
			r.Funding = append(r.Funding, x)
		}
	}
	return nil
}

// indicator makes what is aimed at an indicator of the action; what it brings to a
// lever is worked out on its page, with the ratio in sight.
func (r *ActionRow) indicator() error {
	c := r.one("quantity")
	if c.Value == "" && r.one("indicator").Value == "" {
		return nil
	}
	x := action.Indicator{ID: "1", Name: r.one("indicator").Value, Unit: r.one("unit").Value}
	if c.Value != "" {
		d := c.decimal
		if c.kind == cellNumber {
			d = PointDecimal
		}
		v, unit, err := ParseQuantity(c.Value, d)
		if err != nil {
			return c.Fault("%s", err.Error())
		}
		if unit != "" && x.Unit != "" && french.Fold(unit) != french.Fold(x.Unit) {
			return c.Fault("l’unité n’est pas celle de la colonne «\u00a0Unité\u00a0» (%s)", x.Unit)
		}
		if x.Unit == "" {
			x.Unit = unit
		}
		x.Target = &v
	}
	if x.Name == "" {
		x.Name = "Quantité visée"
	}
	if y := r.one("year"); y.Value != "" {
		n, err := y.Year()
		if err != nil {
			return err
		}
		x.Year = n
	}
	r.Indicators = []action.Indicator{x}
	return nil
}

package cops

import (
	"strings"
	"testing"

	"jalon/internal/survey"
)

// The line says the rate and the days left, and nothing that is not known.
func TestAskedText(t *testing.T) {
	open := survey.Campaign{State: survey.CampaignOpen, ClosesOn: "2026-03-31"}
	nearly, closed, draft, planned, endless := open, open, open, open, open
	nearly.State, closed.State, draft.State, planned.State, endless.ClosesOn = survey.CampaignNearly, survey.CampaignClosed, survey.CampaignDraft, survey.CampaignDraft, ""
	planned.OpensOn = "2026-03-15"
	some := survey.Rate{Answers: 12, Authorities: 32}
	for _, x := range []struct {
		c    survey.Campaign
		rate survey.Rate
		on   string
		want string
	}{
		{open, some, "2026-03-01", "Campagne en cours : 37,5 % des régions, départements et EPCI ont répondu (12 sur 32) ; il reste 30 jours, jusqu’au 31 mars 2026."},
		{nearly, some, "2026-03-30", "Campagne presque finalisée : 37,5 % des régions, départements et EPCI ont répondu (12 sur 32) ; il reste 1 jour, jusqu’au 31 mars 2026."},
		{open, survey.Rate{}, "2026-03-31", "Campagne en cours ; dernier jour pour répondre."},
		{open, survey.Rate{Authorities: 3}, "2026-04-02", "Campagne en cours : 0 % des régions, départements et EPCI ont répondu (0 sur 3) ; la date de clôture annoncée, le 31 mars 2026, est passée."},
		{endless, survey.Rate{}, "2026-03-01", "Campagne en cours."},
		{closed, some, "2026-03-01", "Campagne close : 37,5 % des régions, départements et EPCI ont répondu (12 sur 32)."},
		{draft, survey.Rate{}, "2026-03-01", "La campagne n’est pas ouverte."},
		{planned, survey.Rate{}, "2026-03-01", "La campagne n’est pas ouverte : ouverture prévue le 15 mars 2026."},
	} {
		if got := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(askedText(x.c, x.rate, x.on)); got != x.want {
			t.Errorf("%s on %s: %q, want %q", x.c.State, x.on, got, x.want)
		}
	}
}

package survey

import (
	"context"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/questionnaire"
)

// Invitations are mails to any address that somebody types: a table sends so many
// an hour, and none once the campaign is closed.
func TestInvitationsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		_, link := b.response(t, "r1", "EPCI", questionnaire.Group)
		s := b.seated(t, link, "Camille")
		tried := map[string]int64{}
		b.Tried = func(_ context.Context, name string, most int64) (bool, error) {
			tried[name]++
			return tried[name] > most, nil
		}
		share := func() error {
			_, err := b.Share(ctx, b.DB, s, "r1", Person{"Dominique", "dominique@exemple.fr"}, []string{"velo"})
			return err
		}
		for range invitedPerHour {
			must(t, share())
		}
		sent := b.mails(t, mailPrefix)
		kindIs(t, "one too many", share(), apperr.TooMany)
		b.Tried = nil
		exec(t, b.DB, `UPDATE campaign SET state = 'closed'`)
		if err := share(); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "campagne") {
			t.Errorf("once closed: %v", err)
		}
		if n := b.mails(t, mailPrefix); sent == 0 || n != sent {
			t.Errorf("%d mails, then %d", sent, n)
		}
	})
}

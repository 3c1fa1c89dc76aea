package debate

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/mail"
)

// ErasePhrase is what somebody types to have what they left erased.
const ErasePhrase = "effacer ce que j’ai laissé"

// erasePhrase reads what was typed: an apostrophe is typed in two ways.
func erasePhrase(typed string) bool {
	return strings.ReplaceAll(strings.ToLower(Line(typed)), "'", "’") == ErasePhrase
}

// EraseSelf erases a voice on the words that somebody typed who holds its address.
func (m *Room) EraseSelf(ctx context.Context, v Voice, typed string) (err error) {
	defer apperr.Wrap(&err, "debate.EraseSelf")
	if !erasePhrase(typed) {
		return apperr.Invalidf("Écrivez «\u00a0%s\u00a0» pour confirmer. Rien n’a été effacé.", ErasePhrase)
	}
	found, err := m.Outbox.FindNaming(ctx, m.DB, v.Email, v.Name) // reads every letter: not within the transaction
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE debate_voice SET rev = rev + 1 WHERE id = $1 AND state <> 'erased'`, v.ID) // the second of two waits here
		if err != nil {
			return err
		}
		if n == 0 {
			return errErased
		}
		if v, err = FindVoice(ctx, tx, v.ID); err != nil {
			return err
		}
		return m.erase(ctx, tx, v, found)
	})
}

// Erase makes anonymous what the voices of an account left: their texts stay, under
// «auteur effacé»; the address, the name and the versions that held them go.
func (m *Room) Erase(ctx context.Context, tx db.Q, account string) (err error) {
	defer apperr.Wrap(&err, "debate.Erase")
	rows, err := tx.Query(ctx, `SELECT `+voiceColumns+` FROM debate_voice WHERE account = $1 AND state <> 'erased' ORDER BY id`, account)
	voices, err := db.Collect(rows, err, func(r *db.Rows) (Voice, error) { return scanVoice(r) })
	if err != nil {
		return err
	}
	for _, v := range voices {
		if err := m.EraseVoice(ctx, tx, v); err != nil {
			return err
		}
	}
	return nil
}

// EraseVoice is Erase for one voice, with or without an account.
func (m *Room) EraseVoice(ctx context.Context, tx db.Q, v Voice) (err error) {
	defer apperr.Wrap(&err, "debate.EraseVoice")
	return m.erase(ctx, tx, v, mail.Naming{Upto: "~"}) // letters that name them: whoever calls looked for those
}

func (m *Room) erase(ctx context.Context, tx db.Q, v Voice, found mail.Naming) error {
	for _, text := range []string{
		`UPDATE debate_voice SET rev = rev + 1, email = 'voix-' || id || '@efface.invalid', name = '', account = '', org = '', org_name = '', territory = '', state = 'erased', notify = 'none' WHERE id = $1`,
		`DELETE FROM debate_confirmation WHERE voice_id = $1`,
		`UPDATE debate_post_version SET body = '{}' WHERE id IN (SELECT id FROM debate_post WHERE voice_id = $1)`,
		// What nobody reads is emptied, what its author took back included.
		`UPDATE debate_post SET rev = rev + 1, state = 'withdrawn', title = '', text = '', territory = '' WHERE voice_id = $1 AND state IN ('draft', 'unconfirmed', 'waiting', 'refused', 'withdrawn')`,
		`UPDATE debate_post SET signed = '` + Erased + `' WHERE voice_id = $1 AND speaker = 'personne'`,
	} {
		if _, err := tx.Exec(ctx, text, v.ID); err != nil {
			return err
		}
	}
	// What is said in the name of a body keeps the body, without who wrote it.
	if strings.Contains(v.Name, " ") && v.Name != v.OrgName {
		if _, err := tx.Exec(ctx, `UPDATE debate_post SET signed = REPLACE(signed, $2, '`+Erased+`') WHERE voice_id = $1`, v.ID, v.Name); err != nil {
			return err
		}
	}
	for _, forget := range m.OnErase {
		if err := forget(ctx, tx, v); err != nil {
			return err
		}
	}
	if err := m.forgetMails(ctx, tx, v, found); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM debate_confirmation WHERE voice_id = $1`, v.ID); err != nil {
		return err
	}
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Verb: "erase", Kind: "voice", Subject: v.ID, COP: v.COP})
	return err
}

// forgetMails empties the outbox of an address as when an account is erased. While
// the address is still somebody's (an account, the debate of another COP), only the
// mails to this voice are emptied.
func (m *Room) forgetMails(ctx context.Context, tx db.Q, v Voice, found mail.Naming) error {
	var others int64
	if err := tx.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM account WHERE email = $1 AND state = 'active') + (SELECT COUNT(*) FROM debate_voice WHERE email = $1)`, v.Email).Scan(&others); err != nil {
		return err
	}
	if others > 0 {
		return m.Outbox.Forget(ctx, tx, v.ID, "", "", mail.Naming{Upto: "~"})
	}
	name := v.Name
	if found.Upto == "~" {
		name = ""
	}
	return m.Outbox.Forget(ctx, tx, v.ID, v.Email, name, found)
}

package debate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// The states of a voice.
const (
	VoiceWaiting   = "waiting"
	VoiceConfirmed = "confirmed"
	VoiceErased    = "erased"
)

// The ways in which a voice may be told.
const (
	TellEach   = "each"
	TellDigest = "digest"
	TellNone   = "none"
)

// Voice is somebody who speaks in the debate of a COP: an address that they confirmed,
// or an account.
type Voice struct {
	ID        string
	Rev       int64
	COP       string
	Email     string
	Name      string
	Account   string // empty without an account
	Org       string // organisation of the accounts, when chosen there
	OrgName   string
	College   College // empty when not said
	Territory string  // commune:67482; empty when not said
	State     string
	Notify    string
	At        time.Time
}

// Confirmed reports whether the address is known to be theirs.
func (v Voice) Confirmed() bool { return v.State == VoiceConfirmed }

// Speaker is what somebody says of themselves in a form.
type Speaker struct {
	Email     string
	Name      string
	Org       string
	OrgName   string
	College   College
	Territory string
	Voice     string // the voice that this browser confirmed, "" for none
}

const voiceColumns = `id, rev, cop_id, email, name, account, org, org_name, college, territory, state, notify, at`

func scanVoice(r interface{ Scan(...any) error }) (v Voice, err error) {
	var at int64
	err = r.Scan(&v.ID, &v.Rev, &v.COP, &v.Email, &v.Name, &v.Account, &v.Org, &v.OrgName, &v.College, &v.Territory, &v.State, &v.Notify, &at)
	v.At = time.UnixMilli(at).UTC()
	return v, err
}

// FindVoice returns a voice by its id.
func FindVoice(ctx context.Context, q db.Q, id string) (Voice, error) {
	v, err := scanVoice(q.QueryRow(ctx, `SELECT `+voiceColumns+` FROM debate_voice WHERE id = $1`, id))
	return v, db.OrNotFound(err, "Cette adresse n’est plus connue dans ce débat.")
}

// VoiceOf returns the voice of an account in a COP.
func VoiceOf(ctx context.Context, q db.Q, copID, account string) (Voice, error) {
	v, err := scanVoice(q.QueryRow(ctx, `SELECT `+voiceColumns+` FROM debate_voice WHERE account = $1 AND cop_id = $2 AND state <> 'erased' ORDER BY id LIMIT 1`, account, copID))
	return v, db.OrNotFound(err, "Vous n’avez encore rien déposé dans ce débat.")
}

// Speak gives the voice of whoever acts, made or brought up to date. sure tells that
// the address is theirs: they signed in, or confirmed it in this browser. When it is
// not, what they leave waits for AskConfirm.
func (m *Room) Speak(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, s Speaker) (v Voice, sure bool, err error) {
	defer apperr.Wrap(&err, "debate.Speak(%s)", c.ID)
	s.Name, s.OrgName = Line(s.Name), Line(s.OrgName)
	if err := Long("le nom", s.Name, 100); err != nil {
		return v, false, err
	}
	if err := Long("le nom de l’organisme", s.OrgName, 200); err != nil {
		return v, false, err
	}
	if s.College != "" && s.College.Name() == "" {
		return v, false, apperr.Invalidf("Choisissez le collège dans la liste.")
	}
	switch {
	case a.Person != "":
		who, err := account.Find(ctx, tx, a.Person)
		if err != nil {
			return v, false, err
		}
		s.Email, sure = who.Email, true
		if s.Name == "" {
			s.Name = who.Name
		}
	case s.Voice != "":
		held, err := FindVoice(ctx, tx, s.Voice)
		if err != nil && apperr.KindOf(err) != apperr.NotFound {
			return v, false, err
		}
		if err == nil && held.COP == c.ID && held.Confirmed() && (s.Email == "" || strings.EqualFold(strings.TrimSpace(s.Email), held.Email)) {
			s.Email, sure = held.Email, true
		}
	}
	if s.Email, err = account.Address(s.Email); err != nil {
		return v, false, err
	}
	id, err := m.IDs.New()
	if err != nil {
		return v, false, err
	}
	state, now := VoiceWaiting, m.Now().UnixMilli()
	if sure {
		state = VoiceConfirmed
	}
	if _, err := db.Insert(ctx, tx, "debate_voice", []string{"id", "rev", "cop_id", "email", "name", "account", "org", "org_name", "college", "territory", "state", "notify", "at"},
		[][]any{{id, int64(1), c.ID, s.Email, s.Name, a.Person, s.Org, s.OrgName, string(s.College), s.Territory, state, TellEach, now}}, "ON CONFLICT (cop_id, email) DO NOTHING"); err != nil {
		return v, false, err
	}
	if v, err = scanVoice(tx.QueryRow(ctx, `SELECT `+voiceColumns+` FROM debate_voice WHERE cop_id = $1 AND email = $2`, c.ID, s.Email)); err != nil || v.ID == id || !sure {
		return v, sure, err // what somebody types under an address changes nothing of what is known of it
	}
	_, err = tx.Exec(ctx, `
		UPDATE debate_voice SET rev = rev + 1, state = 'confirmed', confirmed_at = COALESCE(confirmed_at, $2), account = CASE WHEN $3 = '' THEN account ELSE $3 END,
		       name = CASE WHEN $4 = '' THEN name ELSE $4 END, org = CASE WHEN $5 = '' THEN org ELSE $5 END, org_name = CASE WHEN $6 = '' THEN org_name ELSE $6 END,
		       college = CASE WHEN $7 = '' THEN college ELSE $7 END, territory = CASE WHEN $8 = '' THEN territory ELSE $8 END
		 WHERE id = $1`, v.ID, now, a.Person, s.Name, s.Org, s.OrgName, string(s.College), s.Territory)
	if err != nil {
		return v, sure, err
	}
	v, err = FindVoice(ctx, tx, v.ID)
	return v, sure, err
}

// confirmLife is how long a link that confirms an address is good: a week-end and the
// days around it.
const confirmLife = 7 * 24 * time.Hour

// mostLinks is how many of them leave for one address in an hour: nobody floods
// somebody else's mail from here.
const mostLinks = 20

var errLinks = apperr.New(apperr.TooMany, nil, "Beaucoup de liens viennent de partir à cette adresse. Rien de plus n’est enregistré, et rien n’est perdu\u00a0: ouvrez le dernier message reçu, puis envoyez de nouveau ce formulaire.")

// AskConfirm sends, to the address under which a thing was left, the link that
// confirms it. what names the thing in the mail: «votre contribution “…”».
func (m *Room) AskConfirm(ctx context.Context, tx db.Q, c cop.COP, v Voice, kind, thing, what string) (err error) {
	defer apperr.Wrap(&err, "debate.AskConfirm(%s)", kind)
	now := m.Now()
	var sent int64 // whatever the room, the machine, and how the address was written
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM debate_confirmation WHERE voice_id = $1 AND at > $2`, v.ID, now.Add(-time.Hour).UnixMilli()).Scan(&sent); err != nil {
		return err
	}
	if sent >= mostLinks {
		return errLinks
	}
	raw := make([]byte, 24)
	if _, err := io.ReadFull(m.Random, raw); err != nil {
		return err
	}
	token := hex.EncodeToString(raw)
	if _, err := db.Insert(ctx, tx, "debate_confirmation", []string{"hash", "cop_id", "voice_id", "kind", "thing", "at", "expires_at"},
		[][]any{{digest(token), c.ID, v.ID, kind, thing, now.UnixMilli(), now.Add(confirmLife).UnixMilli()}}, ""); err != nil {
		return err
	}
	_, err = m.Outbox.Enqueue(ctx, tx, mail.Mail{Dedup: "debate-confirm/" + digest(token), To: mail.Address{Email: v.Email, Name: v.Name}, Person: v.ID, FromName: c.SenderName(),
		ReplyTo: c.ReplyTo(), COP: c.ID, Secret: true, Expires: now.Add(confirmLife),
		Letter: mail.Letter{Subject: "Confirmez votre adresse" + nb + ": " + c.Name, Greeting: "Bonjour,",
			Blocks: []mail.Block{mail.Para("Pour que l’équipe de la COP tienne compte de " + what + ", confirmez que cette adresse est la vôtre. Le lien est valable 7" + nb + "jours et ne sert qu’une fois."),
				mail.Link("Confirmer mon adresse", m.BaseURL+"/voix/confirmer/"+token)},
			Reason: "Vous recevez ce message parce que quelqu’un a donné cette adresse dans le débat de cette COP. Si ce n’est pas vous, ne faites rien" + nb + ": rien ne sera publié."}})
	return err
}

const nb = "\u00a0"

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Confirmation is a link that confirms an address.
type Confirmation struct {
	COP, Voice, Kind, Thing string
	Used                    bool
}

var errConfirm = apperr.New(apperr.NotFound, nil, "Ce lien n’est plus valable\u00a0: il a plus de 7\u00a0jours, ou il est incomplet. Ce que vous aviez écrit n’est pas publié\u00a0; déposez-le de nouveau.")

// Confirmable tells what a link confirms, without doing it.
func (m *Room) Confirmable(ctx context.Context, q db.Q, token string) (x Confirmation, err error) {
	defer apperr.Wrap(&err, "debate.Confirmable")
	var expires int64
	var used *int64
	err = q.QueryRow(ctx, `SELECT cop_id, voice_id, kind, thing, expires_at, used_at FROM debate_confirmation WHERE hash = $1`, digest(token)).Scan(&x.COP, &x.Voice, &x.Kind, &x.Thing, &expires, &used)
	x.Used = used != nil
	if apperr.KindOf(db.OrNotFound(err, "absent")) == apperr.NotFound && err != nil || err == nil && !x.Used && expires < m.Now().UnixMilli() {
		return x, errConfirm
	}
	return x, err
}

// Confirm takes an address as confirmed by the link that was sent to it, and lets its
// thing go on. A link that served already says where the thing is, and does nothing.
func (m *Room) Confirm(ctx context.Context, token string) (v Voice, path string, err error) {
	defer apperr.Wrap(&err, "debate.Confirm")
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		now := m.Now().UnixMilli()
		n, err := tx.Exec(ctx, `UPDATE debate_confirmation SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at >= $2`, digest(token), now)
		if err != nil {
			return err
		}
		x, err := m.Confirmable(ctx, tx, token)
		if err != nil {
			return err
		}
		if n > 0 {
			if _, err := tx.Exec(ctx, `UPDATE debate_voice SET rev = rev + 1, state = 'confirmed', confirmed_at = COALESCE(confirmed_at, $2) WHERE id = $1 AND state <> 'erased'`, x.Voice, now); err != nil {
				return err
			}
		}
		if v, err = FindVoice(ctx, tx, x.Voice); err != nil {
			return err
		}
		if v.State == VoiceErased {
			return errConfirm
		}
		then, ok := m.OnConfirm[x.Kind]
		if n == 0 || !ok {
			return nil
		}
		path, err = then(ctx, tx, v, x.Thing)
		return err
	})
	return v, path, err
}

// VoicePath is the address where a voice reads and manages what it left, from any
// mail that it gets: whoever holds it is that voice.
func (m *Room) VoicePath(voice string) string {
	return "/voix/" + m.Cursors.Seal("voice", voice)
}

// OpenVoice is the voice of such an address.
func (m *Room) OpenVoice(ctx context.Context, q db.Q, token string) (v Voice, err error) {
	defer apperr.Wrap(&err, "debate.OpenVoice")
	parts, err := m.Cursors.Open("voice", token, 1)
	if err != nil || len(parts) != 1 {
		return v, apperr.NotFoundf("Cette adresse est incomplète ou n’est plus valable. Ouvrez-la depuis le dernier mail reçu.")
	}
	if v, err = FindVoice(ctx, q, parts[0]); err == nil && v.State == VoiceErased {
		err = errErased
	}
	return v, err
}

var errErased = apperr.New(apperr.NotFound, nil, "Ce que cette adresse avait laissé a été effacé ou rendu anonyme, à sa demande.")

// cookieLife is how long a browser may act for an address that it confirmed.
const cookieLife = 30 * 24 * time.Hour

// VoiceCookie is what a browser keeps of an address that it confirmed, and until when.
func (m *Room) VoiceCookie(voice string) (value string, until time.Time) {
	until = m.Now().Add(cookieLife)
	return m.Cursors.Seal("voice-cookie", voice, strconv.FormatInt(until.UnixMilli(), 10)), until
}

// VoiceIn is the voice that such a value names, "" when it is not one or is too old.
func (m *Room) VoiceIn(value string) string {
	parts, err := m.Cursors.Open("voice-cookie", value, 2)
	if err != nil || len(parts) != 2 {
		return ""
	}
	if until, err := strconv.ParseInt(parts[1], 10, 64); err != nil || until < m.Now().UnixMilli() {
		return ""
	}
	return parts[0]
}

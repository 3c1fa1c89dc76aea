package ambition

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// read turns what was typed into the two ends of an answer, by the ratio of the lever.
func read(p objective.Place, line panorama.Line, in New) (low, high objective.Value, err error) {
	at := func(field, text string) (objective.Value, error) {
		v, err := p.Read(line, in.Measure, text)
		if err != nil {
			return v, &Fault{field, apperr.New(apperr.Invalid, err, "%s", apperr.Message(err))}
		}
		return v, nil
	}
	if strings.TrimSpace(in.Low) == "" {
		return low, high, fault("low", "Dites ce que vous tenez pour atteignable en 2030\u00a0: un nombre, par exemple 1\u202f234,5.")
	}
	if low, err = at("low", in.Low); err != nil {
		return low, high, err
	}
	if high = low; in.High == "" {
		return low, high, nil
	}
	if high, err = at("high", in.High); err != nil {
		return low, high, err
	}
	// As they were written: what is more in kt may be less in the unit of a lever that
	// goes down.
	least, most := low.Kg.Kg.Kt(), high.Kg.Kg.Kt()
	if in.Measure == objective.InLevel {
		least, most = low.Level.V, high.Level.V
	}
	if most < least {
		return low, high, fault("high", "La fourchette est à l’envers\u00a0: écrivez d’abord le plus petit nombre.")
	}
	return low, high, nil
}

// Give takes what a party holds reachable: it counts at once for who is sure of their
// address, and takes the place of what they said before. For others it waits for the
// link that is sent to them. What it makes a condition of is read by the moderators
// first.
func (m *Room) Give(ctx context.Context, a policy.Actor, c cop.COP, d Debate, p objective.Place, in New) (x Answer, err error) {
	defer apperr.Wrap(&err, "ambition.Give(%s)", d.ID)
	if err := policy.Check(a, policy.Read, d.Thing(c)); err != nil {
		return x, err
	}
	switch d.When(c.DayAt(m.Now())) {
	case Before:
		return x, apperr.Invalidf("Ce débat s’ouvre le %s. Rien n’est enregistré\u00a0: revenez ce jour-là.", french.Day(d.Opens))
	case After:
		return x, apperr.Invalidf("Ce débat s’est fermé le %s\u00a0: il ne prend plus de réponse, et rien n’est enregistré.", french.Day(d.Closes))
	}
	line, ok := p.Line(d.Lever)
	if !ok {
		return x, apperr.NotFoundf("Ce levier n’est pas de ceux de ce territoire.")
	}
	x = Answer{COP: c.ID, Debate: d.ID, College: in.Speaker.College, Measure: in.Measure, TypedLow: debate.Line(in.Low), TypedHigh: debate.Line(in.High), At: m.Now()}
	in.High = x.TypedHigh
	if x.Low, x.High, err = read(p, line, in); err != nil {
		return x, err
	}
	in.Condition = debate.Tidy(in.Condition)
	if err := debate.Long("la condition", in.Condition, 1000); err != nil {
		return x, &Fault{"condition", err}
	}
	if in.As != debate.Person && in.As != debate.Organisation {
		return x, fault("as", "Dites si vous répondez en votre nom ou pour un organisme.")
	}
	in.Speaker.OrgName = debate.Line(in.Speaker.OrgName)
	if in.As == debate.Organisation && in.Speaker.OrgName == "" {
		return x, fault("organisme", "Nommez l’organisme pour lequel vous répondez.")
	}
	if in.Speaker.College.Name() == "" {
		return x, fault("college", "Choisissez d’où vous parlez\u00a0: les réponses se lisent par collège.")
	}
	if in.As == debate.Organisation {
		x.Party = in.Speaker.OrgName
		if x.Org, x.Party, err = m.memberOf(ctx, a, c, x.Party); err != nil {
			return x, err
		}
	}
	if err := m.busy(ctx, a, in); err != nil {
		return x, err
	}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	what := "votre réponse sur le levier «\u00a0" + line.Lever.Name + "\u00a0»"
	if in.Condition == "" {
		err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.plain(ctx, tx, a, c, &x, in, what) })
		return x, err
	}
	post := debate.Post{Kind: debate.Condition, Parent: d.ID, Text: in.Condition, Speaker: in.As, Signed: cmp.Or(x.Party, "une personne, "+x.College.Name()), Lever: d.Lever, Territory: p.Ref().String()}
	_, _, err = m.Deposit(ctx, a, c, post, in.Speaker, what, func(ctx context.Context, tx db.Q, post debate.Post, v debate.Voice) error {
		x.Voice, x.State = v.ID, Unconfirmed
		if post.State == debate.PostWaiting {
			x.State = Counted
		}
		return m.put(ctx, tx, a, &x, append(slices.Clone(in.Conditions), post.ID))
	})
	return x, err
}

// How many answers come from one machine, and for one address, in an hour.
const (
	perMachine = 60
	perAddress = 20
)

// busy counts answers in transactions of their own, and refuses beyond.
func (m *Room) busy(ctx context.Context, a policy.Actor, in New) error {
	for name, most := range map[string]int64{"machine|" + in.Machine: perMachine, "address|" + cmp.Or(a.Person, in.Speaker.Voice, strings.ToLower(in.Speaker.Email)): perAddress} {
		if strings.HasSuffix(name, "|") {
			continue
		}
		over, err := m.Accounts.Tried(ctx, "ambition|"+name, most)
		if err != nil {
			return err
		}
		if over {
			return apperr.New(apperr.TooMany, nil, "Beaucoup de réponses sont arrivées d’ici depuis une heure. Rien n’est enregistré, et rien n’est perdu\u00a0: gardez cette page ouverte, et renvoyez dans une heure.")
		}
	}
	return nil
}

// plain keeps an answer that makes no condition of its own.
func (m *Room) plain(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, x *Answer, in New, what string) error {
	v, sure, err := m.Speak(ctx, tx, a, c, in.Speaker)
	if err != nil {
		return err
	}
	x.Voice, x.State = v.ID, Unconfirmed
	if sure {
		x.State = Counted
	}
	if err := m.put(ctx, tx, a, x, in.Conditions); err != nil || sure {
		return err
	}
	return m.AskConfirm(ctx, tx, c, v, Kind, x.ID, what)
}

// memberOf tells whether an account is a member of the organisation that it names:
// only then is it named to anyone.
func (m *Room) memberOf(ctx context.Context, a policy.Actor, c cop.COP, name string) (id, known string, err error) {
	if a.Person == "" {
		return "", name, nil
	}
	found, err := account.NamedLike(ctx, m.DB, c.Region, name)
	if err != nil || len(found) == 0 {
		return "", name, err
	}
	held, err := account.Memberships(ctx, m.DB, a.Person)
	if err != nil {
		return "", name, err
	}
	for _, o := range found {
		if slices.ContainsFunc(held, func(x account.Membership) bool { return x.Organisation == o.ID }) {
			return o.ID, o.Name, nil
		}
	}
	return "", name, nil
}

// put writes an answer; one that counts takes the place of the last of that voice. The
// debate is locked first: of two answers of one voice at once, the second stands.
func (m *Room) put(ctx context.Context, tx db.Q, a policy.Actor, x *Answer, conditions []string) error {
	if err := m.replace(ctx, tx, *x); err != nil {
		return err
	}
	kg := func(v objective.Value) any {
		if !v.Kg.Known {
			return nil
		}
		return int64(v.Kg.Kg)
	}
	level := func(v objective.Value) any {
		if !v.Level.Known {
			return nil
		}
		return v.Level.V
	}
	if _, err := db.Insert(ctx, tx, "ambition_answer", strings.Fields(`id cop_id debate_id voice_id state party org college measure typed_low typed_high low_kg high_kg low_level high_level unit at`),
		[][]any{{x.ID, x.COP, x.Debate, x.Voice, x.State, x.Party, x.Org, string(x.College), string(x.Measure), x.TypedLow, x.TypedHigh, kg(x.Low), kg(x.High), level(x.Low), level(x.High), x.Low.Unit, x.At.UnixMilli()}}, ""); err != nil {
		return err
	}
	slices.Sort(conditions)
	conditions = slices.Compact(conditions)
	if len(conditions) > 50 {
		return fault("conditions", "Cochez 50 conditions au plus.")
	}
	var rows [][]any
	for _, id := range conditions {
		p, err := debate.FindPost(ctx, tx, id)
		if apperr.KindOf(err) == apperr.NotFound && err != nil || err == nil && (p.Parent != x.Debate || !p.Read() && p.Voice != x.Voice) {
			return fault("conditions", "Une des conditions cochées n’est plus publiée. Rechargez la page\u00a0: votre réponse est dans le formulaire.")
		}
		if err != nil {
			return err
		}
		rows = append(rows, []any{x.ID, id, x.COP})
	}
	if _, err := db.Insert(ctx, tx, "ambition_condition", []string{"answer_id", "post_id", "cop_id"}, rows, ""); err != nil {
		return err
	}
	return m.record(ctx, tx, a, "answer", Kind, x.ID, 0, x.COP)
}

// replace makes room for an answer that counts.
func (m *Room) replace(ctx context.Context, tx db.Q, x Answer) error {
	if x.State != Counted {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE ambition_debate SET rev = rev WHERE id = $1`, x.Debate); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE ambition_answer SET state = 'replaced' WHERE debate_id = $1 AND voice_id = $2 AND state = 'counted'`, x.Debate, x.Voice)
	return err
}

// Confirmed counts an answer whose address was confirmed, unless its voice answered
// again since: what OnConfirm does with Kind.
func (m *Room) Confirmed(ctx context.Context, tx db.Q, v debate.Voice, id string) (path string, err error) {
	defer apperr.Wrap(&err, "ambition.Confirmed")
	x, err := scanAnswer(tx.QueryRow(ctx, `SELECT `+answerColumns+` FROM ambition_answer a WHERE a.id = $1`, id))
	if err = db.OrNotFound(err, "Cette réponse n’existe pas."); err != nil {
		return "", err
	}
	return m.count(ctx, tx, v, x)
}

func (m *Room) count(ctx context.Context, tx db.Q, v debate.Voice, x Answer) (path string, err error) {
	d, err := byID(ctx, tx, x.Debate)
	if err != nil {
		return "", err
	}
	c, err := cop.Find(ctx, tx, d.COP)
	if err != nil {
		return "", err
	}
	path = "/regions/" + c.Slug + "/ambitions/" + d.Lever
	if x.State != Unconfirmed || x.Voice != v.ID {
		return path, nil
	}
	if _, err := tx.Exec(ctx, `UPDATE ambition_debate SET rev = rev WHERE id = $1`, d.ID); err != nil {
		return "", err
	}
	var later int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ambition_answer WHERE debate_id = $1 AND voice_id = $2 AND state = 'counted' AND at > $3`, x.Debate, x.Voice, x.At.UnixMilli()).Scan(&later); err != nil {
		return "", err
	}
	x.State = Counted
	if later > 0 {
		x.State = Replaced
	}
	if err := m.replace(ctx, tx, x); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `UPDATE ambition_answer SET state = $2 WHERE id = $1`, x.ID, x.State); err != nil {
		return "", err
	}
	return path, m.record(ctx, tx, policy.Actor{}, "confirm", Kind, x.ID, 0, x.COP)
}

// ConfirmedCondition lets a condition go to the moderators once the address of its
// author is confirmed, and counts the answer that makes it: what OnConfirm does with
// debate.Condition.
func (m *Room) ConfirmedCondition(ctx context.Context, tx db.Q, v debate.Voice, post string) (path string, err error) {
	defer apperr.Wrap(&err, "ambition.ConfirmedCondition")
	if _, err := m.Room.Confirmed(ctx, tx, v, post); err != nil {
		return "", err
	}
	rows, err := tx.Query(ctx, `SELECT `+answerColumns+` FROM ambition_answer a JOIN ambition_condition k ON k.answer_id = a.id AND k.post_id = $1 WHERE a.voice_id = $2 ORDER BY a.at DESC, a.id DESC LIMIT 1`, post, v.ID)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Answer, error) { return scanAnswer(r) })
	if err != nil || len(list) == 0 {
		return "", err
	}
	return m.count(ctx, tx, v, list[0])
}

// TakeBack ends what a voice said in a debate: it counts no more, and stays in its own
// history.
func (m *Room) TakeBack(ctx context.Context, a policy.Actor, d Debate, voice string) (err error) {
	defer apperr.Wrap(&err, "ambition.TakeBack(%s)", d.ID)
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE ambition_answer SET state = 'withdrawn' WHERE debate_id = $1 AND voice_id = $2 AND state = 'counted'`, d.ID, voice)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Invalidf("Vous n’avez pas de réponse qui compte dans ce débat.")
		}
		return m.record(ctx, tx, a, "withdraw", Kind, d.ID, 0, d.COP)
	})
}

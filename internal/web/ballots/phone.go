package ballots

import (
	"errors"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/ballot"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const (
	deviceCookie = "jalon_bulletin"
	deviceLife   = 30 * 24 * 3600 // seconds
)

// phoneView is what a phone shows of a vote.
type phoneView struct {
	Ballot ballot.Ballot
	Fields []ui.Field
	Said   []string // what this device chose, nil before it does
	Done   bool
	Change bool // its voice replaced another
	Wrong  string
	Result *resultView
	Next   string // where the next question is, "" for none
	Live   string
}

type codeView struct {
	Field ui.Field
	Wrong bool
}

// askCode is the page where one types a code; the code itself is the next address.
func (d Deps) askCode(w http.ResponseWriter, r *http.Request) error {
	if code := ballot.Typed(r.URL.Query().Get("code")); code != "" {
		return shell.SeeOther(w, r, "/vote/"+code)
	}
	return d.code(w, r, http.StatusOK, "", "")
}

func (d Deps) code(w http.ResponseWriter, r *http.Request, status int, typed, wrong string) error {
	v := codeView{Field: ui.Field{ID: "code", Label: "Code du vote", Help: "Les 6 lettres et chiffres affichés dans la salle. Majuscules, espaces et tirets ne comptent pas.", Required: true, Value: typed, Error: wrong, Autocomplete: "off"}}
	p := sheet(d.Shell.Page(r, "Voter dans la salle", "Entrez le code affiché dans la salle pour voter."))
	p.Bare, p.NoIndex = true, true
	return d.Shell.RenderStatus(w, r, status, p, codePage(v))
}

// device is the browser that sends a request, with its cookie when it is new.
func (d Deps) device(w http.ResponseWriter, r *http.Request) (string, error) {
	if c, err := r.Cookie(deviceCookie); err == nil {
		if device := d.Room.Device(c.Value); device != "" {
			return device, nil
		}
	}
	value, _, err := d.Room.NewDevice()
	if err != nil {
		return "", err
	}
	http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: value, Path: "/vote", MaxAge: deviceLife, HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	return "", nil // known once it comes back
}

func (d Deps) phone(w http.ResponseWriter, r *http.Request) error {
	b, err := d.found(r)
	if err != nil {
		return d.unknown(w, r, err)
	}
	if r.PathValue("code") != b.Code {
		return shell.SeeOther(w, r, "/vote/"+b.Code)
	}
	if r.URL.Query().Get("partie") == "1" {
		return d.phoneState(w, r, b)
	}
	w.Header().Set("Cache-Control", "private, no-store")
	device, err := d.device(w, r)
	if err != nil {
		return err
	}
	return d.showPhone(w, r, http.StatusOK, b, device, nil, "")
}

// unknown leads back to where one types a code, filled with what was typed.
func (d Deps) unknown(w http.ResponseWriter, r *http.Request, err error) error {
	if kind := apperr.KindOf(err); kind != apperr.NotFound && kind != apperr.TooMany {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return d.code(w, r, apperr.Status(err), r.PathValue("code"), apperr.Message(err))
}

// phoneState is the part of the page that a phone asks again: where the vote stands.
func (d Deps) phoneState(w http.ResponseWriter, r *http.Request, b ballot.Ballot) error {
	v, err := d.state(r, b)
	if err != nil {
		return err
	}
	tick := int64(0)
	if b.Shown {
		tick = b.Tick
	}
	if d.unchanged(w, r, b.ID, b.Rev, tick, v.Next) {
		return nil
	}
	return fragment(w, r, phoneNews(v))
}

// state is where a vote stands, for a phone.
func (d Deps) state(r *http.Request, b ballot.Ballot) (v phoneView, err error) {
	v.Ballot, v.Live = b, "/vote/"+b.Code+"?partie=1"
	if b.Shown {
		res, err := d.counted.Of(r.Context(), d.Q, b)
		if err != nil {
			return v, err
		}
		v.Result = resultOf(b, res, false)
	}
	next, err := ballot.Next(r.Context(), d.Q, b)
	if next.Code != "" {
		v.Next = "/vote/" + next.Code
	}
	return v, err
}

// showPhone draws the question with its form; typed is what came back.
func (d Deps) showPhone(w http.ResponseWriter, r *http.Request, status int, b ballot.Ballot, device string, typed *ballot.Voice, wrong string) error {
	v, err := d.state(r, b)
	if err != nil {
		return err
	}
	var chosen []int
	if device != "" && !b.Slips {
		if chosen, err = ballot.Said(r.Context(), d.Q, b, device); err != nil {
			return err
		}
		for _, c := range chosen {
			v.Said = append(v.Said, b.Options[c])
		}
	}
	v.Done, v.Change, v.Wrong = r.URL.Query().Get("fait") != "", r.URL.Query().Get("fait") == "change", wrong
	in := ballot.Voice{Choices: chosen}
	if typed != nil {
		in = *typed
	}
	v.Fields = votingFields(b, in)
	p := sheet(d.Shell.Page(r, b.Question, "Vote dans la salle."))
	if b.State == ballot.Draft {
		p.Title = "Le vote va s’ouvrir"
	}
	p.Bare, p.NoIndex, p.Live, p.Canonical = true, true, true, ""
	if b.State != ballot.Open {
		p.Refresh = 5
	}
	return d.Shell.RenderStatus(w, r, status, p, phonePage(v))
}

func votingFields(b ballot.Ballot, in ballot.Voice) []ui.Field {
	answer := ui.Field{ID: "choix", Label: "Votre réponse", Type: "radio", Required: true}
	if b.Kind == ballot.Multiple {
		answer.Type, answer.Help = "checkbox", "Jusqu’à "+strconv.FormatInt(b.Most, 10)+" réponses."
	}
	for i, o := range b.Options {
		answer.Options = append(answer.Options, ui.Option{Value: strconv.Itoa(i), Label: o, Selected: contains(in.Choices, i)})
	}
	out := []ui.Field{answer}
	if b.Colleges {
		college := ui.Field{ID: "college", Label: "Vous êtes ici au titre de", Type: "select", Help: "Les résultats se lisent aussi par collège.", Options: []ui.Option{{Label: "je ne le dis pas"}}}
		for _, c := range debate.Colleges() {
			college.Options = append(college.Options, ui.Option{Value: string(c), Label: c.Name(), Selected: c == in.College})
		}
		out = append(out, college)
	}
	if b.Slips {
		out = append(out, ui.Field{ID: "bulletin", Label: "Code de votre bulletin", Help: "8 lettres et chiffres, sur le papier qui vous a été remis.", Required: true, Value: in.Slip, Autocomplete: "off"})
	}
	return out
}

func contains(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}

// send keeps the voice of a phone.
func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "private, no-store")
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	b, err := d.found(r)
	if err != nil {
		return d.unknown(w, r, err)
	}
	device, err := d.device(w, r)
	if err != nil {
		return err
	}
	machine := shell.Machine(r, d.Trusted)
	in := ballot.Voice{Device: device, Slip: shell.Typed(r, "bulletin"), Machine: machine, College: debate.College(shell.Typed(r, "college"))}
	for _, one := range r.PostForm["choix"] {
		n, err := strconv.Atoi(one)
		if err != nil {
			n = -1
		}
		in.Choices = append(in.Choices, n)
	}
	changed, err := d.Room.Vote(r.Context(), b, in)
	switch {
	case errors.Is(err, ballot.ErrNoDevice):
		if err := d.Room.Bounced(r.Context(), b); err != nil {
			return err
		}
	case errors.Is(err, ballot.ErrSlip):
		if over := d.Room.Guessed(r.Context(), machine); over != nil {
			err = over
		}
	case errors.Is(err, ballot.ErrClosed):
		if b, err = ballot.ByCode(r.Context(), d.Q, b.Code); err != nil { // as it is now
			return err
		}
		err = ballot.ErrClosed
	}
	if err != nil && shell.Beside(err) {
		return d.showPhone(w, r, apperr.Status(err), b, device, &in, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	done := "oui"
	if changed {
		done = "change"
	}
	return shell.SeeOther(w, r, "/vote/"+b.Code+"?fait="+done)
}

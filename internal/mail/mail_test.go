package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/testkit"
)

// post is an outbox on a database, with its worker and a clock moved by hand.
type post struct {
	*Outbox
	d  *db.DB
	w  *jobs.Worker
	ms *atomic.Int64
}

func newPost(d *db.DB, send Send, edit func(*Options)) post {
	ms := &atomic.Int64{}
	ms.Store(time.Date(2024, 5, 27, 6, 0, 0, 0, time.UTC).UnixMilli())
	now := func() time.Time { return time.UnixMilli(ms.Load()).UTC() }
	ids := db.NewIDs(now, rand.Reader)
	o := Options{IDs: ids, Now: now, Queue: jobs.New(ids, now), Cursors: db.NewCursors([]byte("secret"))}
	if edit != nil {
		edit(&o)
	}
	p := post{Outbox: New(o), d: d, ms: ms}
	c := jobs.Config{DB: d, Queue: o.Queue, Handlers: map[string]jobs.Handler{}}
	p.Register(&c, send)
	p.w = jobs.NewWorker(c)
	return p
}

func (p post) forward(d time.Duration) { p.ms.Add(d.Milliseconds()) }

func (p post) drain(t testing.TB) {
	t.Helper()
	if _, err := p.w.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (p post) put(t testing.TB, m Mail) bool {
	t.Helper()
	fresh, err := p.Enqueue(t.Context(), p.d, m)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

// states lists the mails, the first first, with their state.
func (p post) states(t testing.TB) (s []string) {
	t.Helper()
	for _, k := range p.all(t) {
		s = append(s, k.To.Email+" "+string(k.State))
	}
	return s
}

// all lists the mails, the first first.
func (p post) all(t testing.TB) []Kept {
	t.Helper()
	page, err := p.List(t.Context(), p.d, Filter{}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(page.Mails)
	return page.Mails
}

func note(dedup, email, subject string) Mail {
	return Mail{Dedup: dedup, To: Address{Email: email}, Letter: Letter{Subject: subject, Blocks: []Block{Para(subject + ".")}}}
}

func server(t *testing.T) (*testkit.Mailpit, Send) {
	t.Helper()
	m := testkit.StartMailpit(t)
	return m, sender(t, m.SMTP, config.Plain).Send
}

func sender(t *testing.T, address string, tls config.TLS) *SMTP {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSMTP(config.SMTP{Host: host, Port: n, TLS: tls}, "jalon@exemple.fr", func() time.Time { return time.Date(2024, 5, 27, 6, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALetterArrivesWhole(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		p := newPost(d, send, nil)
		p.put(t, Mail{
			Dedup: "invite/1", To: Address{Name: "Hélène\r\nBcc: mal@exemple.fr", Email: "Helene@Exemple.fr"},
			FromName: "COP Île-de-France\n", ReplyTo: "equipe@exemple.fr", Letter: invitation(), Unsubscribe: "https://jalon.exemple.fr/stop/1",
		})
		p.drain(t)
		got := m.Received(t)
		if len(got) != 1 {
			t.Fatal(len(got), p.states(t))
		}
		r := got[0]
		if r.Subject != "Votre accès à la COP Bretagne" || r.From.Name != "COP Île-de-France" || r.From.Address != "jalon@exemple.fr" ||
			len(r.To) != 1 || r.To[0].Name != "Hélène Bcc: mal@exemple.fr" || r.To[0].Address != "helene@exemple.fr" {
			t.Errorf("%+v", r)
		}
		if text := strings.ReplaceAll(r.Text, "\r\n", "\n"); strings.TrimSpace(text) != strings.TrimSpace(invitation().Text()) {
			t.Error(cmp.Diff(invitation().Text(), text))
		}
		if !strings.Contains(r.HTML, "Bruno &lt;Petit&gt;") {
			t.Error(r.HTML)
		}
		head, _, _ := strings.Cut(strings.ReplaceAll(r.Raw, "\r\n", "\n"), "\n\n")
		for _, want := range []string{"\nAuto-Submitted: auto-generated", "\nList-Unsubscribe: <https://jalon.exemple.fr/stop/1>", "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
			"equipe@exemple.fr", "@exemple.fr>", "multipart/alternative", "Mon, 27 May 2024"} {
			if !strings.Contains("\n"+head, want) {
				t.Errorf("no %q in\n%s", want, head)
			}
		}
		if strings.Contains(head, "\nBcc:") {
			t.Error("a name began a header:\n" + head)
		}
		k, err := Find(t.Context(), d, p.all(t)[0].ID)
		if err != nil || k.State != Sent || !k.SentAt.Equal(p.Now()) || !strings.Contains(head, "Message-ID: <"+k.ID+"@exemple.fr>") {
			t.Errorf("%+v, %v\n%s", k, err, head)
		}
	})
}

func TestTheSameMailIsNeverSentTwice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var sent atomic.Int64
		p := newPost(d, func(context.Context, Kept) error { sent.Add(1); return nil }, nil)
		var fresh atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				ok, err := p.Enqueue(t.Context(), d, note("reminder/1", "anne@exemple.fr", "Rappel"))
				if ok {
					fresh.Add(1)
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		p.drain(t)
		if p.put(t, note("reminder/1", "anne@exemple.fr", "Rappel")) {
			t.Error("put again after it was sent")
		}
		p.drain(t)
		if fresh.Load() != 1 || sent.Load() != 1 {
			t.Error(fresh.Load(), sent.Load())
		}
	})
}

func TestAMailOfAnActUndoneIsNotSent(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newPost(d, func(context.Context, Kept) error { t.Error("sent"); return nil }, nil)
		undone := errors.New("undone")
		if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
			if _, err := p.Enqueue(ctx, tx, note("a", "anne@exemple.fr", "Bonjour")); err != nil {
				return err
			}
			return undone
		}); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		p.drain(t)
	})
}

func TestATemporaryRefusalIsTriedAgain(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		p := newPost(d, send, nil)
		m.Refuse(t, 451, 0)
		p.put(t, note("a", "anne@exemple.fr", "Un"))
		p.drain(t)
		if diff := cmp.Diff([]string{"anne@exemple.fr queued"}, p.states(t)); diff != "" {
			t.Error(diff)
		}
		m.Refuse(t, 0, 0)
		p.forward(time.Minute)
		p.drain(t)
		if n := len(m.Received(t)); n != 1 {
			t.Errorf("%d arrived after a refusal for now", n)
		}
	})
}

// The chain: a person, then the organisation, then the team; a step whose
// address does not exist gives way to the next, and the last ends it.
func TestABounceGoesToWhoStandsNext(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		to := func(email string) Step {
			return func(context.Context, db.Q) ([]Address, error) { return []Address{{Email: email}}, nil }
		}
		var p post
		var ended []string
		p = newPost(d, send, func(o *Options) {
			o.OnBounce = func(ctx context.Context, tx db.Q, k Kept) error {
				found, step, err := Reach(ctx, tx, to(k.Person+"@exemple.fr"), to("mairie@exemple.fr"), to("equipe@exemple.fr"))
				if apperr.KindOf(err) == apperr.NotFound {
					ended = append(ended, k.Person)
					return nil
				}
				if err != nil {
					return err
				}
				next := k.Mail
				next.Dedup, next.To = k.Dedup+"/"+strconv.Itoa(step), found[0]
				_, err = p.Enqueue(ctx, tx, next)
				return err
			}
		})
		m.Refuse(t, 550, 0)
		b := note("b", "bruno@exemple.fr", "Rappel")
		b.Person = "bruno"
		p.put(t, b)
		p.drain(t)
		want := []string{"bruno@exemple.fr bounced", "mairie@exemple.fr bounced", "equipe@exemple.fr bounced"}
		if diff := cmp.Diff(want, p.states(t)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"bruno"}, ended); diff != "" {
			t.Error(diff)
		}
		if k := p.all(t)[0]; !strings.Contains(k.Error, "550") {
			t.Errorf("%q does not say why", k.Error)
		}
		// An address mended is written to again.
		if err := ClearBounce(t.Context(), d, "Bruno@exemple.fr"); err != nil {
			t.Fatal(err)
		}
		if found, step, err := Reach(t.Context(), d, to("bruno@exemple.fr"), to("mairie@exemple.fr")); err != nil || step != 0 || len(found) != 1 {
			t.Error(found, step, err)
		}
	})
}

// A refusal that says nothing of the address is nobody's bounce: the operator
// sees it, and may have it tried again.
func TestARefusalForAnotherReasonFailsAndCanBeRetried(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		p := newPost(d, send, func(o *Options) {
			o.OnBounce = func(context.Context, db.Q, Kept) error { t.Error("bounced"); return nil }
		})
		m.Refuse(t, 0, 554)
		p.put(t, note("a", "anne@exemple.fr", "Un"))
		p.drain(t)
		if diff := cmp.Diff([]string{"anne@exemple.fr failed"}, p.states(t)); diff != "" {
			t.Error(diff)
		}
		m.Refuse(t, 0, 0)
		dead, err := jobs.ListDead(t.Context(), d, "", 10)
		if err != nil || len(dead) != 1 {
			t.Fatal(dead, err)
		}
		if err := p.Queue.Retry(t.Context(), d, dead[0].ID); err != nil {
			t.Fatal(err)
		}
		p.drain(t)
		if diff := cmp.Diff([]string{"anne@exemple.fr sent"}, p.states(t)); diff != "" || len(m.Received(t)) != 1 {
			t.Error(diff)
		}
	})
}

// A program that dies between the server's answer and its own note sends again,
// under the same Message-ID, so that mail readers may show one.
func TestAMailSentAgainKeepsItsMessageID(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		first := true
		p := newPost(d, func(ctx context.Context, k Kept) error {
			err := send(ctx, k)
			if first {
				first = false
				return errors.New("the line broke after the server accepted")
			}
			return err
		}, nil)
		p.put(t, note("a", "anne@exemple.fr", "Un"))
		p.drain(t)
		p.forward(time.Minute)
		p.drain(t)
		var ids []string
		for _, r := range m.Received(t) {
			_, rest, _ := strings.Cut(r.Raw, "Message-ID: <")
			id, _, _ := strings.Cut(rest, ">")
			ids = append(ids, id)
		}
		if len(ids) != 2 || ids[0] == "" || ids[0] != ids[1] {
			t.Error(ids)
		}
	})
}

// Nothing leaves in clear when TLS is asked for, nor when there is no server.
func TestNothingLeavesWithoutTheProtectionAskedFor(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	m := testkit.StartMailpit(t)
	for _, tls := range []config.TLS{config.StartTLS, config.FullTLS} {
		p := newPost(d, sender(t, m.SMTP, tls).Send, nil)
		p.put(t, note("a/"+string(tls), "anne@exemple.fr", "Un"))
		p.drain(t)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	away := l.Addr().String()
	l.Close()
	p := newPost(d, sender(t, away, config.Plain).Send, nil)
	p.put(t, note("b", "anne@exemple.fr", "Un"))
	p.drain(t)
	want := []string{"anne@exemple.fr queued", "anne@exemple.fr queued", "anne@exemple.fr queued"}
	if diff := cmp.Diff(want, p.states(t)); diff != "" || len(m.Received(t)) != 0 {
		t.Error(len(m.Received(t)), diff)
	}
}

func TestASenderIsAnAddress(t *testing.T) {
	if _, err := NewSMTP(config.SMTP{Host: "h", Port: 25}, "Jalon", time.Now); apperr.KindOf(err) != apperr.Invalid {
		t.Error(err)
	}
}

func TestAMailIsCheckedBeforeItIsKept(t *testing.T) {
	p := newPost(testkit.Open(t, db.SQLite), nil, nil)
	for name, edit := range map[string]func(*Mail){
		"no name":             func(m *Mail) { m.Dedup = "" },
		"no address":          func(m *Mail) { m.To.Email = "anne" },
		"two reply addresses": func(m *Mail) { m.ReplyTo = "a@exemple.fr, b@exemple.fr" },
		"unsubscribe in http": func(m *Mail) { m.Unsubscribe = "http://exemple.fr/stop" },
		"a secret that waits": func(m *Mail) { m.Secret, m.Slot = true, Slot{Day: "2024-05-28", At: time.Now()} },
		"nothing said":        func(m *Mail) { m.Letter.Blocks = nil },
	} {
		m := note("a", "anne@exemple.fr", "Un")
		edit(&m)
		if fresh, err := p.Enqueue(t.Context(), p.d, m); err == nil || fresh {
			t.Error(name, "was kept")
		}
	}
	if got := p.states(t); len(got) != 0 {
		t.Error(got)
	}
}

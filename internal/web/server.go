// Package web serves Jalon: the list of routes, what every request goes
// through, and the pages of what goes wrong. Pages themselves live in the
// folders below, one room each.
package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/api"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/restitution"
	"jalon/internal/roadmap/live"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web/accounts"
	"jalon/internal/web/cops"
	"jalon/internal/web/demos"
	"jalon/internal/web/invitations"
	known "jalon/internal/web/knowledge"
	"jalon/internal/web/levers"
	"jalon/internal/web/method"
	boards "jalon/internal/web/national"
	"jalon/internal/web/operator"
	"jalon/internal/web/organisations"
	"jalon/internal/web/panoramas"
	"jalon/internal/web/perimeters"
	"jalon/internal/web/places"
	"jalon/internal/web/plans"
	"jalon/internal/web/renewals"
	"jalon/internal/web/shell"
	"jalon/internal/web/simulator"
	"jalon/internal/web/trends"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what the web needs of the rest, given by internal/app.
type Deps struct {
	// BaseURL is the public address of the site; empty when unknown.
	BaseURL string
	// Version is that of the binary.
	Version string
	// Demo says that the database is one of demonstration: every answer says it
	// too.
	Demo  bool
	Theme ui.Theme

	Log    *slog.Logger
	Now    func() time.Time
	Random io.Reader

	// Static serves the hashed files under /static/, Asset gives their address.
	Static http.Handler
	Asset  func(name string) string
	// ThemeFiles serves the theme mounted by the operator under /theme/; nil
	// when there is none.
	ThemeFiles http.Handler

	// Model is the panorama in force, cheap to ask for at each request.
	Model func(ctx context.Context) (*panorama.Model, error)
	// DataVersion names every datum that a public page may show: the same
	// version and the same address are the same page.
	DataVersion func(ctx context.Context) (string, error)
	// Explain answers «d'où vient ce chiffre ?» for a figure's key.
	Explain figure.Explainer
	// Health says which engine answers and whether it does.
	Health func(ctx context.Context) (engine string, err error)

	// Book is the catalogue of series and the figures of the binary.
	Book *series.Book
	// Own and Aim give the targets that a territory has set itself, by lever, and what
	// it aims at on the axes that have no kt; nil where no room does.
	Own func(ctx context.Context, ref territory.Ref) (panorama.Own, error)
	Aim func(ctx context.Context, region territory.Ref) (trends.Aim, error)
	// Ambition tells what a region's COP shared, beside its plans; nil where no room does.
	Ambition func(ctx context.Context, region string) (plan.Ambition, error)
	// DB holds free perimeters and imported series.
	DB db.Q
	// NewID makes the id of a new row.
	NewID func() (string, error)
	// COPs does what people do to COPs.
	COPs *cop.Room
	// National reads the national board.
	National *national.Room
	// Plans keeps plans and what they aim at.
	Plans *plan.Room
	// Knowledge keeps strong points, obstacles and notes of expertise.
	Knowledge *knowledge.Room
	// Survey asks authorities and keeps what they answer.
	Survey *survey.Room
	// OpenData makes and keeps editions of open data.
	OpenData *restitution.OpenRoom
	// Restitution reads what authorities answered together.
	Restitution *restitution.Room
	// Objectives are what COPs put on the table and share; Diagnosis keeps their themes
	// and their diagnosis, which Blocks fills.
	Objectives *objective.Room
	Diagnosis  *diagnosis.Room
	Composed   *composition.Room
	// Debate are the rooms of the debate.
	Debate Debate
	// Action are the rooms of actions and of what helps them.
	Action Action
	Follow Follow
	Blocks map[composition.Kind]composition.Catalogue
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
	// Accounts holds people, their sessions and roles.
	Accounts *account.Room
	// Keep is how long what tells of people is kept, for the page that says so.
	Keep method.Periods
	// TrustedProxies are the front servers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Outbox holds the mails, which a demonstration shows.
	Outbox *mail.Outbox
	// Desk signs operators in.
	Desk *operator.Desk

	// More are the handlers of what only internal/app can build (downloads), by
	// the names that routes.go gives them. A route without handler is a
	// programming error, said at start-up.
	More map[string]shell.Handler
}

// server holds what the handlers of this package need.
type server struct {
	Deps
	shell *shell.Shell
	seen  func(ctx context.Context, cookie string) (shell.Who, error)
	start string // names this process in request ids
	mux   *http.ServeMux

	settings string // what public pages show of the settings
	shelf    live.Shelf
}

// New builds the handler of the whole site. It panics when a route has no
// handler, which only a programming error can cause.
func New(d Deps) http.Handler {
	s := &server{Deps: d, mux: http.NewServeMux(), settings: fmt.Sprint(d.Keep)}
	s.BaseURL = strings.TrimRight(d.BaseURL, "/")
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Random == nil {
		s.Random = rand.Reader
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	s.shell = &shell.Shell{BaseURL: s.BaseURL, Version: d.Version, Demo: d.Demo, Theme: d.Theme, Asset: d.Asset, Now: s.Now}
	s.start = token(s.Random, 4)
	s.seen = accounts.Seen(d.Accounts)
	handlers := s.handlers()
	for _, rt := range Routes() {
		h, ok := handlers[rt.Name]
		if !ok {
			panic("web: no handler for route " + rt.Name)
		}
		s.mux.Handle(rt.Method+" "+rt.Pattern, s.route(rt, h))
	}
	if d.Static != nil {
		s.mux.Handle("GET /static/", d.Static)
	}
	if d.ThemeFiles != nil {
		s.mux.Handle("GET /theme/", http.StripPrefix("/theme", d.ThemeFiles))
	}
	return s.around(http.HandlerFunc(s.dispatch))
}

// handlers gives each named route to the room that serves it.
func (s *server) handlers() map[string]shell.Handler {
	all := map[string]shell.Handler{
		"health":  s.health,
		"robots":  s.robots,
		"favicon": s.favicon,
	}
	add := func(hs map[string]shell.Handler) {
		for name, h := range hs {
			all[name] = h
		}
	}
	add(places.Handlers(places.Deps{Shell: s.shell, Model: s.Model}))
	add(panoramas.Handlers(panoramas.Deps{Shell: s.shell, Model: s.Model, Explain: s.Explain, Perimeter: s.perimeter, Actions: s.actionsNear}))
	add(cops.Handlers(cops.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.COPs, ActorOf: s.Accounts.Actor, Chain: func(ctx context.Context, c cop.COP) ([]ui.Alert, error) { return renewals.Told(ctx, s.DB, c) }}))
	add(accounts.Handlers(accounts.Deps{Shell: s.shell, Model: s.Model, Room: s.Accounts, Secure: strings.HasPrefix(s.BaseURL, "https://"),
		TrustedProxies: s.TrustedProxies, Log: s.Log, Actions: s.ownActions, Waiting: s.updatesWaiting}))
	add(boards.Handlers(boards.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.National}))
	add(organisations.Handlers(organisations.Deps{Shell: s.shell, Model: s.Model, Room: s.Accounts}))
	add(invitations.Handlers(invitations.Deps{Shell: s.shell, Model: s.Model, Room: s.Accounts}))
	add(plans.Handlers(plans.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.Plans, Cursors: db.NewCursors(s.Desk.Key("plans")), Ambition: s.Ambition, Actions: s.actionsOfPlans}))
	add(known.Handlers(known.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Knowledge, FollowUp: s.Follow.FollowUp, Actions: s.actionsOf}))
	add(trends.Handlers(trends.Deps{Shell: s.shell, Model: s.Model, Book: s.Book, Q: s.DB, Now: s.Now, Own: s.Own, Aim: s.Aim}))
	add(levers.Handlers(levers.Deps{Shell: s.shell, Model: s.Model, Book: s.Book, Actions: s.Action.Register, Q: s.DB}))
	add(simulator.Handlers(simulator.Deps{Shell: s.shell, Source: simulator.FromModel(s.Model)}))
	add(method.Handlers(method.Deps{Shell: s.shell, Model: s.Model, Keep: s.Keep}))
	add(perimeters.Handlers(perimeters.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Actor: shell.Actor, NewID: s.NewID, Now: s.Now,
		CursorKey: s.Desk.Key("cursor")}))
	add(operator.Handlers(s.shell, s.Desk))
	add(demos.Handlers(demos.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Accounts: s.Accounts, Outbox: s.Outbox,
		Admit: s.Desk.Admit, Dismiss: s.Desk.Dismiss, Secure: strings.HasPrefix(s.BaseURL, "https://")}))
	add(api.Handlers(api.Deps{Model: s.Model, Explain: s.Explain, Perimeter: s.perimeter, CursorKey: s.Desk.Key("api"), Board: s.National, Book: s.Book, Q: s.DB, Now: s.Now, Own: s.Own, Ambition: s.Ambition, COPs: s.COPs, Minutes: s.Debate.Minutes, Debates: s.Debate.Question, Actions: s.Action.Register, Coverage: s.Action.Coverage, Aids: s.Action.Aid, Keys: s.Action.Keys, Tried: s.Accounts.Tried}))
	for _, hs := range slices.Concat(s.surveyHandlers(), s.diagnosisHandlers(), s.debateHandlers(), s.actionHandlers(), s.followHandlers()) {
		add(hs)
	}
	add(s.More)
	return all
}

// perimeter finds a free perimeter and says on its page what must be known of
// it: that it was invented, or withdrawn.
func (s *server) perimeter(ctx context.Context, id string) (territory.Territory, []int32, error) {
	m, err := s.Model(ctx)
	if err != nil {
		return territory.Territory{}, nil, err
	}
	p, err := territory.FindPerimeter(ctx, s.DB, id)
	if err != nil {
		return territory.Territory{}, nil, err
	}
	idx, err := territory.MembersOf(ctx, s.DB, m.Tree(), id)
	if err != nil {
		return territory.Territory{}, nil, err
	}
	t := p.Territory(m.Tree())
	if p.Demo {
		t.Kind += ", inventé pour la démonstration"
	}
	over, err := territory.Overlaps(ctx, s.DB, m.Tree(), p, s.Now().UTC().Format(time.DateOnly))
	if err != nil {
		return t, nil, err
	}
	for _, z := range over {
		t.Kind += ", partage " + wording.Communes(m.Tree(), z.Communes, 3) + " avec " + z.Name
	}
	if p.State == territory.PerimeterWithdrawn {
		t.Kind += ", retiré de la liste"
	}
	return t, idx, nil
}

// token is n random bytes written in hexadecimal.
func token(random io.Reader, n int) string {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		panic("web: no randomness: " + err.Error())
	}
	return hex.EncodeToString(b)
}

// Server is an http.Server around h with limits that a slow or hostile client
// cannot wait out.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      5 * time.Minute, // the largest download over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// notFoundError is the answer to an address that no route serves.
func notFoundError() error {
	return apperr.NotFoundf("Cette adresse ne mène à rien sur Jalon.")
}

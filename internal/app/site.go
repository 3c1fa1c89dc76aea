package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/api"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/config"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/figure"
	"jalon/internal/followup"
	"jalon/internal/jobs"
	"jalon/internal/knowledge"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web"
	"jalon/internal/web/downloads"
	"jalon/internal/web/method"
	"jalon/internal/web/operator"
	"jalon/internal/web/reports"
	"jalon/internal/web/shell"
	"jalon/internal/web/static"
	"jalon/internal/web/trends"
	"jalon/internal/web/ui"
)

// stopWithin is how long answers under way may take once asked to stop.
const stopWithin = 10 * time.Second

// App is the running site: the core, a listener and a server.
type App struct {
	*Core
	desk *operator.Desk
	rooms
	worker   *jobs.Worker
	listener net.Listener
	server   *http.Server
	metrics  *metricsServer
	watched  *health
	figures  figure.Registry
	temp     string // files prepared before they are sent
}

// New opens the database, computes the panorama and listens; nothing is served
// before Run. An address that is taken is said in French.
func New(ctx context.Context, cfg config.Config, opts ...Option) (_ *App, err error) {
	defer apperr.Wrap(&err, "app.New")
	core, err := Open(ctx, cfg, opts...)
	if err != nil {
		return nil, err
	}
	a := &App{Core: core}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) (err error) {
	if len(a.Config.Unknown) > 0 {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "unknown settings", slog.String("names", strings.Join(a.Config.Unknown, " ")))
	}
	// The first reader does not wait for the model.
	m, err := a.Model(ctx)
	if err != nil {
		return err
	}
	if a.temp, err = os.MkdirTemp("", "jalon-"); err != nil {
		return apperr.New(apperr.Unavailable, err, "Le dossier temporaire du système ne peut pas être écrit.")
	}
	a.watched = &health{db: a.DB, version: a.Version, log: a.Log}
	if a.metrics, err = newMetrics(a.Config.MetricsAddr, a.watched, newWaiting(a.DB, a.now)); err != nil {
		return err
	}
	if a.part == WorkOnly {
		return a.buildWork(ctx)
	}
	if a.listener, err = net.Listen("tcp", a.Config.Addr); err != nil {
		return taken(a.Config.Addr, err)
	}
	if strings.HasSuffix(a.Config.Addr, ":0") && strings.HasSuffix(a.Config.BaseURL, ":0") {
		a.Config.BaseURL = a.URL() // the real port is known only now
	}
	base := a.Config.BaseURL
	if a.desk, err = operator.Open(ctx, a.DB, a.now, a.random, strings.HasPrefix(base, "https://")); err != nil {
		return err
	}
	a.rooms = a.Core.rooms(a.desk, a.Home())
	if err := a.seed(ctx, m.Tree()); err != nil {
		return err
	}
	book, err := a.Book()
	if err != nil {
		return err
	}
	a.explain(&a.figures, a.rooms)
	theme, files, err := readTheme(a.Config.ThemeDir)
	if err != nil {
		return err
	}
	handler := web.New(web.Deps{
		BaseURL: base, Version: a.Version, Demo: a.demo, Outbox: a.outbox, Theme: theme, ThemeFiles: files, Log: a.Log, Now: a.now, Random: a.random,
		Static: static.Handler(), Asset: static.URL, Model: a.Model, DataVersion: a.dataVersion, Explain: a.figures.Explain,
		Health: a.health, Book: book, Own: a.own, Ambition: a.ambition, DB: a.DB, NewID: a.IDs.New, Desk: a.desk, COPs: a.cops, Plans: a.plans, Aim: a.aims, Knowledge: a.knowledge, Survey: a.survey, OpenData: a.openData, Restitution: a.restitution, Objectives: a.objectives, Diagnosis: a.diagnosis, Composed: a.composed, Debate: a.debate, Action: a.action, Follow: a.follow, Blocks: a.blocks(book), PDF: a.pdf(), Accounts: a.accounts, National: a.national, More: a.more(theme, book),
		TrustedProxies: a.Config.TrustedProxies, Keep: a.periods(),
	})
	a.server = web.Server(a.watched.around(a.metrics.around(handler)), a.Log)
	debug.FreeOSMemory() // reading the imports took more than serving will
	return nil
}

// buildWork is build for a program that serves no page.
func (a *App) buildWork(ctx context.Context) (err error) {
	m, err := a.Model(ctx)
	if err != nil {
		return err
	}
	base := a.Config.BaseURL
	if a.desk, err = operator.Open(ctx, a.DB, a.now, a.random, strings.HasPrefix(base, "https://")); err != nil {
		return err
	}
	a.rooms = a.Core.rooms(a.desk, base)
	return a.seed(ctx, m.Tree())
}

// seed writes what comes with the program, where it is not there yet, and makes what
// works in the background.
func (a *App) seed(ctx context.Context, tree *territory.Tree) (err error) {
	if err := a.cops.Load(ctx, a.tables, tree); err != nil {
		return err
	}
	if err := a.national.Load(ctx, a.tables); err != nil {
		return err
	}
	if err := a.seedOrganisations(ctx, a.accounts, tree); err != nil {
		return err
	}
	if err := a.knowledge.Load(ctx, a.tables, tree); err != nil {
		return err
	}
	if err := a.survey.Load(ctx, a.tables); err != nil {
		return err
	}
	if err := a.action.Aid.Load(ctx, a.tables); err != nil {
		return err
	}
	if err := a.action.Support.Load(ctx, a.tables); err != nil {
		return err
	}
	a.worker, err = a.newWorker()
	return err
}

// periods is what the page on personal data says of this installation.
func (a *App) periods() method.Periods {
	p := method.Periods{Accounts: a.Config.RetentionAccounts, SignIn: max(a.Config.RetentionSignIn, 1), Mail: int(a.outbox.Keep.Hours() / 24)}
	if a.accounts.Provider != nil {
		p.Provider = a.accounts.Provider.Name
	}
	return p
}

func taken(addr string, err error) error {
	return apperr.New(apperr.Unavailable, err, "L’adresse %s ne peut pas être ouverte\u00a0: un autre programme l’occupe peut-être. Changez JALON_ADDR.", addr)
}

// more are the handlers that need more than a model: the files of open data,
// which are made on disk, and the API.
func (a *App) more(theme ui.Theme, book *series.Book) map[string]shell.Handler {
	frame := &shell.Shell{BaseURL: a.Config.BaseURL, Version: a.Version, Demo: a.demo, Theme: theme, Asset: static.URL, Now: a.now}
	all := downloads.Handlers(downloads.Deps{Shell: frame, Store: a.Downloads(a.temp)})
	for name, h := range api.Handlers(api.Deps{Model: a.Model, Explain: a.figures.Explain, Perimeter: a.perimeter, CursorKey: a.desk.Key("api"), Board: a.national, Book: book, Q: a.DB, Now: a.now, Own: a.own, Ambition: a.ambition, COPs: a.cops, Minutes: a.debate.Minutes, Debates: a.debate.Question, Actions: a.action.Register, Coverage: a.action.Coverage, Aids: a.action.Aid, Keys: a.action.Keys, Tried: a.accounts.Tried}) {
		all[name] = h
	}
	for name, h := range reports.Handlers(a.reports(frame)) {
		all[name] = h
	}
	return all
}

// perimeter finds a free perimeter and its communes.
func (a *App) perimeter(ctx context.Context, id string) (territory.Territory, []int32, error) {
	m, err := a.Model(ctx)
	if err != nil {
		return territory.Territory{}, nil, err
	}
	p, err := territory.FindPerimeter(ctx, a.DB, id)
	if err != nil {
		return territory.Territory{}, nil, err
	}
	communes, err := territory.MembersOf(ctx, a.DB, m.Tree(), id)
	return p.Territory(m.Tree()), communes, err
}

// Addr is the address that New opened: the real port when 0 was asked.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Handler is the whole site without its listener, for tests and benchmarks.
func (a *App) Handler() http.Handler { return a.server.Handler }

// URL is where a reader on this machine finds the site.
func (a *App) URL() string { return "http://" + a.Addr() }

// Home is the address that the operator gives to people.
func (a *App) Home() string {
	if a.Config.BaseURL != "" {
		return a.Config.BaseURL
	}
	return a.URL()
}

// OperatorLink is an address that signs the operator in, once.
func (a *App) OperatorLink(ctx context.Context) (string, error) {
	path, err := a.desk.Link(ctx)
	return a.Home() + path, err
}

// Run serves until ctx ends, then lets the answers under way finish.
func (a *App) Run(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "app.Run")
	failed := make(chan error, 3)
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		if a.part == PagesOnly {
			return
		}
		if err := a.worker.Run(working); err != nil {
			failed <- err
		}
	}()
	warmed := make(chan struct{})
	go func() {
		defer close(warmed)
		if a.part != WorkOnly {
			a.warm(working)
		}
	}()
	defer func() { stopWork(); <-worked; <-warmed }()
	if a.server != nil {
		go func() { failed <- a.server.Serve(a.listener) }()
	}
	go a.metrics.serve(failed)
	select {
	case err := <-failed:
		if !errors.Is(err, http.ErrServerClosed) {
			return err
		}
	case <-ctx.Done():
	}
	a.watched.stopping.Store(true)
	if a.drain > 0 && a.server != nil {
		<-time.After(a.drain)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if a.server != nil {
		err = a.server.Shutdown(stop)
	}
	return errors.Join(err, a.metrics.shutdown(stop))
}

// warm reads the answers of the nation once, then its coverage, what is said of its actions and the
// contributions of the COPs that have many, so that the first reader waits for neither. A failure is the reader's to see, when one comes.
func (a *App) warm(ctx context.Context) {
	cycle, err := restitution.LatestCycle(ctx, a.DB, "", "")
	if err == nil && cycle != "" {
		_, err = a.restitution.Read(ctx, cycle, "")
	}
	if err != nil && ctx.Err() == nil {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "the answers of the nation are not read yet", slog.String("error", err.Error()))
	}
	if _, err := a.nationCoverage().OfNation(ctx, a.DB); err != nil && ctx.Err() == nil {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "the coverage of the nation is not read yet", slog.String("error", err.Error()))
	}
	if err := a.nationOutcome().Warm(ctx); err != nil && ctx.Err() == nil {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "what is said of actions is not read yet", slog.String("error", err.Error()))
	}
	if err := a.debate.Contribution.Warm(ctx); err != nil && ctx.Err() == nil {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "contributions are not read yet", slog.String("error", err.Error()))
	}
}

// Close frees what New opened; it may follow Run or come without it.
func (a *App) Close() error {
	var err error
	if a.listener != nil {
		if e := a.listener.Close(); !errors.Is(e, net.ErrClosed) {
			err = e
		}
	}
	if a.temp != "" {
		err = errors.Join(err, os.RemoveAll(a.temp))
	}
	return errors.Join(err, a.metrics.close(), a.Core.Close())
}

// aims is what a region aims at on the axes that have no kt, from its own plans.
func (a *App) aims(ctx context.Context, region territory.Ref) (trends.Aim, error) {
	all, err := plan.AimsOf(ctx, a.DB, region.Code)
	return all.For, err
}

// dataVersion names all that a public page may show.
func (a *App) dataVersion(ctx context.Context) (string, error) {
	m, err := a.Model(ctx)
	if err != nil {
		return "", err
	}
	free, err := db.Version(ctx, a.DB, territory.PerimetersVersion)
	if err != nil {
		return "", err
	}
	cops, err := db.Version(ctx, a.DB, cop.Version)
	if err != nil {
		return "", err
	}
	plans, err := db.Version(ctx, a.DB, plan.Version)
	if err != nil {
		return "", err
	}
	trends, err := db.Version(ctx, a.DB, series.TrendsVersion)
	if err != nil {
		return "", err
	}
	known, err := db.Version(ctx, a.DB, knowledge.Version)
	if err != nil {
		return "", err
	}
	asked, err := db.Version(ctx, a.DB, survey.Version)
	if err != nil {
		return "", err
	}
	aimed, err := db.Version(ctx, a.DB, objective.Version)
	if err != nil {
		return "", err
	}
	diagnosed, err := db.Version(ctx, a.DB, diagnosis.Version)
	if err != nil {
		return "", err
	}
	composed, err := db.Version(ctx, a.DB, composition.Version)
	if err != nil {
		return "", err
	}
	acted, err := db.Version(ctx, a.DB, action.Version)
	if err != nil {
		return "", err
	}
	followed, err := db.Version(ctx, a.DB, followup.Version)
	if err != nil {
		return "", err
	}
	helped, err := helpVersion(ctx, a.DB, a.action.Aid.Today())
	if err != nil {
		return "", err
	}
	version := fmt.Sprintf("%s.%d.%d.%d.%d.%d.%d.%d.%d.%d.%d.%d.%s", m.Version(), free, cops, plans, trends, known, asked, aimed, diagnosed, composed, acted, followed, helped)
	if a.demo {
		version += ".demonstration" // a page of invented data is no page of the real ones
	}
	return version, nil
}

func (a *App) health(ctx context.Context) (string, error) {
	_, err := db.Version(ctx, a.DB, panorama.DataVersion)
	return string(a.DB.Engine()), err
}

// readTheme lists the files of the official build that an operator mounts; the
// names are those of its distribution.
func readTheme(dir string) (theme ui.Theme, files http.Handler, err error) {
	if dir == "" {
		return theme, nil, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return theme, nil, apperr.New(apperr.Invalid, err, "Le dossier JALON_THEME_DIR ne peut pas être lu\u00a0: %s.", dir)
	}
	for _, name := range []string{"dsfr.min.css", "utility/utility.min.css"} {
		if _, err := fs.Stat(root.FS(), name); err == nil {
			theme.Stylesheets = append(theme.Stylesheets, "/theme/"+name)
		}
	}
	if len(theme.Stylesheets) == 0 {
		return theme, nil, apperr.Invalidf("Le dossier JALON_THEME_DIR ne contient pas dsfr.min.css\u00a0: indiquez le dossier «\u00a0dist\u00a0» du DSFR.")
	}
	return theme, http.FileServerFS(root.FS()), nil
}

// Package app builds Jalon from its configuration: it opens the database, gives
// each room what it needs from the others, and runs the commands. The program
// is New, Run and Close, so that an end-to-end test starts the real one.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/composition"
	"jalon/internal/config"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/demo"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/followup/outcome"
	"jalon/internal/framework"
	"jalon/internal/hub"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/national"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/support/aid"
	"jalon/internal/survey"
	"jalon/internal/territory"
)

// Core is what every command shares: the configuration, the database and the
// panorama computed from both.
type Core struct {
	Config  config.Config
	Version string // of the binary
	DB      *db.DB // nil when a reading command found no database
	Intake  *intake.Intake
	Store   *panorama.Store
	IDs     *db.IDs
	Log     *slog.Logger

	now    func() time.Time
	random io.Reader
	tables fs.FS
	demo   bool // the database is one of demonstration

	coverageOnce sync.Once
	coverageRoom *coverage.Room // see nationCoverage
	outcomeOnce  sync.Once
	outcomeRoom  *outcome.Room // see nationOutcome
	book         func() (*series.Book, error)
	hub          *hub.Client // nil for the one of the settings
	aidsAPI      aid.API     // bounds of the API of aids, for tests
	seeds        func(account.Organisation) bool
	part         Part
	drain        time.Duration
}

// Part is what of the site a program runs.
type Part int

// A program runs all of it; or its pages, beside others that work; or its work in
// the background, beside others that serve pages.
const (
	Whole Part = iota
	PagesOnly
	WorkOnly
)

// WithPart chooses what the program runs.
func WithPart(p Part) Option { return func(c *Core) { c.part = p } }

// WithDrain is how long a program that is asked to stop still takes requests, saying
// that it is not ready: the time that a proxy takes to see it.
func WithDrain(d time.Duration) Option { return func(c *Core) { c.drain = d } }

// Option sets what tests and the command line choose.
type Option func(*Core)

// WithVersion names the binary.
func WithVersion(v string) Option { return func(c *Core) { c.Version = v } }

// WithLog gives the logger; by default nothing is logged.
func WithLog(l *slog.Logger) Option { return func(c *Core) { c.Log = l } }

// WithClock gives the clock and the randomness, so that a test is the same each
// time.
func WithClock(now func() time.Time, random io.Reader) Option {
	return func(c *Core) { c.now, c.random = now, random }
}

// WithSeeds brings only the organisations of reference that a test reads: all of
// them are 36 752 rows, over a second for each program that a test starts.
func WithSeeds(which func(account.Organisation) bool) Option {
	return func(c *Core) { c.seeds = which }
}

// Tables lists the tables of every room, in the order of the house: what dump,
// load and the schema test read.
func Tables() []db.Table {
	var all []db.Table
	for _, room := range [][]db.Table{db.Tables(), jobs.Tables(), mail.Tables(), blob.Tables(), journal.Tables(), territory.Tables(), series.Tables(), intake.Tables(), document.Tables(), account.Tables(), cop.Tables(), plan.Tables(), objective.Tables(), knowledge.Tables(), survey.Tables(), restitution.Tables(), composition.Tables(), diagnosis.Tables(), debateTables(), actionTables(), followTables(), national.Tables(), demo.Tables()} {
		all = append(all, room...)
	}
	return all
}

// Open opens the database that the configuration names, makes it if it is new,
// and brings its schema up to date.
func Open(ctx context.Context, cfg config.Config, opts ...Option) (_ *Core, err error) {
	defer apperr.Wrap(&err, "app.Open")
	c, err := OpenBare(ctx, cfg, opts...)
	if err != nil {
		return nil, err
	}
	if err := c.DB.Migrate(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.readMark(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// OpenBare is Open without touching the schema: an archive brings its own, so
// that one of an older version loads and is then brought up to date.
func OpenBare(ctx context.Context, cfg config.Config, opts ...Option) (_ *Core, err error) {
	defer apperr.Wrap(&err, "app.OpenBare")
	if !isServer(cfg.DB) {
		if err := os.MkdirAll(filepath.Dir(filePath(cfg.DB)), 0o750); err != nil {
			return nil, apperr.New(apperr.Unavailable, err, "Le dossier de la base de données ne peut pas être créé\u00a0: %s.", filepath.Dir(filePath(cfg.DB)))
		}
	}
	c := base(cfg, opts)
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// OpenToRead is Open for a command that only reads: it changes no schema, and
// where there is no database yet it works on the reference data alone, leaving
// no file behind.
func OpenToRead(ctx context.Context, cfg config.Config, opts ...Option) (_ *Core, err error) {
	defer apperr.Wrap(&err, "app.OpenToRead")
	c := base(cfg, opts)
	if !isServer(cfg.DB) {
		if _, err := os.Stat(filePath(cfg.DB)); errors.Is(err, fs.ErrNotExist) {
			return c, nil
		}
	}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	if err := c.DB.CheckSchema(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.readMark(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// OpenExisting is OpenToRead for a command that has nothing to do without a
// database.
func OpenExisting(ctx context.Context, cfg config.Config, opts ...Option) (*Core, error) {
	c, err := OpenToRead(ctx, cfg, opts...)
	if err == nil && c.DB == nil {
		return nil, apperr.Invalidf("Il n’y a pas de base de données à l’adresse «\u00a0%s\u00a0»\u00a0: vérifiez JALON_DB et JALON_DATA_DIR.", cfg.DB)
	}
	return c, err
}

func base(cfg config.Config, opts []Option) *Core {
	c := &Core{Config: cfg, Version: "dev", Log: slog.New(slog.DiscardHandler), now: time.Now, random: rand.Reader, tables: data.FS}
	for _, o := range opts {
		o(c)
	}
	c.Log = slog.New(discreet{c.Log.Handler()})
	c.book = sync.OnceValues(func() (*series.Book, error) { return series.LoadBook(c.tables) })
	c.IDs = db.NewIDs(c.now, c.random)
	c.Intake = intake.New(c.IDs, c.now)
	return c
}

func (c *Core) open(ctx context.Context) error {
	d, err := db.Open(ctx, c.Config.DB)
	if err != nil {
		return err
	}
	c.DB = d
	c.Store = panorama.NewStore(d, c.tables, c.tree)
	return nil
}

// Close closes the database.
func (c *Core) Close() error {
	if c.DB == nil {
		return nil
	}
	return c.DB.Close()
}

// tree is the edition of the territories in force: the last one imported, else
// the one in the binary.
func (c *Core) tree(ctx context.Context) (*territory.Tree, error) {
	if c.DB == nil {
		return territory.Embedded()
	}
	return territory.LoadActive(ctx, c.DB)
}

// Book is the catalogue of series with the figures of the binary, read once.
func (c *Core) Book() (*series.Book, error) { return c.book() }

// Model is the panorama of the data as they are now.
func (c *Core) Model(ctx context.Context) (*panorama.Model, error) {
	if c.Store != nil {
		return c.Store.Model(ctx)
	}
	tree, err := c.tree(ctx)
	if err != nil {
		return nil, err
	}
	fw, err := framework.Load(c.tables)
	if err != nil {
		return nil, err
	}
	return panorama.FromObservations(tree, fw, c.tables, nil)
}

func isServer(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// filePath is the file of a SQLite address.
func filePath(dsn string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(dsn, "file:"), "?")
	return path
}

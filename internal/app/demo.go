package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/demo"
	"jalon/internal/figure"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web"
	"jalon/internal/web/shell"
)

// DemoConfig is a configuration as a demonstration takes it: a file of its own,
// never the one of the real site, and no mail server.
func DemoConfig(cfg config.Config) config.Config {
	if cfg.DB == "" || cfg.DB == filepath.Join(cfg.DataDir, "jalon.db") {
		cfg.DB = filepath.Join(cfg.DataDir, "jalon-demo.db")
	}
	cfg.SMTPURL, cfg.SMTP = "", nil
	return cfg
}

// FillDemo makes the database of a demonstration, or uses again the one that is
// there. It touches nothing of a database that holds anything else.
func FillDemo(ctx context.Context, cfg config.Config, o demo.Options, opts ...Option) (out demo.Outcome, err error) {
	defer apperr.Wrap(&err, "app.FillDemo")
	if err := free(cfg.Addr); err != nil {
		return out, err // said before minutes of use are wiped, not after
	}
	cfg.DB = hurried(cfg.DB)
	c, err := OpenBare(ctx, cfg, opts...)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := demo.Refuse(ctx, c.DB); err != nil {
		return out, err
	}
	if err := c.DB.Migrate(ctx); err != nil {
		return out, err
	}
	return c.FillDemo(ctx, o)
}

// hurried is the address of a file whose writes are not each waited for on disk:
// thousands of acts are invented at once, and filling that a power cut stops is
// begun again. The file stays sound, and what visitors do later is written as
// anywhere else.
func hurried(dsn string) string {
	if isServer(dsn) || strings.HasPrefix(dsn, "file:") || strings.ContainsAny(dsn, "%?#") {
		return dsn
	}
	return "file:" + dsn + "?sync=normal"
}

// FillDemo is the same on a database that is open and up to date.
func (c *Core) FillDemo(ctx context.Context, o demo.Options) (out demo.Outcome, err error) {
	tree, err := c.tree(ctx)
	if err != nil {
		return out, err
	}
	base := c.Config.BaseURL
	if base == "" || strings.HasSuffix(base, ":0") {
		base = "http://localhost:8080" // the port is not known yet, and links in old mails are not followed
	}
	p := c.demoPlace(tree)
	p.BaseURL = base
	if out, err = demo.Fill(ctx, p, o); err == nil {
		c.demo = true
	}
	return out, err
}

// demoPlace is where a demonstration is made: the database of the command, and what
// the rooms read besides.
func (c *Core) demoPlace(tree *territory.Tree) demo.Place {
	return demo.Place{DB: c.DB, Tables: c.tables, Rooms: Tables(), Tree: tree, Metrics: Metrics(func(context.Context) (*territory.Tree, error) { return tree, nil }, c.covered(), c.followed(), c.exits()), Now: c.now, Seeds: c.seeds, Sources: c.prefill(),
		Model: c.Model, Book: c.Book, Own: c.own, Debate: func(shared *debate.Room) web.Debate { return Debate(shared, c.Model) }, Explain: func(r demo.Told) figure.Explainer {
			var f figure.Registry
			c.explain(&f, rooms{national: r.National, restitution: r.Restitution, diagnosis: r.Diagnosis, survey: r.Survey, objectives: r.Objectives, action: web.Action{Coverage: r.Coverage}, follow: web.Follow{Outcome: r.Outcome}})
			return f.Explain
		}}
}

// DemoPlace is where a demonstration is made in a database that is open and up to
// date, with the reference data of the binary.
func DemoPlace(d *db.DB, now func() time.Time) (demo.Place, error) {
	c := base(config.Config{}, []Option{WithClock(now, rand.Reader)})
	tree, err := territory.Embedded()
	c.DB, c.Store = d, panorama.NewStore(d, c.tables, c.tree)
	return c.demoPlace(tree), err
}

// Demo reports whether the database is one of demonstration: it says so itself.
func (c *Core) Demo() bool { return c.demo }

func (c *Core) readMark(ctx context.Context) (err error) {
	_, c.demo, err = demo.Read(ctx, c.DB)
	return err
}

// free reports whether the address of the site can be opened.
func free(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return taken(addr, err)
	}
	return l.Close()
}

// DemoLink is the page where one chooses whom to be.
func (a *App) DemoLink() string { return a.Home() + shell.DemoPath }

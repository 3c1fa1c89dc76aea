// Command screenshots takes the pictures of the README: it builds the program,
// starts it on a new database, and a demonstration beside for the pages that need
// people, and looks at real pages in Chromium.
//
//	make screenshots
//
// A picture is kept only when its pixels changed, so that running it twice
// leaves nothing to commit. Those of the demonstration bear dates counted from
// today: another day, they change.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// shot is one picture: a page in a window.
type shot struct {
	name          string
	path          string
	width, height int64
	at            string   // selector brought to the top of the window, "" for the top of the page
	clicks        []string // in the demonstration: who one is, then the way to a page without an address of its own
	then          string   // the page once one is somebody, "" for where the clicks lead
}

func shots() []shot {
	return []shot{
		{name: "accueil", path: "/", width: 1280, height: 1200},
		{name: "tendances-grand-est", path: "/regions/grand-est/tendances", width: 1280, height: 1500},
		{name: "panorama-grand-est", path: "/regions/grand-est/panorama", width: 1280, height: 1500},
		{name: "panorama-grand-est-320", path: "/regions/grand-est/panorama", width: 320, height: 900},
		{name: "levier", path: "/leviers/voitures-electriques", width: 1280, height: 1000},
		{name: "les-cop", path: "/regions?jour=2024-05-27", width: 1280, height: 1000},
		{name: "simulateur", path: "/simulateur/grand-est?f-voitures-electriques=120&v-voitures-electriques=900", width: 1280, height: 900},
		{name: "d-ou-vient-ce-chiffre", path: "/chiffres/panorama/2024-07/voitures-electriques/department:67", width: 1280, height: 900},

		{name: "questionnaire-partie", path: "/demonstration?region=53", width: 1280, height: 1500,
			clicks: []string{`button[aria-label*="rédaction pour une collectivité"]`, `#mes-reponses a`, `main a[href$="/velo"]`}},
		{name: "campagne-grand-est", path: "/demonstration?region=44", width: 1280, height: 1400,
			clicks: []string{`button[aria-label*="équipe de la COP"]`}, then: "/regions/grand-est/bureau/questionnaire"},
		{name: "restitution-grand-est", path: "/demonstration?region=44", width: 1280, height: 1900,
			clicks: []string{`button[aria-label*="équipe de la COP"]`}, then: "/regions/grand-est/restitution"},
		{name: "diagnostic-grand-est", path: "/demonstration?region=44", width: 1280, height: 1300, at: "#cibles-objectifs-partages-h",
			clicks: []string{`button[aria-label*="équipe de la COP"]`}, then: "/regions/grand-est/diagnostic/editions/1"},
		{name: "composer-le-diagnostic", path: "/demonstration?region=44", width: 1280, height: 1400,
			clicks: []string{`button[aria-label*="équipe de la COP"]`}, then: "/regions/grand-est/bureau/diagnostic"},
		{name: "objectifs-sur-la-table", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`button[aria-label*="équipe de la COP"]`}, then: "/regions/grand-est/bureau/objectifs"},
		{name: "scores-des-leviers", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`button[aria-label*="équipe de la COP"]`}, then: "/regions/grand-est/bureau/themes/notes"},
		{name: "debat-grand-est", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`#public .fr-tile a[href="/regions/grand-est"]`}, then: "/regions/grand-est/debat"},
		{name: "contribution", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`#public .fr-tile a[href="/regions/grand-est"]`, `main a[href="/regions/grand-est/debat"]`, `#contributions a[href*="/contributions/0"]`}},
		{name: "groupes-d-opinion", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`#public .fr-tile a[href="/regions/grand-est"]`, `main a[href="/regions/grand-est/debat"]`, `main a[href="/regions/grand-est/debats"]`, `#liste a[href$="/resultats"]`}},
		{name: "feuille-de-route-grand-est", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`#public .fr-tile a[href="/regions/grand-est"]`}, then: "/regions/grand-est/feuille-de-route"},
		{name: "suivi-grand-est", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`#public .fr-tile a[href="/regions/grand-est"]`}, then: "/regions/grand-est/suivi"},
		{name: "fiche-epci", path: "/demonstration?region=44", width: 1280, height: 1500,
			clicks: []string{`#public .fr-tile a[href="/regions/grand-est"]`}, then: "/epci/246700488/fiche"},
		{name: "objectifs-de-la-nation", path: "/demonstration", width: 1280, height: 1300,
			clicks: []string{`#nation li:first-child button`}, then: "/national/objectifs"},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, "docs/screenshots")
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folder string) (err error) {
	browser, err := findBrowser()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "jalon-screenshots-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	program, err := build(ctx, work)
	if err != nil {
		return err
	}
	base, stop, err := start(ctx, program, "serve", filepath.Join(work, "data"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	invented, stopInvented, err := start(ctx, program, "demo", filepath.Join(work, "demo"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopInvented()) }()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return photograph(ctx, browser, base, invented, folder)
}

func findBrowser() (string, error) {
	for _, name := range []string{os.Getenv("JALON_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", errors.New("Chromium not found: install it (Debian: apt-get install chromium) or set JALON_CHROMIUM to its path")
}

// freePort asks the system for a port that nobody uses.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// build makes the program in a folder, and returns its path.
func build(ctx context.Context, work string) (string, error) {
	program := filepath.Join(work, "jalon")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/jalon")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	return program, nil
}

// start runs a command of the program, and returns its address once it answers.
func start(ctx context.Context, program, command, data string) (base string, stop func() error, err error) {
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	var log bytes.Buffer
	serve := exec.CommandContext(ctx, program, command)
	serve.Env = append(os.Environ(), "JALON_ADDR=localhost:"+port, "JALON_DB=", "JALON_BASE_URL=", "JALON_METRICS_ADDR=",
		"JALON_THEME_DIR=", "JALON_DATA_DIR="+data)
	serve.Stderr = &log
	if err := serve.Start(); err != nil {
		return "", nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- serve.Wait() }()
	stop = func() error {
		if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return <-ended
	}
	base = "http://localhost:" + port
	select {
	case err := <-answering(ctx, base):
		if err != nil {
			return "", nil, errors.Join(err, stop())
		}
	case err := <-ended:
		return "", nil, fmt.Errorf("jalon %s ended: %w\n%s", command, err, log.String())
	}
	return base, stop, nil
}

// answering tells when the site answers, or that it never did.
func answering(ctx context.Context, base string) <-chan error {
	told := make(chan error, 1)
	go func() { told <- answers(ctx, base) }()
	return told
}

// answers asks for the home page until it comes.
func answers(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/", nil)
		if err != nil {
			return err
		}
		r, err := http.DefaultClient.Do(req)
		if err == nil {
			if err := r.Body.Close(); err != nil {
				return err
			}
			if r.StatusCode == http.StatusOK {
				return nil
			}
			return fmt.Errorf("the home page answers %s", r.Status)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", base, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func photograph(ctx context.Context, browser, base, invented, folder string) error {
	alloc, stopAlloc := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(browser),
		chromedp.Headless,
		chromedp.NoSandbox, // it opens only our own pages, and may run as root
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "fr-FR"),
		chromedp.Env("LANG=fr_FR.UTF-8"),
	)
	defer stopAlloc()
	tab, stopTab := chromedp.NewContext(alloc)
	defer stopTab()
	if err := chromedp.Do(tab); err != nil {
		return fmt.Errorf("chromium did not start: %w", err)
	}
	for _, s := range shots() {
		site := base
		if len(s.clicks) > 0 {
			site = invented
		}
		picture, err := take(tab, site, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
		small, err := shrink(picture)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		path := filepath.Join(folder, s.name+".png")
		if old, err := os.ReadFile(path); err == nil && same(old, small) {
			fmt.Printf("%s: as it was\n", path)
			continue
		}
		if err := os.WriteFile(path, small, 0o644); err != nil {
			return err
		}
		fmt.Printf("%s: %d kB\n", path, len(small)/1000)
	}
	return nil
}

func take(tab context.Context, base string, s shot) ([]byte, error) {
	ctx, cancel := context.WithTimeout(tab, 30*time.Second)
	defer cancel()
	light := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, emulation.SetScrollbarsHidden, emulation.SetScrollbarsHiddenParams{Hidden: true})
		return err
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height), light); err != nil {
		return nil, err
	}
	if err := open(ctx, base+s.path); err != nil {
		return nil, err
	}
	for _, css := range s.clicks {
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(css))); err != nil {
			return nil, fmt.Errorf("click %s: %w", css, err)
		}
	}
	if s.then != "" {
		if err := open(ctx, base+s.then); err != nil {
			return nil, err
		}
	}
	if s.at != "" {
		if err := chromedp.Do(ctx, chromedp.ScrollIntoView(chromedp.CSS(s.at))); err != nil {
			return nil, err
		}
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

func open(ctx context.Context, address string) error {
	r, err := chromedp.Run(ctx, chromedp.NavigateResponse(address))
	if err != nil {
		return err
	}
	if r != nil && r.Status != http.StatusOK {
		return fmt.Errorf("%s answers %d", address, r.Status)
	}
	return nil
}

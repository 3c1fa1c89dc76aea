// Command screenshots takes the pictures of the README: it builds the program,
// starts it on a new database and looks at real pages in Chromium.
//
//	make screenshots
//
// A picture is kept only when its pixels changed, so that running it twice
// leaves nothing to commit.
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
	at            string // selector brought to the top of the window, "" for the top of the page
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
	base, stop, err := start(ctx, work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return photograph(ctx, browser, base, folder)
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

// start builds and runs the program, and returns its address once it answers.
func start(ctx context.Context, work string) (base string, stop func() error, err error) {
	program := filepath.Join(work, "jalon")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/jalon")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", nil, fmt.Errorf("build: %w", err)
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	var log bytes.Buffer
	serve := exec.CommandContext(ctx, program, "serve")
	serve.Env = append(os.Environ(), "JALON_ADDR=localhost:"+port, "JALON_DB=", "JALON_BASE_URL=", "JALON_METRICS_ADDR=",
		"JALON_THEME_DIR=", "JALON_DATA_DIR="+filepath.Join(work, "data"))
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
		return "", nil, fmt.Errorf("jalon serve ended: %w\n%s", err, log.String())
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

func photograph(ctx context.Context, browser, base, folder string) error {
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
		picture, err := take(tab, base, s)
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
	r, err := chromedp.Run(ctx, chromedp.NavigateResponse(base+s.path))
	if err != nil {
		return nil, err
	}
	if r != nil && r.Status != http.StatusOK {
		return nil, fmt.Errorf("answers %d", r.Status)
	}
	if s.at != "" {
		if err := chromedp.Do(ctx, chromedp.ScrollIntoView(chromedp.CSS(s.at))); err != nil {
			return nil, err
		}
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

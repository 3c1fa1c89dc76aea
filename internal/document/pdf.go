package document

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"jalon/internal/apperr"
)

// BrowserVar names the environment variable with the path of Chromium, for a
// machine where it is not on the path.
const BrowserVar = "JALON_CHROMIUM"

// printTime is the longest that one document may take.
const printTime = 60 * time.Second

// printing lets one document through at a time: a browser takes hundreds of
// megabytes, and the next one waits less than two would take together.
var printing = make(chan struct{}, 1)

// Browser is the path of Chromium, "" when there is none.
func Browser() string {
	for _, name := range []string{os.Getenv(BrowserVar), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func noPDF(cause error) error {
	return apperr.New(apperr.Unavailable, cause, "Le PDF ne peut pas être produit sur ce serveur pour le moment. Le document reste disponible en page à imprimer, en texte (ODT) et en diapositives (PPTX).")
}

// PDF prints a page that stands alone to an A4 PDF, tagged for screen readers,
// with its title, its language and its outline. The browser has a profile of
// its own, removed afterwards, runs no script and reaches no network. The text
// is the same each time; the bytes hold the time of printing.
func PDF(ctx context.Context, html []byte) (_ []byte, err error) {
	defer apperr.Wrap(&err, "document.PDF")
	return onPaper(ctx, html, sheetOfPaper())
}

// PosterPDF prints a poster to one A3 sheet, as PDF does a document.
func PosterPDF(ctx context.Context, html []byte) (_ []byte, err error) {
	defer apperr.Wrap(&err, "document.PosterPDF")
	return onPaper(ctx, html, posterPaper())
}

func onPaper(ctx context.Context, html []byte, paper page.PrintToPDFParams) (_ []byte, err error) {
	path := Browser()
	if path == "" {
		return nil, noPDF(errors.New("no Chromium: set " + BrowserVar))
	}
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	select {
	case printing <- struct{}{}:
		defer func() { <-printing }()
	case <-ctx.Done():
		return nil, noPDF(ctx.Err())
	}
	dir, err := os.MkdirTemp("", "jalon-pdf-*")
	if err != nil {
		return nil, noPDF(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, html, 0o600); err != nil {
		return nil, noPDF(err)
	}
	b, err := printed(ctx, path, dir, file, paper)
	if err != nil {
		return nil, noPDF(err)
	}
	return b, nil
}

func printed(ctx context.Context, path, dir, file string, paper page.PrintToPDFParams) (_ []byte, err error) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
		chromedp.Flag("lang", "fr-FR"),
		chromedp.Env("LANG=fr_FR.UTF-8"),
	}
	if os.Geteuid() == 0 { // Chromium has no sandbox for root
		options = append(options, chromedp.NoSandbox)
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(ctx, options...)
	defer stopAlloc()
	tab, stopTab := chromedp.NewContext(alloc)
	defer stopTab()
	if err := chromedp.Do(tab, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}), chromedp.Navigate("file://"+file)); err != nil {
		return nil, err
	}
	out, err := chromedp.Run(tab, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, page.PrintToPDF, paper)
		if err != nil {
			return nil, err
		}
		return r.Data, nil
	})
	// The browser ends before its profile is removed, whatever came of it.
	end, cancel := context.WithTimeout(context.WithoutCancel(tab), 5*time.Second)
	defer cancel()
	return out, errors.Join(err, chromedp.Cancel(end))
}

// sheetOfPaper is A4 with the title of the document at its head and the number
// of the page at its foot.
func sheetOfPaper() page.PrintToPDFParams {
	const inch, margin, edge = 25.4, 18 / 25.4, 16 / 25.4
	yes, side, top := true, edge, margin
	const style = `<style>div{width:100%;box-sizing:border-box;padding:0 16mm;font:8pt Arial,"Liberation Sans",sans-serif;color:#435257;display:flex;justify-content:space-between}</style>`
	return page.PrintToPDFParams{
		PaperWidth: 210 / inch, PaperHeight: 297 / inch, MarginTop: &top, MarginBottom: &top, MarginLeft: &side, MarginRight: &side,
		PrintBackground: &yes, DisplayHeaderFooter: &yes, GenerateTaggedPDF: &yes, GenerateDocumentOutline: &yes,
		HeaderTemplate: style + `<div></div>`,
		FooterTemplate: style + `<div><span class="title"></span><span><span class="pageNumber"></span>&nbsp;/&nbsp;<span class="totalPages"></span></span></div>`,
	}
}

// posterPaper is an A3 sheet on its side.
func posterPaper() page.PrintToPDFParams {
	const inch = 25.4
	yes, edge := true, 10/inch
	return page.PrintToPDFParams{PaperWidth: 420 / inch, PaperHeight: 297 / inch, MarginTop: &edge, MarginBottom: &edge, MarginLeft: &edge, MarginRight: &edge,
		PrintBackground: &yes, GenerateTaggedPDF: &yes, GenerateDocumentOutline: &yes}
}

package web

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"jalon/internal/apperr"
	"jalon/internal/web/shell"
)

// policyHeader is the Content-Security-Policy of every page: nothing but our
// own files, no inline style or script. A page made to be embedded may be framed.
const policyHeader = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "

// around wraps the whole site: what is outermost sees everything.
func (s *server) around(next http.Handler) http.Handler {
	csrf := http.NewCrossOriginProtection()
	https := false
	if u, err := url.Parse(s.BaseURL); err == nil && u.Host != "" {
		https = u.Scheme == "https"
		// A base URL that is no origin was refused with the configuration.
		_ = csrf.AddTrustedOrigin(u.Scheme + "://" + u.Host)
	}
	csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, apperr.New(apperr.Forbidden, nil, "Ce formulaire a été envoyé depuis un autre site\u00a0: rien n’a été enregistré. Ouvrez la page sur Jalon et recommencez."))
	}))
	site := csrf.Handler(next)
	var count atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Now()
		id := s.start + "-" + strconv.FormatUint(count.Add(1), 36)
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
		z := newCompressor(w, r)
		t := &tracked{ResponseWriter: z, route: "none", demo: s.Demo}
		secure(w.Header(), https)
		if strings.HasPrefix(r.URL.Path, "/api/") {
			anySite(w.Header())
		}
		if s.Demo {
			w.Header().Set(demoHeader, "demonstration")
			w.Header().Set("X-Robots-Tag", "noindex")
		}
		w.Header().Set("X-Request-Id", id)
		defer func() {
			if cause := recover(); cause != nil {
				if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(cause)
				}
				s.recovered(t, r, cause)
			}
			z.finish()
			// The path would name a place somebody looked up: the route is enough.
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("request", id), slog.String("method", r.Method), slog.String("route", t.route),
				slog.Int("status", t.code()), slog.Int64("bytes", z.sent), slog.Duration("took", s.Now().Sub(began)))
		}()
		site.ServeHTTP(t, r)
	})
}

// secure sets the headers that protect every answer.
func secure(h http.Header, https bool) {
	h.Set("Content-Security-Policy", policyHeader+"'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// anySite lets any site read the API, its errors and its 304 too: the data are
// public, and no cookie counts there.
func anySite(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", demoHeader)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

type requestKey struct{}

// requestID names the request in the log and on the page of an error.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// tracked remembers what was answered, for the log and for recovery.
type tracked struct {
	http.ResponseWriter
	status int
	route  string
	demo   bool
}

func (t *tracked) WriteHeader(status int) {
	if t.status == 0 {
		t.status = status
		t.name()
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracked) Write(p []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
		t.name()
	}
	return t.ResponseWriter.Write(p)
}

// demoHeader says, on every answer of a demonstration, that its data are
// invented: programs that read the API learn it too.
const demoHeader = "X-Jalon-Data"

// name says in the name of a file taken away from a demonstration what it is:
// here, so that no export can forget it.
func (t *tracked) name() {
	if !t.demo {
		return
	}
	h := t.Header()
	kind, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	file := params["filename"]
	if err != nil || file == "" {
		return
	}
	params["filename"] = shell.DemoName(file)
	h.Set("Content-Disposition", mime.FormatMediaType(kind, params))
}

// Unwrap lets http.ResponseController reach what is below.
func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *tracked) code() int {
	if t.status == 0 {
		return http.StatusOK
	}
	return t.status
}

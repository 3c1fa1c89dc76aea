package web

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const defaultTimeout = 10 * time.Second

// route wraps a handler once: its limits, what may be kept of its answers, and
// its error turned into a page.
func (s *server) route(rt Route, h shell.Handler) http.Handler {
	timeout := rt.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t, ok := w.(*tracked); ok {
			t.route = rt.Name
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		r = r.WithContext(ctx)
		// The server knows the request that it made, not this one: what a form set aside on
		// the disk is removed here.
		defer func() {
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll()
			}
		}()
		if r.Method == http.MethodPost || r.Method == http.MethodPut {
			r.Body = http.MaxBytesReader(w, r.Body, rt.Body)
		}
		if rt.Cache != Public {
			who, err := s.who(r)
			if err != nil {
				s.fail(w, r, err)
				return
			}
			r = r.WithContext(shell.With(r.Context(), who))
			if rt.SignIn && !who.SignedIn() {
				s.askWho(w, r)
				return
			}
		}
		if err := s.cached(rt, h, w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// who reads the session of a request, and the operator's cookie beside it.
func (s *server) who(r *http.Request) (shell.Who, error) {
	var who shell.Who
	if c, err := r.Cookie(shell.SessionCookie); err == nil {
		if who, err = s.seen(r.Context(), c.Value); err != nil {
			return shell.Who{}, err
		}
	}
	if c, err := r.Cookie(shell.VoiceCookie); err == nil && s.Debate.Shared != nil {
		who.Voice = s.Debate.Shared.VoiceIn(c.Value)
	}
	operator := s.Desk.Actor(r)
	if who.Actor.Person == "" {
		who.Actor.Person = operator.Person
	}
	who.Actor.Grants = append(who.Actor.Grants, operator.Grants...)
	return who, nil
}

// askWho sends a reader to sign in. What a form sent is not kept here, because
// nobody knows whose it is: the browser has it still, and says so.
func (s *server) askWho(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "private, no-store")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		_ = shell.SeeOther(w, r, shell.SignIn(r))
		return
	}
	s.fail(w, r, apperr.New(apperr.Forbidden, nil, "Votre session est terminée\u00a0: rien n’a été enregistré, et votre navigateur garde ce que vous avez écrit. "+
		"Connectez-vous dans un autre onglet, puis rechargez cette page pour l’envoyer de nouveau."))
}

// cached answers 304 when the reader already has this page of these data, and
// says how long an answer may be kept otherwise.
func (s *server) cached(rt Route, h shell.Handler, w http.ResponseWriter, r *http.Request) error {
	header := w.Header()
	switch {
	case rt.Cache == Own:
		return h(w, r)
	case rt.Cache == Private || s.DataVersion == nil:
		header.Set("Cache-Control", "private, no-store")
		return h(w, r)
	}
	if r.URL.Query().Get("integre") == "1" {
		header.Set("Content-Security-Policy", policyHeader+"*") // made to be framed, and acts on nothing
	}
	version, err := s.DataVersion(r.Context())
	if err != nil {
		return err
	}
	tag := s.tag(version, r)
	header.Set("Cache-Control", "public, max-age=60, must-revalidate")
	header.Set("ETag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		header.Add("Vary", "Accept-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return h(w, r)
}

// tag names a page: data, binary, periods that the installation was set to,
// address, and the day that its print line bears. Two pages of the same tag are the same to a reader.
func (s *server) tag(version string, r *http.Request) string {
	h := fnv.New64a()
	day := s.Now().Unix() / (24 * 3600)
	for _, part := range []string{version, s.Version, s.settings, strconv.FormatInt(day, 10), r.Host, r.URL.Path, r.URL.RawQuery} {
		_, _ = h.Write([]byte(part)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	return `W/"` + strconv.FormatUint(h.Sum64(), 36) + `"`
}

// matches reads If-None-Match, weakly as it must be.
func matches(header, tag string) bool {
	if header == "*" {
		return true
	}
	want := strings.TrimPrefix(tag, "W/")
	for one := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == want {
			return true
		}
	}
	return false
}

// dispatch gives the request to its route, and what has none to the pages that
// help: another spelling of an address, a method that is not served, nothing.
func (s *server) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if path, ok := s.respelled(r); ok {
			_ = shell.Moved(w, r, path)
			return
		}
	}
	// The mux knows which methods an address has; its own answer is plain text.
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	switch rec.Code {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", rec.Header().Get("Allow"))
		s.problem(w, r, http.StatusMethodNotAllowed, nil)
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		h.ServeHTTP(w, r)
	default:
		s.fail(w, r, notFoundError())
	}
}

// respelled finds the address that a reader meant: without a final slash, in
// lower case.
func (s *server) respelled(r *http.Request) (string, bool) {
	path := r.URL.EscapedPath()
	trimmed := "/" + strings.Trim(path, "/")
	for _, p := range []string{trimmed, strings.ToLower(trimmed)} {
		if p == path || strings.HasPrefix(p, "//") {
			continue
		}
		again, err := http.NewRequest(http.MethodGet, p, nil)
		if err != nil {
			continue
		}
		if _, pattern := s.mux.Handler(again); pattern != "" {
			return p, true
		}
	}
	return "", false
}

// fail turns an error into a page: the reader gets what happened and what to
// do, the log gets the cause.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := apperr.Status(err)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
		err = apperr.New(apperr.TooLarge, err, "Ce formulaire dépasse %d\u00a0Ko\u00a0: rien n’a été enregistré.", tooLarge.Limit>>10)
	case errors.Is(err, context.Canceled):
		return // nobody is there to read
	case errors.Is(err, context.DeadlineExceeded):
		status = http.StatusServiceUnavailable
		err = apperr.New(apperr.Unavailable, err, "La réponse tarde trop. Réessayez dans un instant.")
	}
	if status >= http.StatusInternalServerError {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request failed",
			slog.String("request", requestID(r.Context())), slog.String("error", err.Error()))
	}
	s.problem(w, r, status, err)
}

// recovered answers a panic and keeps its stack for the log.
func (s *server) recovered(w *tracked, r *http.Request, cause any) {
	s.Log.LogAttrs(r.Context(), slog.LevelError, "panic",
		slog.String("request", requestID(r.Context())), slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
	if w.status == 0 {
		s.problem(w, r, http.StatusInternalServerError, nil)
	}
}

// problem draws the page of a status. A page that fails to draw leaves one
// plain sentence.
func (s *server) problem(w http.ResponseWriter, r *http.Request, status int, err error) {
	h := w.Header()
	for _, name := range []string{"ETag", "Content-Disposition", "Last-Modified", "Content-Length", "Content-Encoding"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "10")
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		problemJSON(w, status, problemPage(status, err, ""))
		return
	}
	p := problemPage(status, err, requestID(r.Context()))
	page := s.shell.Page(r, p.Title, "")
	page.NoIndex, page.Canonical, page.Trail = true, "", nil
	if err := s.shell.RenderStatus(w, r.WithContext(context.WithoutCancel(r.Context())), status, page, ui.ErrorPage(p)); err != nil {
		http.Error(w, p.Message, status)
	}
}

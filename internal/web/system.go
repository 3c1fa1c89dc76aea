package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// health answers the supervisor: 503 as soon as the database does not answer.
func (s *server) health(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	answer := struct {
		Status  string `json:"status"`
		Version string `json:"version"`
		Engine  string `json:"engine"`
		Data    string `json:"data_version,omitempty"`
		Demo    bool   `json:"demonstration,omitempty"`
	}{Status: "ok", Version: s.Version, Demo: s.Demo}
	status := http.StatusOK
	engine, err := s.Health(ctx)
	answer.Engine = engine
	if err == nil && s.DataVersion != nil {
		answer.Data, err = s.DataVersion(ctx)
	}
	if err != nil {
		status, answer.Status = http.StatusServiceUnavailable, "unavailable"
		s.Log.LogAttrs(ctx, slog.LevelError, "health", slog.String("error", err.Error()))
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever left does not need to hear it
	return nil
}

// robots lets everything public be read, but for the infinite; nothing of a
// demonstration.
func (s *server) robots(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	if s.Demo {
		_, _ = w.Write([]byte("User-agent: *\nDisallow: /\n")) // what is invented is not to be found
		return nil
	}
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /recherche\nDisallow: /comparer\nDisallow: /simulateur/\nDisallow: /operateur\n"))
	return nil
}

// favicon is for those who ask without reading the page.
func (s *server) favicon(w http.ResponseWriter, r *http.Request) error {
	to := "/static/favicon.svg"
	if s.Asset != nil {
		to = s.Asset("favicon.svg")
	}
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}

package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jalon/internal/db"
)

// Where the machines that keep watch ask; they are no pages of the site.
const (
	livePath  = "/healthz"
	readyPath = "/readyz"
)

// health answers the machines that keep watch. Being alive asks nothing of the
// database: a program is not restarted because its database is away. Being ready
// does, and ends as soon as the program is asked to stop, so that the proxy sends
// people elsewhere while answers under way are finished.
type health struct {
	db       *db.DB
	version  string
	log      *slog.Logger
	stopping atomic.Bool
}

// around answers the two paths and leaves everything else to h.
func (x *health) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			switch r.URL.Path {
			case livePath:
				x.say(w, http.StatusOK, map[string]any{"status": "alive", "version": x.version})
				return
			case readyPath:
				x.ready(w, r)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

func (x *health) ready(w http.ResponseWriter, r *http.Request) {
	said := map[string]any{"status": "ready", "version": x.version, "engine": string(x.db.Engine())}
	if x.stopping.Load() {
		said["status"] = "stopping"
		x.say(w, http.StatusServiceUnavailable, said)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var one int64
	if err := x.db.QueryRow(ctx, `SELECT COUNT(*) FROM setting WHERE name = $1`, "").Scan(&one); err != nil {
		x.log.LogAttrs(ctx, slog.LevelError, "not ready", slog.String("error", err.Error()))
		said["status"] = "no database"
		x.say(w, http.StatusServiceUnavailable, said)
		return
	}
	x.say(w, http.StatusOK, said)
}

func (x *health) say(w http.ResponseWriter, code int, said map[string]any) {
	body, err := json.Marshal(said)
	if err != nil {
		code = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // whoever left does not need to hear it
}

// waiting counts, at each scrape, what an operator watches: tasks and mails that do
// not go through. Replicas on one database say the same.
type waiting struct {
	db   *db.DB
	now  func() time.Time
	jobs *prometheus.Desc
	late *prometheus.Desc
	mail *prometheus.Desc
}

func newWaiting(d *db.DB, now func() time.Time) *waiting {
	return &waiting{
		db: d, now: now,
		jobs: prometheus.NewDesc("jalon_jobs", "Tasks by state: ready to run, or dead after their last try.", []string{"state"}, nil),
		late: prometheus.NewDesc("jalon_jobs_late_seconds", "How long the oldest ready task has been due.", nil, nil),
		mail: prometheus.NewDesc("jalon_mails_waiting", "Mails that did not leave yet.", nil, nil),
	}
}

// Describe names the metrics.
func (x *waiting) Describe(c chan<- *prometheus.Desc) { c <- x.jobs; c <- x.late; c <- x.mail }

// Collect reads them; a database that does not answer gives none.
func (x *waiting) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var ready, dead, mails int64
	var oldest *int64
	err := x.db.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM job WHERE state = 'ready'), (SELECT COUNT(*) FROM job WHERE state = 'dead'),
		(SELECT MIN(run_at) FROM job WHERE state = 'ready'), (SELECT COUNT(*) FROM mail_outbox WHERE state = 'waiting')`).Scan(&ready, &dead, &oldest, &mails)
	if err != nil {
		c <- prometheus.NewInvalidMetric(x.jobs, err)
		return
	}
	late := 0.0
	if oldest != nil {
		late = max(0, x.now().Sub(time.UnixMilli(*oldest)).Seconds())
	}
	c <- prometheus.MustNewConstMetric(x.jobs, prometheus.GaugeValue, float64(ready), "ready")
	c <- prometheus.MustNewConstMetric(x.jobs, prometheus.GaugeValue, float64(dead), "dead")
	c <- prometheus.MustNewConstMetric(x.late, prometheus.GaugeValue, late)
	c <- prometheus.MustNewConstMetric(x.mail, prometheus.GaugeValue, float64(mails))
}

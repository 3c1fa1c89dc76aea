package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jalon/internal/apperr"
)

// metricsServer counts requests and shows the counts on a listener of its own,
// never the public one. A nil metricsServer counts nothing.
type metricsServer struct {
	listener net.Listener
	server   *http.Server
	requests *prometheus.HistogramVec
}

func newMetrics(addr string, h *health, w *waiting) (*metricsServer, error) {
	if addr == "" {
		return nil, nil //nolint:nilnil // metrics are off: every method of a nil server does nothing
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, apperr.New(apperr.Unavailable, err, "L’adresse des métriques, %s, ne peut pas être ouverte\u00a0: changez JALON_METRICS_ADDR.", addr)
	}
	registry := prometheus.NewRegistry()
	m := &metricsServer{listener: l, requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "jalon_http_request_seconds", Help: "Time to answer a request, by method and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"method", "status"})}
	registry.MustRegister(m.requests, w, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	// One metric that cannot be read does not hide the others.
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	m.server = &http.Server{Handler: h.around(mux), ReadHeaderTimeout: 5 * time.Second}
	return m, nil
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (m *metricsServer) around(h http.Handler) http.Handler {
	if m == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, s := time.Now(), &status{ResponseWriter: w, code: http.StatusOK}
		h.ServeHTTP(s, r)
		method := r.Method
		if method != http.MethodGet && method != http.MethodPost && method != http.MethodHead {
			method = "other"
		}
		m.requests.WithLabelValues(method, strconv.Itoa(s.code)).Observe(time.Since(start).Seconds())
	})
}

func (m *metricsServer) serve(failed chan<- error) {
	if m == nil {
		return
	}
	if err := m.server.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
		failed <- err
	}
}

func (m *metricsServer) shutdown(ctx context.Context) error {
	if m == nil {
		return nil
	}
	return m.server.Shutdown(ctx)
}

func (m *metricsServer) close() error {
	if m == nil {
		return nil
	}
	if err := m.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

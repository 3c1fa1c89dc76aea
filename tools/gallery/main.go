// Command gallery serves the page of all components under the real
// Content-Security-Policy, for eyes: go run ./tools/gallery, then
// http://localhost:8090/.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"jalon/internal/web/static"
	"jalon/internal/web/ui"
)

func main() {
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := ui.Gallery(static.URL).Render(r.Context(), w); err != nil {
			fmt.Fprintln(os.Stderr, "gallery:", err)
		}
	})
	server := &http.Server{Addr: "localhost:8090", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if err := server.ListenAndServe(); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

package objectives

import "jalon/internal/web/shell"

// tableHandlers are the pages where a COP puts its objectives on the table,
// discusses and shares them, and where anyone reads those that it shared.
func (d Deps) tableHandlers() map[string]shell.Handler {
	return map[string]shell.Handler{}
}

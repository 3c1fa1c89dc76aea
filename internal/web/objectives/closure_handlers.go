package objectives

import "jalon/internal/web/shell"

// closureHandlers are the pages that read objectives across scales: départements
// and perimeters of a region, regions of the nation.
func (d Deps) closureHandlers() map[string]shell.Handler {
	return map[string]shell.Handler{}
}

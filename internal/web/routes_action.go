package web

import "slices"

// actionRoutes are the addresses of actions and of what helps them, one list each.
func actionRoutes() []Route {
	return slices.Concat(sheetRoutes(), registerRoutes(), gridRoutes(), coverageRoutes(), measureRoutes(), aidRoutes(), transferRoutes())
}

// sheetRoutes: actions as people read, propose and write them.
func sheetRoutes() []Route { return nil }

// registerRoutes: the team's register.
func registerRoutes() []Route { return nil }

// gridRoutes: the grid, the list that both heads retain, the vivier, doubles.
func gridRoutes() []Route { return nil }

// coverageRoutes: how far actions cover objectives.
func coverageRoutes() []Route { return nil }

// measureRoutes: what helps a lever, step by step.
func measureRoutes() []Route { return nil }

// aidRoutes: the catalogue of aids, what fits, needs.
func aidRoutes() []Route { return nil }

// transferRoutes: files of actions.
func transferRoutes() []Route { return nil }

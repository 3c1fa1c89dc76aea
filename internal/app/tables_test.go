package app

import (
	"testing"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

// A table that no room lists would be in no dump and no erasure.
func TestEveryTableOfTheSchemaIsListedByOneRoom(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { testkit.CheckTables(t, d, Tables()) })
}

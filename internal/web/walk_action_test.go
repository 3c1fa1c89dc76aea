package web_test

import (
	"net/http"
	"net/url"

	"jalon/internal/policy"
)

// foreseenActions are the routes of actions and of what helps them.
var foreseenActions = map[string]need{
	"register":               {kind: policy.Action, do: policy.Judge, over: theCOP},
	"register-board":         {kind: policy.Action, do: policy.Judge, over: theCOP},
	"register-calendar":      {kind: policy.Action, do: policy.Judge, over: theCOP},
	"register-many":          {kind: policy.Action, do: policy.Judge, over: theCOP},
	"register-change":        {kind: policy.Action, do: policy.Judge, over: theCOP},
	"register-view-keep":     {kind: policy.Action, do: policy.Judge, over: theCOP, form: url.Values{"name": {"Vue"}}},
	"register-view-end":      {kind: policy.Action, do: policy.Judge, over: theCOP},
	"register-map":           {kind: policy.Action, do: policy.Judge, over: theCOP},
	"action":                 {kind: policy.Action, do: policy.Read, over: itsNote, made: "action"},
	"action-versions":        {kind: policy.Action, do: policy.Read, over: itsNote, made: "action"},
	"action-document":        {over: nobody, path: "/actions/absente/documents/absent"},
	"action-aid-add":         {over: nobody, path: "/actions/absente/aides"}, // their own tests read who sees an action
	"action-need":            {over: nobody, path: "/actions/absente/aides/besoin"},
	"share-desk":             {kind: policy.Desk, do: policy.Read, over: itsRegion, path: "/departements/973/bureau/partage"},
	"keys":                   {over: someone, path: "/mon-espace/cles"},
	"key-add":                {over: someone, path: "/mon-espace/cles"},
	"key-end":                {over: nobody, path: "/mon-espace/cles/absente/terminer"},
	"api-action-add":         {over: nobody, path: "/api/v1/actions"}, // a key alone writes, never a session
	"api-action-save":        {over: nobody, path: "/api/v1/actions/absente"},
	"aids-desk":              {kind: policy.Aid, do: policy.Edit, over: itsNote},
	"aids-desk-add":          {kind: policy.Aid, do: policy.Create, over: itsNote},
	"aids-desk-one":          {kind: policy.Aid, do: policy.Edit, over: itsNote, made: "aid"},
	"aids-desk-save":         {kind: policy.Aid, do: policy.Edit, over: itsNote, made: "aid", form: url.Values{"name": {"Planter"}}},
	"needs-desk":             {kind: policy.Need, do: policy.Read, over: itsRegion},
	"need-add":               {kind: policy.Need, do: policy.Create, over: itsRegion},
	"need-turn":              {kind: policy.Need, do: policy.Edit, over: itsNote, made: "need", form: url.Values{"do": {"aside"}, "answer": {"x"}}},
	"national-needs":         {kind: policy.Need, do: policy.Read, over: nation, path: "/national/besoins"},
	"national-aids":          {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides"},
	"national-aids-add":      {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides"},
	"national-aid":           {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides/{id}", made: "aid"},
	"national-aid-save":      {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides/{id}", made: "aid", form: url.Values{"name": {"Planter"}}},
	"national-aid-report":    {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides/signalements/absent"},
	"national-aids-import":   {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides/importer"},
	"national-aids-stage":    {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides/importer"},
	"national-aids-run":      {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides/importer/absent", answer: http.StatusNotFound},
	"national-aids-apply":    {kind: policy.Aid, do: policy.Judge, over: nation, path: "/national/aides/importer/absent"},
	"measure-desk":           {kind: policy.Measure, do: policy.Edit, over: itsNote},
	"measure-add":            {kind: policy.Measure, do: policy.Create, over: itsNote},
	"measure-one":            {kind: policy.Measure, do: policy.Edit, over: itsNote, made: "question", answer: http.StatusNotFound}, // none was added
	"measure-save":           {kind: policy.Measure, do: policy.Edit, over: itsNote, made: "question", answer: http.StatusNotFound},
	"measure-nation":         {kind: policy.Measure, do: policy.Edit, over: nation, path: "/national/mesures"},
	"measure-nation-add":     {kind: policy.Measure, do: policy.Create, over: nation, path: "/national/mesures"},
	"measure-nation-one":     {kind: policy.Measure, do: policy.Edit, over: nation, path: "/national/mesures/inconnue", answer: http.StatusNotFound},
	"measure-nation-save":    {kind: policy.Measure, do: policy.Edit, over: nation, path: "/national/mesures/inconnue", answer: http.StatusNotFound},
	"grid":                   {kind: policy.Action, do: policy.Read, over: itsNote, made: "action"},
	"grid-act":               {kind: policy.Action, do: policy.Judge, over: itsNote, made: "action", form: url.Values{"do": {"opinion"}, "rev": {"99"}}},
	"listing-compose":        {kind: policy.Action, do: policy.Propose, over: theCOP},
	"listing-propose":        {kind: policy.Action, do: policy.Propose, over: theCOP, form: url.Values{"do": {"picked"}}},
	"listing-desk":           {kind: policy.Action, do: policy.Read, over: theCOP},
	"listing-pending":        {kind: policy.Action, do: policy.Read, over: theCOP},
	"listing-pending-file":   {kind: policy.Action, do: policy.Read, over: theCOP},
	"pool":                   {kind: policy.Action, do: policy.Judge, over: theCOP},
	"pool-csv":               {kind: policy.Action, do: policy.Judge, over: theCOP},
	"action-pairs":           {kind: policy.Action, do: policy.Judge, over: theCOP},
	"action-pairs-act":       {kind: policy.Action, do: policy.Judge, over: theCOP, made: "action", form: url.Values{"do": {"unmerge"}, "rev": {"99"}, "id": {"absent"}}},
	"action-pair":            {kind: policy.Action, do: policy.Judge, over: theCOP, made: "action"},
	"action-merge":           {kind: policy.Action, do: policy.Judge, over: theCOP, made: "action", form: url.Values{"do": {"dismiss"}, "rev-a": {"99"}, "rev-b": {"99"}}},
	"action-cross":           {kind: policy.Action, do: policy.Judge, over: theCOP},
	"action-cross-save":      {kind: policy.Action, do: policy.Judge, over: theCOP, form: url.Values{"code": {"sante"}, "name": {"Santé"}, "rev": {"99"}}},
	"overlaps":               {kind: policy.Action, do: policy.Judge, over: theCOP},
	"overlap-settle":         {kind: policy.Action, do: policy.Judge, over: theCOP, form: url.Values{"levier": {"covoiturage"}, "a": {"absent"}, "b": {"rien"}, "compte": {"absent"}, "verdict": {"confirmed"}, "raison": {"parce que"}, "part": {"0"}}},
	"action-import":          {kind: policy.Action, do: policy.Judge, over: itsRegion},
	"action-import-send":     {kind: policy.Action, do: policy.Judge, over: itsRegion},
	"action-import-model":    {kind: policy.Action, do: policy.Judge, over: itsRegion},
	"action-import-columns":  {over: nobody}, // its own tests read who sees a file
	"action-import-map":      {over: nobody},
	"action-import-preview":  {over: nobody},
	"action-import-verdicts": {over: nobody},
	"action-import-refused":  {over: nobody},
	"action-import-apply":    {over: nobody},
	"action-export":          {kind: policy.Action, do: policy.Judge, over: itsRegion},
	"action-export-file":     {kind: policy.Action, do: policy.Judge, over: itsRegion},
}

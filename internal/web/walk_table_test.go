package web_test

import (
	"net/http"
	"net/url"
	"strings"

	"jalon/internal/policy"
)

// need is what the table of rights asks of whoever sends a request to a route.
type need struct {
	kind policy.Kind
	// do is what lets an actor use the route: of a form that one may read and not
	// send, the answer is «forbidden».
	do policy.Verb
	// over says what the address is about.
	over over
	// path is the address of a route that is about no COP.
	path string
	// made is the fixture that {id} names.
	made string
	// answer is what whoever may reads gets, 200 when zero.
	answer int
	// form is what a person would send, at a revision that is no more: whoever may
	// gets a conflict, and nothing changes from one role to the next.
	form url.Values
}

// over is what an address is about, which a role has to reach.
type over int

const (
	open          over = iota // anyone, signed in or not
	someone                   // whoever signed in, for themselves
	theCOP                    // the COP of the address
	somewhere                 // whoever holds the right over anything at all
	nation                    // whoever holds it over the nation
	admins                    // the same, of pages that nobody else knows
	giver                     // whoever may give a role somewhere
	theOrg                    // the organisation of the address
	thePerson                 // somebody who holds a role over the region
	nobody                    // what does not exist: everyone is told so
	itsRegion                 // whoever holds it over the region's COPs or one of its départements; nobody else knows the page
	itsDesk                   // itsRegion, or who writes for an authority whose seat is there
	itsItem                   // a thing of the whole region, which those of itsDesk read
	itsNote                   // a note of the whole region, that who works on it alone knows
	itsDraft                  // the draft of a diagnosis, which those of itsRegion read
	itsCampaign               // the campaign of a region, which those of itsRegion read
	itsAnswers                // the answers to a campaign, for those who follow it over the region or one of its départements
	itsNewMeeting             // a meeting to come, which those who read meetings know of
	itsMeeting                // a public meeting of the whole region: anyone reads it
	itsPlan                   // a plan of the whole region, which its départements read on the same pages
)

// foreseen is every route: one that is not here fails the test.
var foreseen = map[string]need{
	"contribution-themes-desk":  {kind: policy.Post, do: policy.Judge, over: theCOP},
	"contribution-theme-rename": {kind: policy.Post, do: policy.Judge, over: theCOP, form: url.Values{"theme": {"absent"}, "nom": {"Nom"}}},
	"question-desk":             {kind: policy.Debate, do: policy.Edit, over: itsRegion},
	"question-add":              {kind: policy.Debate, do: policy.Create, over: itsNote},
	"question-one":              {kind: policy.Debate, do: policy.Edit, over: itsRegion, made: "question"},
	"question-save":             {kind: policy.Debate, do: policy.Edit, over: itsNote, made: "question", form: url.Values{"title": {"Débat"}, "question": {"Que faire ?"}, "proposals": {"nobody"}}},
	"question-seed":             {kind: policy.Debate, do: policy.Edit, over: itsNote, made: "question"},
	"question-turn":             {kind: policy.Debate, do: policy.Edit, over: itsNote, made: "question"},
	"question-conclude":         {kind: policy.Debate, do: policy.Edit, over: itsNote, made: "question"},
	"question-withdraw":         {kind: policy.Post, do: policy.Judge, over: itsNote, made: "question"},
	"form-editor":               {kind: policy.Questionnaire, do: policy.Edit, over: admins, path: "/national/questionnaires/national-2025"},
	"form-edit":                 {kind: policy.Questionnaire, do: policy.Edit, over: admins, path: "/national/questionnaires/national-2025", form: url.Values{"what": {"section"}, "do": {"up"}, "section": {"velo"}}},
	"form-section":              {kind: policy.Questionnaire, do: policy.Edit, over: admins, path: "/national/questionnaires/national-2025/sections/velo"},
	"form-preview":              {kind: policy.Questionnaire, do: policy.Edit, over: admins, path: "/national/questionnaires/national-2025/apercu", form: url.Values{"what": {"row"}, "do": {"save"}, "section": {"velo"}}},
	"form-publish":              {kind: policy.Questionnaire, do: policy.Edit, over: admins, path: "/national/questionnaires/national-2025/publier", form: url.Values{"reason": {"parce que"}}},
	"form-import":               {kind: policy.Questionnaire, do: policy.Edit, over: admins, path: "/national/questionnaires/national-2025/import"},
	"form-export":               {kind: policy.Questionnaire, do: policy.Edit, over: admins, path: "/national/questionnaires/national-2025/document.json"},
	"variant-editor":            {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion},
	"variant-edit":              {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion},
	"variant-section":           {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion, answer: http.StatusNotFound}, // no variant yet
	"variant-preview":           {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion},
	"variant-publish":           {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion},
	"variant-import":            {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion},
	"variant-export":            {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion, answer: http.StatusNotFound},
	"variant-make":              {kind: policy.Questionnaire, do: policy.Create, over: itsRegion},
	"variant-apply":             {kind: policy.Questionnaire, do: policy.Edit, over: itsRegion},
	"sheet":                     {over: nobody, path: "/reponses/inconnue/fiche"}, // its own tests read who sees one
	"survey-texts":              {kind: policy.Campaign, do: policy.Edit, over: theCOP},
	"survey-texts-review":       {kind: policy.Campaign, do: policy.Edit, over: theCOP},
	"open-desk":                 {kind: policy.Campaign, do: policy.Edit, over: theCOP},
	"open-publish":              {kind: policy.Campaign, do: policy.Edit, over: theCOP},
	"open-consent":              {kind: policy.Campaign, do: policy.Edit, over: theCOP},

	"voices":               {over: someone},
	"consultation-desk":    {kind: policy.Debate, do: policy.Create, over: itsNote},
	"consultation-add":     {kind: policy.Debate, do: policy.Create, over: itsNote},
	"consultation-edit":    {kind: policy.Debate, do: policy.Edit, over: itsNote, made: "consultation"},
	"consultation-save":    {kind: policy.Debate, do: policy.Edit, over: itsNote, made: "consultation", form: url.Values{"title": {"x"}, "opens_on": {"2026-03-02"}, "closes_on": {"2026-03-31"}}},
	"consultation-judging": {kind: policy.Debate, do: policy.Judge, over: itsNote, made: "consultation"},
	"consultation-judge":   {kind: policy.Debate, do: policy.Judge, over: itsNote, made: "consultation"},

	"letter-desk":   {kind: policy.News, do: policy.Create, over: itsNote},
	"letter-add":    {kind: policy.News, do: policy.Create, over: itsNote},
	"letter-draft":  {kind: policy.News, do: policy.Create, over: itsNote, made: "letter"},
	"letter-change": {kind: policy.News, do: policy.Create, over: itsNote, made: "letter", form: url.Values{"title": {"x"}, "text": {"x"}}},

	"moderation-desk":       {kind: policy.Post, do: policy.Judge, over: itsNote},
	"moderation-many":       {kind: policy.Post, do: policy.Judge, over: itsNote, form: url.Values{"verb": {"publish"}, "post": {"inconnu:1"}}},
	"moderation-settings":   {kind: policy.Post, do: policy.Judge, over: itsNote, form: url.Values{"days": {"0"}, "reports": {"3"}}},
	"moderation-one":        {kind: policy.Post, do: policy.Judge, over: itsNote, made: "post"},
	"moderation-decide":     {kind: policy.Post, do: policy.Judge, over: itsNote, made: "post", form: url.Values{"do": {"refuse"}, "reason": {"hors-sujet"}}},
	"moderation-appeal":     {kind: policy.Post, do: policy.Judge, over: itsNote, made: "post", answer: http.StatusNotFound}, // none was filed
	"moderation-appeal-end": {kind: policy.Post, do: policy.Judge, over: itsNote, made: "post", form: url.Values{"do": {"uphold"}, "note": {"non"}}},
	"study-desk":            {kind: policy.Instruction, do: policy.Read, over: itsRegion},
	"study-many":            {kind: policy.Instruction, do: policy.Judge, over: itsNote, form: url.Values{"post": {"inconnu:1"}, "group": {"inconnu"}}},
	"study-one":             {kind: policy.Instruction, do: policy.Read, over: itsNote, made: "post"},
	"study-change":          {kind: policy.Instruction, do: policy.Edit, over: itsNote, made: "post", form: url.Values{"do": {"advise"}, "verdict": {"retained"}, "text": {"Parce que cela tient debout."}}},

	"action-new":            {kind: policy.Action, do: policy.Create, over: itsDesk},
	"action-create":         {kind: policy.Action, do: policy.Create, over: itsDesk},
	"action-edit":           {kind: policy.Action, do: policy.Edit, over: itsNote, made: "action"},
	"action-part":           {kind: policy.Action, do: policy.Edit, over: itsNote, made: "action", path: "/actions/{id}/modifier/presentation"},
	"action-part-save":      {kind: policy.Action, do: policy.Edit, over: itsNote, made: "action", path: "/actions/{id}/modifier/presentation", form: url.Values{"rev": {"99"}}},
	"action-restore":        {kind: policy.Action, do: policy.Edit, over: itsNote, made: "action", path: "/actions/{id}/versions/1/reprendre", form: url.Values{"rev": {"99"}}},
	"meeting-new":           {kind: policy.Meeting, do: policy.Create, over: itsNewMeeting},
	"meeting-plan":          {kind: policy.Meeting, do: policy.Create, over: itsNewMeeting},
	"ballot-add":            {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"ballot":                {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"ballot-change":         {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"do": {"open"}}},
	"ballot-live":           {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"ballot-slips":          {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"ballot-slips-make":     {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"agenda-add":            {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"agenda-item":           {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"agenda-change":         {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"do": {"save"}, "title": {"x"}}},
	"minutes-turn":          {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"do": {"propose"}, "rev": {"99"}}},
	"minutes-text":          {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"minutes-write":         {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"text": {"x"}, "rev": {"99"}}},
	"minutes-draft-file":    {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"decision-add":          {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"decision":              {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"decision-change":       {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"do": {"settle"}, "state": {"applied"}}},
	"task-add":              {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"task-end":              {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"do": {"done"}}},
	"meeting-file-add":      {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"meeting-file-withdraw": {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},

	"meeting-desk":      {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"meeting-desk-save": {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"do": {"entry"}, "mode": {"open"}, "rev": {"99"}}},
	"presence":          {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"presence-save":     {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting", form: url.Values{"do": {"close"}}},
	"presence-csv":      {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"presence-sheet":    {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"door-screen":       {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},
	"door-new":          {kind: policy.Meeting, do: policy.Edit, over: itsMeeting, made: "meeting"},

	"desk":                  {kind: policy.Desk, do: policy.Read, over: theCOP},
	"desk-event":            {kind: policy.StageEvent, do: policy.Create, over: theCOP},
	"desk-act":              {kind: policy.Validation, do: policy.Consent, over: theCOP, made: "act", form: url.Values{"do": {"alone"}, "reason": {"parce que"}}},
	"desk-delegate":         {kind: policy.Delegation, do: policy.Create, over: theCOP},
	"desk-tick":             {kind: policy.COP, do: policy.Edit, over: theCOP},
	"meetings":              {kind: policy.Meeting, do: policy.Read, over: theCOP},
	"meeting-add":           {kind: policy.Meeting, do: policy.Create, over: theCOP},
	"meeting-save":          {kind: policy.Meeting, do: policy.Edit, over: theCOP, made: "meeting", form: url.Values{"do": {"cancel"}}},
	"news":                  {kind: policy.Desk, do: policy.Read, over: theCOP}, // lists those that one may read
	"news-add":              {kind: policy.News, do: policy.Create, over: theCOP},
	"news-change":           {kind: policy.News, do: policy.Edit, over: theCOP, made: "news", form: url.Values{"do": {"publish"}}},
	"cop-settings":          {kind: policy.COP, do: policy.Edit, over: theCOP},
	"cop-save":              {kind: policy.COP, do: policy.Edit, over: theCOP},
	"cop-journal":           {kind: policy.Journal, do: policy.Read, over: theCOP},
	"cop-journal-csv":       {kind: policy.Journal, do: policy.Export, over: theCOP},
	"board":                 {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national"},
	"board-csv":             {kind: policy.Board, do: policy.Export, over: somewhere, path: "/national/tableau.csv"},
	"board-figure":          {kind: policy.Board, do: policy.Read, over: somewhere, path: "/chiffres/national/cop/reunions-tenues/nation/2024-05-27"},
	"board-moves":           {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/mouvements?du=2024-05-27"},
	"board-timeline":        {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/frise"},
	"metrics":               {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/indicateurs"},
	"metric":                {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/indicateurs/cop/reunions-tenues"},
	"metric-csv":            {kind: policy.Board, do: policy.Export, over: somewhere, path: "/national/indicateurs/cop/etape/valeurs.csv"},
	"nation-objectives":     {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/objectifs"},
	"nation-objective":      {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/objectifs/voitures-electriques"},
	"nation-objectives-csv": {kind: policy.Board, do: policy.Export, over: somewhere, path: "/national/objectifs.csv"},
	"declared":              {kind: policy.Metric, do: policy.Read, over: nation, path: "/national/chiffres-declares"},
	"declared-add":          {kind: policy.Metric, do: policy.Create, over: nation, path: "/national/chiffres-declares", form: url.Values{"value": {"1"}}},
	"declared-one":          {kind: policy.Metric, do: policy.Read, over: nation, path: "/national/chiffres-declares/2024-05-27-groupes-de-travail"},
	"declared-save":         {kind: policy.Metric, do: policy.Edit, over: nation, path: "/national/chiffres-declares/2024-05-27-groupes-de-travail", form: url.Values{"value": {"1"}}},
	"api-board":             {kind: policy.Board, do: policy.Export, over: somewhere, path: "/api/v1/board"},
	"api-metrics":           {kind: policy.Board, do: policy.Read, over: somewhere, path: "/api/v1/metrics"},
	"api-board-figure":      {kind: policy.Board, do: policy.Read, over: somewhere, path: "/api/v1/figures/national/cop/reunions-tenues/nation/2024-05-27"},
	"self":                  {over: someone, path: "/mon-espace"},
	"self-save":             {over: someone, path: "/mon-espace"},
	"session-close":         {over: someone, path: "/mon-espace/sessions/inconnue/fermer"},
	"roles":                 {over: giver, path: "/roles"},
	"role-give":             {over: giver, path: "/roles"},

	"objective-desk":    {kind: policy.Objective, do: policy.Read, over: itsRegion},
	"objective-place":   {kind: policy.Objective, do: policy.Read, over: itsRegion},
	"objective-share":   {kind: policy.Objective, do: policy.Propose, over: itsNote},
	"objective-list":    {kind: policy.Objective, do: policy.Read, over: itsNote},
	"objective":         {kind: policy.Objective, do: policy.Read, over: itsNote},
	"objective-put":     {kind: policy.Objective, do: policy.Edit, over: itsNote, form: url.Values{"measure": {"kt"}, "value": {"1"}, "reason": {"x"}, "rev": {"99"}}},
	"objective-dissent": {kind: policy.Objective, do: policy.Edit, over: itsNote},
	"theme-desk":        {kind: policy.Theme, do: policy.Read, over: itsRegion},
	"theme-add":         {kind: policy.Theme, do: policy.Create, over: itsNote},
	"theme-start":       {kind: policy.Theme, do: policy.Create, over: itsNote},
	"theme-one":         {kind: policy.Theme, do: policy.Read, over: itsRegion, made: "theme"},
	"theme-save":        {kind: policy.Theme, do: policy.Edit, over: itsNote, made: "theme", form: url.Values{"name": {"x"}, "kind": {"cross"}, "subject": {"emploi"}, "maps": {"produire"}}},
	"theme-move":        {kind: policy.Theme, do: policy.Edit, over: itsNote, made: "theme", form: url.Values{"do": {"up"}}},
	"theme-turn":        {kind: policy.Theme, do: policy.Edit, over: itsNote, made: "theme", form: url.Values{"do": {"withdraw"}, "why": {"parce que"}}},
	"theme-scores":      {kind: policy.Theme, do: policy.Read, over: itsRegion},
	"theme-weights":     {kind: policy.Theme, do: policy.Edit, over: itsNote, form: url.Values{"reason": {"parce que"}}},
	"theme-choice":      {kind: policy.Theme, do: policy.Read, over: itsRegion},
	"theme-propose":     {kind: policy.Theme, do: policy.Propose, over: itsNote},
	"themes-national":   {kind: policy.Board, do: policy.Read, over: somewhere, path: "/national/themes"},

	"plan-desk":     {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-add":      {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan":          {kind: policy.Plan, do: policy.Create, over: itsRegion, made: "plan"},
	"plan-save":     {kind: policy.Plan, do: policy.Edit, over: itsPlan, made: "plan", form: url.Values{"source": {"x"}, "name": {"x"}, "kind": {"sraddet"}, "state": {"in_force"}}},
	"plan-aim":      {kind: policy.Plan, do: policy.Create, over: itsRegion, made: "plan"},
	"plan-aim-save": {kind: policy.Plan, do: policy.Edit, over: itsPlan, made: "plan", form: url.Values{"do": {"withdraw"}}},

	"plan-import":   {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-stage":    {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-model":    {kind: policy.Plan, do: policy.Create, over: itsRegion},
	"plan-preview":  {over: nobody}, // its own tests read who sees a run
	"plan-verdicts": {over: nobody},
	"plan-apply":    {over: nobody, form: url.Values{"run": {"inconnu"}, "rev": {"1"}}},

	"campaign-desk":              {kind: policy.Campaign, do: policy.Read, over: itsRegion},
	"campaign-live":              {kind: policy.Campaign, do: policy.Read, over: itsRegion},
	"campaign-csv":               {kind: policy.Campaign, do: policy.Read, over: itsRegion},
	"campaign-settings":          {kind: policy.Campaign, do: policy.Edit, over: itsCampaign},
	"campaign-save":              {kind: policy.Campaign, do: policy.Edit, over: itsCampaign},
	"campaign-turn":              {kind: policy.Campaign, do: policy.Edit, over: itsCampaign},
	"campaign-recipients":        {kind: policy.Campaign, do: policy.Edit, over: itsCampaign},
	"campaign-contacts":          {kind: policy.Campaign, do: policy.Edit, over: itsCampaign},
	"campaign-contacts-stage":    {kind: policy.Campaign, do: policy.Edit, over: itsCampaign},
	"campaign-contacts-model":    {kind: policy.Campaign, do: policy.Edit, over: itsCampaign},
	"campaign-contacts-run":      {over: nobody}, // its own tests read who sees a run
	"campaign-contacts-verdicts": {over: nobody},
	"campaign-contacts-apply":    {over: nobody},
	"campaign-remind":            {kind: policy.Response, do: policy.Edit, over: itsAnswers},
	"campaign-letters":           {kind: policy.Response, do: policy.Edit, over: itsAnswers},
	"campaign-one":               {kind: policy.Response, do: policy.Read, over: itsAnswers, made: "response"},
	"campaign-one-change":        {kind: policy.Response, do: policy.Edit, over: itsAnswers, made: "response"},
	"strength-desk":              {kind: policy.Strength, do: policy.Create, over: itsDesk},
	"strength-add":               {kind: policy.Strength, do: policy.Create, over: itsDesk},
	"strength-one":               {kind: policy.Strength, do: policy.Create, over: itsDesk, made: "strength"},
	"strength-save":              {kind: policy.Strength, do: policy.Edit, over: itsItem, made: "strength", form: url.Values{"title": {"x"}, "organisation": {"x"}, "theme": {"conduite"}, "text": {"x"}, "nature": {"norme"}, "level": {"local"}, "evidence": {"x"}}},
	"strength-judge":             {kind: policy.Strength, do: policy.Judge, over: itsItem, made: "strength", form: url.Values{"do": {"retain"}}},
	"obstacle-desk":              {kind: policy.Obstacle, do: policy.Create, over: itsDesk},
	"obstacle-add":               {kind: policy.Obstacle, do: policy.Create, over: itsDesk},
	"obstacle-one":               {kind: policy.Obstacle, do: policy.Create, over: itsDesk, made: "obstacle"},
	"obstacle-save":              {kind: policy.Obstacle, do: policy.Edit, over: itsItem, made: "obstacle", form: url.Values{"title": {"x"}, "organisation": {"x"}, "theme": {"conduite"}, "text": {"x"}, "nature": {"norme"}, "level": {"local"}, "evidence": {"x"}}},
	"obstacle-judge":             {kind: policy.Obstacle, do: policy.Judge, over: itsItem, made: "obstacle", form: url.Values{"do": {"retain"}}},
	"practice-take":              {kind: policy.Strength, do: policy.Judge, over: somewhere, path: "/bonnes-pratiques/etape-2024-corse/inspirer"},
	"practice-taken":             {kind: policy.Strength, do: policy.Judge, over: somewhere, path: "/bonnes-pratiques/etape-2024-corse/inspirer", form: url.Values{"do": {"take"}, "region": {"03"}}},
	"note-desk":                  {kind: policy.Note, do: policy.Create, over: itsDesk},
	"note-add":                   {kind: policy.Note, do: policy.Create, over: itsDesk},
	"note-one":                   {kind: policy.Note, do: policy.Read, over: itsNote, made: "note"},
	"note-save":                  {kind: policy.Note, do: policy.Create, over: itsNote, made: "note", form: url.Values{"title": {"x"}, "theme": {"conduite"}, "findings": {"x"}, "sources": {"x"}, "limits": {"x"}, "signature": {"x"}, "day": {"2026-01-01"}}},
	"note-judge":                 {kind: policy.Note, do: policy.Judge, over: itsNote, made: "note", form: url.Values{"do": {"publish"}}},
	"national-obstacles":         {kind: policy.Obstacle, do: policy.Read, over: nation, path: "/national/freins"},
	"national-obstacles-csv":     {kind: policy.Obstacle, do: policy.Export, over: nation, path: "/national/freins.csv"},
	"national-obstacle":          {kind: policy.Obstacle, do: policy.Read, over: nation, path: "/national/freins/{id}", made: "group"},
	"national-obstacle-save":     {kind: policy.Obstacle, do: policy.Judge, over: nation, path: "/national/freins/{id}", made: "group", form: url.Values{"title": {"x"}, "nature": {"norme"}, "level": {"local"}, "status": {"attente"}}},

	"diagnosis-desk":            {kind: policy.Diagnosis, do: policy.Read, over: itsDraft},
	"diagnosis-begin":           {kind: policy.Diagnosis, do: policy.Edit, over: itsDraft, form: url.Values{"do": {"title"}, "was": {"autre"}}},
	"diagnosis-add":             {kind: policy.Diagnosis, do: policy.Edit, over: itsDraft},
	"diagnosis-block-add":       {kind: policy.Diagnosis, do: policy.Edit, over: itsDraft, form: url.Values{"partie": {"aucune"}}},
	"diagnosis-block":           {kind: policy.Diagnosis, do: policy.Read, over: itsDraft, made: "block"},
	"diagnosis-block-save":      {kind: policy.Diagnosis, do: policy.Edit, over: itsDraft, made: "block", form: url.Values{"texte": {"x"}}},
	"diagnosis-block-place":     {kind: policy.Diagnosis, do: policy.Edit, over: itsDraft, made: "block", form: url.Values{"do": {"up"}}},
	"diagnosis-preview":         {kind: policy.Diagnosis, do: policy.Read, over: itsDraft},
	"diagnosis-draft-file":      {kind: policy.Diagnosis, do: policy.Export, over: itsDraft},
	"diagnosis-publish":         {kind: policy.Diagnosis, do: policy.Read, over: itsDraft},
	"diagnosis-propose":         {kind: policy.Diagnosis, do: policy.Propose, over: itsDraft},
	"diagnosis-proposed":        {kind: policy.Diagnosis, do: policy.Read, over: itsDraft, made: "edition"},
	"diagnosis-proposed-file":   {kind: policy.Diagnosis, do: policy.Export, over: itsDraft, made: "edition"},
	"diagnosis-proposed-figure": {kind: policy.Diagnosis, do: policy.Read, over: itsDraft, made: "edition"},

	"department-desk": {over: someone, path: "/departements/2A/bureau"}, // leads to the desk, or says that there is none
	"cycles":          {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles"},
	"cycle-add":       {kind: policy.Cycle, do: policy.Create, over: admins, path: "/national/cycles"},
	"cycle":           {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/2025"},
	"cycle-save":      {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/2025"},
	"cycle-open":      {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/9999/ouvrir"},
	"cycle-template":  {kind: policy.Cycle, do: policy.Edit, over: admins, path: "/national/cycles/2025/modele"},

	"national-documents":   {kind: policy.Report, do: policy.Read, over: somewhere, path: "/national/documents"},
	"document-freeze-form": {kind: policy.Report, do: policy.Create, over: nation, path: "/national/documents/figer?document=point-d-etape&jour=2024-05-27"},
	"document-freeze":      {kind: policy.Report, do: policy.Create, over: nation, path: "/national/documents/figer"},
	"report":               {kind: policy.Report, do: policy.Read, over: somewhere, path: "/national/point-d-etape?jour=2024-05-27"},
	"report-pptx":          {kind: policy.Report, do: policy.Export, over: somewhere, path: "/national/point-d-etape.pptx?jour=2024-05-27"},
	"report-odt":           {kind: policy.Report, do: policy.Export, over: somewhere, path: "/national/point-d-etape.odt?jour=2024-05-27"},
	"report-pdf":           {kind: policy.Report, do: policy.Export, over: somewhere, path: "/national/point-d-etape.pdf?jour=demain", answer: http.StatusBadRequest},
	"publication":          {over: nobody, path: "/national/publications/inconnue"},
	"publication-file":     {over: nobody, path: "/national/publications/inconnue/document.pptx"},

	"national-journal":     {kind: policy.Journal, do: policy.Read, over: admins, path: "/national/journal?quoi=meeting"},
	"national-journal-csv": {kind: policy.Journal, do: policy.Export, over: admins, path: "/national/journal.csv?quoi=meeting"},

	"mails": {kind: policy.Mail, do: policy.Read, over: admins, path: "/operateur/courriels"},

	"own-data":      {over: someone, path: "/mon-espace/mes-donnees"},
	"own-data-json": {over: someone, path: "/mon-espace/mes-donnees.json"},
	"erase":         {over: someone, path: "/mon-espace/effacement"},
	"erase-ask":     {over: someone, path: "/mon-espace/effacement"},
	"erase-confirm": {over: nobody, path: "/mon-espace/effacement/confirmer"}, // without the first step
	"oidc-bind":     {over: nobody, path: "/mon-espace/identite/lier"},        // no provider here
	"oidc-unbind":   {over: someone, path: "/mon-espace/identite/delier"},

	"organisations":        {kind: policy.Organisation, do: policy.Read, over: somewhere, path: "/organisations"},
	"organisation-create":  {kind: policy.Organisation, do: policy.Create, over: somewhere, path: "/organisations"},
	"organisation-new":     {kind: policy.Organisation, do: policy.Create, over: somewhere, path: "/organisations/nouvelle"},
	"organisation":         {kind: policy.Organisation, do: policy.Read, over: theOrg, made: "org"},
	"organisation-edit":    {kind: policy.Organisation, do: policy.Edit, over: theOrg, made: "org"},
	"organisation-save":    {kind: policy.Organisation, do: policy.Edit, over: theOrg, made: "org"},
	"member-add":           {kind: policy.Membership, do: policy.Create, over: theOrg, made: "org"},
	"member-save":          {kind: policy.Membership, do: policy.Edit, over: theOrg, made: "org", form: url.Values{"do": {"save"}}},
	"transfer":             {kind: policy.RoleGrant, do: policy.Transfer, over: thePerson, made: "person"},
	"transfer-do":          {kind: policy.RoleGrant, do: policy.Transfer, over: thePerson, made: "person"},
	"invitations":          {kind: policy.Invitation, do: policy.Create, over: somewhere, path: "/invitations"},
	"invitations-stage":    {kind: policy.Invitation, do: policy.Create, over: somewhere, path: "/invitations"},
	"invitations-model":    {kind: policy.Invitation, do: policy.Create, over: somewhere, path: "/invitations/modele.csv"},
	"invitations-run":      {over: nobody, path: "/invitations/inconnue"}, // its own tests read who sees a run
	"invitations-verdicts": {over: nobody, path: "/invitations/inconnue/verdicts.csv"},
	"invitations-send":     {over: nobody, path: "/invitations/inconnue/envoyer"},

	"answer":              {over: nobody, path: "/reponses/inconnue"}, // a seat is no role: their own tests read who sits where
	"answer-act":          {over: nobody, path: "/reponses/inconnue"},
	"answer-cells":        {over: nobody, path: "/reponses/inconnue/cellules"},
	"answer-team":         {over: nobody, path: "/reponses/inconnue/equipe"},
	"answer-team-save":    {over: nobody, path: "/reponses/inconnue/equipe"},
	"answer-review":       {over: nobody, path: "/reponses/inconnue/relire"},
	"answer-validate":     {over: nobody, path: "/reponses/inconnue/valider"},
	"answer-validated":    {over: nobody, path: "/reponses/inconnue/valider"},
	"answer-version":      {over: nobody, path: "/reponses/inconnue/versions/1"},
	"answer-receipt":      {over: nobody, path: "/reponses/inconnue/versions/1/recu.pdf"},
	"answer-file":         {over: nobody, path: "/reponses/inconnue/fichiers/document"},
	"answer-section":      {over: nobody, path: "/reponses/inconnue/velo"},
	"answer-section-save": {over: nobody, path: "/reponses/inconnue/velo"},
	// Few have answered there: whoever may is told to wait.
	"restitution-publish": {kind: policy.StageEvent, do: policy.Create, over: theCOP},
	"paper-exports":       {kind: policy.Response, do: policy.Export, over: itsRegion},
	"paper-export-ask":    {kind: policy.Response, do: policy.Export, over: itsRegion},
	"paper-export-file":   {over: nobody},
	"paper-nation":        {kind: policy.Response, do: policy.Export, over: admins, path: "/national/questionnaire/exports"},
	"paper-nation-ask":    {kind: policy.Response, do: policy.Export, over: admins, path: "/national/questionnaire/exports"},
	"paper-nation-file":   {over: nobody, path: "/national/questionnaire/exports/inconnu~x.csv"},
	"paper-forms":         {kind: policy.Response, do: policy.Create, over: itsRegion},
	"paper-forms-send":    {kind: policy.Response, do: policy.Create, over: itsRegion},
	"paper-workbooks":     {kind: policy.Response, do: policy.Create, over: itsRegion},
	"paper-forms-read":    {over: nobody},
	"paper-forms-apply":   {over: nobody},
	// Responses are judged by their own authority: the tests of the papers walk them.
	"paper-workbook":        {over: nobody, path: "/reponses/inconnue/formulaire.xlsx"},
	"paper-form":            {over: nobody, path: "/reponses/inconnue/formulaire"},
	"paper-form-send":       {over: nobody, path: "/reponses/inconnue/formulaire"},
	"paper-form-read":       {over: nobody, path: "/reponses/inconnue/formulaire/x"},
	"paper-form-apply":      {over: nobody, path: "/reponses/inconnue/formulaire/x"},
	"paper-print":           {over: nobody, path: "/reponses/inconnue/imprimer"},
	"paper-print-pdf":       {over: nobody, path: "/reponses/inconnue/imprimer.pdf"},
	"paper-behalf":          {over: nobody, path: "/reponses/inconnue/papier"},
	"paper-behalf-add":      {over: nobody, path: "/reponses/inconnue/papier"},
	"paper-behalf-scan":     {over: nobody, path: "/reponses/inconnue/papier/image/x"},
	"paper-behalf-validate": {over: nobody, path: "/reponses/inconnue/papier/valider"},
	"paper-behalf-section":  {over: nobody, path: "/reponses/inconnue/papier/velo"},
	"paper-behalf-save":     {over: nobody, path: "/reponses/inconnue/papier/velo"},

	"group-desk":        {kind: policy.Group, do: policy.Read, over: itsRegion},
	"group-add":         {kind: policy.Group, do: policy.Create, over: itsDraft, form: url.Values{"name": {"Un groupe"}}}, // without a mandate: told so
	"group-paste":       {kind: policy.Group, do: policy.Edit, over: itsNote},
	"group-one":         {kind: policy.Group, do: policy.Read, over: itsNote, made: "working-group"},
	"group-save":        {kind: policy.Group, do: policy.Edit, over: itsNote, made: "working-group"},
	"group-turn":        {kind: policy.Group, do: policy.Edit, over: itsNote, made: "working-group"},
	"group-facilitate":  {kind: policy.Group, do: policy.Create, over: itsNote, made: "working-group"},
	"group-members":     {kind: policy.Group, do: policy.Edit, over: itsNote, made: "working-group"},
	"group-member":      {over: nobody, path: "/regions/guyane/bureau/groupes/inconnu/membres/inconnu"},
	"ambition-desk":     {kind: policy.Debate, do: policy.Read, over: itsNote},
	"ambition-open":     {kind: policy.Debate, do: policy.Create, over: itsNote},
	"ambition-edit":     {kind: policy.Debate, do: policy.Edit, over: itsNote},
	"ambition-save":     {kind: policy.Debate, do: policy.Edit, over: itsNote},
	"group-member-save": {over: nobody, path: "/regions/guyane/bureau/groupes/inconnu/membres/inconnu"},

	"role-end": {over: someone, path: "/roles/inconnu/fin"},
}

var (
	codes       = map[string]string{"guyane": "03", "bretagne": "53"} // the two regions of the walk
	departments = map[string]string{"guyane": "973", "bretagne": "35"}
	orgs        = map[string]string{"guyane": "commune-97302", "bretagne": "commune-35238"}
)

// openRoutes answer everybody the same, or judge by something else than a role:
// the operator's own cookie, a mail's secret.
var openRoutes = strings.Fields(`coverage-epci coverage-epci-csv share-department share-perimeter api-actions api-action api-coverage api-aids api-aid api-measures actions aids aid aid-follow aid-followed aid-report aid-reported aid-alert aid-alert-turn action-aids measures measures-lever measures-csv measures-json questions question question-vote question-results question-statements question-mine question-about question-propose question-proposed question-csv question-json action-files action-file action-examples point point-one point-send exit cop-archive adaptation adaptation-one adaptation-one-file adaptation-sheets adaptation-file adaptation-nation adaptation-nation-file group-sheet group-sheet-odt adoption adoption-archive adoption-file adoption-changes followup followup-csv followup-department followup-department-csv followup-nation followup-nation-csv reviews
	opinion-method voice-confirm voice-confirmed voice voice-save voice-withdraw voice-data voice-erase voice-erased voice-stop voice-stopped paper-blank paper-blank-pdf
	restitution restitution-lever restitution-csv restitution-department restitution-department-file restitution-national restitution-national-csv restitution-study
	restitution-study-file restitution-figure open-list open-edition open-file campaign-public campaign-nation campaign-nation-csv campaign-stop campaign-stop-now
	questionnaires questionnaire questionnaire-diff questionnaire-schema diagnosis practices practice strengths strength obstacles obstacle notes note note-file plans
	plans-csv demo demo-enter demo-mails demo-mail demo-mail-html studies study objectives objectives-csv objectives-list listings listing listing-file cop department-cop document-file feed home search
	territories regions region calendar region-panorama department department-panorama epci epci-panorama themes diagnosis-editions diagnosis-edition diagnosis-edition-file roadmap roadmap-edition-action roadmap-poster roadmap-poster-file roadmap-editions roadmap-edition roadmap-edition-file roadmap-edition-figure review-editions review-edition review-edition-file review-edition-figure
	diagnosis-edition-figure debate-hub groups group ambitions ambition ambition-give ambition-csv voice-unfollow voice-leave voice-left follow follow-save letters letter-ask
	letter consultations consultation consultation-article consultation-amend consultation-support consultation-changes consultation-text consultation-csv consultation-odt
	embed embed-codes moderation-rules moderation-stats moderation-stats-csv post-report post-report-send contribution-report contribution-report-send decision-appeal
	decision-appeal-send meeting-list participation meeting meeting-ics seat-new seat-add seat seat-cancel door door-enter door-type door-typed vote-code vote vote-send
	vote-screen ballots agenda minutes minutes-file decisions tasks meeting-files meeting-file cop-decisions
	commune commune-panorama perimeter-panorama nation-panorama compare simulators simulator simulator-csv levers lever figure method glossary legal privacy
	accessibility perimeters perimeter perimeter-new perimeter-create perimeter-edit perimeter-save perimeter-remove sign-in sign-in-ask sign-in-confirm
	sign-in-use sign-in-code sign-out oidc-start oidc-return sign-out-return stop stop-now operator operator-enter operator-leave data data-file api-openapi api-territories api-territory api-children api-levers
	contribution-themes api-lever api-panorama api-figure api-series api-series-one closure closure-csv department-objectives coverage coverage-csv coverage-lever coverage-lever-csv coverage-department coverage-department-csv coverage-nation coverage-nation-csv perimeter-objectives shared-objectives shared-objectives-csv api-objectives api-themes api-diagnoses api-contributions api-meetings api-decisions api-debates contributions contributions-csv contributions-csv-digest contributions-json contributions-json-digest contributions-codebook contribution-new contribution-leave contribution-near contribution-thanks contribution contribution-support contribution-comment contribution-file api-trends api-plans region-trends region-trend region-trend-csv region-nature answer-home answer-code answer-leave answer-link answer-sit department-trends department-trend department-trend-csv health robots favicon`)

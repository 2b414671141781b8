// SPDX-License-Identifier: Apache-2.0
// Charts: every kind with several tables, checked by what they draw. With a file name, the pages are kept to be looked at.
#include "report/chart-shape.h"
#include "test.h"

#include <math.h>
#include <unistd.h>

#define HOSTILE "registry.example.com/team_alpha/very-long-application-name-that-never-ends@sha256:" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MARKUP "\x1b[31m**bold**<script>\xe2\x80\xae" "evil\xff"

struct sample {
	const char *name;
	struct chart chart;
	const char *columns; /* the names, with | between */
	const char *rows;    /* cells with | between, rows with newlines; ~ is NULL */
};

static const struct theme theme = {.tint = {[TINT_CRITICAL] = 0x8b1a1a, [TINT_HIGH] = 0xb84a00, [TINT_MEDIUM] = 0x8a6d00, [TINT_LOW] = 0x2f6690,
	[TINT_INFO] = 0x5a6570, [TINT_GOOD] = 0x2b7a4b, [TINT_ACCENT] = 0x1f4e79, [TINT_MUTED] = 0x5f6b76, [TINT_ASSESSED] = 0x1f4e79,
	[TINT_MISSING] = 0x8a949e, [TINT_INK] = 0x1a1f24, [TINT_LINE] = 0xc9d0d6}};

static const struct sample samples[] = {
	{"cards", {.kind = CHART_CARDS}, "label|value|note|colour",
	 "Workloads|52|in 14 namespaces|\nBecome cluster-admin|14|27 % of workloads|critical\nGrade|D|was E in May|D\nCritical CVEs with fix|1284|in 31 images|high\nNetwork policies|~||\n"},
	{"cards hostile", {.kind = CHART_CARDS}, "label|value|note|colour",
	 HOSTILE "|123456789012|" HOSTILE "|nocolour\n" MARKUP "|" MARKUP "|x|high\n|0||\n"},
	{"donut severity", {.kind = CHART_DONUT, .centre = SPAN("312"), .label = SPAN("findings")}, "label|value",
	 "critical|12\nhigh|64\nmedium|140\nlow|71\ninfo|25\n"},
	{"donut seven", {.kind = CHART_DONUT, .label = SPAN("images")}, "label|value",
	 "docker.io|40\nregistry.example.com/team|30\nquay.io|9\nghcr.io|4\ngcr.io|2\nmcr.microsoft.com|1\nregistry.k8s.io|1\nlocal|~\n"},
	{"donut one", {.kind = CHART_DONUT, .label = SPAN("nodes")}, "label|value", "good|3\nmissing|0\n"},
	{"donut gap", {.kind = CHART_DONUT, .label = SPAN("checks")}, "label|value|colour", "Assessed|181|assessed\nNot assessed|40|missing\n"},
	{"donut none", {.kind = CHART_DONUT}, "label|value", "nodes|~\n"},
	{"donut tiny slices", {.kind = CHART_DONUT}, "label|value", HOSTILE "|1000000\n" MARKUP "|1\nc|1\nd|1\ne|1\n"},
	{"bars target", {.kind = CHART_BARS, .max = 100, .unit = SPAN("%")}, "Domain|now|target",
	 "Identity and access|34|90\nTrusted registries|62|95\nVulnerability scanning|0|90\nContent practices|~|80\nRuntime and orchestration|48|90\nAccess to data|100|85\n"},
	{"bars severity", {.kind = CHART_BARS}, "Severity|n", "critical|12\nhigh|64\nmedium|140.25\nlow|0\n"},
	{"bars huge", {.kind = CHART_BARS}, "What|n", HOSTILE "|999999999999\n" MARKUP "|3\nnegative|-5\nword|many\nzero|0\nnull|~\n"},
	{"bars one", {.kind = CHART_BARS}, "What|n", "only|0\n"},
	{"bars stacked", {.kind = CHART_BARS, .stacked = true}, "Namespace|critical|high|medium|low",
	 "payments|4|12|30|8\nshop-frontend|1|3|18|2\nkube-system|0|0|4|1\nlegacy|~|~|~|~\nbatch|0|0|0|0\n"},
	{"bars coverage", {.kind = CHART_BARS, .stacked = true}, "Domain|assessed|not assessed", "Identity|40|3\nRegistries|12|12\nRuntime|0|9\n"},
	{"bars parts", {.kind = CHART_BARS, .stacked = true}, "Framework|Requirement fully met by this site|partly|gap|not assessed|manual",
	 "CIS|40|3|12|6|9\nNSA|12|12|1|0|2\nPCI DSS 4.0|4|9|3|3|11\n"},
	{"bars ten parts", {.kind = CHART_BARS, .stacked = true}, "What|a|b|c|d|e|f|g|h|i|j", "sum|1|2|3|4|5|6|7|8|9|10\n"},
	{"radar", {.kind = CHART_RADAR}, "Domain|now|target",
	 "Identity and access|34|90\nTrusted registries|62|95\nVulnerability scanning|20|90\nContent practices|~|80\nRuntime and orchestration|48|90\nAccess to data|75|85\n"},
	{"radar twelve", {.kind = CHART_RADAR, .size = 260}, "Domain|now|target",
	 "One|1|100\nTwo long name here|20|90\nThree|30|80\n" HOSTILE "|40|70\nFive|50|60\nSix|60|~\nSeven|70|50\nEight|80|50\nNine|90|40\n" MARKUP
	 "|100|20\nEleven|1000|20\nTwelve|-4|20\n"},
	{"radar three", {.kind = CHART_RADAR}, "Domain|now|target", "A|~|~\nB|~|50\nC|10|50\n"},
	{"heatmap", {.kind = CHART_HEATMAP}, "Namespace|Domain|n",
	 "payments|Identity and access|14\npayments|Registries|3\npayments|Vulnerabilities|120\npayments|Content|9\npayments|Runtime|31\npayments|Data|~\n"
	 "shop-frontend|Identity and access|2\nshop-frontend|Vulnerabilities|64\nshop-frontend|Runtime|0\nshop-frontend|Data|1\n"
	 "kube-system|Identity and access|40\nkube-system|Runtime|80\nkube-system|Content|~\n"},
	{"heatmap grades", {.kind = CHART_HEATMAP}, "Cluster|Domain|grade", "prod|Identity|D\nprod|Registries|B\nprod|Data|E\ntest|Identity|A\ntest|Registries|C\ntest|Data|~\n"},
	{"heatmap top", {.kind = CHART_HEATMAP, .top = 2}, "r|c|n", "a|x|1\nb|x|2\nc|x|3\nd|x|4\na|y|1\nb|y|2\nc|y|3\nd|y|4\n"},
	{"heatmap wide", {.kind = CHART_HEATMAP}, "r|c|n", "x|1|1\nx|2|2\nx|3|3\nx|4|4\nx|5|5\nx|6|6\nx|7|70000\nx|8|8\nx|9|9\nx|10|1\nx|11|1\nx|12|1\nx|13|1\n"},
	{"matrix", {.kind = CHART_MATRIX}, "likelihood|impact|label|anchor",
	 "5|5|R1|r1\n5|4|R2|r2\n4|5|R3|r3\n4|5|R7|r7\n4|5|R12|r12\n3|3|R4|r4\n2|5|R5|r5\n1|1|R6|r6\n~|3|R8|r8\n7|2|R9|r9\n3|4|" HOSTILE "|x\n2|2|R10|\n"},
	{"roadmap", {.kind = CHART_ROADMAP, .days = 180}, "phase|title|owner|start|end|colour",
	 "First 30 days|Remove cluster-admin from 14 workloads|Platform|0|14|critical\nFirst 30 days|Turn on audit logging and send it to the SIEM that exists|Security|7|30|\n"
	 "Days 31–90|Pull only from registry.example.com|Platform|31|60|\nDays 31–90|Restricted Pod Security in 9 namespaces|Teams|45|90|high\nDays 31–90|Decide on signing|CISO|~|~|\n"
	 "Days 91–180|Rotate and move secrets to the key service|Data|91|180|good\nDays 91–180|" HOSTILE "|" HOSTILE "|300|200|\n"},
	{"path", {.kind = CHART_PATH}, "path|thing|how|colour",
	 "1|Internet||\n1|Service shop/frontend|load balancer, port 443|\n1|Pod shop/frontend|CVE-2025-1234, exploited|high\n1|Service account shop/deployer|token is mounted|\n1|Role cluster-admin|bound by shop-deploy|critical\n"
	 "2|Developer alice||\n2|Namespace payments|may exec into pods|high\n2|Secret payments/db-password|mounted as file|critical\n"},
	{"path hostile", {.kind = CHART_PATH, .top = 1}, "path|thing|how|colour",
	 "1234567|" HOSTILE "|" HOSTILE "|\n1234567|" MARKUP "|" MARKUP "|high\n1234567|~|~|\n2|next||\n"},
	{"map", {.kind = CHART_MAP}, "group|thing|note",
	 "prod-eu|payments|14 workloads\nprod-eu|shop-frontend|9 workloads\nprod-eu|kube-system|22 workloads\nprod-us|payments|14 workloads\n"
	 "test|a|1\ntest|b|1\ntest|c|1\ntest|d|1\ntest|e|1\ntest|f|1\ntest|g|1\ntest|h|1\ntest|i|1\n" HOSTILE "|" HOSTILE "|" HOSTILE "\n"},
	{"network", {.kind = CHART_NETWORK}, "what|a|b|name|state|count|more",
	 "observed|~|~|~|~|~|~\n"
	 "note|~|~|The network plug-in flannel does not enforce policies: everything reaches everything, whatever the 12 policies say.|warning|0|0\n"
	 "box|1|0|shop|open|12|1\n"
	 "box|2|0|data|closed|1|1\n"
	 "box|3|0|payments|partly|3|1\n"
	 "box|4|0|~|partly|4371|1195\n"
	 "row|1|1|frontend|open|1|0\n"
	 "row|2|1|cart, checkout, mail|open|11|0\n"
	 "row|3|2|db|closed|1|0\n"
	 "row|4|3|api|in|1|0\n"
	 "row|5|3|ledger|out|1|0\n"
	 "row|6|3|agent|host|1|0\n"
	 "row|7|4|no policy holds|open|2000|0\n"
	 "row|8|4|isolated both ways|closed|2371|0\n"
	 "line|-1|1|load balancer 443|seen|40|0\n"
	 "line|-1|4|ingress 443|allowed|0|0\n"
	 "line|-1|3|node port 30000|blocked|0|0\n"
	 "line|1|3|TCP 5432|unexpected|2|0\n"
	 "line|2|3|TCP 5432|dropped|3|0\n"
	 "line|4|3|TCP 5432|seen|9|0\n"
	 "line|5|4|TCP 8443|allowed|0|0\n"
	 "line|5|-1|TCP 443|seen|3|0\n"
	 "line|0|4|TCP 9090|allowed|0|0\n"
	 "line|8|0|all ports|allowed|0|0\n"},
	{"network hostile", {.kind = CHART_NETWORK, .top = 3}, "what|a|b|name|state|count|more",
	 "note|||" HOSTILE HOSTILE HOSTILE "|warning||\nnote|||" MARKUP "|nograde||\nbox|1||" HOSTILE "|open|999999999999|1\nbox|2||" MARKUP "|closed|-4|1\nbox|3||c|partly|x|1\nbox|4||d|open|1|1\nbox|5||e|open|1|1\n"
	 "row|1|1|" HOSTILE "|host|999999999999|\nrow|2|1|" MARKUP "|in||\nrow|3|9|x|open|1|\nrow|4|2||closed|1|\nrow|5|1|late|open|1|\nrow|6|4|r|open|2|\nrow|7|5|s|out|2|\n"
	 "line|1|2|" HOSTILE "|unexpected|1|\nline|2|1|" MARKUP "|seen|1|\nline|2|2|self|seen|1|\nline|99|1|x|seen|1|\nline|-1|1|" HOSTILE "|allowed|1|\nline|-7|1|x|seen|1|\nline|5|-1|y|nostate|1|\nline|4|5|a|allowed|1|\n"
	 "line|0|3|" HOSTILE "|allowed||\nline|3|0||allowed||\nline|0|-1||allowed||\n"},
	{"network unknown", {.kind = CHART_NETWORK}, "what|a|b|name|state|count|more", "note|||Not assessed: NetworkPolicies were not collected.|missing|0|0\n"},
	{"network lone", {.kind = CHART_NETWORK}, "what|a|b|name|state|count|more", "box|1|0|only|open|1|1\nrow|1|1|one|open|1|0\n"},
};

struct table {
	struct chart chart;
	struct span heads[12], cells[1024];
};

static void table_fill(struct table *t, const struct sample *s)
{
	struct span names = span_of(s->columns), text = span_of(s->rows);
	size_t n = 0;

	t->chart = s->chart;
	t->chart.columns = 0;
	while (names.p)
		t->heads[t->chart.columns++] = span_cut(&names, '|');
	while (text.n) {
		struct span row = span_cut(&text, '\n');

		for (size_t i = 0; i < t->chart.columns; i++) {
			t->cells[n] = span_cut(&row, '|');
			if (span_eq(t->cells[n], "~"))
				t->cells[n] = SPAN_NONE;
			n++;
		}
	}
	t->chart.rows = n / t->chart.columns;
	t->chart.heads = t->heads;
	t->chart.cells = t->cells;
}

/* What one chart drew. */
struct seen {
	struct chart_mark at[4096];
	size_t n;
	struct arena texts; /* a mark's text lives only while the chart is drawn */
};

static void see(void *user, const struct chart_mark *m)
{
	struct seen *s = user;

	if (s->n == sizeof(s->at) / sizeof(*s->at))
		return;
	s->at[s->n] = *m;
	if (m->text.p)
		s->at[s->n].text.p = arena_strndup(&s->texts, m->text.p, m->text.n);
	s->n++;
}

static struct seen *seen_new(void)
{
	return calloc(1, sizeof(struct seen));
}

static void seen_free(struct seen *s)
{
	arena_fini(&s->texts);
	free(s);
}

static bool text_seen(const struct seen *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].text.p && span_eq(s->at[i].text, text))
			return true;
	return false;
}

static bool inside(const struct chart_mark *m, const struct chart_place *at, float h)
{
	const float slack = 0.7f;

	return isfinite(m->x) && isfinite(m->y) && m->x >= at->x - slack && m->x + m->w <= at->x + at->width + slack && m->y >= at->y - slack &&
	       m->y + m->h <= at->y + h + slack;
}

static bool covers(const struct chart_mark *a, const struct chart_mark *b)
{
	const float slack = 0.4f;

	return a->x + slack < b->x + b->w && b->x + slack < a->x + a->w && a->y + 0.3f * a->h < b->y + b->h && b->y + 0.3f * b->h < a->y + a->h;
}

static void tell(const char *what, const char *name, const struct chart_place *at, const struct chart_mark *m)
{
	printf("  %s: %s at width %.0f: '%.*s' %.1f,%.1f %.1f x %.1f in %.1f+%.1f\n", name, what, (double)at->width, SPAN_ARG(m->text), (double)m->x,
	       (double)m->y, (double)m->w, (double)m->h, (double)m->box_x, (double)m->box_w);
}

static void check_marks(const char *name, const struct seen *s, const struct chart_place *at, float h)
{
	size_t out = 0, wide = 0, covered = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct chart_mark *m = &s->at[i];

		if (!inside(m, at, h) && !out++)
			tell("outside", name, at, m);
		if (m->text.p && (m->x < m->box_x - 0.1f || m->x + m->w > m->box_x + m->box_w + 0.1f) && !wide++)
			tell("wider than its box", name, at, m);
		for (size_t j = 0; j < i && m->text.p; j++)
			if (s->at[j].text.p && covers(m, &s->at[j]) && !covered++) {
				tell("covers", name, at, m);
				tell("is covered", name, at, &s->at[j]);
			}
	}
	CHECK_INT(out, 0);
	CHECK_INT(wide, 0);
	CHECK_INT(covered, 0);
}

static const struct shape {
	float width, em, page_w, page_h, max_height;
} shapes[] = {
	{475, 8.5f, 595, 842, 0},   /* A4, whole width */
	{228, 8.5f, 595, 842, 0},   /* half of it */
	{840, 14, 960, 540, 380},   /* a slide */
	{150, 8.5f, 595, 842, 200}, /* a third, and low */
};

/* Draws all samples one below the other; the pages are made for `path`. */
static float draw_all(const struct shape *shape, const struct fonts *fonts, struct pdf *pdf, struct seen *seen, size_t *pages)
{
	float margin = 50, y = margin, sum = 0;
	size_t page = 0;

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		struct table t = {0};
		struct chart_place at = {.pdf = pdf, .fonts = fonts, .theme = &theme, .x = margin, .width = shape->width, .em = shape->em,
					 .max_height = shape->max_height, .mark = seen ? see : NULL, .user = seen};
		float h;

		table_fill(&t, &samples[i]);
		h = chart_height(&t.chart, &at);
		if (y > margin && y + h + 30 > shape->page_h - 30) {
			y = margin;
			page++;
		}
		if (pdf) {
			pdf_page(pdf, page);
			pdf_text(pdf, margin, y, FACE_ITALIC, 7, 0x999999, span_of(samples[i].name));
		}
		at.y = y + 10;
		if (seen)
			seen->n = 0;
		if (pdf || seen)
			CHECK(h == chart_draw(&t.chart, &at));
		if (seen)
			check_marks(samples[i].name, seen, &at, h);
		if (shape->max_height > 0 && h > shape->max_height * 1.5f)
			printf("  %s: %.0f high\n", samples[i].name, (double)h);
		CHECK(isfinite(h) && h >= 0 && (shape->max_height <= 0 || h <= shape->max_height * 1.5f));
		y += h + 30;
		sum += h;
	}
	*pages = page + 1;
	return sum;
}

static struct fonts fonts;

static void charts_stay_inside(void)
{
	struct seen *seen = seen_new();
	size_t pages;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		CHECK(draw_all(&shapes[i], &fonts, NULL, seen, &pages) > 500);
	seen_free(seen);
}

static void file_make(const struct shape *shape, const char *path)
{
	struct pdf_info info = {.title = "charts", .created = 1790000000};
	struct err e = {0};
	struct pdf *pdf;
	size_t pages;

	draw_all(shape, &fonts, NULL, NULL, &pages);
	pdf = pdf_new(&info, &fonts, &e);
	pdf_pages(pdf, pages, shape->page_w, shape->page_h);
	draw_all(shape, &fonts, pdf, NULL, &pages);
	CHECK_INT(pdf_save(pdf, path, &e), 0);
	pdf_free(pdf);
}

static size_t slurp(const char *path, char *out, size_t cap)
{
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(out, 1, cap, f) : 0;

	if (f)
		fclose(f);
	return n;
}

static void same_pages_each_time(void)
{
	const char *dir = getenv("TMPDIR");
	enum { CAP = 4 << 20 };
	char path[2][256], *bytes[2] = {malloc(CAP), malloc(CAP)};
	size_t n[2];

	for (int i = 0; i < 2; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/unit-chart-%d-%d.pdf", dir ? dir : "/tmp", (int)getpid(), i);
		file_make(&shapes[0], path[i]);
		n[i] = slurp(path[i], bytes[i], CAP);
		remove(path[i]);
	}
	CHECK(n[0] > 10000 && n[0] < CAP);
	CHECK(n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0);
	free(bytes[0]);
	free(bytes[1]);
}

/* Draws the sample at whole width into `seen`. */
static float sample_draw(const char *name, struct seen *seen, float max_height)
{
	struct chart_place at = {.fonts = &fonts, .theme = &theme, .x = 50, .y = 50, .width = 475, .em = 8.5f, .max_height = max_height, .mark = see,
				 .user = seen};
	struct table t = {0};

	seen->n = 0;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		if (strcmp(samples[i].name, name) == 0)
			table_fill(&t, &samples[i]);
	return chart_draw(&t.chart, &at);
}

/* A number alone in a box of this width. */
static void number_draw(double v, float width, struct seen *seen)
{
	struct chart_place at = {.fonts = &fonts, .theme = &theme, .mark = see, .user = seen};
	auto_arena arena = ARENA_INIT;
	struct canvas c = {.at = &at, .arena = &arena, .em = 8.5f};

	seen->n = 0;
	number_line(&c, 0, 10, width, style_text(&c), ALIGN_RIGHT, v, SPAN_NONE);
}

/* Hebrew alone, and between Latin words: shown from right to left, brackets turned (UAX #9, rules L2 and L4). */
static void hebrew_reads_right_to_left(void)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{"\u05d0\u05d1\u05d2", "\u05d2\u05d1\u05d0"},
		{"app \u05d0\u05d1 v2", "app \u05d1\u05d0 v2"},
		{"\u05d0(\u05d1)", "(\u05d1)\u05d0"},
		{"plain", "plain"},
	};
	struct seen *seen = seen_new();
	struct chart_place at = {.fonts = &fonts, .theme = &theme, .mark = see, .user = seen};
	auto_arena arena = ARENA_INIT;
	struct canvas c = {.at = &at, .arena = &arena, .em = 8.5f};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		seen->n = 0;
		text_line(&c, 0, 10, 200, style_text(&c), ALIGN_LEFT, span_of(cases[i].text));
		CHECK_INT(seen->n, 1);
		CHECK_SPAN(seen->at[0].text, cases[i].shown);
	}
	seen_free(seen);
}

/* Expectations by hand from the samples above. */
static void charts_say(void)
{
	static const struct {
		const char *sample, *text;
	} want[] = {
		{"bars target", "not assessed"},  {"bars target", "62 %"},	     {"bars target", "95 %"},	      {"bars target", "0 %"},
		{"bars huge", "999,999,999,999"}, {"bars huge", "-5"},		     {"bars huge", "not assessed"},   {"bars severity", "140.2"},
		{"bars stacked", "54"},		  {"bars stacked", "not assessed"},  {"bars stacked", "M 18"},	      {"donut severity", "312"},
		{"donut severity", "140 · 45 %"}, {"donut seven", "other"},	     {"donut seven", "4 · 5 %"},      {"donut seven", "1 not assessed"},
		{"bars ten parts", "55"},	     {"bars ten parts", "27"},	      {"bars ten parts", "other"},
		{"roadmap", "300–200"},	     {"heatmap top", "and 2 more"},	     {"heatmap wide", "1 cell in a further column is not shown"},
		{"donut one", "3 · 100 %"},	  {"donut none", "not assessed"},    {"donut tiny slices", "1 · < 1 %"}, {"cards", "1,284"},
		{"cards", "not assessed"},	  {"radar", "34, target 90"},	     {"radar", "not assessed, target 80"}, {"heatmap", "120"},
		{"heatmap", "not assessed"},	  {"heatmap grades", "E"},	     {"matrix", "R12"},		      {"matrix", "2 not rated"},
		{"roadmap", "0–14"},		  {"roadmap", "not scheduled"},	     {"path", "may exec into"}, {"path hostile", "and 1 more"},
		{"path hostile", "unknown"},	  {"map", "and 2 more"},	     {"map", "9"},
		{"network", "1,195 more namespaces"}, {"network", "load balancer 443"}, {"network", "TCP 5432"},	{"network", "open network"},
		{"network", "observed, policies deny it"}, {"network", "way in that policies close"}, {"network unknown", "Not assessed: NetworkPolicies were not collected."},
		{"network hostile", "2 more namespaces"},
	};
	struct seen *seen = seen_new();

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		sample_draw(want[i].sample, seen, 0);
		if (!text_seen(seen, want[i].text))
			printf("  %s does not say '%s'\n", want[i].sample, want[i].text);
		CHECK(text_seen(seen, want[i].text));
	}
	number_draw(2150000000.0, 30, seen);
	CHECK(text_seen(seen, "2.1 G") || text_seen(seen, "2.2 G"));
	number_draw(2150000000.0, 300, seen);
	CHECK(text_seen(seen, "2,150,000,000"));
	number_draw(999600, 25, seen);
	CHECK(text_seen(seen, "1.0 M"));
	number_draw(85, 5, seen);
	CHECK(text_seen(seen, "85"));
	sample_draw("donut seven", seen, 0);
	CHECK(!text_seen(seen, "gcr.io"));
	sample_draw("bars target", seen, 60);
	CHECK(text_seen(seen, "and 4 more"));
	seen_free(seen);
}

static void nothing_for_nothing(void)
{
	struct chart_place at = {.fonts = &fonts, .theme = &theme, .width = 475, .em = 8.5f};
	struct span cells[6] = {SPAN("a"), SPAN("1"), SPAN("1"), SPAN("1"), SPAN("1"), SPAN("1")};

	for (int k = 0; k < CHARTS; k++) {
		struct chart d = {.kind = (enum chart_kind)k, .columns = 6, .cells = cells};

		CHECK(chart_height(&d, &at) == 0);
		d.rows = 1;
		CHECK(chart_height(&d, &at) > 10);
		d.columns = 1;
		CHECK(chart_height(&d, &at) == 0);
	}
}

static void names_and_colours(void)
{
	enum chart_kind kind;

	CHECK(chart_find(SPAN("roadmap"), &kind) && kind == CHART_ROADMAP);
	CHECK(!chart_find(SPAN("pie"), &kind));
	/* WCAG 2.1: black on white is 21:1; #767676 on white is the lightest grey that reaches 4.5:1 */
	CHECK(fabsf(colour_contrast(0, 0xffffff) - 21) < 0.01f);
	CHECK(colour_contrast(0x767676, 0xffffff) >= 4.5f);
	CHECK(colour_contrast(0x777777, 0xffffff) < 4.5f);
	for (int32_t grey = 0; grey < 256; grey++)
		CHECK(colour_contrast(colour_on(grey * 0x10101), grey * 0x10101) >= 4.5f);
}

/* With DIR as argument the pages are kept there. */
int main(int argc, char **argv)
{
	struct err e = {0};
	char path[512];

	CHECK_INT(fonts_load(&fonts, &e), 0);
	TEST(charts_stay_inside);
	TEST(charts_say);
	TEST(hebrew_reads_right_to_left);
	TEST(nothing_for_nothing);
	TEST(names_and_colours);
	TEST(same_pages_each_time);
	for (size_t i = 0; argc > 1 && i < sizeof(shapes) / sizeof(*shapes); i++) {
		snprintf(path, sizeof(path), "%s/charts-%zu.pdf", argv[1], i);
		file_make(&shapes[i], path);
	}
	fonts_fini(&fonts);
	return test_end();
}

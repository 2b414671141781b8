// SPDX-License-Identifier: Apache-2.0
// FIRST's exploit prediction scores, CSV (first.org/epss): a line "#model_version:…,score_date:…", then cve,epss,percentile.
#include "advisory.h"

#include "common/limits.h"

#include <stdlib.h>

static bool is_epss(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "cve,epss") || (span_starts(head, "#model_version") && span_has(head, "cve,epss"));
}

static bool number(struct span s, double *out)
{
	char text[32], *end;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	*out = strtod(text, &end);
	return *end == 0 && *out >= 0 && *out <= 1;
}

static int load_line(struct store *s, const struct span *f, size_t n, struct err *e)
{
	double score, percentile = 0;

	if (span_starts(f[0], "#") || span_eq(f[0], "cve"))
		return 0;
	if (n < 2 || !span_starts(f[0], "CVE-") || f[0].n > LIMIT_VERSION_BYTES || !number(f[1], &score) || (n > 2 && !number(f[2], &percentile)))
		return err_set(e, ERR_INPUT, "expected a CVE id and numbers from 0 to 1, found '%.*s'", SPAN_ARG(f[0]));
	s->records++;
	return db_run(&s->db, e, "INSERT OR REPLACE INTO epss (cve, feed, score, percentile) VALUES (?, ?, ?, ?)", "tidd", f[0], s->feed, score,
		      percentile);
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;
	const char *at;
	int64_t date = 0;

	(void)name;
	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;
	at = memmem(text.p, text.n < 256 ? text.n : 256, "score_date:", 11);
	if (at)
		date = feed_time((struct span){at + 11, (size_t)(text.p + text.n - at - 11)});

	int fresh = store_snapshot(s, "epss", "epss", false, buf_span(&text), date, e);

	return fresh <= 0 ? fresh : feed_records(s, buf_span(&text), 3, load_line, e);
}

const struct feed_format feed_epss = {"epss", is_epss, import};

// SPDX-License-Identifier: Apache-2.0
// XML streams through expat.
#include "xml.h"

#include "limits.h"

#include <expat.h>

enum { CHUNK = 65536 };

struct state {
	XML_Parser parser;
	const struct xml_handlers *h;
	void *ctx;
	struct err *e;
	struct buf text;
	int depth;
	bool failed;
};

static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static void stop(struct state *s)
{
	s->failed = true;
	XML_StopParser(s->parser, XML_FALSE);
}

static void start(void *ctx, const char *name, const char **attributes)
{
	struct state *s = ctx;

	s->text.n = 0;
	if (++s->depth > LIMIT_JSON_DEPTH) {
		err_set(s->e, ERR_INPUT, "line %lu: nested more than %d deep", (unsigned long)XML_GetCurrentLineNumber(s->parser), LIMIT_JSON_DEPTH);
		stop(s);
	} else if (s->h->start(s->ctx, local(name), (const char *const *)attributes, s->e)) {
		stop(s);
	}
}

static void end(void *ctx, const char *name)
{
	struct state *s = ctx;

	s->depth--;
	if (!s->failed && s->h->end(s->ctx, local(name), span_trim(buf_span(&s->text)), s->e))
		stop(s);
	s->text.n = 0;
}

static void text(void *ctx, const char *p, int n)
{
	struct state *s = ctx;

	if (s->text.n + (size_t)n > LIMIT_LINE_BYTES) {
		err_set(s->e, ERR_INPUT, "line %lu: more than %u bytes of text", (unsigned long)XML_GetCurrentLineNumber(s->parser), LIMIT_LINE_BYTES);
		stop(s);
		return;
	}
	buf_add(&s->text, p, (size_t)n);
}

static void entity(void *ctx, const char *name, int parameter, const char *value, int n, const char *base, const char *sys, const char *pub,
		   const char *notation)
{
	struct state *s = ctx;

	(void)name, (void)parameter, (void)value, (void)n, (void)base, (void)sys, (void)pub, (void)notation;
	err_set(s->e, ERR_INPUT, "line %lu: declares an entity: such documents are refused", (unsigned long)XML_GetCurrentLineNumber(s->parser));
	stop(s);
}

struct span xml_attribute(const char *const *attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(local(attributes[0]), name) == 0)
			return span_of(attributes[1]);
	return SPAN_NONE;
}

static int feed(struct state *s, struct source *in, struct err *e)
{
	for (;;) {
		void *room = XML_GetBuffer(s->parser, CHUNK);
		ssize_t got;

		if (!room)
			die("out of memory");
		got = source_read(in, room, CHUNK, e);
		if (got < 0)
			return -1;
		if (XML_ParseBuffer(s->parser, (int)got, got == 0) != XML_STATUS_OK)
			return s->failed ? -1
					 : err_set(e, ERR_INPUT, "line %lu: not XML: %s", (unsigned long)XML_GetCurrentLineNumber(s->parser),
						   XML_ErrorString(XML_GetErrorCode(s->parser)));
		if (got == 0)
			return 0;
	}
}

int xml_parse(struct source *in, const struct xml_handlers *h, void *ctx, struct err *e)
{
	struct state s = {.h = h, .ctx = ctx, .e = e, .parser = XML_ParserCreate(NULL)};
	int r;

	if (!s.parser)
		die("out of memory");
	XML_SetUserData(s.parser, &s);
	XML_SetElementHandler(s.parser, start, end);
	XML_SetCharacterDataHandler(s.parser, text);
	XML_SetEntityDeclHandler(s.parser, entity);
	r = feed(&s, in, e);
	XML_ParserFree(s.parser);
	buf_fini(&s.text);
	return r;
}

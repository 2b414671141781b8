// SPDX-License-Identifier: Apache-2.0
// Error objects and the few messages that go straight to stderr. What an exit code means to a
// command is decided there, not here.
#include "err.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>

static void format(char *out, size_t n, const char *fmt, va_list ap)
{
	char raw[2048];

	vsnprintf(raw, sizeof(raw), fmt, ap);
	text_clean(out, n, raw, strlen(raw));
}

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	format(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	e->kind = kind;
	e->alone = false;
	return -1;
}

int err_errno(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(e, ERR_ENV, "%s: %s", text, strerror(saved));
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char context[512], old[1024];
	va_list ap;

	if (!e || e->alone)
		return -1;
	va_start(ap, fmt);
	format(context, sizeof(context), fmt, ap);
	va_end(ap);
	memcpy(old, e->msg, sizeof(old));
	snprintf(e->msg, sizeof(e->msg), "%s: %.500s", context, old);
	return -1;
}

int err_report(const struct err *e)
{
	fprintf(stderr, "plimsoll: %s\n", e->msg);
	return e->kind ? (int)e->kind : (int)ERR_ENV;
}

void die(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "plimsoll: internal error: %s\n", text);
	exit(ERR_ENV);
}

void warn(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "plimsoll: warning: %s\n", text);
}

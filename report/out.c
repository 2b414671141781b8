// SPDX-License-Identifier: Apache-2.0
// Text on its way to standard output or a file. What the text is, the writers know.
#include "out.h"
#include "common/hash.h"

#include <errno.h>

enum { OUT_BYTES = 64 * 1024 };

int out_open(struct out *o, const char *path, struct err *e)
{
	*o = (struct out){.file = OUTFILE_INIT};
	if (!path || strcmp(path, "-") == 0) {
		o->f = stdout;
		return 0;
	}
	if (outfile_begin(&o->file, path, false, e))
		return -1;
	o->f = fopen(o->file.part, "wxe");
	return o->f ? 0 : err_errno(e, "%s: cannot be made", path);
}

static const char *name(const struct out *o)
{
	return o->f == stdout ? "standard output" : o->file.path;
}

static int write_out(struct out *o, struct err *e)
{
	if (o->sum)
		hash_add(o->sum, buf_str(&o->text), o->text.n);
	if (!o->gone && o->text.n && (fwrite(o->text.p, 1, o->text.n, o->f) != o->text.n || fflush(o->f))) {
		if (errno != EPIPE)
			return err_errno(e, "%s: cannot be written", name(o));
		o->gone = true; /* as of `| head` */
	}
	buf_reset(&o->text);
	return 0;
}

int out_flow(struct out *o, struct err *e)
{
	return o->text.n < OUT_BYTES ? 0 : write_out(o, e);
}

int out_commit(struct out *o, struct err *e)
{
	FILE *f = o->f;

	if (write_out(o, e))
		return -1;
	if (f == stdout)
		return 0;
	o->f = NULL;
	if (fclose(f))
		return err_errno(e, "%s: cannot be written", o->file.path);
	return outfile_commit(&o->file, e);
}

void out_fini(struct out *o)
{
	if (o->f && o->f != stdout)
		fclose(o->f);
	outfile_abandon(&o->file);
	buf_fini(&o->text);
}

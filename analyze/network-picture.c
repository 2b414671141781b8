// SPDX-License-Identifier: Apache-2.0
// `plimsoll network picture`: the picture of a cluster's network as text, SVG or DOT, from what the analysis kept of it.
#include "network.h"
#include "common/picture-svg.h"
#include "common/picture-text.h"
#include "common/text.h"
#include "common/tty.h"

#include <stdio.h>

static void dot_row(struct buf *b, size_t end)
{
	if (end == PICTURE_NETWORK)
		buf_add_str(b, "network");
	else if (end == PICTURE_OUTSIDE)
		buf_add_str(b, "outside");
	else
		buf_printf(b, "r%zu", end + 1);
}

/* DOT's quoted strings escape as JSON's do, as far as these names go. */
static void dot_box(struct buf *b, const struct picture *p, size_t i, struct arena *a)
{
	static const char *const shapes[PICTURE_STATES] = {"style=dashed", "style=solid", "style=solid", "style=bold, peripheries=2", "shape=diamond"};
	const struct picture_box *box = &p->boxes[i];

	buf_printf(b, "  subgraph cluster_%zu {\n    label=", i + 1);
	text_add_json(b, picture_box_name(box, a));
	buf_add_str(b, ";\n");
	for (size_t r = box->first; r < box->first + box->n; r++) {
		buf_printf(b, "    r%zu [label=", r + 1);
		text_add_json(b, p->rows[r].name);
		buf_printf(b, ", %s];\n", shapes[p->rows[r].state]);
	}
	buf_add_str(b, "  }\n");
}

static void dot_line(struct buf *b, const struct picture_line *l)
{
	static const char *const styles[PICTURE_LINE_STATES] = {"invis", "dotted", "dotted", "dashed", "solid", "bold"};

	buf_add_str(b, "  ");
	dot_row(b, l->source);
	buf_add_str(b, " -> ");
	dot_row(b, l->target);
	buf_add_str(b, " [label=");
	text_add_json(b, l->ports);
	buf_printf(b, ", style=%s];\n", styles[l->state]);
}

static void put_dot(struct buf *b, const struct picture *p, struct arena *a)
{
	buf_add_str(b, "digraph network {\n  rankdir=LR;\n  node [shape=box];\n  outside [label=\"Outside the cluster\"];\n  network [label=\"open network\", shape=ellipse];\n");
	for (size_t i = 0; i < p->n_boxes; i++)
		dot_box(b, p, i, a);
	for (size_t i = 0; i < p->n_rows; i++) {
		enum picture_state s = p->rows[i].state;
		bool in = s == PICTURE_IN || s == PICTURE_CLOSED, out = s == PICTURE_OUT || s == PICTURE_CLOSED;

		if (p->rows[i].way_state)
			dot_line(b, &(struct picture_line){PICTURE_OUTSIDE, i, p->rows[i].way, p->rows[i].way_state, 0});
		if (!in || !out)
			buf_printf(b, "  r%zu -> network [dir=%s];\n", i + 1, in ? "forward" : out ? "back" : "both");
	}
	for (size_t i = 0; i < p->n_lines; i++)
		dot_line(b, &p->lines[i]);
	buf_add_str(b, "}\n");
}

static void put_text_line(void *user, enum picture_ink ink, struct span line)
{
	(void)ink;
	buf_add_span(user, line);
	buf_add_char(user, '\n');
}

int network_picture(const struct network_options *o, struct err *e)
{
	const char *format = o->format ? o->format : "text";
	auto_arena a = ARENA_INIT;
	struct picture *p = arena_alloc(&a, sizeof(*p));
	auto_buf b = BUF_INIT;
	char cluster[512];
	int columns = tty_width(stdout);

	if (o->from || o->to)
		return err_set(e, ERR_USAGE, "network: a picture is of a whole cluster: --from and --to go with text, json and csv");
	if (o->rest->n)
		return err_set(e, ERR_USAGE, "network picture takes SITE.db");
	if (strcmp(format, "svg") != 0 && strcmp(format, "dot") != 0 && strcmp(format, "text") != 0)
		return err_set(e, ERR_USAGE, "network: a picture's --format is text, svg or dot, not '%s'", format);
	if (network_cluster(o, cluster, e) || picture_load(p, &a, o->db, cluster, e))
		return -1;
	if (!p->n_rows && !p->n_notes)
		picture_add(p, (struct span[PICTURE_COLUMNS]){SPAN("note"), [3] = SPAN("Not assessed: nothing was collected of this cluster's network."), [4] = SPAN("missing")});
	if (strcmp(format, "svg") == 0)
		picture_svg(p, span_of(arena_printf(&a, "Network of cluster %s", cluster)), &b);
	else if (strcmp(format, "dot") == 0)
		put_dot(&b, p, &a);
	else
		picture_text(p, columns > 0 && columns < 160 ? (size_t)columns : 100, true, put_text_line, &b);
	return fwrite(buf_str(&b), 1, b.n, stdout) == b.n ? 0 : err_errno(e, "standard output");
}

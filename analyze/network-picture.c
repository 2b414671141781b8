// SPDX-License-Identifier: Apache-2.0
// A map of the cluster's namespaces and what may pass between them, as SVG or DOT. Colour and shape say the same: closed namespaces are
// green and doubly framed, open ones red and thinly framed.
#include "network-list.h"
#include "common/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A picture of more boxes cannot be read: the namespaces with most pods are drawn, the rest is one box. */
enum { BOXES_MAX = 24 };

struct box {
	const char *name;
	size_t pods, isolated; /* pods, and those that some ingress policy holds for */
	double x, y;
};
struct map {
	struct net *net;
	struct box boxes[BOXES_MAX + 1];
	size_t n, *box_of; /* by namespace */
	bool open[BOXES_MAX + 1][BOXES_MAX + 1], some[BOXES_MAX + 1][BOXES_MAX + 1];
	bool outside[BOXES_MAX + 1]; /* reached from outside as far as policies go */
};

static int by_pods(const void *x, const void *y)
{
	const struct net_space *a = *(struct net_space *const *)x, *b = *(struct net_space *const *)y;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void place(struct map *m)
{
	struct net *net = m->net;
	struct net_space **order = arena_array(&net->arena, net->n_spaces, sizeof(*order));
	size_t n = 0;

	m->box_of = arena_array(&net->arena, net->n_spaces, sizeof(*m->box_of));
	for (size_t i = 0; i < net->n_spaces; i++)
		if (net->spaces[i].n)
			order[n++] = &net->spaces[i];
	if (n)
		qsort(order, n, sizeof(*order), by_pods);
	for (size_t i = 0; i < n; i++) {
		size_t at = i < BOXES_MAX ? i : BOXES_MAX;

		m->box_of[order[i] - net->spaces] = at;
		m->boxes[at].name = i < BOXES_MAX ? order[i]->name : "other namespaces";
		m->n = at + 1;
	}
}

static void fill(struct map *m)
{
	struct net *net = m->net;
	struct net_reach *r = net_reach_new(net);
	uint32_t *ids = arena_array(&net->arena, net->n_classes, sizeof(*ids));

	for (uint32_t to = 0; to < net->n_classes; to++) {
		const struct net_endpoint *p = net->classes[to].first;
		size_t t = m->box_of[p->space - net->spaces];
		const struct net_outside *outside;

		if (p->finished)
			continue;
		m->boxes[t].pods += net->classes[to].n;
		if (!p->host_network && net_applied(net, to, NET_INGRESS)->n)
			m->boxes[t].isolated += net->classes[to].n;
		m->outside[t] |= net_reach_outside(r, to, NET_INGRESS, &outside) > 0;
		net_reach_row(r, to, ids);
		for (uint32_t from = 0; from < net->n_classes; from++) {
			size_t s = m->box_of[net->classes[from].first->space - net->spaces];

			m->open[s][t] |= ids[from] == REACH_ALL;
			m->some[s][t] |= ids[from] != REACH_NONE;
		}
	}
}

static const char *colour(const struct box *b)
{
	return b->isolated == 0 ? "#c62828" : b->isolated == b->pods ? "#2e7d32" : "#ef6c00";
}

static void add_xml(struct buf *b, const char *text)
{
	auto_buf clean = BUF_INIT;

	text_add_clean(&clean, span_of(text), false);
	for (size_t i = 0; i < clean.n; i++)
		switch (clean.p[i]) {
		case '<': buf_add_str(b, "&lt;"); break;
		case '>': buf_add_str(b, "&gt;"); break;
		case '&': buf_add_str(b, "&amp;"); break;
		case '"': buf_add_str(b, "&quot;"); break;
		default: buf_add_char(b, clean.p[i]);
		}
}

static void arrow(const struct map *m, struct buf *b, size_t s, size_t t)
{
	double dx = m->boxes[t].x - m->boxes[s].x, dy = m->boxes[t].y - m->boxes[s].y, length = sqrt(dx * dx + dy * dy);
	double ux = dx / length, uy = dy / length, side = 5; /* both ways stay apart */

	buf_printf(b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%s\"%s marker-end=\"url(#a)\"/>\n",
		   m->boxes[s].x + ux * 62 - uy * side, m->boxes[s].y + uy * 34 + ux * side, m->boxes[t].x - ux * 74 - uy * side, m->boxes[t].y - uy * 40 + ux * side,
		   m->open[s][t] ? "#c62828" : "#607d8b", m->open[s][t] ? "1.6" : "1", m->open[s][t] ? "" : " stroke-dasharray=\"5 3\"");
}

static void draw_box(const struct map *m, struct buf *b, size_t i)
{
	const struct box *x = &m->boxes[i];
	char shown[24];
	size_t n = strlen(x->name);

	snprintf(shown, sizeof(shown), n > 18 ? "%.17s~" : "%s", x->name);
	buf_printf(b, "<g><title>");
	add_xml(b, x->name);
	buf_printf(b, "</title><rect x=\"%.1f\" y=\"%.1f\" width=\"124\" height=\"54\" rx=\"6\" fill=\"#fff\" stroke=\"%s\" stroke-width=\"%s\"/>", x->x - 62, x->y - 27,
		   colour(x), x->isolated ? "2" : "1");
	if (x->isolated == x->pods && x->pods)
		buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"116\" height=\"46\" rx=\"4\" fill=\"none\" stroke=\"%s\"/>", x->x - 58, x->y - 23, colour(x));
	buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"12\">", x->x, x->y - 3);
	add_xml(b, shown);
	buf_printf(b, "</text><text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" font-size=\"9\" fill=\"#555\">%zu pods, %zu isolated%s</text></g>\n", x->x, x->y + 13, x->pods,
		   x->isolated, m->outside[i] ? "" : ", closed outside");
}

static void draw_svg(struct map *m, struct buf *b)
{
	double pi = acos(-1), radius = m->n < 3 ? 140 : 60 + 26 * (double)m->n, size = 2 * radius + 200;

	for (size_t i = 0; i < m->n; i++) {
		m->boxes[i].x = size / 2 + (m->n > 1 ? radius * cos(2 * pi * (double)i / (double)m->n - pi / 2) : 0);
		m->boxes[i].y = size / 2 + (m->n > 1 ? radius * sin(2 * pi * (double)i / (double)m->n - pi / 2) : 0);
	}
	buf_printf(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\">\n", size, size + 40);
	buf_add_str(b, "<title>Namespaces and what may pass between them</title>\n<defs><marker id=\"a\" markerWidth=\"8\" markerHeight=\"8\" refX=\"6\" refY=\"3\" "
		       "orient=\"auto\"><path d=\"M0,0 L7,3 L0,6 z\" fill=\"#455a64\"/></marker></defs>\n");
	for (size_t s = 0; s < m->n; s++)
		for (size_t t = 0; t < m->n; t++)
			if (s != t && m->some[s][t])
				arrow(m, b, s, t);
	for (size_t i = 0; i < m->n; i++)
		draw_box(m, b, i);
	buf_printf(b, "<text x=\"10\" y=\"%.0f\" font-size=\"11\" fill=\"#333\">full line: everything passes; dashed: some ports or pods; double frame: every pod isolated; thin: "
		      "none</text>\n</svg>\n", size + 25);
}

static void dot_name(struct buf *b, const char *name)
{
	text_add_json(b, span_of(name)); /* DOT's quoted strings escape as JSON's do, as far as these names go */
}

static void draw_dot(const struct map *m, struct buf *b)
{
	buf_add_str(b, "digraph network {\n  node [shape=box];\n");
	for (size_t i = 0; i < m->n; i++) {
		buf_add_str(b, "  ");
		dot_name(b, m->boxes[i].name);
		buf_printf(b, " [color=\"%s\", peripheries=%d];\n", colour(&m->boxes[i]), m->boxes[i].isolated == m->boxes[i].pods ? 2 : 1);
	}
	for (size_t s = 0; s < m->n; s++)
		for (size_t t = 0; t < m->n; t++) {
			if (s == t || !m->some[s][t])
				continue;
			buf_add_str(b, "  ");
			dot_name(b, m->boxes[s].name);
			buf_add_str(b, " -> ");
			dot_name(b, m->boxes[t].name);
			buf_printf(b, " [style=%s];\n", m->open[s][t] ? "solid" : "dashed");
		}
	buf_add_str(b, "}\n");
}

int network_picture(const struct network_options *o, struct err *e)
{
	auto_net net = {0};
	struct map m = {.net = &net};
	auto_buf b = BUF_INIT;
	char cluster[512];

	if (strcmp(o->format, "svg") != 0 && strcmp(o->format, "dot") != 0)
		return err_set(e, ERR_USAGE, "network reach: --format is text, json, csv, dot or svg, not '%s'", o->format);
	if (network_cluster(o, cluster, e) || net_load(&net, o->db, cluster, NULL, 0, e))
		return -1;
	network_warn_plugin(&net);
	place(&m);
	fill(&m);
	if (strcmp(o->format, "svg") == 0)
		draw_svg(&m, &b);
	else
		draw_dot(&m, &b);
	return fwrite(buf_str(&b), 1, b.n, stdout) == b.n ? 0 : err_errno(e, "standard output");
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PICTURE_LAYOUT_H
#define PICTURE_LAYOUT_H
/*
 * Where everything of a picture stands: two columns of boxes, between them the open network and a track for each bundle of lines, the
 * outside above. Lines run level and upright only, texts stand where no line runs, and the same picture always gives the same places.
 * Units are those of `em`; the upper left corner is 0,0.
 */
#include "picture.h"

struct picture_rect {
	float x, y, w, h;
};
/* Level lines between a row and a track. */
struct picture_stub {
	size_t row, net;    /* net: PICTURE_NO_NET for the open network */
	float y, x0, x1;    /* x0 at the box, x1 at the track */
	bool in, out;	    /* an arrowhead at the row; one at the open network */
	struct picture_rect label; /* w 0: none */
};
struct picture_track {
	float x, y0, y1;
	bool up; /* ends outside, with an arrowhead at y0 */
};
enum { PICTURE_NO_NET = PICTURE_LINES, PICTURE_STUBS = 600, PICTURE_LEGENDS = 14 };
enum picture_legend {
	LEGEND_OPEN, LEGEND_IN, LEGEND_OUT, LEGEND_CLOSED, LEGEND_HOST, /* as enum picture_state */
	LEGEND_BOX_OPEN, LEGEND_BOX_PARTLY, LEGEND_BOX_CLOSED, LEGEND_NETWORK, LEGEND_ALLOWED, LEGEND_SEEN, LEGEND_DROPPED, LEGEND_UNEXPECTED, LEGEND_BLOCKED
};
struct picture_layout {
	float width, height, em, line; /* line: height of a line of text, the grid on which boxes stand */
	struct picture_rect outside;   /* h 0: none */
	struct picture_rect boxes[PICTURE_BOXES], rows[PICTURE_ROWS];
	bool right[PICTURE_BOXES];
	/* Ways in: a trunk on the outer side of each column (y1 0: none), a branch to each row. */
	struct picture_track trunks[2];
	float ways[PICTURE_ROWS]; /* y of the branch; 0: none */
	struct picture_track network; /* the open network; y1 0: none */
	float network_w;
	struct picture_rect network_label;
	struct picture_net nets[PICTURE_LINES];
	struct picture_track tracks[PICTURE_LINES];
	struct picture_stub stubs[PICTURE_STUBS];
	size_t n_nets, n_stubs;
	int64_t left_out; /* lines without a place */
	struct {
		enum picture_legend what;
		struct picture_rect at;
	} legends[PICTURE_LEGENDS];
	size_t n_legends;
};

/* The least width, in em. */
#define PICTURE_LEAST_EMS 44
/* Places all of it, at most `nets` bundles of lines; zeroes `out` first. */
void picture_place(const struct picture *p, float width, float em, size_t nets, struct picture_layout *out);
const char *picture_legend_words(const struct picture *p, enum picture_legend l);
#endif

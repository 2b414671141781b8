/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PICTURE_H
#define PICTURE_H
/*
 * A picture of a network, as the database holds it (analyze/schema/picture.sql): boxes are namespaces, rows in them workloads that are
 * isolated alike, lines what may pass or was seen between rows. It is bounded: what has no place of its own is added up.
 */
#include "arena.h"
#include "db.h"

/* Of rows. Boxes have the first, the fourth, and PICTURE_IN for "partly". */
enum picture_state { PICTURE_OPEN, PICTURE_IN, PICTURE_OUT, PICTURE_CLOSED, PICTURE_HOST, PICTURE_STATES };
/* Of lines; what weighs more comes later. PICTURE_NO_LINE: of a row, that nothing outside leads to it. */
enum picture_line_state { PICTURE_NO_LINE, PICTURE_BLOCKED, PICTURE_DROPPED, PICTURE_ALLOWED, PICTURE_SEEN, PICTURE_UNEXPECTED, PICTURE_LINE_STATES };
/* As the records name them. */
extern const char *const picture_row_states[PICTURE_STATES], *const picture_line_states[PICTURE_LINE_STATES];
enum picture_grade { PICTURE_HINT, PICTURE_WARNING, PICTURE_MISSING };
enum { PICTURE_BOXES = 12, PICTURE_ROWS = 110, PICTURE_LINES = 300, PICTURE_NOTES = 6 };
/* Ends of lines that are no rows. */
enum { PICTURE_NETWORK = PICTURE_ROWS, PICTURE_OUTSIDE, PICTURE_ENDS };

struct picture_box {
	struct span name; /* absent: of all that have no box of their own */
	enum picture_state state;
	int64_t workloads, namespaces;
	size_t first, n; /* its rows */
};
struct picture_row {
	size_t box;
	struct span name;
	enum picture_state state;
	int64_t workloads;
	struct span way; /* in from outside */
	enum picture_line_state way_state;
};
struct picture_line {
	size_t source, target; /* rows or ends */
	struct span ports;
	enum picture_line_state state;
	int64_t seen; /* observed connections */
};
struct picture {
	struct picture_box boxes[PICTURE_BOXES];
	struct picture_row rows[PICTURE_ROWS];
	struct picture_line lines[PICTURE_LINES];
	struct picture_note {
		struct span text;
		enum picture_grade grade;
	} notes[PICTURE_NOTES];
	size_t n_boxes, n_rows, n_lines, n_notes;
	int64_t left_out; /* lines that are not here */
	bool observed;	  /* connections were observed: that none was seen says something */
};

/* Columns of a record, in the order of table network_picture from `what` on. */
enum { PICTURE_COLUMNS = 7 };
/* Adds a record; its texts must stay. What makes no sense (a row of no box, a line to no row) is left out. */
void picture_add(struct picture *p, const struct span cells[PICTURE_COLUMNS]);
/* Reads the picture of a cluster; texts are copied into the arena. */
int picture_load(struct picture *p, struct arena *a, struct db *db, const char *cluster, struct err *e);
/* Adds up all boxes but the first `top`, and the lines to them. */
void picture_fold(struct picture *p, struct arena *a, size_t top);
/* "3 more namespaces", or the namespace's name. */
struct span picture_box_name(const struct picture_box *b, struct arena *a);
/* What a row's or box's state means, in a few words. */
const char *picture_state_words(enum picture_state s);
const char *picture_box_words(enum picture_state s);

typedef unsigned __int128 picture_mask;
/* Lines that say the same, drawn as one: from each of the sources to each of the targets. One bit for each row or end. */
struct picture_net {
	picture_mask sources, targets;
	struct span ports;
	enum picture_line_state state;
	int64_t seen;
};
/* Bundles all lines but those from outside; those that weigh most first. `out` has room for PICTURE_LINES. Returns how many. */
size_t picture_bundle(const struct picture *p, struct picture_net *out);
static inline picture_mask picture_bit(size_t end)
{
	return (picture_mask)1 << end;
}
#endif

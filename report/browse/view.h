/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIEW_H
#define VIEW_H
/*
 * The browser is a stack of views over one read-only database. A view draws between the title line and the hint line and
 * takes the actions of the key table (keys.h).
 */
#include "common/arena.h"
#include "common/db.h"
#include "keys.h"

struct view;
struct browser {
	struct db *db;
	struct view *top;
	bool quit;
	char message[160]; /* shown in the hint line until the next key */
};

struct view {
	const char *name;	/* in the title line */
	const char *hints;	/* the keys that matter most here */
	struct view *below;
	int (*draw)(struct view *v, struct browser *b, int top, int rows, struct err *e);
	/* An action of the key table; text is what was typed for ACT_SEARCH and ACT_COMMAND. */
	int (*act)(struct view *v, struct browser *b, enum action a, struct span text, struct err *e);
	void (*free)(struct view *v);
	char title[200];
};

/* Each makes a view on the heap; browse_push() owns it then. */
struct view *view_overview_new(void);
struct view *view_findings_new(const char *where_column, struct span value);
struct view *view_detail_new(struct span finding);
struct view *view_coverage_new(void);
struct view *view_help_new(void);
struct view *view_network_new(void);
/* `path` 0: the list of all. */
struct view *view_paths_new(int64_t path);
/* `image` 0: the list of all; else its layers. */
struct view *view_images_new(int64_t image);
/* What one layer changes. */
struct view *view_tree_new(struct browser *b, int64_t image, int64_t layer);
/* "1.2M": bytes in at most five characters. */
void browse_bytes(char *out, size_t n, int64_t bytes);
/* The raw object of a thing, or of what it is a part of. */
struct view *view_object_new(int64_t thing);

void browse_push(struct browser *b, struct view *v);
void browse_pop(struct browser *b);
/* Style and letter of a severity word. */
enum style browse_severity(struct span severity, const char **letter);

/* A cursor over n rows of which `rows` fit: moves by an action; true when it moved. */
struct cursor {
	int64_t at, first;
};
bool cursor_act(struct cursor *c, enum action a, int64_t n, int rows);
#endif

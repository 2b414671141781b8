// SPDX-License-Identifier: Apache-2.0
// The key table.
#include "keys.h"

static const struct key_row rows[] = {
	{'j', KEY_DOWN_, ACT_DOWN, "j, down", "next row"},
	{'k', KEY_UP_, ACT_UP, "k, up", "row before"},
	{' ', KEY_PAGE_DOWN_, ACT_PAGE_DOWN, "space, PgDn, ^D", "next page"},
	{'b', KEY_PAGE_UP_, ACT_PAGE_UP, "b, PgUp, ^U", "page before"},
	{'g', KEY_HOME_, ACT_TOP, "g, Home", "first row"},
	{'G', KEY_END_, ACT_BOTTOM, "G, End", "last row"},
	{KEY_ENTER_, 'l', ACT_OPEN, "Enter, l, right", "open what is selected"},
	{KEY_RIGHT_, 0, ACT_OPEN, NULL, NULL},
	{KEY_ESCAPE_, 'h', ACT_BACK, "Esc, h, left", "back"},
	{KEY_LEFT_, KEY_BACKSPACE_, ACT_BACK, NULL, NULL},
	{'q', 0, ACT_QUIT, "q", "back; at the overview: quit"},
	{'?', 0, ACT_HELP, "?", "this help"},
	{'/', 0, ACT_SEARCH, "/", "search text in findings (empty: all again)"},
	{'n', 0, ACT_NEXT, "n", "next match in a text"},
	{'1', 'o', ACT_OVERVIEW, "1, o", "overview"},
	{'2', 'f', ACT_FINDINGS, "2, f", "findings"},
	{'3', 'c', ACT_COVERAGE, "3, c", "coverage: what was collected and what was not"},
	{'4', 'p', ACT_PATHS, "4, p", "paths of attack, hop by hop"},
	{'5', 'w', ACT_NETWORK, "5, w", "network: what may reach what, and what was observed"},
	{'6', 'i', ACT_IMAGES, "6, i", "images, their layers, what each layer changes"},
	{'s', 0, ACT_SEVERITY, "s", "filter by severity: each press the next"},
	{'d', 0, ACT_DOMAIN, "d", "filter by domain: each press the next"},
	{'N', 0, ACT_NAMESPACE, "N", "filter by the selected finding's namespace, again: all"},
	{'v', 0, ACT_VERDICT, "v", "filter by verdict: fail, manual, not-assessed, error, all"},
	{'r', 0, ACT_RAW, "r", "in a finding: the raw object, again: the finding"},
	{'x', 0, ACT_CLEAR, "x", "clear all filters"},
	{':', 0, ACT_COMMAND, ":", "command: sev high, dom iam, ns payments, verdict fail, q"},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct key_row *keys_at(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

enum action keys_find(uint32_t key)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].key == key || (rows[i].other && rows[i].other == key))
			return rows[i].action;
	return ACT_NONE;
}

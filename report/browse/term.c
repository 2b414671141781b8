// SPDX-License-Identifier: Apache-2.0
// Curses behind a few calls. What is drawn is the views' business.
#include "term.h"
#include "common/text.h"

#include <langinfo.h>
#include <ncurses.h>
#include <stdarg.h>
#include <unistd.h>

static SCREEN *screen;
static bool colours, utf8;

static const struct {
	short colour;
	attr_t attr;
} styles[STYLES] = {
	[STYLE_PLAIN] = {-1, A_NORMAL},	       [STYLE_DIM] = {-1, A_DIM},	[STYLE_BOLD] = {-1, A_BOLD},
	[STYLE_TITLE] = {-1, A_REVERSE},       [STYLE_SELECTED] = {-1, A_REVERSE}, [STYLE_CRITICAL] = {COLOR_MAGENTA, A_BOLD},
	[STYLE_HIGH] = {COLOR_RED, A_BOLD},    [STYLE_MEDIUM] = {COLOR_YELLOW, A_NORMAL}, [STYLE_LOW] = {COLOR_CYAN, A_NORMAL},
	[STYLE_INFO] = {COLOR_BLUE, A_NORMAL}, [STYLE_GOOD] = {COLOR_GREEN, A_NORMAL},
};

int term_open(bool colour, struct err *e)
{
	const char *no_color = getenv("NO_COLOR");

	if (!isatty(0) || !isatty(1))
		return err_set(e, ERR_USAGE, "browse needs a terminal; `plimsoll findings` prints the same as text");
	set_escdelay(25);
	screen = newterm(NULL, stdout, stdin);
	if (!screen || !tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		if (screen)
			endwin();
		return err_set(e, ERR_USAGE, "this terminal (TERM=%s) cannot place a cursor; `plimsoll findings` prints the same as text",
			       getenv("TERM") ? getenv("TERM") : "");
	}
	atexit(term_close);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	curs_set(0);
	utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	colours = colour && !(no_color && *no_color) && has_colors();
	if (colours) {
		start_color();
		use_default_colors();
		for (int i = 0; i < STYLES; i++)
			if (styles[i].colour >= 0)
				init_pair((short)(i + 1), styles[i].colour, -1);
	}
	return 0;
}

void term_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

int term_rows(void)
{
	return LINES;
}

int term_columns(void)
{
	return COLS;
}

bool term_utf8(void)
{
	return utf8;
}

uint32_t term_key(void)
{
	wint_t c = 0;
	int rc = get_wch(&c);

	if (rc == ERR)
		return KEY_NONE_;
	if (rc == KEY_CODE_YES) {
		static const struct {
			wint_t from;
			uint32_t to;
		} map[] = {{KEY_UP, KEY_UP_}, {KEY_DOWN, KEY_DOWN_}, {KEY_LEFT, KEY_LEFT_}, {KEY_RIGHT, KEY_RIGHT_}, {KEY_PPAGE, KEY_PAGE_UP_},
			   {KEY_NPAGE, KEY_PAGE_DOWN_}, {KEY_HOME, KEY_HOME_}, {KEY_END, KEY_END_}, {KEY_ENTER, KEY_ENTER_}, {KEY_BACKSPACE, KEY_BACKSPACE_},
			   {KEY_RESIZE, KEY_RESIZED_}};
		for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
			if (map[i].from == c)
				return map[i].to;
		return KEY_NONE_;
	}
	switch (c) {
	case '\r':
	case '\n':
		return KEY_ENTER_;
	case 27:
		return KEY_ESCAPE_;
	case 8:
	case 127:
		return KEY_BACKSPACE_;
	case 4:
		return KEY_PAGE_DOWN_;
	case 21:
		return KEY_PAGE_UP_;
	default:
		return c;
	}
}

void term_clear(void)
{
	erase();
}

void term_show(void)
{
	refresh();
}

static void set_style(enum style s)
{
	attr_t attr = styles[s].attr;
	short pair = colours && styles[s].colour >= 0 ? (short)(s + 1) : 0;

	attr_set(attr, pair, NULL);
}

/* The longest beginning of `t` that fits `width` columns; how many columns it takes in *used. */
static size_t fit(struct span t, int width, int *used)
{
	size_t i = 0;

	*used = 0;
	while (i < t.n) {
		uint32_t cp = '?';
		size_t n = utf8_decode(t.p + i, t.n - i, &cp);
		int w = text_width(cp);

		if (*used + w > width)
			break;
		*used += w;
		i += n ? n : 1;
	}
	return i;
}

/* Where UTF-8 is not spoken, other characters show as '?'. */
static void add(struct span t)
{
	if (utf8) {
		addnstr(t.p, (int)t.n);
		return;
	}
	for (size_t i = 0; i < t.n;) {
		uint32_t cp = '?';
		size_t n = utf8_decode(t.p + i, t.n - i, &cp);

		addch(cp < 0x80 ? (chtype)cp : '?');
		i += n ? n : 1;
	}
}

int term_put(int y, int x, int width, enum style s, bool pad, struct span text)
{
	auto_buf clean = BUF_INIT;
	int used = 0, all = 0;
	size_t n;

	if (y < 0 || y >= LINES || x < 0 || x >= COLS)
		return 0;
	if (width > COLS - x)
		width = COLS - x;
	if (text.n > 4096)
		text.n = 4096;
	text_add_clean(&clean, text, false);
	set_style(s);
	move(y, x);
	n = fit(buf_span(&clean), width, &all);
	if (n < clean.n && width > 1) {
		n = fit(buf_span(&clean), width - 1, &used);
		add((struct span){clean.p, n});
		add(utf8 ? SPAN("\xe2\x80\xa6") : SPAN("~"));
		used++;
	} else {
		used = all;
		add((struct span){clean.p ? clean.p : "", n});
	}
	if (pad)
		for (int i = used; i < width; i++)
			addch(' ');
	attr_set(A_NORMAL, 0, NULL);
	return used;
}

int term_printf(int y, int x, int width, enum style s, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return term_put(y, x, width, s, false, span_of(text));
}

void term_bar(int y, int x, int width, enum style s, double share)
{
	auto_buf bar = BUF_INIT;
	int full = (int)(share * width + 0.5);

	for (int i = 0; i < width; i++)
		buf_add_str(&bar, i < full ? (utf8 ? "\xe2\x96\x88" : "#") : (utf8 ? "\xe2\x96\x91" : "."));
	term_put(y, x, width, s, false, buf_span(&bar));
}

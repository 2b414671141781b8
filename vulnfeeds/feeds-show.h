/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEEDS_SHOW_H
#define FEEDS_SHOW_H
/* `plimsoll feeds show`, `status` and `sources`; they return the exit code. */
int feeds_show(int argc, char **argv);
int feeds_status(int argc, char **argv);
int feeds_sources(int argc, char **argv);
#endif

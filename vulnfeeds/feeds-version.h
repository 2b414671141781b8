/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEEDS_VERSION_H
#define FEEDS_VERSION_H
/* `plimsoll feeds compare` and `plimsoll feeds satisfies`; they return the exit code. */
int feeds_compare(int argc, char **argv);
int feeds_satisfies(int argc, char **argv);
#endif

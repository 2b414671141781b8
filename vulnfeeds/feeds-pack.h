/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEEDS_PACK_H
#define FEEDS_PACK_H
/* `plimsoll feeds pack` and `plimsoll feeds verify`; they return the exit code. */
int feeds_pack(int argc, char **argv);
int feeds_verify(int argc, char **argv);
#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PATTERN_H
#define PATTERN_H
/* Patterns as people write them (* stands for any run of characters, nothing else is special) as an operand of SQLite's GLOB. */
#define PATTERN(sql) "replace(replace(" sql ", '[', '[[]'), '?', '[?]')"
#endif

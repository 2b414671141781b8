/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIMITS_H
#define LIMITS_H
/* Every limit on outside data, each with its reason. Units are in the names. All are checked before allocating. */

/* One Kubernetes object is at most 1.5 MiB in etcd (--max-request-bytes); aggregated APIs go higher. */
#define LIMIT_ITEM_BYTES (64u * 1024 * 1024)
/* Real objects nest about 20 deep (CRD schemas about 60). */
#define LIMIT_JSON_DEPTH 128
/* Values of one item: the largest CRD seen has 60,000. */
#define LIMIT_JSON_VALUES 4000000u
/* A document that is read whole (engagement file, check, node configuration). */
#define LIMIT_DOCUMENT_BYTES (256u * 1024 * 1024)
/* What people write by hand: an engagement file of 10,000 exceptions has 2 MiB. */
#define LIMIT_ENGAGEMENT_BYTES (8u * 1024 * 1024)
/* What kubectl said of a dump: a line for each resource and namespace. */
#define LIMIT_REFUSED_BYTES (16u * 1024 * 1024)
/* libyaml is quadratic in flow depth and anchors (yaml/libyaml issue 227). */
#define LIMIT_YAML_DEPTH 64
#define LIMIT_YAML_ANCHORS 1000
/* One line of a text format (dpkg status, os-release, CSV). */
#define LIMIT_LINE_BYTES (1024u * 1024)
/* Members of one archive, and the length of a member's name. */
#define LIMIT_MEMBERS 5000000u
#define LIMIT_NAME_BYTES 4096
/* What one compressed member may grow to; beyond is taken for a bomb. */
#define LIMIT_MEMBER_BYTES (64ull * 1024 * 1024 * 1024)
/* Growth beyond this ratio, once past LIMIT_RATIO_FLOOR_BYTES, is taken for a bomb: 400 MB of repetitive kubectl output packs about 60:1. */
#define LIMIT_RATIO 1000
#define LIMIT_RATIO_FLOOR_BYTES (64ull * 1024 * 1024)
/* The same for all members of an archive together, which each may stay below that: feeds as JSON pack some 10:1. And what they may come to. */
#define LIMIT_ARCHIVE_RATIO 200
#define LIMIT_ARCHIVE_RATIO_FLOOR_BYTES (1024ull * 1024 * 1024)
#define LIMIT_ARCHIVE_BYTES (256ull * 1024 * 1024 * 1024)
/* Rules that aggregated roles without rules gather, all together; view, edit and admin have some 60. */
#define LIMIT_GATHERED_RULES 100000
/* Different accounts, verbs and resources in audit logs: a busy cluster of 500 accounts has some 50,000. */
#define LIMIT_AUDIT_USES 500000u
/* Different connections that were observed: 200 bytes each; a busy cluster of 5,000 pods has some 100,000 in a day. */
#define LIMIT_FLOWS 1000000u
/* Version strings: nothing real is longer; comparison stays linear. */
#define LIMIT_VERSION_BYTES 256
/* Other names of one advisory: each new one is looked for among the others, so that their number costs its square. */
#define LIMIT_ALIASES 20000u
/* Single versions of a package times its ranges, each tried with each: a few seconds. */
#define LIMIT_VERSION_TRIALS 20000000ull
/* An advisory's title: of more the rest is left out. */
#define LIMIT_SUMMARY_BYTES (16u * 1024)
/* Edges of one kind, and of all: 100,000 objects give 12,000 and 100,000. A binding with a million subjects is stopped there. */
#define LIMIT_EDGES_OF_A_KIND 100000
#define LIMIT_EDGES 800000
/* Changes that end steps, held while steps are made so that they are found again: 100 bytes each, 100,000 objects give 64,000. */
#define LIMIT_CHANGES_HELD 200000
/* Counts of one check that are held while it runs: by namespace and verdict. */
#define LIMIT_TALLY_HELD 50000
/* Memberships of groups that audit logs and the engagement file tell of; each member is a start of paths. */
#define LIMIT_GROUP_MEMBERS 20000
/* Accounts that hold rights both with very many others and by themselves: each takes a row per right and step. */
#define LIMIT_MIXED_HOLDERS 20000
/* Package versions and statements of feeds that matching keeps in memory: about 150 bytes each. */
#define LIMIT_MATCH_REMEMBERED 1000000
/* Reports of one scanner on one image: a nightly scan for three years. Each new one looks how many there are. */
#define LIMIT_SCANS_OF_A_NAME 1000
/* Distinct packages that loading keeps in memory, about 200 bytes each; others are looked up. */
#define LIMIT_COMPONENTS_REMEMBERED 200000
/* Paths whose hops are kept; the others are counted. Nobody reads more, and each takes a dozen rows. */
#define LIMIT_PATHS 5000u
/* Changes that a site is told to make first: a page of them. */
#define LIMIT_CUTS 40
/* Steps of the searches for them, some 100 million a second: half a second at most. */
#define LIMIT_CUT_STEPS 40000000ull
/* Jars in jars: Spring Boot and Jenkins nest two deep. */
#define LIMIT_ZIP_DEPTH 4
#define LIMIT_ZIP_ENTRIES 1000000u
/* Nested archives of one file, and the bytes that all of them together may inflate to. */
#define LIMIT_ZIP_NESTED 10000u
#define LIMIT_ZIP_NESTED_BYTES (2ull * 1024 * 1024 * 1024)
/* Files up to this size are read into memory, larger ones into an unnamed temporary file that is mapped. */
#define LIMIT_CONTENT_MEMORY_BYTES (16u * 1024 * 1024)
/* Paths of image layers that are known in memory at once; more go to a temporary database. */
#define LIMIT_LAYER_PATHS 500000u
/* Of each layer: folders that are told apart, files whose content is compared with others, files that are listed by name, and the longest such name. */
#define LIMIT_LAYER_DIRS 262144u
#define LIMIT_LAYER_CONTENTS 262144u
#define LIMIT_LAYER_TOP 200
#define LIMIT_LAYER_TOP_NAME 300
/* Groups of equal files that are listed of an image. */
#define LIMIT_DUPLICATES 50
#endif

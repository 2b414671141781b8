#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the C file that puts data files into the program: embed.sh NAME=FILE... > embedded.c
# NAME is what embed_find() is asked for; the arguments are sorted here, so that builds are reproducible.
set -eu
echo '#include "common/embed.h"'
i=0
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
for pair in $(printf '%s\n' "$@" | LC_ALL=C sort); do
	name=${pair%%=*} file=${pair#*=}
	printf '__asm__(".section .rodata\\n.global e%s\\ne%s:\\n.incbin \\"%s\\"\\n.global f%s\\nf%s:\\n.byte 0\\n.previous\\n");\n' "$i" "$i" "$file" "$i" "$i"
	echo "extern const char e$i[], f$i[];"
	printf '\t{"%s", e%s, f%s},\n' "$name" "$i" "$i" >> "$rows"
	i=$((i + 1))
done
echo 'extern const struct embed embed_table[];'
echo 'extern const size_t embed_count;'
echo 'const struct embed embed_table[] = {'
cat "$rows"
echo '	{0, 0, 0}};'
echo "const size_t embed_count = $i;"

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/schema.md from the comments in analyze/schema/*.sql and vulnfeeds/schema.sql: make docs/schema.md.

A comment above CREATE describes a table or view, a comment behind a column that column; a line with several columns shares its comment.
"""
import glob, os, re, sqlite3, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COLUMN = r'(?:^|[,(])\s*"?%s"?\s+(?:TEXT|INTEGER|REAL|BLOB)\b'


def cell(text):
    """Text in a Markdown table."""
    return re.sub(r"([|<*_\\])", r"\\\1", re.sub(r"\s+", " ", text).strip())


def split(line):
    """Code and comment of a line; no string in the schema holds two dashes."""
    code, dashes, comment = line.partition("--")
    return code, comment.strip() if dashes else None


def blocks(text):
    """(comment, kind, name, lines) of each CREATE TABLE, VIEW and VIRTUAL TABLE, in order; first the file's own comment."""
    above, found, about, lines = [], [], None, text.splitlines()
    i = 0
    while i < len(lines):
        line = lines[i]
        start = re.match(r'CREATE (VIRTUAL TABLE|TABLE|VIEW) "?(\w+)"?', line)
        if start:
            body = [line]
            while not re.search(r";\s*(--.*)?$", lines[i]):
                i += 1
                body.append(lines[i])
            found.append((" ".join(above), start.group(1), start.group(2), body))
            above = []
        elif line.startswith("--") and "SPDX" not in line:
            above.append(line[2:].strip())
        elif above and not line.strip() and about is None:
            about, above = " ".join(above), []
        elif not line.startswith("--"):
            above = []
        i += 1
    return about or "", found


def column_comments(names, body):
    """What is said of each column."""
    said, last = {}, []
    for line in body:
        code, comment = split(line)
        here = [n for n in names if n not in said and re.search(COLUMN % re.escape(n), code)]
        for n in here:
            said[n] = comment or ""
        if here:
            last = here
        elif comment and not code.strip():
            for n in last:
                said[n] += " " + comment
    return said


def references(body):
    return {m.group(1): m.group(2) for line in body for m in re.finditer(r'"?(\w+)"? \w+(?: NOT NULL| PRIMARY KEY)* REFERENCES "?(\w+)', split(line)[0])}


def write_file(db, path, out):
    about, found = blocks(open(path).read())
    out.append("\n## %s\n\n%s" % (os.path.basename(path)[:-4] if "analyze" in path else "vulns.db", about))
    for comment, kind, name, body in found:
        columns = db.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall()
        out.append("\n### %s%s\n" % (name, "" if kind == "TABLE" else " (view)" if kind == "VIEW" else " (full-text index)"))
        if not comment and kind == "TABLE":
            comment = " ".join(c for c in [split(body[0])[1] or (split(body[-1])[1] if len(body) == 1 else "")] if c)
        if comment:
            out.append(comment + "\n")
        if kind == "VIEW":
            out.append("Columns: " + ", ".join("`%s`" % c for c, _ in columns) + ".")
            continue
        said, refs = column_comments([c for c, _ in columns], body), references(body)
        out.append("| column | type | meaning |\n|---|---|---|")
        for column, kind_of in columns:
            text = said.get(column, "")
            if column in refs:
                text = ("→ %s. " % refs[column] + text).strip()
            out.append("| `%s` | %s | %s |" % (column, kind_of.lower(), cell(text)))


def main():
    out = ["# The databases\n\nMade from the comments in `analyze/schema/*.sql` and `vulnfeeds/schema.sql` by `make docs/schema.md`; do not edit it here.\n",
           "`SITE.db` is one assessment, an SQLite file with `application_id` 0x506c696d. Views named `v_*` are the stable face for checks, templates and\n"
           "your own queries (`plimsoll sql`, or any `sqlite3`); tables may change between versions with `user_version`. In views, `subject` is the `thing`\n"
           "that a row is about. Times are Unix seconds (UTC), sizes bytes, CPU thousandths of a core, booleans 0 or 1; NULL means that the evidence does not say."]
    for paths in (sorted(glob.glob(os.path.join(ROOT, "analyze/schema/*.sql"))), [os.path.join(ROOT, "vulnfeeds/schema.sql")]):
        db = sqlite3.connect(":memory:")
        for path in paths:
            db.executescript(open(path).read())
        for path in paths:
            write_file(db, path, out)
    print("\n".join(out))


if __name__ == "__main__":
    main()

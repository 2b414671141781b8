#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of README.md anew: pictures.py PLIMSOLL DEMO-OUT. Needs tmux, poppler-utils and python3-pil, and what `make demo` left."""
import os, re, subprocess, sys, time

from PIL import Image, ImageDraw, ImageFont

HERE = os.path.dirname(os.path.abspath(__file__))
FONT = "/usr/share/fonts/truetype/noto/NotoSansMono-%s.ttf"
COLOURS = ["#20242a", "#ff7b86", "#7fd1a3", "#e6c265", "#7fb2e5", "#c9a0e8", "#6fd0d6", "#d8dee4"]
WIDTH, HEIGHT, SIZE = 96, 26, 13


def page(out):
    """Page 2 of the gap analysis, with a thin frame."""
    stem = os.path.join(HERE, "page")
    subprocess.run(["pdftoppm", "-r", "72", "-f", "2", "-l", "2", "-png", "-singlefile", out + "/cgar.pdf", stem], check=True)
    picture = Image.open(stem + ".png").convert("RGB")
    ImageDraw.Draw(picture).rectangle((0, 0, picture.width - 1, picture.height - 1), outline="#9aa4ad")
    picture.quantize(64).save(stem + ".png", optimize=True)


def capture(plimsoll, out, keys):
    """The screen with its escapes after some keys."""
    tmux = ["tmux", "-S", "/tmp/plimsoll-pictures.%d" % os.getpid()]
    subprocess.run(tmux + ["-f", "/dev/null", "new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT),
                           "env TERM=screen-256color LC_ALL=C.UTF-8 %s browse %s/site.db" % (plimsoll, out)], check=True)
    for key in [None] + keys:
        if key:
            subprocess.run(tmux + ["send-keys", key], check=True)
        time.sleep(0.7)
    screen = subprocess.run(tmux + ["capture-pane", "-p", "-e"], check=True, capture_output=True).stdout.decode()
    subprocess.run(tmux + ["kill-server"], check=True)
    return screen


def style(now, codes):
    for c in [int(x or 0) for x in codes.split(";")]:
        if c == 0:
            now = {"fg": 7, "bg": None, "bold": False, "dim": False, "reverse": False}
        elif c in (1, 2, 7):
            now = {**now, {1: "bold", 2: "dim", 7: "reverse"}[c]: True}
        elif 30 <= c <= 37:
            now = {**now, "fg": c - 30}
        elif 90 <= c <= 97:
            now = {**now, "fg": c - 90}
        elif 40 <= c <= 47:
            now = {**now, "bg": c - 40}
        elif c in (39, 49):
            now = {**now, **({"fg": 7} if c == 39 else {"bg": None})}
    return now


def terminal(screen, name):
    faces = {b: ImageFont.truetype(FONT % ("Bold" if b else "Regular"), SIZE) for b in (False, True)}
    w, h = faces[False].getlength("M"), SIZE + 5
    picture = Image.new("RGB", (int(w * WIDTH) + 24, h * HEIGHT + 24), COLOURS[0])
    draw = ImageDraw.Draw(picture)
    now = style({}, "0")
    for y, line in enumerate(screen.rstrip("\n").split("\n")):
        x = 0
        for part in re.split(r"(\x1b\[[0-9;]*m|\x0f|\x0e)", line):
            if part.startswith("\x1b["):
                now = style(now, part[2:-1])
                continue
            for ch in part:
                fg, bg = COLOURS[now["fg"]] if not now["dim"] else "#8d97a1", COLOURS[now["bg"]] if now["bg"] is not None else None
                if now["reverse"]:
                    fg, bg = COLOURS[0], COLOURS[now["fg"]]
                if bg:
                    draw.rectangle((12 + x * w, 12 + y * h, 12 + (x + 1) * w, 12 + (y + 1) * h), fill=bg)
                draw.text((12 + x * w, 12 + y * h), ch, font=faces[now["bold"]], fill=fg)
                x += 1
    picture.quantize(32).save(os.path.join(HERE, name), optimize=True)


if __name__ == "__main__":
    page(sys.argv[2])
    terminal(capture(sys.argv[1], sys.argv[2], []), "browse.png")

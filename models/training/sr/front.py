#!/usr/bin/env python3
"""Joins what search.py trained with what `bench candidates --out` timed: all candidates, the Pareto front, and a plot.

    front.py --results OUT/results.tsv --times TIMES.tsv --out results

On the front is whoever no other is both faster and better than, by Set14's mean PSNR and milliseconds a frame.
"""

import argparse
import csv
import math
import os

FAMILIES = (
    ("3x3 convolutions, 8 bits", "#0b5fa5", lambda r: r["bits"] == "8" and plain(r) and not folded(r)),
    ("3x3 convolutions, floats", "#93c5fd", lambda r: r["bits"] == "32"),
    ("folded input (2x2 samples as channels)", "#15803d", lambda r: folded(r) and plain(r)),
    ("with depthwise, 1-D, 1x1 or ghost layers", "#c2410c", lambda r: True),
)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1000, 620, 60, 20, 74, 50


def folded(row):
    return row["candidate"].startswith("s2d")


def plain(row):
    return all(part[0] in "cks" for part in row["candidate"].replace("(", "").split("-"))


def join(results, times):
    """A row for each candidate and bit width."""
    trained = {row["candidate"]: row for row in csv.DictReader(open(results), delimiter="\t")}
    rows = []
    for time in csv.DictReader(open(times), delimiter="\t"):
        row = trained.get(time["candidate"])
        if row is None:
            continue
        kind = "_8bit_dB" if time["bits"] == "8" else "_dB"
        rows.append({"candidate": row["candidate"], "bits": time["bits"], "ms": float(time["ms"]), "Set14_dB": float(row["Set14" + kind]),
                     "valid_dB": float(row["valid" + kind]), "parameters": int(row["parameters"]), "multiplies": int(row["multiplies"]),
                     "parent": row["parent"], "steps": int(row["steps"])})
    rows.sort(key=lambda r: (r["ms"], -r["Set14_dB"]))
    best = None
    for row in rows:
        row["beaten_by"] = "" if best is None or row["Set14_dB"] > best["Set14_dB"] else f"{best['candidate']} {best['bits']}"
        if not row["beaten_by"]:
            best = row
    return rows


def write(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "ms": f"{row['ms']:.2f}", "Set14_dB": f"{row['Set14_dB']:.2f}", "valid_dB": f"{row['valid_dB']:.2f}"})


def plot(rows, title):
    """The plot as SVG: milliseconds across on a logarithmic axis, dB up."""
    least, most = min(r["ms"] for r in rows) * 0.9, max(r["ms"] for r in rows) * 1.1
    low, high = math.floor(min(r["Set14_dB"] for r in rows) * 5) / 5, math.ceil(max(r["Set14_dB"] for r in rows) * 5) / 5

    def x(ms):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(ms / least) / math.log(most / least)

    def y(db):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (db - low) / (high - low)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="11" fill="#1f2937">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="16" y="22" font-size="14" font-weight="bold">{title}</text>']
    at = 16
    for name, colour, _ in FAMILIES:
        out.append(f'<circle cx="{at + 4}" cy="44" r="4" fill="{colour}"/><text x="{at + 14}" y="48">{name}</text>')
        at += 30 + 6 * len(name)
    ticks = [t for t in (1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100) if least <= t <= most]
    for t in ticks:
        out.append(f'<path d="M{x(t):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e5e7eb"/><text x="{x(t):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{t}</text>')
    for i in range(round((high - low) * 5) + 1):
        db = low + i / 5
        out.append(f'<path d="M{LEFT} {y(db):.1f}H{WIDTH - RIGHT}" stroke="#e5e7eb"/><text x="{LEFT - 6}" y="{y(db) + 4:.1f}" text-anchor="end">{db:.1f}</text>')
    out.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">ms a frame, 480x360 doubled, one core</text>')
    front = [r for r in rows if not r["beaten_by"]]
    steps = "".join(f"H{x(r['ms']):.1f}V{y(r['Set14_dB']):.1f}" for r in front[1:])
    out.append(f'<path d="M{x(front[0]["ms"]):.1f} {y(front[0]["Set14_dB"]):.1f}{steps}" fill="none" stroke="#6b7280" stroke-dasharray="4 3"/>')
    at_right = False
    for row in rows:
        colour = next(c for _, c, fits in FAMILIES if fits(row))
        on_front = not row["beaten_by"]
        out.append(f'<circle cx="{x(row["ms"]):.1f}" cy="{y(row["Set14_dB"]):.1f}" r="{5 if on_front else 3}" fill="{colour}">'
                   f'<title>{row["candidate"]}, {row["bits"]} bits: {row["ms"]:.2f} ms, {row["Set14_dB"]:.2f} dB</title></circle>')
        if on_front:
            # Neighbours on the front are named on one side and the other.
            before = front[front.index(row) - 1]
            at_right = row is not front[0] and x(row["ms"]) - x(before["ms"]) < 60 and not at_right
            side = f'x="{x(row["ms"]) + 8:.1f}" y="{y(row["Set14_dB"]) - 8:.1f}"' if at_right else f'x="{x(row["ms"]) - 8:.1f}" y="{y(row["Set14_dB"]) - 5:.1f}" text-anchor="end"'
            out.append(f'<text {side}>{row["candidate"]}</text>')
        elif row["bits"] == "8":
            out.append(f'<text x="{x(row["ms"]) + 6:.1f}" y="{y(row["Set14_dB"]) + 9:.1f}" font-size="9" fill="#9ca3af">{row["candidate"]}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", required=True)
    parser.add_argument("--times", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    rows = join(args.results, args.times)
    write(os.path.join(args.out, "search.tsv"), rows)
    front = [row for row in rows if not row["beaten_by"]]
    write(os.path.join(args.out, "pareto.tsv"), front)
    with open(os.path.join(args.out, "search.svg"), "w") as file:
        file.write(plot(rows, "Search: PSNR of Set14 (dB, up) against measured time (ms, across); upper left is better"))
    for row in front:
        print(f"{row['candidate']:24} {row['bits']:>2} bits {row['ms']:6.2f} ms {row['Set14_dB']:.2f} dB {row['parameters']:6} parameters")


if __name__ == "__main__":
    main()

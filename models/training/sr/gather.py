#!/usr/bin/env python3
"""Copies the further photographs of extra-photographs.tsv out of a git copy of their repository, for pack.py --extra.

    gather.py --repo DIR --out DIR
"""

import argparse
import csv
import os
import subprocess


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", required=True, help="git directory or clone of 18F/18f.gsa.gov")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    listing = os.path.join(os.path.dirname(os.path.abspath(__file__)), "extra-photographs.tsv")
    with open(listing, newline="") as file, open(os.path.join(args.out, "SOURCES.tsv"), "w") as sources:
        sources.write("file\tsource\tlicence\n")
        for row in csv.DictReader(file, delimiter="\t"):
            name = row["file"].replace("/", "_")
            with open(os.path.join(args.out, name), "wb") as target:
                subprocess.run(["git", "-C", args.repo, "show", "HEAD:" + row["file"]], stdout=target, check=True)
            sources.write(f"{name}\t{row['source']}\t{row['licence']}\n")


if __name__ == "__main__":
    main()

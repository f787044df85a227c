#!/usr/bin/env python3
"""Copies listed photographs out of git copies of their repositories, for pack.py --extra.

    gather.py --repo DIR --out DIR
    gather.py --repos DIR --list more-photographs.tsv --out DIR

--repo: those of extra-photographs.tsv, from 18F/18f.gsa.gov; --repos: DIR/OWNER/NAME is a git copy of each repository that the list names.
"""

import argparse
import csv
import os
import subprocess


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    copies = parser.add_mutually_exclusive_group(required=True)
    copies.add_argument("--repo", help="git directory or clone of 18F/18f.gsa.gov")
    copies.add_argument("--repos", help="folder of git directories or clones, OWNER/NAME")
    parser.add_argument("--list", default="extra-photographs.tsv", help="a list beside this script")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    listing = os.path.join(os.path.dirname(os.path.abspath(__file__)), args.list)
    with open(listing, newline="") as file, open(os.path.join(args.out, "SOURCES.tsv"), "w") as sources:
        sources.write("file\tsource\tlicence\tkind\n")
        for row in csv.DictReader(file, delimiter="\t"):
            repository = row["source"].split(":")[1]
            name = (f"{repository}/{row['file']}" if args.repos else row["file"]).replace("/", "_")
            with open(os.path.join(args.out, name), "wb") as target:
                copy = os.path.join(args.repos, repository) if args.repos else args.repo
                subprocess.run(["git", "-C", copy, "show", "HEAD:" + row["file"]], stdout=target, check=True)
            sources.write(f"{name}\t{row['source']}\t{row['licence']}\t{row['kind']}\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Makes the example: the case of `make demo` with a camera file and one review.
#
#     samples/make_example.sh DEMO_CASE NEW_CASE
#
# Nothing is analysed again: cameras and reviews follow from rows that the case has already.
set -euo pipefail
demo=$1 case=$2
cd "$(dirname "$0")/.."
rm -rf "$case"
mkdir -p "$(dirname "$case")"
cp -r "$demo" "$case"
analyzer derive "$case" --gallery samples/gallery --cameras samples/cameras.toml
analyzer review "$case" --track corridor_cam2_20240312_081630.mp4:T5 --person "Barack Obama" \
  --decision confirmed --by "A. Examiner" --note "compared with the portrait"

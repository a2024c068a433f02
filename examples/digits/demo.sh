#!/bin/sh
# The same class scores through three maps at two temperatures.
#   examples/digits/demo.sh [COMMAND]      COMMAND: gibbs, or a path to it
set -eu
gibbs=${1:-gibbs}
scores=$(dirname "$0")/scores.csv

# A clear case and four hard ones, by their lines in the file.
some_digits() { sed -n '1p;2p;122p;131p;491p;1470p' "$scores"; }

mean() { sed "s/.*\"mean_$1\": \([^,]*\),.*/\1/"; }

echo "1797 handwritten digits, scored by a logistic regression. Five of them, one a line: the digit"
echo "that was written, a bar for each of the ten classes, the most probable class. A dot is a"
echo "probability of exactly 0."
for alpha in 1 1.5 2; do
  for temperature in 1 3; do
    echo
    some_digits | "$gibbs" map - --keep label --alpha $alpha --temperature $temperature --summary
  done
done

echo
echo 'All 1797 (the entropy is of the kind that the map maximises; entmax at alpha 1 is softmax):'
echo '  alpha  temperature  mean entropy  mean number of classes above 0'
for alpha in 1 1.5 2; do
  for temperature in 1 3; do
    found=$("$gibbs" map "$scores" --keep label --alpha $alpha --temperature $temperature \
      --summary json)
    printf '  %5s  %11s  %12.3f  %30.2f\n' $alpha $temperature \
      "$(echo "$found" | mean entropy)" "$(echo "$found" | mean support)"
  done
done

echo
echo 'softmax leaves every class some share; 1.5-entmax and sparsemax set the hopeless ones to 0.'
echo 'A higher temperature shares more evenly and lets more classes in; the order never changes.'

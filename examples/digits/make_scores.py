"""Makes scores.csv: the class scores of a logistic regression on the 1797 handwritten digits.

The digits (8 x 8 pixels, 0 to 16) are bundled with scikit-learn; they come from the UCI archive,
"Optical Recognition of Handwritten Digits", Alpaydin and Kaynak, 1998. Each digit is scored by a
model that has not seen it: five folds, in the order of the file, so no random number is drawn.

    pip install scikit-learn && python examples/digits/make_scores.py > examples/digits/scores.csv
"""

import sys

from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_val_predict

digits = load_digits()
model = LogisticRegression(max_iter=10_000, tol=1e-6)
scores = cross_val_predict(
    model, digits.data / 16, digits.target, cv=KFold(5), method="decision_function"
)
names = ["label", *(f"digit_{digit}" for digit in digits.target_names)]
print(",".join(names))
for label, row in zip(digits.target, scores):
    # Four decimals: a probability moves by less than 1e-4.
    print(",".join([str(label), *(f"{score:.4f}" for score in row)]))
right = (scores.argmax(axis=1) == digits.target).mean()
print(f"{len(scores)} digits, {right:.1%} of them recognised", file=sys.stderr)

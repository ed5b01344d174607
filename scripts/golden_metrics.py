#!/usr/bin/env python3
"""Metrics of scikit-learn, as the constants of tests/metrics.rs: `pip install scikit-learn`, then run it and compare."""

import numpy as np
from sklearn import metrics

# The numbers of the test: `(i * 7919 + seed * 104729) % 2003`, so that nothing has to be stored.
def numbers(count, seed):
    return (np.arange(count) * 7919 + seed * 104729) % 2003


labels, answers = np.minimum(numbers(200, 1) % 7, 4), numbers(200, 2) % 5
answers = np.where(numbers(200, 3) % 3 > 0, labels, answers)
answers = np.where(answers == 4, 3, answers)  # nothing is taken for class 4
print("counts", metrics.confusion_matrix(labels, answers).tolist())
print("accuracy", repr(metrics.accuracy_score(labels, answers)))
print("classes", [tuple(map(float, x)) for x in np.transpose(
    metrics.precision_recall_fscore_support(labels, answers, zero_division=0.0))])
for average in "macro", "weighted", "micro":
    print(average, [repr(float(x)) for x in metrics.precision_recall_fscore_support(
        labels, answers, average=average, zero_division=0.0)[:3]])

# Scores with many ties.
scores, truth = numbers(300, 4) % 37 / 37, numbers(300, 5) % 4 == 0
scores = scores + 0.25 * truth
print("roc_auc", repr(float(metrics.roc_auc_score(truth, scores))))
print("average_precision", repr(float(metrics.average_precision_score(truth, scores))))

logits, classes = numbers(70 * 6, 6).reshape(70, 6) / 2003, numbers(70, 7) % 6
for k in 1, 2, 5:
    print("top", k, repr(float(metrics.top_k_accuracy_score(classes, logits, k=k))))

y, t = numbers(100, 8) / 1001.5 - 1, numbers(100, 9) / 1001.5 - 1
print("r2", repr(float(metrics.r2_score(t, t + 0.3 * y))), repr(float(metrics.r2_score(t, y))))

"""Textbook statistics for scores: intervals, paired tests, agreement, corrections for many tests.

Own few lines in numpy, checked against scipy and statsmodels by the tests; every random part is seeded.
"""

from evalstudio.statistics.agreement import Agreement, agreement, cohen_kappa, krippendorff_alpha
from evalstudio.statistics.bootstrap import bootstrap_counts, bootstrap_mean
from evalstudio.statistics.compare import Comparison, by_sample, compare, compare_many
from evalstudio.statistics.intervals import (
    Interval,
    cluster_interval,
    mean_interval,
    same_values_interval,
    wilson,
)
from evalstudio.statistics.paired import holm, mcnemar_exact, permutation_test
from evalstudio.statistics.paired_shares import paired_share_interval, tango
from evalstudio.statistics.student import t_p_value, t_quantile

__all__ = [
    "Agreement",
    "Comparison",
    "Interval",
    "agreement",
    "bootstrap_counts",
    "bootstrap_mean",
    "by_sample",
    "cluster_interval",
    "cohen_kappa",
    "compare",
    "compare_many",
    "holm",
    "krippendorff_alpha",
    "mcnemar_exact",
    "mean_interval",
    "paired_share_interval",
    "permutation_test",
    "same_values_interval",
    "t_p_value",
    "t_quantile",
    "tango",
    "wilson",
]

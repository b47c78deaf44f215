"""Networks as estimators of scikit-learn: for pipelines, grid searches and cross-validation.

Read `estimator` first (the parameters, and how they become a run of `fit`), then `classifier` and
`regressor`. It needs the extra `models`.

>>> from micrograd.sklearn import MLPClassifier
>>> network = MLPClassifier([8], tol=0.1)  # a loss that falls by less does not count
>>> network.fit([[0.0], [1.0]], ["no", "yes"]).classes_.tolist()
['no', 'yes']
"""

from micrograd.support.extras import require

require("sklearn", "models", "scikit-learn")  # before the others, which import it

from micrograd.sklearn.classifier import MLPClassifier  # noqa: E402
from micrograd.sklearn.regressor import MLPRegressor  # noqa: E402

__all__ = ["MLPClassifier", "MLPRegressor"]

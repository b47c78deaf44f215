"""A search for the best size, in a pipeline of scikit-learn."""

from sklearn.datasets import make_regression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from micrograd.sklearn import MLPRegressor

X, y = make_regression(80, 4, noise=1.0, random_state=0)
pipeline = Pipeline(
    [
        ("scale", StandardScaler()),
        ("network", MLPRegressor(solver="adam", learning_rate_init=0.3, max_iter=300, tol=0.1)),
    ]
)
search = GridSearchCV(pipeline, {"network__hidden_layer_sizes": [(), (8,)]}, cv=3)
search.fit(X, y)
assert search.best_score_ > 0.8
assert len(search.best_estimator_["network"].loss_curve_) > 1

"""A classifier as a user of scikit-learn writes it."""

from sklearn.datasets import make_moons
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from micrograd import MLPClassifier

X, y = make_moons(200, noise=0.1, random_state=0)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

classifier = MLPClassifier(
    hidden_layer_sizes=(16,),
    activation="tanh",
    solver="adam",
    learning_rate_init=0.02,
    max_iter=500,
    random_state=0,
)
classifier.fit(X_train, y_train)
predictions = classifier.predict(X_test)
assert accuracy_score(y_test, predictions) == classifier.score(X_test, y_test) > 0.9
assert classifier.predict_proba(X_test).shape == (50, 2)

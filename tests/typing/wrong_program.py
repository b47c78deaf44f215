"""A wrong program: a type checker refuses each line with a comment, for the reason that it names.

The comments are `# mypy's code, pyright's rule`. It is checked, and never run.
"""

from micrograd import MLP, Value, data, exp, fit, gradients, losses, nn, optim

x = Value(2.0)
model = MLP(2, [3, 1])

Value("2.0")  # arg-type, reportArgumentType
Value([1.0, 2.0])  # arg-type, reportArgumentType
x + "1"  # operator, reportOperatorIssue
[1.0] * x  # operator, reportOperatorIssue
x.backwards()  # attr-defined, reportAttributeAccessIssue
x.label = 3  # assignment, reportAttributeAccessIssue
exp("1")  # call-overload, reportArgumentType
(slope,) = gradients(x * x, [x])
slope.backward()  # attr-defined, reportAttributeAccessIssue
losses.hinge([x, x])  # call-arg, reportCallIssue
losses.hinge([x, x], [1, -1]).backwards()  # attr-defined, reportAttributeAccessIssue
losses.hinges([x], [1])  # attr-defined, reportAttributeAccessIssue
losses.accuracy([x], [1]).backward()  # attr-defined, reportAttributeAccessIssue
optim.SGD(model, lr=0.1)  # arg-type, reportArgumentType
optim.SGD(model.parameters(), lr="fast")  # arg-type, reportArgumentType
optim.Adam(model.parameters()).step(0.1)  # call-arg, reportCallIssue
MLP("2", [3])  # arg-type, reportArgumentType
MLP(2, 3)  # arg-type, reportArgumentType
nn.Linear(2)  # call-arg, reportCallIssue
nn.Liner(2, 3)  # attr-defined, reportAttributeAccessIssue
model.parameters().zero_grad()  # attr-defined, reportAttributeAccessIssue
data.moons("100")  # arg-type, reportArgumentType
fit(model, losses.hinge, *data.moons(100), step=10)  # call-arg, reportCallIssue

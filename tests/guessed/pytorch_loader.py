"""Minibatches, a module of one's own and its state, as a user of PyTorch writes them."""

import micrograd
from micrograd import nn, optim
from micrograd.data import DataLoader, moons

micrograd.manual_seed(0)
X, y = moons(100, noise=0.1, seed=0)
loader = DataLoader(X, y, batch_size=20, shuffle=True)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 8)
        self.output = nn.Linear(8, 1)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.output(self.relu(self.hidden(x)))


model = Net()
criterion = nn.BCEWithLogitsLoss()
optimizer = optim.AdamW(model.parameters(), lr=0.02, weight_decay=0.01)
losses = []
for _epoch in range(5):
    for rows, targets in loader:
        optimizer.zero_grad()
        loss = criterion(model(rows), [[float(t > 0)] for t in targets])
        loss.backward()
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
assert losses[-1] < losses[0]
twin = Net()
twin.load_state_dict(model.state_dict())
assert twin(X[0])[0].item() == model(X[0])[0].item()

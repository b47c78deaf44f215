"""XOR as a user of PyTorch writes it."""

import micrograd
from micrograd import nn, optim

micrograd.manual_seed(0)
X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
y = [[0.0], [1.0], [1.0], [0.0]]

model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=100, gamma=0.5)

model.train()
for _epoch in range(300):
    optimizer.zero_grad()
    output = model(X)
    loss = criterion(output, y)
    loss.backward()
    optimizer.step()
    scheduler.step()

model.eval()
with micrograd.no_grad():
    predictions = [round(row[0].item()) for row in model(X)]
assert loss.item() < 0.05
assert predictions == [0, 1, 1, 0]
micrograd.save(model.state_dict(), "xor.pt")

"""Train a network written in single numbers with PyTorch, in one process or in several.

`to_torch` turns it into a module of PyTorch, whose DistributedDataParallel sums the grads. The loss
is the same for any number of processes: each has its share of the examples of every step.

Usage: torchrun --nproc-per-node 2 examples/with_torchrun.py [STEPS]
"""

import os
import random
import sys

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from micrograd import MLP, data
from micrograd.export import load_arrays, to_torch

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 200
count, index = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
random.seed(1337)  # the initial weights, the same in all processes
model = MLP(2, [16, 16, 1])
module = to_torch(model, input=(2,))
trained = module
if count > 1:
    distributed.init_process_group("gloo")
    trained = DistributedDataParallel(module)

points, labels = (torch.tensor(array, dtype=torch.float64) for array in data.moons(100, seed=1))
X, y = points[index::count], labels[index::count]  # the share of this process
optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
for _ in range(steps):
    loss = torch.relu(1.0 - y * trained(X)).mean()  # the hinge loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

if index == 0:
    load_arrays(model, {name: x.detach().numpy() for name, x in module.state_dict().items()})
    outputs = torch.tensor([model(row).data for row in points.tolist()])
    loss = torch.relu(1.0 - labels * outputs).mean()
    print(f"{count} process(es), loss {loss:.6f} after {steps} steps")
if count > 1:
    distributed.destroy_process_group()

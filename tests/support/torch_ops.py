"""Each op of the table as PyTorch spells it. The caller passes `torch`, which may be missing."""

NO_GRADIENT = ("step", "less", "equal", "detach")  # in PyTorch; here it is 0

TORCH = {
    "equal": lambda torch, x, y: (x == y).double(),
    "detach": lambda torch, x: x.detach(),
    "less": lambda torch, x, y: (x < y).double(),
    # F.softplus is x itself above a threshold of 20, which is wrong from the tenth digit on
    "softplus": lambda torch, x: 0.0 - torch.nn.functional.logsigmoid(-x),
    # PyTorch's sign and heaviside of nan are 0; NumPy's and ours are nan
    "sign": lambda torch, x: torch.where(x.isnan(), x.detach(), torch.sign(x)),
    "step": lambda torch, x: torch.where(
        x.isnan(), x, torch.heaviside(x, torch.zeros_like(x))
    ).detach(),
    "where": lambda torch, c, x, y: torch.where(c != 0, x, y),
}


def in_torch(torch, name, *inputs):
    """Return the result of the op called `name` on tensors, by PyTorch's own function."""
    if name in TORCH:
        return TORCH[name](torch, *inputs)
    function = getattr(torch, name, None) or getattr(torch.nn.functional, name)
    return function(*inputs)

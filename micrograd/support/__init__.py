"""The ground floor: tools that import nothing of micrograd, each in a file of its own."""

"""The ground floor: tools that know nothing of micrograd, each in a file of its own."""

"""The random numbers that NumPy's generators draw, for where NumPy is missing.

Rule: the same seed gives the same numbers, to the last bit, as `numpy.random.default_rng(seed)` and
`numpy.random.Philox(key=seed)` give; the names of the constants are those of NumPy's sources.

M. O'Neill: PCG, a family of simple fast space-efficient statistically good algorithms for random
number generation, 2014. J. K. Salmon et al.: Parallel random numbers, as easy as 1, 2, 3, 2011.
"""

from collections.abc import Iterator
from itertools import cycle

BITS_32, BITS_64, BITS_128 = 2**32 - 1, 2**64 - 1, 2**128 - 1
INIT_A, MULT_A = 0x43B0D7E5, 0x931E8875
INIT_B, MULT_B = 0x8B51F9DD, 0x58F38DED
MIX_MULT_L, MIX_MULT_R = 0xCA01F9DD, 0x4973F715
POOL = 4  # words of a seed's entropy
PCG_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
PHILOX_M0, PHILOX_M1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
PHILOX_W0, PHILOX_W1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
ROUNDS = 10
PHILOX_BLOCK = 4  # numbers that the generator makes at each value of its counter

# ------------------------------------------------------------------------------------------ seeds


def words_of_seed(seed: int, count: int) -> list[int]:
    """Return so many words of 64 bits that follow from a seed, as NumPy's SeedSequence does."""
    pool = mix_entropy(split_words(seed))
    constant, words = INIT_B, []
    for word, _ in zip(cycle(pool), range(2 * count)):
        word ^= constant
        constant = constant * MULT_B & BITS_32
        word = word * constant & BITS_32
        words.append(word ^ word >> 16)
    return [low | high << 32 for low, high in zip(words[::2], words[1::2])]


def split_words(seed: int) -> list[int]:
    """Return a whole number as words of 32 bits, the lowest first."""
    words = [seed & BITS_32]
    while seed := seed >> 32:
        words.append(seed & BITS_32)
    return words


def mix_entropy(entropy: list[int]) -> list[int]:
    constant = INIT_A

    def hash_word(word: int) -> int:
        nonlocal constant
        word ^= constant
        constant = constant * MULT_A & BITS_32
        word = word * constant & BITS_32
        return word ^ word >> 16

    padded = entropy + [0] * POOL
    pool = [hash_word(word) for word in padded[:POOL]]
    for source in range(POOL):
        for place in range(POOL):
            if source != place:
                pool[place] = mix(pool[place], hash_word(pool[source]))
    for word in entropy[POOL:]:
        for place in range(POOL):
            pool[place] = mix(pool[place], hash_word(word))
    return pool


def mix(x: int, y: int) -> int:
    mixed = (MIX_MULT_L * x - MIX_MULT_R * y) & BITS_32
    return mixed ^ mixed >> 16


# ----------------------------------------------------------------------------------- permutations


class Permutations:
    """The permutations that `numpy.random.default_rng(seed)` draws, one after the other.

    >>> Permutations(0).draw(5)
    [2, 4, 3, 0, 1]
    """

    def __init__(self, seed: int) -> None:
        high, low, high_increment, low_increment = words_of_seed(seed, 4)
        self.increment = ((high_increment << 64 | low_increment) << 1 | 1) & BITS_128
        self.state = self.increment
        self.state = self.state + (high << 64 | low) & BITS_128
        self.advance()
        self.halves = self.next_halves()

    def draw(self, count: int) -> list[int]:
        """Return the numbers from 0 to count - 1 in a random order."""
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self.draw_up_to(i)
            order[i], order[j] = order[j], order[i]
        return order

    def draw_up_to(self, most: int) -> int:
        """Return a whole number from 0 to `most`, each as likely: larger ones are drawn again."""
        mask = 2 ** most.bit_length() - 1
        number = next(self.halves) & mask
        while number > most:
            number = next(self.halves) & mask
        return number

    def next_halves(self) -> Iterator[int]:
        """Yield words of 32 bits: the lower half of each word of 64, and then the upper one."""
        while True:
            self.advance()
            high, low = self.state >> 64, self.state & BITS_64
            word, turn = high ^ low, self.state >> 122
            word = (word >> turn | word << (64 - turn)) & BITS_64
            yield word & BITS_32
            yield word >> 32

    def advance(self) -> None:
        self.state = (self.state * PCG_MULTIPLIER + self.increment) & BITS_128


# ---------------------------------------------------------------------------------------- numbers


def philox_numbers(seed: int, first: int, count: int) -> list[float]:
    """Return so many numbers between 0 and 1 from block number `first` on, four in each block.

    >>> [round(x, 6) for x in philox_numbers(0, 0, 2)]
    [0.011547, 0.241549]
    """
    words: list[int] = []
    counter = first
    while len(words) < count:
        counter += 1
        words += philox_block(counter, seed & BITS_64, seed >> 64 & BITS_64)
    return [(word >> 11) * 2.0**-53 for word in words[:count]]


def philox_block(counter: int, key0: int, key1: int) -> tuple[int, int, int, int]:
    a, b, c, d = (counter >> shift & BITS_64 for shift in (0, 64, 128, 192))
    for _ in range(ROUNDS):
        one, two = a * PHILOX_M0, c * PHILOX_M1
        a, c = two >> 64 ^ b ^ key0, one >> 64 ^ d ^ key1
        b, d = two & BITS_64, one & BITS_64
        key0, key1 = (key0 + PHILOX_W0) & BITS_64, (key1 + PHILOX_W1) & BITS_64
    return a, b, c, d

"""A model writes

Write `write_text(model, letters, context, temperature, choose)`, which lets a model write a text.
`letters` has all signs, and sign 0 begins and ends a text: begin with signs = [0]. In each turn,
give the model the last `context` signs, or all if there are fewer; it returns a list of scores for
each position, and the *last* list is for the next sign. Divide these scores by `temperature`, take
their softmax (it takes floats, and Values too), and let choose(probabilities) draw: it returns the
number of the next sign. Stop when that is 0, and return the text, without sign 0. Put names of your
own below, and run this file.
"""

import random
from math import log

from micrograd.losses import softmax


def write_text(model, letters, context, temperature, choose):
    # <solution>
    signs = [0]
    while True:
        scores = model(signs[-context:])[-1]
        probabilities = softmax([s / temperature for s in scores])
        sign = choose(probabilities)
        if sign == 0:
            return "".join(letters[i] for i in signs[1:])
        signs.append(sign)
    # </solution>


def pairs_of(names, letters):
    """Return a model that knows which sign follows which in the names, as in lesson 22."""
    counts = [[0.01] * len(letters) for _ in letters]
    for name in names:
        for a, b in zip("." + name, name + "."):
            counts[letters.index(a)][letters.index(b)] += 1.0
    return lambda signs: [[log(count) for count in counts[sign]] for sign in signs]


def draw(probabilities):
    return random.choices(range(len(probabilities)), probabilities)[0]


if __name__ == "__main__":
    names = ["ada", "adam", "eva", "anna", "dana", "vanda"]
    letters = "." + "".join(sorted(set("".join(names))))
    random.seed(1)
    print([write_text(pairs_of(names, letters), letters, 1, 0.8, draw) for _ in range(5)])


# <checker>
import math

from micrograd.course.exercises.checking import Wrong, close, show

HINTS = (
    "scores = model(signs[-context:])[-1] gives the scores of the next sign.",
    "softmax([s / temperature for s in scores]) are the probabilities; give them to choose.",
    "If the sign is 0, return the letters of signs[1:]; otherwise append it and go on.",
)
RIGHT = [
    """
    text, window, sign = "", [0], None
    while sign != 0:
        scores = model(window)[-1]
        sign = choose(softmax([s * (1 / temperature) for s in scores]))
        if sign:
            text += letters[sign]
        window = (window + [sign])[-context:]
    return text
    """,
]
AFTER = {
    "another": """
    signs, text = [0], ""
    while len(signs) == 1 or signs[-1] != 0:
        scores = model(signs[-context:])[-1]
        signs.append(choose(softmax([s / temperature for s in scores])))
        text += letters[signs[-1]] if signs[-1] else ""
    return text
    """,
    "remark": "With a temperature near 0 the likeliest sign is always drawn; with a very "
    "high one all are equally likely.",
}
CODE = """
signs = [0]
while True:
    scores = model(signs[-context:])[-1]
    probabilities = softmax([s / temperature for s in scores])
    sign = choose(probabilities)
    if sign == 0:
        return "".join(letters[i] for i in signs[1:])
    signs.append(sign)
"""
WRONG = {
    CODE.replace("s / temperature", "s"): "temperature is not used",
    CODE.replace("s / temperature", "s * temperature"): "multiplied by the temperature",
    CODE.replace(
        "softmax([s / temperature for s in scores])", "[p / temperature for p in softmax(scores)]"
    ): "after softmax",
    CODE.replace(
        "softmax([s / temperature for s in scores])", "[s / temperature for s in scores]"
    ): ("softmax is missing"),
    CODE.replace(")[-1]", ")[0]"): "the first position",
    CODE.replace("signs[-context:]", "signs"): "the whole text",
    CODE.replace("signs[-context:]", "signs[:context]"): "the first signs",
    CODE.replace("signs[-context:]", "signs[-1:]"): "only the last sign",
    CODE.replace("signs[1:]", "signs"): "the dot of the beginning",
    CODE.replace('return "".join(letters[i] for i in signs[1:])', "return signs[1:]"): (
        "numbers, not a text"
    ),
    CODE.replace(
        "choose(probabilities)", "probabilities.index(max(probabilities))"
    ): "choose is not called",
    CODE.replace("    if sign == 0:\n", "    signs.append(sign)\n    if sign == 0:\n")
    .replace("    signs.append(sign)\n", "", 0)
    .rsplit("    signs.append(sign)\n", 1)[0]: "the dot of the end",
    CODE.replace("signs = [0]", "signs = [letters[0]]")
    .replace("signs.append(sign)", "signs.append(letters[sign])")
    .replace("letters[i] for i in signs[1:]", "signs[1:]"): "not their letters",
    """
    scores = model([0])[-1]
    sign = choose(softmax([s / temperature for s in scores]))
    return letters[sign]
    """: "a single sign",
    CODE.replace("while True:", "for _ in range(context):")
    + 'return "".join(letters[i] for i in signs[1:])': "after `context` signs",
    CODE.replace("    signs.append(sign)", "    signs.append(choose(probabilities))"): (
        "choose is called twice"
    ),
    CODE.replace("signs = [0]", "signs = []").replace("signs[1:]", "signs"): "an empty list",
    CODE.replace("    signs.append(sign)", "    signs = [0, sign]"): "forgotten",
    CODE.replace("sign == 0", 'letters[sign] == "."'): "whatever letter that is",
    CODE.replace("signs[1:])", 'signs[1:]).strip(".")'): "taken out of the text",
    CODE.replace("signs[1:])", 'signs).strip(".")'): "sign 0 is in the text",
    CODE.replace("while True:", "for _ in range(20):")
    + 'return "".join(letters[i] for i in signs[1:])': "although sign 0 was not drawn",
}
LETTERS = ".abcd"
TEXT = [2, 1, 4, 3, 1, 2]  # "badcab"


class Recorder:
    """A model and a `choose` that write down with what they are called."""

    def __init__(self, text):
        self.inputs, self.drawn, self.rest = [], [], iter([*text, 0])

    def model(self, signs):
        self.inputs.append(list(signs))
        if not signs:
            raise Wrong("the model gets an empty list: a text begins with sign 0, the dot.")
        return [row_of(i, sign) for i, sign in enumerate(signs)]

    def choose(self, probabilities):
        self.drawn.append(list(probabilities))
        sign = next(self.rest, None)
        if len(self.drawn) > len(self.inputs):
            raise Wrong("choose is called twice for one turn of the model: keep the sign it drew.")
        if sign is None:
            raise Wrong("it goes on after sign 0: that ends the text.")
        return sign


def row_of(place, sign):
    """Return the scores of a position, all different."""
    known = sign if isinstance(sign, int) else 7
    return [math.sin(3 * place + 5 * known + 2 * j) for j in range(len(LETTERS))]


def softmax_of(scores):
    powers = [math.exp(s) for s in scores]
    return [p / math.fsum(powers) for p in powers]


def same(xs, ys):
    return len(xs) == len(ys) and all(close(x, y, 1e-9) for x, y in zip(xs, ys))


def windows(context):
    signs = [0, *TEXT]
    return [signs[max(0, i - context) : i] for i in range(1, len(signs) + 1)]


def require_inputs(inputs, context):
    """Raise Wrong unless the model got the last signs in each turn."""
    wanted = windows(context)
    if inputs == wanted:
        return
    signs = [0, *TEXT]
    whole = [signs[:i] for i in range(1, len(signs) + 1)]
    known = {
        "the model gets the whole text: give it the last `context` signs": whole,
        "the model gets the first signs of the text, and not the last": [
            each[:context] for each in whole
        ],
        "the model gets only the last sign: give it the last `context` signs": [
            each[-1:] for each in whole
        ],
        "what was written before is forgotten: append the new sign to all of them": [
            [0],
            *([0, sign] for sign in TEXT),
        ],
    }
    if any(isinstance(sign, str) for each in inputs for sign in each):
        raise Wrong("the model gets letters: give it the numbers of the signs, not their letters.")
    for sentence, mistake in known.items():
        if inputs == mistake:
            raise Wrong(f"{sentence}.")
    if inputs == wanted[:context]:
        raise Wrong("it stops after `context` signs: go on until sign 0 is drawn.")
    if len(inputs) == 1:
        raise Wrong("it writes a single sign: go on until sign 0 is drawn.")
    for turn, (got, right) in enumerate(zip(inputs, wanted), 1):
        if got != right:
            raise Wrong(f"in turn {turn} the model gets {got}, and should get {right}.")
    raise Wrong(f"the model is called {len(inputs)} times, and should be {len(wanted)} times.")


def require_drawn(drawn, context, t):
    """Raise Wrong unless `choose` got the right probabilities in each turn."""
    if not drawn:
        raise Wrong("choose is not called: let it draw the sign from the probabilities.")
    rows = [[row_of(i, sign) for i, sign in enumerate(each)] for each in windows(context)]
    last = [each[-1] for each in rows]
    wanted = [softmax_of([s / t for s in row]) for row in last]
    if all(map(same, drawn, wanted)):
        return
    known = {
        "temperature is not used: divide the scores by it": [softmax_of(row) for row in last],
        "the scores are multiplied by the temperature: divide by it": [
            softmax_of([s * t for s in row]) for row in last
        ],
        "the temperature comes after softmax: divide the scores by it, and then take softmax": [
            [p / t for p in softmax_of(row)] for row in last
        ],
        "softmax is missing: choose takes probabilities": [[s / t for s in row] for row in last],
        "softmax and temperature are missing: choose takes probabilities": last,
        "these are the scores of the first position: the last has those of the next sign": [
            softmax_of([s / t for s in each[0]]) for each in rows
        ],
    }
    for sentence, mistake in known.items():
        if all(map(same, drawn, mistake)):
            raise Wrong(f"{sentence}.")
    for got, right in zip(drawn, wanted):
        if not same(got, right):
            raise Wrong(f"choose gets {show(got)}, and should get {show(right)}.")


def require_text(text, wanted):
    known = {
        "the dot of the beginning is in the text: leave sign 0 out": "." + wanted,
        "the dot of the end is in the text: leave sign 0 out": wanted + ".",
        "the dots are in the text: leave sign 0 out": f".{wanted}.",
    }
    for sentence, mistake in known.items():
        if text == mistake:
            raise Wrong(f"{sentence}.")
    if text is None:
        raise Wrong("nothing was returned: is there a return?", "nothing returned")
    if not isinstance(text, str):
        raise Wrong(f"these are numbers, not a text: join their letters. Got {show(text)}.")
    if text != wanted:
        raise Wrong(f"the text is {text!r}, and should be {wanted!r}.")


def examine(write_text, context, temperature):
    recorder = Recorder(TEXT)
    tries = iter(range(100))

    def model(signs):
        if next(tries, None) is None:
            require_drawn(recorder.drawn, context, temperature)
            raise Wrong("it never ends: stop when sign 0 is drawn.")
        return recorder.model(signs)

    text = write_text(model, LETTERS, context, temperature, recorder.choose)
    require_both(recorder, context, temperature)
    require_text(text, "".join(LETTERS[i] for i in TEXT))


def require_both(recorder, context, temperature):
    if recorder.drawn:
        require_inputs(recorder.inputs, context)
    require_drawn(recorder.drawn, context, temperature)


def check_three_signs(write_text):
    """a context of three signs, temperature 0.5"""
    examine(write_text, 3, 0.5)


def check_a_long_context(write_text):
    """a context that is longer than the text, temperature 2"""
    examine(write_text, 20, 2.0)


def check_a_long_text(write_text):
    """a text of 300 signs"""
    recorder = Recorder(TEXT * 50)
    text = write_text(recorder.model, LETTERS, 4, 1.0, recorder.choose)
    wanted = "".join(LETTERS[i] for i in TEXT * 50)
    if isinstance(text, str) and len(text) < len(wanted) and wanted.startswith(text):
        sentence = f"the text ends after {len(text)} signs, although sign 0 was not drawn: go on"
        raise Wrong(f"{sentence} until it is.", "a limit")
    require_text(text, wanted)


def check_another_sign(write_text):
    """letters that begin with another sign than the dot"""
    recorder = Recorder([2, 3, 1])
    text = write_text(recorder.model, "#a.dc", 4, 1.0, recorder.choose)
    known = {
        "": 'the text ends at the letter ".": it ends at sign 0, whatever letter that is',
        "#.da": "sign 0 is in the text: leave it out, whatever letter it is",
        "da": 'the letter "." is taken out of the text: leave out sign 0, whatever letter that is',
    }
    if text in known:
        raise Wrong(f"{known[text]}.")
    require_text(text, ".da")


def check_nothing(write_text):
    """a text that ends at once"""
    recorder = Recorder([])
    require_text(write_text(recorder.model, LETTERS, 4, 1.0, recorder.choose), "")


# </checker>

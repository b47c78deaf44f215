"""Messages of the lab: what happened, why, and what to do.

Rule: a sentence is read by a learner in a page, so it names the control or the setting. Nothing
that a page, a file or a user sends is repeated at full length.
"""

import errno
from collections.abc import Iterable, Sequence
from math import isfinite

from micrograd.support.wording import did_you_mean, kind, plural


class LabError(ValueError):
    """A request that the lab cannot do; its text is shown to the user as it is."""


# ------------------------------------------------------------------------------- who may talk to us

SHOWN = 60  # characters of a text from outside


def foreign_host(host: str, port: int) -> str:
    only = f"The lab answers at 127.0.0.1:{port} only"
    return f"{only}, got the Host {host[:SHOWN]!a}. Open the address that micrograd lab printed."


def no_such_address() -> str:
    return "The address has a character that no file's name has. Open the lab's page."


def no_such_file(address: str) -> str:
    return f"The lab has no file {address[:SHOWN]!a}. Open its page."


def foreign_origin(origin: str) -> str:
    who = f"the page {origin[:SHOWN]!a}" if origin else "another page"
    return f"The lab answers its own page only, got a request from {who}. Open the lab itself."


def only_get(method: str) -> str:
    return f"The lab takes no {method[:SHOWN]!a}: its page sends over a websocket. Use GET."


def no_token() -> str:
    why = "The address needs the token, which keeps other pages and users out"
    return f"{why}. Open the whole address that micrograd lab printed in the terminal."


# ------------------------------------------------------------------------------ what a page may ask


def not_a_message() -> str:
    return (
        'The message is no request: expected an object with a number "id" and a text "do". '
        'Send one such as {"id": 1, "do": "play"}.'
    )


def defect(error: Exception) -> str:
    name = type(error).__name__
    return f"The lab met a defect of its own: {name}. Its terminal has the report; try again."


# ----------------------------------------------------------------------------------------- the port


def no_port(port: int) -> str:
    return f"{port} is no port. Choose one from 1024 to 65535, or 0 for any that is free."


def cannot_listen(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        who = "perhaps by another lab, whose page you can open"
        return f"Port {port} is in use, {who}. Choose another one: --port {port % 65535 + 1}."
    why = error.strerror or error
    return f"Port {port} cannot be used: {why}. Choose another one, or --port 0 for any free one."


# ---------------------------------------------------------------------- a network of the user's own


def not_an_mlp(got: object) -> str:
    return f"The lab draws networks of the class MLP, got {kind(got)}. Pass one: MLP(2, [8, 1])."


def too_large_to_show(sizes: list[int], layers: int, neurons: int) -> str:
    most = f"at most {layers} layers of 1 to {neurons} neurons"
    return f"The lab draws {most}, got the sizes {sizes}. Build a smaller network."


def data_do_not_fit(rows: object, targets: object, width: int) -> str:
    need = f"The network needs rows of {plural(width, 'number')}, and a target for each"
    return f"{need}; got arrays of the shapes {rows} and {targets}. Pass lists that fit."


def activations_differ(names: list[str], known: Iterable[str]) -> str:
    one = f"one activation of {', '.join(known)}"
    return f"The lab trains networks with {one}, got {', '.join(names)}. Use watch() beside fit()."


def output_has_activation() -> str:
    return (
        "The lab trains networks without an activation at the output, because its losses have "
        "their own. Leave output_activation out, or use watch() beside fit()."
    )


def fit_takes_the_steps() -> str:
    return "This widget watches fit(), which takes the steps. Use lab() to take them one by one."


# --------------------------------------------------------------------------------------- settings


def unknown_choice(setting: str, got: object, known: Iterable[str]) -> str:
    names = list(known)
    hint = did_you_mean(str(got), names)
    shown = repr(got) if isinstance(got, str) else kind(got)
    return f"{setting} cannot be {shown[:60]}.{hint} Choose one of {', '.join(names)}."


def unknown_setting(name: object, known: Iterable[str]) -> str:
    names = list(known)
    hint = did_you_mean(str(name), names)
    return f"No setting is called {str(name)[:40]!r}.{hint} The settings are {', '.join(names)}."


def not_whole(setting: str, got: object, least: int, most: int) -> str:
    return (
        f"{setting} must be a whole number from {least:,} to {most:,}, got {shorten(got)}. Change "
        "it to one of these."
    )


def not_between(setting: str, got: object, least: float, most: float) -> str:
    return f"{setting} must be a number from {least:g} to {most:g}, got {shorten(got)}."


def shorten(got: object) -> str:
    if type(got) is int and len(hex(got)) > SHOWN:
        return "a number with too many digits"
    return f"{got:,}" if type(got) in (int, float) else kind(got)


def not_settings(got: object) -> str:
    return f"The settings must be an object of names and values, got {kind(got)}."


def not_layers(got: object) -> str:
    return (
        f"The hidden layers must be a list of sizes, got {kind(got)}. Write them as 8,8, or leave "
        "the list empty for a network without hidden layers."
    )


def too_many_layers(count: int, most: int) -> str:
    return (
        f"The network has {count:,} hidden layers, and the lab draws at most {most}. Remove some "
        "layers."
    )


def layer_size(size: object, most: int) -> str:
    if size == 0:
        return (
            "A hidden layer of 0 neurons passes nothing on, so the network could not learn. Give "
            "it at least 1 neuron, or remove the layer."
        )
    return (
        f"A hidden layer must have from 1 to {most} neurons, so that each can be drawn and every "
        f"step stays quick, got {shorten(size)}. Write a smaller number."
    )


def loss_does_not_fit(loss: str, task: str, fitting: Iterable[str]) -> str:
    return (
        f"The loss {loss} is not for this data, whose targets are {TARGETS[task]}. Choose "
        f"{' or '.join(fitting)}."
    )


TARGETS = {
    "two classes": "two classes, +1 and -1",
    "classes": "the numbers of several classes",
    "amount": "amounts",
}


# ----------------------------------------------------------------------------------------- points


def no_points() -> str:
    return (
        "There are no points to learn from, so there is no loss. Click into the plane to add "
        "some, or choose a data set."
    )


def not_points() -> str:
    return (
        "The file has no points that the lab can read: rows, a target for each, the names of the "
        "columns and the task. Load a file that the lab has saved, or drop a CSV file."
    )


def not_a_lab_file() -> str:
    return (
        "The file is not one that the lab has saved, because it has no settings. Choose lab.json, "
        "or drop a CSV file to learn from its rows."
    )


def not_a_table(got: object) -> str:
    return f"A table must be the text of a CSV file, got {kind(got)}. Choose a file of text."


def not_columns(got: object) -> str:
    return (
        f"The columns must name a target and the inputs, got {kind(got)}. Choose one column to "
        "predict and at least one to predict it from."
    )


def too_wide_a_table(most: int) -> str:
    return f"The table has more than {most:,} columns. Drop a file with those that you need."


def no_such_column(name: object, known: Iterable[str]) -> str:
    names = list(known)
    hint = did_you_mean(str(name), names)
    return f"The table has no column {str(name)[:40]!r}.{hint} Choose one of its {len(names)}."


def too_many_inputs(count: int, most: int) -> str:
    return (
        f"These columns become {count:,} inputs, one for each category, and the lab draws at most "
        f"{most}. Choose fewer columns."
    )


def too_many_classes(name: str, count: int, most: int) -> str:
    return (
        f"The column {name[:40]!r} has {count:,} classes, and the lab draws an output for each, at "
        f"most {most}. Choose another target."
    )


def own_points_are_missing() -> str:
    return (
        "The settings ask for points of your own, which an address cannot hold. Load the file of "
        "the lab that has them, drop a CSV file, or choose a data set."
    )


def one_class(name: object) -> str:
    return (
        f"All points are of the class {name}, so there is nothing to tell apart. Add a point of "
        "another class."
    )


def too_many_points(count: int, most: int) -> str:
    return (
        f"The data have {plural(count, 'point')}, and the lab takes at most {most:,}, because it "
        "draws each one and every step sees them all. Use fewer, or train with "
        "`micrograd train`."
    )


def no_such_point(i: object, count: int) -> str:
    return f"There is no point {shorten(i)}: the {plural(count, 'point')} are numbered from 0."


def wrong_width(got: int, width: int) -> str:
    return f"A point of this data has {plural(width, 'number')}, got {got:,}. Pass one for each."


def not_a_coordinate(got: object) -> str:
    return f"The place of a point must be made of finite numbers, got {shorten(got)}."


def not_a_target(y: object, task: str) -> str:
    return f"The target of a point cannot be {shorten(y)}: in this data it is {OF_A_POINT[task]}."


OF_A_POINT = {
    "two classes": "+1 or -1",
    "classes": "the number of a class",
    "amount": "a finite number",
}


# ------------------------------------------------------------------------------------------ a run


def not_a_count(got: object) -> str:
    return f"The number of steps must be a whole number of at least 0, got {shorten(got)}."


def no_such_step(step: object, reached: int) -> str:
    return (
        f"The run cannot go to step {shorten(step)}: it has taken {plural(reached, 'step')}. "
        f"Choose a step from 0 to {reached:,}."
    )


def diverged(step: int, anomaly: str, mistake: str, grown: str, rate: float) -> str:
    """Return why a run stopped: a mistake's title, or that the loss has grown, "" without."""
    happened = f"The run stopped after {plural(step, 'step')}: the next one produced nan or inf."
    if anomaly:
        happened += f" {anomaly[0].upper()}{anomaly[1:]}"
    if mistake:
        return f"{happened} That is the mistake at work: {mistake}. Rewind the run, or remove it."
    return f"{happened}{grown} Rewind the run, and fork it with a smaller rate than {rate:g}."


def loss_has_grown(least: float, last: float) -> str:
    grew = f" The loss had grown from {least:.3g} to {last:.3g}"
    return f"{grew}, because each step went too far."


def enough_steps(most: int) -> str:
    return (
        f"The run has taken {most:,} steps, and the lab keeps no more of one run. Rewind it, or "
        "start another one."
    )


def other_network(name: str) -> str:
    return (
        f"A fork goes on with the same weights, so {name} cannot change. Start a new run for "
        "another network or other data."
    )


def no_such_parameter(name: object, known: Iterable[str]) -> str:
    hint = did_you_mean(str(name), known)
    return f"The network has no parameter {str(name)[:60]!r}.{hint}"


def not_a_weight(got: object) -> str:
    return f"A weight must be a finite number, got {shorten(got)}. Write a number such as 0.5."


# ---------------------------------------------------------------------------------------- requests


def not_a_request() -> str:
    return 'A request must be an object with the name of an action in "do".'


def unknown_action(name: object, known: Iterable[str]) -> str:
    return f"The lab has no action {str(name)[:40]!r}.{did_you_mean(str(name), known)}"


def missing_argument(action: str, name: str) -> str:
    return f"The action {action} needs the argument {name}, which is missing. Pass it."


def unknown_argument(action: str, name: object, known: Iterable[str]) -> str:
    names = ", ".join(known) or "none"
    return f"The action {action} has no argument {str(name)[:40]!r}. Its arguments: {names}."


def not_a_speed(got: object) -> str:
    return f"The speed must be a number of steps a second above 0, got {shorten(got)}."


def exercise_on(lesson: int) -> str:
    return f"An exercise on lesson {lesson}, which you have opened or read."


def judge_is_at_work() -> str:
    return (
        "Another answer is being checked, and the judge takes one at a time. Wait for its verdict."
    )


def no_such_download(name: str, known: Iterable[str]) -> str:
    return f"The lab has no file {name[:40]!a}.{did_you_mean(name, known)}"


def no_question() -> str:
    return "There is nothing to ask about this run now. Let it take a step, and ask again."


def nothing_to_answer() -> str:
    return "No question has been asked yet, so there is nothing to answer. Ask for one first."


def not_an_answer(is_choice: bool) -> str:
    what = "one of the choices" if is_choice else "a number, such as 0.25"
    return f"An answer to this question must be {what}."


def no_such_run(name: object, known: Iterable[str]) -> str:
    return f"There is no run {str(name)[:20]!r}. The runs are {', '.join(known)}."


def last_run(name: str) -> str:
    return f"Run {name} is the only one, so it cannot be removed. Start another one first."


def too_many_runs(most: int) -> str:
    return f"The lab keeps at most {most} runs beside each other. Remove one first."


def no_such_neuron(layer: object, index: object) -> str:
    return f"The network has no neuron {shorten(index)} in layer {shorten(layer)}."


def no_such_weight(i: object) -> str:
    return f"The neuron has no input {shorten(i)}. They are numbered from 0, and -1 is its bias."


# ----------------------------------------------------------------------- neurons and their weights


def sum_of_products(count: int, activation: str) -> str:
    """Return the formula of a neuron that has too many inputs to be written out."""
    text = f"the bias + the sum of {plural(count, 'product')} of a weight and an input"
    return f"{activation}({text})" if activation else text


def always_on() -> str:
    return "It has no activation, so its grad always gets through."


def dead(activation: str, count: int) -> str:
    return (
        f"It is dead: the slope of {activation} is 0 for each of the {plural(count, 'point')}, so "
        "no grad gets through, and its weights do not change. If no other data wakes it, try "
        "other initial weights or a smaller learning rate."
    )


def saturated(activation: str, closed: int, count: int, limit: float) -> str:
    return (
        f"It is saturated for {closed:,} of {plural(count, 'point')}: the slope of {activation} "
        f"is at most {limit:g} there, so hardly any grad gets through."
    )


def on_for(on: int, count: int, closed: str) -> str:
    text = f"It is on for {on:,} of {plural(count, 'point')}: their grad gets through."
    return f"{text} For the others it is {closed}." if closed and on < count else text


def slope_of_weight(name: str, grad: float) -> str:
    """Return in words what the grad of a weight says."""
    if grad == 0.0:
        return (
            f"The grad of {name} is 0: if it moves a little, the loss stays as it is, so a step "
            "leaves it alone."
        )
    if not isfinite(grad):
        return f"The grad of {name} is {grad}, so no step can follow it."
    up, step = ("larger", "smaller") if grad > 0.0 else ("smaller", "larger")
    return (
        f"The grad of {name} is {grad:.3g}, the slope of the curve here: a little more of it makes "
        f"the loss {up}, so a step makes it {step}."
    )


# ------------------------------------------------------------------------------- the opened step

STAGES = {  # the title and the sentence of each
    "forward": (
        "Forward",
        "Each neuron multiplies its inputs by its weights, adds its bias, and applies its "
        "activation. The outputs of a layer are the inputs of the next one.",
    ),
    "loss": (
        "Loss",
        "The loss compares the output with the target: one number that says how wrong the network "
        "is.",
    ),
    "zero_grad": (
        "zero_grad()",
        "backward() adds to each grad, so every grad is set to 0 first. Otherwise the grads of "
        "earlier steps would count again.",
    ),
    "backward": (
        "backward()",
        "From the loss back to each weight: a number's grad is the grad of the number that it went "
        "into, times the partial, added up over all its uses.",
    ),
    "update": (
        "Update",
        "Each parameter moves a little against its grad, by the optimizer's rule, so that the loss "
        "becomes smaller.",
    ),
}


def zero_grad_is_forgotten() -> str:
    return (
        "This run forgets zero_grad(): the grads of all steps before this one stay, and backward() "
        "adds to them. So the update will follow the past as well."
    )


def grad_stays() -> str:
    return "zero_grad() is not called, so the grad stays"


def backward_assigns() -> str:
    return (
        "This run writes = where += must stand: each contribution replaces the one before, so of a "
        "number that was used several times only the last use counts."
    )


def one_example_alone(count: int, loss: float) -> str:
    text = (
        f"This is the next step if the point that you hold were the only one. The run's own step "
        f"does the same for its examples (there are {count:,}) and takes the mean of their grads."
    )
    if loss == 0.0:
        text += (
            " This point has no loss, so it has nothing to teach: hold one nearer the line, or "
            "the hardest."
        )
    return text


def sum_of(layer: int, neuron: int) -> str:
    return f"sum of neuron {neuron} in layer {layer}, before its activation"


def output_of(layer: int, neuron: int) -> str:
    return f"output of neuron {neuron} in layer {layer}"


def part_of_loss(name: str) -> str:
    return "the loss of this point" if name == "loss" else "a number on the way to the loss"


def squares_of(count: int) -> str:
    return f"the L2 penalty: squares is the sum of the squares of {plural(count, 'parameter')}"


def objective() -> str:
    return "the number that the step makes smaller"


def grad_of(name: str) -> str:
    return f"grad of {name}"


# ------------------------------------------------------------------------------- expressions


def not_a_text(what: str, got: object) -> str:
    return f"{what} must be a text, got {kind(got)}. Write one."


def not_numbers(got: str) -> str:
    return f"The numbers must be an object of names and numbers, got {got}. Pass one for each name."


def not_a_number_of(name: str, got: object) -> str:
    return f"The number of {name!r} must be finite, got {shorten(got)}. Write a number such as 0.5."


def too_large_a_graph(count: int, most: int) -> str:
    return (
        f"The graph has {count:,} nodes, and at most {most:,} fit on a screen, so it is not drawn. "
        "Take a part of it."
    )


# ------------------------------------------------------------------------------- the GPT


def no_text() -> str:
    return "There is no text to learn from. Write some lines, for example a name on each."


def text_too_long(count: int, most: int) -> str:
    return (
        f"The text has {count:,} characters, and the lab learns at most {most:,}. Use a part of "
        "it, or train with `micrograd train gpt`."
    )


def too_many_characters(count: int, most: int) -> str:
    return (
        f"The text has {count:,} different characters, and the lab takes at most {most}, because "
        "each is a class to predict. Use a text in one alphabet."
    )


def no_gpt_yet() -> str:
    return "No GPT has been started. Start one on a text first."


def gpt_is_done(steps: int) -> str:
    return (
        f"The GPT has taken its {steps:,} steps, and its learning rate is 0 now. Start it again, "
        "on the same text or another one."
    )


def gpt_diverged(step: int) -> str:
    return f"The loss of step {step:,} is not finite, so the GPT stopped. Start it again."


def not_compiled(error: Exception) -> str:
    return f"The training step could not be compiled: {type(error).__name__}: {str(error)[:200]}"


def unknown_character(character: str, known: str) -> str:
    return (
        f"The text that the GPT learns has no {character!r}, so it cannot read it. Its characters "
        f"are {known[:MOST_LISTED]}."
    )


MOST_LISTED = 120  # characters


def prefix_too_long(count: int, most: int) -> str:
    return f"The GPT reads at most {most} characters, got {count:,}. Write a shorter beginning."


# ------------------------------------------------------------------------------- the comparison

EAGER, COMPILED, TORCH = "micrograd, plain Python", "micrograd, compiled", "PyTorch"


def comparison(seconds: Sequence[float | None], seen: int, count: int) -> list[str]:
    """Return sentences on the times of a step: in plain Python, compiled, and by PyTorch."""
    eager, compiled, torch = seconds
    sentences = [
        "All begin with the weights of now and see all examples at once, in double precision. The "
        "losses and grads are equal but for rounding: the order in which numbers are added."
    ]
    if eager and compiled:
        sentences.append(f"Compiled, the same code is {eager / compiled:,.0f} times as fast.")
    if torch and compiled and torch > compiled:
        sentences.append(
            f"PyTorch takes {torch / compiled:,.1f} times as long as the compiled step: in a "
            "network this small, most of its time is spent between its ops."
        )
    if seen < count:
        sentences.append(f"The step sees {seen:,} of the {count:,} points, because Python is slow.")
    return sentences


# ------------------------------------------------------------------------------- exercises


def code_too_long(count: int, most: int) -> str:
    return f"The code has {count:,} characters, and at most {most:,} are run. Write less."


def finding(what: str, wrong: str) -> str:
    """Return a finding of the judge: what was checked, and what is wrong with it."""
    return f"{what}: {wrong}" if wrong else f"{what}: right."

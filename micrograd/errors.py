"""What goes wrong, in words: what happened, why, and what to write instead.

A message is made by a function that cannot itself raise; its wording is tested.
"""

from micrograd.support.source_line import user_line
from micrograd.support.wording import kind, nearest, some


class GraphError(ValueError):
    """A graph that cannot be differentiated, copied or drawn as it stands."""


class ShapeError(ValueError):
    """Inputs, targets or stored numbers whose length is not the one expected."""


class TraceError(TypeError):
    """A compiled function that asks for a number too early, or that cannot be compiled."""


class ExpressionError(ValueError):
    """A text that is not an expression of numbers, names, operators and ops."""


class DamagedFile(ValueError):
    """A file of numbers that is not as it was written."""


class TableError(ValueError):
    """A CSV file that cannot be read as a table, or from which that cannot be learned."""


class Diverged(FloatingPointError):
    """Training that ended in nan or inf; `history` is what it was until then."""

    def __init__(self, message: str, history):
        super().__init__(message)
        self.history = history


def not_a_scalar(x) -> str:
    return (
        f"a Value holds one number (int, float, bool or a NumPy scalar), got {kind(x)}. "
        "Make one Value for each number: [Value(x) for x in row]; a Value's number is v.data."
    )


def array_meets_value(x) -> str:
    return (
        f"a Value is one scalar and cannot be combined with {kind(x)} as a whole. "
        "Write the loop: [v * x for x in array]."
    )


def unknown_input(op: str, x) -> str:
    return (
        f"{op} takes numbers and Values, one each, got {kind(x)}. "
        f"For several, write the loop: [{op}(x) for x in xs]."
    )


def called(node) -> str:
    """What to call a node in a message."""
    label = getattr(node, "label", "")
    return repr(label) if label else repr(node)


def cycle(node, x) -> str:
    return (
        f"the graph has a cycle: {called(node)} was computed from {called(x)}, and that from "
        f"{called(node)}. Somebody assigned `inputs` by hand; a graph is made by ops alone."
    )


def not_in_graph(x) -> str:
    return (
        f"{called(x)} is not in this graph: the result was not computed from it. Ask for a Value "
        "that was used, and the very one, not another with the same number."
    )


def stale(y) -> str:
    return (
        f"{called(y)} was computed from other numbers than its leaves have now: compute it again, "
        "as after each step of an optimizer, and ask then."
    )


def no_distance(h) -> str:
    return f"a distance to move by is greater than 0, got {h}: write h=1e-5, or several."


def too_many_paths(most: int) -> str:
    return (
        f"more than {most:,} edges: what is passed on at once, path by path, has no end on a graph "
        "with as many paths as this. Try it on a smaller one."
    )


def too_long_a_story(most: int) -> str:
    return (
        f"a story of more than {most:,} lines is read by nobody: explain(y, x) tells of one Value, "
        "paths(y, x) of its largest contributions, draw_dot(y) folds what is large."
    )


def made_by_hand(mark: str) -> str:
    return (
        f"the node {mark!r} was made by hand, so its partials are not known. Set its `_backward` "
        "for `backward()`; for copies and for derivatives of derivatives give the op a row: "
        "Op(name, symbol, forward, partials)."
    )


def no_such_row(name: str) -> str:
    return (
        f"no op is called {name!r}: it is neither in the table nor registered. "
        f"Define its row again, then write micrograd.OPS[{name!r}] = that row."
    )


def anomaly(what: str, op: str, inputs, number: float, line: str) -> str:
    numbers = ", ".join(f"{x.label or 'data'}={x.data!r}" for x in inputs)
    return f"{what} of {op} is {number}, where its inputs are {numbers}. Made at {line}"


def wrong_length(who: str, wants: int, got: int) -> str:
    return f"{who} takes {wants} inputs, got {got}: give it a list of {wants} numbers or Values."


def unknown_name(what: str, name, known) -> str:
    return f"unknown {what} {name!r}: it is one of {', '.join(known)}, or a function."


def state_does_not_fit(problems) -> str:
    listed = "".join(f"\n  {problem}" for problem in problems)
    return f"this state is of another module, so nothing was loaded:{listed}"


def unequal_lengths(outputs: int, targets: int) -> str:
    return f"{outputs} outputs but {targets} targets: a loss needs one target for each output."


def rows_and_labels(rows: int, labels: int) -> str:
    return f"{rows} rows but {labels} labels: each row of X needs one label in y."


def no_such_place(i, length: int) -> str:
    return (
        f"there is no {i} in a list of {length}: a class or a row is its index, 0 to {length - 1}."
    )


def one_class(centers: int) -> str:
    return f"{centers} class leaves nothing to tell apart: there must be at least two."


def too_few_examples(n: int) -> str:
    return f"{n} examples cannot hold two classes, or be split in two: ask for at least two."


def not_a_share(validation: float) -> str:
    return f"validation={validation} is not a share of the examples: write one between 0 and 1."


def not_bound() -> str:
    return (
        "the block of bound() is not entered, or has ended: the parameters are Values again. Take "
        "the steps within it: with step.bound(X, y) as take: take()."
    )


def already_bound() -> str:
    return (
        "a step of this optimizer is at work: the parameters are numbers in an array until the "
        "block of bound() ends. Within it, call what it gave: with step.bound(X, y) as take: "
        "take()."
    )


def nothing_to_train() -> str:
    return "an optimizer of no parameters has nothing to train: give it model.parameters()."


def nesterov_without_momentum() -> str:
    return "Nesterov's step looks ahead along the momentum, and there is none: write momentum=0.9."


def not_one_number(who: str, got) -> str:
    return (
        f"{who} needs a function that returns one number, got {kind(got)}: "
        "return one of them or their sum, or use jacobian."
    )


def missing_extra(module: str, extra: str) -> str:
    return f"this needs {module}, which is not installed: pip install 'micrograd[{extra}]'"


def too_large_a_graph(nodes: int, most: int) -> str:
    return (
        f"the graph has {nodes:,} nodes; of more than {most:,} nothing is drawn or told. Take the "
        "loss of a few examples instead of all: its graph says the same."
    )


def no_steps_in_machine_code(name: str) -> str:
    return (
        f"{name!r} was computed by machine code, which has no steps to show. Draw what the "
        "function returns without @jit."
    )


def too_large_to_play(nodes: int, most: int) -> str:
    return (
        f"the graph has {nodes:,} nodes, and at most {most:,} can be played. Draw a part of it: "
        "draw(node) of a node in between, or of the loss of one example. After "
        "label_all(locals()) the modules of a model can be opened here."
    )


def expression_too_long(length: int, longest: int) -> str:
    return f"the expression has {length:,} characters, more than the {longest:,} that are read."


def expression_too_deep(deepest: int) -> str:
    return f"the expression is nested more than {deepest} deep: split it in parts."


def not_an_expression(text: str) -> str:
    return f"{kind(text)} is not an expression: write one such as tanh(x1*w1 + x2*w2 + b)."


def not_allowed(text: str) -> str:
    return (
        f"{text[:60]!r} is not allowed here: an expression is made of numbers, names, + - * / ** "
        "and ops such as tanh(x)."
    )


def no_number(name: str) -> str:
    return f"{name} has no number: add {name}=1.5 after the expression."


def no_number_called(name: str, known) -> str:
    return f"the expression has no number called {name!r}, only {', '.join(known) or 'none'}."


def not_an_assignment(text: str) -> str:
    return f"{text!r} does not give a name its number: write it as x1=2.0."


def unknown_op(name: str, known) -> str:
    return f"there is no op {name!r}: the ops are {', '.join(known)}."


def wrong_arity(name: str, wants: int, got: int) -> str:
    return f"{name} takes {wants} input{'s' * (wants != 1)}, got {got}."


def unknown_format(name: str, known) -> str:
    return f"{name!r} does not end in a format that is known: {', '.join('.' + x for x in known)}."


def unknown_rankdir(rankdir) -> str:
    return f"rankdir is 'LR' (left to right) or 'TB' (top to bottom), got {rankdir!r}."


def not_a_node(got) -> str:
    return f"only what is computed can be drawn, one Value with its graph; got {kind(got)}."


def given_twice(name: str) -> str:
    return f"{name} is given two numbers: write it once."


def nan_target() -> str:
    return "a target is nan, which no output can meet: drop the examples whose label is missing."


def no_room_for_dots(dot: float, radius: float) -> str:
    return f"a dot of radius {dot} does not fit: write one between 0 and {radius / 2}."


def malformed_row(name: str) -> str:
    return (
        f"the row {name!r} needs a tuple of partials, one for each input; "
        "a tuple of one has a comma: (lambda x, out: 2.0 * x,)."
    )


def no_layers(nouts) -> str:
    return f"nouts is the list of the layers' sizes, as [16, 16, 1], got {kind(nouts)}."


def unused(names) -> str:
    return f"{', '.join(names)} is given a number but does not occur in the expression."


def empty(what: str) -> str:
    return f"{what} of nothing is not defined: give it at least one number."


def no_truth_value() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number is neither true nor false: `if`, `while`, `and` and `assert` would run "
        "once, before the numbers are known. Write where(c, x, y), relu(x) or maximum(x, y) in "
        "place of the branch (x < y is a mask, 1.0 or 0.0), or call the function without @jit."
    )


def no_index() -> str:
    return (
        f"at {user_line()}\n"
        "a list cannot be indexed by a traced number, which is not known yet. Write take(table, i) "
        "in place of table[i]; a number that never changes can be closed over instead of passed."
    )


def no_number_yet() -> str:
    return (
        f"at {user_line()}\n"
        "inside a compiled function a number is not known yet: float(), int(), round(), print() "
        "and .data would have nothing to show. Return it, and look at it outside: for an accuracy, "
        "return the scores."
    )


def no_side_effect() -> str:
    return (
        f"at {user_line()}\n"
        "a compiled function is run once to be traced, so it may not change anything: setting "
        ".data or .grad, zero_grad() and backward() would happen that one time. Return the loss "
        "and do it outside, or use compile_step, which updates the parameters too."
    )


def leaked() -> str:
    return (
        f"at {user_line()}\n"
        "a traced number was kept from another call and used after it. Return it from the compiled "
        "function instead of storing it."
    )


def long_trace(instructions: int, memory: int) -> str:
    return (
        f"tracing: {instructions:,} instructions so far, for which compiling may take "
        f"{memory / 1e9:.1f} GB. Ctrl-C stops. Write the loss of one example and let compile_step "
        "or vmap run the others: the program is then as long as for one."
    )


def no_spelling(name: str) -> str:
    return (
        f"{name} cannot be compiled: what the row computes is not written in ops. "
        "Write its forward with operators and micrograd's functions, without branches, as in "
        'Op("swish", "swish({})", lambda x: x * sigmoid(x), ...).'
    )


def compiled_twice(name: str) -> str:
    return (
        f"{name} is compiled, so the graph of its gradient is not there to differentiate again. "
        "Write grad(grad(f)) or hessian(f) of the compiled function instead."
    )


def machine_code_stays(name: str) -> str:
    return (
        f"the result of {name}(...) remembers machine code, which cannot be written to a file. "
        "Save its number, y.data, or call the function without jit."
    )


def unequal_examples(counts) -> str:
    if not counts:
        return "vmap needs an argument with an axis of examples: a list or an array."
    return f"the arguments have {' and '.join(map(str, counts))} examples: they need equally many."


def not_run_yet() -> str:
    return "nothing is compiled before the first call: the shapes of X and y are not known yet."


def nothing_moves() -> str:
    return (
        "what compile_step is to minimize does not depend on any parameter of the optimizer: give "
        "the optimizer the parameters of this very model."
    )


def penalty_of_strangers() -> str:
    return (
        "the penalty uses Values that the optimizer does not move: give it the model's parameters, "
        "as in lambda model: 1e-4 * sum(p * p for p in model.parameters())."
    )


def not_an_array(x) -> str:
    return (
        f"examples are rows of equally many numbers, got {kind(x)} that NumPy cannot make an array "
        "of: look for a row that is shorter or longer, or is not of numbers."
    )


def no_such_lesson(number: int, last: int) -> str:
    return f"there is no lesson {number}: they are numbered from 1 to {last}."


def is_there_already(path) -> str:
    return f"{path} is there already, and may be your work. Write --force to replace it."


def no_such_file_yet(path) -> str:
    return f"there is no {path}: write `micrograd exercises start`, and name its folder with --dir."


def wrong_shape(layer: str, sizes, found: str) -> str:
    lengths = " of ".join(f"lists of {n}" if n else "lists" for n in sizes)
    wanted = lengths.replace("lists", "a list", 1)
    return f"{layer} takes {wanted} and got {found}."


def uneven_heads(size: int, heads: int) -> str:
    return f"{size} numbers cannot be shared out evenly among {heads} heads."


def too_long_a_text(tokens: int, context: int) -> str:
    return f"{tokens} tokens are more than the {context} that this model was made for."


def no_such_task(name: str, known: list[str]) -> str:
    return f"there is no task {name!r}: they are {', '.join(known)}."


def which_lesson() -> str:
    return "which lesson is to be written? Name its number, or --all."


def chance_without_data() -> str:
    return (
        "a step without data draws no random numbers: they belong to an example. Pass X, as in "
        "step(X, y), or write model.eval() to switch Dropout off."
    )


def chance_in_jit() -> str:
    return (
        "a compiled function would draw its random numbers once, when it is traced, and use them "
        "for ever. Write model.eval() to switch Dropout off, or train with compile_step or fit, "
        "which draw anew for every example."
    )


def no_probability(p) -> str:
    return f"a share of what is dropped lies between 0 and 1 (not 1 itself), got {p!r}."


# ----------------------------------------------------------------------------------------- training


def steps_or_epochs() -> str:
    return "say how long to train: fit(..., steps=1000) or fit(..., epochs=10), one of the two."


def eager_is_float64(dtype) -> str:
    return (
        f"the eager engine computes in float64, as Python does, and not in {dtype!r}: leave dtype "
        'out, or write engine="jit".'
    )


def without_validation(name: str) -> str:
    return (
        f"`{name}` is about examples that are not trained on: pass validation=(X, y), or "
        "validation=0.2 for a fifth of the data."
    )


def not_an_optimizer(x) -> str:
    return (
        f"`optimizer` is an optimizer or makes one of the parameters, got {kind(x)}: write "
        "optimizer=optim.Adam, or optimizer=lambda parameters: optim.SGD(parameters, lr=0.1)."
    )


def loss_of_others(arguments: list) -> str:
    return (
        f"the loss is called as loss({', '.join(arguments)}), of one example: write one, such as "
        "lambda model, x, y: losses.hinge(model(x), y)."
    )


def not_a_model(x) -> str:
    return f"fit trains a Module, as MLP(2, [16, 1]), or what a function makes, got {kind(x)}."


def no_norm(clip) -> str:
    return f"`clip` is the greatest norm of all grads together, larger than 0, got {clip!r}."


def repeats_need_makers() -> str:
    return (
        "each repeat trains a model of its own: pass functions that make them, as in "
        "fit(lambda: MLP(2, [16, 1]), ..., optimizer=lambda p: optim.Adam(p), repeats=5)."
    )


def repeats_and_checkpoint() -> str:
    return "`checkpoint` and `start` are of one run: with `repeats` there are several."


def moment_of_another(have: int, found: int) -> str:
    return (
        f"that moment is of {found} parameters or another kind of optimizer, and this model has "
        f"{have} parameters. Make the same model and optimizer as for the run it was kept from."
    )


def not_kept(step: int, steps: list) -> str:
    known = f"there are {steps[0]} to {steps[-1]}, {len(steps)} in all" if steps else "none is"
    return f"no moment was kept after step {step}: {known} (`history.ring.steps`)."


def nothing_kept() -> str:
    return "no moments were kept: ask for them with fit(..., keep_every=10)."


def no_steps_yet() -> str:
    return "no step was taken, so there is no best one."


def starts_unsound() -> str:
    return "a parameter of the model is nan or inf before the first step: make the model anew."


def resumed(path, step: int, total: int) -> str:
    if step >= total:
        return f"{path}: all {total:,} steps were taken already. Delete it to begin anew."
    return f"going on from {path}, after step {step:,} of {total:,}"


def previous_checkpoint(problem: str, path) -> str:
    return f"{problem} Going on from the one before, {path}."


def no_sound_checkpoint(problems: list) -> str:
    return f"{' '.join(problems)} Delete it, or pass resume=False, to begin anew."


def not_a_checkpoint(path) -> str:
    return (
        f"{path} is no checkpoint of fit (perhaps a model that was saved?), and would be written "
        "over. Choose another name, or delete it."
    )


def checkpoint_of_another_run(path, changes: list) -> str:
    return (
        f"{path} is of a run with other settings: {'; '.join(changes)}. Give the same, choose "
        "another name, or pass resume=False to begin anew in its place."
    )


def diverged(step: int, anomaly: str) -> str:
    found = f"taken again in plain Python: {anomaly}" if anomaly else ""
    return f"after {step} steps the next ended in nan or inf. {found}".strip()


def rate_too_large(least: float, last: float, rate: float) -> str:
    return (
        f"The loss had grown from {least:.3g} to {last:.3g}: the learning rate, {rate:.3g}, is too "
        f"large. Try {rate / 10:.3g}, or clip=1.0."
    )


def not_grown(rate: float) -> str:
    return (
        "The loss had not grown before, so look at that op first (log of 0, division by 0, exp of "
        f"a large number), then at the learning rate, {rate:.3g}."
    )


def weights_are_good() -> str:
    return "The model has the parameters from before that step."


# ---------------------------------------------------------------------------------- files of models


def not_safetensors(path) -> str:
    return f"{path} is not a safetensors file, or only the beginning of one."


def damaged(path) -> str:
    return f"{path} is damaged: what it holds is not what was written."


def later_format(path) -> str:
    return f"{path} was written by a later version of micrograd: pip install -U micrograd reads it."


def no_model_in_file(path) -> str:
    return (
        f"{path} has numbers, but does not say of what model. Make the model and pass it, and "
        "entries of the same names are read: load(path, model=MLP(2, [16, 1]))."
    )


def class_of_ones_own(path, kind: str) -> str:
    return (
        f"{path} is of a {kind}, a class that is not in micrograd.nn, and a file cannot bring code "
        f"along. Make one and pass it: load(path, model={kind}(...))."
    )


def not_in_a_file(path, name: str, kind: str) -> str:
    return (
        f"{path}: {name} was a {kind}, which a file cannot hold. Make the model and pass it: "
        "load(path, model=...); ops by name, as activation='tanh', are kept."
    )


# ------------------------------------------------------------------------------------------- models


def no_documents(path) -> str:
    return f"{path} has no text: a GPT learns from a file with one document a line."


def text_not_utf8(path) -> str:
    return f"{path} is no text in UTF-8: save it as plain text in UTF-8, one document a line."


# ------------------------------------------------------------------------------------------- tables


def not_utf8(path, line: int) -> str:
    return (
        f"{path}, line {line}: this is not UTF-8. Save the table as CSV in UTF-8 (spreadsheets "
        "offer it when saving)."
    )


def empty_file(path) -> str:
    return f"{path} is empty: a table is a line of names and a line for each row."


def only_a_header(path) -> str:
    return f"{path} has a line of names, but no rows below it."


def malformed_csv(path, line: int, error) -> str:
    return (
        f"{path}: the row that begins on line {line} cannot be read ({error}). Look for a "
        'quotation mark that is not closed, or not doubled ("") within quotes.'
    )


def unequal_rows(path, wrong: dict[int, int], width: int) -> str:
    """`wrong` is {line: how many cells there are}."""
    line, cells = next(iter(wrong.items()))
    more = f", and so {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
    return (
        f"{path}, line {line}: {cells} cell{'s' * (cells != 1)}, where the first line has {width}"
        f"{more}. A cell with a delimiter in it stands in quotation marks."
    )


def no_such_column(path, name: str, names: list[str]) -> str:
    near = nearest(name, names)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    return f"{path} has no column {name!r}. {meant}Its columns are {some(names)}."


def which_target(path, names: list[str]) -> str:
    return f"say which column to predict, as --target {names[-1]!r}: {path} has {some(names)}."


def columns_not_there(path, missing: list[str], names: list[str]) -> str:
    listed = []
    for name in missing[:8]:
        near = nearest(name, names)
        listed.append(f"{name!r} (is it {near[0]!r}?)" if near else repr(name))
    more = f" and {len(missing) - 8:,} more" if len(missing) > 8 else ""
    return (
        f"{path} lacks columns that the model was trained on: {', '.join(listed)}{more}. Name "
        "them as in the table of the training."
    )


def no_features(target: str, why: list[str]) -> str:
    """`why` says why each other column was left out."""
    more = [f"And {len(why) - 3:,} more."] if len(why) > 3 else []
    return " ".join([f"there is no column to predict {target!r} from.", *why[:3], *more])


def too_few_rows(rows: int, target: str, least: int) -> str:
    return (
        f"{rows} row{'s' * (rows != 1)} with a value for {target!r}: to train, to validate and to "
        f"test takes at least {least}."
    )


def one_value(target: str, value) -> str:
    return f"the target {target!r} is {value!r} in every row: there is nothing to predict."


def too_many_classes(target: str, classes: int, most: int) -> str:
    return (
        f"the target {target!r} has {classes:,} classes, more than the {most:,} that so many rows "
        "can teach. If they are amounts, write --task regress; or choose another target."
    )


def not_amounts(target: str, text: str) -> str:
    return (
        f"the target {target!r} has texts, as {text!r}, which are no amounts: write --task "
        "classify, or choose another target."
    )


def not_sizes(text: str) -> str:
    return f"{text!r} are no sizes of layers: write whole numbers from 1, as --layers 32,16."


def another_table(path) -> str:
    return (
        f"{path} is of a model with other layers or columns: give the same table and --layers as "
        "then, another folder, or leave --resume out."
    )


def not_of_a_table(path) -> str:
    return f"{path} was not trained on a table: give one of `micrograd train FILE.csv`."


def not_a_module(x) -> str:
    return f"summary(model) is of a Module, as MLP(2, [16, 1]), got {kind(x)}."


def unknown_model(name: str, known: list) -> str:
    near = nearest(name, known)
    meant = f", perhaps {near[0]}?" if near else "."
    return f"there is no model called {name!r}{meant} There are {', '.join(known)}, and FILE.csv."


def option_for(option: str, kind: str) -> str:
    return f"--{option} is for {kind}: see micrograd train --help."


def epochs_for_a_table() -> str:
    return "a table is trained for --epochs, times through its rows, and not for --steps."


def documents_cut(count: int, context: int) -> str:
    return f"Of each document the first {context} characters are learnt: {count:,} have more."


def not_a_gpt(path) -> str:
    return f"{path} is not a GPT of `micrograd train gpt`: micrograd info {path} says what it is."


# ------------------------------------------------------------------------ what files cannot be of


def saves_a_module(x) -> str:
    return f"save(model, path) is of a Module, got {kind(x)}: save(model, 'model.safetensors')."


def about_not_json(error) -> str:
    return (
        f"what is said about a model is kept as JSON, and cannot be: {error}. Give numbers as "
        "int(x) or float(x), arrays as x.tolist(), and anything else as str(x)."
    )


def unknown_numbers(path, kind: str) -> str:
    return (
        f"{path} has numbers of kind {kind}, which NumPy cannot read as float64. In PyTorch: "
        "save_file({name: x.double() for name, x in load_file(path).items()}, other)."
    )

"""Messages of tables: what happened, why, and what to do."""

from micrograd.support.wording import abbreviate, nearest, quote


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
    return f"{path} has no column {name!r}. {meant}Its columns are {abbreviate(quote(names))}."


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


def another_table(path) -> str:
    return (
        f"{path} is of a model with other layers or columns: give the same table and --layers as "
        "then, another folder, or leave --resume out."
    )


def not_of_a_table(path) -> str:
    return f"{path} was not trained on a table: give one of `micrograd train FILE.csv`."

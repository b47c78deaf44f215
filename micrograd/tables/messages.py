"""Messages of tables: what happened, why, and what to do."""

from micrograd.support.wording import abbreviate, nearest, plural, quote


def not_utf8(path: object, line: int) -> str:
    return (
        f"{path}, line {line}: the text is not UTF-8. Save the table as CSV in UTF-8, which "
        "spreadsheets offer when they save."
    )


def empty_file(path: object) -> str:
    return f"{path} is empty. Write a line with the names of the columns and a line for each row."


def only_a_header(path: object) -> str:
    return f"{path} has a line of names but no rows. Write a line for each row below it."


def malformed_csv(path: object, line: int, error: object) -> str:
    return (
        f"{path}: the row that begins on line {line} cannot be read ({error}). Look for a "
        'quotation mark that is not closed, or that is not doubled ("") inside quotes.'
    )


def unequal_rows(path: object, wrong: dict[int, int], width: int) -> str:
    """`wrong` is {line: the number of its cells}."""
    line, cells = next(iter(wrong.items()))
    others = f" ({len(wrong) - 1:,} more lines are like it)" if len(wrong) > 1 else ""
    return (
        f"{path}, line {line} has {plural(cells, 'cell')} but the first line has "
        f"{width}{others}. Put quotation marks around a cell that contains a delimiter."
    )


def no_such_column(path: object, name: str, names: list[str]) -> str:
    near = nearest(name, names)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    return f"{path} has no column {name!r}. {meant}Its columns are {abbreviate(quote(names))}."


def columns_not_there(path: object, missing: list[str], names: list[str]) -> str:
    listed = []
    for name in missing[:8]:
        near = nearest(name, names)
        listed.append(f"{name!r} (is it {near[0]!r}?)" if near else repr(name))
    more = f" and {len(missing) - 8:,} more" if len(missing) > 8 else ""
    return (
        f"{path} lacks columns that the model was trained on: {', '.join(listed)}{more}. Add "
        "them, or rename the columns to these names."
    )


def no_features(target: str, reasons: list[str]) -> str:
    """`reasons` are the notes on the columns that were left out."""
    more = [f"And {len(reasons) - 3:,} more."] if len(reasons) > 3 else []
    return " ".join([f"No column is left to predict {target!r} from.", *reasons[:3], *more])


def too_few_rows(rows: int, target: str, least: int) -> str:
    return (
        f"Only {rows} rows have a value for {target!r}. Training, validation and test need at "
        f"least {least}."
    )


def one_value(target: str, value: object) -> str:
    return f"The target {target!r} is {value!r} in every row. Choose a target that varies."


def too_many_classes(target: str, classes: int, most: int) -> str:
    return (
        f"The target {target!r} has {classes:,} classes, and so many rows can teach at most "
        f"{most:,}. Use --task regress if they are amounts, or choose another target."
    )


def not_amounts(target: str, text: str) -> str:
    return (
        f"The target {target!r} contains text ({text!r}), so it cannot be predicted as an amount. "
        "Use --task classify, or choose another target."
    )


def another_table(path: object) -> str:
    return (
        f"{path} belongs to a model with other layers or columns. Pass the table and the --layers "
        "of that run, choose another folder, or leave out --resume."
    )


def not_of_a_table(path: object) -> str:
    return f"The model in {path} was not trained on a table. Train one: micrograd train FILE.csv."

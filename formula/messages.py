"""The sentence for each error code, in English. `code.near` is used when there is a suggestion."""

from __future__ import annotations

from formula.types import gettext_noop

MESSAGES: dict[str, str] = {
    # the text
    "empty": gettext_noop("The formula is empty."),
    "too_long": gettext_noop("The formula has {length} characters; at most {limit} are allowed."),
    "too_deep": gettext_noop(
        "The formula is nested deeper than {limit} levels. Split it into components or use let."
    ),
    "too_big": gettext_noop("The formula has more than {limit} parts. Make it simpler."),
    "unknown_character": gettext_noop("The character {character} has no meaning here."),
    "forbidden_character": gettext_noop(
        "There is an invisible character ({character}) here. Delete it and type the text again."
    ),
    "unclosed_text": gettext_noop("This text is not closed: a quotation mark is missing at its end."),
    "bad_number": gettext_noop(
        "{text} is not a number. Write 1_500_000 or 2.5; after a number only %, k, m or bn may follow."
    ),
    "number_too_long": gettext_noop(
        "A number may have at most 18 digits before and 18 after the decimal point."
    ),
    "bad_date": gettext_noop(
        "{text} is not a date. Write year-month-day of the Gregorian calendar: 2026-03-21."
    ),
    # the grammar
    "value_expected": gettext_noop("A value is missing here: a number, a name or a function."),
    "value_expected_at": gettext_noop("A value is needed here, but {text} was found."),
    "operator_expected": gettext_noop(
        "An operator such as + or * is missing before {text}, or a new line before the next component."
    ),
    "bracket_open": gettext_noop("This bracket {text} is never closed."),
    "bracket_unopened": gettext_noop("This bracket {text} was never opened."),
    "separator_expected": gettext_noop("A comma or {closing} is needed here, but {text} was found."),
    "arrow_expected": gettext_noop(
        "Each row of a table is written: threshold -> value. The arrow is missing here."
    ),
    "chained_comparison": gettext_noop("Compare two values at a time and join the comparisons with and."),
    "let_name": gettext_noop("After let comes a name and then = and its value."),
    "let_taken": gettext_noop("The name {name} is already in use. Choose another one."),
    "label_taken": gettext_noop("There are two components called {name}. Give each its own name."),
    "no_component": gettext_noop("The formula defines names but no result. Add a line with the amount."),
    # names
    "unknown_name": gettext_noop("There is no KPI called {name}."),
    "unknown_name.near": gettext_noop("There is no KPI called {name}. Did you mean {suggestion}?"),
    "unknown_field": gettext_noop("A transaction has nothing called {name}."),
    "unknown_field.near": gettext_noop("A transaction has nothing called {name}. Did you mean {suggestion}?"),
    "unknown_function": gettext_noop("There is no function called {name}."),
    "unknown_function.near": gettext_noop("There is no function called {name}. Did you mean {suggestion}?"),
    "function_needs_brackets": gettext_noop("{name} is a function. Write {signature}."),
    "not_a_function": gettext_noop("{name} is not a function; it cannot be followed by a bracket."),
    "kpi_needed": gettext_noop("{function} needs the name of a KPI in its brackets."),
    "period_only": gettext_noop(
        "{function} works on a KPI over a period; this formula looks at one transaction at a time."
    ),
    "argument_count": gettext_noop("{function} is written {signature}."),
    # types
    "money_times_money": gettext_noop(
        "Money cannot be multiplied by money. Multiply by a percentage or a number."
    ),
    "money_plus_number": gettext_noop(
        "Money and a plain number cannot be added. Write {currency} before the amount."
    ),
    "currency_mismatch": gettext_noop("{left} and {right} cannot be combined."),
    "unknown_currency": gettext_noop("Amounts of this formula are in {currency}; {name} cannot be used."),
    "percent_needed": gettext_noop(
        "A percentage is needed here. Write {small} or {large}, whichever you mean."
    ),
    "bad_operands": gettext_noop("{left} and {right} cannot be combined with {operator}."),
    "not_comparable": gettext_noop("{left} and {right} cannot be compared."),
    "no_order": gettext_noop("{type} can only be compared with = or !=."),
    "condition_needed": gettext_noop("A condition is needed here, but this is {type}."),
    "number_needed": gettext_noop("A number or an amount is needed here, but this is {type}."),
    "text_needed": gettext_noop("A text such as tier is needed here, but this is {type}."),
    "types_differ": gettext_noop("All alternatives must be of one kind, but here are {left} and {right}."),
    "result_type": gettext_noop("The result must be {expected}, but this is {type}."),
    "components_numeric": gettext_noop("Components are added up, so each must be an amount; this is {type}."),
    "unknown_choice": gettext_noop("There is no {name} called {value}."),
    "unknown_choice.near": gettext_noop("There is no {name} called {value}. Did you mean {suggestion}?"),
    # tables
    "table_needed": gettext_noop("{function} needs a table in square brackets: {signature}."),
    "table_misplaced": gettext_noop("A table in square brackets can only stand in band, marginal or by."),
    "table_empty": gettext_noop("This table has no rows."),
    "threshold_constant": gettext_noop("A threshold must be a plain number, percentage or amount."),
    "threshold_type": gettext_noop(
        "This threshold is {type}, but the value it is compared with is {expected}."
    ),
    "first_threshold": gettext_noop(
        "The first band must start at 0 or at -inf, so that no value is left out."
    ),
    "threshold_order": gettext_noop("Thresholds must rise from row to row."),
    "threshold_negative": gettext_noop("In marginal, every threshold after the first must be above 0."),
    "else_in_bands": gettext_noop("Bands have no else: the last band is open upwards."),
    "else_missing": gettext_noop("A last row else -> ... is missing for every other case."),
    "else_last": gettext_noop("else must be the last row."),
    "row_text": gettext_noop("A row of by starts with a text in quotation marks or with else."),
    "row_repeated": gettext_noop("There are two rows for {value}."),
    "limits_order": gettext_noop("The lower limit of clamp is above the upper one."),
    "unit_positive": gettext_noop("The unit to round to must be above 0."),
    "rounding_rule": gettext_noop('The rounding rule must be "half_even", "half_up" or "down".'),
    # while running
    "division_by_zero": gettext_noop("Division by zero."),
    "overflow": gettext_noop("The amount became too large to calculate."),
    "bad_input": gettext_noop("The value given for {name} cannot be used: {type} is needed."),
    "missing_input": gettext_noop("No value was given for {name}."),
    "no_row": gettext_noop("The table has no row for {value}."),
}

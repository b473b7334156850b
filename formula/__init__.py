"""The payout formula language: exact, typed, explained. Pure Python, no Django."""

from formula.errors import FormulaError, FormulaErrors, FormulaRuntimeError, line_and_column, message
from formula.explainer import SENTENCES, explain
from formula.functions import REFERENCE
from formula.messages import MESSAGES
from formula.program import LANGUAGE_VERSION, Program, compile_source
from formula.rounding import minor_units, round_money
from formula.schema import NameInfo, Schema, context_names, transaction_schema
from formula.thresholds import NextThreshold
from formula.trace import Part, Slice, Step, Trace, Used
from formula.types import BOOLEAN, COUNT, DATE, NUMBER, PERCENT, TEXT, Type, money, parse_type
from formula.values import Inputs, inputs_from_json, inputs_to_json
from formula.writer import MODES, table_source

__all__ = [
    "BOOLEAN",
    "COUNT",
    "DATE",
    "LANGUAGE_VERSION",
    "MESSAGES",
    "MODES",
    "NUMBER",
    "PERCENT",
    "REFERENCE",
    "SENTENCES",
    "TEXT",
    "FormulaError",
    "FormulaErrors",
    "FormulaRuntimeError",
    "Inputs",
    "NameInfo",
    "NextThreshold",
    "Part",
    "Program",
    "Schema",
    "Slice",
    "Step",
    "Trace",
    "Type",
    "Used",
    "compile_source",
    "context_names",
    "explain",
    "inputs_from_json",
    "inputs_to_json",
    "line_and_column",
    "message",
    "minor_units",
    "money",
    "parse_type",
    "round_money",
    "table_source",
    "transaction_schema",
]

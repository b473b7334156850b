"""Bank responses: each file is kept as it came, each line does what it says once, and what does not fit is listed.

What a line may do depends on the payment it names, in the batch the file answers: a payment of another batch, an unknown
reference, another amount or a second, contrary decision changes nothing and is reported.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from common.money import from_minor
from incentives.models import BankResponse, Payment, PaymentBatch
from incentives.payments import csvfile, outcome, pain002
from incentives.payments.answers import MOST_BYTES, Answer, Response
from incentives.payments.batches import lock_money, locked_batch
from incentives.payments.enums import ISSUES, Effect
from incentives.payments.reasons import ACCEPTED, PAID, PARTIAL, REFUSED
from incentives.payments.rules import BATCH, accepted_is_paid
from incentives.payments.telling import ANSWERED
from incentives.states import BatchState, PaymentState
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import notify, staff
from workflow.states import move

#: Lines of a response that are listed one by one in its result; of more only the number is kept (the file has them all).
MOST_LISTED = 1000


@dataclass(slots=True)
class _Tally:
    """What happened, line by line."""

    lines: list[dict[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    paid: list[Payment] = field(default_factory=list)

    def add(self, effect: Effect, answer: Answer, partner: str = "") -> None:
        self.counts[effect.value] += 1
        if len(self.lines) < MOST_LISTED or effect in ISSUES:
            self.lines.append(
                {
                    "id": answer.end_to_end_id,
                    "effect": effect.value,
                    "status": answer.status,
                    "reason": answer.reason,
                    "text": answer.text,
                    "partner": partner,
                }
            )

    @property
    def issues(self) -> int:
        return sum(self.counts[effect.value] for effect in ISSUES)


@dataclass(frozen=True, slots=True)
class Imported:
    """A response that was taken in; ``again`` where it had been before and changed nothing now."""

    response: BankResponse
    again: bool = False


def import_response(actor: Actor, *, content: bytes, name: str = "", batch_id: int | None = None) -> Imported:
    """Take in a pain.002 or CSV response. ``batch_id``: the batch that a CSV without message ids answers.

    Raises ``InputError`` for a file that cannot be read, ``Conflict`` for one that answers another batch than ``batch_id`` or a
    batch that has not gone to the bank. The same file again changes nothing.
    """
    actor.require(Permission.MANAGE_PAYMENTS)
    if len(content) > MOST_BYTES:
        raise InputError("too_large", _("The file is too large."), "file")
    lock_money()
    digest = sha256(content).hexdigest()
    known = BankResponse.objects.filter(digest=digest).first()
    if known is not None:
        return Imported(known, again=True)
    wanted = locked_batch(batch_id) if batch_id is not None else None
    response = _read(content, wanted.message_id if wanted else "")
    batch = wanted or PaymentBatch.objects.select_for_update().filter(message_id=response.message_id).first()
    _check_batch(batch, response)
    tally = _apply(actor, batch, response)
    stored: BankResponse = BankResponse.objects.create(
        batch=batch,
        name=name[:200],
        content=content,
        digest=digest,
        message_id=response.message_id[:35],
        result=_result(response, tally),
        imported_by_id=actor.membership_id,
    )
    audit.record(actor, "response.import", stored, ref=response.message_id, changes=dict(tally.counts))
    if batch is not None:
        _finish(actor, batch, tally)
    return Imported(stored)


def _read(content: bytes, message_id: str) -> Response:
    """XML by its first sign, else CSV."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    is_xml = start == b"<" or content[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<")
    return pain002.parse(content) if is_xml else csvfile.parse(content, message_id)


def _check_batch(batch: PaymentBatch | None, response: Response) -> None:
    if batch is None:
        return
    if batch.message_id != response.message_id:
        raise Conflict("another_batch", _("This file answers another batch."), "file")
    if batch.state not in (BatchState.EXPORTED, BatchState.ANSWERED, BatchState.CLOSED):
        raise Conflict("not_exported", _("This batch has not gone to the bank yet."), "file")


def _apply(actor: Actor, batch: PaymentBatch | None, response: Response) -> _Tally:
    tally = _Tally()
    found = batch.payments.select_related("statement", "partner", "bank_account") if batch else None
    rows = (
        {row.end_to_end_id: row for row in found.order_by("id").select_for_update(of=("self",))}
        if found is not None
        else {}
    )
    named = set()
    for answer in response.answers:
        if answer.end_to_end_id:
            named.add(answer.end_to_end_id)
            _apply_one(actor, rows.get(answer.end_to_end_id), answer, tally)
    rest = [row for key, row in rows.items() if key not in named]
    _apply_rest(actor, batch, response, rest, tally)
    if tally.paid:
        outcome.pay_all(actor, tally.paid)
    return tally


def _apply_rest(
    actor: Actor, batch: PaymentBatch | None, response: Response, rest: list[Payment], tally: _Tally
) -> None:
    """What the file says of payments that it does not name: a whole block's status, else the whole file's.

    "Partly accepted" says nothing of them; a file whose number or sum is not the batch's is only reported.
    """
    blocks = [answer for answer in response.answers if not answer.end_to_end_id]
    whole = blocks[0] if blocks else Answer("", response.status, response.reason, response.text)
    if not whole.status or whole.status in PARTIAL:
        return
    if batch is None:
        tally.add(Effect.UNKNOWN, whole)
    elif _sums_differ(batch, response):
        tally.add(Effect.WRONG_AMOUNT, whole)
    else:
        for row in rest:
            _apply_one(actor, row, _about(row, whole), tally)


def _sums_differ(batch: PaymentBatch, response: Response) -> bool:
    if response.count not in (None, batch.count):
        return True
    return response.total is not None and response.total != from_minor(batch.total, batch.currency)


def _about(row: Payment, answer: Answer) -> Answer:
    return Answer(row.end_to_end_id, answer.status, answer.reason, answer.text)


def _apply_one(actor: Actor, row: Payment | None, answer: Answer, tally: _Tally) -> None:
    effect = _effect(row, answer)
    if row is not None and effect is Effect.PAID:
        outcome.mark_paid(row, answer)
        tally.paid.append(row)
    elif row is not None and effect is Effect.REFUSED:
        outcome.refuse(actor, row, answer)
    elif row is not None and effect is Effect.ACCEPTED:
        outcome.accept(row, answer)
    tally.add(effect, answer, row.partner.name if row else "")


def _effect(row: Payment | None, answer: Answer) -> Effect:
    """What an answer does to the payment that it names."""
    if row is None:
        return Effect.UNKNOWN
    meaning = _meaning(answer.status)
    if meaning is None:
        return Effect.NOT_UNDERSTOOD
    if _differs(row, answer):
        return Effect.WRONG_AMOUNT
    if row.state in (PaymentState.PAID, PaymentState.REFUSED):
        same = row.state == meaning.value or meaning is Effect.ACCEPTED
        return Effect.SAME if same else Effect.CONTRADICTS
    if meaning is Effect.ACCEPTED and row.bank_status == answer.status:
        return Effect.SAME
    return meaning


def _meaning(status: str) -> Effect | None:
    if status in PAID or (status in ACCEPTED and accepted_is_paid()):
        return Effect.PAID
    if status in REFUSED:
        return Effect.REFUSED
    return Effect.ACCEPTED if status in ACCEPTED else None


def _differs(row: Payment, answer: Answer) -> bool:
    if answer.currency and answer.currency != row.currency:
        return True
    return answer.amount is not None and answer.amount != from_minor(row.amount, row.currency)


def _result(response: Response, tally: _Tally) -> Mapping[str, Any]:
    return {
        "status": response.status,
        "reason": response.reason,
        "text": response.text,
        "counts": dict(tally.counts),
        "issues": tally.issues,
        "lines": tally.lines,
    }


def _finish(actor: Actor, batch: PaymentBatch, tally: _Tally) -> None:
    """The batch is answered, closed with its last payment; runs in which all is paid close."""
    if batch.state == BatchState.EXPORTED and tally.counts:
        move(actor, batch, BatchState.ANSWERED, BATCH)
    if batch.state == BatchState.ANSWERED and not batch.payments.filter(state=PaymentState.EXPORTED).exists():
        move(actor, batch, BatchState.CLOSED, BATCH)
    outcome.close_paid_runs(actor, list(batch.payments.values_list("statement_id", flat=True)))
    notify(
        ANSWERED,
        batch,
        to=staff(Permission.MANAGE_PAYMENTS),
        path=f"/payments/batches/{batch.pk}/",
        key=str(sum(tally.counts.values())) + str(batch.responses.count()),
        number=batch.number,
        paid=tally.counts[Effect.PAID],
        refused=tally.counts[Effect.REFUSED],
        issues=tally.issues,
    )

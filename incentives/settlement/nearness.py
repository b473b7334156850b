"""Sales to customers who are near the seller: its phone or mail, its address, its bank account."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_noop

from common.periods import Period
from incentives.settlement.findings import Finding, found_by
from incentives.states import HoldReason
from tenancy.actors import Actor

#: Sales of the period to customers with a phone number or mail address of the partner's tree: its companies, sellers, people.
#: Phones are compared by their last digits, because one is written with the country's code and another without.
_CONTACT = """
with sold as materialized (
  select distinct c.partner_id, c.customer_id from performance_credit c
  where c.operator_id = %(op)s and c.partner_id = any(%(partners)s) and c.day between %(first)s and %(last)s
    and c.customer_id is not null),
met as materialized (
  select s.partner_id, coalesce(p.root_id, p.id) as root_id, lower(u.email) as email,
    right(regexp_replace(u.phone, '[^0-9]', '', 'g'), 9) as phone
  from sold s
  join catalog_customer u on u.operator_id = %(op)s and u.id = s.customer_id and (u.phone <> '' or u.email <> '')
  join partners_partner p on p.operator_id = %(op)s and p.id = s.partner_id),
own as materialized (
  select coalesce(q.root_id, q.id) as root_id, '' as email, right(regexp_replace(q.phone, '[^0-9]', '', 'g'), 9) as phone
  from partners_partner q where q.operator_id = %(op)s and q.phone <> ''
  union select coalesce(q.root_id, q.id), lower(r.email), '' from partners_rep r
  join partners_partner q on q.operator_id = %(op)s and q.id = r.partner_id where r.operator_id = %(op)s and r.email <> ''
  union select coalesce(q.root_id, q.id), lower(m.email), '' from tenancy_membership m
  join partners_partner q on q.operator_id = %(op)s and q.id = m.partner_id where m.operator_id = %(op)s and m.email <> '')
select distinct met.partner_id from met join own on own.root_id = met.root_id
where (length(met.phone) >= 7 and met.phone = own.phone) or (met.email <> '' and met.email = own.email)
"""
#: An address without spaces and signs, in one spelling of letters and digits; what is shorter than this names no house.
_ADDRESS = """regexp_replace(translate(lower({}), 'يىكة۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩', 'ییکه01234567890123456789'),
  '[[:space:][:punct:]،؛\u200c]+', '', 'g')"""
_SHORTEST = 12
_PLACE = f"""
with sold as materialized (
  select distinct c.partner_id, c.customer_id from performance_credit c
  where c.operator_id = %(op)s and c.partner_id = any(%(partners)s) and c.day between %(first)s and %(last)s
    and c.customer_id is not null),
met as materialized (
  select s.partner_id, coalesce(p.root_id, p.id) as root_id, {_ADDRESS.format("u.address")} as place
  from sold s
  join catalog_customer u on u.operator_id = %(op)s and u.id = s.customer_id and u.address <> ''
  join partners_partner p on p.operator_id = %(op)s and p.id = s.partner_id),
own as materialized (
  select coalesce(q.root_id, q.id) as root_id, {_ADDRESS.format("q.address")} as place
  from partners_partner q where q.operator_id = %(op)s and q.address <> '')
select distinct met.partner_id from met join own on own.root_id = met.root_id and own.place = met.place
where length(met.place) >= %(shortest)s
"""
_ACCOUNT = """
select distinct c.partner_id from performance_credit c
join catalog_customer u on u.operator_id = c.operator_id and u.id = c.customer_id and u.bank_account <> ''
join partners_partner p on p.operator_id = c.operator_id and p.id = c.partner_id
join partners_partner q on q.operator_id = c.operator_id and coalesce(q.root_id, q.id) = coalesce(p.root_id, p.id)
join incentives_bankaccount b on b.operator_id = q.operator_id and b.partner_id = q.id and b.iban = u.bank_account
where c.operator_id = %(op)s and c.partner_id = any(%(partners)s) and c.day between %(first)s and %(last)s
"""
_OTHER = gettext_noop("Show that the customer is another company.")


def shared_contacts(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    """Selling to a customer who answers at the partner's own phone or mail address, or at a seller's."""
    for (partner_id,) in found_by(actor, _CONTACT, partners, first=period.start, last=period.last_day):
        yield Finding(partner_id, HoldReason.SHARED_CONTACT, _OTHER)


def shared_addresses(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    """Selling to a customer in the same house as the partner or a company of its tree."""
    days = {"first": period.start, "last": period.last_day}
    for (partner_id,) in found_by(actor, _PLACE, partners, shortest=_SHORTEST, **days):
        yield Finding(partner_id, HoldReason.SHARED_ADDRESS, _OTHER)


def own_accounts(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    """Selling to a customer who pays from an account to which a company of the tree is, was or wants to be paid."""
    for (partner_id,) in found_by(actor, _ACCOUNT, partners, first=period.start, last=period.last_day):
        yield Finding(partner_id, HoldReason.CUSTOMER_ACCOUNT, _OTHER)

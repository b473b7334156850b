"""Questions to partners of the directory become leads: the rows, what was said about them, and their history."""

from django.db import migrations

from common.text import search_key

#: Their policies are for the audiences; a migration works as the owner. The walls are built anew after it.
READ_BY_OWNER = (
    "programs_contactrequest", "marketing_lead", "marketing_leadcontact", "marketing_leadoffer", "marketing_leadcounter",
    "workflow_transition", "workflow_message", "workflow_attachment", "workflow_notification",
)
STATES = {"new": "accepted", "answered": "contacted", "closed": "lost"}
SOUGHT = ("person", "company", "email", "city")


def move(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table in READ_BY_OWNER:
            cursor.execute(f"alter table {table} no force row level security")
        alias = schema_editor.connection.alias

        def rows(label):
            return apps.get_model(label)._base_manager.using(alias)

        for asked in rows("programs.ContactRequest").order_by("operator_id", "pk"):
            lead = _lead(rows, asked)
            _follow(cursor, asked.pk, lead)
        cursor.execute(
            "update workflow_notification set done_at = now() where kind = 'directory.contact' and done_at is null"
        )


def _lead(rows, asked):
    counter, _new = rows("marketing.LeadCounter").get_or_create(operator_id=asked.operator_id)
    counter.value += 1
    counter.save()
    state = "converted" if asked.deal else STATES[asked.state]
    over = state in ("converted", "lost")
    lead = rows("marketing.Lead").create(
        operator_id=asked.operator_id,
        ref=f"L-{counter.value:06d}",
        state=state,
        source="directory",
        external_id=f"contact-{asked.pk}",
        partner_id=asked.partner_id,
        received_at=asked.received_at,
        accepted_at=asked.received_at,
        contacted_at=asked.answered_at,
        active_at=asked.answered_at or asked.received_at,
        closed_at=(asked.answered_at or asked.received_at) if over else None,
        reason="other" if state == "lost" else "",
        deal=asked.deal,
    )
    known = {
        "person": asked.name,
        "company": asked.company,
        "email": asked.email,
        "phone": asked.phone,
        "city": asked.city,
        "text": asked.text,
        "language": asked.language,
    }
    words = " ".join(known[name] for name in SOUGHT)
    rows("marketing.LeadContact").create(
        operator_id=asked.operator_id,
        lead_id=lead.pk,
        partner_id=asked.partner_id,
        search_key=search_key(f"{lead.ref} {words}")[:500],
        **known,
    )
    rows("marketing.LeadOffer").create(
        operator_id=asked.operator_id,
        lead_id=lead.pk,
        ref=lead.ref,
        partner_id=asked.partner_id,
        by_hand=True,
        state="accepted",
        offered_at=asked.received_at,
        due_at=asked.received_at,
        answered_at=asked.received_at,
    )
    return lead


def _follow(cursor, old, lead):
    """What hangs on the request hangs on the lead, under the names of its states."""
    about = [lead.pk, old]
    for table in ("workflow_transition", "workflow_message", "workflow_attachment"):
        cursor.execute(
            f"update {table} set object_type = 'marketing.lead', object_id = %s"
            " where object_type = 'programs.contactrequest' and object_id = %s",
            about,
        )
    for column in ("source", "target"):
        for before, after in {"answered": "contacted", "closed": lead.state}.items():
            cursor.execute(
                f"update workflow_transition set {column} = %s"
                f" where object_type = 'marketing.lead' and object_id = %s and {column} = %s",
                [after, lead.pk, before],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("marketing", "0001_initial"),
        ("programs", "0044_plan_templates"),
        ("workflow", "0002_mails"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]

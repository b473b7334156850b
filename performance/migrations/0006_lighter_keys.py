import django.db.models.deletion
import tenancy.base
import tenancy.context
from django.db import migrations


class Migration(migrations.Migration):
    """Nobody asked a lane for the date of its newest line. A key to the operator was checked for each of the rows that a batch
    writes by the thousand, although their partners are the operator's own."""

    dependencies = [
        ('performance', '0005_room_for_updates'),
        ('tenancy', '0002_membership_index'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='laneclock',
            name='newest_occurred_at',
        ),
        migrations.AlterField(
            model_name='credit',
            name='operator',
            field=tenancy.base.OperatorKey(db_constraint=False, db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator'),
        ),
        migrations.AlterField(
            model_name='measurement',
            name='operator',
            field=tenancy.base.OperatorKey(db_constraint=False, db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator'),
        ),
        migrations.AlterField(
            model_name='member',
            name='operator',
            field=tenancy.base.OperatorKey(db_constraint=False, db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator'),
        ),
    ]

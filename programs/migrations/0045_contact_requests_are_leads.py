from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0044_plan_templates"),
        ("marketing", "0002_contact_requests"),
    ]

    operations = [migrations.DeleteModel(name="ContactRequest")]

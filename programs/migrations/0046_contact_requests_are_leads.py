from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0045_exception_names"),
        ("marketing", "0002_contact_requests"),
    ]

    operations = [migrations.DeleteModel(name="ContactRequest")]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incentives", "0050_benefits_of_tiers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="hold",
            name="reason",
            field=models.CharField(
                choices=[
                    ("self_referral", "The customer is the partner itself"),
                    ("shared_legal_id", "The customer shares the partner's legal id"),
                    (
                        "shared_contact",
                        "The customer shares a phone number or mail address with the partner or a seller",
                    ),
                    ("shared_address", "The customer has the partner's address"),
                    ("customer_account", "The customer pays from the partner's bank account"),
                    ("shared_account", "Two partners use one bank account"),
                    ("duplicate_customer", "The customer exists twice"),
                    ("unusual_volume", "Unusual volume"),
                    ("sale_then_return", "Sold at the end of the period, then returned"),
                    ("account_changed", "The bank account was changed shortly before payment"),
                    ("bank_data_missing", "Bank data are missing"),
                    ("identity_check", "Identity is being checked"),
                    ("other", "Other reason"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
    ]

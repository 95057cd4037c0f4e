"""Creates the database and a referral in it, and prints the referral's code."""

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)

from pinax.referrals.models import Referral

print(Referral.create(redirect_to="/").code)

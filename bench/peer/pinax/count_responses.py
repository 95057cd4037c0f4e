"""Prints the number of stored responses."""

import django

django.setup()

from pinax.referrals.models import ReferralResponse

print(ReferralResponse.objects.count())

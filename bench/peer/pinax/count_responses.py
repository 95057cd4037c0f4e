"""Prints how many responses are stored."""

import django

django.setup()

from pinax.referrals.models import ReferralResponse

print(ReferralResponse.objects.count())

"""Puts the links of pinax-referrals under the same path as ours."""

from django.urls import include, path

urlpatterns = [path("r/", include("pinax.referrals.urls"))]

"""The paths of pinax-referrals, where our own links are."""

from django.urls import include, path

urlpatterns = [path("r/", include("pinax.referrals.urls"))]

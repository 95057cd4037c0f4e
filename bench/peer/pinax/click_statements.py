"""Prints the number of SQL statements of a new visitor's click, by kind, as JSON."""

import json
import sys
from collections import Counter

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

path = sys.argv[1]
host = settings.ALLOWED_HOSTS[0]
# The first request of a process asks for more than a click does.
Client().get(path, headers={"host": host})
with CaptureQueriesContext(connection) as statements:
    response = Client().get(path, headers={"host": host})
assert response.status_code == 302, response
print(json.dumps(Counter(statement["sql"].split()[0] for statement in statements)))

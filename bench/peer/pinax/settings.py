"""Django with only what pinax-referrals needs, set up as for production."""

import os

SECRET_KEY = "only-for-a-benchmark-on-this-machine"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
SITE_ID = 1
USE_TZ = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "pinax.referrals",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pinax.referrals.middleware.SessionJumpingMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["DATABASE"],
        # Otherwise every request opens the file again.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Safe against a crash of the process, like the database on the other side.
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
            # Waits for its turn to write. A transaction that began with a read would fail instead.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }
}

# There is no proxy in front that would tell the visitor's address.
PINAX_REFERRALS_IP_ADDRESS_META_FIELD = "REMOTE_ADDR"

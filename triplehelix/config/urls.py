"""URL roots: accounts by allauth, the API, OAI-PMH, the exchange with other markets, how the site is, and the pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from triplehelix.doors.api.urls import api
from triplehelix.doors.exchange.urls import urlpatterns as exchange
from triplehelix.doors.oai.views import provider
from triplehelix.doors.web.devices import leave
from triplehelix.doors.web.sign_on import begin
from triplehelix.doors.web.views.health import health

urlpatterns = [
    path("accounts/logout/", leave, name="account_logout"),
    path("accounts/oidc/<str:provider_id>/login/", begin, name="openid_connect_login"),
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    path("oai/", provider, name="oai"),
    path("exchange/v1/", include((exchange, "exchange"))),
    path("health/", health, name="health"),
    # Everybody chooses a language, signed in or not.
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("triplehelix.doors.web.urls")),
]

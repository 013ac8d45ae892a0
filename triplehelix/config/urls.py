"""URL roots: accounts by allauth, the API, and the pages."""

from django.urls import include, path

from triplehelix.doors.api.urls import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("triplehelix.doors.web.urls")),
]

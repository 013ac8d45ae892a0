"""The three addresses of the protocol."""

from django.urls import path

from triplehelix.doors.exchange import views

urlpatterns = [
    path("keys", views.keys, name="keys"),
    path("feed", views.feed, name="feed"),
    path("inbox", views.inbox, name="inbox"),
]

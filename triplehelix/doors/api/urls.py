"""The API and its routers."""

from ninja import NinjaAPI

api = NinjaAPI(title="三螺旋 Triple Helix", version="1", urls_namespace="api")

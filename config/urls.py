"""All addresses."""

from __future__ import annotations

from django.urls import include, path
from oauth2_provider.views import TokenView

from identity.admin.site import console
from identity.api.health import live, ready
from identity.api.metrics import metrics

urlpatterns = [
    path("api/v1/", include("identity.api.urls")),
    path("oauth/token/", TokenView.as_view(), name="token"),
    path("health/live", live),
    path("health/ready", ready),
    path("metrics", metrics),
    path("admin/", console.urls),
    path("", include("identity.pages.urls")),
]

handler400 = "identity.pages.failures.bad_request"
handler403 = "identity.pages.failures.forbidden"
handler404 = "identity.pages.failures.not_found"
handler500 = "identity.pages.failures.server_error"

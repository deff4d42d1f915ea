"""All addresses of the product, and `bare/`."""

from django.urls import include, path

from benchmarks.server.bare import bare

urlpatterns = [path("bare/<int:reads>/<int:writes>/", bare), path("", include("config.urls"))]

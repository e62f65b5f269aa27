from django.urls import URLPattern, URLResolver, path

from careplans.handouts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("handouts/<uuid:pk>.pdf", views.handout_pdf, name="handout-pdf"),
    path("handouts/<uuid:pk>/retry", views.handout_retry, name="handout-retry"),
]

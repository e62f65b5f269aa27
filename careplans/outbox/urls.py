from django.urls import URLPattern, URLResolver, path

from careplans.outbox import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", views.message_list, name="message-list"),
    path("messages/<uuid:pk>/", views.message_detail, name="message-detail"),
    path("messages/<uuid:pk>/html", views.message_html, name="message-html"),
    path("messages/<uuid:pk>/retry", views.message_retry, name="message-retry"),
]

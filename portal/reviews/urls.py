from django.urls import include, path

from portal.reviews import steps, views

reviews = [
    path("reviews/", views.ReviewList.as_view(), name="list"),
    path("reviews/new/", steps.ReviewCreate.as_view(), name="new"),
    path("reviews/<int:pk>/", views.review, name="review"),
    path("reviews/<int:pk>/pack/", views.pack, name="pack"),
    path("reviews/<int:pk>/prepare/", steps.prepare, name="prepare"),
    path("reviews/<int:pk>/held/", steps.Held.as_view(), name="held"),
    path("reviews/<int:pk>/actions/new/", steps.ActionCreate.as_view(), name="action"),
    path("reviews/<int:pk>/actions/<int:action_id>/drop/", steps.drop, name="drop_action"),
    path("reviews/<int:pk>/agree/", steps.agree, name="agree"),
    path("reviews/<int:pk>/close/", steps.close, name="close"),
]
urlpatterns = [path("", include((reviews, "reviews")))]

from django.urls import include, path

from portal.performance import feed, transactions

performance = [
    path("transactions/", transactions.transactions, name="transactions"),
    path("feed/", feed.overview, name="feed"),
    path("feed/live/", feed.live, name="feed_live"),
    path("feed/unresolved/", feed.UnresolvedList.as_view(), name="unresolved"),
    path("feed/refused/", feed.RefusedList.as_view(), name="refused"),
]
urlpatterns = [path("", include((performance, "performance")))]

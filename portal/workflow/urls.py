from django.urls import include, path

from portal.workflow import bell, dead, holidays, inbox, settings, talk

workflow = [
    path("notifications/", inbox.NotificationList.as_view(), name="notifications"),
    path("notifications/count/", bell.count, name="bell"),
    path("notifications/latest/", bell.latest, name="latest"),
    path("notifications/read/", inbox.read_all, name="read_all"),
    path("notifications/failed/", dead.DeadList.as_view(), name="dead"),
    path("notifications/failed/<int:pk>/again/", dead.again, name="again"),
    path("notifications/preferences/", inbox.Preferences.as_view(), name="preferences"),
    path("notifications/<int:pk>/", inbox.open_notification, name="open"),
    path("notifications/<int:pk>/read/", inbox.read, name="read"),
    path("settings/", settings.SettingsPage.as_view(), name="settings"),
    path("settings/holidays/", holidays.Holidays.as_view(), name="holidays"),
    path("settings/holidays/remove/", holidays.remove, name="remove_holiday"),
    path("about/<str:label>/<int:pk>/message/", talk.WriteMessage.as_view(), name="message"),
    path("about/<str:label>/<int:pk>/file/", talk.AddFile.as_view(), name="attach"),
    path("files/<int:pk>/", talk.file, name="file"),
]
urlpatterns = [path("", include((workflow, "workflow")))]

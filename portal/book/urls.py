from django.urls import include, path

from portal.book import handing, meetings, notes, tasks, views

book = [
    path("book/", views.home, name="home"),
    path("book/overdue/", views.late, name="overdue"),
    path("book/hand-over/<int:member_id>/", handing.HandOverPage.as_view(), name="hand_over"),
    path("book/notes/<int:pk>/", notes.NoteChange.as_view(), name="note"),
    path("book/partner/<path:code>/note/", notes.NoteCreate.as_view(), name="new_note"),
    path("book/partner/<path:code>/", views.partner, name="partner"),
]
todo = [
    path("tasks/", tasks.TaskList.as_view(), name="list"),
    path("tasks/new/", tasks.TaskCreate.as_view(), name="new"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/change/", tasks.TaskChange.as_view(), name="change"),
    path("tasks/<int:pk>/done/", tasks.finish, name="done"),
    path("tasks/<int:pk>/reopen/", tasks.reopen, name="reopen"),
    path("tasks/<int:pk>/cancel/", tasks.TaskCancel.as_view(), name="cancel"),
]
talks = [
    path("meetings/", meetings.MeetingList.as_view(), name="list"),
    path("meetings/new/", meetings.MeetingCreate.as_view(), name="new"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/change/", meetings.MeetingChange.as_view(), name="change"),
    path("meetings/<int:pk>/minutes/", meetings.Minutes.as_view(), name="minutes"),
    path("meetings/<int:pk>/cancel/", meetings.cancel, name="cancel"),
    path("meetings/<int:pk>/calendar/", meetings.calendar, name="calendar"),
]
urlpatterns = [
    path("", include((book, "book"))),
    path("", include((todo, "tasks"))),
    path("", include((talks, "meetings"))),
]

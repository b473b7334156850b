from django.urls import include, path

from portal.training import building, files, learning, lists, questions, special, team

training = [
    path("training/", learning.catalogue, name="catalogue"),
    path("training/team/", team.team, name="team"),
    path("training/team/enrol/", team.Enrol.as_view(), name="enrol"),
    path("training/people/", lists.EnrolmentList.as_view(), name="people"),
    path("training/certificates/", lists.CertificateList.as_view(), name="certificates"),
    path("training/certificates/new/", team.NewCertificate.as_view(), name="new_certificate"),
    path("training/certificates/<int:certificate_id>/", team.certificate, name="certificate"),
    path("training/certificates/<int:certificate_id>/revoke/", team.Revoke.as_view(), name="revoke"),
    path("training/certifications/", lists.CertificationList.as_view(), name="certifications"),
    path("training/certifications/new/", building.NewCertification.as_view(), name="new_certification"),
    path("training/certifications/<path:code>/", building.EditCertification.as_view(), name="certification"),
    path("training/specialisations/", special.specialisations, name="specialisations"),
    path("training/specialisations/new/", special.NewSpecialisation.as_view(), name="new_specialisation"),
    path(
        "training/specialisations/<path:code>/", special.EditSpecialisation.as_view(), name="specialisation"
    ),
    path("training/courses/", lists.CourseList.as_view(), name="courses"),
    path("training/courses/new/", building.NewCourse.as_view(), name="new_course"),
    path("training/courses/<str:code>/", learning.course, name="course"),
    path("training/courses/<str:code>/begin/", learning.begin, name="begin"),
    path("training/courses/<str:code>/build/", building.build, name="build"),
    path("training/courses/<str:code>/settings/", building.EditCourse.as_view(), name="edit_course"),
    path("training/courses/<str:code>/material/", building.Material.as_view(), name="material"),
    path("training/courses/<str:code>/files/new/", files.NewFile.as_view(), name="new_file"),
    path("training/courses/<str:code>/files/<int:file_id>/", files.fetch, name="file"),
    path("training/courses/<str:code>/files/<int:file_id>/remove/", files.drop, name="remove_file"),
    path("training/courses/<str:code>/publish/", building.publish, name="publish"),
    path("training/courses/<str:code>/questions/new/", questions.NewQuestion.as_view(), name="new_question"),
    path(
        "training/courses/<str:code>/questions/<int:number>/",
        questions.EditQuestion.as_view(),
        name="question",
    ),
    path("training/courses/<str:code>/questions/<int:number>/move/", questions.move, name="move_question"),
    path(
        "training/courses/<str:code>/questions/<int:number>/remove/", questions.remove, name="remove_question"
    ),
    path("training/learn/<int:enrolment_id>/", learning.learn, name="learn"),
    path("training/learn/<int:enrolment_id>/read/", learning.read, name="read"),
    path("training/learn/<int:enrolment_id>/leave/", learning.leave, name="leave"),
    path("training/learn/<int:enrolment_id>/quiz/", learning.quiz, name="quiz"),
    path("training/learn/<int:enrolment_id>/quiz/start/", learning.start_quiz, name="start_quiz"),
    path("training/learn/<int:enrolment_id>/quiz/answer/", learning.answer, name="answer"),
    path("training/learn/<int:enrolment_id>/result/<int:number>/", learning.result, name="result"),
]
urlpatterns = [path("", include((training, "training")))]

"""The sign-in page serves whoever is not signed in yet, in either language."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db
# On the page of the other language on purpose: the button that leads to this one, the product, the unit of money.
SHARED = {"an", "sinh", "english", "tiếng", "việt", "đồng"}
ENGLISH = {
    "the",
    "and",
    "password",
    "sign",
    "please",
    "field",
    "required",
    "this",
    "skip",
    "menu",
    "account",
    "try",
}
VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")


def words(response) -> set[str]:
    text = re.sub(r"<[^>]+>", " ", response.content.decode()).lower()
    return set(re.findall(r"[^\W\d_]+", text)) - SHARED


def in_language(code: str) -> Client:
    client = Client()
    client.post(reverse("set_language"), {"language": code, "next": reverse("login")})
    return client


def pages(client: Client, username: str):
    """The page as it opens, with a field missing, with a wrong password, and when there were too many."""
    url = reverse("login")
    yield client.get(url)
    yield client.post(url, {"username": username})
    for _attempt in range(10):
        response = client.post(url, {"username": username, "password": "b"})
        if _attempt in (0, 9):
            yield response


def test_the_language_is_changed_without_being_signed_in():
    client = Client()
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/sign-in/?next=/people/"})
    assert answer["Location"] == "/sign-in/?next=/people/"
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()
    client.post(reverse("set_language"), {"language": "vi", "next": "/sign-in/"})
    assert '<html lang="vi">' in client.get("/sign-in/").content.decode()


def test_changing_the_language_leads_nowhere_else_and_needs_the_page_s_own_form():
    answer = Client().post(reverse("set_language"), {"language": "en", "next": "https://example.org/"})
    assert answer["Location"] == "/"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("set_language"), {"language": "en", "next": "/"}).status_code == 403


def test_every_answer_of_the_sign_in_page_is_wholly_vietnamese_or_wholly_english():
    answers = {code: list(pages(in_language(code), code)) for code in ("vi", "en")}
    for code, statuses in ((code, [page.status_code for page in found]) for code, found in answers.items()):
        assert statuses == [200, 200, 200, 429], code
    for page in answers["vi"]:
        assert words(page) & ENGLISH == set()
    for page in answers["en"]:
        assert {word for word in words(page) if VIETNAMESE.search(word)} == set()


def test_only_the_right_password_signs_in():
    User.objects.create_user("huyen", password="một mật khẩu đủ dài")
    client = Client()
    assert client.post("/sign-in/", {"username": "huyen", "password": "khác"}).status_code == 200
    answer = client.post("/sign-in/", {"username": "huyen", "password": "một mật khẩu đủ dài"})
    assert (answer.status_code, answer["Location"]) == (302, "/")

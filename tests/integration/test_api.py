"""The API as programs use it: the public contract, field by field and status by status."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.integration.api_program import PASSWORD, Api, api_fixture, parts_fixture, problem, token_fixture  # noqa: F401
from wiki.services import Services

# --- entries ---------------------------------------------------------------------------------------------------------


def test_an_entry_is_created_read_changed_listed_and_deleted(api: Api, app: Flask) -> None:
    sent = {
        "kind": "lesson", "title": "Ärger mit dem Ventil", "body": "It froze — 氷.\n", "tags": ["Cold", "valves"],
        "team": "ops", "date": "2024-02-29", "source": "https://example.org/1",
    }  # fmt: skip
    answer = api("POST", "/entries", json=sent)
    assert answer.status_code == 201
    entry = answer.json
    assert entry is not None
    assert len(entry["revision"]) == 40
    assert answer.headers["ETag"] == f'"{entry["revision"]}"'
    assert answer.headers["Location"].endswith(f"/api/v1/entries/{entry['id']}")
    for name, value in (sent | {"tags": ["cold", "valves"], "status": "identified", "audience": []}).items():
        assert entry[name] == value, name
    assert entry["created"]["author"]["name"] == "author-write"
    assert "@" not in answer.text

    read = api("GET", f"/entries/{entry['id']}")
    assert read.json == entry
    same = api("GET", f"/entries/{entry['id']}", headers={"If-None-Match": read.headers["ETag"]})
    assert same.status_code == 304
    assert same.data == b""
    head = api("HEAD", f"/entries/{entry['id']}")
    assert head.status_code == 200
    assert head.data == b""

    changed = api.put(entry, body="It thawed.\n", message="spring came")
    assert changed.status_code == 200
    assert changed.json is not None
    assert changed.json["merged"] is False
    assert changed.json["title"] == sent["title"]
    assert changed.json["tags"] == ["cold", "valves"]
    assert changed.json["body"] == "It thawed.\n"
    assert changed.json["revision"] != entry["revision"]

    listed = api("GET", "/entries?kind=lesson&tag=cold&limit=1").json
    assert listed is not None
    assert [item["id"] for item in listed["entries"]] == [entry["id"]]
    assert (listed["total"], listed["next_cursor"]) == (1, None)

    history = api("GET", f"/entries/{entry['id']}/history").json
    assert history is not None
    assert history["versions"][0]["message"] == "spring came"
    assert [version["revision"] for version in history["versions"]] == [changed.json["revision"], entry["revision"]]

    assert api("DELETE", f"/entries/{entry['id']}").status_code == 204
    problem(api("GET", f"/entries/{entry['id']}"), 404)
    problem(api("DELETE", f"/entries/{entry['id']}"), 404)
    restored = api("POST", f"/entries/{entry['id']}/versions/{entry['revision']}/restore")
    assert restored.status_code == 200, restored.text
    assert restored.json is not None
    assert restored.json["body"] == sent["body"]


def test_the_address_of_an_entry_is_its_page(api: Api, app: Flask, token: Callable[..., str]) -> None:
    entry = api.create()
    assert entry["url"].startswith("/wiki/")


def test_a_whole_answer_may_be_sent_back_and_partial_fields_keep_the_rest(api: Api) -> None:
    entry = api.create(tags=["a"], team="ops", date="2024-01-02", recurrence_of=[])
    whole = dict(api("GET", f"/entries/{entry['id']}").json or {})
    answer = api.put(entry, **(whole | {"title": "Another title"}))
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    cleared = api.put(answer.json, tags=[], team=None, date=None)
    assert cleared.json is not None
    assert (cleared.json["tags"], cleared.json["team"], cleared.json["date"]) == ([], None, None)
    assert cleared.json["title"] == "Another title"
    assert cleared.json["body"] == entry["body"]


def test_a_change_needs_the_revision_it_started_from(api: Api) -> None:
    entry = api.create()
    problem(api("PUT", f"/entries/{entry['id']}", json={"body": "x"}), 428)
    for stale in ("0" * 40, "nonsense", "", '"' + "f" * 40 + '"'):
        answer = api("PUT", f"/entries/{entry['id']}", json={"body": "x"}, headers={"If-Match": stale or '""'})
        assert problem(answer, 412)["revision"] == entry["revision"]
    bare = api("PUT", f"/entries/{entry['id']}", json={"body": "x\n"}, headers={"If-Match": entry["revision"]})
    assert bare.status_code == 200
    assert api("PUT", f"/entries/{entry['id']}", json={"body": "y\n"}, headers={"If-Match": "*"}).status_code == 200
    problem(api("DELETE", f"/entries/{entry['id']}", headers={"If-Match": f'"{entry["revision"]}"'}), 412)


def test_changes_that_do_not_meet_are_merged_and_others_lose_nothing(api: Api) -> None:
    text = "".join(f"Line {number}.\n\n" for number in range(9))
    entry = api.create(body=text)
    first = api.put(entry, body=text.replace("Line 1.", "Line one."))
    assert first.status_code == 200
    merged = api.put(entry, body=text.replace("Line 7.", "Line seven."))
    assert merged.status_code == 200
    assert merged.json is not None
    assert merged.json["merged"] is True
    assert "Line one." in merged.json["body"]
    assert "Line seven." in merged.json["body"]

    answer = api.put(entry, body=text.replace("Line 1.", "Line 1, mine."))
    conflict = problem(answer, 409)
    assert "Line 1.\n" in conflict["base"]
    assert "Line one." in conflict["theirs"]
    assert "Line 1, mine." in conflict["yours"]
    assert conflict["revision"] == merged.json["revision"]
    assert conflict["fields"]["theirs"]["title"] == entry["title"]
    joined = api.put({"id": entry["id"], "revision": conflict["revision"]}, body=conflict["yours"])
    assert joined.status_code == 200


def test_pages_of_a_list_hold_every_entry_once(api: Api) -> None:
    made = {api.create(title=f"Lesson {number}")["id"] for number in range(7)}
    seen: list[str] = []
    cursor = ""
    while True:
        page = api(
            "GET",
            "/entries",
            query_string={"limit": 3, "order": "title", "cursor": cursor} if cursor else {"limit": 3, "order": "title"},
        ).json
        assert page is not None
        assert page["total"] == 7
        seen += [entry["id"] for entry in page["entries"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert len(seen) == 7
    assert set(seen) == made


def test_an_old_version_can_be_read_and_made_the_newest(api: Api) -> None:
    entry = api.create(body="old\n")
    api.put(entry, body="new\n")
    old = api("GET", f"/entries/{entry['id']}/versions/{entry['revision']}").json
    assert old is not None
    assert old["body"] == "old\n"
    assert old["text"].startswith("---\n")
    restored = api("POST", f"/entries/{entry['id']}/versions/{entry['revision']}/restore")
    assert restored.json is not None
    assert restored.json["body"] == "old\n"
    problem(api("GET", f"/entries/{entry['id']}/versions/{'0' * 40}"), 404)
    problem(api("GET", f"/entries/{entry['id']}/versions/x"), 404)


def test_history_has_pages(api: Api) -> None:
    entry = api.create()
    for number in range(4):
        entry = dict(api.put(entry, body=f"{number}\n").json or {})
    first = api("GET", f"/entries/{entry['id']}/history?limit=3").json
    assert first is not None
    rest = api("GET", f"/entries/{entry['id']}/history?limit=3&before={first['next_cursor']}").json
    assert rest is not None
    assert (len(first["versions"]), len(rest["versions"]), rest["next_cursor"]) == (3, 2, None)


# --- who may -------------------------------------------------------------------------------------------------------


def test_without_a_valid_token_nothing_is_told(app: Flask, api: Api) -> None:
    entry = api.create()
    nobody = app.test_client()
    for method, path in (("GET", "/entries"), ("GET", f"/entries/{entry['id']}"), ("POST", "/entries"),
                         ("GET", "/search?q=valve"), ("POST", "/related"), ("GET", "/tags")):  # fmt: skip
        for header in (None, "Bearer wrong", "Bearer", "Basic eDp5", "Bearer " + "x" * 5000, "nonsense"):
            headers = {"Authorization": header} if header else {}
            answer = nobody.open(
                "/api/v1" + path, method=method, headers=headers, json={} if method == "POST" else None
            )
            problem(answer, 401)
            assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Hindsight"')


def test_a_read_token_reads_and_a_readers_write_token_does_not_write(
    app: Flask, api: Api, token: Callable[..., str]
) -> None:
    entry = api.create()
    reading = Api(app.test_client(), token("author", "read"))
    assert reading("GET", f"/entries/{entry['id']}").status_code == 200
    answer = reading("POST", "/entries", json={"kind": "lesson", "title": "x", "body": "x"})
    problem(answer, 403)
    assert 'scope="write"' in answer.headers["WWW-Authenticate"]
    reader = Api(app.test_client(), token("reader", "write"))
    assert reader("GET", f"/entries/{entry['id']}").status_code == 200
    assert reader("GET", "/search?q=valve").status_code == 200
    assert reader("POST", "/related", json={"title": "A frozen valve"}).status_code == 200
    problem(reader("POST", "/entries", json={"kind": "lesson", "title": "x", "body": "x"}), 403)
    problem(reader.put(entry, body="x"), 403)
    problem(reader("DELETE", f"/entries/{entry['id']}"), 403)


def test_a_token_ends_with_its_account(app: Flask, parts: Services, token: Callable[..., str]) -> None:
    program = Api(app.test_client(), token("author", "write", name="gone"))
    assert program("GET", "/entries").status_code == 200
    parts.people.accounts.deactivate(parts.people.accounts.by_name("gone").id)
    problem(program("GET", "/entries"), 401)


def test_entries_of_other_teams_do_not_exist(app: Flask, token: Callable[..., str]) -> None:
    member = Api(app.test_client(), token(name="member", teams=("medical",)))
    other = Api(app.test_client(), token(name="other"))
    entry = member.create(title="Private matter", audience=["medical"], tags=["hush"])
    assert member("GET", f"/entries/{entry['id']}").status_code == 200
    for method, path in (("GET", ""), ("GET", "/history"), ("GET", f"/versions/{entry['revision']}"), ("DELETE", "")):
        problem(other(method, f"/entries/{entry['id']}{path}"), 404)
    problem(other.put(entry, body="x"), 404)
    problem(other("POST", f"/entries/{entry['id']}/versions/{entry['revision']}/restore"), 404)
    listed = other("GET", "/entries").json
    assert listed is not None
    assert (listed["total"], listed["entries"]) == (0, [])
    assert other("GET", "/tags").json == {"items": []}
    for answer in (
        other("GET", "/search?q=private+matter"),
        other("POST", "/related", json={"title": "Private matter"}),
    ):
        assert answer.json is not None
        assert answer.json["results"] == []
        assert answer.json["total"] == 0
    teams = other("GET", "/teams").json
    assert teams is not None
    assert all(team["count"] == 0 for team in teams["items"])


def test_the_browsers_session_works_with_its_csrf_token_only(app: Flask, parts: Services) -> None:
    account = parts.people.accounts.create("ada", "author", PASSWORD)
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    page = client.get("/sign-in")
    csrf = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    done = client.post("/sign-in", data={"name": "ada", "password": PASSWORD, "csrf_token": csrf})
    assert done.status_code in (302, 303), done.text
    assert client.get("/api/v1/entries").status_code == 200
    fields = {"kind": "page", "title": "From the page", "body": "x\n"}
    refused = client.post("/api/v1/entries", json=fields)
    assert refused.status_code in (400, 403)
    assert refused.mimetype == "application/problem+json"
    with client.session_transaction() as session:
        assert session
    meta = client.get("/api/v1/entries")
    assert meta.status_code == 200
    token_page = client.get("/account")
    csrf = token_page.text.split('name="csrf-token"')[1].split('content="')[1].split('"')[0]
    made = client.post("/api/v1/entries", json=fields, headers={"X-CSRFToken": csrf})
    assert made.status_code == 201, made.text
    assert made.json is not None
    assert made.json["created"]["author"]["id"] == account.id


# --- the small lists, health and the description ---------------------------------------------------------------------


def test_small_lists_count_what_the_caller_sees(api: Api) -> None:
    api.create(tags=["cold", "valves"], team="ops")
    assert (api("GET", "/tags").json or {})["items"] == [
        {"name": "cold", "label": "cold", "count": 1},
        {"name": "valves", "label": "valves", "count": 1},
    ]
    assert (api("GET", "/teams").json or {})["items"] == [{"name": "ops", "label": "ops", "count": 1}]
    kinds = {item["name"]: item["count"] for item in (api("GET", "/kinds").json or {})["items"]}
    assert kinds["lesson"] == 1
    assert kinds["page"] == 0


def test_health_is_open_and_says_how_far_the_index_is(client: FlaskClient, api: Api, parts: Services) -> None:
    from wiki import __version__

    api.create()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    document = answer.json
    assert document is not None
    assert document["status"] == "ok"
    assert document["version"] == __version__
    assert document["content"] == {"commit": parts.store.tip()}
    for part in ("keyword", "semantic"):
        assert isinstance(document["index"][part]["ready"], bool)
        assert document["index"][part]["behind"] >= 1


def test_the_description_is_open_and_names_every_path(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document = answer.json
    assert document is not None
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/entries/{id}" in document["paths"]


def test_docs_api_md_describes_every_operation_field_and_status() -> None:
    from tests.needs import ROOT
    from wiki.api.table import OPERATIONS, PREFIX

    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    for operation in OPERATIONS:
        assert f"`{operation.method} {PREFIX}{operation.path}`" in text, operation.name
        for field in (*operation.query, *(operation.body or ())):
            assert f"`{field.name}`" in text, f"{operation.name}: {field.name}"
        for status in (*operation.statuses, *operation.problems):
            assert str(status) in text

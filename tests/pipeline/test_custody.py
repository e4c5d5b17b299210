"""Custody of the whole job: sources only read, runs repeatable, faces removable, progress told."""

import json
import os
import shutil
import signal
import sqlite3
import time
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.purge import purge
from analyzer.cli.status import status
from analyzer.commands.purge import PurgeRequest, preview, purge_case
from analyzer.commands.replay import replay_case
from analyzer.commands.status import case_status
from analyzer.custody.verify import verify_case
from analyzer.errors import CaseError, UsageError
from analyzer.store.case import Case
from analyzer.store.writer import CaseWriter
from tests.jobs import end_of, started, wait_for
from tests.pipeline.small import LIGHT
from tests.places import FOOTAGE, GALLERY, LOBBY, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(samples_case, tmp_path):
    """A copy of the analysed samples that a test may change."""
    folder = tmp_path / "copy"
    shutil.copytree(samples_case[0], folder)
    return folder


@pytest.fixture
def small_copy(small_case, tmp_path):
    """A copy of two samples analysed in several segments."""
    return shutil.copytree(small_case, tmp_path / "small")


def live(case):
    """Return where the run on ``case`` stands, once it can be told."""
    if not (case / "case.db").exists():
        return None
    try:
        return case_status(case).live
    except (CaseError, sqlite3.OperationalError):
        return None


def select(case, sql, *values):
    with sqlite3.connect(case / "case.db") as db:
        return db.execute(sql, values).fetchall()


def test_what_a_run_leaves_is_verified_as_it_was_written(samples_case):
    case, _ = samples_case
    found = verify_case(case)
    assert found.problems == []
    assert found.sources == {"unchanged": 3, "changed": 0, "missing": 0}
    assert select(case, "SELECT count(*) FROM files WHERE sha256_after = sha256") == [(3,)]


def test_the_audit_log_says_who_did_what_with_which_settings(samples_case):
    case, _ = samples_case
    entries = select(case, "SELECT at, actor, action, detail FROM audit ORDER BY seq")
    details = {action: json.loads(detail) for _, _, action, detail in entries}
    assert all(at and actor for at, actor, _, _ in entries)
    assert "samples/footage" in details["run started"]["command"]
    assert details["run started"]["settings"]["sampling"]["fps"] == 5.0
    assert {model["part"] for model in details["run started"]["models"]} >= {"faces", "embedding"}
    assert len(details["gallery used"]["fingerprint"]) == 64
    assert "Barack Obama" in details["report rendered"]["candidates"]


def test_a_replayed_segment_gives_the_same_rows(small_case, run):
    report = json.loads(
        run("verify", small_case, "--replay", "--sample", "1", "--seed", "3", "--json").stdout
    )
    assert (report["ok"], report["replay"]["seed"]) == (True, 3)
    (segment,) = report["replay"]["segments"]
    assert segment["rows"] > 20
    assert segment["differences"] == []


def test_a_replay_names_a_row_that_does_not_come_out_again(small_copy):
    store = select(small_copy, "SELECT sha256 FROM files WHERE path LIKE '%store_cam3%'")[0][0]
    with sqlite3.connect(small_copy / "case.db") as db:
        db.execute("UPDATE files SET path = 'gone' || path WHERE sha256 != ?", [store])
        db.execute("UPDATE segments SET state = 'undecodable' WHERE number != 0")
        db.execute("UPDATE observations SET body_x = body_x + 1 WHERE tracklet_id LIKE ?",
                   [f"{store[:16]}:0:%"])  # fmt: skip
    replay = replay_case(small_copy, 3, 1)
    (segment,) = replay.segments
    assert not replay.equal
    assert f"observations: row tracklet_id {store[:16]}:0:" in segment.differences[0]
    assert segment.differences[0].endswith("differs in body_x")


def test_a_replay_leaves_out_what_did_not_decode(small_copy):
    with sqlite3.connect(small_copy / "case.db") as db:
        (kept,) = db.execute("SELECT max(id) FROM segments").fetchone()
        db.execute("UPDATE segments SET state = 'undecodable' WHERE id != ?", [kept])
    replay = replay_case(small_copy, 5, 1)
    assert [segment.id for segment in replay.segments] == [kept]
    assert replay.equal


def test_a_replay_is_refused_with_other_versions(copy):
    with sqlite3.connect(copy / "case.db") as db:
        (versions,) = db.execute("SELECT versions FROM runs").fetchone()
        db.execute("UPDATE runs SET versions = ?",
                   [json.dumps(json.loads(versions) | {"numpy": "0.1"})])  # fmt: skip
    with pytest.raises(CaseError, match=r"cannot be replayed here.*numpy was 0\.1, is \d"):
        replay_case(copy, 1, 1)


def test_a_purged_person_is_gone_from_every_file_and_the_log_says_so(copy, run):
    embeddings = [row[0] for row in select(
        copy, "SELECT embedding FROM gallery_faces WHERE person = 'Barack Obama' UNION ALL "
        "SELECT f.embedding FROM faces f JOIN track_tracklets t USING (tracklet_id) "
        "JOIN appearances a USING (track_id) WHERE a.person = 'Barack Obama'",
    ) if row[0]]  # fmt: skip
    embeddings += vectors_of_bodies(copy, "Barack Obama")
    kept = [row[0] for row in select(copy, "SELECT image FROM gallery_faces")]
    crops = pictures(copy)
    everything = b"".join(path.read_bytes() for path in copy.rglob("*") if path.is_file())
    assert len(embeddings) > 3
    assert all(embedding in everything for embedding in embeddings)
    removed = [sha for (sha,) in select(
        copy, "SELECT DISTINCT video_sha256 FROM appearances WHERE person = 'Barack Obama'"
    )]  # fmt: skip
    person = ("--person", "Barack Obama", "--by", "data protection officer")
    would = preview(copy, PurgeRequest("me", person="Barack Obama"))
    done = json.loads(run("purge", copy, *person, "--reason", "request", "--json").stdout)
    assert (would.faces, would.bodies) == (done["faces"], done["bodies"])
    assert (would.embeddings, would.looks) == (done["embeddings"], done["looks"])
    after = [path.read_bytes() for path in copy.rglob("*") if path.is_file()]
    assert not any(embedding in data for embedding in embeddings for data in after)
    gone = crops - pictures(copy)
    assert len(gone) == done["crops"] > done["bodies"] > 0
    assert not any(data in gone for data in after), "no copy under report/ either"
    films = [path for path in copy.rglob("*.mp4") if path.is_file()]
    assert not any(video[:12] in str(path) for path in films for video in removed), films
    assert select(copy, "SELECT count(*) FROM appearances WHERE person = 'Barack Obama'") == [(0,)]
    assert "Barack Obama" not in (copy / "report" / "index.html").read_text()
    assert len(select(copy, "SELECT 1 FROM gallery_faces")) == len(kept) - 1
    found = verify_case(copy)
    assert found.problems == []
    (purge,) = found.purged
    assert (purge["by"], purge["reason"]) == ("data protection officer", "request")
    assert (purge["faces"], purge["bodies"]) == (done["faces"], done["bodies"])
    assert len(purge["images"]) == done["crops"]
    assert replay_case(copy, 1, 1).equal, "what was purged is not taken for a difference"


def pictures(case):
    """Return the contents of all pictures of faces and bodies in the case."""
    return {p.read_bytes() for kind in ("faces", "bodies") for p in (case / kind).rglob("*.jpg")}


def vectors_of_bodies(case, person):
    """Return what the rows of bodies and tracklets hold of how ``person`` looks, as bytes."""
    held = [
        row[0]
        for table, columns in (("bodies", ("upper", "lower", "look")),
                               ("tracklets", ("look_first", "look_last")))
        for column in columns
        for row in select(
            case, f"SELECT b.{column} FROM {table} b JOIN track_tracklets t ON t.tracklet_id ="
            f" b.{'tracklet_id' if table == 'bodies' else 'id'}"
            " JOIN appearances a USING (track_id) WHERE a.person = ?", person)
    ]  # fmt: skip
    return [blob for blob in held if blob and len(blob) > 16]


def test_a_video_is_purged_by_path_and_by_age_and_stays_analysed(copy, run):
    sha256 = select(copy, "SELECT sha256 FROM files WHERE path = ?", str(LOBBY))[0][0]
    mine = "SELECT count(*) FROM faces WHERE tracklet_id LIKE ?"
    others = "SELECT count(*) FROM faces WHERE tracklet_id NOT LIKE ?"
    own = f"{sha256[:16]}:%"
    before = select(copy, others, own)
    tracks = "SELECT count(*) FROM tracks WHERE video_sha256 = ?"
    followed = select(copy, tracks, sha256)
    purge_case(copy, PurgeRequest("me", video=str(LOBBY)))
    assert (select(copy, mine, own), select(copy, others, own)) == ([(0,)], before)
    assert followed != [(0,)] and select(copy, tracks, sha256) == followed
    purge_case(copy, PurgeRequest("me", older_than=date(2024, 3, 12)))
    assert select(copy, others, own) == before, "recorded that day, not before it"
    purge_case(copy, PurgeRequest("me", older_than=date(2024, 3, 13)))
    assert select(copy, "SELECT count(*) FROM faces") == [(0,)]
    assert select(copy, "SELECT count(*) FROM bodies") == [(0,)]
    assert not list((copy / "bodies").rglob("*.jpg"))
    assert select(copy, "SELECT count(*) FROM tracklets WHERE look_first IS NOT NULL") == [(0,)]
    done = json.loads(run("run", LOBBY, "--case", copy, "--json").stdout)
    assert done["processed_s"] == 0
    assert verify_case(copy).problems == []


def test_a_purge_of_nobody_removes_nothing(samples_case):
    case, _ = samples_case
    with pytest.raises(UsageError, match="known: Barack Obama"):
        purge_case(case, PurgeRequest("me", person="Nobody"))
    for video in ("gone.mp4", "0", "%"):
        with pytest.raises(UsageError, match="names no video of this case"):
            purge_case(case, PurgeRequest("me", video=video))
    done = CliRunner().invoke(purge, [str(case), "--by", "me"])
    assert done.exit_code == 2
    assert verify_case(case).problems == []


def test_status_tells_of_a_run_from_outside_and_of_its_end(tmp_path):
    case = tmp_path / "case"
    (tmp_path / "bad.mp4").write_text("not a video")
    command = ("run", tmp_path / "bad.mp4", FOOTAGE, "--case", case, "--workers", "1")
    process = started(*command, *LIGHT)
    standing = wait_for(lambda: (s := live(case)) and s.segments_done >= 1 and s, process)
    done = CliRunner().invoke(status, [str(case), "--json"])
    assert json.loads(done.stdout)["live"]["files"] == 4
    assert standing.files_failed == 1
    assert standing.remaining_s > 0
    assert standing.eta_s > 0
    _, said = end_of(process)
    assert process.returncode == 3
    assert "failed           1" in said
    assert "done             3" in said
    assert "bad.mp4: is not a video" in said
    after = case_status(case)
    assert (after.running, after.run["status"]) == (False, "finished")
    assert after.files == {"done": 3, "failed": 1, "pending": 0}
    assert after.analysed_s == pytest.approx(40.86, abs=0.1), "without a pause of 3.1 s"
    (log,) = (case / "logs").iterdir()
    lines = log.read_text().splitlines()
    assert sum("segment 1 analysed" in line for line in lines) == 3
    assert any("bad.mp4: failed (" in line for line in lines)
    assert lines[-1].endswith("ended")


def test_a_killed_run_is_told_and_its_case_holds(tmp_path):
    case = tmp_path / "case"
    process = started("run", FOOTAGE, "--case", case, *LIGHT, "--workers", "1")
    wait_for(lambda: (s := live(case)) and s.segments_done >= 1, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    process.stdout.close()
    told = case_status(case)
    assert not told.running
    assert "was killed" in told.words
    found = verify_case(case)
    assert found.problems == []
    assert any("no manifest yet" in note for note in found.notes)


def test_a_source_that_changes_while_it_is_analysed_is_failed(tmp_path):
    clip, case = tmp_path / "growing.mp4", tmp_path / "case"
    shutil.copy(LOBBY, clip)
    process = started("run", clip, "--case", case, "--json", *LIGHT, "--workers", "1")
    wait_for(lambda: (s := live(case)) and s.files_opened, process)
    with clip.open("ab") as file:
        file.write(b"a recorder that goes on writing")
    said, _ = end_of(process)
    assert process.returncode == 4
    (video,) = json.loads(said)["videos"]
    assert video["status"] == "failed"
    assert "growing.mp4: changed while it was being analysed" in video["reason"]
    assert select(case, "SELECT count(*) FROM segments") == [(0,)]
    assert select(case, "SELECT sha256 != sha256_after FROM files") == [(1,)]
    assert verify_case(case).problems == []


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A run that keeps no crops, on a clip that nobody may write; how processes had it open."""
    folder = tmp_path_factory.mktemp("watched")
    clip, case, settings = folder / "evidence.mp4", folder / "case", folder / "settings.toml"
    settings.write_text("[faces]\ncrops = false\n")
    shutil.copy(LOBBY, clip)
    clip.chmod(0o444)
    before = clip.stat()
    process = started(
        "run", clip, "--case", case, "--gallery", GALLERY, "--config", settings,
        "--no-emotion", "--no-action", "--fps", "2", "--workers", "1", "--json",
    )  # fmt: skip
    modes = set()
    while process.poll() is None:
        modes |= set(open_modes(clip))
        time.sleep(0.01)
    process.communicate()
    assert process.returncode == 0
    return clip, before, modes, case


@pytest.mark.skipif(not Path("/proc/self/fdinfo").exists(), reason="needs /proc")
def test_sources_are_opened_read_only_by_every_process(watched):
    clip, before, modes, _ = watched
    after = clip.stat()
    assert modes == {os.O_RDONLY}
    assert (after.st_mtime_ns, after.st_ctime_ns) == (before.st_mtime_ns, before.st_ctime_ns)
    assert (after.st_size, after.st_mode) == (before.st_size, before.st_mode)
    assert clip.read_bytes() == LOBBY.read_bytes()


def test_no_crop_is_kept_where_the_settings_keep_none(watched):
    *_, case = watched
    assert select(case, "SELECT DISTINCT image FROM faces") == [("",)]
    gallery = {f"{row[0]}.jpg" for row in select(case, "SELECT image FROM gallery_faces")}
    assert {path.name for path in (case / "faces").rglob("*.jpg")} <= gallery
    named = select(case, "SELECT person FROM appearances WHERE person IS NOT NULL")
    assert named == [("Barack Obama",)]
    assert "Barack Obama" in (case / "report" / "index.html").read_text()
    assert verify_case(case).problems == []


def open_modes(path):
    """Yield how each process of this machine that has ``path`` open may use it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for link in (process / "fd").iterdir():
                if str(link.readlink()) == str(path):
                    info = (process / "fdinfo" / link.name).read_text()
                    flags = next(x for x in info.splitlines() if x.startswith("flags:"))
                    yield int(flags.split()[1], 8) & os.O_ACCMODE
        except OSError:
            continue


def test_names_that_are_not_text_are_analysed_or_told(run, tmp_path):
    (tmp_path / "odd").mkdir()
    folder = os.fsencode(tmp_path / "odd")
    for name in (b"\xff\xfe bad.mp4", b'$(touch owned);`id`".mp4', b"new\nline.mp4"):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"not a video")
    case = tmp_path / "case"
    done = run("run", os.fsdecode(folder), "--case", case, "--json", code=4)
    assert len(json.loads(done.stdout)["videos"]) == 3
    assert not list(ROOT.glob("owned")) and not list(tmp_path.rglob("owned"))
    page = (case / "report" / "index.html").read_text()
    assert "$(touch owned);`id`&#34;.mp4" in page, "names are escaped in HTML"
    assert verify_case(case).problems == []
    with Case.open(case, create=False) as opened:
        assert CaseWriter(opened, "run").segments_done("' OR 1=1 --", "x") == {}

"""A real WordPress on loopback for tests: Debian's WordPress and MariaDB, PHP's own web server, everything in one
temporary directory, ended by the process ids that were started here.

Works as root (the database then runs as `mysql`) and as an ordinary user. `running()` is a context manager; it raises
`Absent` where the Debian packages are not installed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path("/usr/share/wordpress")
THEME = "twentytwentyone"
"""What the public page is drawn with; Debian's package is wordpress-theme-twentytwentyone."""
PROGRAMS = ("php", "mariadbd", "mariadb-install-db")
DEADLINE = 60.0


class Absent(Exception):
    """A package that this needs is not installed."""


@dataclass(frozen=True)
class WordPressServer:
    """The running site and who may do what on it."""

    url: str
    desk_login: str
    desk_password: str
    """Application password of an Editor."""
    desk_id: str
    reader_login: str
    reader_password: str
    """Application password of a Subscriber, who may not moderate."""
    post: int
    page: int
    token: str

    def back_door(self, do: str, **fields: Any) -> Any:
        """Does something on the site as if a citizen, a native moderator or the administrator did it."""
        body = json.dumps({"do": do, **fields}).encode()
        headers = {"Content-Type": "application/json", "X-Test-Token": self.token}
        request = urllib.request.Request(f"{self.url}/wp-json/back-door/v1/do", body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def comment(self, text: str, *, name: str = "Rina", status: str = "1", at: str = "", **fields: Any) -> str:
        """Puts a comment there and returns its id. `at` is UTC, "2026-11-22 13:54:10"; "" is now."""
        given = {"post": self.post, "parent": 0, "user": 0, **fields}
        return str(self.back_door("insert", text=text, name=name, status=status, at=at, **given)["id"])

    def native(self, comment: str, status: str) -> None:
        """A colleague changes the state in WordPress's own screens: approve, hold, spam, trash or delete."""
        self.back_door("status", id=int(comment), status=status)

    def empty(self) -> None:
        """Every comment is gone for good, as on a new site."""
        self.back_door("empty")

    def keep_doubles_out(self, on: bool) -> None:
        """WordPress's own refusal of a second equal comment: off at the start, so that only our protection is tried."""
        self.back_door("protect", on=on)

    def count(self, text: str, parent: str = "") -> int:
        """How many comments with exactly this text stand there, in whatever state."""
        return int(self.back_door("count", text=text, parent=int(parent or 0))["count"])


@contextlib.contextmanager
def running() -> Iterator[WordPressServer]:
    """Starts everything, and ends it again."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if not (SOURCE / "wp-content" / "themes" / THEME).is_dir():
        missing.append(f"wordpress with wordpress-theme-{THEME}")
    if missing:
        raise Absent(f"not installed: {', '.join(missing)}")
    place = Path(tempfile.mkdtemp(prefix="moderator-wp-"))
    place.chmod(0o755)  # the database's own user must reach its directory
    started: list[subprocess.Popen[bytes]] = []
    try:
        _start_database(place, started)
        yield _start_site(place, started)
    finally:
        for process in reversed(started):
            _end(process)
        shutil.rmtree(place, ignore_errors=True)


def _start_database(place: Path, started: list[subprocess.Popen[bytes]]) -> None:
    data, login = place / "db", ["--user=mysql"] if os.geteuid() == 0 else []
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "mysql")
        shutil.chown(place, "mysql")
    install = ["mariadb-install-db", "--no-defaults", *login, f"--datadir={data}", "--skip-test-db"]
    install += ["--auth-root-authentication-method=normal"]
    subprocess.run(install, check=True, capture_output=True, timeout=DEADLINE)
    options = ["--skip-networking", "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0"]
    options += ["--innodb-doublewrite=0", f"--socket={place}/db.sock", f"--pid-file={place}/db.pid"]
    command = ["mariadbd", "--no-defaults", *login, f"--datadir={data}", *options]
    started.append(_spawn(command, place / "db.log"))
    _wait(lambda: (place / "db.sock").exists() and _sql(place, "select 1"), started[-1], place / "db.log")
    assert _sql(
        place,
        "create database wp character set utf8mb4; create user wp@localhost identified by 'wp'; "
        "grant all on wp.* to wp@localhost",
    )


def _sql(place: Path, statement: str) -> bool:
    command = ["mariadb", "--no-defaults", "-S", str(place / "db.sock"), "-uroot", "-e", statement]
    return subprocess.run(command, capture_output=True, timeout=DEADLINE).returncode == 0


def _start_site(place: Path, started: list[subprocess.Popen[bytes]]) -> WordPressServer:
    www, token, port = place / "www", secrets.token_hex(16), _free_port()
    shutil.copytree(SOURCE, www, symlinks=False, ignore=_not_needed, ignore_dangling_symlinks=True)
    plugins = www / "wp-content" / "mu-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / "back-door.php").write_text(_BACK_DOOR.replace("TOKEN", token))
    (www / "wp-config.php").write_text(_CONFIG.replace("SOCKET", str(place / "db.sock")).replace("PORT", str(port)))
    (place / "router.php").write_text(_ROUTER)
    (place / "seed.php").write_text(_SEED)
    seed = subprocess.run(["php", place / "seed.php", www], capture_output=True, check=True, timeout=DEADLINE)
    who = json.loads(seed.stdout)
    command = ["php", "-S", f"127.0.0.1:{port}", "-t", str(www), str(place / "router.php")]
    started.append(_spawn(command, place / "php.log", PHP_CLI_SERVER_WORKERS="4"))
    _wait(lambda: _answers(port), started[-1], place / "php.log")
    return WordPressServer(url=f"http://127.0.0.1:{port}", token=token, **who)


def _not_needed(folder: str, names: list[str]) -> list[str]:
    """Languages, and the site's own content but for one theme: nothing asks for it, and it makes the copy slow."""
    inside = Path(folder).relative_to(SOURCE).parts
    if inside[:1] == ("wp-content",) and THEME not in inside:
        return [name for name in names if name not in ("index.php", "themes", THEME)]
    return [name for name in names if name in ("wp-config.php", "wp-config-sample.php")] if not inside else []


def _spawn(command: list[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """A process in a group of its own: PHP's workers end with their master."""
    with log.open("wb") as out:
        return subprocess.Popen(
            command, stdout=out, stderr=out, start_new_session=True, env={**os.environ, **environment}
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not come up: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


_CONFIG = """<?php
define('DB_NAME', 'wp'); define('DB_USER', 'wp'); define('DB_PASSWORD', 'wp'); define('DB_HOST', 'localhost:SOCKET');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY',
          'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $k) define($k, 'test-' . $k);
define('WP_HOME', 'http://127.0.0.1:PORT'); define('WP_SITEURL', 'http://127.0.0.1:PORT');
define('WP_ENVIRONMENT_TYPE', 'local');  // permits application passwords over plain http
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
define('FS_METHOD', 'direct');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

_ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if (is_dir($file) && file_exists("$file/index.php")) $file .= '/index.php';
if (is_file($file)) {
  if (substr($file, -4) === '.php') { chdir(dirname($file)); require $file; return; }
  return false;
}
chdir($_SERVER['DOCUMENT_ROOT']); $_SERVER['SCRIPT_NAME'] = '/index.php'; require 'index.php';
"""

_SEED = """<?php
foreach (['HTTP_HOST' => '127.0.0.1', 'SERVER_NAME' => '127.0.0.1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/']
         as $k => $v) $_SERVER[$k] = $v;
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Agency', 'admin', 'admin@example.org', false, '', wp_generate_password());
foreach (['permalink_structure' => '/%postname%/', 'timezone_string' => 'Asia/Kolkata', 'comment_moderation' => '0',
          'comment_previously_approved' => '0', 'comments_notify' => '0', 'moderation_notify' => '0',
          'comment_registration' => '0', 'template' => 'twentytwentyone',
          'stylesheet' => 'twentytwentyone'] as $k => $v) update_option($k, $v);
flush_rewrite_rules(true);
function person($login, $role, $name) {
  $id = wp_insert_user(['user_login' => $login, 'user_pass' => wp_generate_password(), 'role' => $role,
                        'user_email' => "$login@example.org", 'display_name' => $name]);
  [$password, ] = WP_Application_Passwords::create_new_application_password($id, ['name' => "moderator $login"]);
  return [$id, $password];
}
[$desk, $desk_password] = person('desk', 'editor', 'Official desk');
[, $reader_password] = person('reader', 'subscriber', 'A reader');
function place($type, $slug, $title, $content, $by) {
  return wp_insert_post(['post_type' => $type, 'post_name' => $slug, 'post_title' => $title, 'post_author' => $by,
                         'post_content' => $content, 'post_status' => 'publish', 'comment_status' => 'open']);
}
$post = place('post', 'flood-advisory', 'Flood &amp; rain advisory', '<p>Stay off the <b>low</b> road.</p>', $desk);
$page = place('page', 'contact', 'Contact us', '<p>The office is open from 10 to 5.</p>', $desk);
foreach (get_comments(['status' => 'all']) as $old) wp_delete_comment($old->comment_ID, true);
echo json_encode(['desk_login' => 'desk', 'desk_password' => $desk_password, 'desk_id' => (string) $desk,
                  'reader_login' => 'reader', 'reader_password' => $reader_password, 'post' => $post, 'page' => $page]);
"""

_BACK_DOOR = """<?php
// For tests alone: no mail, no flood check, and one route that stands for citizens and native moderators.
if (!function_exists('wp_mail')) { function wp_mail() { return true; } }
add_filter('duplicate_comment_id', function ($found) { return get_option('keeps_doubles_out') ? $found : 0; });
remove_all_filters('check_comment_flood'); add_filter('wp_is_comment_flood', '__return_false', 99);
add_action('rest_api_init', function () {
  register_rest_route('back-door/v1', '/do', ['methods' => 'POST',
    'permission_callback' => function ($request) { return $request->get_header('x-test-token') === 'TOKEN'; },
    'callback' => function ($request) {
      global $wpdb;
      $id = (int) $request['id'];
      switch ($request['do']) {
        case 'insert':
          $gmt = $request['at'] ?: gmdate('Y-m-d H:i:s');
          return ['id' => wp_insert_comment(wp_slash(['comment_post_ID' => (int) $request['post'],
            'comment_parent' => (int) $request['parent'], 'user_id' => (int) $request['user'],
            'comment_content' => $request['text'], 'comment_author' => $request['name'],
            'comment_author_email' => 'citizen@example.org', 'comment_author_IP' => '192.0.2.7',
            'comment_approved' => $request['status'], 'comment_date_gmt' => $gmt,
            'comment_date' => get_date_from_gmt($gmt)]))];
        case 'status':
          if ($request['status'] === 'delete') wp_delete_comment($id, true);
          elseif ($request['status'] === 'spam') wp_spam_comment($id);
          elseif ($request['status'] === 'trash') wp_trash_comment($id);
          else wp_set_comment_status($id, $request['status']);
          return ['ok' => true];
        case 'edit':
          wp_update_comment(wp_slash(['comment_ID' => $id, 'comment_content' => $request['text']]));
          return ['ok' => true];
        case 'count':
          return ['count' => $wpdb->get_var($wpdb->prepare(
            'select count(*) from wp_comments where comment_content = %s and (%d = 0 or comment_parent = %d)',
            $request['text'], $request['parent'], $request['parent']))];
        case 'empty':
          foreach (get_comments(['fields' => 'ids', 'status' => 'any']) as $each) wp_delete_comment($each, true);
          foreach (get_comments(['fields' => 'ids', 'status' => 'trash']) as $each) wp_delete_comment($each, true);
          return ['ok' => true];
        case 'protect':
          update_option('keeps_doubles_out', $request['on'] ? '1' : '');
          return ['ok' => true];
        case 'close':
          wp_update_post(['ID' => $id, 'comment_status' => $request['how']]);
          return ['ok' => true];
        case 'password':
          [$password, $item] = WP_Application_Passwords::create_new_application_password(
            (int) $request['user'], ['name' => 'spare']);
          return ['password' => $password, 'uuid' => $item['uuid']];
        case 'revoke':
          WP_Application_Passwords::delete_application_password((int) $request['user'], $request['uuid']);
          return ['ok' => true];
      }
    }]);
});
"""

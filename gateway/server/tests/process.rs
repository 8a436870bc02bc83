//! The binary `tote serve` as others see it: its ready line, HTTP, signals, exit statuses.

mod rig;

use protocol::command::Commands;
use rig::process::{start, terminate, tote};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use wal::{FileDisk, LogOptions, Preference};

fn get(http: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(http).expect("HTTP answers");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: tote\r\nconnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.lines().next().expect("a status").to_owned(), body.to_owned())
}

#[test]
fn a_node_tells_where_it_is_how_it_does_and_ends_in_order() {
    let directory = tempfile::tempdir().expect("a directory");
    let (child, quic, http) = start(directory.path(), 1);
    assert!(quic.starts_with("127.0.0.1:") && !quic.ends_with(":0"), "{quic}");
    assert_eq!(get(&http, "/livez"), ("HTTP/1.1 200 OK".into(), "alive\n".into()));
    assert_eq!(get(&http, "/readyz"), ("HTTP/1.1 200 OK".into(), "ready\n".into()));
    assert_eq!(get(&http, "/nothing").0, "HTTP/1.1 404 Not Found");
    let (status, metrics) = get(&http, "/metrics");
    assert_eq!(status, "HTTP/1.1 200 OK");
    for line in ["tote_ticks_total 1", "tote_commands_total 1", "tote_connections 0", "tote_log_full 0"] {
        assert!(metrics.lines().any(|told| told == line), "{line} is missing in\n{metrics}");
    }
    assert!(metrics.contains("tote_log_disk{kind=\""), "{metrics}");
    let token = fs::read_to_string(directory.path().join("operator.token")).expect("a token");
    assert_eq!(terminate(child), Some(0));
    let (child, ..) = start(directory.path(), 1);
    assert_eq!(fs::read_to_string(directory.path().join("operator.token")).expect("a token"), token);
    assert_eq!(terminate(child), Some(0));
}

#[test]
fn what_keeps_a_node_from_starting_is_an_exit_status() {
    let directory = tempfile::tempdir().expect("a directory");
    let status = |flags: &[&str]| tote(directory.path(), flags).status().expect("tote starts").code();
    assert_eq!(status(&["--http", "0.0.0.0:0"]), Some(2), "given twice");
    assert_eq!(status(&["--credit-commands", "100"]), Some(64));
    assert_eq!(status(&["--credit-frames", "0"]), Some(64));
    assert_eq!(status(&["--partitions", "3"]), Some(64));
    let (child, ..) = start(directory.path(), 1);
    assert_eq!(status(&[]), Some(74), "the directory is in use");
    assert_eq!(terminate(child), Some(0));
    fs::remove_file(directory.path().join("certificate.key")).expect("ours");
    assert_eq!(status(&[]), Some(78), "a certificate without its key");
}

/// A log of one tick under this version of apply, as another build would have written it.
fn log_of(directory: &Path, apply_version: u16) {
    let disk = FileDisk::open(&directory.join("log"), Preference::Blocking).expect("a directory");
    let options =
        LogOptions { cluster: Some(7), apply_version, segment_bytes: 4 << 20, ..LogOptions::default() };
    let (mut log, _) = wal::open(disk, options, &mut |_| Ok(())).expect("a fresh log");
    let genesis = host::LedgerConfig::default().genesis(7, [1, 2]);
    let mut commands = Commands::new();
    commands.genesis(&genesis);
    assert!(log.begin().expect("a buffer").push(commands.as_bytes()));
    log.append(1, 1, (0, 0)).expect("there is room");
    while log.in_flight() > 0 {
        log.wait(None).expect("it is written");
        log.reap().expect("it is written");
    }
}

#[test]
fn a_log_of_another_version_of_apply_is_left_to_the_build_that_runs_it() {
    let version = Command::new(env!("CARGO_BIN_EXE_tote")).arg("--version").output().expect("tote runs");
    let version = String::from_utf8(version.stdout).expect("a text");
    let runs = host::APPLY_VERSION;
    assert!(version.contains(&format!("(apply {runs}, log format 1)")), "{version}");
    for found in [runs - 1, runs + 1] {
        let directory = tempfile::tempdir().expect("a directory");
        log_of(directory.path(), found);
        let segment = directory.path().join("log/00000000000000000001.log");
        let before = fs::read(&segment).expect("a segment");
        let mut set_aside = Command::new(env!("CARGO_BIN_EXE_tote"));
        set_aside.arg("quarantine").arg(directory.path()).args(["--tick", "1", "--command", "0"]);
        for mut command in [tote(directory.path(), &[]), set_aside] {
            let output = command.stderr(Stdio::piped()).output().expect("tote runs");
            let error = String::from_utf8(output.stderr).expect("a text");
            assert_eq!(output.status.code(), Some(81), "{error}");
            let told = format!(
                "tick 1 was written under version {found} of apply, this build runs version {runs}: start a build \
                 whose `tote --version` says `apply {found}`, such as the one that ran here last."
            );
            assert!(error.contains(&told) && error.contains("nothing was changed"), "{error}");
        }
        assert!(fs::read(&segment).expect("a segment") == before, "nothing was changed");
    }
}

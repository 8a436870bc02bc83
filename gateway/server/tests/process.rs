//! The binary `tote serve` as others see it: its ready line, HTTP, signals, exit statuses.

mod rig;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};

use rig::process::{start, tote};

fn get(http: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(http).expect("HTTP answers");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: tote\r\nconnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.lines().next().expect("a status").to_owned(), body.to_owned())
}

fn terminate(mut child: Child) -> Option<i32> {
    let sent = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
    assert!(sent.success());
    child.wait().expect("it ends").code()
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

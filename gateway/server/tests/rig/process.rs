//! The binary `tote serve` as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use client::{ConnectOptions, Connection};
use gateway::identity::Identity;

const SMALL: [&str; 8] =
    ["--segment-bytes", "4194304", "--accounts-max", "64", "--tickets-max", "4096", "--books-max", "64"];

/// A node on this directory, yet to be spawned.
pub fn tote(directory: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tote"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]).args(SMALL).args(flags);
    command.env("TOTE_DATA", directory).env("TOTE_LOG", "warn").stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Starts a node of so many shards and reads its ready line: the process and its addresses.
pub fn start(directory: &Path, shards: usize) -> (Child, String, String) {
    let mut child = tote(directory, &["--shards", &shards.to_string()]).spawn().expect("tote starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let fields: Vec<_> = line.trim_end().split(' ').collect();
    let ["ready", quic, http, data] = fields[..] else { panic!("not ready: {line}") };
    assert_eq!(data, format!("data={}", directory.display()));
    let address = |field: &str, name| field.strip_prefix(name).expect("an address").to_owned();
    (child, address(quic, "quic="), address(http, "http="))
}

/// A connection to a node that was started on this directory.
pub async fn connect(directory: &Path, quic: &str) -> Connection {
    let identity = Identity::of(directory).expect("the node's own");
    let address = quic.parse().expect("an address");
    let options = ConnectOptions::new(address, identity.certificate.to_vec(), identity.token);
    Connection::connect(&options).await.expect("a connection")
}

/// Ends a node by SIGTERM; its exit status.
pub fn terminate(mut child: Child) -> Option<i32> {
    let sent = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
    assert!(sent.success());
    child.wait().expect("it ends").code()
}

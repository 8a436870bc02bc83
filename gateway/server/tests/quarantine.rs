//! A bet of a stopped node is set aside: it is gone on whatever number of shards, its money is back, and its id is free.

mod rig;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use client::Connection;
use protocol::command::Lane;
use protocol::query::{AccountView, AuditView, LedgerView, Query, QueryKind};
use rig::process::{connect, start, terminate, tote};
use rig::{ACCOUNT, codes, id, open_draw, tickets};

/// Tickets of the frame of which one is set aside.
const FRAME: usize = 5;
/// Tickets in all, of 1.00 each.
const TICKETS: usize = FRAME + 30;
const WHO: [&str; 4] = ["--by", "Ana Reyes", "--because", "stake typed twice"];

/// `tote quarantine`: its exit status, standard output and standard error.
fn quarantine(directory: &Path, flags: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tote"));
    command.arg("quarantine").arg(directory).args(flags).env("TOTE_LOG", "error");
    let output = command.output().expect("tote runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a text");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

/// The flags that name a command, and more.
fn at<'a>(tick: &'a str, command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    ["--tick", tick, "--command", command].into_iter().chain(more.iter().copied()).collect()
}

/// What the ledger holds: tickets, what the account has, and the digest.
async fn seen(connection: &mut Connection) -> (usize, i64, u64) {
    let queries = [
        Query::of(QueryKind::Account, ACCOUNT),
        Query::of(QueryKind::Audit, 608),
        Query::of(QueryKind::Ledger, 0),
    ];
    let answers = connection.read(&queries).await.expect("answers");
    let account: AccountView = answers[0].view().expect("an account");
    let audit: AuditView = answers[1].view().expect("an audit");
    let ledger: LedgerView = answers[2].view().expect("a ledger");
    assert_eq!((audit.conserved, audit.digest_agrees), (1, 1));
    assert_eq!(audit.open_stake.get(), 100_000_000 - account.available.get());
    (account.tickets.get() as usize, account.available.get(), ledger.digest.get())
}

/// A node that has taken tickets and was stopped in order; the tick of the first frame of them, and their ids.
async fn stopped_node(directory: &Path) -> (String, Vec<u128>) {
    let (child, quic, _) = start(directory, 1);
    let mut connection = connect(directory, &quic).await;
    open_draw(&mut connection).await;
    let ids: Vec<u128> = (100..).take(TICKETS).map(id).collect();
    let replies = connection.call(Lane::Bets, &tickets(ids[..FRAME].iter().copied())).await;
    let replies = replies.expect("replies");
    let tick = replies[0].tick;
    assert!(replies.iter().all(|reply| (reply.code, reply.tick) == (0, tick)), "a frame is in one tick");
    for ids in ids[FRAME..].chunks(10) {
        let replies = connection.call(Lane::Bets, &tickets(ids.iter().copied())).await;
        assert_eq!(codes(&replies.expect("replies")), [0; 10]);
    }
    let (status, _, error) = quarantine(directory, &["--list"]);
    assert_eq!(status, 74, "{error}");
    assert!(error.contains("another node has this log open"), "{error}");
    drop(connection);
    assert_eq!(terminate(child), Some(0));
    (tick.to_string(), ids)
}

fn notes(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory.join("log")).expect("the log").map(|entry| entry.expect("a file"));
    let is_note = |name: &str| name.starts_with("quarantine-");
    let notes = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_note));
    notes.map(|entry| entry.path()).collect()
}

#[tokio::test]
async fn a_bet_that_is_set_aside_is_gone_and_its_id_is_free() {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = directory.path();
    let (tick, ids) = stopped_node(directory).await;

    let (status, shown, _) = quarantine(directory, &at(&tick, "1", &[]));
    let expected = format!("tick {tick}, command 1 of {FRAME} (from 0): TicketPlace, owner {ACCOUNT}, id ");
    assert!(status == 0 && shown.starts_with(&expected) && shown.contains("not set aside"), "{shown}");
    assert_eq!((quarantine(directory, &["--list"]), notes(directory).len()), ((0, "".into(), "".into()), 0));
    let (status, done, error) = quarantine(directory, &at(&tick, "1", &WHO));
    assert_eq!(status, 0, "{error}");
    assert!(done.contains("by Ana Reyes, because: stake typed twice\n3 ticks lie behind it"), "{done}");
    let (status, again, _) = quarantine(directory, &at(&tick, "1", &["--by", "Ben", "--because", "again"]));
    assert!(status == 0 && again.contains("\nnothing was added: it is set aside by tick"), "{again}");
    let (_, list, _) = quarantine(directory, &["--list"]);
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(list.ends_with("by Ana Reyes, because: stake typed twice\n"), "{list}");

    let left = (TICKETS - 1, 100_000_000 - 100 * (TICKETS as i64 - 1));
    let mut digests = Vec::new();
    for shards in [3, 1, 3] {
        let (child, quic, _) = start(directory, shards);
        let mut connection = connect(directory, &quic).await;
        let (count, available, digest) = seen(&mut connection).await;
        assert_eq!((count, available), left, "on {shards} shards");
        digests.push(digest);
        drop(connection);
        assert_eq!(terminate(child), Some(0));
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:x?}");

    // The others are repetitions, and what was set aside is new.
    let (child, quic, _) = start(directory, 1);
    let mut connection = connect(directory, &quic).await;
    let replies = connection.call(Lane::Bets, &tickets(ids.iter().copied())).await.expect("replies");
    let repeated: Vec<bool> = replies.iter().map(|reply| reply.is_repeated()).collect();
    assert!(repeated.iter().enumerate().all(|(place, repeated)| *repeated == (place != 1)), "{repeated:?}");
    assert_eq!(codes(&replies), [0; TICKETS]);
    let whole = seen(&mut connection).await;
    assert_eq!((whole.0, whole.1), (TICKETS, 100_000_000 - 100 * TICKETS as i64));
    drop(connection);
    assert_eq!(terminate(child), Some(0));
    let (child, quic, _) = start(directory, 3);
    assert_eq!(seen(&mut connect(directory, &quic).await).await, whole);
    assert_eq!(terminate(child), Some(0));
}

#[tokio::test]
async fn a_note_sets_nothing_aside_and_is_put_back_if_it_is_lost() {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = directory.path();
    let (tick, _) = stopped_node(directory).await;
    // As if the power had been cut between the note and the record.
    let early = directory.join(format!("log/quarantine-tick-{tick}-command-0"));
    fs::write(&early, "").expect("a note");
    let (child, quic, _) = start(directory, 2);
    assert_eq!(seen(&mut connect(directory, &quic).await).await.0, TICKETS);
    assert_eq!(terminate(child), Some(0));
    fs::remove_file(early).expect("it is there");
    assert_eq!(quarantine(directory, &at(&tick, "1", &WHO)).0, 0);
    let [note] = &notes(directory)[..] else { panic!("one note") };
    fs::remove_file(note).expect("it is there");
    let output = tote(directory, &[]).stderr(Stdio::piped()).output().expect("tote starts");
    let error = String::from_utf8(output.stderr).expect("a text");
    assert_eq!(output.status.code(), Some(75), "{error}");
    assert!(error.contains("was missing. It has been put back: start again"), "{error}");
    assert_eq!(&notes(directory), std::slice::from_ref(note));
    fs::remove_file(note).expect("it is there");
    assert_eq!(quarantine(directory, &at(&tick, "1", &WHO)).0, 0, "so does who sets it aside again");
    let (child, quic, _) = start(directory, 3);
    assert_eq!(seen(&mut connect(directory, &quic).await).await.0, TICKETS - 1);
    assert_eq!(terminate(child), Some(0));
}

#[tokio::test]
async fn what_cannot_be_set_aside_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let refused = |flags: &[&str], status: i32, words: &str| {
        let (found, _, error) = quarantine(directory.path(), flags);
        assert!(found == status && error.contains(words), "{flags:?}: {found} {error}");
    };
    refused(&["--list"], 66, "holds no log: name the data directory of a node");
    assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 0, "nothing was made");
    let (tick, _) = stopped_node(directory.path()).await;
    refused(&at("999999", "0", &WHO), 65, "there is no tick 999999: the log holds ticks 1 to ");
    refused(&at("0", "0", &WHO), 65, "there is no tick 0");
    refused(&at(&tick, "5", &WHO), 65, "has no command 5: it has 5, counted from 0");
    refused(&at("1", "0", &WHO), 65, "of kind Genesis: the node's own cannot be set aside");
    let long = "x".repeat(257);
    refused(&at(&tick, "0", &["--by", "Ana", "--because", &long]), 64, "why 1 to 256");
    refused(&at(&tick, "0", &["--by", "Ana", "--because", "a\tb"]), 64, "without control characters");
    refused(&at(&tick, "0", &["--by", "Ana"]), 2, "--because");
    refused(&["--tick", "3"], 2, "--command");
    refused(&[], 2, "--tick");
    assert!(notes(directory.path()).is_empty());
    assert_eq!(quarantine(directory.path(), &["--list"]).1, "");
    assert_eq!(quarantine(directory.path(), &at(&tick, "0", &WHO)).0, 0);
    let (_, list, _) = quarantine(directory.path(), &["--list"]);
    let record = list.split("set aside by tick ").nth(1).and_then(|rest| rest.split(',').next());
    refused(&at(record.expect("a tick"), "0", &WHO), 65, "of kind Quarantine");
}

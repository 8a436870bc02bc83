//! Many frames under way, over one stream and several; credit; and coming back after a lost connection.

mod rig;

use std::collections::BTreeMap;

use client::{Incoming, Receiver};
use protocol::command::{Commands, Lane};
use protocol::pieces::replies;
use protocol::query::{AUDIT_BUSY, AccountView, AuditView, Query, QueryKind};
use rig::{ACCOUNT, Rig, codes, id, open_draw, tickets};

/// Receives until so many commands are answered: the codes by frame and place.
async fn collect(receiver: &mut Receiver, commands: usize) -> BTreeMap<(u64, u16), u16> {
    let mut all = BTreeMap::new();
    while all.len() < commands {
        let Incoming::Replies { correlation, first, bytes, .. } = receiver.next().await.expect("a frame")
        else {
            panic!("something else than replies")
        };
        for (place, reply) in replies(&bytes).enumerate() {
            let code = reply.expect("whole").header.code.get();
            assert_eq!(all.insert((correlation, first + place as u16), code), None, "answered once");
        }
    }
    all
}

#[tokio::test]
async fn frames_are_pipelined_and_every_command_is_answered_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    let mut connection = rig.connect().await;
    open_draw(&mut connection).await;
    let (mut beside, mut beside_receiver) = connection.open().await.expect("a second stream");
    let (mut sender, mut receiver) = connection.split();
    let mut sent = Vec::new();
    for frame in 0..60u64 {
        let commands = tickets((0..=frame).map(|number| id(1000 * (frame + 1) + number)));
        let correlation = sender.send(Lane::Bets, &commands).await.expect("sent");
        sent.extend((0..=frame).map(|place| ((correlation, place as u16), 0)));
    }
    let correlation = beside.send(Lane::Bets, &tickets([id(900)])).await.expect("sent");
    assert_eq!(collect(&mut receiver, sent.len()).await, sent.into_iter().collect());
    assert_eq!(collect(&mut beside_receiver, 1).await, [((correlation, 0), 0)].into());
    sender.finish();
    assert!(matches!(receiver.next().await, Err(client::ClientError::Closed)), "the stream ends in order");
    rig.stop().await;
}

#[tokio::test]
async fn a_client_that_takes_no_replies_is_read_no_further_and_holds_up_nobody() {
    let directory = tempfile::tempdir().expect("a directory");
    let flags = ["--credit-commands", "4096", "--credit-frames", "4"];
    let rig = Rig::start(directory.path(), &flags).await;
    let mut operator = rig.connect().await;
    open_draw(&mut operator).await;
    // Replies to this many commands pass every window between the node and a client that does not read.
    let mut deaf = rig.raw(true).await;
    let wrong = tickets(vec![id(1); 4000]);
    let mut body = wrong.as_bytes().to_vec();
    body.chunks_mut(56).for_each(|command| command[2] = 99);
    let frame = |correlation: u64| {
        let mut out = bytes::BytesMut::new();
        protocol::frame::push_frame(&mut out, protocol::frame::Kind::Bets, 4000, correlation, &[&body]);
        out
    };
    let (frames, mut written) = (200, 0);
    let stalled = loop {
        let bytes = frame(written);
        match tokio::time::timeout(std::time::Duration::from_millis(500), deaf.write(&bytes)).await {
            Ok(()) => written += 1,
            Err(_) => break true,
        }
        if written == frames {
            break false;
        }
    };
    assert!(stalled, "all of {frames} frames were read, though no reply was taken");
    // Meanwhile others are served.
    let replies = operator.call(Lane::Bets, &tickets((0..100).map(|number| id(7000 + number)))).await;
    assert_eq!(codes(&replies.expect("replies")), [0; 100]);
    drop(deaf);
    rig.stop().await;
}

#[tokio::test]
async fn two_connections_share_the_node() {
    let directory = tempfile::tempdir().expect("a directory");
    let flags = ["--credit-commands", "4096", "--credit-frames", "2", "--bets-queue", "2"];
    let rig = Rig::start(directory.path(), &flags).await;
    let mut first = rig.connect().await;
    open_draw(&mut first).await;
    let second = rig.connect().await;
    let pour = |connection: client::Connection, base: u64| async move {
        let (mut sender, mut receiver) = connection.split();
        let sending = async {
            for frame in 0..40 {
                let commands = tickets((0..25).map(|number| id(base + frame * 25 + number)));
                sender.send(Lane::Bets, &commands).await.expect("sent");
            }
        };
        tokio::join!(sending, collect(&mut receiver, 1000)).1
    };
    let (one, two) = tokio::join!(pour(first, 10_000), pour(second, 20_000));
    let accepted = |all: BTreeMap<_, u16>| all.values().filter(|code| **code == 0).count();
    assert_eq!((accepted(one), accepted(two)), (1000, 1000));
    rig.stop().await;
}

#[tokio::test]
async fn after_a_lost_connection_and_a_restart_the_same_ids_are_repetitions() {
    let directory = tempfile::tempdir().expect("a directory");
    let ids: Vec<u128> = (0..50).map(|number| id(5000 + number)).collect();
    let rig = Rig::start(directory.path(), &[]).await;
    let mut connection = rig.connect().await;
    open_draw(&mut connection).await;
    let placed = connection.call(Lane::Bets, &tickets(ids.iter().copied())).await.expect("replies");
    drop(connection);
    let again = rig.connect().await.call(Lane::Bets, &tickets(ids.iter().copied())).await.expect("replies");
    rig.stop().await;
    let rig = Rig::start(directory.path(), &[]).await;
    let mut connection = rig.connect().await;
    let restarted = connection.call(Lane::Bets, &tickets(ids.iter().copied())).await.expect("replies");
    let outcome = |replies: &[client::OwnedReply]| -> Vec<_> {
        replies.iter().map(|reply| (reply.code, reply.tick, reply.is_repeated())).collect()
    };
    let repeated: Vec<_> = placed.iter().map(|reply| (0, reply.tick, true)).collect();
    assert_eq!([outcome(&again), outcome(&restarted)], [repeated.clone(), repeated]);
    let account = connection.read(&[Query::of(QueryKind::Account, ACCOUNT)]).await.expect("an answer");
    let view: AccountView = account[0].view().expect("an account");
    assert_eq!((view.tickets.get(), view.available.get()), (50, 100_000_000 - 50 * 100));
    rig.stop().await;
}

#[tokio::test]
async fn reads_are_answered_in_order_audits_among_them() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    let mut connection = rig.connect().await;
    open_draw(&mut connection).await;
    connection.call(Lane::Bets, &tickets([id(1)])).await.expect("a reply");
    let mut unknown = Query::of(QueryKind::Account, 77);
    let queries = [
        Query::of(QueryKind::Account, ACCOUNT),
        Query::of(QueryKind::Audit, 608),
        unknown,
        {
            unknown.kind = 99;
            unknown
        },
        Query::of(QueryKind::Audit, 608),
        Query::of(QueryKind::Ledger, 0),
    ];
    let answers = connection.read(&queries).await.expect("answers");
    let told: Vec<_> = answers.iter().map(|answer| (answer.header.kind, answer.header.code.get())).collect();
    // The second audit comes while the first is under way.
    assert_eq!(told, [(1, 0), (6, 0), (1, 400), (99, 2), (6, AUDIT_BUSY), (5, 0)]);
    let audit: AuditView = answers[1].view().expect("an audit");
    assert_eq!((audit.conserved, audit.digest_agrees, audit.cash_in.get()), (1, 1, 100_000_000));
    assert_eq!(audit.open_stake.get(), 100);
    let none = connection.call(Lane::Bets, &Commands::new()).await;
    assert!(matches!(none, Err(client::ClientError::TooMany { count: 0, .. })));
    rig.stop().await;
}

//! SIGKILL under load, with real processes: what was acknowledged is there afterwards, once, and the money is right; on whatever number
//! of shards it is replayed.

mod rig;

use std::collections::BTreeMap;

use client::{Connection, Incoming};
use protocol::command::Lane;
use protocol::pieces::replies;
use protocol::query::{AccountView, AuditView, Query, QueryKind};
use rig::process::{connect, start};
use rig::{ACCOUNT, id, open_draw, tickets};

const ROUNDS: usize = 5;
const FRAMES: usize = 30;
const FRAME_TICKETS: u64 = 20;

/// What the client knows: every id it sent, and the tick of those that were acknowledged.
#[derive(Default)]
struct Told {
    sent: Vec<u128>,
    acknowledged: BTreeMap<u128, u64>,
}

impl Told {
    /// Sends frames of new tickets, and leaves once so many are acknowledged, whatever else is under way.
    async fn pour(&mut self, connection: Connection, enough: usize) {
        let (mut sender, mut receiver) = connection.split();
        let mut frames = BTreeMap::new();
        for _ in 0..FRAMES {
            let first = 1000 + self.sent.len() as u64;
            let ids: Vec<_> = (first..first + FRAME_TICKETS).map(id).collect();
            self.sent.extend(&ids);
            let correlation = sender.send(Lane::Bets, &tickets(ids.iter().copied())).await.expect("sent");
            frames.insert(correlation, ids);
        }
        let enough = self.acknowledged.len() + enough;
        while self.acknowledged.len() < enough {
            let Ok(Incoming::Replies { correlation, first, bytes, .. }) = receiver.next().await else {
                panic!("the node ended by itself")
            };
            for (place, reply) in replies(&bytes).enumerate() {
                let header = reply.expect("whole").header;
                assert_eq!(header.code.get(), 0);
                self.acknowledged.insert(frames[&correlation][usize::from(first) + place], header.tick.get());
            }
        }
    }

    /// Sends everything again: what was acknowledged is answered as it was then, the rest becomes known now.
    async fn repeat(&mut self, connection: &mut Connection) {
        for ids in self.sent.chunks(500) {
            let again = connection.call(Lane::Bets, &tickets(ids.iter().copied())).await.expect("replies");
            for (id, reply) in ids.iter().zip(again) {
                assert_eq!(reply.code, 0, "{id:032x}");
                if let Some(tick) = self.acknowledged.insert(*id, reply.tick) {
                    assert_eq!((reply.is_repeated(), reply.tick), (true, tick), "{id:032x} was acknowledged");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_outlives_the_process() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut told = Told::default();
    for round in 0..=ROUNDS {
        // Each start replays on another number of shards, and is held to the digests that the one before recorded.
        let (mut child, quic, _) = start(directory.path(), 1 + round % 3);
        let mut connection = connect(directory.path(), &quic).await;
        if round == 0 {
            open_draw(&mut connection).await;
        }
        told.repeat(&mut connection).await;
        let staked = 100 * told.sent.len() as i64;
        let queries = [Query::of(QueryKind::Account, ACCOUNT), Query::of(QueryKind::Audit, 608)];
        let answers = connection.read(&queries).await.expect("answers");
        let account: AccountView = answers[0].view().expect("an account");
        assert_eq!(account.available.get(), 100_000_000 - staked, "each ticket was paid for once");
        assert_eq!(account.tickets.get() as usize, told.sent.len(), "each ticket is there once");
        let audit: AuditView = answers[1].view().expect("an audit");
        assert_eq!((audit.conserved, audit.digest_agrees, audit.open_stake.get()), (1, 1, staked));
        if round < ROUNDS {
            told.pour(connection, 40 + 90 * round).await;
        }
        child.kill().expect("it was running");
        assert!(!child.wait().expect("it ends").success());
    }
}

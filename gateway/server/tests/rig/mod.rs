//! A real node in this process, on a directory of its own, behind real QUIC on loopback.
#![allow(dead_code, reason = "no test uses all of it")]

pub mod process;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::BytesMut;
use clap::Parser;
use client::{ConnectOptions, Connection, OwnedReply, transport};
use gateway::config::ServeConfig;
use gateway::identity::Identity;
use gateway::metrics::Counts;
use gateway::quic::{self, Edge};
use host::Node;
use host::node::Seed;
use protocol::command::{
    Bet, Commands, DrawCreate, GAME_GROUPS_MAX, GameDefine, Lane, Matching, NO_LIMIT, PlayTable, Prize,
};
use protocol::error::read_error;
use protocol::frame::{FrameHeader, Kind, push_frame};
use protocol::handshake::push_hello;
use protocol::pieces::{read_piece, replies};
use protocol::splitter::{Frame, Splitter};
use quinn::{Endpoint, RecvStream, SendStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The flags of `tote serve`, as a test gives them.
#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    serve: ServeConfig,
}

/// A node behind QUIC.
pub struct Rig {
    pub options: ConnectOptions,
    pub counts: Arc<Counts>,
    node: Node,
    endpoint: Endpoint,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Rig {
    /// Starts one with further flags.
    pub async fn start(directory: &Path, flags: &[&str]) -> Rig {
        let data = directory.to_str().expect("a path of text");
        let small = [
            "--segment-bytes",
            "4194304",
            "--accounts-max",
            "64",
            "--tickets-max",
            "4096",
            "--books-max",
            "64",
        ];
        let line = ["serve", "--data", data].into_iter().chain(small).chain(flags.iter().copied());
        let config = Flags::try_parse_from(line).expect("flags").serve;
        config.check().expect("a configuration");
        let identity = Identity::of(directory).expect("an identity");
        let tls = quic::server_config(identity.certificate.clone(), identity.key).expect("TLS");
        let socket = transport::bind("127.0.0.1:0".parse().expect("an address")).expect("a socket");
        let address: SocketAddr = socket.local_addr().expect("an address");
        let endpoint = quic::endpoint(tls.clone(), socket).expect("an endpoint");
        let node = Node::start(config.host(), Seed { cluster: 7, hash_key: [1, 2] }).expect("a node");
        let counts = Arc::new(Counts::default());
        let edge = Arc::new(Edge {
            ingress: node.ingress().clone(),
            cluster: node.started().cluster,
            token: identity.token.clone(),
            limits: config.edge,
            counts: Arc::clone(&counts),
        });
        let (stop, stopping) = watch::channel(false);
        let accepting = tokio::spawn(quic::accept(endpoint.clone(), tls, edge, stopping));
        let options = ConnectOptions::new(address, identity.certificate.to_vec(), identity.token);
        Rig { options, counts, node, endpoint, stop, accepting }
    }

    /// Ends it in order.
    pub async fn stop(self) {
        self.stop.send(true).expect("it accepts");
        self.accepting.await.expect("no task panics");
        self.node.ingress().stop();
        self.node.join().expect("an orderly end");
        self.endpoint.close(0u32.into(), b"");
    }

    pub async fn connect(&self) -> Connection {
        Connection::connect(&self.options).await.expect("a connection")
    }

    /// A connection whose frames the test writes itself; `greeted` or not.
    pub async fn raw(&self, greeted: bool) -> Raw {
        let (endpoint, quic) = self.options.quic().await.expect("QUIC");
        let (send, receive) = quic.open_bi().await.expect("a stream");
        let mut raw = Raw { _endpoint: endpoint, quic, send, receive, splitter: Splitter::new() };
        if greeted {
            let mut hello = BytesMut::new();
            push_hello(&mut hello, 0, &self.options.token);
            raw.write(&hello).await;
            assert_eq!(raw.next().await, "Welcome");
        }
        raw
    }
}

/// A stream of frames, read as one line of text each.
pub struct Raw {
    _endpoint: Endpoint,
    pub quic: quinn::Connection,
    pub send: SendStream,
    pub receive: RecvStream,
    splitter: Splitter,
}

impl Raw {
    pub async fn write(&mut self, bytes: &[u8]) {
        self.send.write_all(bytes).await.expect("the node reads");
    }

    /// Writes a frame with any header.
    pub async fn frame(&mut self, kind: u8, flags: u8, count: u16, correlation: u64, body: &[u8]) {
        let mut out = BytesMut::new();
        push_frame(&mut out, Kind::Ping, count.into(), correlation, &[body]);
        (out[4], out[5]) = (kind, flags);
        self.write(&out).await;
    }

    /// Writes a header that lies about its length.
    pub async fn header(&mut self, len: u32) {
        let mut out = BytesMut::new();
        push_frame(&mut out, Kind::Bets, 1, 9, &[]);
        out[..4].copy_from_slice(&len.to_le_bytes());
        self.write(&out).await;
    }

    pub async fn next_frame(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.splitter.next_frame().expect("the node frames well") {
                return Some(frame);
            }
            match self.receive.read_chunk(usize::MAX, true).await {
                Ok(Some(chunk)) => self.splitter.push(&chunk.bytes),
                _ => return None,
            }
        }
    }

    /// The next frame, or how the connection ended.
    pub async fn next(&mut self) -> String {
        match self.next_frame().await {
            Some(frame) => told(&frame),
            None => match self.quic.closed().await {
                quinn::ConnectionError::ApplicationClosed(close) => format!("closed {}", close.error_code),
                other => format!("lost: {other}"),
            },
        }
    }
}

fn told(Frame { header, body }: &Frame) -> String {
    let FrameHeader { count, correlation, .. } = *header;
    match Kind::from_code(header.kind) {
        Some(Kind::Welcome) => "Welcome".into(),
        Some(Kind::Pong) => format!("Pong {correlation}"),
        Some(Kind::Error) => {
            let (error, _) = read_error(body).expect("an error");
            let code = protocol::error::ErrorCode::from_code(error.code.get()).expect("a known code");
            format!("{code:?} right {} about {correlation} fatal {}", error.right, error.fatal)
        }
        Some(Kind::Replies) => {
            let (first, items) = read_piece(body).expect("a piece");
            let codes: Vec<_> = replies(items).map(|reply| reply.expect("whole").header.code.get()).collect();
            assert_eq!(codes.len(), usize::from(count.get()));
            format!("Replies {correlation} from {first}: {codes:?}")
        }
        other => format!("{other:?} {correlation}"),
    }
}

/// A UUIDv7 of now, told from others by its number.
pub fn id(number: u64) -> u128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    now.as_millis() << 80 | 7 << 76 | 2 << 62 | u128::from(number)
}

/// The draw that [`open_draw`] opens.
pub const DRAW: u32 = 1;
/// The account that [`open_draw`] fills.
pub const ACCOUNT: u64 = 5;

/// A game, an open draw, and an account with 1,000,000.00.
pub async fn open_draw(connection: &mut Connection) {
    let mut operators = Commands::new();
    let game = GameDefine::simple(10, 3, 1, 1_000_000);
    operators.game_define(
        id(1),
        1,
        &game,
        &[PlayTable::new(1, Matching::Exact, Prize::by_orders(&[(1, 450, 1)]))],
    );
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
    let mut stake_limit = [0.into(); GAME_GROUPS_MAX];
    stake_limit[0] = NO_LIMIT.into();
    let draw = DrawCreate {
        game: 1.into(),
        opens_at: 0.into(),
        closes_at: (now + 3_600_000_000_000).into(),
        settles_at: (now + 7_200_000_000_000).into(),
        version: 1.into(),
        currency: 608.into(),
        cancellable: 1,
        confirmed: 0,
        reserved: [0; 2],
        payout_limit: NO_LIMIT.into(),
        draw_stake_limit: NO_LIMIT.into(),
        draw_payout_limit: NO_LIMIT.into(),
        stake_limit,
    };
    operators.draw_create(id(2), DRAW, &draw);
    operators.draw_open(id(3), DRAW);
    let mut bets = Commands::new();
    bets.account_open(id(4), ACCOUNT, 608);
    bets.deposit(id(5), ACCOUNT, 100_000_000);
    assert_eq!(codes(&connection.call(Lane::Operators, &operators).await.expect("replies")), [0, 0, 0]);
    assert_eq!(codes(&connection.call(Lane::Bets, &bets).await.expect("replies")), [0, 0]);
}

/// Tickets of one bet each, of 1.00.
pub fn tickets(ids: impl IntoIterator<Item = u128>) -> Commands {
    let mut commands = Commands::new();
    for id in ids {
        commands.ticket_place(id, ACCOUNT, &[Bet::new(DRAW, 1, (id % 1000) as u16, 100)]);
    }
    commands
}

pub fn codes(replies: &[OwnedReply]) -> Vec<u16> {
    replies.iter().map(|reply| reply.code).collect()
}

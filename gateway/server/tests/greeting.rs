//! Who may connect, and what the others hear.

mod rig;

use bytes::BytesMut;
use client::{ClientError, ConnectOptions, Connection};
use gateway::identity::Identity;
use protocol::error::ErrorCode;
use protocol::handshake::push_hello;
use rig::Rig;

/// The code with which a connection was refused.
fn refused(result: Result<Connection, ClientError>) -> ErrorCode {
    match result {
        Err(ClientError::Refused { code, .. }) => code,
        Err(other) => panic!("refused otherwise: {other}"),
        Ok(_) => panic!("welcomed"),
    }
}

#[tokio::test]
async fn only_the_operators_token_is_welcome() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    for token in ["", "x", &rig.options.token[1..], &format!("{}0", rig.options.token)] {
        let options = ConnectOptions { token: token.into(), ..rig.options.clone() };
        let code = if token.is_empty() { ErrorCode::HelloMalformed } else { ErrorCode::TokenWrong };
        assert_eq!(refused(Connection::connect(&options).await), code);
    }
    let connection = rig.connect().await;
    assert_eq!((connection.welcome().version.get(), connection.welcome().cluster.get()), (1, 7));
    connection.close().await;
    assert_eq!((rig.counts.connections_refused.get(), rig.counts.connections_welcomed.get()), (4, 1));
    rig.stop().await;
}

#[tokio::test]
async fn another_certificate_is_not_trusted() {
    let (directory, other) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let rig = Rig::start(directory.path(), &[]).await;
    let certificate = Identity::of(other.path()).expect("an identity").certificate.to_vec();
    let options = ConnectOptions { certificate, ..rig.options.clone() };
    match Connection::connect(&options).await {
        Err(ClientError::Lost(quinn::ConnectionError::TransportError(_))) => {}
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("trusted"),
    }
    rig.stop().await;
}

#[tokio::test]
async fn a_first_frame_that_is_no_hello_ends_the_connection() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &[]).await;
    let mut hello = BytesMut::new();
    push_hello(&mut hello, 0, &rig.options.token);
    let with = |place: usize, byte: u8| {
        let mut changed = hello.to_vec();
        changed[place] = byte;
        changed
    };
    let mut ping = vec![0; 16];
    (ping[0], ping[4]) = (16, 5);
    let cases = [
        (ping, "HelloMissing right 1 about 0 fatal 1", "closed 2"),
        (with(4, 77), "HelloMissing right 1 about 0 fatal 1", "closed 2"),
        (with(16, 2), "VersionUnsupported right 1 about 0 fatal 1", "closed 1"),
        (with(18, 1), "HelloMalformed right 0 about 0 fatal 1", "closed 3"),
        (with(5, 1), "HelloMalformed right 0 about 0 fatal 1", "closed 3"),
        (with(20, 63), "HelloMalformed right 0 about 0 fatal 1", "closed 3"),
        (with(20, 8), "HelloMalformed right 40 about 0 fatal 1", "closed 3"),
        (with(40, b'x'), "TokenWrong right 0 about 0 fatal 1", "closed 4"),
        (with(0, 97), "FrameUneven right 104 about 0 fatal 1", "closed 7"),
        (with(3, 1), "FrameTooLarge right 262144 about 0 fatal 1", "closed 6"),
    ];
    for (bytes, first, then) in cases {
        let mut raw = rig.raw(false).await;
        raw.write(&bytes).await;
        assert_eq!([raw.next().await, raw.next().await], [first, then]);
    }
    let mut raw = rig.raw(false).await;
    raw.write(&hello[..20]).await;
    raw.send.finish().expect("still open");
    assert_eq!([raw.next().await, raw.next().await], ["FrameCutShort right 76 about 0 fatal 1", "closed 8"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_client_that_says_nothing_is_sent_away() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &["--hello-timeout-ms", "200"]).await;
    let mut raw = rig.raw(false).await;
    assert_eq!(raw.next().await, "closed 2");
    rig.stop().await;
}

#[tokio::test]
async fn a_client_without_a_place_hears_how_many_there_are() {
    let directory = tempfile::tempdir().expect("a directory");
    let rig = Rig::start(directory.path(), &["--connections-max", "1"]).await;
    let first = rig.connect().await;
    assert_eq!(refused(Connection::connect(&rig.options).await), ErrorCode::ConnectionsFull);
    drop(first);
    rig.stop().await;
}

//! Connections over QUIC: how many, with which TLS, and from the first stream to the last.

use std::io;
use std::net::UdpSocket;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use client::transport;
use host::Ingress;
use protocol::ALPN;
use protocol::error::ErrorCode;
use protocol::splitter::Splitter;
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint, Incoming, RecvStream, SendStream, ServerConfig, TokioRuntime};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tracing::{debug, info};

use crate::check::{ACTOR_OPERATOR, CHANNEL_QUIC, Stamp};
use crate::config::EdgeConfig;
use crate::credit::Credit;
use crate::greeting::{Greeted, greet};
use crate::metrics::Counts;
use crate::outlet::{End, StreamOutlet, write};
use crate::stream::Stream;

/// Clients above the bound that are told so at a time; any further ones are refused without a word.
const TURNED_AWAY_MAX: usize = 16;

/// What every connection needs.
pub struct Edge {
    /// The way to the core.
    pub ingress: Ingress,
    /// The ledger's name.
    pub cluster: u128,
    /// The bootstrap operator's token.
    pub token: String,
    /// Bounds.
    pub limits: EdgeConfig,
    /// What the edge counts.
    pub counts: Arc<Counts>,
}

/// The endpoint's side of TLS 1.3.
///
/// # Errors
/// If certificate and key do not fit each other.
pub fn server_config(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    let mut tls = rustls::ServerConfig::builder_with_provider(transport::crypto_provider())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    tls.ignore_client_order = true;
    Ok(ServerConfig::with_crypto(Arc::new(transport::quic(QuicServerConfig::try_from(tls)))))
}

/// Begins to listen on a socket.
///
/// # Errors
/// The socket's.
pub fn endpoint(config: ServerConfig, socket: UdpSocket) -> io::Result<Endpoint> {
    Endpoint::new(transport::endpoint_config(), Some(config), socket, Arc::new(TokioRuntime))
}

/// Takes connections until the node stops, then waits until the last has ended.
pub async fn accept(
    endpoint: Endpoint,
    config: ServerConfig,
    edge: Arc<Edge>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(edge.limits.connections_max));
    let places_outside = Arc::new(Semaphore::new(TURNED_AWAY_MAX));
    loop {
        let incoming = tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => break,
            Some(_) = connections.join_next() => continue,
            incoming = endpoint.accept() => incoming,
        };
        let Some(incoming) = incoming else { break };
        let (edge, config, stopping) = (Arc::clone(&edge), config.clone(), stopping.clone());
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            connections.spawn(connection(incoming, config, edge, stopping, place));
        } else if let Ok(place) = Arc::clone(&places_outside).try_acquire_owned() {
            connections.spawn(turn_away(incoming, config, edge, place));
        } else {
            incoming.refuse();
        }
    }
    while connections.join_next().await.is_some() {}
}

/// One connection, from its handshake to its end.
async fn connection(
    incoming: Incoming,
    config: ServerConfig,
    edge: Arc<Edge>,
    stopping: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
) {
    let peer = incoming.remote_address();
    let Some(connection) = shake_hands(incoming, config, &edge).await else { return };
    let hello_timeout = Duration::from_millis(edge.limits.hello_timeout_ms);
    match tokio::time::timeout(hello_timeout, greet(&connection, &edge)).await {
        Ok(Some(greeted)) => {
            info!(%peer, terminal = greeted.terminal, "a client was welcomed");
            edge.counts.connections_welcomed.add(1);
            streams(&connection, greeted, &edge, stopping).await;
            edge.counts.connections_ended.add(1);
        }
        Ok(None) => {}
        Err(_) => {
            edge.counts.connections_refused.add(1);
            connection.close((ErrorCode::HelloMissing as u16).into(), b"no hello came in time");
        }
    }
    debug!(%peer, "connection ended");
}

async fn shake_hands(incoming: Incoming, mut config: ServerConfig, edge: &Edge) -> Option<Connection> {
    config.transport_config(transport::config(incoming.remote_address()));
    let connecting = incoming.accept_with(Arc::new(config)).ok()?;
    let hello_timeout = Duration::from_millis(edge.limits.hello_timeout_ms);
    tokio::time::timeout(hello_timeout, connecting).await.ok()?.ok()
}

/// Tells a client that there is no place for it.
async fn turn_away(incoming: Incoming, config: ServerConfig, edge: Arc<Edge>, _place: OwnedSemaphorePermit) {
    edge.counts.connections_refused.add(1);
    if let Some(connection) = shake_hands(incoming, config, &edge).await {
        let text = format!("there are {} connections, and no more may be", edge.limits.connections_max);
        connection.close((ErrorCode::ConnectionsFull as u16).into(), text.as_bytes());
    }
}

/// All streams of a welcomed connection, until it ends.
async fn streams(
    connection: &Connection,
    greeted: Greeted,
    edge: &Edge,
    mut stopping: watch::Receiver<bool>,
) {
    let Greeted { send, receive, splitter, terminal } = greeted;
    let stamp = Stamp { actor: ACTOR_OPERATOR, channel: CHANNEL_QUIC, terminal };
    let credit = Credit::new(edge.limits.credit_commands, edge.limits.credit_frames);
    let until = stopping.clone();
    let begin = |send: SendStream, receive: RecvStream, splitter: Splitter| {
        let outlet = Arc::new(StreamOutlet::default());
        let stream = Stream {
            receive,
            splitter,
            ingress: edge.ingress.clone(),
            outlet: Arc::clone(&outlet),
            credit: credit.clone(),
            stamp,
            stopping: until.clone(),
            counts: Arc::clone(&edge.counts),
        };
        let writing = write(outlet, send, credit.clone());
        async move {
            let mut writing = pin!(writing);
            // Writing ends first only where the client takes no more replies: then nothing more is read either.
            tokio::select! {
                end = &mut writing => end,
                () = stream.run() => writing.await,
            }
        }
    };
    let mut streams = JoinSet::new();
    streams.spawn(begin(send, receive, splitter));
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => break,
            Some(end) = streams.join_next() => match end {
                Ok(Some(End::Finished)) => {}
                Ok(Some(End::ShuttingDown)) => break,
                Ok(Some(End::Broken { code, text, .. })) => {
                    connection.close((code as u16).into(), text.as_bytes());
                    break;
                }
                Ok(None) | Err(_) => break,
            },
            opened = connection.accept_bi() => match opened {
                Ok((send, receive)) => { streams.spawn(begin(send, receive, Splitter::new())); }
                Err(_) => break,
            },
        }
    }
    if !*stopping.borrow() {
        // A stream whose replies cannot be sent takes the connection with it: half a client is none.
        connection.close(0u32.into(), b"");
        credit.close();
    }
    while streams.join_next().await.is_some() {}
    connection.close((ErrorCode::ShuttingDown as u16).into(), b"the node is stopping");
}

//! Connecting, greeting, and the simple way of asking: one frame, and all that becomes of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use protocol::command::{Commands, Lane};
use protocol::frame::Kind;
use protocol::handshake::{Welcome, push_hello};
use protocol::query::Query;
use protocol::{ALPN, pieces};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Endpoint, TokioRuntime, VarInt};
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use zerocopy::FromBytes;

use crate::error::ClientError;
use crate::halves::{Incoming, Receiver, Sender, pair};
use crate::owned::{OwnedAnswer, OwnedReply};
use crate::transport;

/// Where to connect, and as whom.
#[derive(Clone)]
pub struct ConnectOptions {
    /// The node.
    pub address: SocketAddr,
    /// The name in its certificate.
    pub server_name: String,
    /// Its certificate (DER): the only root that is trusted.
    pub certificate: Vec<u8>,
    /// The operator's token.
    pub token: String,
    /// Stamped into every command of this connection; 0: none.
    pub terminal: u32,
    /// How long the node may take to welcome.
    pub timeout: Duration,
}

/// A connection with one stream that was greeted and welcomed.
pub struct Connection {
    quic: quinn::Connection,
    endpoint: Endpoint,
    welcome: Welcome,
    sender: Sender,
    receiver: Receiver,
}

impl ConnectOptions {
    /// A node on this machine, with its development certificate and token.
    pub fn new(address: SocketAddr, certificate: Vec<u8>, token: String) -> ConnectOptions {
        ConnectOptions {
            address,
            server_name: "localhost".into(),
            certificate,
            token,
            terminal: 0,
            timeout: Duration::from_secs(10),
        }
    }

    /// Connects and does not greet, for those who write their own frames.
    ///
    /// # Errors
    /// What is wrong with the way to the node, or with its certificate.
    pub async fn quic(&self) -> Result<(Endpoint, quinn::Connection), ClientError> {
        let endpoint = endpoint(self)?;
        let connection = endpoint.connect(self.address, &self.server_name)?.await?;
        Ok((endpoint, connection))
    }
}

impl Connection {
    /// Connects and greets.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with the node's own reason, if it said one; else what is wrong with the way to it.
    pub async fn connect(options: &ConnectOptions) -> Result<Connection, ClientError> {
        tokio::time::timeout(options.timeout, Connection::greet(options))
            .await
            .map_err(|_| ClientError::Timeout(options.timeout))?
    }

    async fn greet(options: &ConnectOptions) -> Result<Connection, ClientError> {
        let (endpoint, quic) = options.quic().await?;
        let (mut send, receive) = quic.open_bi().await?;
        let mut hello = BytesMut::new();
        push_hello(&mut hello, options.terminal, &options.token);
        send.write_chunk(hello.freeze()).await?;
        let mut receiver = Receiver::new(quic.clone(), receive);
        let frame = receiver.next_frame().await?;
        let welcome = match Kind::from_code(frame.header.kind) {
            Some(Kind::Welcome) => Welcome::read_from_bytes(&frame.body)
                .map_err(|_| ClientError::Unexpected("a welcome of another length"))?,
            _ => return Err(ClientError::Unexpected("something else than a welcome")),
        };
        let (sender, receiver) = pair(quic.clone(), send, receiver, &welcome);
        Ok(Connection { quic, endpoint, welcome, sender, receiver })
    }

    /// What the node granted.
    pub fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// The connection below: statistics, and further streams.
    pub fn quic(&self) -> &quinn::Connection {
        &self.quic
    }

    /// The two halves, for pipelining. The connection lives as long as one of them.
    pub fn split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }

    /// Opens a further stream of the same connection, with halves of its own that share its credit.
    pub async fn open(&self) -> Result<(Sender, Receiver), ClientError> {
        let (send, receive) = self.quic.open_bi().await?;
        Ok(self.sender.beside(send, Receiver::new(self.quic.clone(), receive)))
    }

    /// Sends one frame of commands and waits for all its replies, in the order of the commands.
    ///
    /// # Errors
    /// [`ClientError::TooMany`] before anything is sent; [`ClientError::Rejected`] if none was carried out.
    pub async fn call(&mut self, lane: Lane, commands: &Commands) -> Result<Vec<OwnedReply>, ClientError> {
        let asked = self.sender.send(lane, commands).await?;
        let mut replies = vec![None; commands.count()];
        let mut missing = replies.len();
        while missing > 0 {
            match self.receiver.next().await? {
                Incoming::Replies { correlation, first, bytes, .. } if correlation == asked => {
                    missing -= place(&mut replies, first, pieces::replies(&bytes))?;
                }
                other => return Err(unasked(other)),
            }
        }
        Ok(replies.into_iter().flatten().collect())
    }

    /// Sends one frame of queries and waits for all its answers, in the order of the queries.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub async fn read(&mut self, queries: &[Query]) -> Result<Vec<OwnedAnswer>, ClientError> {
        let asked = self.sender.send_reads(queries).await?;
        let mut answers = vec![None; queries.len()];
        let mut missing = answers.len();
        while missing > 0 {
            match self.receiver.next().await? {
                Incoming::Answers { correlation, first, bytes, .. } if correlation == asked => {
                    missing -= place(&mut answers, first, pieces::answers(&bytes))?;
                }
                other => return Err(unasked(other)),
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    /// Ends the connection, and waits until the node can know it.
    pub async fn close(self) {
        self.quic.close(VarInt::from_u32(0), b"done");
        self.endpoint.wait_idle().await;
    }
}

/// Puts the items of a piece where they belong and says how many they were.
fn place<T, Owned: From<T>>(
    all: &mut [Option<Owned>],
    first: u16,
    items: impl Iterator<Item = Option<T>>,
) -> Result<usize, ClientError> {
    let mut placed = 0;
    for item in items {
        let item = item.ok_or(ClientError::Unexpected("an item cut short"))?;
        match all.get_mut(usize::from(first) + placed) {
            Some(empty @ None) => *empty = Some(item.into()),
            _ => return Err(ClientError::Unexpected("more than was asked for")),
        }
        placed += 1;
    }
    Ok(placed)
}

fn unasked(incoming: Incoming) -> ClientError {
    match incoming {
        Incoming::Rejected { code, right, text, .. } => ClientError::Rejected { code, right, text },
        _ => ClientError::Unexpected("an answer to something else"),
    }
}

fn endpoint(options: &ConnectOptions) -> Result<Endpoint, ClientError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(options.certificate.clone())).map_err(ClientError::Tls)?;
    let mut tls = rustls::ClientConfig::builder_with_provider(transport::crypto_provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(ClientError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![ALPN.to_vec()];
    let mut config = ClientConfig::new(Arc::new(transport::quic(QuicClientConfig::try_from(tls))));
    config.transport_config(transport::config(options.address));
    let any: IpAddr = match options.address.ip() {
        ip if ip.is_loopback() => ip,
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = transport::bind(SocketAddr::new(any, 0)).map_err(ClientError::Socket)?;
    let mut endpoint = Endpoint::new(transport::endpoint_config(), None, socket, Arc::new(TokioRuntime))
        .map_err(ClientError::Socket)?;
    endpoint.set_default_client_config(config);
    Ok(endpoint)
}

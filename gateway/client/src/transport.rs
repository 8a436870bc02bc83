//! How QUIC is set up, at both ends alike: windows, datagram sizes, ciphers and sockets.
//!
//! On loopback datagrams are long; anywhere else the path's size is found out by probing. The kernel takes at most
//! 64 KiB a send, however it is cut, and quinn cuts a send into ten segments: a tenth of 64 KiB fills it. The default
//! size (1452 bytes) cost about twice the processor time per command; among the larger ones no difference was
//! established.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use quinn::congestion::CubicConfig;
use quinn::crypto::rustls::NoInitialCipherSuite;
use quinn::{EndpointConfig, TransportConfig, VarInt};
use rustls::crypto::{CryptoProvider, ring};
use socket2::{Domain, Protocol, Socket, Type};

/// UDP payload on loopback.
const LOOPBACK_DATAGRAM_BYTES: u16 = 6_500;
/// Segments that quinn sends at a time. If it sent more, the kernel would drop them all without a word.
const SEGMENTS: usize = 10;
/// Longest UDP payload over IPv4, whatever it is cut into.
const SEND_BYTES_MAX: usize = 65_507;
/// What may be on its way in one stream or connection, without an acknowledgement.
const WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// Kernel buffers asked for, per socket and direction; the kernel caps them at `net.core.{r,w}mem_max`.
const SOCKET_BYTES: usize = 4 * 1024 * 1024;
/// A connection is dead when nothing was heard for so long.
const IDLE: Duration = Duration::from_secs(30);
/// How often a silent client shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(8);

const _: () =
    assert!(LOOPBACK_DATAGRAM_BYTES as usize * SEGMENTS <= SEND_BYTES_MAX, "one send holds all segments");

/// Streams that a peer may hold open at a time.
pub const STREAMS_MAX: u32 = 16;

/// The transport between this end and `peer`.
pub fn config(peer: SocketAddr) -> Arc<TransportConfig> {
    let mut config = TransportConfig::default();
    config
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS_MAX))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .datagram_receive_buffer_size(None)
        .stream_receive_window(VarInt::from_u32(WINDOW_BYTES))
        .receive_window(VarInt::from_u32(WINDOW_BYTES))
        .send_window(WINDOW_BYTES.into())
        .max_idle_timeout(Some(VarInt::from_u32(IDLE.as_millis() as u32).into()))
        .keep_alive_interval(Some(KEEP_ALIVE));
    if peer.ip().to_canonical().is_loopback() {
        let mut congestion = CubicConfig::default();
        congestion.initial_window(WINDOW_BYTES.into());
        config
            .initial_mtu(LOOPBACK_DATAGRAM_BYTES)
            .min_mtu(LOOPBACK_DATAGRAM_BYTES)
            .mtu_discovery_config(None)
            .initial_rtt(Duration::from_millis(1))
            .congestion_controller_factory(Arc::new(congestion));
    }
    Arc::new(config)
}

/// What an endpoint accepts: datagrams as long as loopback's.
pub fn endpoint_config() -> EndpointConfig {
    let mut config = EndpointConfig::default();
    config.max_udp_payload_size(LOOPBACK_DATAGRAM_BYTES).expect("a length that QUIC allows");
    config
}

/// The ciphers both ends speak, AES-128-GCM first: it is the cheapest where the processor knows AES.
pub fn crypto_provider() -> Arc<CryptoProvider> {
    use ring::cipher_suite::{
        TLS13_AES_128_GCM_SHA256, TLS13_AES_256_GCM_SHA384, TLS13_CHACHA20_POLY1305_SHA256,
    };
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            TLS13_AES_128_GCM_SHA256,
            TLS13_AES_256_GCM_SHA384,
            TLS13_CHACHA20_POLY1305_SHA256,
        ],
        ..ring::default_provider()
    })
}

/// A UDP socket with large buffers.
pub fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_recv_buffer_size(SOCKET_BYTES)?;
    socket.set_send_buffer_size(SOCKET_BYTES)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

/// QUIC needs AES-128-GCM for its first packets, and [`crypto_provider`] has it.
pub fn quic<C>(config: Result<C, NoInitialCipherSuite>) -> C {
    config.expect("the provider has the initial cipher suite")
}

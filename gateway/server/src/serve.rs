//! A node from its configuration to its end.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use client::transport;
use host::node::Seed;
use host::{Fatal, Node};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::config::{ConfigFault, ServeConfig};
use crate::http::{self, Watched};
use crate::identity::{Identity, IdentityError, random};
use crate::last_words;
use crate::quic::{self, Edge};

/// Why a node does not start, or ends. What lies below is told by the source, not by the text.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The configuration contradicts itself.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// No certificate, or no token.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The data directory cannot be made.
    #[error("the data directory {} cannot be made", directory.display())]
    Directory {
        /// Which.
        directory: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Certificate and key do not fit.
    #[error("the certificate cannot be used")]
    Tls(#[from] rustls::Error),
    /// Threads, signals or standard output are not to be had.
    #[error("the system refused")]
    System(#[source] io::Error),
    /// The node below cannot start or go on.
    #[error(transparent)]
    Fatal(#[from] Fatal),
}

impl ServeError {
    /// The exit status that stands for it.
    pub fn exit_status(&self) -> u8 {
        match self {
            ServeError::Config(_) => 64,
            ServeError::Identity(_) => 78,
            ServeError::Directory { .. } => 73,
            ServeError::Listen { .. } => 69,
            ServeError::Tls(_) => 78,
            ServeError::System(_) => 71,
            ServeError::Fatal(fatal) => fatal.exit_status(),
        }
    }
}

/// Runs a node until it is told to stop, or cannot go on.
///
/// # Errors
/// Why it did not start or could not go on.
pub fn serve(config: ServeConfig) -> Result<(), ServeError> {
    config.check()?;
    let directory = config.data.clone();
    fs::create_dir_all(&directory).map_err(|source| ServeError::Directory { directory, source })?;
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(config.workers()).thread_name("edge").enable_all().build();
    let runtime = runtime.map_err(ServeError::System)?;
    let served = runtime.block_on(run(&config));
    end(runtime);
    served
}

/// Tasks that hang on a client are not waited for.
fn end(runtime: Runtime) {
    runtime.shutdown_timeout(Duration::from_secs(1));
}

async fn run(config: &ServeConfig) -> Result<(), ServeError> {
    let mut asked = Asked::new().map_err(ServeError::System)?;
    let identity = Identity::of(&config.data)?;
    let tls = quic::server_config(identity.certificate, identity.key)?;
    let listen = |address| move |source| ServeError::Listen { address, source };
    let socket = transport::bind(config.listen).map_err(listen(config.listen))?;
    let listener = TcpListener::bind(config.http).await.map_err(listen(config.http))?;
    let quic_address = socket.local_addr().map_err(ServeError::System)?;
    let http_address = listener.local_addr().map_err(ServeError::System)?;

    let watched = Arc::new(Watched::default());
    let (stop, stopping) = watch::channel(false);
    let (stopped, until_stopped) = watch::channel(false);
    let http = tokio::spawn(http::serve(listener, Arc::clone(&watched), until_stopped));

    let seed = Seed { cluster: number()?, hash_key: [number()? as u64, number()? as u64] };
    let host = config.host();
    last_words::install(host.mark.clone(), &config.data);
    let starting = tokio::task::spawn_blocking(move || Node::start(host, seed));
    let node = tokio::select! {
        started = starting => started.expect("starting a node does not panic")?,
        () = asked.wait() => {
            info!("told to stop while recovering: nothing was taken yet");
            return Ok(());
        }
    };
    let (started, ingress) = (node.started().clone(), node.ingress().clone());
    info!(
        cluster = format!("{:032x}", started.cluster),
        ticks = started.recovered.ticks,
        commands = started.commands,
        digests = started.digests_compared,
        replay_us = started.replay_us,
        disk = started.disk.0,
        why = started.disk.1,
        "recovered"
    );
    let endpoint = quic::endpoint(tls.clone(), socket).map_err(listen(config.listen))?;
    let edge = Arc::new(Edge {
        ingress: ingress.clone(),
        cluster: started.cluster,
        token: identity.token,
        limits: config.edge.clone(),
        counts: Arc::clone(&watched.counts),
    });
    let mut shard = tokio::task::spawn_blocking(move || node.join());
    let accepting = tokio::spawn(quic::accept(endpoint.clone(), tls, edge, stopping));
    // It was never set before.
    let _ = watched.ingress.set(ingress.clone());
    say_ready(config, quic_address, http_address).map_err(ServeError::System)?;

    tokio::select! {
        ended = &mut shard => return Ok(ended.expect("a shard's panic aborts the process")?),
        () = asked.wait() => info!("told to stop"),
    }
    watched.is_stopping.store(true, Ordering::Relaxed);
    drain(&stop, accepting, Duration::from_millis(config.edge.drain_timeout_ms)).await;
    ingress.stop();
    let ended = shard.await.expect("a shard's panic aborts the process");
    endpoint.close(0u32.into(), b"");
    // Nobody has to hear it.
    let _ = tokio::time::timeout(Duration::from_millis(200), endpoint.wait_idle()).await;
    let _ = stopped.send(true);
    let _ = tokio::time::timeout(Duration::from_millis(200), http).await;
    info!("stopped in order");
    Ok(ended?)
}

/// Has every connection read no further, and answers what was read.
async fn drain(stop: &watch::Sender<bool>, accepting: JoinHandle<()>, timeout: Duration) {
    let _ = stop.send(true);
    if tokio::time::timeout(timeout, accepting).await.is_err() {
        warn!("some clients did not take their replies in time");
    }
}

/// One line that a program can read: the addresses that were really bound.
fn say_ready(config: &ServeConfig, quic: SocketAddr, http: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "ready quic={quic} http={http} data={}", config.data.display())?;
    out.flush()
}

fn number() -> Result<u128, IdentityError> {
    Ok(u128::from_le_bytes(random()?))
}

/// SIGTERM and SIGINT.
struct Asked {
    terminate: Signal,
    interrupt: Signal,
}

impl Asked {
    fn new() -> io::Result<Asked> {
        Ok(Asked { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
